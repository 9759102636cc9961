"""What the specification says of paying banks and their successors (its section 15; decision 0037), one test a rule."""

from __future__ import annotations

from typing import Any

from contracts.expected import both, door, refused
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    S1,
    World,
    accepted_bill,
    change,
    decide_by_vote,
    issue,
    name_paying_bank,
    name_successor,
    settle,
)  # fmt: skip

FACE = 100_000_000


def accept(world: World, bank: str, debtor: str = ANCHOR) -> Any:
    return both(world, bank, "party.accept_mandate", debtor=debtor)


def mandate(world: World, bank: str) -> str:
    return str(world.row("party", "mandate", [ANCHOR, bank])["status"])


def confirm(world: World, bill: str) -> None:
    world.call(ANCHOR, "bill", "confirm", bill=bill)


def result(world: World, bank: str, bill: str, state: str = "paid") -> Any:
    [(_, payment)] = world.rows("settlement", "payment", (bill,))
    arguments = {"bill": bill, "token": payment["token"], "status": state, "reference": f"P-{bank}-{world.height}"}
    return world.call(bank, "settlement", "pay_result", **arguments)


# --- mandates ---------------------------------------------------------------------------------------------------------
def test_a_bank_pays_only_what_it_consented_to(world: World) -> None:
    old, _ = accepted_bill(world)
    pending = issue(world)
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    assert (mandate(world, BANK2), mandate(world, BANK1)) == ("asked", "active")
    asked, _ = accepted_bill(world)
    assert world.bill(asked)["paying_bank"] == BANK1
    accept(world, BANK2)
    assert (mandate(world, BANK2), mandate(world, BANK1)) == ("active", "ended")
    confirm(world, pending)
    assert world.bill(pending)["paying_bank"] == BANK2
    assert world.bill(old)["paying_bank"] == BANK1
    refused("not_the_paying_bank", settle, world, old, FACE, by=BANK2)
    settle(world, old, FACE)


def test_a_bank_accepts_with_two_people(world: World) -> None:
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    refused("maker_and_checker_needed", world.call, BANK2, "party", "accept_mandate", debtor=ANCHOR)
    accept(world, BANK2)
    refused("mandate_transition", accept, world, BANK2)
    refused("maker_and_checker_needed", world.call, BANK2, "party", "end_mandate", debtor=ANCHOR)


def test_nobody_accepts_unasked(world: World) -> None:
    refused("mandate_unknown", accept, world, BANK3)
    refused("mandate_unknown", world.call, BANK3, "party", "refuse_mandate", debtor=ANCHOR)


def test_a_question_is_answered_in_five_business_days(world: World) -> None:
    """Asked on Monday 03-02, put on Friday 03-06: silence is no consent, and is over on 03-16."""
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    assert (world.today, world.row("party", "mandate", [ANCHOR, BANK2])["until"]) == ("2026-03-06", "2026-03-13")
    world.day("2026-03-13")
    assert mandate(world, BANK2) == "asked"
    world.day("2026-03-14")
    assert mandate(world, BANK2) == "ended"
    refused("mandate_transition", accept, world, BANK2)
    assert world.row("party", "party", ANCHOR)["asked_bank"] == ""


def test_a_newer_question_ends_the_older(world: World) -> None:
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    change(world, ANCHOR, "ask_paying_bank", bank=BANK3)
    assert (mandate(world, BANK2), mandate(world, BANK3)) == ("ended", "asked")
    refused("mandate_transition", accept, world, BANK2)
    assert mandate(world, BANK1) == "active"


def test_a_bank_refuses_in_every_status(world: World) -> None:
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    papers = {"authority": "", "number": "", "documents": ["5a" * 32]}
    decide_by_vote(world, "party_status", party=BANK2, status="suspended", reason="r", **papers)
    refused("party_not_active", door, world, BANK2, "party.accept_mandate", debtor=ANCHOR)
    door(world, BANK2, "party.refuse_mandate", debtor=ANCHOR)
    world.call(BANK2, "party", "refuse_mandate", debtor=ANCHOR)
    assert mandate(world, BANK2) == "ended"
    assert mandate(world, BANK1) == "active"


def test_an_end_stops_confirmations_and_no_bill(world: World) -> None:
    bill, _ = accepted_bill(world)
    pending = issue(world)
    both(world, BANK1, "party.end_mandate", debtor=ANCHOR)
    refused("paying_bank_missing", confirm, world, pending)
    settle(world, bill, FACE)
    assert world.bill(bill)["status"] == "settled"
    refused("mandate_unknown", both, world, BANK1, "party.end_mandate", debtor=ANCHOR)


def test_a_bank_that_is_succeeded_binds_its_successor_to_nothing_new(world: World) -> None:
    """The successor agreed to what the bank paid then: a question from before is nobody's consent any more."""
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    name_successor(world, BANK2, BANK3)
    refused("bank_succeeded", accept, world, BANK2)
    assert mandate(world, BANK1) == "active"


def test_only_banks_are_asked(world: World) -> None:
    refused("not_a_bank", change, world, ANCHOR, "ask_paying_bank", bank=S1)
    refused("party_unknown", change, world, ANCHOR, "ask_paying_bank", bank="nobody")


