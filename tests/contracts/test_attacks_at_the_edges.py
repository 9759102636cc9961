"""Attacks at the edges of acts: on their last day, at the limit of a policy, on what is locked, without an account."""

from __future__ import annotations

from typing import Any

import pytest
from chainbill_contracts import reasons
from contracts.expected import refused
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    S1,
    S2,
    World,
    accepted_bill,
    ask,
    bid,
    change,
    disburse,
    issue,
    offer,
    order,
    pay,
    ratify,
    settle,
)

DAY_MS = 86_400_000


def ends_on(world: World, day: str) -> None:
    """Go to a day before the day change has done anything there."""
    while world.today < day:
        world.time_ms += DAY_MS


def policy(world: World, party: str, action: str) -> None:
    change(world, party, "set_policy", policy={"rules": [{"action": action, "currency": "CNY", "above": 500}]})


def test_a_bill_is_not_accepted_on_the_day_of_payment(world: World) -> None:
    """attack: a creditor accepts at the last moment a bill that is then overdue at once."""
    bill = issue(world, due_on=world.plus(3))
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    ends_on(world, world.bill(bill)["pay_on"])
    refused("bill_past_due", world.call, S1, "bill", "accept", bill=bill)


def test_an_offer_is_accepted_on_its_last_day_and_not_after(world: World) -> None:
    """attack: a recipient takes an offer up after the holder counted on its end."""
    _, token = accepted_bill(world)
    one, two = offer(world, token, (S2, 10), (S2, 20))["tokens"]
    until = world.token(one)["locks"][0]["until"]
    ends_on(world, until)
    world.sweep()
    world.call(S2, "token", "accept", token=one)
    world.time_ms += DAY_MS
    refused("offer_lapsed", world.call, S2, "token", "accept", token=two)


def test_an_offer_that_lapsed_is_told_as_one(world: World) -> None:
    """Case: after the day's sweep a recipient was told "split, moved or settled", and nothing of a lapse."""
    _, token = accepted_bill(world)
    late = offer(world, token, (S2, 10))["tokens"][0]
    world.time_ms += 8 * DAY_MS
    world.sweep()
    refused("not_offered_to_you", world.call, S2, "token", "accept", token=late)
    told = reasons()["not_offered_to_you"]
    assert "lapsed" in told["en"]
    assert "逾期" in told["zh"]


@pytest.mark.parametrize("act", ["token.accept", "token.give_back"])
def test_a_policy_looks_at_the_whole_amount_of_a_token(world: World, act: str) -> None:
    """attack: a clerk takes or gives back more than the policy leaves to one person."""
    policy(world, S2, act)
    _, token = accepted_bill(world, face=1_000)
    arguments: dict[str, Any] = {"token": offer(world, token, (S2, 501))["tokens"][0]}
    if act == "token.give_back":
        arguments = {"token": world.call(S2, "token", "accept", **arguments)["token"]}
    refused("maker_and_checker_needed", world.call, S2, "token", act.split(".")[1], **arguments)


def test_what_is_offered_or_in_finance_is_neither_cut_nor_joined_nor_given_back(world: World) -> None:
    """attack: a holder changes what somebody is about to accept or to pay for."""
    _, token = accepted_bill(world, face=1_000)
    held, _ = pay(world, token, S2, 400)
    left, right = world.call(S2, "token", "split", token=held, amounts=[100])["tokens"]
    ask(world, left, BANK1, amount=100)
    for locked in (left, offer(world, right, (S1, 300))["tokens"][0]):
        refused("token_locked", world.call, S2, "token", "split", token=locked, amounts=[1])
        refused("token_locked", world.call, S2, "token", "give_back", token=locked)
    refused("token_locked", world.call, S2, "token", "merge", tokens=[left, right])


