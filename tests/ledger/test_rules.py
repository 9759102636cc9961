"""Rules by height: in full in the genesis, changed by vote, in force from one height on (formats S6, S8)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from ledger.real_network import ANCHOR, BANKS, CHECKERS, KEYS, S1, RealNetwork, genesis
from ledger.tiny_network import TinyNetwork

from chainbill.errors import ChainbillError, Malformed, Refused
from chainbill.ledger import rule_changes
from chainbill.ledger.block import decode_block
from chainbill.ledger.genesis import Genesis, genesis_from_json
from chainbill.ledger.in_force import in_force
from chainbill.ledger.programs import ProgramCache
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.rules import RULES, STANDARD_RULES, Rules, rules_of_row
from chainbill.protocols import RELEASED
from chainbill.vm.compiler import compile_contract
from chainbill.vm.rules import CODE_RULES, STANDARD_RUN, CodePrices

pytestmark = pytest.mark.untraced

VECTORS = Path(__file__).parents[1] / "vectors"
NOTHING: dict[str, Any] = {"changes": {}, "currencies": {}, "python": []}


def with_values(**values: int) -> Rules:
    return replace(STANDARD_RULES, values=MappingProxyType({**STANDARD_RULES.values, **values}))


class Voting(RealNetwork):
    """The product's contracts, and votes on rules."""

    def __init__(self, the_genesis: Genesis | None = None) -> None:
        TinyNetwork.__init__(self, the_genesis or genesis(), ProgramCache())

    def propose(self, at: int, **change: Any) -> Receipt:
        content = {**NOTHING, **change, "active_height": at}
        return self.run(BANKS[0], ("governance", "propose", {"kind": "rules", "content": content}))

    def vote(self, at: int, **change: Any) -> None:
        proposed = self.propose(at, **change)
        assert proposed.ok, proposed
        for bank in BANKS[:3]:
            self.ok(bank, "governance", "vote", proposal=proposed.results[0]["proposal"], choice="yes")

    def up_to(self, height: int) -> None:
        """Empty blocks until `height` is the next."""
        while self.env.height < height:
            self.decide(self.block())

    def issue(self, **fields: Any) -> Receipt:
        arguments = {
            "debtor": ANCHOR, "creditor": S1, "face": 1_000, "currency": "CNY", "due_on": "2026-08-31", "invoices": [],
            "contract_no": "C-1", "delivered_on": "2026-02-01", "terms": {}, "reference": "", **fields,
        }  # fmt: skip
        return self.run(S1, ("bill", "issue", arguments))


@pytest.fixture
def network() -> Voting:
    return Voting()


def core_events(receipts: tuple[Receipt, ...]) -> list[Any]:
    return [event for receipt in receipts for event in receipt.events if event[0] == "core"]


# --- what the rules are
def test_every_standard_value_is_one_that_a_vote_may_set() -> None:
    for one in RULES.values():
        assert one.least <= one.standard <= one.most, one.name
        assert one.english, one.name
        assert one.chinese, one.name


def test_a_genesis_says_every_rule_and_is_read_back_the_same() -> None:
    made = replace(genesis(), rules=with_values(gas_get=31, block_transactions=500))
    content = json.loads(made.to_json())
    assert set(content["rules"]) == set(RULES)
    assert content["currencies"]["CNY"] == 2
    assert content["python"] == ["3.11"]
    assert genesis_from_json(made.to_json()).hash == made.hash != genesis().hash


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rules": {}}, "rule_unknown"),
        ({"rules": {**STANDARD_RULES.values, "gas_speed": 1}}, "rule_unknown"),
        ({"rules": {**STANDARD_RULES.values, "gas_get": 301}}, "rule_out_of_range"),
        ({"rules": {**STANDARD_RULES.values, "gas_get": 0}}, "rule_out_of_range"),
        ({"rules": {**STANDARD_RULES.values, "gas_get": True}}, "rule_out_of_range"),
        ({"rules": []}, "shape_wrong"),
        ({"currencies": {}}, "rule_currency"),
        ({"currencies": {"cny": 2}}, "rule_currency"),
        ({"currencies": {"CNY": 5}}, "rule_currency"),
        ({"currencies": {"CNY": None}}, "rule_currency"),
        ({"python": []}, "rule_python"),
        ({"python": ["3.12", "3.11"]}, "rule_python"),
        ({"python": ["3.11", "3.11"]}, "rule_python"),
        ({"python": ["3.011"]}, "rule_python"),
        ({"python": "3.11"}, "shape_wrong"),
    ],
)
def test_a_genesis_with_other_rules_than_there_can_be_is_refused(change: dict[str, Any], reason: str) -> None:
    content = {**json.loads(genesis().to_json()), **change}
    with pytest.raises(ChainbillError) as caught:
        genesis_from_json(json.dumps(content))
    assert caught.value.reason == reason


