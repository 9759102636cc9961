"""Guarantees: who gives one, who demands, and what becomes of tokens that a guarantor pays."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.claiming import claim
from contracts.expected import refused, told
from contracts.freezing import frozen, release
from contracts.guaranteeing import (
    FACE,
    GUARANTOR,
    MONDAY,
    PAPER,
    SECOND,
    THURSDAY,
    TUESDAY,
    UNTIL,
    WEDNESDAY,
    demand,
    guarantee,
    guaranteed,
    members,
    pay,
    row_of,
)
from contracts.invariants import check_all
from contracts.pledging import pledge
from contracts.pledging import told as paid_back
from contracts.reversing import leaves, reverse
from contracts.selling import sold
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    S1,
    S2,
    World,
    accepted_bill,
    an_account,
    as_two,
    finance,
    issue,
    member,
    order,
    ratify,
    settle,
)
from contracts.world import pay as transfer
from contracts.writing_off import stands, write_off


@pytest.fixture
def world(backend: str) -> World:
    return World(backend, members=members())


def hop(world: World, token: str) -> dict[str, Any]:
    return dict(world.row("token", "hop", world.token(token)["origin"]))


def payments(world: World, bill: str) -> list[tuple[str, int, str, str]]:
    """Payee, amount, status and kind of a bill's payments."""
    return [
        (row["party"], row["amount"], row["status"], row["kind"])
        for _, row in world.rows("settlement", "payment", (bill,))
    ]


def test_a_guarantee_covers_the_whole_face_and_moves_nothing(world: World) -> None:
    bill, token = accepted_bill(world, due_on=MONDAY)
    before = world.bill(bill), world.token(token)
    assert guarantee(world, bill) == {"bill": bill, "guarantor": GUARANTOR, "until": UNTIL}
    created = row_of(world, bill).pop("created")
    assert row_of(world, bill) == {
        "guarantor": GUARANTOR, "bill": bill, "currency": "CNY", "amount": FACE, "paid": 0, "bank": BANK3,
        "until": UNTIL, "late_until": "", "document": PAPER, "given_on": world.today, "ended_on": "",
        "status": "active", "created": created,
    }  # fmt: skip
    assert (world.bill(bill), world.token(token)) == before
    assert world.row("core", "holding", [GUARANTOR, "CNY", "guarantor"]) == [1, FACE]
    check_all(world)


def test_the_worked_example(world: World) -> None:
    """1,000 are owed: 700 to S1, 300 to S2. S2 demands, the guarantor pays it; then the debtor pays both of them."""
    bill, token = guaranteed(world)
    second, rest = transfer(world, token, S2, 30_000_000)
    world.day(TUESDAY)
    refused("bill_overdue_too_short", demand, world, bill, second)
    world.day(WEDNESDAY)
    assert demand(world, bill, second) == {"bill": bill, "guarantor": GUARANTOR, "demanded_on": WEDNESDAY}
    world.day(THURSDAY)
    assert demand(world, bill, second)["demanded_on"] == WEDNESDAY
    paid = pay(world, bill, second)
    assert [(one["party"], one["amount"], one["status"]) for one in paid["payments"]] == [
        (S2, 30_000_000, "instructed")
    ]
    [taken] = paid["tokens"]
    row = world.token(taken)
    assert (row["holder"], row["tier"], row["financing"], row["locks"]) == (GUARANTOR, 2, "", [])
    assert (hop(world, taken)["kind"], hop(world, taken)["from"]) == ("guarantee", S2)
    assert (world.bill(bill)["settled"], world.bill(bill)["status"]) == (0, "overdue")
    assert row_of(world, bill)["paid"] == 30_000_000
    settle(world, bill, FACE)
    assert sorted(payments(world, bill)) == sorted([
        (S2, 30_000_000, "instructed", "guarantee"), (GUARANTOR, 30_000_000, "instructed", "holder"),
        (S1, 70_000_000, "instructed", "holder"),
    ])  # fmt: skip
    assert (row_of(world, bill)["status"], row_of(world, bill)["ended_on"]) == ("ended", THURSDAY)
    assert world.row("core", "holding", [GUARANTOR, "CNY", "guarantor"]) is None
    assert rest
    check_all(world)