# --- successors -------------------------------------------------------------------------------------------------------
def test_a_successor_pays_and_the_bank_of_before_does_not(world: World) -> None:
    bill, _ = accepted_bill(world)
    name_successor(world, BANK1, BANK2)
    refused("not_the_paying_bank", settle, world, bill, FACE, by=BANK1)
    settle(world, bill, FACE, by=BANK2)
    later, _ = accepted_bill(world)
    settle(world, later, FACE, by=BANK2)


def test_everywhere_the_end_of_the_chain(world: World) -> None:
    bill, _ = accepted_bill(world)
    name_successor(world, BANK1, BANK2)
    name_successor(world, BANK2, BANK3)
    name_successor(world, BANK3, BANK4)
    refused("not_the_paying_bank", settle, world, bill, FACE, by=BANK2)
    refused("not_the_paying_bank", settle, world, bill, FACE, by=BANK3)
    settle(world, bill, FACE, by=BANK4)


def test_nobody_is_made_to_succeed(world: World) -> None:
    refused("not_taken_over", both, world, BANK1, "succession.name", bank=BANK2)
    refused("maker_and_checker_needed", world.call, BANK2, "succession", "accept", bank=BANK1)
    accepted = both(world, BANK2, "succession.accept", bank=BANK1)
    assert accepted["until"] == "2026-04-01"
    refused("maker_and_checker_needed", world.call, BANK1, "succession", "name", bank=BANK2)
    world.day("2026-04-02")
    refused("not_taken_over", both, world, BANK1, "succession.name", bank=BANK2)


def test_consent_holds_for_what_the_bank_paid_then(world: World) -> None:
    both(world, BANK2, "succession.accept", bank=BANK1)
    name_successor(world, BANK3, BANK1)
    refused("not_taken_over", both, world, BANK1, "succession.name", bank=BANK2)


def test_no_circle_and_no_self(world: World) -> None:
    refused("succession_too_long", both, world, BANK1, "succession.accept", bank=BANK1)
    name_successor(world, BANK1, BANK2)
    refused("bank_succeeded", both, world, BANK1, "succession.name", bank=BANK3)
    refused("bank_succeeded", both, world, BANK2, "succession.name", bank=BANK1)
    refused("bank_succeeded", both, world, BANK3, "succession.accept", bank=BANK1)


def test_only_banks_succeed(world: World) -> None:
    refused("not_a_bank", both, world, S1, "succession.accept", bank=BANK1)
    refused("not_a_bank", both, world, BANK2, "succession.accept", bank=S1)


def test_a_vote_names_a_successor_of_an_insolvent_bank_that_agreed(world: World) -> None:
    bill, _ = accepted_bill(world)
    papers = {"authority": "Court", "number": "1", "documents": ["5a" * 32, "5b" * 32]}
    decide_by_vote(world, "party_status", party=BANK1, status="insolvent", reason="r", **papers)
    refused("not_taken_over", decide_by_vote, world, "successor", bank=BANK1, successor=BANK4)
    both(world, BANK4, "succession.accept", bank=BANK1)
    decide_by_vote(world, "successor", bank=BANK1, successor=BANK4)
    settle(world, bill, FACE, by=BANK4)


def test_payments_stay_with_the_bank_that_instructed_them(world: World) -> None:
    bill, _ = accepted_bill(world)
    settle(world, bill, FACE)
    refused("not_the_instructing_bank", result, world, BANK3, bill)
    name_paying_bank(world, ANCHOR, BANK2)
    refused("not_the_instructing_bank", result, world, BANK2, bill)
    name_successor(world, BANK1, BANK3)
    result(world, BANK3, bill, "returned")
    result(world, BANK3, bill, "instructed")
    result(world, BANK3, bill)


def test_a_successor_repeats_a_receipt_of_before_without_new_money(world: World) -> None:
    bill, _ = accepted_bill(world)
    first = settle(world, bill, 1_000, partial=True, reference="SET-1")
    name_successor(world, BANK1, BANK2)
    again = settle(world, bill, 1_000, by=BANK2, partial=True, reference="SET-1", value_date="2026-03-02")
    assert again["repeated"]
    assert again["outstanding"] == first["outstanding"] == FACE - 1_000
    assert world.bill(bill)["settled"] == 1_000


def test_a_bank_that_another_has_succeeded_hears_its_own_receipt_again(world: World) -> None:
    """Whose answer was lost asks again: it must hear what came of its money, though it pays nothing any more."""
    bill, _ = accepted_bill(world)
    said = {"amount": 1_000, "partial": True, "reference": "SET-1", "value_date": world.today}
    first = settle(world, bill, **said)
    name_successor(world, BANK1, BANK2)
    again = settle(world, bill, **said)
    assert (again["repeated"], again["outstanding"]) == (True, first["outstanding"])
    refused("not_the_paying_bank", settle, world, bill, **{**said, "reference": "SET-2"})


def test_a_stopped_bank_is_no_successor(world: World) -> None:
    papers = {"authority": "", "number": "", "documents": ["5a" * 32]}
    both(world, BANK2, "succession.accept", bank=BANK1)
    decide_by_vote(world, "party_status", party=BANK2, status="suspended", reason="r", **papers)
    refused("party_not_active", both, world, BANK1, "succession.name", bank=BANK2)