@pytest.mark.parametrize("act", ["accept", "request"])
def test_who_cannot_be_paid_in_a_currency_takes_nothing_in_it(world: World, act: str) -> None:
    """attack: a thief lets money wait by taking tokens for a party that has no account."""
    _, token = accepted_bill(world, face=1_000)
    offered = offer(world, token, (S2, 10))
    taker = S2 if act == "accept" else S1
    row = world.row("account", "account", [taker, "CNY"])
    world.seed((("account", "account", [taker, "CNY"]), {**row, "status": "ended"}))
    if act == "accept":
        refused("account_missing", world.call, S2, "token", "accept", token=offered["tokens"][0])
    else:
        refused("account_missing", ask, world, offered["remainder"], BANK1, amount=990)


def test_a_bank_that_declined_does_not_quote_after_all(world: World) -> None:
    """attack: a bank that said no holds a request open with quotes."""
    _, token = accepted_bill(world)
    request = ask(world, token, BANK1, BANK2, amount=1_000)["request"]
    world.call(BANK1, "finance", "decline", request=request)
    refused("bank_has_declined", bid, world, request, BANK1)


def test_a_holder_is_not_paid_less_for_a_value_date_that_is_over(world: World) -> None:
    """attack: a bank quotes for an earlier value date and pays on a later one, or the other way round."""
    _, token = accepted_bill(world)
    request = ask(world, token, BANK2, amount=100_000_000)["request"]
    quoted = bid(world, request, BANK2, value_date=world.plus(1), disburse_by=world.plus(4))
    ends_on(world, world.plus(2))
    world.sweep()
    agreed = world.call(S1, "finance", "agree", quote=quoted["quote"])
    assert (agreed["days"], agreed["net"] > quoted["net"]) == (quoted["days"] - 1, True)
    world.day(world.plus(1))
    late = agreed["net"] + 100_000_000 * 38_500 // 360_000_000 - 100
    refused("amount_below_net", disburse, world, BANK2, quoted["quote"], amount=late)
    refused("quote_expired", late_agreement, world)


def late_agreement(world: World) -> None:
    _, token = accepted_bill(world)
    request = ask(world, token, BANK2, amount=100_000_000)["request"]
    quoted = bid(world, request, BANK2, disburse_by=world.plus(1))
    ends_on(world, world.plus(2))
    world.call(S1, "finance", "agree", quote=quoted["quote"])


@pytest.mark.parametrize("act", ["split", "merge"])
def test_a_stopped_holder_neither_cuts_nor_joins(world: World, act: str) -> None:
    """attack: who was stopped goes on to prepare its tokens. The core stops it at the door, the contract behind it."""
    _, token = accepted_bill(world, face=1_000)
    pieces = world.call(S1, "token", "split", token=token, amounts=[100])["tokens"]
    ratify(world, order(world, S1, "suspended"))
    arguments = {"token": pieces[0], "amounts": [1]} if act == "split" else {"tokens": pieces}
    refused("party_not_active", world.call, S1, "token", act, **arguments)


def test_an_offer_of_which_a_part_was_paid_late_still_ends(world: World) -> None:
    """attack: a part payment on the day on which an offer ends leaves a rest that is offered for good."""
    bill, token = accepted_bill(world, face=1_000)
    offered = offer(world, token, (S2, 400))["tokens"][0]
    ends_on(world, world.token(offered)["locks"][0]["until"])
    world.time_ms += DAY_MS
    settle(world, bill, 500, partial=True)
    world.day(world.plus(1))
    assert world.failed_items == []
    assert [leaf for leaf in world.leaves(bill) if leaf["offered_to"]] == []


def test_one_invoice_does_not_stand_behind_bills_in_two_currencies(world: World) -> None:
    """attack: the same invoice is used up once in each currency."""
    invoice = [{"fingerprint": "a" * 64, "amount": 60, "total": 100}]
    world.call(ANCHOR, "bill", "confirm", bill=issue(world, face=60, invoices=invoice))
    other = [{**invoice[0], "amount": 40}]
    refused("invoice_currency_differs", issue, world, face=40, currency="EUR", invoices=other)
