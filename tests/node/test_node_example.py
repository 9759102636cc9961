"""network.example.toml makes a network, and names every governed parameter."""

from __future__ import annotations

import tomllib
from pathlib import Path

from chainbill_cli.network_file import read_plan
from chainbill_node.application.application import LedgerApplication
from chainbill_node.setup.network import create_network
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.memory import MemoryStore

from chainbill.ledger.genesis import genesis_from_json

EXAMPLE = Path(__file__).parents[2] / "network.example.toml"


def test_the_example_makes_a_network_whose_genesis_runs(tmp_path: Path) -> None:
    plan = read_plan(EXAMPLE, genesis_time_ms=1_790_000_000_000, passphrase="secret")
    created = create_network(tmp_path / "net", plan)
    assert [node.name for node in created.nodes] == ["bank1", "bank2", "bank3", "bank4"]
    assert b"ENCRYPTED" in (created.nodes[0].home / "keys/validator.pem").read_bytes()
    genesis = genesis_from_json((tmp_path / "net/genesis.json").read_bytes())
    assert genesis.hash == created.genesis.hash
    ledger = LedgerApplication(ChainDatabase(MemoryStore()))
    ledger.init_chain(genesis)
    rows = ledger.reader(0).scan("governance", "parameter")
    assert {str(key[0]): row["value"] for key, row in rows} == tomllib.loads(EXAMPLE.read_text())["parameters"]
