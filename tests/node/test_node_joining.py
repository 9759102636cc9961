"""A node without data begins with a snapshot of the others, or with blocks, and ends at the same root."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import tomli_w
from chainbill_node.home.config import config_content, load_config
from node_processes import Network
from writes import account_at

pytestmark = pytest.mark.e2e


def setting(home: Path, section: str, **values: object) -> None:
    content = config_content(load_config(home))
    content[section] |= values
    (home / "node.toml").write_text(tomli_w.dumps(content), encoding="utf-8")


def empty(network: Network, name: str) -> Path:
    """The home of a node that has lost everything but its keys and its signer file."""
    home = network.nodes[name].home
    network.kill(name)
    shutil.rmtree(home / "data")
    setting(home, "sync", from_snapshot=True, wait_ms=8000)
    return home


def test_a_snapshot_is_made_taken_and_gone_on_from(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 4) as network:
        for node in network.nodes.values():
            setting(node.home, "storage", snapshot_interval=5, snapshot_minutes=0)
        network.start()
        network.wait_ready()
        network.busy("bank1", 12)
        network.wait(lambda: "snapshot_made" in network.log_of("bank1"), "a snapshot")
        home = empty(network, "bank4")
        network.busy("bank1", 2)
        network.start("bank4")
        network.wait(lambda: len(set(network.heads().values())) == 1, "the same root")
        assert "snapshot_taken" in network.log_of("bank4")
        lowest = network.get("bank4", "/ready")["lowest_height"]
        assert lowest >= 5
        assert lowest % 5 == 0
        older = f"/v1/parties/{network.party('anchor')}?at={lowest - 1}"
        network.wait(lambda: len(network.get("bank4", older)["held_by"]) == 3, "three peers that hold it")
        gone = network.get("bank4", older)
        assert (gone["status"], gone["code"], gone["lowest_height"]) == (410, "height_pruned", lowest)
        assert {one["name"] for one in gone["held_by"]} == {"bank1", "bank2", "bank3"}
        assert {one["lowest_height"] for one in gone["held_by"]} == {0}
        named = {one["name"]: one for one in network.get("bank1", "/v1/peers")["data"]}
        assert named["bank4"]["lowest_height"] == lowest
        status, body = network.send("bank4", network.sign("anchor", account_at("x")))
        assert status == 422, body
        assert network.stop("bank4") == 0
        network.start("bank4")  # a second start finds the data and asks for nothing
        # whose memory came late signs from two heights later on, which an idle network never reaches
        network.wait(lambda: network.busy("bank1", 1) and network.get("bank4", "/ready").get("ready"), "bank4 ready")
        assert network.log_of("bank4").count("snapshot_taken") == 1
        assert not (home / "signer/signer.bin.before").exists(), "it is intact and stays in use"
        bank4 = network.nodes["bank4"].node_id
        network.wait(lambda: bank4 in network.signers("bank1", network.busy("bank1", 2) - 1), "its signature again")


def test_where_there_is_no_snapshot_blocks_are_fetched_and_the_signer_file_stays_in_use(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 4) as network:
        network.start()
        network.wait_ready()
        network.busy("bank1", 3)
        home = empty(network, "bank4")
        network.start("bank4")
        network.wait(lambda: len(set(network.heads().values())) == 1, "the same root")
        assert "no_snapshot" in network.log_of("bank4")
        assert network.get("bank4", "/ready")["lowest_height"] == 0
        assert not (home / "signer/signer.bin.before").exists()
        assert "consensus_safe_height" not in network.log_of("bank4")
        bank4 = network.nodes["bank4"].node_id
        network.wait(lambda: bank4 in network.signers("bank1", network.busy("bank1", 2) - 1), "its signature again")
