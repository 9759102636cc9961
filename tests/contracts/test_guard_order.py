"""Guards come in one order in every act: whoever breaks two hears of the one that stands first.

Each act is made ready, broken in each way that goes for it, and in each two ways at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from chainbill_contracts import STAGES, reasons, source
from chainbill_contracts.declared_rows import rows
from contracts.acts_ready import ACTS, CHECKER, GUARANTOR, MAKER, SIGNERS, Ready, sent, world_of_people
from contracts.test_steps import OTHERWISE, PLACES
from contracts.world import ANCHOR, BANK1, BANK2, BANK3, BANK4, OTHER_ANCHOR, S1, S2, S3, S4, World, uscc

from chainbill.errors import Refused
from chainbill.state.keys import row_key
from chainbill.vm.compiler import compile_contract

NOBODY = uscc(999)
A_LOCK = {"kind": "frozen", "ref": "", "since": "2026-03-02", "height": 1, "until": "2027-01-01"}
EVERYTHING = {"rules": [{"action": "any", "currency": "CNY", "above": 0}]}
LONG_AGO = "2026-01-02"


@dataclass(frozen=True)
class Try:
    """An act as it is about to be sent."""

    act: str
    sender: str
    arguments: dict[str, Any]
    signers: list[int]

    def given(self, **arguments: Any) -> Try:
        return replace(self, arguments={**self.arguments, **arguments})


Break = Callable[[World, Ready, Try], Try]
"""The world, the act as it was ready, and as other breaks have left it → the act with one guard more that fails."""


def given(**arguments: Any) -> Break:
    return lambda _world, _ready, act: act.given(**arguments)


def poke(world: World, place: str, key: Any, **fields: Any) -> None:
    found = row_key(*place.split("/"), key)
    world.overlay.put(found, {**(world.overlay.get(found) or {}), **fields})


def row_is(place: str, **fields: Any) -> Break:
    """A row that the act is about is another one."""

    def change(world: World, ready: Ready, act: Try) -> Try:
        poke(world, place, PLACES[place](world, {**ready.arguments, "sender": ready.sender}), **fields)
        return act

    return change


def party_is(party: str, **fields: Any) -> Break:
    """A party is another one; "" is the sender."""

    def change(world: World, _: Ready, act: Try) -> Try:
        poke(world, "party/party", party or act.sender, **fields)
        return act

    return change


def parameter_is(name: str) -> Break:
    """A governed bound is 0."""

    def change(world: World, _: Ready, act: Try) -> Try:
        poke(world, "governance/parameter", name, value=0)
        return act

    return change


FORM: Mapping[str, Break] = {
    "account.announce": given(digest_hex="x"),
    "audit.grant": given(scope="some"),
    "bill.answer": given(answer="perhaps"),
    "bill.ask_dilution": given(credit_note="x"),
    "bill.ask_invoices": given(parts=[]),
    "bill.ask_paying_bank": given(reason="a\nb"),
    "bill.ask_red_letter": given(new_total=-1),
    "bill.ask_void": given(reason="a\nb"),
    "bill.issue": given(face=0),
    "bill.reject": given(reason="a\nb"),
    "bill.withdraw": given(reason="a\nb"),
    "bill.cancel": given(reason="a\nb"),
    "finance.disburse": given(reference=""),
    "finance.agree_sealed": given(salt="x"),
    "finance.cancel": given(reason="a\nb"),
    "finance.quote": given(basis="?"),
    "finance.seal": given(envelope="x"),
    "finance.request": given(banks=[]),
    "governance.advance_clock": given(milliseconds=0),
    "governance.propose": given(kind="?"),
    "governance.store_source": given(source=1),
    "governance.vote": given(choice="?"),
    "entry.enter_default": given(default="?"),
    "entry.lift": given(document="x"),
    "entry.object_to_entry": given(reason=""),
    "entry.refuse_entry": given(reason=""),
    "entry.strike": given(document="x"),
    "invoice.dispute": given(document="x"),
    "invoice.examine": given(document="x"),
    "label.attest": given(document="x"),
    "legal.order": given(kind="?"),
    "legal.refuse": given(reason="a\nb"),
    "legal.object_to": given(reason="a\nb"),
    "party.add_identifier": given(scheme=""),
    "party.add_key": given(key={}),
    "party.attest_size": given(size="?"),
    "party.give_up_identifier": given(scheme=""),
    "party.halt": given(reason="a\nb"),
    "party.register": given(applications=[]),
    "party.rename": given(name_zh="", name_en=""),
    "party.rotate_key": given(new={}),
    "party.set_encryption_key": given(key="x"),
    "party.set_policy": given(policy={}),
    "pledge.accept": given(registration=""),
    "pledge.enforce": given(owed=0),
    "pledge.offer": given(tokens=[]),
    "pledge.reject": given(reason="a\nb"),
    "pledge.release": given(secured=-1),
    "product.event": given(order=""),
    "product.register": given(parts=[]),
    "recovery.recover": given(document="x"),
    "recourse.ask_recourse": given(amount=0),
    "recourse.bought_back": given(reference=""),
    "recourse.refuse_recourse": given(reason="a\nb"),
    "prepayment.offer_prepayment": given(price=0),
    "sale.buy": given(reference=""),
    "sale.sell": given(recourse="no"),
    "settlement.pay_result": given(reference=""),
    "settlement.reverse": given(reason="a\nb"),
    "settlement.settle": given(reference=""),
    "settlement.settle_prepaid": given(reference=""),
    "standing.name_administrator": given(number=""),
    "standing.object_to": given(reason="a\nb"),
    "standing.set_status": given(documents=[]),
    "token.merge": given(tokens=[]),
    "token.reject": given(reason="a\nb"),
    "token.split": given(amounts=[0]),
    "token.transfer": given(recipients=[]),
    "guarantee.give_guarantee": given(resolution="x"),
    "settlement.pay_guarantee": given(reference=""),
    "write_off.undo_write_off": given(reason="a\nb"),
    "write_off.write_off": given(document="x"),
}
"""What is said is wrong by itself."""
COMPARED = {"account.attest"}
"""Acts whose arguments are compared with a row: none of them is wrong by itself."""

NAMED: Mapping[str, Any] = {
    "product": "P0", "pledge": "K0", "bill": "B0", "change": "C0", "debtor": NOBODY, "dispute": "D0", "joint": "J0",
    "key": "0" * 64, "old": "0" * 64, "order": "S0", "party": NOBODY, "proposal": "G0", "quote": "Q0",
    "recovery": "E0", "request": "R0", "token": "T0", "tokens": ["T0", "T1"], "seller": NOBODY, "auditor": NOBODY,
    "reference": "NONE", "guarantor": NOBODY, "entry": "N0", "lifts": "N0",
}  # fmt: skip
"""Arguments that name a row, and what names none, in the order in which one is taken for an act."""

NAMES_NONE = frozenset({
    "audit.grant", "bill.issue", "party.add_key", "party.ask_paying_bank", "party.set_encryption_key",
    "succession.name",
})  # fmt: skip
"""Acts whose arguments name parties with which something begins: that these are there is asked with how they stand."""
ABOUT_ONESELF = frozenset({
    "account.announce", "audit.grant", "invoice.dispute", "party.add_key",
    "party.ask_paying_bank", "party.halt", "party.set_encryption_key", "party.set_policy", "settlement.reverse",
    "standing.stay", "succession.accept", "succession.name",
})  # fmt: skip
"""Acts that are anybody's own business."""
LEFT_TO_THE_DOOR = frozenset({
    "governance.advance_clock", "governance.propose", "governance.store_source", "party.end_mandate", "standing.leave",
})  # fmt: skip
"""Acts that do not ask whether the sender is stopped: the core does, before a contract runs, or the act is one of them
that a stopped party sends, too."""
STRANGERS = {
    ANCHOR: OTHER_ANCHOR, S1: S4, S2: S4, S3: S4, S4: S3, BANK1: BANK4, BANK2: BANK4, BANK3: BANK4, GUARANTOR: S4,
}  # fmt: skip
STRANGERS_OF = {
    "governance": S1, "standing.ratify": BANK1, "legal.ratify": BANK1, "legal.refuse": BANK1,
    "entry.ratify_entry": BANK1, "entry.refuse_entry": BANK1,
    "product.register": S4,
}  # fmt: skip
"""Who has no business with an act: by its sender, else by the contract or the act."""
WRONG_PEOPLE = {"M": [CHECKER], "MC": [CHECKER], "A": [MAKER], "AA": [MAKER]}

