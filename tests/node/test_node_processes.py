"""One and four real nodes: they commit, one is killed and catches up, all end cleanly."""

from __future__ import annotations

from pathlib import Path

import pytest
from node_processes import Network
from writes import account_at, bank_of

pytestmark = pytest.mark.e2e


def named(network: Network, alias: str, bank: str) -> bytes:
    return network.sign(alias, account_at(network.party(bank)))


def test_one_node_commits_answers_again_and_ends_cleanly(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 1) as network:
        network.start()
        network.wait_ready()
        wire = named(network, "anchor", "bank2")
        status, body = network.send("bank1", wire)
        assert (status, body["status"]) == (201, "committed"), body
        status, again = network.send("bank1", wire)
        assert status == 200
        assert again["repeated"] is True
        assert again["height"] == body["height"]
        assert bank_of(network.get("bank1", f"/v1/parties/{network.party('anchor')}")) == network.party("bank2")
        assert network.stop("bank1") == 0
        network.start("bank1")
        network.wait_ready()
        assert network.height("bank1") >= body["height"] + 1
        status, again = network.send("bank1", wire)
        assert (status, again["repeated"]) == (200, True)


def test_a_refused_transaction_gets_its_answer(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 1) as network:
        network.start()
        network.wait_ready()
        status, body = network.send("bank1", named(network, "anchor", "supplier1"))
        assert status == 422, body
        assert body["code"] == "not_a_bank"


def test_four_nodes_agree_and_a_killed_one_catches_up(tmp_path: Path) -> None:
    with Network(tmp_path / "net", 4) as network:
        network.start()
        network.wait_ready()
        status, body = network.send("bank1", named(network, "anchor", "bank2"))
        assert (status, body["status"]) == (201, "committed"), body
        network.kill("bank3")
        for name, bank in (("bank2", "bank1"), ("bank4", "bank2"), ("bank1", "bank1")):
            status, body = network.send(name, named(network, "anchor", bank))
            assert (status, body["status"]) == (201, "committed"), body
        network.start("bank3")
        network.wait(lambda: network.height("bank3") > body["height"], "catching up")
        network.wait(lambda: len(set(network.heads().values())) == 1, "agreement")
        status, body = network.send("bank3", named(network, "anchor", "bank2"))
        assert (status, body["status"]) == (201, "committed"), body
        network.wait(lambda: len(set(network.heads().values())) == 1, "agreement")
        assert [network.stop(name) for name in list(network.processes)] == [0, 0, 0, 0]
