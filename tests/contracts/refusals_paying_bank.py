"""Refusals about who pays: mandates of paying banks, and successors of banks."""

from __future__ import annotations

from contracts.refusals import refuses
from contracts.refusals_governance import propose
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    MEMBERS,
    S1,
    World,
    as_admins,
    as_two,
    change,
    member,
    name_successor,
    two_people,
    uscc,
)  # fmt: skip

from chainbill.state.keys import row_key


# --- asking
@refuses("not_a_bank")
def ask_a_supplier_to_pay(world: World) -> None:
    as_admins(world, ANCHOR, "ask_paying_bank", bank=S1)


@refuses("second_admin_needed")
def ask_a_bank_to_pay_as_one_admin(world: World) -> None:
    world.call(ANCHOR, "party", "ask_paying_bank", bank=BANK2)


@refuses("debtor_not_an_anchor")
def ask_a_bank_to_pay_as_a_supplier(world: World) -> None:
    as_admins(world, S1, "ask_paying_bank", bank=BANK2)


@refuses("party_not_active")
def ask_a_suspended_bank_to_pay(world: World) -> None:
    suspend(world, BANK2)
    as_admins(world, ANCHOR, "ask_paying_bank", bank=BANK2)


@refuses("mandate_transition")
def ask_the_bank_that_pays_already(world: World) -> None:
    as_admins(world, ANCHOR, "ask_paying_bank", bank=BANK1)


@refuses("bank_succeeded")
def ask_a_bank_that_another_has_succeeded(world: World) -> None:
    name_successor(world, BANK2, BANK3)
    as_admins(world, ANCHOR, "ask_paying_bank", bank=BANK2)


# --- answering
@refuses("mandate_unknown")
def accept_what_nobody_asked(world: World) -> None:
    two_people(world, BANK2, "accept_mandate", debtor=ANCHOR)


@refuses("maker_and_checker_needed")
def accept_a_mandate_alone(world: World) -> None:
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    world.call(BANK2, "party", "accept_mandate", debtor=ANCHOR)


@refuses("mandate_transition")
def accept_a_mandate_twice(world: World) -> None:
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    for _ in range(2):
        two_people(world, BANK2, "accept_mandate", debtor=ANCHOR)


@refuses("mandate_transition")
def accept_before_the_day_was_swept_what_lapsed(world: World) -> None:
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    world.time_ms += 30 * 86_400_000
    two_people(world, BANK2, "accept_mandate", debtor=ANCHOR)


@refuses("bank_succeeded")
def accept_a_mandate_after_another_bank_succeeded(world: World) -> None:
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    name_successor(world, BANK2, BANK3)
    two_people(world, BANK2, "accept_mandate", debtor=ANCHOR)


@refuses("mandate_unknown")
def refuse_what_nobody_asked(world: World) -> None:
    world.call(BANK2, "party", "refuse_mandate", debtor=ANCHOR)


@refuses("mandate_transition")
def refuse_an_accepted_mandate(world: World) -> None:
    world.call(BANK1, "party", "refuse_mandate", debtor=ANCHOR)


# --- ending
@refuses("mandate_unknown")
def end_the_mandate_of_another_bank(world: World) -> None:
    two_people(world, BANK2, "end_mandate", debtor=ANCHOR)


@refuses("mandate_unknown")
def end_a_mandate_of_nobody(world: World) -> None:
    two_people(world, BANK1, "end_mandate", debtor="nobody")


@refuses("maker_and_checker_needed")
def end_a_mandate_alone(world: World) -> None:
    world.call(BANK1, "party", "end_mandate", debtor=ANCHOR)


@refuses("paying_bank_missing")
def confirm_after_the_mandate_ended(world: World) -> None:
    bill = world.call(
        S1, "bill", "issue", debtor=ANCHOR, creditor=S1, face=1, currency="CNY", due_on=world.plus(30), invoices=[],
        contract_no="", delivered_on="", terms={}, reference="",
    )["bill"]  # fmt: skip
    two_people(world, BANK1, "end_mandate", debtor=ANCHOR)
    world.call(ANCHOR, "bill", "confirm", bill=bill)


# --- successors
@refuses("not_taken_over")
def name_a_successor_that_never_agreed(world: World) -> None:
    as_two(world, BANK1, "succession", "name", bank=BANK2)


@refuses("not_taken_over")
def name_a_successor_after_its_consent_lapsed(world: World) -> None:
    as_two(world, BANK2, "succession", "accept", bank=BANK1)
    world.time_ms += 31 * 86_400_000
    as_two(world, BANK1, "succession", "name", bank=BANK2)


@refuses("not_taken_over")
def name_a_successor_that_agreed_to_less(world: World) -> None:
    as_two(world, BANK2, "succession", "accept", bank=BANK1)
    name_successor(world, BANK3, BANK1)
    as_two(world, BANK1, "succession", "name", bank=BANK2)


@refuses("maker_and_checker_needed")
def name_a_successor_alone(world: World) -> None:
    as_two(world, BANK2, "succession", "accept", bank=BANK1)
    world.call(BANK1, "succession", "name", bank=BANK2)


@refuses("maker_and_checker_needed")
def accept_a_succession_alone(world: World) -> None:
    world.call(BANK2, "succession", "accept", bank=BANK1)


@refuses("party_not_active")
def name_a_successor_while_suspended(world: World) -> None:
    as_two(world, BANK2, "succession", "accept", bank=BANK1)
    suspend(world, BANK1)
    as_two(world, BANK1, "succession", "name", bank=BANK2)


@refuses("bank_succeeded")
def name_a_second_successor(world: World) -> None:
    as_two(world, BANK3, "succession", "accept", bank=BANK1)
    name_successor(world, BANK1, BANK2)
    as_two(world, BANK1, "succession", "name", bank=BANK3)


@refuses("bank_succeeded")
def close_a_circle_of_successors(world: World) -> None:
    as_two(world, BANK1, "succession", "accept", bank=BANK2)
    name_successor(world, BANK1, BANK2)
    as_two(world, BANK2, "succession", "name", bank=BANK1)


@refuses("succession_too_long")
def succeed_oneself(world: World) -> None:
    as_two(world, BANK1, "succession", "accept", bank=BANK1)


MANY = [member(uscc(300 + number), "bank", accounts=[]) for number in range(21)]


@refuses("succession_too_long", members=[*MEMBERS, *MANY])
def succeed_more_banks_than_fit(world: World) -> None:
    for bank in MANY:
        name_successor(world, bank["id"], BANK4)


@refuses("not_a_bank")
def succeed_a_supplier(world: World) -> None:
    as_two(world, BANK1, "succession", "accept", bank=S1)


@refuses("not_taken_over")
def propose_a_successor_that_never_agreed(world: World) -> None:
    suspend(world, BANK1)
    propose(world, "successor", bank=BANK1, successor=BANK2)


def suspend(world: World, bank: str) -> None:
    """By hand: no act suspends a bank."""
    row = world.row("party", "party", bank)
    world.overlay.begin()
    world.overlay.put(row_key("party", "party", bank), {**row, "status": "suspended"})
    world.overlay.commit()