def test_said_again_it_is_paid_once(world: World) -> None:
    bill, token = guaranteed(world)
    world.day(WEDNESDAY)
    first = pay(world, bill, token, reference="G-1")
    again = pay(world, bill, token, reference="G-1")
    assert again == {**first, "repeated": True}
    refused("reference_used_otherwise", pay, world, bill, token, reference="G-1", value_date=TUESDAY)
    refused("reference_used_otherwise", settle, world, bill, FACE, by=BANK3, reference="G-1")


def test_a_pledge_and_freezes_follow_the_money(world: World) -> None:
    """250 of 1,000 are secured, 300 frozen: the pledgee has 250, the holder 450 now and 300 once the court lets go."""
    bill, token = guaranteed(world)
    made = pledge(world, token, secured=25_000_000, due_on="2026-03-30")
    freeze = frozen(world, token, 30_000_000)
    world.day(WEDNESDAY)
    parts = [one["id"] for one in world.leaves(bill)]
    paid = pay(world, bill, *parts)
    assert payments(world, bill) != []
    assert sorted((one["party"], one["amount"], one["status"]) for one in paid["payments"]) == sorted([
        (BANK2, 25_000_000, "instructed"), (S1, 45_000_000, "instructed"), (S1, 30_000_000, "set_aside"),
    ])  # fmt: skip
    assert [world.token(one)["locks"] for one in paid["tokens"]] == [[]] * 3
    assert {world.token(one)["holder"] for one in paid["tokens"]} == {GUARANTOR}
    assert world.rows("token", "frozen") == []
    row = world.row("pledge", "pledge", made)
    assert (row["status"], row["received"], row["tokens"]) == ("covered", 25_000_000, [])
    release(world, freeze)
    assert {status for _, _, status, _ in payments(world, bill)} == {"instructed"}
    for [_, token], row in world.rows("settlement", "payment", (bill,)):
        paid_back(world, bill, token, "paid", f"OUT-{row['amount']}", by=BANK3)
    world.day("2026-03-16")
    assert world.row("pledge", "pledge", made)["status"] == "paid"
    check_all(world)


def test_tokens_are_paid_by_their_cents_whatever_order_they_are_named_in(world: World) -> None:
    """The pledgee has the low cents, so that a bank spares no free cents at the cost of a court."""
    bill, token = guaranteed(world)
    pledge(world, token, secured=25_000_000, due_on="2026-03-30")
    frozen(world, token, 30_000_000)
    world.day(WEDNESDAY)
    parts = [one["id"] for one in world.leaves(bill)]
    paid = pay(world, bill, *reversed(parts))
    assert [(one["party"], one["amount"], one["status"]) for one in paid["payments"]] == [
        (BANK2, 25_000_000, "instructed"), (S1, 45_000_000, "instructed"), (S1, 30_000_000, "set_aside"),
    ]  # fmt: skip
    check_all(world)


def test_a_bank_that_is_paid_by_a_guarantor_is_repaid(world: World) -> None:
    bill, token = guaranteed(world)
    of_bank, _ = finance(world, token, BANK2, 40_000_000)
    world.day(WEDNESDAY)
    write_off(world, of_bank, BANK2)
    [taken] = pay(world, bill, of_bank)["tokens"]
    row = world.token(taken)
    assert (row["holder"], row["tier"], row["financed_tier"], row["financing"]) == (GUARANTOR, 1, 0, "")
    [[_, request]] = world.rows("finance", "request")
    assert request["status"] == "repaid"
    assert stands(world, of_bank) == ("recovered", 40_000_000)
    check_all(world)


def test_nobody_buys_back_what_a_guarantor_paid(world: World) -> None:
    """attack: it paid twice then, and a financing that was repaid was owed again."""
    bill, token = guaranteed(world)
    of_bank, _ = finance(world, token, BANK2, 40_000_000)
    world.day(WEDNESDAY)
    [taken] = pay(world, bill, of_bank)["tokens"]
    refused("no_recourse", claim, world, taken, ground="agreed")
    settle(world, bill, FACE)
    check_all(world)


