"""What the specification says of void and dilution (its sections 1 and 2), one test a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.expected import refused, told
from contracts.joint_words import (
    FACE,
    I1,
    I2,
    answer,
    ask_dilution,
    ask_void,
    dilute,
    invoice,
    off,
    on,
    tiled,
    void,
)
from contracts.refusals_token import dust
from contracts.world import (
    ANCHOR,
    BANK2,
    S1,
    S2,
    World,
    accepted_bill,
    ask,
    bid,
    finance,
    issue,
    offer,
    pay,
    settle,
)


# --- void -------------------------------------------------------------------------------------------------------------
def test_void_ends_all_leaves_the_bill_and_frees_its_invoices(world: World) -> None:
    bill, token = accepted_bill(world, **on((I1, 600, 800), (I2, 400, 400)))
    other = accepted_bill(world, **on((I1, 200, 800)))[0]
    result = void(world, bill)
    row = world.bill(bill)
    assert (result["bill"], result["bill_status"]) == (bill, "void")
    assert (row["status"], row["void"], row["settled"], row["diluted"]) == ("void", 1_000, 0, 0)
    assert (row["closed_on"], tiled(world, bill)) == (world.today, [(0, 1_000, "void")])
    assert world.token(token)["ended"] == world.height
    assert (invoice(world, I1), invoice(world, I2)) == ((200, 800, "part_occupied"), (0, 400, "registered"))
    assert len(told(world, "bill.voided")) == 1
    assert len(told(world, "invoice.released")) == 2
    assert world.row("invoice", "invoice", [I1, S1])["bills"] == [other]


def test_a_void_bill_is_over(world: World) -> None:
    bill, token = accepted_bill(world)
    void(world, bill)
    assert not [key for key, _ in world.rows("bill", "agenda") if bill in key]
    assert not [key for key, _ in world.rows("bill", "provisional") if bill in key]
    refused("bill_transition", ask_void, world, bill)
    refused("bill_not_payable", ask_dilution, world, bill, token, 5)
    refused("bill_not_payable", settle, world, bill, 5)
    refused("token_already_used", offer, world, token, (S2, 5))
    refused("bill_not_active", ask, world, token, BANK2, amount=5)
    world.day("2026-12-01")
    assert world.bill(bill)["status"] == "void"
    assert world.failed_items == []


def test_a_voided_invoice_carries_a_new_bill_and_the_old_reference_stays_used(world: World) -> None:
    fields = {**on((I1, 600, 600)), "due_on": "2026-09-01", "reference": "R-1"}
    bill = accepted_bill(world, **fields)[0]
    void(world, bill)
    assert issue(world, **fields) == bill
    accepted_bill(world, **{**fields, "reference": "R-2"})
    assert invoice(world, I1) == (600, 600, "occupied")


@pytest.mark.parametrize("use", ["offered", "passed_on", "requested", "financed", "paid_in_part", "diluted"])
def test_a_bill_that_is_used_is_never_void(world: World, use: str) -> None:
    bill, token = accepted_bill(world)
    if use == "offered":
        offer(world, token, (S2, 5))
    elif use == "passed_on":
        pay(world, token, S2, 5)
    elif use == "requested":
        ask(world, token, BANK2, amount=5)
    elif use == "financed":
        finance(world, token, BANK2, 5)
    elif use == "paid_in_part":
        settle(world, bill, 5, partial=True)
    else:
        dilute(world, bill, token, 5)
    for side in (ANCHOR, S1):
        refused("bill_part_used", ask_void, world, bill, side)


def test_what_the_creditor_took_over_from_another_is_no_debt_between_the_two(world: World) -> None:
    """It passed the cents on and was paid with them: they stand for a debt of S2 now (CC 548, 549 (2))."""
    bill, token = accepted_bill(world, face=1_000)
    again, _ = pay(world, pay(world, token, S2, 1_000)[0], S1, 1_000)
    assert (world.token(again)["holder"], world.token(again)["tier"]) == (S1, 3)
    refused("bill_part_used", ask_void, world, bill)
    refused("token_not_the_creditors", ask_dilution, world, bill, again, 5)


def test_what_came_back_is_free_again(world: World) -> None:
    bill, token = accepted_bill(world)
    given = offer(world, token, (S2, 5))["tokens"][0]
    world.call(S2, "token", "reject", token=given, reason="")
    rest = next(row["id"] for row in world.leaves(bill) if row["holder"] == S1)
    request = ask(world, rest, BANK2, amount=6)["request"]
    bid(world, request, BANK2)
    world.call(S1, "finance", "withdraw", request=request)
    void(world, bill)


def test_two_hundred_leaves_and_no_more(world: World) -> None:
    for last, leaves in ((100, 200), (101, 201)):
        bill, token = accepted_bill(world, face=1_000)
        halves = world.call(S1, "token", "split", token=token, amounts=[500, 500 - last])["tokens"]
        world.call(S1, "token", "split", token=halves[0], amounts=[1] * 99)
        world.call(S1, "token", "split", token=halves[1], amounts=[1] * (last - 2))
        assert len(world.leaves(bill)) == leaves
        if leaves > 200:
            refused("bill_part_used", ask_void, world, bill)
            continue
        void(world, bill)
        assert {row["status"] for row in world.leaves(bill)} == {"void"}


@pytest.mark.parametrize("when", ["pending_confirm", "pending_accept", "due", "overdue", "settled"])
def test_only_an_active_bill_is_made_void(world: World, when: str) -> None:
    due = "2026-03-13"
    bill = issue(world, due_on=due) if when.startswith("pending") else accepted_bill(world, due_on=due)[0]
    if when == "pending_accept":
        world.call(ANCHOR, "bill", "confirm", bill=bill)
    elif when == "settled":
        settle(world, bill, FACE)
    elif not when.startswith("pending"):
        world.day(due if when == "due" else "2026-03-16")
    assert world.bill(bill)["status"] == when
    refused("bill_transition", ask_void, world, bill)
    refused("bill_transition", ask_void, world, bill, S1)


# --- dilution ---------------------------------------------------------------------------------------------------------
def test_the_worked_numbers(world: World) -> None:
    bill, token = accepted_bill(world, **on((I1, 6_000_000, 8_000_000), (I2, 4_000_000, 4_000_000)))
    result = dilute(world, bill, token, 500_000, parts=off((I1, 500_000)))
    assert tiled(world, bill) == [(0, 9_500_000, "live"), (9_500_000, 10_000_000, "diluted")]
    rest, taken = (row["id"] for row in world.leaves(bill))
    assert (result["token"], result["diluted_token"], result["outstanding"]) == (rest, taken, 9_500_000)
    row = world.bill(bill)
    assert ([part["amount"] for part in row["invoices"]], row["diluted"]) == ([5_500_000, 4_000_000], 500_000)
    assert (row["status"], world.token(token)["cut_for"]) == ("active", "dilution")
    assert invoice(world, I1) == (5_500_000, 7_500_000, "part_occupied")
    assert invoice(world, I2) == (4_000_000, 4_000_000, "occupied")
    settle(world, bill, 9_500_000)
    assert (world.bill(bill)["status"], world.bill(bill)["settled"]) == ("settled", 9_500_000)


def test_an_invoice_of_two_bills_falls_by_what_is_taken_off_one(world: World) -> None:
    first, token = accepted_bill(world, **on((I1, 600, 1_000)))
    second = accepted_bill(world, **on((I1, 400, 1_000)))[0]
    dilute(world, first, token, 600, parts=off((I1, 600)))
    assert invoice(world, I1) == (400, 400, "occupied")
    assert world.row("invoice", "invoice", [I1, S1])["bills"] == [second]
    refused("invoice_occupied", accepted_bill, world, **on((I1, 1, 400)))
    void(world, second)
    assert invoice(world, I1)[0] == 0


def test_the_whole_of_the_last_token_settles_the_bill(world: World) -> None:
    bill, token = accepted_bill(world, **on((I1, 600, 600)))
    result = dilute(world, bill, token, 600, parts=off((I1, 600)))
    row = world.bill(bill)
    assert (result["token"], result["diluted_token"], result["outstanding"]) == ("", token, 0)
    assert (row["status"], row["diluted"], row["settled"], row["closed_on"]) == ("settled", 600, 0, world.today)
    assert invoice(world, I1)[:2] == (0, 0)
    world.day("2026-12-01")
    assert (world.bill(bill)["status"], world.failed_items) == ("settled", [])


def test_what_is_paid_and_taken_off_adds_up_to_an_end(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    settle(world, bill, 400, partial=True)
    live = next(row["id"] for row in world.leaves(bill) if row["status"] == "live")
    dilute(world, bill, live, 600)
    row = world.bill(bill)
    assert (row["status"], row["settled"], row["diluted"]) == ("settled", 400, 600)


@pytest.mark.parametrize("when", ["active", "due", "overdue"])
def test_a_bill_is_diluted_while_it_is_owed(world: World, when: str) -> None:
    bill, token = accepted_bill(world, due_on="2026-03-13")
    if when != "active":
        world.day("2026-03-13" if when == "due" else "2026-03-16")
    dilute(world, bill, token, 500)
    assert (world.bill(bill)["status"], world.bill(bill)["diluted"]) == (when, 500)


@pytest.mark.parametrize(
    ("use", "code"),
    [("offered", "token_locked"), ("requested", "token_locked"), ("financed", "token_not_the_creditors"),
     ("later_tier", "token_not_the_creditors"), ("other_bill", "token_unknown"), ("split", "token_already_used")],
)  # fmt: skip
def test_only_the_creditors_own_free_token_falls(world: World, use: str, code: str) -> None:
    bill, token = accepted_bill(world)
    if use == "offered":
        token = offer(world, token, (S2, 500))["tokens"][0]
    elif use == "requested":
        token = ask(world, token, BANK2, amount=500)["token"]
    elif use == "financed":
        token = finance(world, token, BANK2, 500)[0]
    elif use == "later_tier":
        token = pay(world, token, S2, 500)[0]
    elif use == "other_bill":
        token = accepted_bill(world)[1]
    else:
        world.call(S1, "token", "split", token=token, amounts=[5])
    for side in (ANCHOR, S1):
        refused(code, ask_dilution, world, bill, token, 500, side)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (off(), "parts_not_the_invoices"),
        (off((I1, 499)), "parts_not_the_amount"),
        (off((I1, 501)), "parts_not_the_amount"),
        (off((I1, 250), (I1, 250)), "invoice_named_twice"),
        (off(("3c" * 32, 500)), "part_exceeds_invoice"),
        (off((I1, 600), (I2, -100)), "amount_not_positive"),
        (off((I1, 500), (I2, 0)), "amount_not_positive"),
        (off((I2, 401), (I1, 99)), "part_exceeds_invoice"),
    ],
)
def test_parts_are_of_the_bills_invoices_and_sum_to_the_amount(world: World, parts: Any, code: str) -> None:
    bill, token = accepted_bill(world, **on((I1, 600, 800), (I2, 400, 400)))
    refused(code, ask_dilution, world, bill, token, 500, parts=parts)


def test_a_dilution_says_why_in_so_many_words_and_names_so_many_invoices(world: World) -> None:
    bill, token = accepted_bill(world)
    refused("text_too_long", ask_dilution, world, bill, token, 101, reason="x" * 201)
    many = off(*((f"{number:064x}", 1) for number in range(101)))
    refused("too_many_invoices", ask_dilution, world, bill, token, 101, parts=many)


def test_while_a_settlement_takes_its_steps_nothing_comes_off(world: World) -> None:
    bill = dust(world)
    free = next(row["id"] for row in world.leaves(bill) if row["holder"] == S1 and not row["locks"])
    joint = ask_dilution(world, bill, free, 1)
    settle(world, bill, 50_000_000, partial=True)
    live = [row["id"] for row in world.leaves(bill) if (row["holder"], row["status"]) == (S1, "live")]
    refused("settlement_under_way", ask_dilution, world, bill, live[-1], 1)
    refused("settlement_under_way", answer, world, joint)


def test_no_part_falls_below_nothing_and_no_token_either(world: World) -> None:
    bill, token = accepted_bill(world, **on((I1, 600, 800), (I2, 400, 400)))
    refused("amount_exceeds_tokens", ask_dilution, world, bill, token, 1_001, parts=off((I1, 600), (I2, 401)))
    dilute(world, bill, token, 601, parts=off((I1, 600), (I2, 1)))
    assert (invoice(world, I1), invoice(world, I2)) == ((0, 200, "registered"), (399, 399, "occupied"))