def test_one_genesis_makes_rules_that_are_found_in_its_state(network: Voting) -> None:
    row = network.row("core", "rules", "active")
    assert rules_of_row(row) == STANDARD_RULES
    assert in_force(network.view, 1, RELEASED).rules is in_force(network.view, 2, RELEASED).rules, (
        "read once for the same bytes"
    )


# --- a price
def test_a_price_holds_from_its_height_on_and_not_before(network: Voting) -> None:
    """Formats S6. The same call costs what it did up to the height before, and more from the height on."""
    network.issue()  # the first one makes the rows that count them
    at = network.env.height + 12
    before = network.issue().gas
    network.vote(at, changes={"gas_put": 600})
    network.up_to(at - 1)
    assert network.issue().gas == before, "the block below the height runs by the old price"
    assert network.env.height == at
    receipt = network.issue()
    assert receipt.gas > before + 500
    change = {**NOTHING, "changes": {"gas_put": 600}}
    assert core_events(network.applied.receipts) == [["core", "rules_changed", change]]
    assert network.row("core", "rules", "active")["rules"]["gas_put"] == 600
    assert network.row("governance", "rules_next", [at, "x"]) is None
    assert network.issue().gas == receipt.gas
    assert core_events(network.applied.receipts) == []


def test_a_price_that_stands_in_compiled_code_holds_from_its_height_on(network: Voting) -> None:
    at = network.env.height + 10
    network.vote(at, changes={"gas_call_is_date": 200})
    network.up_to(at - 2)
    network.issue()  # the first of a day counts the days in which it is to be answered
    before = network.issue().gas
    assert network.issue().gas >= before + 180


def test_a_replay_from_the_genesis_runs_every_block_by_the_rules_of_its_height(network: Voting) -> None:
    at = network.env.height + 8
    network.vote(at, changes={"gas_put": 99, "gas_call_is_date": 50}, currencies={"XTS": 3})
    network.up_to(at - 1)
    for _ in range(3):
        network.issue(currency="XTS")
    network.check_replay(Voting(network.genesis))


def test_rules_taken_from_the_wrong_height_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant takes the rules of the parent's height: the block of the change would cost the old price."""
    network = Voting()
    at = network.env.height + 8
    network.vote(at, changes={"gas_put": 600})
    network.up_to(at)
    wire = network.wire(S1, ("bill", "issue", {}))
    block = network.block(wire)
    right = network.apply(block)
    for module in ("transition", "execution"):
        monkeypatch.setattr(
            f"chainbill.ledger.{module}.in_force", lambda view, height, code: in_force(view, height - 1, code)
        )
    assert network.apply(block).app_hash != right.app_hash


def test_dearer_code_has_the_same_size(network: Voting) -> None:
    dear = CodePrices({one.name: one.most for one in CODE_RULES})
    source = dict(network.genesis.contracts)["token"]
    cheap, dearest = compile_contract("token", source), compile_contract("token", source, dear)
    assert cheap.guarded != dearest.guarded
    assert cheap.size == dearest.size, "no vote may make a contract that runs too large"
    assert dear.key != STANDARD_RUN.code.key


# --- no vote can stop the next vote
def test_a_network_at_its_dearest_can_still_vote_for_the_standard_again() -> None:
    """All prices at their most, all that a run may use at its least: the vote that mends it goes through."""
    worst = {
        name: one.most if name.startswith("gas_") and not name.startswith(tuple(LIMITS)) else one.least
        for name, one in RULES.items()
    }
    network = Voting(replace(genesis(), rules=with_values(**{**worst, "gas_init": RULES["gas_init"].most})))
    at = network.env.height + 8
    network.vote(at, changes=dict(STANDARD_RULES.values))
    network.up_to(at)
    network.decide(network.block())
    assert network.row("core", "rules", "active")["rules"] == dict(STANDARD_RULES.values)


LIMITS = ("gas_transaction", "gas_block", "gas_day", "gas_init")