def test_a_demand_is_in_time_or_it_is_none(world: World) -> None:
    bill, token = accepted_bill(world, due_on=MONDAY)
    second = guaranteed(world)[1]
    guarantee(world, bill, until=THURSDAY)
    refused("bill_not_overdue", demand, world, bill, token)
    world.day(THURSDAY)
    refused("not_the_holder", demand, world, bill, token, S2)
    demand(world, bill, token)
    refused("token_unknown", demand, world, bill, second)
    world.day("2026-03-13")
    other = world.call(S1, "token", "split", token=token, amounts=[1])["tokens"][0]
    refused("guarantee_period_over", demand, world, bill, other)
    pay(world, bill, other)  # it may pay all the same, and then it stands in the creditor's place
    check_all(world)


def test_of_an_insolvent_debtor_s_guarantor_it_is_demanded_at_once(world: World) -> None:
    bill, token = guaranteed(world)
    ratify(world, order(world, ANCHOR, "insolvent"))
    demand(world, bill, token)
    assert [one["holder"] for one in told(world, "guarantee.demanded")] == [S1]
    refused("bill_not_overdue", pay, world, bill, token)


def test_a_guarantor_pays_no_guarantor(world: World) -> None:
    bill, token = guaranteed(world)
    guarantee(world, bill, SECOND)
    world.day(WEDNESDAY)
    [taken] = pay(world, bill, token)["tokens"]
    refused("token_of_a_guarantor", pay, world, bill, taken)
    refused("token_of_a_guarantor", pay, world, bill, taken, taken)
    refused("token_of_a_guarantor", pay, world, bill, taken, guarantor=SECOND)
    refused("token_of_a_guarantor", demand, world, bill, taken, guarantor=SECOND)
    settle(world, bill, FACE)
    assert [row_of(world, bill, one)["status"] for one in (GUARANTOR, SECOND)] == ["ended", "ended"]


def with_a_bank() -> list[dict[str, Any]]:
    """The usual parties; BANK2 is a guarantor, too."""
    others = [one for one in members() if one["id"] != BANK2]
    return [*others, member(BANK2, "bank", "guarantor", accounts=[an_account("CNY", BANK2)])]


@pytest.fixture
def beside_a_bank(backend: str) -> World:
    return World(backend, members=with_a_bank())


def test_what_a_guarantor_buys_no_other_pays(beside_a_bank: World) -> None:
    """SI 14: that it took the claim over counts as what it owes as a guarantor; sold on it counts so still."""
    world = beside_a_bank
    bill, token = accepted_bill(world, due_on=MONDAY)
    financed = finance(world, token, BANK1, FACE)[0]
    guarantee(world, bill, BANK2)
    guarantee(world, bill)
    world.day(WEDNESDAY)
    bought = sold(world, financed, BANK1, BANK2)
    refused("token_of_a_guarantor", demand, world, bill, bought)
    refused("token_of_a_guarantor", pay, world, bill, bought)
    again = sold(world, bought, BANK2, BANK4)
    refused("token_of_a_guarantor", demand, world, bill, again)
    demand(world, bill, again, guarantor=BANK2)
    check_all(world)


def test_what_a_guarantor_paid_and_sold_no_other_pays(beside_a_bank: World) -> None:
    world = beside_a_bank
    bill, token = accepted_bill(world, due_on=MONDAY)
    guarantee(world, bill, BANK2)
    guarantee(world, bill)
    world.day(WEDNESDAY)
    [taken] = pay(world, bill, token, by=BANK2, guarantor=BANK2)["tokens"]
    bought = sold(world, sold(world, taken, BANK2, BANK4), BANK4, BANK1)
    refused("token_of_a_guarantor", demand, world, bill, bought)
    refused("token_of_a_guarantor", pay, world, bill, bought)
    refused("token_of_a_guarantor", demand, world, bill, bought, guarantor=BANK2)


def test_a_guarantee_takes_nothing_from_who_bought_of_its_guarantor_before(beside_a_bank: World) -> None:
    world = beside_a_bank
    bill, token = accepted_bill(world, due_on=MONDAY)
    guarantee(world, bill)
    bought = sold(world, finance(world, token, BANK2, FACE)[0], BANK2, BANK1)
    guarantee(world, bill, BANK2)
    world.day(WEDNESDAY)
    demand(world, bill, bought)
    demand(world, bill, bought, guarantor=BANK2)
    pay(world, bill, bought)
    check_all(world)


def test_ten_guarantors_of_one_bill(world: World) -> None:
    bill, _ = accepted_bill(world, due_on=MONDAY)
    guarantee(world, bill)
    refused("guarantee_transition", guarantee, world, bill)
    assert world.row("guarantee", "given", bill)["guarantors"] == [GUARANTOR]


