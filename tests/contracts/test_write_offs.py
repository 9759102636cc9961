"""Write-offs: a mark that follows its cents, changes no figure, and tells what is recovered."""

from __future__ import annotations

import pytest
from contracts.expected import refused, told
from contracts.freezing import frozen, transfer
from contracts.invariants import check_all
from contracts.joint_words import dilute, off, on
from contracts.pledging import enforce, pledge
from contracts.reversing import reverse
from contracts.world import BANK1, BANK2, S1, S2, World, accepted_bill, finance, order, pay, settle
from contracts.writing_off import FACE, MONDAY, PAPER, TUESDAY, WEDNESDAY, mark, overdue, stands, undo, write_off


@pytest.fixture
def world(backend: str) -> World:
    return World(backend)


def test_a_mark_changes_no_figure_and_bars_nothing(world: World) -> None:
    bill, token = overdue(world)
    before = world.bill(bill), world.token(token)
    assert write_off(world, token) == {"token": token}
    created = mark(world, token).pop("created")
    assert mark(world, token) == {
        "token": token, "bill": bill, "holder": S1, "currency": "CNY", "origin": token, "lo": 0, "hi": FACE,
        "amount": FACE, "recovered": 0, "document": PAPER, "reason": "", "written_on": TUESDAY, "changed_on": TUESDAY,
        "status": "written_off", "created": created,
    }  # fmt: skip
    assert (world.bill(bill), world.token(token)) == before
    assert told(world, "write_off.written_off") == [{"token": token, "bill": bill, "holder": S1, "amount": FACE}]
    world.call(S1, "token", "split", token=token, amounts=[1])
    check_all(world)


def test_what_is_paid_later_is_recovered_and_a_reversal_takes_it_back(world: World) -> None:
    """100 written off; 30 paid, then 70: recovered. The 70 are reversed: 30 of 100 again, and then nothing."""
    bill, token = overdue(world)
    write_off(world, token)
    settle(world, bill, 30_000_000, partial=True, reference="PAY-1")
    assert stands(world, token) == ("written_off", 30_000_000)
    settle(world, bill, 70_000_000, reference="PAY-2")
    assert stands(world, token) == ("recovered", FACE)
    assert [one["left"] for one in told(world, "write_off.recovered")] == [70_000_000, 0]
    world.day(WEDNESDAY)
    reverse(world, "PAY-2")
    assert stands(world, token) == ("written_off", 30_000_000)
    assert mark(world, token)["changed_on"] == WEDNESDAY
    reverse(world, "PAY-1")
    assert stands(world, token) == ("written_off", 0)
    assert [one["amount"] for one in told(world, "write_off.recovery_reversed")] == [70_000_000, 30_000_000]
    settle(world, bill, FACE, reference="PAY-3")
    assert stands(world, token) == ("recovered", FACE)
    check_all(world)


def test_a_mark_follows_its_cents_through_cuts_and_mergers(world: World) -> None:
    """[0, 40) and [60, 100) are written off, [40, 60) is not; all are one token when half of it is paid."""
    bill, token = overdue(world)
    parts = world.call(S1, "token", "split", token=token, amounts=[40_000_000, 20_000_000])["tokens"]
    write_off(world, parts[0])
    write_off(world, parts[2])
    refused("write_off_transition", undo, world, parts[1])
    whole = world.call(S1, "token", "merge", tokens=parts)["token"]
    refused("write_off_transition", write_off, world, whole)
    settle(world, bill, 50_000_000, partial=True)
    assert (stands(world, parts[0]), stands(world, parts[2])) == (("recovered", 40_000_000), ("written_off", 0))
    [rest] = [one["id"] for one in world.leaves(bill) if one["status"] == "live"]
    pieces = world.call(S1, "token", "split", token=rest, amounts=[10_000_000])["tokens"]
    refused("write_off_transition", undo, world, pieces[0])
    undo(world, pieces[1])
    assert (stands(world, parts[0]), stands(world, parts[2])) == (("recovered", 40_000_000), ("none", 0))
    settle(world, bill, 50_000_000)
    assert stands(world, parts[2]) == ("none", 0)
    check_all(world)


def test_what_was_undone_is_written_off_again_under_another_paper(world: World) -> None:
    token = overdue(world)[1]
    write_off(world, token)
    assert undo(world, token) == {"token": token}
    assert (mark(world, token)["status"], mark(world, token)["reason"]) == ("none", "paid after all")
    assert world.rows("write_off", "filed") == world.rows("write_off", "written") == []
    write_off(world, token)
    assert (mark(world, token)["status"], mark(world, token)["reason"]) == ("written_off", "")


