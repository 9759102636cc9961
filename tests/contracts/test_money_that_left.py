"""A bank's money has left, and its receipt is not yet on the ledger: whatever anybody does meanwhile, does it count?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from contracts.expected import refused
from contracts.freezing import freeze, order_of, ratified
from contracts.invariants import check_all
from contracts.mutants import Mutant, assert_it_dies
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    PAPERS,
    S1,
    World,
    accepted_bill,
    administer,
    as_admins,
    as_two,
    ask,
    bid,
    decide_by_vote,
    disburse,
    name_successor,
    order,
    ratify,
    settle,
)

FACE = 1_000_000
MONDAY, TUESDAY, WEDNESDAY = "2026-03-02", "2026-03-03", "2026-03-04"
Event = Callable[[World, str], object]
"""What happens on the day after the money left; of the bill that the token is of."""


def agreed(world: World, **fields: Any) -> tuple[str, str, str]:
    """S1 and BANK2 agree on Monday, to be paid by Tuesday; (bill, request, quote). It stands until Wednesday."""
    bill, token = accepted_bill(world, face=FACE, **fields)
    request = ask(world, token, BANK2, amount=FACE)["request"]
    quote = bid(world, request, BANK2, disburse_by=TUESDAY)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    assert (world.today, until(world, request)) == (MONDAY, WEDNESDAY)
    return bill, request, quote


def until(world: World, request: str) -> str:
    row = world.row("finance", "request", request)
    assert [lock["until"] for lock in world.token(row["token"])["locks"]] == [row["until"]]
    return str(row["until"])


def status(world: World, request: str) -> str:
    return str(world.row("finance", "request", request)["status"])


def receipt(world: World, quote: str) -> bool:
    """Record on this day the money of Monday; whether it counts."""
    net = world.row("finance", "quote", quote)["agreed_net"]
    done = disburse(world, BANK2, quote, value_date=MONDAY, amount=net)
    counts = not done.get("unmatched", False)
    assert counts == (done["token"] != "" or done.get("set_aside", 0) > 0)
    return counts


def voted(world: World, party: str, now: str) -> None:
    decide_by_vote(world, "party_status", party=party, status=now, reason="r", **PAPERS[now])


def one_bank(party: str, now: str) -> Event:
    return lambda world, bill: order(world, party, now)


def two_banks(party: str, now: str) -> Event:
    return lambda world, bill: ratify(world, order(world, party, now), by=BANK3)


def by_vote(party: str, now: str) -> Event:
    return lambda world, bill: voted(world, party, now)


def halts(party: str) -> Event:
    return lambda world, bill: world.call(party, "party", "halt", reason="r")


def leaves(party: str, by: str) -> Event:
    return lambda world, bill: as_two(world, by, "standing", "leave", party=party)


def halted_and_lifted(world: World, bill: str) -> None:
    world.call(BANK2, "party", "halt", reason="r")
    as_admins(world, BANK2, "lift_halt", party=BANK2)


def stopped_and_lifted(now: str) -> Event:
    def happens(world: World, bill: str) -> None:
        voted(world, BANK2, now)
        voted(world, BANK2, "active")

    return happens


def pays(amount: int) -> Event:
    return lambda world, bill: settle(world, bill, amount, partial=amount < FACE)


def frozen_by_one(world: World, bill: str) -> str:
    """One cent is frozen, by one bank alone."""
    return freeze(world, world.leaves(bill)[0]["id"], 1)


def is_disputed(world: World, bill: str) -> None:
    [part] = world.bill(bill)["invoices"]
    said = {"fingerprint": part["fingerprint"], "seller": S1, "document": "d" * 64}
    dispute = world.call(ANCHOR, "invoice", "dispute", **said)["dispute"]
    as_two(world, BANK1, "invoice", "uphold", dispute=dispute)


def new_calendar(world: World, bill: str) -> None:
    """The day of payment of the bill moves, for a vote makes it a holiday."""
    before = world.bill(bill)["pay_on"]
    decide_by_vote(world, "calendar", year=2027, holidays=[before], workdays=[])
    assert world.bill(bill)["pay_on"] != before


def takes_it_back(world: World, bill: str) -> None:
    [(_, quote)] = world.rows("finance", "quote")
    world.call(BANK2, "finance", "cancel", quote=quote["id"], reason="")


STOPS = {
    f"{who} {now} by {how[0]}": how[1](party, now)
    for who, party in {"holder": S1, "debtor": ANCHOR}.items()
    for now in ("suspended", "insolvent")
    for how in (("one bank", one_bank), ("two banks", two_banks), ("vote", by_vote))
}
EVENTS: dict[str, Event] = {
    **STOPS,
    "holder halts": halts(S1),
    "debtor halts": halts(ANCHOR),
    "holder leaves": leaves(S1, S1),
    "holder made to leave": leaves(S1, BANK1),
    "debtor leaves": leaves(ANCHOR, ANCHOR),
    "debtor made to leave": leaves(ANCHOR, BANK1),
    "bank halted and lifted": halted_and_lifted,
    "bank suspended and lifted": stopped_and_lifted("suspended"),
    "bank insolvent and lifted": stopped_and_lifted("insolvent"),
    "bank leaves": leaves(BANK2, BANK2),
    "bank succeeded": lambda world, bill: name_successor(world, BANK2, BANK3),
    "bill paid in part": pays(1),
    "bill paid": pays(FACE),
    "frozen by one bank": frozen_by_one,
    "frozen by two banks": lambda world, bill: ratified(world, order_of(world, frozen_by_one(world, bill))),
    "invoice disputed": is_disputed,
    "another day of payment": new_calendar,
}
"""The receipt counts whatever of this happened."""


@pytest.mark.parametrize("event", EVENTS)
def test_money_that_left_before_counts(world: World, event: str) -> None:
    invoices = [{"fingerprint": "1" * 64, "amount": FACE, "total": FACE}]
    due_on = "2027-01-04" if event == "another day of payment" else "2026-06-30"
    bill, request, quote = agreed(world, invoices=invoices, due_on=due_on)
    world.day(TUESDAY)
    EVENTS[event](world, bill)
    assert receipt(world, quote)
    assert status(world, request) == ("repaid" if event == "bill paid" else "disbursed")
    check_all(world)


WHY_NOT: dict[str, tuple[Event, str, str]] = {
    "bank took it back": (takes_it_back, "quote_not_agreed", "its own word, which frees the token at once"),
    "bank halts": (halts(BANK2), "party_halted", "not now: the end is put off while it is halted"),
    "bank suspended": (by_vote(BANK2, "suspended"), "party_not_active", "not now, likewise"),
    "bank insolvent": (by_vote(BANK2, "insolvent"), "party_not_active", "not now, likewise"),
}
"""What makes a receipt count for nothing, with the reason why that is right."""


@pytest.mark.parametrize("event", WHY_NOT)
def test_what_a_receipt_does_not_outlast(world: World, event: str) -> None:
    bill, _, quote = agreed(world)
    world.day(TUESDAY)
    happens, code, _ = WHY_NOT[event]
    happens(world, bill)
    refused(code, receipt, world, quote)
    check_all(world)


@pytest.mark.parametrize("party", [S1, ANCHOR])
@pytest.mark.parametrize("how", [one_bank, two_banks, by_vote])
def test_the_day_of_an_insolvency_is_no_earlier_day(world: World, party: str, how: Any) -> None:
    """Value dates have no hours: two banks or a vote take the whole of their day, one bank alone nothing of it."""
    _, _, quote = agreed(world)
    how(party, "insolvent")(world, "")
    if how is one_bank:
        assert receipt(world, quote)
    else:
        refused("holder_insolvent" if party == S1 else "debtor_insolvent", receipt, world, quote)


@pytest.mark.parametrize("party", [S1, ANCHOR])
def test_an_administrator_comes_too_late_for_money_that_left(world: World, party: str) -> None:
    _, token = accepted_bill(world, face=FACE)
    request = ask(world, token, BANK2, amount=FACE)["request"]
    quote = bid(world, request, BANK2, disburse_by=world.plus(30))["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    world.day(TUESDAY)
    administer(world, party, second=BANK3)
    assert receipt(world, quote)


def test_money_of_a_day_to_come_is_refused_also_of_one_behind_the_agreement(world: World) -> None:
    """A year that is written wrong is a mistake to be mended, and no receipt for an agreement that has ended."""
    _, _, quote = agreed(world)
    refused("value_date_in_future", disburse, world, BANK2, quote, value_date=world.plus(365))
    assert world.rows("finance", "receipt") == []


# --- two banks that work with the holder ------------------------------------------------------------------------------
@pytest.mark.parametrize("party", [S1, ANCHOR])
def test_two_banks_do_not_stop_the_receipt_of_a_third_s_money(world: World, party: str) -> None:
    """attack: the sponsor sees the money of another bank arrive, and with a second bank makes the debtor insolvent on
    the next day. The receipt was refused until the agreement had run out; then the vote lifted the insolvency."""
    _, request, quote = agreed(world)
    world.day(WEDNESDAY)
    ratify(world, order(world, party, "insolvent"), by=BANK3)
    assert receipt(world, quote)
    assert status(world, request) == "disbursed"
    check_all(world)


# --- who asks himself -------------------------------------------------------------------------------------------------
def test_a_request_of_an_administrator_is_not_a_request_of_before(world: World) -> None:
    """What the administrator asks for himself counts like anybody's."""
    _, token = accepted_bill(world, face=FACE)
    administer(world, S1, second=BANK3)
    keys = world.row("party", "party", S1)["keys"]
    account = {"currency": "CNY", "bank": BANK1, "alg": "sha256", "digest_hex": "cd" * 32}
    world.send(S1, ("account", "announce", account), keys=keys)
    world.call(BANK1, "account", "attest", party=S1, currency="CNY", alg="sha256", digest_hex="cd" * 32)
    asked = {"token": token, "banks": [BANK2], "amount": FACE}
    request = world.send(S1, ("finance", "request", asked), keys=keys[:1])[0]["request"]
    quote = bid(world, request, BANK2)["quote"]
    world.send(S1, ("finance", "agree", {"quote": quote}), keys=keys[:1])
    assert disburse(world, BANK2, quote)["token"]


def _two_banks_against_the_debtor(world: World) -> None:
    test_two_banks_do_not_stop_the_receipt_of_a_third_s_money(world, ANCHOR)


MUTANTS: dict[str, Mutant] = {
    "two banks stop the receipt of money that left": (
        "finance", "return value_date < since or (", "return (", _two_banks_against_the_debtor,
    ),
    "an insolvency takes nothing of its day": (
        "finance", 'order["status"] == "entered" and value_date == since', "value_date == since",
        lambda world: test_the_day_of_an_insolvency_is_no_earlier_day(world, ANCHOR, two_banks),
    ),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_dies(mutant: str) -> None:
    assert_it_dies(MUTANTS[mutant])