@pytest.mark.parametrize("end", ["reject", "cancel", "expire", "void", "withdrawn"])
def test_a_guarantee_ends_however_the_bill_does(world: World, end: str) -> None:
    bill = issue(world)
    refused("bill_takes_no_guarantee", guarantee, world, bill)
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    guarantee(world, bill, until="2027-01-01")
    if end == "reject":
        world.call(S1, "bill", "reject", bill=bill, reason="")
    elif end == "cancel":
        world.call(ANCHOR, "bill", "cancel", bill=bill, reason="")
    elif end == "expire":
        world.day(world.plus(40))
    else:
        world.call(S1, "bill", "accept", bill=bill)
        joint = world.call(S1, "bill", "ask_void", bill=bill, reason="")["joint"]
        world.call(ANCHOR, "bill", "answer", joint=joint, answer="yes")
    assert row_of(world, bill)["status"] == "ended"
    assert world.row("core", "holding", [GUARANTOR, "CNY", "guarantor"]) is None
    check_all(world)


def test_a_reversal_of_the_debtor_s_money_lets_the_guarantee_stand_again(world: World) -> None:
    """What the guarantor took over before stays its own, and its receipt is not reversed."""
    bill, token = guaranteed(world)
    second, _ = transfer(world, token, S2, 30_000_000)
    world.day(WEDNESDAY)
    pay(world, bill, second, reference="G-1")
    settle(world, bill, FACE, reference="PAY-1")
    assert row_of(world, bill)["status"] == "ended"
    reverse(world, "PAY-1")
    assert (row_of(world, bill)["status"], row_of(world, bill)["ended_on"]) == ("active", "")
    assert [(holder, status) for _, _, status, holder, _ in leaves(world, bill)] == [(GUARANTOR, "live"), (S1, "live")]
    refused("reversal_too_late", as_two, world, BANK3, "settlement", "reverse", reference="G-1", reason="wrong")
    check_all(world)


@pytest.mark.parametrize("amount", [FACE, FACE - 1], ids=["all", "all but a cent"])
def test_a_receipt_that_is_reversed_takes_no_last_day(world: World, amount: int) -> None:
    """Recorded on Wednesday, the guarantee's last day, reversed on Thursday: a holder may demand until Friday."""
    bill, _ = accepted_bill(world, due_on=MONDAY)
    guarantee(world, bill, until=WEDNESDAY)
    world.day(WEDNESDAY)
    settle(world, bill, amount, reference="A", partial=amount < FACE)
    world.day(THURSDAY)
    reverse(world, "A")
    assert row_of(world, bill)["until"] == WEDNESDAY
    world.day("2026-03-13")
    [back] = [leaf["id"] for leaf in world.leaves(bill) if leaf["status"] == "live"]
    demand(world, bill, back)
    settle(world, bill, FACE, reference="B")
    reverse(world, "B")
    world.day("2026-03-16")
    refused("guarantee_period_over", demand, world, bill, world.leaves(bill)[0]["id"])
    check_all(world)


def test_a_party_with_guarantees_is_not_closed(world: World) -> None:
    bill, _ = guaranteed(world)
    as_two(world, BANK1, "standing", "leave", party=GUARANTOR)
    world.day("2026-03-06")
    refused("open_items", as_two, world, BANK1, "standing", "close", party=GUARANTOR)
    settle(world, bill, FACE)
    as_two(world, BANK1, "standing", "close", party=GUARANTOR)


def test_a_settlement_in_steps_is_finished_first(world: World) -> None:
    bill, token = guaranteed(world)
    world.day(WEDNESDAY)
    world.seed((("settlement", "step", bill), {"bank": BANK1, "reference": "S"}))
    refused("settlement_under_way", pay, world, bill, token)


def test_a_guarantor_pays_not_itself(backend: str) -> None:
    """One that is a supplier, too, and holds a part of the bill."""
    both = [*members()[:-2], member(GUARANTOR, "supplier", "guarantor", accounts=[an_account("CNY", BANK3)])]
    world = World(backend, members=both)
    bill, token = guaranteed(world)
    own, _ = transfer(world, token, GUARANTOR, 30_000_000)
    world.day(WEDNESDAY)
    refused("token_of_a_guarantor", pay, world, bill, own)
