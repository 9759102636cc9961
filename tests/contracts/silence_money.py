"""Payments, bills and tokens that wait for somebody who says nothing any more."""

from __future__ import annotations

from typing import Any

from contracts.silence import COURT, DIGESTS, QuietWorld, waits
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    PAPERS,
    S1,
    S2,
    accepted_bill,
    administer,
    administrator_keys,
    as_two,
    ask,
    bid,
    issue,
    name_successor,
    offer,
    order,
    pay,
    settle,
)

LEAVES = {"token": ("MOST_LEAVES = 1500", "MOST_LEAVES = 3")}


# --- payments -------------------------------------------------------------------------------------------------------
def payment_at(world: QuietWorld, bill: str) -> tuple[dict[str, str], dict[str, Any]]:
    [(place, row)] = world.rows("settlement", "payment", (bill,))
    return {"bill": place[0], "token": place[1]}, row


def report(world: QuietWorld, place: dict[str, str], status: str, by: str = BANK1) -> None:
    world.call(by, "settlement", "pay_result", **place, status=status, reference=f"{status}-{world.height}")


def settled_bill(world: QuietWorld) -> dict[str, str]:
    bill, _ = accepted_bill(world, face=100)
    settle(world, bill, 100)
    return payment_at(world, bill)[0]


def payee_ends(world: QuietWorld, place: dict[str, str]) -> None:
    """The payee says that it has its money; then it and its bank owe and are owed nothing, and no report follows."""
    world.silent = (BANK1,)
    as_two(world, S1, "settlement", "acknowledge", **place)
    assert world.row("settlement", "payment", list(place.values()))["status"] == "paid"
    assert "payee_open" not in world.holdings(S1)
    assert "paying_bank_open" not in world.holdings(BANK1)


@waits("payment", "instructed", silent="bank", frees="payee_open")
def the_payee_says_that_it_was_paid(world: QuietWorld) -> None:
    payee_ends(world, settled_bill(world))


@waits("payment", "returned", silent="bank", frees="payee_open")
def the_payee_says_so_although_it_came_back(world: QuietWorld) -> None:
    place = settled_bill(world)
    report(world, place, "returned")
    payee_ends(world, place)


@waits("payment", "set_aside", silent="bank", frees="payee_open")
def the_payee_says_so_once_its_insolvency_is_over(world: QuietWorld) -> None:
    bill, _ = accepted_bill(world, face=100)
    order(world, S1, "insolvent")
    settle(world, bill, 100)
    order(world, S1, "active")
    payee_ends(world, payment_at(world, bill)[0])


@waits("payment", "set_aside", silent="bank", frees="payee_open")
def the_administrator_says_so(world: QuietWorld) -> None:
    bill, _ = accepted_bill(world, face=100)
    keys = administer(world, S1, 901, 902)
    settle(world, bill, 100)
    place, row = payment_at(world, bill)
    assert row["status"] == "set_aside"
    world.silent = (BANK1,)
    world.send(S1, ("settlement", "acknowledge", place), keys=keys)
    assert "payee_open" not in world.holdings(S1)


@waits("payment", "instructed", silent="payee", frees="paying_bank_open")
def the_bank_reports(world: QuietWorld) -> None:
    place = settled_bill(world)
    world.silent = (S1,)
    report(world, place, "paid")
    assert "paying_bank_open" not in world.holdings(BANK1)


@waits("payment", "returned", silent="payee", frees="paying_bank_open")
def the_bank_pays_once_more(world: QuietWorld) -> None:
    place = settled_bill(world)
    report(world, place, "returned")
    world.silent = (S1,)
    report(world, place, "instructed")
    report(world, place, "paid")
    assert "paying_bank_open" not in world.holdings(BANK1)


