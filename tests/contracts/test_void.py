"""Making a bill void (作废): asked by one side, answered by the other; nothing is owed, the invoices are free again."""

from __future__ import annotations

import pytest
from contracts.expected import refused
from contracts.invariants import check_all
from contracts.world import (
    ANCHOR,
    BANK1,
    MEMBERS,
    S1,
    S2,
    World,
    accepted_bill,
    finance,
    issue,
    offer,
    order,
    settle,
)

PARTS = [{"fingerprint": "1" * 64, "amount": 100_000_000, "total": 100_000_000}]


@pytest.fixture
def world() -> World:
    return World()


def asked(world: World, bill: str, by: str = ANCHOR) -> str:
    joint: str = world.call(by, "bill", "ask_void", bill=bill, reason="delivered back")["joint"]
    return joint


@pytest.mark.parametrize(("asker", "other"), [(ANCHOR, S1), (S1, ANCHOR)])
def test_what_one_side_asks_and_the_other_agrees_to_is_void(world: World, asker: str, other: str) -> None:
    bill, token = accepted_bill(world, invoices=PARTS)
    joint = asked(world, bill, asker)
    assert world.bill(bill)["status"] == "active", "nothing is locked meanwhile"
    told = world.call(other, "bill", "answer", joint=joint, answer="yes")
    assert told["joint_status"] == "done"
    assert told["bill_status"] == "void"
    row = world.bill(bill)
    assert (row["status"], row["void"], row["settled"], row["closed_on"]) == ("void", row["face"], 0, world.today)
    assert world.row("token", "token", token)["status"] == "void"
    assert world.row("invoice", "invoice", ["1" * 64, S1])["occupied"] == 0
    assert not world.rows("bill", "open_joint")
    assert [key for key, _ in world.rows("bill", "to_pay")] == [] or world.row("bill", "to_pay", BANK1)["count"] == 0
    check_all(world)
    again, _ = accepted_bill(world, invoices=PARTS)
    assert world.bill(again)["status"] == "active", "the invoices are free again"
    world.day(world.plus(400))
    assert world.bill(bill)["status"] == "void"
    check_all(world)


def test_pieces_of_the_creditor_are_void_together(world: World) -> None:
    bill, token = accepted_bill(world)
    world.call(S1, "token", "split", token=token, amounts=[1, 2])
    world.call(S1, "bill", "answer", joint=asked(world, bill), answer="yes")
    assert {leaf["status"] for leaf in world.leaves(bill)} == {"void"}
    assert sum(leaf["hi"] - leaf["lo"] for leaf in world.leaves(bill)) == world.bill(bill)["face"]
    check_all(world)


def test_no_ends_it_and_changes_nothing(world: World) -> None:
    bill, _ = accepted_bill(world)
    joint = asked(world, bill)
    assert world.call(S1, "bill", "answer", joint=joint, answer="no")["joint_status"] == "refused"
    assert world.bill(bill)["status"] == "active"
    refused("joint_transition", world.call, S1, "bill", "answer", joint=joint, answer="yes")
    assert asked(world, bill) != joint, "it can be asked again"


def test_it_is_taken_back_or_lapses(world: World) -> None:
    bill, _ = accepted_bill(world)
    joint = asked(world, bill)
    refused("not_the_asker", world.call, S1, "bill", "withdraw_joint", joint=joint)
    world.call(ANCHOR, "bill", "withdraw_joint", joint=joint)
    second = asked(world, bill, S1)
    until = world.row("bill", "joint", second)["until"]
    world.day(until)
    assert world.row("bill", "joint", second)["status"] == "open"
    world.day(world.plus(1))
    assert world.row("bill", "joint", second)["status"] == "lapsed"
    refused("joint_transition", world.call, ANCHOR, "bill", "answer", joint=second, answer="yes")
    assert not world.rows("bill", "open_joint")


def used(world: World, bill: str, token: str, how: str) -> None:
    if how == "offered":
        offer(world, token, (S2, 1))
    elif how == "financed":
        finance(world, token, BANK1, 1)
    elif how == "paid":
        settle(world, bill, 1, partial=True)
    elif how == "asked":
        world.call(S1, "finance", "request", token=token, banks=[BANK1], amount=1)


@pytest.mark.parametrize("how", ["offered", "financed", "paid", "asked"])
def test_what_others_have_a_right_in_is_not_void(world: World, how: str) -> None:
    bill, token = accepted_bill(world)
    joint = asked(world, bill)
    used(world, bill, token, how)
    refused("bill_part_used", world.call, S1, "bill", "answer", joint=joint, answer="yes")
    refused("bill_part_used", world.call, ANCHOR, "bill", "ask_void", bill=bill, reason="")
    world.call(S1, "bill", "answer", joint=joint, answer="no")


def test_who_may(world: World) -> None:
    bill, _ = accepted_bill(world)
    refused("not_debtor_or_creditor", world.call, S2, "bill", "ask_void", bill=bill, reason="")
    refused("bill_transition", world.call, ANCHOR, "bill", "ask_void", bill=issue(world), reason="")
    joint = asked(world, bill)
    refused("not_asked", world.call, ANCHOR, "bill", "answer", joint=joint, answer="yes")
    refused("not_asked", world.call, S2, "bill", "answer", joint=joint, answer="no")
    refused("answer_not_valid", world.call, S1, "bill", "answer", joint=joint, answer="maybe")
    refused("joint_unknown", world.call, S1, "bill", "answer", joint="JX", answer="yes")
    refused("joint_open", world.call, ANCHOR, "bill", "ask_void", bill=bill, reason="")


def test_who_was_stopped_meanwhile_asked_in_vain(world: World) -> None:
    bill, _ = accepted_bill(world)
    joint = asked(world, bill, S1)
    order(world, S1, "suspended")
    refused("maker_was_stopped", world.call, ANCHOR, "bill", "answer", joint=joint, answer="yes")
    order(world, S1, "active")
    assert world.call(ANCHOR, "bill", "answer", joint=joint, answer="yes")["bill_status"] == "void", "one bank's word"


def test_a_policy_asks_for_a_second_person() -> None:
    """The face counts: it is what somebody gives up."""
    rules = {"rules": [{"action": "bill.answer", "currency": "CNY", "above": 99_999_999}]}
    members = [member if member["id"] != S1 else {**member, "policy": rules} for member in MEMBERS]
    world = World(members=members)
    bill, _ = accepted_bill(world)
    joint = asked(world, bill)
    refused("maker_and_checker_needed", world.call, S1, "bill", "answer", joint=joint, answer="yes")
    world.call(S1, "bill", "answer", joint=joint, answer="no")