DATES: Mapping[str, Break] = {
    "bill.accept": row_is("bill/bill", expires_on=LONG_AGO),
    "bill.answer": row_is("bill/joint", until=LONG_AGO),
    "bill.confirm": row_is("bill/bill", expires_on=LONG_AGO),
    "bill.issue": given(due_on=LONG_AGO),
    "entry.ratify_entry": row_is("entry/entry", until=LONG_AGO),
    "finance.agree": row_is("finance/quote", valid_until=LONG_AGO),
    "finance.agree_sealed": row_is("finance/quote", valid_until=LONG_AGO),
    "finance.decline": row_is("finance/request", until=LONG_AGO),
    "finance.disburse": given(value_date="2026-03-01"),
    "finance.quote": row_is("finance/request", until=LONG_AGO),
    "finance.seal": row_is("finance/request", until=LONG_AGO),
    "finance.request": row_is("bill/bill", last_offer_on=LONG_AGO),
    "guarantee.demand": row_is("guarantee/guarantee", until=LONG_AGO),
    "guarantee.give_guarantee": given(until=LONG_AGO),
    "label.attest": given(until=LONG_AGO),
    "legal.order": given(issued_on="2027-03-01"),
    "legal.ratify": row_is("legal/order", until=LONG_AGO),
    "pledge.accept": row_is("pledge/pledge", until=LONG_AGO),
    "pledge.agree_enforcement": row_is("pledge/pledge", until=LONG_AGO),
    "pledge.enforce": row_is("pledge/pledge", due_on="2027-03-01"),
    "pledge.offer": given(due_on=LONG_AGO),
    "product.event": given(happened_on="2027-03-01"),
    "recourse.bought_back": row_is("recourse/claim", until=LONG_AGO),
    "prepayment.agree_prepayment": row_is("prepayment/prepayment", until=LONG_AGO),
    "prepayment.offer_prepayment": given(pay_by=LONG_AGO),
    "sale.buy": row_is("sale/sale", until=LONG_AGO),
    "settlement.reverse": row_is("settlement/receipt", reversible_until=LONG_AGO),
    "settlement.pay_guarantee": given(value_date="2026-03-01"),
    "settlement.settle": given(value_date="2026-03-01"),
    "settlement.settle_prepaid": given(value_date="2026-03-01"),
    "token.accept": row_is("token/token", locks=[{**A_LOCK, "kind": "offered", "ref": "transfer", "until": LONG_AGO}]),
    "token.give_back": row_is("bill/bill", last_offer_on=LONG_AGO),
    "token.transfer": row_is("bill/bill", last_offer_on=LONG_AGO),
    "standing.close": party_is(S4, leaving_since="2026-03-09"),
}
LOCKS: dict[str, Break] = {
    act: row_is("token/token", locks=[A_LOCK])
    for act in (
        "bill.ask_dilution",
        "finance.request",
        "pledge.offer",
        "prepayment.offer_prepayment",
        "recourse.ask_recourse",
        "recourse.bought_back",
        "sale.sell",
        "token.give_back",
        "token.merge",
        "token.split",
        "token.transfer",
    )
}
LOCKS["legal.order"] = row_is("token/token", locks=[A_LOCK] * 20)
STOPPED = {"status": "insolvent", "stopped_at": 9_999}
OTHERS: Mapping[str, Break] = {
    "audit.grant": given(auditor=S1),
    "bill.accept": party_is(ANCHOR, **STOPPED),
    "bill.answer": party_is(ANCHOR, **STOPPED),
    "bill.ask_invoices": party_is(ANCHOR, **STOPPED),
    "bill.ask_paying_bank": party_is(BANK2, **STOPPED),
    "bill.ask_red_letter": party_is(ANCHOR, **STOPPED),
    "bill.confirm": party_is(S1, status="closed"),
    "bill.issue": party_is(ANCHOR, **STOPPED),
    "entry.enter_default": party_is(ANCHOR, status="closed"),
    "entry.ratify_entry": party_is(BANK1, **STOPPED),
    "finance.agree": party_is(BANK2, **STOPPED),
    "finance.agree_sealed": party_is(BANK2, **STOPPED),
    "finance.disburse": party_is(ANCHOR, status="closed"),
    "finance.quote": party_is(S1, **STOPPED),
    "finance.seal": party_is(S1, **STOPPED),
    "finance.request": party_is(BANK2, **STOPPED),
    "legal.order": party_is(S3, **STOPPED),
    "party.ask_paying_bank": party_is(BANK2, **STOPPED),
    "pledge.accept": party_is(S1, **STOPPED),
    "pledge.agree_enforcement": party_is(BANK2, **STOPPED),
    "pledge.offer": party_is(BANK2, **STOPPED),
    "prepayment.agree_prepayment": party_is(S1, **STOPPED),
    "prepayment.offer_prepayment": party_is(ANCHOR, **STOPPED),
    "sale.buy": party_is(BANK2, **STOPPED),
    "sale.sell": party_is(BANK3, **STOPPED),
    "product.event": party_is(S1, **STOPPED),
    "product.register": party_is(S1, **STOPPED),
    "succession.name": given(bank=S1),
    "token.accept": party_is(S1, **STOPPED),
    "token.transfer": party_is(S2, **STOPPED),
}
AMOUNTS: Mapping[str, Break] = {
    "bill.ask_dilution": given(amount=200_000_000),
    "bill.ask_invoices": given(parts=[{"fingerprint": "2" * 64, "amount": 200_000_000, "total": 200_000_000}]),
    "finance.agree": row_is("finance/request", amount=7),
    "finance.agree_sealed": row_is("finance/request", amount=7),
    "finance.disburse": given(amount=1),
    "finance.request": given(amount=200_000_000),
    "legal.order": lambda _world, ready, act: act.given(items=[{**ready.arguments["items"][0], "amount": 5_001}]),
    "pledge.enforce": given(owed=1_001),
    "pledge.release": given(secured=1_000),
    "prepayment.offer_prepayment": given(price=5_001),
    "product.event": row_is("product/product", most_value=1),
    "settlement.settle": given(amount=4_999),
    "token.split": given(amounts=[200_000_000]),
    "token.transfer": given(recipients=[{"party": S2, "amount": 200_000_000}]),
}
OUTCOME: Mapping[str, Break] = {
    "bill.issue": parameter_is("open_drafts"),
    "entry.enter_default": parameter_is("open_orders"),
    "entry.lift": parameter_is("open_orders"),
    "entry.strike": parameter_is("open_orders"),
    "finance.request": parameter_is("open_requests"),
    "governance.propose": parameter_is("open_proposals"),
    "invoice.dispute": parameter_is("open_disputes"),
    "legal.order": parameter_is("open_orders"),
    "party.register": parameter_is("sponsored_parties"),
    "pledge.offer": parameter_is("open_offers"),
    "product.register": row_is("product/registered", date="2026-03-02", count=20),
    "prepayment.offer_prepayment": parameter_is("open_offers"),
    "sale.sell": parameter_is("open_offers"),
    "token.give_back": parameter_is("open_offers"),
    "token.transfer": parameter_is("open_offers"),
}