@waits("payment", "set_aside", silent="administrator", frees="paying_bank_open")
def a_vote_names_another_administrator(world: QuietWorld) -> None:
    bill, _ = accepted_bill(world, face=100)
    administer(world, S1, 901, 902)
    settle(world, bill, 100)
    place = payment_at(world, bill)[0]
    world.vote("party_administrator", party=S1, keys=administrator_keys(S1, 903, 904), **COURT)
    world.day(world.plus(4))
    others = [one["key"]["key"] for one in administrator_keys(S1, 903, 904)]
    assert world.row("party", "party", S1)["keys"] == others
    world.send(S1, ("account", "announce", {"currency": "CNY", "bank": BANK2, **DIGESTS}), keys=others)
    world.call(BANK2, "account", "attest", party=S1, currency="CNY", **DIGESTS)
    report(world, place, "instructed")
    report(world, place, "paid")
    assert "paying_bank_open" not in world.holdings(BANK1)


# --- bills ----------------------------------------------------------------------------------------------------------
def succeed(world: QuietWorld, bank: str, successor: str) -> None:
    """A bank that answers nobody: a vote stops it and names who pays in its place."""
    as_two(world, successor, "succession", "accept", bank=bank)
    world.vote("party_status", party=bank, status="suspended", reason="", **PAPERS["suspended"])
    world.vote("successor", bank=bank, successor=successor)


@waits("bill", "pending_confirm", silent="debtor")
def a_draft_is_taken_back_or_expires(world: QuietWorld) -> None:
    world.silent = (ANCHOR,)
    one, other = issue(world), issue(world)
    world.call(S1, "bill", "withdraw", bill=one, reason="")
    world.day(world.plus(15))
    assert [world.bill(bill)["status"] for bill in (one, other)] == ["withdrawn", "expired"]
    assert world.rows("bill", "open_drafts") == []


@waits("bill", "pending_accept", silent="creditor", frees="bills")
def a_confirmed_bill_is_cancelled_or_expires(world: QuietWorld) -> None:
    part = {"amount": 100, "total": 100}
    bills = [issue(world, face=100, invoices=[{"fingerprint": f"{one}" * 64, **part}]) for one in (1, 2)]
    for bill in bills:
        world.call(ANCHOR, "bill", "confirm", bill=bill)
    world.silent = (S1,)
    world.call(ANCHOR, "bill", "cancel", bill=bills[0], reason="")
    world.day(world.plus(15))
    assert [world.bill(bill)["status"] for bill in bills] == ["cancelled", "expired"]
    assert {row["occupied"] for _, row in world.rows("invoice", "invoice")} == {0}
    assert world.open_items(BANK1)["bills"] == 0


@waits("bill", "overdue", silent="paying bank", frees="bills")
def the_bank_that_a_vote_names_reports_the_money(world: QuietWorld) -> None:
    bill, _ = accepted_bill(world, face=100, due_on=world.plus(20))
    world.day(world.plus(30))
    assert world.bill(bill)["status"] == "overdue"
    world.silent = (BANK1,)
    succeed(world, BANK1, BANK2)
    settle(world, bill, 100, by=BANK2)
    report(world, payment_at(world, bill)[0], "paid", by=BANK2)
    assert (world.holdings(S1), world.holdings(ANCHOR)) == (set(), set())


@waits("bill", "overdue", silent="paying bank", changes=LEAVES)
def who_pays_now_goes_on_with_a_settlement_that_was_broken_off(world: QuietWorld) -> None:
    bill, token = accepted_bill(world, face=1_000)
    world.call(S1, "token", "split", token=token, amounts=[100] * 5)
    settle(world, bill, 1_000)
    assert world.row("settlement", "step", bill) is not None
    world.silent = (BANK1,)
    succeed(world, BANK1, BANK2)
    while world.row("settlement", "step", bill) is not None:
        world.call(BANK2, "settlement", "proceed", bill=bill)
    for place, _ in world.rows("settlement", "payment", (bill,)):
        as_two(world, S1, "settlement", "acknowledge", bill=place[0], token=place[1])
    assert world.bill(bill)["status"] == "settled"
    assert (world.holdings(S1), world.holdings(BANK1)) == (set(), set())


@waits("bill", "overdue", silent="debtor", frees="bills")
def the_paying_bank_names_who_takes_its_place(world: QuietWorld) -> None:
    accepted_bill(world, face=100, due_on=world.plus(20))
    world.day(world.plus(30))
    world.silent = (ANCHOR,)
    name_successor(world, BANK1, BANK2)
    assert world.open_items(BANK1)["bills"] == 0


