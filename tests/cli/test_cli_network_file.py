"""`network init`: the description of a network, what is written from it, and the mistakes that it names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chainbill_cli.failure import Failure
from chainbill_cli.home import load_network, load_profiles
from chainbill_cli.network_file import read_plan
from chainbill_node.home.config import load_config
from cli.cli_fakes import Shell, mode_of

from chainbill.ids import make_test_uscc

NETWORK = f"""
chain_id = "consortium"
public_reads = false
idle_interval_ms = 30000

[[party]]
alias = "bank1"
id = "{make_test_uscc(b"b1")}"
name_zh = "甲银行"
name_en = "Bank A"
roles = ["bank"]

[[party]]
alias = "anchor"
id = "{make_test_uscc(b"a")}"
name_zh = "核心"
name_en = "Anchor"
roles = ["anchor"]
sponsor = "bank1"
paying_bank = "bank1"
identifiers = ["vat=XX1"]
accounts = [{{ currency = "CNY", bank = "bank1", number = "1" }}]

[[validator]]
name = "bank1"
party = "bank1"
host = "127.0.0.1"
p2p_port = 7001
api_port = 7000
"""


def test_network_init(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "network.toml"
    path.write_text(NETWORK, encoding="utf-8")
    out = tmp_path / "net"
    made = shell.run("network", "init", str(path), "--out", str(out), "-o", "json")
    genesis = json.loads((out / "genesis.json").read_text(encoding="utf-8"))
    assert (genesis["chain_id"], genesis["clock"], genesis["public_reads"]) == ("consortium", "real", False)
    assert made["nodes"][0]["api"] == "http://127.0.0.1:7000"
    assert list(load_profiles(out)) == ["bank1", "anchor"]
    assert len(load_network(out).invoice_key) == 32
    assert mode_of(out / "network.json") == 0o600
    for name in ("bank1", "anchor"):
        folder = out / "parties" / name
        assert load_network(folder) == load_network(out), "a member's folder works alone"
        assert load_profiles(folder)[name].key == folder / "key.pem"
        assert mode_of(folder / "network.json") == 0o600
    assert "works alone" in shell.err
    shell.run("network", "init", str(path), "--out", str(out), expect=1)


def test_where_metrics_are_served(tmp_path: Path, shell: Shell) -> None:
    """security 20: a closed network's metrics are served on this machine only, at a port of their own, or nowhere."""
    path = tmp_path / "network.toml"
    for lines, port in (("", 0), ("metrics_port = 7002\n", 7002)):
        path.write_text(NETWORK + lines, encoding="utf-8")
        out = tmp_path / f"net{port}"
        shell.run("network", "init", str(path), "--out", str(out))
        config = load_config(out / "nodes" / "bank1")
        assert (config.metrics.host, config.metrics.port) == ("127.0.0.1", port)


def test_a_network_that_could_never_begin_is_not_written(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "network.toml"
    path.write_text(NETWORK.replace('roles = ["bank"]', 'roles = ["supplier"]', 1), encoding="utf-8")
    shell.run("network", "init", str(path), "--out", str(tmp_path / "net"), expect=2)
    assert "bank" in shell.err
    assert not (tmp_path / "net").exists()


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ('chain_id = "consortium"', "", "chain_id"),
        ("public_reads = false", 'public_reads = "no"', "public_reads"),
        ("public_reads = false", "public_raeds = false", "public_raeds"),
        ('host = "127.0.0.1"', "", "host"),
        ('roles = ["bank"]', 'role = "bank"', "role"),
        ('identifiers = ["vat=XX1"]', 'identifiers = ["XX1"]', "identifiers"),
        ("[[party]]", "[[party]", "line"),
        (make_test_uscc(b"b1"), make_test_uscc(b"b1")[:-1] + "?", "bank1: id"),
        ("public_reads = false", "public_raeds = false", "public_reads"),
        ("[[party]]", "[parameters]\nmin_splitt = 1\n[[party]]", "parameters.min_splitt"),
        ("[[party]]", '[parameters]\nmin_split = "1"\n[[party]]', "parameters.min_split"),
        ('roles = ["bank"]', 'roles = ["bnak"]', "bnak"),
        ("idle_interval_ms = 30000", "idle_interval_ms = 0", "1 to 3600000"),
        ("idle_interval_ms = 30000", "idle_interval_ms = 3600001", "1 to 3600000"),
        ("[[party]]", "[parameters]\ngap_limit_ms = 9999\n[[party]]", "1 to 4999"),
        ("public_reads = false", "public_reads = 1", "true or false"),
    ],
)
def test_descriptions_with_mistakes(tmp_path: Path, old: str, new: str, names: str) -> None:
    path = tmp_path / "network.toml"
    path.write_text(NETWORK.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Failure) as caught:
        read_plan(path, genesis_time_ms=0, passphrase="")
    assert names in caught.value.problem["detail"]
