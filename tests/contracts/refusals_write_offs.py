"""Refusals of write-offs."""

from __future__ import annotations

from contracts.refusals import refuses
from contracts.world import ANCHOR, S1, World, accepted_bill, settle
from contracts.writing_off import overdue, undo, write_off


@refuses("document_not_valid")
def write_off_without_a_paper(world: World) -> None:
    world.call(S1, "write_off", "write_off", token=overdue(world)[1], document="")


@refuses("token_unknown")
def write_off_nothing(world: World) -> None:
    write_off(world, "T0")


@refuses("not_the_holder")
def write_off_as_the_debtor(world: World) -> None:
    write_off(world, overdue(world)[1], ANCHOR)


@refuses("maker_and_checker_needed")
def write_off_alone(world: World) -> None:
    world.call(S1, "write_off", "write_off", token=overdue(world)[1], document="5a" * 32)


@refuses("bill_not_overdue")
def write_off_before_it_is_overdue(world: World) -> None:
    write_off(world, accepted_bill(world)[1])


@refuses("token_already_used")
def write_off_what_was_paid(world: World) -> None:
    bill, token = overdue(world)
    settle(world, bill, 100_000_000)
    write_off(world, token)


@refuses("token_already_used")
def write_off_what_was_cut(world: World) -> None:
    token = overdue(world)[1]
    world.call(S1, "token", "split", token=token, amounts=[1])
    write_off(world, token)


@refuses("write_off_transition")
def write_off_twice(world: World) -> None:
    token = overdue(world)[1]
    write_off(world, token)
    write_off(world, token)


@refuses("too_many_write_offs")
def write_off_a_twenty_first_piece(world: World) -> None:
    token = overdue(world)[1]
    for piece in world.call(S1, "token", "split", token=token, amounts=[1] * 20)["tokens"]:
        write_off(world, piece)


@refuses("text_not_one_line")
def undo_with_two_lines(world: World) -> None:
    token = overdue(world)[1]
    world.call(S1, "write_off", "undo_write_off", token=token, reason="a\nb")


@refuses("write_off_transition")
def undo_what_was_never_written_off(world: World) -> None:
    undo(world, overdue(world)[1])


@refuses("write_off_transition")
def undo_what_was_recovered(world: World) -> None:
    bill, token = overdue(world)
    write_off(world, token)
    settle(world, bill, 100_000_000)
    undo(world, token)