def breaks(act: str) -> Iterator[tuple[str, Break]]:
    """Each stage at which an act asks something that is broken here, and how."""
    spec, arguments = ACTS[act], ready_arguments(act)
    if act in FORM:
        yield "form", FORM[act]
    named = next((name for name in NAMED if name in arguments and act not in NAMES_NONE), "")
    if named:
        yield "there", given(**{named: NAMED[named]})
    if act not in ABOUT_ONESELF:
        yield "right", as_stranger
    if not spec.open and act not in LEFT_TO_THE_DOOR:
        yield "sender", party_is("", status="suspended", stopped_at=9_999)
    if spec.signs in WRONG_PEOPLE:
        yield "key", lambda _world, _ready, tried: replace(tried, signers=WRONG_PEOPLE[spec.signs])
    yield from (("state", row_is(place, status=status)) for place, status in elsewhere(act))
    yield from ((stage, table[act]) for stage, table in BY_TABLE.items() if act in table)
    if act in POLICED:
        yield "policy", party_is("", policy=EVERYTHING)


def as_stranger(_world: World, ready: Ready, act: Try) -> Try:
    stranger = STRANGERS_OF.get(act.act) or STRANGERS_OF.get(act.act.partition(".")[0]) or STRANGERS[ready.sender]
    return replace(act, sender=stranger)


