"""What the specification says of joint acts (its section 0), one test a sentence."""

from __future__ import annotations

import pytest
from contracts.expected import both, door, refused, told
from contracts.joint_words import FACE, I1, answer, ask_dilution, ask_void, dilute, invoice, on, state, tiled, void
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    S1,
    S2,
    World,
    accepted_bill,
    administer,
    as_admins,
    order,
    pay,
    ratify,
)
from contracts.world import MEMBERS as USUAL


@pytest.mark.parametrize(("asker", "other"), [(ANCHOR, S1), (S1, ANCHOR)])
@pytest.mark.parametrize("kind", ["void", "dilution"])
def test_either_side_asks_and_only_the_other_answers(world: World, kind: str, asker: str, other: str) -> None:
    bill, token = accepted_bill(world)
    joint = ask_void(world, bill, asker) if kind == "void" else ask_dilution(world, bill, token, 500, asker)
    row = world.row("bill", "joint", joint)
    assert joint.startswith("J")
    assert (row["kind"], row["by"], row["others"], row["status"]) == (kind, asker, [other], "open")
    assert (row["bill"], row["amount"], row["currency"]) == (bill, FACE if kind == "void" else 500, "CNY")
    assert [one["joint"] for one in told(world, f"bill.{kind}_asked")] == [joint]
    for stranger in (asker, S2, BANK1):
        refused("not_asked", answer, world, joint, by=stranger)
        refused("not_asked", answer, world, joint, "no", by=stranger)
    answer(world, joint, by=other)
    assert state(world, joint) == "done"


@pytest.mark.parametrize("stranger", [S2, BANK1, BANK2])
def test_nobody_but_the_two_sides_asks(world: World, stranger: str) -> None:
    bill, token = accepted_bill(world)
    refused("not_debtor_or_creditor", ask_void, world, bill, stranger)
    refused("not_debtor_or_creditor", ask_dilution, world, bill, token, 5, stranger)


def test_one_is_open_of_each_bill_and_kind_whoever_asks(world: World) -> None:
    bill, token = accepted_bill(world)
    first = ask_void(world, bill)
    for side in (ANCHOR, S1):
        refused("joint_open", ask_void, world, bill, side)
    ask_dilution(world, bill, token, 5, S1)
    refused("joint_open", ask_dilution, world, bill, token, 6)
    ask_void(world, accepted_bill(world)[0])
    answer(world, first, "no")
    ask_void(world, bill, S1)


@pytest.mark.parametrize("way", ["no", "withdraw", "lapse"])
def test_every_end_but_yes_changes_nothing_and_gives_the_place_back(world: World, way: str) -> None:
    bill = accepted_bill(world, **on((I1, 600, 600)))[0]
    joint = ask_void(world, bill)
    if way == "no":
        answer(world, joint, "no")
    elif way == "withdraw":
        refused("not_the_asker", world.call, S1, "bill", "withdraw_joint", joint=joint)
        assert world.call(ANCHOR, "bill", "withdraw_joint", joint=joint)["joint_status"] == "withdrawn"
    else:
        world.day("2026-03-10")
    assert state(world, joint) == {"no": "refused", "withdraw": "withdrawn", "lapse": "lapsed"}[way]
    refused("joint_transition", answer, world, joint)
    refused("joint_transition", answer, world, joint, "no")
    refused("joint_transition", world.call, ANCHOR, "bill", "withdraw_joint", joint=joint)
    assert (world.bill(bill)["status"], tiled(world, bill)) == ("active", [(0, 600, "live")])
    assert invoice(world, I1) == (600, 600, "occupied")
    assert not world.rows("bill", "open_joint")
    void(world, bill)


def test_it_is_open_for_five_business_days_and_the_last_one_counts(world: World) -> None:
    bill, token = accepted_bill(world)
    joint, second = ask_void(world, bill), ask_dilution(world, bill, token, 5)
    assert world.row("bill", "joint", joint)["until"] == "2026-03-09"  # Monday to Monday
    world.day("2026-03-09")
    assert state(world, joint) == "open"
    answer(world, joint, "no")
    world.day("2026-03-10")
    assert state(world, second) == "lapsed"
    assert world.row("bill", "joint", second)["ended_on"] == "2026-03-10"