# --- currencies and Pythons
def test_a_currency_that_is_voted_in_is_taken_from_its_height_on(network: Voting) -> None:
    """Formats S8: the currencies are state, not a table of the release."""
    at = network.env.height + 10
    network.vote(at, currencies={"XTS": 3, "USD": None})
    network.up_to(at - 2)
    assert network.issue(currency="XTS").reason == "currency_unknown"
    assert network.issue(currency="USD").ok
    assert network.issue(currency="XTS").ok
    assert network.issue(currency="USD").reason == "currency_unknown"


def test_the_digits_of_a_currency_in_use_stay(network: Voting) -> None:
    """Amounts on the ledger are in minor units. The vote is accepted, its height says why nothing came of it."""
    at = network.env.height + 8
    network.vote(at, currencies={"CNY": 3})
    network.up_to(at)
    network.decide(network.block())
    [[_, topic, facts]] = core_events(network.applied.receipts)
    assert (topic, facts["reason"]) == ("rules_change_failed", "rule_currency")
    assert network.row("core", "rules", "active")["currencies"]["CNY"] == 2


@pytest.mark.parametrize("apart", [0, 1], ids=["at one height", "a height later"])
def test_a_currency_that_was_withdrawn_comes_back_with_its_own_digits_only(network: Voting, apart: int) -> None:
    """Bills in it live on: taken out and in again it would turn 10.00 yuan into 0.1000."""
    assert network.issue(currency="CNY").ok
    at = network.env.height + 20
    network.vote(at, currencies={"CNY": None})
    network.vote(at + 1, currencies={"CNY": 4})
    network.vote(at + 1 + apart, currencies={"CNY": 2})
    network.up_to(at + 1)
    row = network.row("core", "rules", "active")
    assert ("CNY" in row["currencies"], row["withdrawn"]) == (False, {"CNY": 2})
    network.decide(network.block())
    assert "rules_change_failed" in [topic for _, topic, _ in core_events(network.applied.receipts)]
    network.up_to(at + 3)
    row = network.row("core", "rules", "active")
    assert (row["currencies"]["CNY"], row["withdrawn"]) == (2, {})


def test_who_holds_a_bill_of_a_withdrawn_currency_still_says_where_it_is_paid(network: Voting) -> None:
    """attack: a stolen key moves an account, or an administrator has none yet, and the currency is withdrawn: the money
    of bills that live on went where nobody could change it, and no policy could reserve any more who passes them on."""
    network.accepted_bill(1_000)
    at = network.env.height + 8
    network.vote(at, currencies={"CNY": None})
    network.up_to(at + 1)
    account = {"currency": "CNY", "bank": BANKS[1], "alg": "sha256", "digest_hex": "cd" * 32}
    policy = {"rules": [{"action": "any", "currency": "CNY", "above": 0}]}
    both = [KEYS[S1], CHECKERS[S1]]
    assert network.run(S1, ("account", "announce", account), keys=both).ok
    assert network.run(S1, ("party", "set_policy", {"policy": policy}), keys=both).ok
    for currency in ("XTS", "XXX", "cny", ""):
        unknown = {**account, "currency": currency}
        assert network.run(S1, ("account", "announce", unknown), keys=both).reason == "currency_unknown"
    assert network.issue(currency="CNY").reason == "currency_unknown"


def test_taken_and_withdrawn_currencies_are_bounded_together() -> None:
    codes = [f"{one}{other}X" for one in "ABCDEFGHIJKLMNOPQRST" for other in "ABCDEFGHIJKLMNOPQRST"]
    row = STANDARD_RULES.row()
    full = {**row, "currencies": {"CNY": 2}, "withdrawn": dict.fromkeys(codes[:399], 3)}
    assert rules_of_row(full).row() == full
    for change in ({"withdrawn": dict.fromkeys(codes, 3)}, {"withdrawn": {"CNY": 2}}, {"withdrawn": {"XTS": 5}}):
        with pytest.raises(Refused, match="rule_currency"):
            rules_of_row({**full, **change})
    with pytest.raises(Malformed):
        rules_of_row({name: row[name] for name in ("rules", "currencies", "python")})


def test_the_allowed_pythons_change_by_vote(network: Voting) -> None:
    at = network.env.height + 8
    network.vote(at, python=["3.11", "3.12"])
    assert in_force(network.view, at - 1, RELEASED).rules.python == ("3.11",)
    assert in_force(network.view, at, RELEASED).rules.python == ("3.11", "3.12")