# --- tokens ---------------------------------------------------------------------------------------------------------
@waits("joint", "open", silent="who was asked")
def what_is_asked_is_taken_back_or_lapses(world: QuietWorld) -> None:
    bill, token = accepted_bill(world, face=1_000)
    world.silent = (S1,)
    joint = world.call(ANCHOR, "bill", "ask_void", bill=bill, reason="")["joint"]
    world.call(ANCHOR, "bill", "withdraw_joint", joint=joint)
    world.call(ANCHOR, "bill", "ask_void", bill=bill, reason="")
    world.day(world.plus(10))
    assert world.rows("bill", "open_joint") == []
    assert world.token(token)["status"] == "live"


@waits("joint", "open", silent="one of two who were asked")
def half_a_consent_changes_nothing_and_lapses(world: QuietWorld) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    joint = world.call(ANCHOR, "bill", "ask_paying_bank", bill=bill, bank=BANK2, reason="")["joint"]
    world.call(BANK1, "bill", "answer", joint=joint, answer="yes")
    world.silent = (BANK2,)
    world.day(world.plus(10))
    assert world.rows("bill", "open_joint") == []
    settle(world, bill, 1_000)
    assert world.bill(bill)["status"] == "settled"


@waits("token", "live", silent="recipient")
def an_offer_is_recalled_or_lapses(world: QuietWorld) -> None:
    _, token = accepted_bill(world, face=1_000)
    world.silent = (S2,)
    offered = offer(world, token, (S2, 300))
    world.call(S1, "token", "recall", token=offered["tokens"][0])
    [free] = [one for one in world.rows("token", "token") if one[1]["status"] == "live"]
    offer(world, free[1]["id"], (S2, 300))
    world.day(world.plus(10))
    assert [row["locks"] for _, row in world.rows("token", "token") if row["status"] == "live"] == [[]]


@waits("token", "live", silent="who gave it")
def a_return_is_recalled(world: QuietWorld) -> None:
    _, token = accepted_bill(world, face=1_000)
    mine, _ = pay(world, token, S2, 300)
    world.silent = (S1,)
    world.call(S2, "token", "give_back", token=mine)
    world.call(S2, "token", "recall", token=mine)
    assert world.token(mine)["locks"] == []


@waits("request", "open", silent="banks")
def a_request_is_taken_back_or_expires(world: QuietWorld) -> None:
    _, token = accepted_bill(world, face=1_000)
    world.silent = (BANK1, BANK2)
    world.call(S1, "finance", "withdraw", request=ask(world, token, BANK1, BANK2, amount=1_000)["request"])
    ask(world, token, BANK1, BANK2, amount=1_000)
    world.day(world.plus(10))
    assert world.token(token)["locks"] == []


@waits("request", "agreed", silent="bank")
@waits("quote", "agreed", silent="bank")
def an_agreement_that_nobody_pays_runs_out(world: QuietWorld) -> None:
    _, token = accepted_bill(world, face=100_000)
    quote = bid(world, ask(world, token, BANK2, amount=100_000)["request"], BANK2)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    world.silent = (BANK2,)
    world.day(world.plus(14))
    assert world.token(token)["locks"] == []
    assert world.row("finance", "quote", quote)["status"] == "expired"


@waits("quote", "offered", silent="holder")
@waits("quote", "agreed", silent="holder")
def a_bank_takes_its_quote_back(world: QuietWorld) -> None:
    for agreed in (False, True):
        _, token = accepted_bill(world, face=100_000)
        quote = bid(world, ask(world, token, BANK2, amount=100_000)["request"], BANK2)["quote"]
        if agreed:
            world.call(S1, "finance", "agree", quote=quote)
        world.silent = (S1,)
        if agreed:
            world.call(BANK2, "finance", "cancel", quote=quote, reason="")
        else:
            world.call(BANK2, "finance", "withdraw_quote", quote=quote)
        world.silent = ()
        assert world.rows("finance", "live_quote") == []