def test_dates_decide_and_not_whether_the_day_item_ran(world: World) -> None:
    joint = ask_void(world, accepted_bill(world)[0])
    world.time_ms += 8 * 86_400_000
    assert state(world, joint) == "open"
    refused("joint_lapsed", answer, world, joint)
    assert state(world, joint) == "open"


def test_nothing_is_locked_meanwhile_and_all_guards_run_again_at_yes(world: World) -> None:
    bill, token = accepted_bill(world)
    joint, less = ask_void(world, bill), ask_dilution(world, bill, token, 500)
    assert world.token(token)["locks"] == []
    _, rest = pay(world, token, S2, 1_000)
    refused("bill_part_used", answer, world, joint)
    assert state(world, joint) == "open"
    refused("token_already_used", answer, world, less)  # the token that was named has been split
    answer(world, less, "no")
    assert dilute(world, bill, rest, 500)["outstanding"] == FACE - 500  # what others hold is owed as before


@pytest.mark.parametrize("kind", ["ask", "answer"])
def test_a_policy_of_either_side_asks_for_two_people(kind: str) -> None:
    side, act = (ANCHOR, "bill.ask_void") if kind == "ask" else (S1, "bill.answer")
    policy = {"rules": [{"action": act, "currency": "CNY", "above": 1_000}]}
    world = World(members=[{**one, "policy": policy} if one["id"] == side else one for one in USUAL])
    bill = accepted_bill(world, face=1_001)[0]
    if kind == "ask":
        refused("maker_and_checker_needed", ask_void, world, bill)
        both(world, ANCHOR, "bill.ask_void", bill=bill, reason="")
        return
    joint = ask_void(world, bill)
    refused("maker_and_checker_needed", answer, world, joint)
    both(world, S1, "bill.answer", joint=joint, answer="yes")
    assert world.bill(bill)["status"] == "void"
    answer(world, ask_void(world, accepted_bill(world, face=1_000)[0]))


@pytest.mark.parametrize("which", ["suspended", "insolvent"])
def test_no_and_withdraw_are_always_open(world: World, which: str) -> None:
    first, second = (ask_void(world, accepted_bill(world)[0], by) for by in (ANCHOR, S1))
    ratify(world, order(world, S1, which))
    door(world, S1, "bill.answer", joint=first, answer="no")
    answer(world, first, "no")
    door(world, S1, "bill.withdraw_joint", joint=second)
    world.call(S1, "bill", "withdraw_joint", joint=second)


@pytest.mark.parametrize("side", [ANCHOR, S1])
@pytest.mark.parametrize("which", ["suspended", "insolvent", "halted"])
def test_with_a_side_that_is_stopped_nothing_takes_effect(world: World, which: str, side: str) -> None:
    """A stopped party starts nothing, and is asked nothing; no is open to both sides all the same."""
    bill, (others, token) = accepted_bill(world)[0], accepted_bill(world)
    other = S1 if side == ANCHOR else ANCHOR
    by_it, of_it = ask_void(world, bill, side), ask_void(world, others, other)
    if which == "halted":
        as_admins(world, side, "halt", reason="a stolen key")
    else:
        order(world, side, which)
    now, before = ("party_halted",) * 2 if which == "halted" else ("party_not_active", "maker_was_stopped")
    refused(before, answer, world, by_it, by=other)
    refused(now, answer, world, of_it, by=side)
    answer(world, by_it, "no", by=other)
    door(world, side, "bill.answer", joint=of_it, answer="no")
    answer(world, of_it, "no", by=side)
    for asker in (side, other):
        refused(now, ask_void, world, others, asker)
        refused(now, ask_dilution, world, others, token, 5, asker)
    assert {world.bill(one)["status"] for one in (bill, others)} == {"active"}


def test_an_administrator_answers_for_his_party(world: World) -> None:
    """He does all but issue, confirm and accept a transfer."""
    bill = accepted_bill(world, due_on="2026-12-01")[0]
    keys = administer(world, S1)
    joint = ask_void(world, bill)
    world.send(S1, ("bill", "answer", {"joint": joint, "answer": "yes"}), keys=keys[:2])
    assert world.bill(bill)["status"] == "void"


def test_a_party_that_leaves_still_answers(world: World) -> None:
    bill = accepted_bill(world)[0]
    both(world, S1, "standing.leave", party=S1)
    void(world, bill)