def elsewhere(act: str) -> list[tuple[str, str]]:
    """The first row that the act looks at, and a status of it from where it is refused; none where it looks at none."""
    asking = (row for row in rows().values() if act in row.asked)
    found = [
        (row.place, status)
        for row in asking
        for status in row.words
        if status not in row.asked[act].words and (act, row.place, status) not in OTHERWISE
    ]
    return found[:1]


BY_TABLE = {"locks": LOCKS, "dates": DATES, "others": OTHERS, "amounts": AMOUNTS, "outcome": OUTCOME}


POLICED = set(compile_contract("general", source("general")).contract.constants["ACTS_UNDER_POLICY"])


@cache
def ready_arguments(act: str) -> Mapping[str, Any]:
    return ACTS[act].ready(world_of_people("plain")).arguments


BY_ITSELF = "what a token is comes before what its bill is"
LAST = "the token contract looks at its own rows when it locks or cuts them, after all that others ask"
UNSEEN = "whose account it is, is no stranger's business: only a bank in business hears of it"
ORDERED_OTHERWISE: Mapping[tuple[str, str, str], str] = {
    ("account.attest", "right", "key"): UNSEEN,
    ("account.attest", "right", "sender"): UNSEEN,
    ("account.attest", "right", "state"): "which bank is asked follows from whether the account waits, or its change",
    ("account.attest", "there", "key"): UNSEEN,
    ("account.attest", "there", "sender"): UNSEEN,
    (
        "finance.disburse",
        "amounts",
        "policy",
    ): "the policy is asked of what was agreed; what is owed is computed after it",
    ("finance.request", "amounts", "policy"): LAST,
    ("finance.request", "locks", "dates"): LAST,
    ("finance.request", "locks", "others"): LAST,
    ("finance.request", "locks", "policy"): LAST,
    ("party.register", "right", "key"): "applications, up to 200, are read for who may attest any",
    ("party.register", "right", "sender"): "as above",
    ("token.give_back", "state", "locks"): BY_ITSELF,
    (
        "token.transfer",
        "amounts",
        "policy",
    ): "whether tokens are enough shows while they are cut, in the order of their use",
    ("token.transfer", "state", "locks"): BY_ITSELF,
}
"""Act, and two stages of which the later one is heard of first; and what forces that."""