def test_changes_for_one_height_are_taken_up_in_the_order_of_their_proposals(network: Voting) -> None:
    at = network.env.height + 20
    network.vote(at, changes={"gas_put": 100, "gas_get": 100})
    network.vote(at, changes={"gas_put": 200})
    network.up_to(at)
    network.decide(network.block())
    values = network.row("core", "rules", "active")["rules"]
    assert values["gas_get"] == 100
    assert values["gas_put"] in {100, 200}
    assert len(core_events(network.applied.receipts)) == 2


# --- what cannot be asked for
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "rule_change_empty"),
        ({"changes": {"gas_speed": 1}}, "rule_unknown"),
        ({"changes": {"gas_transaction": 999_999}}, "rule_out_of_range"),
        ({"changes": {"replay_window_ms": 86_400_001}}, "rule_out_of_range"),
        ({"changes": {"gas_get": "1"}}, "rule_out_of_range"),
        ({"changes": []}, "shape_wrong"),
        ({"currencies": {"X1S": 2}}, "rule_currency"),
        ({"currencies": {"XTS": -1}}, "rule_currency"),
        ({"python": ["2.7"]}, "rule_python"),
        ({"python": ["3.9", "3.10", "3.9"]}, "rule_python"),
    ],
)
def test_a_change_that_cannot_be_is_refused_when_it_is_proposed(
    network: Voting, change: dict[str, Any], reason: str
) -> None:
    receipt = network.propose(network.env.height + 50, **change)
    assert (receipt.status, receipt.reason) == ("refused", reason)


def test_a_change_is_decided_for_a_later_height_only(network: Voting) -> None:
    assert network.propose(network.env.height + 1, changes={"gas_get": 31}).reason == "height_not_in_future"
    at = network.env.height + 4
    proposal = network.propose(at, changes={"gas_get": 31}).results[0]["proposal"]
    network.up_to(at)
    for bank in BANKS[:2]:
        network.ok(bank, "governance", "vote", proposal=proposal, choice="yes")
    vote = ("governance", "vote", {"proposal": proposal, "choice": "yes"})
    assert network.run(BANKS[2], vote).reason == "height_not_in_future"


def test_a_rejected_change_leaves_nothing_behind(network: Voting) -> None:
    proposal = network.propose(network.env.height + 50, changes={"gas_get": 31}).results[0]["proposal"]
    assert network.row("governance", "rule_change", proposal)["changes"] == {"gas_get": 31}
    for bank in BANKS[:2]:
        network.ok(bank, "governance", "vote", proposal=proposal, choice="no")
    assert network.row("governance", "rule_change", proposal) is None


# --- bounds of a block
def test_a_block_is_held_to_the_bounds_of_its_own_height(network: Voting) -> None:
    at = network.env.height + 10
    network.vote(at, changes={"block_transactions": 10})
    network.up_to(at - 1)
    wires = [network.wire(S1, ("bill", "issue", {})) for _ in range(11)]
    network.apply(network.block(*wires))
    network.up_to(at)
    with pytest.raises(Refused, match="block_too_large"):
        network.apply(network.block(*wires))
    assert len(network.prepare(wires, keep_failed=lambda *_: True).block.transactions) == 10


def test_the_window_of_a_transaction_follows_the_rule(network: Voting) -> None:
    hour = 3_600_000
    at = network.env.height + 10
    network.vote(at, changes={"replay_window_ms": hour})
    network.up_to(at)
    long = network.wire(S1, ("bill", "issue", {}), valid_until_ms=network.time_ms + 2 * hour)
    with pytest.raises(Refused, match="transaction_too_early"):
        network.apply(network.block(long))


def test_a_row_of_rules_that_is_none_is_malformed() -> None:
    with pytest.raises(Malformed):
        rule_changes.check_change({"changes": {}}, RULES)


def test_the_vectors_of_changes_replay_on_whatever_python_this_is() -> None:
    """Run by make second-python on CPython 3.12 too: a vote to the next CPython, and the blocks after it."""
    vectors = json.loads((VECTORS / "rules_chain.json").read_text(encoding="utf-8"))
    again = TinyNetwork(genesis_from_json(vectors["genesis"]), ProgramCache())
    for one in vectors["blocks"]:
        applied = again.decide(decode_block(bytes.fromhex(one["block"])))
        assert applied.app_hash.hex() == one["app_hash_after"]
        assert [receipt.hex() for receipt in applied.receipt_bytes] == one["receipts"]
    assert in_force(again.view, again.env.height, RELEASED).rules.python == ("3.12",)
    topics = [event[1] for one in vectors["blocks"] for event in one["events"]]
    assert topics == ["rules_changed", "rules_changed", "rules_change_failed", "rules_changed"]
