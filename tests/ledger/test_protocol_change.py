"""The protocol changes by vote at a height; who lacks the next version knows from the vote on (formats S6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ledger.real_network import BANKS, genesis
from ledger.test_rules import Voting, core_events
from ledger.tiny_network import TinyNetwork
from ledger.tiny_network import genesis as tiny_genesis
from ledger.two_protocols import BOTH, PROTOCOL_2

from chainbill.errors import InternalFault, Refused
from chainbill.ledger import rules
from chainbill.ledger.genesis import Genesis, genesis_from_json
from chainbill.ledger.genesis_state import make_genesis_state
from chainbill.ledger.in_force import InForce, ProtocolRow, in_force
from chainbill.ledger.programs import ProgramCache
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.upgrades import upgrade_needed
from chainbill.protocols import PROTOCOL_1, RELEASED, Protocols
from chainbill.state.view import View
from chainbill.vm import ContractRejected, compile_contract, link

NEXT = {"version": 2, "digest": PROTOCOL_2.digest}
CALENDAR = '''"""Which day of the week it is."""
from chainbill.vm.prelude import *


@call
def day(date):
    return weekday(date)
'''


class Changing(Voting):
    """The product's contracts on a ledger whose software has both versions, unless it is told otherwise."""

    def __init__(self, protocols: Protocols = BOTH, made: Genesis | None = None) -> None:
        first = ProtocolRow(1, PROTOCOL_1.digest, 0)
        TinyNetwork.__init__(self, made or replace(genesis(), protocol=first), ProgramCache(protocols))

    def propose_protocol(self, at: int, **content: Any) -> Receipt:
        content = {**NEXT, "active_height": at, **content}
        return self.run(BANKS[0], ("governance", "propose", {"kind": "protocol", "content": content}))

    def vote_protocol(self, at: int, **content: Any) -> None:
        proposed = self.propose_protocol(at, **content)
        assert proposed.ok, proposed
        for bank in BANKS[:3]:
            self.ok(bank, "governance", "vote", proposal=proposed.results[0]["proposal"], choice="yes")


def test_a_protocol_begins_exactly_at_its_height() -> None:
    network = Changing()
    network.issue()  # the first one makes the rows that count them
    at = network.env.height + 10
    before = network.issue().gas
    network.vote_protocol(at)
    assert network.row("core", "protocol", "next") == {**NEXT, "from": at}
    network.up_to(at - 1)
    assert network.issue().gas == before
    assert network.row("core", "protocol", "active")["version"] == 1
    receipt = network.issue(currency="XTS")
    assert receipt.ok, "one more currency"
    assert core_events(network.applied.receipts) == [["core", "protocol_changed", {**NEXT, "from": at}]]
    assert network.row("core", "protocol", "active") == {**NEXT, "from": at}
    assert network.row("core", "protocol", "next") is None
    assert network.row("core", "rules", "active")["rules"]["gas_put"] == 120
    assert network.issue().gas != before, "dearer rows, other weekdays"


def test_a_header_names_the_protocol_of_its_own_height() -> None:
    network = Changing()
    at = network.env.height + 8
    network.vote_protocol(at)
    network.up_to(at - 1)
    for height, right, wrong in ((at - 1, 1, 2), (at, 2, 1)):
        assert network.env.height == height
        with pytest.raises(Refused, match="block_protocol"):
            network.apply(network.block(protocol=wrong))
        block = network.block()
        assert block.header.protocol == right
        network.decide(block)


def test_a_function_of_the_language_is_that_of_the_height() -> None:
    contracts = (*tiny_genesis().contracts, ("weekdays", CALENDAR))
    network = TinyNetwork(
        tiny_genesis(contracts=contracts, protocol=ProtocolRow(1, PROTOCOL_1.digest, 0)), ProgramCache(BOTH)
    )
    at = network.env.height + 3
    network.ok("S1", "governance", "change_protocol", version=2, digest=PROTOCOL_2.digest, start=at)
    days = [network.ok("S1", "weekdays", "day", date="2026-03-01") for _ in range(4)]
    assert days == [7, 7, 0, 0], "a Sunday"


