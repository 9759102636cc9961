"""Two rules broken at once, in acts where the order of guards was another than the written one (decision 0075)."""

from __future__ import annotations

from contracts.expected import refused
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    PAPERS,
    S1,
    S2,
    World,
    accepted_bill,
    ask,
    bid,
    decide_by_vote,
    disburse,
    issue,
    offer,
    pay,
)

FACE = 1_000_000
MONDAY, TUESDAY = "2026-03-02", "2026-03-03"


def test_a_reference_of_an_issue_is_its_form(world: World) -> None:
    refused("reference_not_valid", lambda: issue(world, by=S2, reference="r" * 65))
    issue(world, reference="MINE")
    refused("not_debtor_or_creditor", lambda: issue(world, by=S2, reference="MINE"))


def dilute(world: World, bill: str, token: str, **fields: object) -> object:
    arguments = {"amount": 10, "credit_note": "ab" * 32, "parts": [], "reason": "back", **fields}
    return world.call(ANCHOR, "bill", "ask_dilution", bill=bill, token=token, **arguments)


def test_dates_of_a_quote_that_are_none_are_its_form(world: World) -> None:
    _, token = accepted_bill(world, face=FACE)
    request = ask(world, token, BANK1, amount=FACE)["request"]
    world.call(S1, "finance", "withdraw", request=request)
    for name in ("value_date", "disburse_by", "valid_until"):
        refused("date_not_valid", lambda name=name: bid(world, request, BANK2, **{name: "2026-02-30"}))


def test_a_quote_that_pays_nothing_is_no_further_quote(world: World) -> None:
    _, token = accepted_bill(world, face=FACE)
    request = ask(world, token, BANK1, amount=FACE)["request"]
    for _ in range(10):
        bid(world, request, BANK1)
    refused("too_many_quotes", lambda: bid(world, request, BANK1))
    refused("net_not_positive", lambda: bid(world, request, BANK1, fee=FACE))


def test_a_dilution_of_no_token_is_that_first(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE)
    decide_by_vote(world, "party_status", party=ANCHOR, status="suspended", reason="x", **PAPERS["suspended"])
    refused("token_unknown", lambda: dilute(world, bill, "T0"))
    refused("party_not_active", lambda: dilute(world, bill, token))


def test_a_dilution_that_is_asked_already_is_that_before_locks_others_and_amounts(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE)
    dilute(world, bill, token)
    part = [{"fingerprint": "f" * 64, "amount": 10}]
    refused("joint_open", lambda: dilute(world, bill, token, parts=part))
    refused("joint_open", lambda: dilute(world, bill, token, amount=FACE + 1))
    offer(world, token, (S2, FACE))
    refused("joint_open", lambda: dilute(world, bill, token))


def test_a_dilution_looks_at_the_other_side_before_amounts(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE)
    decide_by_vote(world, "party_status", party=S1, status="suspended", reason="x", **PAPERS["suspended"])
    refused("party_not_active", lambda: dilute(world, bill, token, amount=FACE + 1))


def test_terms_that_bar_transfers_come_before_the_day(world: World) -> None:
    _, token = accepted_bill(world, face=FACE, due_on="2026-03-09", terms={"non_transferable": True})
    world.day("2026-03-07")  # offers end on Friday
    refused("bill_not_transferable", lambda: offer(world, token, (S2, FACE)))


def test_where_a_token_came_from_comes_before_what_locks_it(world: World) -> None:
    _, token = accepted_bill(world, face=FACE)
    _, rest = pay(world, token, S2, 10)
    refused("nothing_to_give_back", lambda: world.call(S1, "token", "give_back", token=rest))
    offered = offer(world, rest, (S2, 10))["tokens"][0]
    refused("nothing_to_give_back", lambda: world.call(S1, "token", "give_back", token=offered))


def paid(world: World) -> tuple[str, str]:
    """S1 and BANK2 agree on Monday, to be paid by Tuesday; (request, quote)."""
    _, token = accepted_bill(world, face=FACE)
    request = ask(world, token, BANK2, amount=FACE)["request"]
    quote = bid(world, request, BANK2, disburse_by=TUESDAY)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    return request, quote


def test_a_financing_that_was_paid_is_paid_once_before_and_after_its_last_day(world: World) -> None:
    _, quote = paid(world)
    disburse(world, BANK2, quote)
    refused("quote_not_agreed", lambda: disburse(world, BANK2, quote, reference="AGAIN"))
    world.day("2026-03-10")
    refused("quote_not_agreed", lambda: disburse(world, BANK2, quote, reference="AGAIN"))
    assert world.row("finance", "quote", quote)["unmatched"] == 0


def test_money_that_comes_too_late_has_come(world: World) -> None:
    _, quote = paid(world)
    world.day("2026-03-10")
    refused("value_date_in_future", lambda: disburse(world, BANK2, quote, value_date="2026-03-11"))
    assert disburse(world, BANK2, quote)["unmatched"] is True
