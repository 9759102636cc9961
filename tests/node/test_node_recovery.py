"""Losses that used to halt a network for good, on real processes (docs/reference/backup.md)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from chainbill_node.main import EXIT_REFUSED
from node_processes import Network

pytestmark = pytest.mark.e2e


def lose(network: Network, name: str, *parts: str) -> None:
    """A machine dies, and what it had in these folders is gone."""
    network.kill(name)
    for part in parts:
        shutil.rmtree(network.nodes[name].home / part)


def stand_together(network: Network, beyond: int) -> None:
    """All go on, sign, and agree; nobody is accused of anything."""
    network.wait_ready()
    assert network.busy("bank1", 2) > beyond
    network.wait(lambda: len(set(network.heads().values())) == 1, "agreement")
    assert not any("consensus_evidence" in network.log_of(name) for name in network.processes)


def test_of_three_one_loses_everything_and_the_network_goes_on_by_itself(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 3) as network:
        network.start()
        network.wait_ready()
        height = network.busy("bank1", 2)
        lose(network, "bank2", "data", "signer")
        network.start("bank2", arguments=("--signer-lost",))
        stand_together(network, height)
        assert "consensus_safe_height" in network.log_of("bank2")


def test_two_of_four_lose_their_data_and_their_signer_files_stay_in_use(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 4) as network:
        network.start()
        network.wait_ready()
        height = network.busy("bank1", 2)
        for name in ("bank2", "bank3"):
            lose(network, name, "data")
        network.start("bank2", "bank3")
        stand_together(network, height)
        for name in ("bank2", "bank3"):
            assert "consensus_safe_height" not in network.log_of(name)


def test_one_alone_that_loses_everything_says_that_nothing_can_come_back(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 1) as network:
        network.start()
        network.wait_ready()
        network.busy("bank1", 2)
        heads = network.heads()["bank1"]
        last = network.get("bank1", f"/v1/blocks/{heads[0]}")
        lose(network, "bank1", "data")
        network.start("bank1")
        network.wait(lambda: network.heads()["bank1"][0] >= heads[0], "the same blocks, from the signer file")
        block = network.get("bank1", f"/v1/blocks/{heads[0]}")
        assert block["id"] == last["id"]
        lose(network, "bank1", "data", "signer")
        network.start("bank1", arguments=("--signer-lost",))
        network.wait(lambda: "nothing can come back" in network.get("bank1", "/ready")["reason"], "the truth")
        assert "--safe-height 1" in network.get("bank1", "/ready")["reason"]
        network.kill("bank1")
        network.start("bank1", arguments=("--safe-height", "7"))
        assert network.processes.pop("bank1").wait(30) == EXIT_REFUSED
        assert "safe_height_unreachable" in network.log_of("bank1")
        network.start("bank1", arguments=("--safe-height", "1"))
        network.wait_ready()
