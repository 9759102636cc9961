"""Attacks by joint acts: nobody gains room, money or time by what two sides agree to."""

from __future__ import annotations

import pytest
from contracts.expected import refused, told
from contracts.invariants import check_all
from contracts.joint_words import I1, I2, answer, ask_dilution, ask_void, dilute, invoice, off, on, state, void
from contracts.mutants import Mutant, assert_it_dies
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    OTHER_ANCHOR,
    S1,
    S2,
    World,
    accepted_bill,
    finance,
    issue,
    pay,
    settle,
)


def test_what_a_credit_note_took_off_an_invoice_is_not_promised_once_more(world: World) -> None:
    """A bank paid for cents of a bill on two invoices; then one of them falls to nothing, and is free again?"""
    bill, token = accepted_bill(world, **on((I1, 400, 400), (I2, 600, 600)))
    _, rest = finance(world, token, BANK2, 600)
    dilute(world, bill, rest, 400, parts=off((I1, 400)))
    assert invoice(world, I1) == (0, 0, "registered")
    refused("invoice_total_differs", issue, world, **on((I1, 400, 400)))
    refused("invoice_of_others", issue, world, debtor=OTHER_ANCHOR, **on((I1, 400, 400)))
    check_all(world)


def test_a_lowered_total_stays_lowered_when_the_last_bill_on_it_ends(world: World) -> None:
    first, token = accepted_bill(world, **on((I1, 600, 1_000)))
    second = accepted_bill(world, **on((I1, 300, 1_000)))[0]
    pending = issue(world, **on((I1, 100, 1_000)))
    dilute(world, first, token, 600, parts=off((I1, 600)))
    void(world, second)
    assert invoice(world, I1) == (0, 400, "registered")
    refused("invoice_total_differs", world.call, ANCHOR, "bill", "confirm", bill=pending)
    refused("invoice_total_differs", issue, world, **on((I1, 1_000, 1_000)))
    accepted_bill(world, **on((I1, 400, 400)))
    refused("invoice_occupied", accepted_bill, world, **on((I1, 1, 400)))
    check_all(world)


def test_who_is_asked_again_and_again_asks_itself_in_the_step_of_its_no(world: World) -> None:
    bill, token = accepted_bill(world)
    joint = ask_dilution(world, bill, token, 1)
    asked = {"bill": bill, "token": token, "amount": 500, "credit_note": "5e" * 32, "parts": [], "reason": ""}
    world.send(S1, ("bill", "answer", {"joint": joint, "answer": "no"}), ("bill", "ask_dilution", asked))
    refused("joint_open", ask_dilution, world, bill, token, 1)
    answer(world, told(world, "bill.dilution_asked")[-1]["joint"], by=ANCHOR)
    assert world.bill(bill)["diluted"] == 500


def test_who_answers_cannot_use_the_cents_in_the_same_step(world: World) -> None:
    """The core writes down leaves behind a transaction: what a call before has moved is seen all the same."""
    bill, token = accepted_bill(world)
    yes = ("bill", "answer", {"joint": ask_void(world, bill), "answer": "yes"})
    given = {"tokens": [token], "recipients": [{"party": S2, "amount": 5}]}
    asked = {"token": token, "banks": [BANK2], "amount": 5}
    for use in (("token", "transfer", given), ("finance", "request", asked),
                ("token", "split", {"token": token, "amounts": [5]})):  # fmt: skip
        refused("bill_part_used", world.send, S1, use, yes)
    refused("token_already_used", world.send, S1, yes, ("token", "transfer", given))
    world.send(S1, yes)
    check_all(world)


def test_an_answer_counts_for_what_it_names_and_once(world: World) -> None:
    first, second = (accepted_bill(world) for _ in range(2))
    joint, other = ask_dilution(world, *first, 5), ask_dilution(world, *second, 5)
    yes = ("bill", "answer", {"joint": joint, "answer": "yes"})
    refused("joint_transition", world.send, S1, yes, yes)
    answer(world, joint)
    refused("joint_transition", answer, world, joint)
    assert (world.bill(first[0])["diluted"], world.bill(second[0])["diluted"], state(world, other)) == (5, 0, "open")


