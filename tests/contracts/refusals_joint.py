"""Refusals of joint acts."""

from __future__ import annotations

from contracts.refusals import refuses
from contracts.refusals_token import dust
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    S1,
    S2,
    World,
    accepted_bill,
    finance,
    issue,
    name_successor,
    pay,
    settle,
)  # fmt: skip

DAY_MS = 86_400_000


def asked(world: World) -> str:
    joint: str = world.call(ANCHOR, "bill", "ask_void", bill=accepted_bill(world)[0], reason="")["joint"]
    return joint


@refuses("text_too_long")
def ask_at_length(world: World) -> None:
    world.call(ANCHOR, "bill", "ask_void", bill=accepted_bill(world)[0], reason="x" * 201)


@refuses("bill_unknown")
def ask_about_nothing(world: World) -> None:
    world.call(ANCHOR, "bill", "ask_void", bill="B", reason="")


@refuses("not_debtor_or_creditor")
def ask_about_the_bill_of_others(world: World) -> None:
    world.call(S2, "bill", "ask_void", bill=accepted_bill(world)[0], reason="")


@refuses("bill_transition")
def void_what_is_not_accepted(world: World) -> None:
    world.call(ANCHOR, "bill", "ask_void", bill=issue(world), reason="")


@refuses("bill_part_used")
def void_what_was_financed(world: World) -> None:
    bill, token = accepted_bill(world)
    finance(world, token, BANK1, 1)
    world.call(ANCHOR, "bill", "ask_void", bill=bill, reason="")


@refuses("bill_part_used")
def void_what_was_paid_in_part(world: World) -> None:
    bill, _ = accepted_bill(world)
    settle(world, bill, 1, partial=True)
    world.call(ANCHOR, "bill", "ask_void", bill=bill, reason="")


@refuses("settlement_under_way")
def void_while_a_settlement_goes_on(world: World) -> None:
    bill = dust(world)
    settle(world, bill, 50_000_000, partial=True)
    world.call(ANCHOR, "bill", "ask_void", bill=bill, reason="")


@refuses("too_many_taken_back")
def ask_and_take_back_all_day(world: World) -> None:
    bill = accepted_bill(world)[0]
    for _ in range(21):
        joint = world.call(ANCHOR, "bill", "ask_void", bill=bill, reason="")["joint"]
        world.call(ANCHOR, "bill", "withdraw_joint", joint=joint)


@refuses("joint_open")
def ask_twice(world: World) -> None:
    bill = accepted_bill(world)[0]
    for _ in range(2):
        world.call(ANCHOR, "bill", "ask_void", bill=bill, reason="")


@refuses("answer_not_valid")
def answer_perhaps(world: World) -> None:
    world.call(S1, "bill", "answer", joint=asked(world), answer="perhaps")


@refuses("joint_unknown")
def answer_what_nobody_asked(world: World) -> None:
    world.call(S1, "bill", "answer", joint="J", answer="yes")


@refuses("not_asked")
def answer_oneself(world: World) -> None:
    world.call(ANCHOR, "bill", "answer", joint=asked(world), answer="yes")


@refuses("joint_transition")
def answer_twice(world: World) -> None:
    joint = asked(world)
    world.call(S1, "bill", "answer", joint=joint, answer="no")
    world.call(S1, "bill", "answer", joint=joint, answer="yes")


@refuses("joint_lapsed")
def answer_too_late(world: World) -> None:
    joint = asked(world)
    world.time_ms += 8 * DAY_MS
    world.call(S1, "bill", "answer", joint=joint, answer="yes")


@refuses("joint_unknown")
def withdraw_nothing(world: World) -> None:
    world.call(ANCHOR, "bill", "withdraw_joint", joint="J")


@refuses("not_the_asker")
def withdraw_what_another_asked(world: World) -> None:
    world.call(S1, "bill", "withdraw_joint", joint=asked(world))


def dilution(world: World, **changed: object) -> None:
    bill, token = accepted_bill(world, **({"invoices": PARTS} if "parts" in changed else {}))
    told = {"token": token, "amount": 10, "credit_note": "5e" * 32, "parts": [], "reason": ""}
    world.call(ANCHOR, "bill", "ask_dilution", bill=bill, **told | changed)


PARTS = [{"fingerprint": "1" * 64, "amount": 100_000_000, "total": 100_000_000}]


@refuses("amount_not_positive")
def dilute_by_nothing(world: World) -> None:
    dilution(world, amount=0)


@refuses("document_not_valid")
def dilute_without_a_paper(world: World) -> None:
    dilution(world, credit_note="")


@refuses("parts_not_the_amount")
def dilute_by_other_parts(world: World) -> None:
    dilution(world, parts=[{"fingerprint": "1" * 64, "amount": 11}])


@refuses("parts_not_the_invoices")
def dilute_without_saying_which_invoice(world: World) -> None:
    dilution(world, parts=[])


@refuses("part_exceeds_invoice")
def dilute_an_invoice_of_others(world: World) -> None:
    dilution(world, parts=[{"fingerprint": "2" * 64, "amount": 10}])


@refuses("bill_not_payable")
def dilute_what_is_paid(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    settle(world, bill, 1_000)
    told = {"token": token, "amount": 10, "credit_note": "5e" * 32, "parts": [], "reason": ""}
    world.call(ANCHOR, "bill", "ask_dilution", bill=bill, **told)


@refuses("token_unknown")
def dilute_a_token_of_another_bill(world: World) -> None:
    dilution(world, token=accepted_bill(world)[1])


@refuses("token_not_the_creditors")
def dilute_what_was_passed_on(world: World) -> None:
    bill, token = accepted_bill(world)
    theirs, _ = pay(world, token, S2, 20)
    told = {"token": theirs, "amount": 10, "credit_note": "5e" * 32, "parts": [], "reason": ""}
    world.call(ANCHOR, "bill", "ask_dilution", bill=bill, **told)


@refuses("amount_exceeds_tokens")
def dilute_by_more_than_there_is(world: World) -> None:
    dilution(world, amount=100_000_001)


def another_bank(world: World, bill: str, bank: str = BANK2, by: str = ANCHOR) -> str:
    return str(world.call(by, "bill", "ask_paying_bank", bill=bill, bank=bank, reason="")["joint"])


@refuses("not_the_debtor")
def ask_for_another_bank_as_the_creditor(world: World) -> None:
    another_bank(world, accepted_bill(world)[0], by=S1)


@refuses("bill_not_payable")
def ask_for_another_bank_before_acceptance(world: World) -> None:
    another_bank(world, issue(world))


@refuses("bank_pays_already")
def ask_for_the_bank_that_pays(world: World) -> None:
    another_bank(world, accepted_bill(world)[0], BANK1)


@refuses("not_a_bank")
def ask_for_a_supplier_to_pay(world: World) -> None:
    another_bank(world, accepted_bill(world)[0], S2)


@refuses("bank_succeeded")
def agree_in_the_place_of_a_bank_that_was_succeeded(world: World) -> None:
    joint = another_bank(world, accepted_bill(world)[0])
    name_successor(world, BANK1, BANK3)
    world.call(BANK2, "bill", "answer", joint=joint, answer="yes")


@refuses("settlement_under_way")
def ask_for_another_bank_while_a_settlement_goes_on(world: World) -> None:
    bill = dust(world)
    settle(world, bill, 50_000_000, partial=True)
    another_bank(world, bill)
