"""Refusals of reversals."""

from __future__ import annotations

from contracts.pledging import told
from contracts.refusals import refuses
from contracts.reversing import reverse
from contracts.world import BANK1, BANK2, World, accepted_bill, settle


def _paid(world: World, *references: str) -> str:
    """A bill of 1,000 of which each receipt pays 100."""
    bill = accepted_bill(world, face=1_000)[0]
    for reference in references:
        settle(world, bill, 100, partial=True, reference=reference)
    return bill


@refuses("receipt_unknown")
def reverse_nothing(world: World) -> None:
    reverse(world, "A")


@refuses("receipt_unknown")
def reverse_what_another_bank_recorded(world: World) -> None:
    _paid(world, "A")
    reverse(world, "A", by=BANK2)


@refuses("reference_not_valid")
def reverse_without_a_reference(world: World) -> None:
    reverse(world, "")


@refuses("text_not_one_line")
def reverse_for_a_reason_of_two_lines(world: World) -> None:
    _paid(world, "A")
    reverse(world, "A", reason="a\nb")


@refuses("maker_and_checker_needed")
def reverse_alone(world: World) -> None:
    _paid(world, "A")
    world.call(BANK1, "settlement", "reverse", reference="A", reason="")


@refuses("receipt_transition")
def reverse_twice(world: World) -> None:
    _paid(world, "A")
    reverse(world, "A")
    reverse(world, "A")


@refuses("reversal_not_newest")
def reverse_what_is_not_the_newest(world: World) -> None:
    _paid(world, "A", "B")
    reverse(world, "A")


@refuses("payment_already_paid")
def reverse_what_was_paid_out(world: World) -> None:
    bill = _paid(world, "A")
    told(world, bill, world.rows("settlement", "payment")[0][0][1], "paid", "OUT")
    reverse(world, "A")


@refuses("reversal_too_late")
def reverse_two_business_days_later(world: World) -> None:
    _paid(world, "A")
    world.day(world.plus(2))
    reverse(world, "A")


@refuses("too_many_receipts")
def pay_in_more_than_a_hundred_parts(world: World) -> None:
    bill = accepted_bill(world, face=1_000)[0]
    for _ in range(101):
        settle(world, bill, 1, partial=True)