def test_the_debtor_does_not_take_cents_of_others_off(world: World) -> None:
    """What later suppliers and a bank hold is owed to the last cent, whatever the two sides of the bill agree to."""
    bill, token = accepted_bill(world, face=1_000)
    theirs, rest = pay(world, token, S2, 300)
    banks, rest = finance(world, rest, BANK2, 300)
    dilute(world, bill, rest, 400)
    assert [world.token(one)["status"] for one in (theirs, banks)] == ["live", "live"]
    assert (world.bill(bill)["status"], world.bill(bill)["diluted"]) == ("active", 400)
    refused("bill_part_used", ask_void, world, bill)
    settle(world, bill, 600)
    paid = {row["party"]: row["amount"] for _, row in world.rows("settlement", "payment")}
    assert (paid, world.bill(bill)["status"]) == ({S2: 300, BANK2: 300}, "settled")
    check_all(world)


def test_a_part_payment_leaves_out_what_was_taken_off(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    _, rest = pay(world, token, S2, 400)
    dilute(world, bill, rest, 200)
    settle(world, bill, 400, partial=True)
    paid = {row["party"]: row["amount"] for _, row in world.rows("settlement", "payment")}
    assert paid == {S1: 200, S2: 200}  # of 400 and 400 that were live
    refused("amount_exceeds_outstanding", settle, world, bill, 401)
    settle(world, bill, 400)
    assert world.bill(bill)["status"] == "settled"
    check_all(world)


def test_no_question_stops_a_settlement_and_what_is_open_lapses_behind_it(world: World) -> None:
    bill, token = accepted_bill(world)
    joint, less = ask_void(world, bill), ask_dilution(world, bill, token, 5)
    settle(world, bill, 100_000_000)
    refused("bill_transition", answer, world, joint)
    refused("bill_not_payable", answer, world, less)
    world.day("2026-03-10")
    assert (state(world, joint), state(world, less)) == ("lapsed", "lapsed")
    assert not world.rows("bill", "open_joint")
    assert world.failed_items == []
    check_all(world)


def test_a_bill_whose_day_was_put_off_may_be_void_and_its_day_does_nothing(world: World) -> None:
    bill = accepted_bill(world, due_on="2026-03-13")[0]
    world.day("2026-03-11")
    joint = ask_void(world, bill)
    world.gap_ms = 10 * 3_600_000
    world.day("2026-03-13")
    assert world.bill(bill)["status"] == "active"
    assert [key[:2] for key, _ in world.rows("bill", "agenda") if bill in key] == [["2026-03-16", "due"]]
    answer(world, joint)
    world.day("2026-03-20")
    assert (world.bill(bill)["status"], world.failed_items) == ("void", [])
    assert world.row("bill", "to_pay", BANK1)["count"] == 0
    check_all(world)


def _nobody_answers_himself(world: World) -> None:
    refused("not_asked", answer, world, ask_void(world, accepted_bill(world)[0]), by=ANCHOR)


FAULTS: dict[str, Mutant] = {
    "what was taken off an invoice is free again": (
        "invoice", 'return not lowered.has([row["fingerprint"], row["seller"]])', "return True",
        test_what_a_credit_note_took_off_an_invoice_is_not_promised_once_more,
    ),
    "guards of a void do not run again": (
        "bill", '        require_unused(bill, "bill.answer")\n', "        pass\n",
        test_who_answers_cannot_use_the_cents_in_the_same_step,
    ),
    "others answer too": (
        "bill", 'require(ctx.party in row["others"], "not_asked")', "pass", _nobody_answers_himself,
    ),
    "a void does not ask what was cut": (
        "token", "unused = is_free(leaf) and", 'unused = len(leaf["locks"]) == 0 and',
        test_who_answers_cannot_use_the_cents_in_the_same_step,
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(fault: str) -> None:
    assert_it_dies(FAULTS[fault])