def test_a_replay_across_the_change_gives_the_same_roots() -> None:
    network = Changing()
    at = network.env.height + 8
    network.vote_protocol(at)
    network.vote(at + 3, changes={"gas_get": 33})
    network.up_to(at - 1)
    for _ in range(6):
        network.issue(currency="XTS")
    network.check_replay(Changing())


def test_a_protocol_taken_from_the_wrong_height_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant takes what held one height before: the header of the block of the change names another protocol."""
    network = Changing()
    at = network.env.height + 8
    network.vote_protocol(at)
    network.up_to(at)
    block = network.block()
    network.apply(block)

    def late(view: View, height: int, protocols: Protocols) -> InForce:
        return in_force(view, height - 1, protocols)

    for module in ("transition", "execution"):
        monkeypatch.setattr(f"chainbill.ledger.{module}.in_force", late)
    with pytest.raises(Refused, match="block_protocol"):
        network.apply(block)


def test_software_without_the_version_knows_from_the_vote_on_and_runs_up_to_its_height() -> None:
    network = Changing()
    old = Changing(RELEASED)
    at = network.env.height + 10
    network.vote_protocol(at)
    network.up_to(at + 1)
    assert upgrade_needed(old.view, 1, RELEASED, "3.11") is None
    for block in network.blocks[: at - 1]:
        old.decide(block)
    needed = upgrade_needed(old.view, at, RELEASED, "3.11")
    assert needed is not None
    assert (needed.height, needed.version) == (at, 2)
    for height in range(at - 5, at + 6):  # it is said long before; who stands beyond it needs it at once
        told = upgrade_needed(old.view, height, RELEASED, "3.11")
        assert told is not None
        assert told.height == max(height, at)
    assert "protocol 2" in needed.said("en")
    assert "协议 2" in needed.said("zh")
    assert upgrade_needed(old.view, at, BOTH, "3.11") is None
    with pytest.raises(InternalFault, match="protocol_unknown"):
        old.apply(network.blocks[at - 1])


def test_another_version_under_the_same_number_is_none() -> None:
    network = Changing()
    at = network.env.height + 8
    network.vote_protocol(at, digest="3" * 64)
    assert network.row("core", "protocol", "next")["digest"] == "3" * 64
    needed = upgrade_needed(network.view, network.env.height, BOTH, "3.11")
    assert needed is not None
    assert needed.digest == "3" * 64


def test_a_decided_change_is_called_off_by_voting_for_what_is_active() -> None:
    network = Changing()
    at = network.env.height + 30
    network.vote_protocol(at)
    network.vote_protocol(at, version=1, digest=PROTOCOL_1.digest)
    assert network.row("core", "protocol", "next") is None
    network.up_to(at + 1)
    assert network.row("core", "protocol", "active")["version"] == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"version": 1}, "protocol_not_later"),
        ({"version": 0}, "shape_wrong"),
        ({"version": "2"}, "shape_wrong"),
        ({"digest": "22"}, "shape_wrong"),
        ({"digest": 2}, "shape_wrong"),
    ],
)
def test_a_protocol_that_cannot_be_next_is_refused_when_it_is_proposed(content: dict[str, Any], reason: str) -> None:
    network = Changing()
    receipt = network.propose_protocol(network.env.height + 30, **content)
    assert (receipt.status, receipt.reason) == ("refused", reason)


def test_a_genesis_of_a_protocol_that_is_not_here_makes_no_state() -> None:
    made = tiny_genesis(protocol=ProtocolRow(2, PROTOCOL_2.digest, 0))
    assert genesis_from_json(made.to_json()).hash == made.hash
    with pytest.raises(Refused, match="protocol_unknown"):
        make_genesis_state(made, ProgramCache())
    make_genesis_state(made, ProgramCache(BOTH))


def test_a_rule_that_a_later_protocol_brings_is_none_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Software that knows it already must not let a vote set it: software that does not would say no."""
    made = replace(genesis(), protocol=ProtocolRow(1, PROTOCOL_1.digest, 0))
    monkeypatch.setattr(rules, "SINCE", {"gas_scan": 2})
    earlier = {name: value for name, value in rules.STANDARD_RULES.values.items() if name != "gas_scan"}
    with pytest.raises(Refused, match="rule_unknown"):
        genesis()
    network = Changing(BOTH, replace(made, rules=replace(rules.STANDARD_RULES, values=earlier)))
    at = network.env.height + 12
    assert network.propose(at, changes={"gas_scan": 61}).reason == "rule_unknown"
    upgrade = {**PROTOCOL_2.upgrade(network.row("core", "rules", "active"))}
    monkeypatch.setitem(upgrade["rules"], "gas_scan", 66)
    monkeypatch.setattr(BOTH, "_released", {1: PROTOCOL_1, 2: replace(PROTOCOL_2, upgrade=lambda _row: upgrade)})
    network.vote_protocol(at)
    network.up_to(at)
    network.decide(network.block())
    assert network.row("core", "rules", "active")["rules"]["gas_scan"] == 66
    assert network.propose(network.env.height + 9, changes={"gas_scan": 61}).ok


