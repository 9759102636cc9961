"""Sets of contracts on a running network of processes: voted in, migrated, called; one node away, and all replayed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from chainbill_node.home.verify import verify_home
from node_processes import Network

from chainbill.vm.natives import digest

pytestmark = pytest.mark.e2e
AHEAD = 16  # heights from a proposal to its activation: it is voted on meanwhile, two heights an act
NAMES = ("a", "b", "c", "d", "e")

COUNTER = '''"""Counts what it is told of."""

from chainbill.vm.prelude import *

counts = own_table("count")


@internal("teller")
def add(name):
    row = counts.get(name)
    if row is None:
        row = {"number": 0}
    row["number"] += 1
    counts.put(name, row)
    return row["number"]
'''
TELLER = '''"""Tells the counter."""

from chainbill.vm.prelude import *


@call
def tell(name):
    return invoke("counter", "add", name)
'''
COUNTER_2 = '''"""Counts what it is told of, several at once; its rows gain who told last."""

from chainbill.vm.prelude import *

counts = own_table("count")


@internal("teller")
def add(name, times):
    row = counts.get(name)
    row["number"] += times
    row["by"] = ctx.party
    counts.put(name, row)
    return row["number"]


@migrate
def name_the_teller(cursor):
    """One row a step."""
    at = 0
    if cursor is not None:
        at = cursor
    entries = counts.scan([], 100)
    entry = entries[at]
    entry[1]["by"] = "before"
    counts.put(entry[0][0], entry[1])
    if at + 1 < len(entries):
        return at + 1
    return None
'''
TELLER_2 = TELLER.replace('"add", name)', '"add", name, 10)')


def done(network: Network, via: str, alias: str, contract: str, function: str, **args: Any) -> Any:
    """The result of one act that commits."""
    status, body = network.send(via, network.sign(alias, (contract, function, args)))
    assert (status, body["status"]) == (201, "committed"), body
    return body["result"]


def vote_in(network: Network, **sources: str) -> int:
    """A set that all seats accept; answers the height from which it runs."""
    height = network.height("bank2") + AHEAD
    contracts = [{"name": name, "source": text, "hash": digest(text)} for name, text in sources.items()]
    content = {"contracts": contracts, "active_height": height}
    proposal = done(network, "bank2", "bank2", "governance", "propose", kind="contracts", content=content)["proposal"]
    for bank in ("bank2", "bank3", "bank4"):
        answer = done(network, bank, bank, "governance", "vote", proposal=proposal, choice="yes")
    assert answer["status"] == "accepted"
    assert network.height("bank2") < height
    return height


def reach(network: Network, height: int) -> None:
    while network.height("bank2") < height:
        network.busy("bank2", 1)


def test_sets_change_a_running_network_and_the_chain_replays(tmp_path: Path) -> None:
    """formats S7: an internal signature and its callers change together, with rows that are migrated."""
    with Network(tmp_path / "net", 4) as network:
        network.start()
        network.wait_ready()
        reach(network, vote_in(network, counter=COUNTER, teller=TELLER))
        assert [done(network, "bank3", "anchor", "teller", "tell", name=name) for name in NAMES] == [1] * len(NAMES)

        second = vote_in(network, counter=COUNTER_2, teller=TELLER_2)
        network.kill("bank1")  # it is away while the set comes, and takes it from the blocks
        assert done(network, "bank3", "anchor", "teller", "tell", name="a") == 2, "the old code runs until then"
        reach(network, second)
        assert done(network, "bank3", "supplier1", "teller", "tell", name="a") == 12
        network.start("bank1")
        network.wait_ready("bank1")
        assert done(network, "bank1", "anchor", "teller", "tell", name="b") == 11
        network.wait(lambda: len(set(network.heads().values())) == 1, "agreement")
        receipts = network.get("bank1", f"/v1/blocks/{second}/receipts")["data"]
        topics = [event["topic"] for one in receipts for event in one["events"]]
        assert "contracts_activated" in topics
        for name in list(network.processes):
            assert network.stop(name) == 0
        for name in ("bank1", "bank2"):
            report = verify_home(network.nodes[name].home)
            assert report.ok, report.problems
