"""Taking something off a bill (贸易扣减): asked by one side, answered by the other; so much less is owed."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.expected import refused
from contracts.invariants import check_all
from contracts.world import ANCHOR, BANK1, MEMBERS, S1, S2, World, accepted_bill, finance, offer, pay, settle

I1, I2, NOTE = "1" * 64, "2" * 64, "5e" * 32
PARTS = [
    {"fingerprint": I1, "amount": 6_000_000, "total": 8_000_000},
    {"fingerprint": I2, "amount": 4_000_000, "total": 4_000_000},
]


@pytest.fixture
def world() -> World:
    return World()


def asked(world: World, bill: str, token: str, amount: int, by: str = ANCHOR, parts: Any = None) -> str:
    told = {"token": token, "amount": amount, "credit_note": NOTE, "parts": parts or [], "reason": "returned"}
    joint: str = world.call(by, "bill", "ask_dilution", bill=bill, **told)["joint"]
    return joint


def test_the_worked_number(world: World) -> None:
    """Bill 100,000.00 on I1 60,000.00 (total 80,000.00) and I2 40,000.00; credit note of 5,000.00 on I1."""
    bill, token = accepted_bill(world, face=10_000_000, invoices=PARTS)
    joint = asked(world, bill, token, 500_000, parts=[{"fingerprint": I1, "amount": 500_000}])
    told = world.call(S1, "bill", "answer", joint=joint, answer="yes")
    row = world.bill(bill)
    assert (row["diluted"], row["status"], told["bill_status"]) == (500_000, "active", "active")
    assert [one["amount"] for one in row["invoices"]] == [5_500_000, 4_000_000]
    assert sum(one["amount"] for one in row["invoices"]) == row["face"] - row["diluted"] == 9_500_000
    first = world.row("invoice", "invoice", [I1, S1])
    assert (first["occupied"], first["total"]) == (5_500_000, 7_500_000)
    assert [(leaf["lo"], leaf["hi"], leaf["status"]) for leaf in world.leaves(bill)] == [
        (0, 9_500_000, "live"), (9_500_000, 10_000_000, "diluted"),
    ]  # fmt: skip
    assert world.token(told["token"])["hi"] == 9_500_000
    check_all(world)
    settle(world, bill, 9_500_000)
    assert world.bill(bill)["status"] == "settled"
    check_all(world)


def test_a_bill_of_which_nothing_is_left_is_settled(world: World) -> None:
    bill, token = accepted_bill(world, face=10_000_000, invoices=PARTS)
    all_of_it = [{"fingerprint": I1, "amount": 6_000_000}, {"fingerprint": I2, "amount": 4_000_000}]
    told = world.call(S1, "bill", "answer", joint=asked(world, bill, token, 10_000_000, parts=all_of_it), answer="yes")
    row = world.bill(bill)
    assert (told["token"], row["status"], row["invoices"], row["closed_on"]) == ("", "settled", [], world.today)
    assert world.row("invoice", "invoice", [I2, S1])["occupied"] == 0
    assert world.row("invoice", "invoice", [I2, S1])["bills"] == []
    check_all(world)


def test_what_is_overdue_for_a_part_that_was_never_owed_was_never_overdue(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000, due_on=world.plus(20))
    settle(world, bill, 600, partial=True)
    world.day(world.plus(40))
    assert world.bill(bill)["overdue_on"] != ""
    rest = next(leaf["id"] for leaf in world.leaves(bill) if leaf["status"] == "live")
    world.call(ANCHOR, "bill", "answer", joint=asked(world, bill, rest, 400, by=S1), answer="yes")
    row = world.bill(bill)
    assert (row["status"], row["overdue_on"]) == ("settled", "")
    check_all(world)


def test_what_others_hold_is_not_reduced(world: World) -> None:
    bill, token = accepted_bill(world)
    theirs, rest = pay(world, token, S2, 10)
    refused("token_not_the_creditors", asked, world, bill, theirs, 5)
    _, other = accepted_bill(world)
    refused("token_unknown", asked, world, bill, other, 5)
    refused("amount_exceeds_tokens", asked, world, bill, rest, 100_000_000)
    joint = asked(world, bill, rest, 5)
    offer(world, rest, (S2, 1_000))
    refused("token_already_used", world.call, S1, "bill", "answer", joint=joint, answer="yes")


def test_what_a_bank_paid_for_is_not_reduced(world: World) -> None:
    bill, token = accepted_bill(world)
    finance(world, token, BANK1, 1_000)
    back = next(leaf for leaf in world.leaves(bill) if leaf["holder"] == BANK1)
    refused("token_not_the_creditors", asked, world, bill, back["id"], 5)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([], "parts_not_the_invoices"),
        ([{"fingerprint": I1, "amount": 9}], "parts_not_the_amount"),
        ([{"fingerprint": I1, "amount": 11}], "parts_not_the_amount"),
        ([{"fingerprint": I1, "amount": 5}, {"fingerprint": I1, "amount": 5}], "invoice_named_twice"),
        ([{"fingerprint": "3" * 64, "amount": 10}], "part_exceeds_invoice"),
    ],
)
def test_parts_are_the_bill_s_own(world: World, parts: list[dict[str, Any]], reason: str) -> None:
    bill, token = accepted_bill(world, face=10_000_000, invoices=PARTS)
    refused(reason, asked, world, bill, token, 10, parts=parts)


def test_a_bill_without_invoices_names_none(world: World) -> None:
    bill, token = accepted_bill(world)
    refused("parts_not_the_invoices", asked, world, bill, token, 10, parts=[{"fingerprint": I1, "amount": 10}])


def test_a_void_and_a_dilution_may_be_asked_beside_each_other(world: World) -> None:
    """One of a kind is open; whichever is agreed to first stands, and the other's guards say what is left."""
    bill, token = accepted_bill(world)
    void = world.call(ANCHOR, "bill", "ask_void", bill=bill, reason="")["joint"]
    less = asked(world, bill, token, 5)
    refused("joint_open", asked, world, bill, token, 6)
    world.call(S1, "bill", "answer", joint=less, answer="yes")
    refused("bill_part_used", world.call, S1, "bill", "answer", joint=void, answer="yes")


def test_a_policy_looks_at_what_comes_off() -> None:
    rules = {"rules": [{"action": "bill.answer", "currency": "CNY", "above": 100}]}
    world = World(members=[one if one["id"] != S1 else {**one, "policy": rules} for one in MEMBERS])
    bill, token = accepted_bill(world)
    joint = asked(world, bill, token, 101)
    refused("maker_and_checker_needed", world.call, S1, "bill", "answer", joint=joint, answer="yes")
    world.call(ANCHOR, "bill", "withdraw_joint", joint=joint)
    world.call(S1, "bill", "answer", joint=asked(world, bill, token, 100), answer="yes")