def test_a_function_that_a_later_protocol_brings_is_none_before_it() -> None:
    """Software that knows it already must refuse a source that calls it: software that does not would."""
    source = {"weekdays": CALENDAR}
    without = {name: native for name, native in PROTOCOL_1.natives.items() if name != "n_weekday"}
    compiled = {"weekdays": compile_contract("weekdays", CALENDAR)}
    with pytest.raises(ContractRejected, match="name_unknown"):
        link(compiled, without)
    plain = link({}, without)
    problem = plain.examine(source)
    assert problem is not None
    assert (problem["problem"], problem["contract"]) == ("name_unknown", "weekdays")
    assert link({}, PROTOCOL_1.natives).examine(source) is None


# --- CPython
def test_a_python_that_will_not_be_allowed_is_known_from_the_vote_on() -> None:
    network = Changing()
    at = network.env.height + 30
    network.vote(at, python=["3.12"])
    needed = upgrade_needed(network.view, network.env.height, BOTH, "3.11")
    assert needed is not None
    assert (needed.height, needed.version, needed.python) == (at, 0, ("3.12",))
    assert "CPython 3.12" in needed.said("en")
    assert "CPython 3.12" in needed.said("zh")
    early = upgrade_needed(network.view, network.env.height, BOTH, "3.12")
    assert early is not None
    assert early.height == network.env.height, "it may not run yet"
    network.vote(at, python=["3.11", "3.12"])
    later = upgrade_needed(network.view, network.env.height, BOTH, "3.11")
    assert later is None or later.height == at, "the order of two for one height is that of their proposals"


def test_both_pythons_may_run_where_both_are_allowed() -> None:
    network = Changing()
    at = network.env.height + 8
    network.vote(at, python=["3.11", "3.12"])
    network.up_to(at + 1)
    for version in ("3.11", "3.12"):
        assert upgrade_needed(network.view, network.env.height, BOTH, version) is None
    needed = upgrade_needed(network.view, network.env.height, BOTH, "3.13")
    assert needed is not None
    assert needed.height == network.env.height


def test_a_change_that_will_not_fit_stops_no_node() -> None:
    """Its height refuses it whole, the Pythons in it too: a node that ended before it would wait for nothing."""
    network = Changing()
    at = network.env.height + 12
    network.vote(at, python=["3.12"], currencies={"CNY": 3})
    assert upgrade_needed(network.view, network.env.height, BOTH, "3.11") is None
    network.vote(at + 2, python=["3.11", "3.12"])
    needed = upgrade_needed(network.view, network.env.height, BOTH, "3.12")
    assert needed is not None
    assert needed.height == network.env.height
    network.up_to(at + 1)
    assert network.row("core", "rules", "active")["python"] == ["3.11"]
    assert upgrade_needed(network.view, at + 1, BOTH, "3.11") is None