def refusal(act: str, *broken: Break, backend: str = "plain") -> str | None:
    """The reason for which the act is refused when all of it is broken, "" where it is not.

    None where one break undoes another, since both say the same argument otherwise.
    """
    world = world_of_people(backend)
    ready = ACTS[act].ready(world)
    tried = Try(act, ready.sender, ready.arguments, SIGNERS[ACTS[act].signs])
    said: dict[str, Any] = {}
    for one in broken:
        before, tried = tried, one(world, ready, tried)
        changed = {name for name, value in tried.arguments.items() if value is not before.arguments[name]}
        if changed & said.keys():
            return None
        said |= dict.fromkeys(changed)
    try:
        sent(world, tried.sender, act, tried.signers, **tried.arguments)
    except Refused as refused:
        return refused.reason
    return ""


def stages_of(reason: str | None) -> set[str]:
    told = reasons()[str(reason)]["stage"]
    return {told} if isinstance(told, str) else set(told)


@pytest.mark.parametrize("act", ACTS)
def test_what_is_broken_alone_is_refused_at_its_stage(act: str, backend: str) -> None:
    for stage, broken in breaks(act):
        reason = refusal(act, broken, backend=backend)
        assert reason, (stage, "is not asked")
        assert stage in stages_of(reason), (stage, reason)


@pytest.mark.parametrize("act", ACTS)
def test_of_two_that_are_broken_the_first_is_heard_of(act: str) -> None:
    known = dict(breaks(act))
    alone = {stage: refusal(act, broken) for stage, broken in known.items()}
    for first, second in combinations([stage for stage in STAGES if stage in known], 2):
        expected = alone[second if (act, first, second) in ORDERED_OTHERWISE else first]
        assert refusal(act, known[first], known[second]) in (expected, None), (first, second)


def test_enough_is_broken_to_say_so() -> None:
    """Each stage in some act, two ways at least in each; and of what is named as otherwise nothing is made up."""
    found = {act: [stage for stage, _ in breaks(act)] for act in ACTS}
    assert {stage for stages in found.values() for stage in stages} == set(STAGES)
    assert [act for act, stages in found.items() if len(stages) < 2] == []
    assert sum(len(stages) * (len(stages) - 1) // 2 for stages in found.values()) > 900
    assert {(act, one, other) for act, one, other in ORDERED_OTHERWISE if {one, other} <= set(found[act])} == set(
        ORDERED_OTHERWISE
    )


def test_what_has_a_form_is_broken_in_it() -> None:
    """A digest that was looked at after the row: nothing noticed, as long as the act had no line in FORM."""
    of_rows = {*NAMED, "bank", "scheme"}
    with_a_form = {act for act in ACTS if ready_arguments(act).keys() - of_rows}
    assert with_a_form - FORM.keys() == COMPARED, "what else than a row an act names is wrong in one way in FORM"


def test_every_reason_says_its_stage() -> None:
    for reason in reasons():
        assert stages_of(reason) <= set(STAGES), reason