def test_undone_after_a_part_was_recovered_it_keeps_what_it_told(world: World) -> None:
    bill, token = overdue(world)
    write_off(world, token)
    settle(world, bill, 30_000_000, partial=True, reference="PAY-1")
    undo(world, token)
    assert stands(world, token) == ("none", 30_000_000)
    reverse(world, "PAY-1")
    assert stands(world, token) == ("none", 30_000_000)


def test_each_holder_writes_off_its_own(world: World) -> None:
    """One bill, its creditor and a bank that financed a part: marks do not meet."""
    bill, token = accepted_bill(world, due_on=MONDAY)
    of_bank, rest = finance(world, token, BANK2, 40_000_000)
    world.day(TUESDAY)
    write_off(world, of_bank, BANK2)
    write_off(world, rest)
    refused("not_the_holder", write_off, world, rest, BANK2)
    refused("not_the_holder", undo, world, rest, BANK2)
    settle(world, bill, 50_000_000, partial=True)
    assert (stands(world, of_bank)[1], stands(world, rest)[1]) == (20_000_000, 30_000_000)
    undo(world, rest)
    settle(world, bill, 50_000_000)
    assert (stands(world, of_bank), stands(world, rest)) == (("recovered", 40_000_000), ("none", 30_000_000))
    check_all(world)


def test_what_a_pledgee_is_paid_is_recovered_and_what_it_takes_is_not_written_off(world: World) -> None:
    bill, token = accepted_bill(world, due_on=MONDAY)
    made = pledge(world, token, secured=30_000_000, due_on="2026-03-04")
    world.day(TUESDAY)
    write_off(world, token)
    settle(world, bill, 20_000_000, partial=True)
    assert stands(world, token) == ("written_off", 20_000_000)
    enforce(world, made, 10_000_000)
    world.call(S1, "pledge", "agree_enforcement", pledge=made)
    assert stands(world, token) == ("none", 20_000_000)
    assert told(world, "write_off.write_off_undone") == [{"token": token, "bill": bill, "holder": S1}]


def test_what_a_court_gives_away_is_not_written_off(world: World) -> None:
    _, token = overdue(world)
    write_off(world, token)
    made = frozen(world, token, 10_000_000)
    assert stands(world, token) == ("written_off", 0)
    transfer(world, made, 0, S2)
    assert stands(world, token) == ("none", 0)
    check_all(world)


def test_a_stopped_holder_marks_nothing_and_any_holder_may(world: World) -> None:
    """AMENDMENTS 9: not banks alone."""
    _, token = accepted_bill(world, due_on=MONDAY)
    second, rest = pay(world, token, S2, 40_000_000)
    world.day(TUESDAY)
    order(world, S2, "suspended")
    refused("party_not_active", write_off, world, second, S2)
    write_off(world, rest)


def test_many_marks_on_many_pieces_are_recovered_in_one_step(world: World) -> None:
    bill, token = overdue(world)
    parts = world.call(S1, "token", "split", token=token, amounts=[FACE // 20] * 19)["tokens"]
    for part in parts:
        write_off(world, part)
        world.call(S1, "token", "split", token=part, amounts=[10_000] * 19)
    assert settle(world, bill, FACE)["complete"]
    assert {stands(world, part) for part in parts} == {("recovered", FACE // 20)}


def test_a_dilution_of_other_cents_of_a_token_ends_no_mark(world: World) -> None:
    bill, token = overdue(world, **on(("3" * 64, FACE, FACE)))
    low, high = world.call(S1, "token", "split", token=token, amounts=[FACE // 4])["tokens"]
    write_off(world, low)
    whole = world.call(S1, "token", "merge", tokens=[low, high])["token"]
    dilute(world, bill, whole, 100, parts=off(("3" * 64, 100)))
    assert stands(world, low) == ("written_off", 0)


def test_what_is_diluted_is_not_written_off(world: World) -> None:
    bill, token = overdue(world, **on(("3" * 64, FACE, FACE)))
    write_off(world, token)
    dilute(world, bill, token, 100, parts=off(("3" * 64, 100)))
    assert stands(world, token) == ("none", 0)
    check_all(world)


def test_a_step_has_room_for_its_marks(world: World) -> None:
    """A mark takes as much memory as its token: with any on a bill, a step takes half as many tokens."""
    bill, token = overdue(world)
    parts = world.call(S1, "token", "split", token=token, amounts=[FACE // 8] * 7)["tokens"]
    for part in parts[:-1]:
        world.call(S1, "token", "split", token=part, amounts=[1_000] * 99)
    last = world.call(S1, "token", "split", token=parts[-1], amounts=[1_000] * 99)["tokens"][-1]
    write_off(world, last)
    assert settle(world, bill, FACE)["complete"] is False
    assert stands(world, last) == ("written_off", 0)
    assert world.call(BANK1, "settlement", "proceed", bill=bill)["complete"]
    assert stands(world, last)[0] == "recovered"
