"""Another bank pays a bill (更换兑付行): the debtor asks, the bank that pays and the one that is to pay both agree."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.expected import both, door, refused, told
from contracts.invariants import check_all
from contracts.joint_words import answer, ask_dilution, state
from contracts.mutants import Mutant, assert_it_dies
from contracts.refusals_token import dust
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    MEMBERS,
    PAPERS,
    S1,
    S2,
    World,
    accepted_bill,
    administer,
    as_admins,
    change,
    decide_by_vote,
    issue,
    key_of,
    name_paying_bank,
    name_successor,
    order,
    ratify,
    settle,
)  # fmt: skip

FACE = 10_000_000


@pytest.fixture
def world() -> World:
    return World()


def asked(world: World, bill: str, bank: str = BANK2, by: str = ANCHOR) -> str:
    return str(world.call(by, "bill", "ask_paying_bank", bill=bill, bank=bank, reason="one bank for all")["joint"])


def moved(world: World, bill: str, old: str = BANK1, new: str = BANK2) -> Any:
    """Asked and agreed to by both; what the last yes answers."""
    joint = asked(world, bill, new)
    answer(world, joint, by=new)
    return answer(world, joint, by=old)


def pays(world: World, bill: str) -> str:
    return str(world.bill(bill)["paying_bank"])


def to_pay(world: World, bank: str) -> int:
    return int((world.row("bill", "to_pay", bank) or {"count": 0})["count"])


def suspend(world: World, bank: str, status: str = "suspended") -> None:
    decide_by_vote(world, "party_status", party=bank, status=status, reason="r", **PAPERS[status])


# --- the story --------------------------------------------------------------------------------------------------------
def test_the_worked_number(world: World) -> None:
    """Bill 100,000.00; BANK1 reports 40,000.00 and owes its payment; BANK2 settles the other 60,000.00."""
    bill, _ = accepted_bill(world, face=FACE)
    settle(world, bill, 4_000_000, partial=True)
    before = (to_pay(world, BANK1), to_pay(world, BANK2))
    joint = asked(world, bill)
    row = world.row("bill", "joint", joint)
    assert (row["kind"], row["by"], row["others"], row["answers"]) == ("paying_bank", ANCHOR, [BANK1, BANK2], {})
    assert (row["amount"], row["content"]) == (6_000_000, {"from": BANK1, "to": BANK2})
    assert told(world, "bill.paying_bank_asked")[-1]["to"] == BANK2
    first = answer(world, joint, by=BANK2)
    assert (first["joint_status"], first["waits_for"]) == ("open", [BANK1])
    assert (pays(world, bill), told(world, "bill.joint_agreed")[-1]["by"]) == (BANK1, BANK2)
    last = answer(world, joint, by=BANK1)
    assert (last["joint_status"], last["paying_bank"], last["bill_status"]) == ("done", BANK2, "active")
    [event] = told(world, "bill.paying_bank_changed")
    assert event == {"bill": bill, "from": BANK1, "to": BANK2}
    assert pays(world, bill) == BANK2
    assert (to_pay(world, BANK1), to_pay(world, BANK2)) == (before[0] - 1, before[1] + 1)
    refused("not_the_paying_bank", settle, world, bill, 6_000_000, by=BANK1)
    settle(world, bill, 6_000_000, by=BANK2)
    check_all(world)
    payments = {row["bank"]: (row["amount"], token) for [_, token], row in world.rows("settlement", "payment")}
    assert {bank: amount for bank, (amount, _) in payments.items()} == {BANK1: 4_000_000, BANK2: 6_000_000}
    for bank, other in ((BANK1, BANK2), (BANK2, BANK1)):
        report = {"bill": bill, "token": payments[bank][1], "status": "paid", "reference": f"OUT-{bank}"}
        refused("not_the_instructing_bank", world.call, other, "settlement", "pay_result", **report)
        world.call(bank, "settlement", "pay_result", **report)
    assert (world.bill(bill)["status"], to_pay(world, BANK2)) == ("settled", before[1])


@pytest.mark.parametrize("order_of_banks", [(BANK1, BANK2), (BANK2, BANK1)])
def test_either_bank_answers_first_and_the_answers_are_on_record(world: World, order_of_banks: tuple[str, str]) -> None:
    bill, _ = accepted_bill(world)
    joint = asked(world, bill)
    for bank in order_of_banks:
        assert pays(world, bill) == BANK1
        answer(world, joint, by=bank)
    assert pays(world, bill) == BANK2
    answers = world.row("bill", "joint", joint)["answers"]
    assert {bank: one["answer"] for bank, one in answers.items()} == {BANK1: "yes", BANK2: "yes"}
    assert [answers[bank]["height"] for bank in order_of_banks] == sorted(one["height"] for one in answers.values())
    assert all(int(one["transaction"], 16) == one["height"] for one in answers.values())


@pytest.mark.parametrize("bank", [BANK1, BANK2])
def test_one_no_ends_it_and_says_whose_it_was(world: World, bank: str) -> None:
    bill, _ = accepted_bill(world)
    joint = asked(world, bill)
    answer(world, joint, by=BANK1 if bank == BANK2 else BANK2)
    answer(world, joint, "no", by=bank)
    assert (state(world, joint), pays(world, bill)) == ("refused", BANK1)
    assert world.row("bill", "joint", joint)["answers"][bank]["answer"] == "no"
    refused("joint_transition", answer, world, joint, by=BANK1)
    asked(world, bill, BANK3)


def test_who_said_yes_may_say_no_until_the_other_has_answered(world: World) -> None:
    bill, _ = accepted_bill(world)
    joint = asked(world, bill)
    for _ in range(2):  # once more is the same
        assert answer(world, joint, by=BANK2)["waits_for"] == [BANK1]
    answer(world, joint, "no", by=BANK2)
    refused("joint_transition", answer, world, joint, by=BANK1)
    assert pays(world, bill) == BANK1


def test_silence_of_either_bank_changes_nothing(world: World) -> None:
    bill, _ = accepted_bill(world)
    joint = asked(world, bill)
    answer(world, joint, by=BANK2)
    world.day("2026-03-09")
    assert state(world, joint) == "open"
    world.day("2026-03-10")
    assert (state(world, joint), pays(world, bill)) == ("lapsed", BANK1)
    refused("joint_transition", answer, world, joint, by=BANK1)
    settle(world, bill, 100_000_000)


def test_the_debtor_takes_it_back_behind_the_first_yes(world: World) -> None:
    bill, _ = accepted_bill(world)
    joint = asked(world, bill)
    answer(world, joint, by=BANK1)
    refused("not_the_asker", world.call, BANK1, "bill", "withdraw_joint", joint=joint)
    world.call(ANCHOR, "bill", "withdraw_joint", joint=joint)
    refused("joint_transition", answer, world, joint, by=BANK2)
    assert pays(world, bill) == BANK1


# --- what stays -------------------------------------------------------------------------------------------------------
def test_mandates_and_other_bills_stay(world: World) -> None:
    bill, other = accepted_bill(world)[0], accepted_bill(world)[0]
    moved(world, bill)
    assert (pays(world, other), world.row("party", "party", ANCHOR)["paying_bank"]) == (BANK1, BANK1)
    assert world.row("party", "mandate", [ANCHOR, BANK2]) is None
    assert pays(world, accepted_bill(world)[0]) == BANK1, "what is confirmed later goes by the mandate"
    name_paying_bank(world, ANCHOR, BANK3)
    assert (pays(world, bill), pays(world, other)) == (BANK2, BANK1)
    both(world, BANK3, "party.end_mandate", debtor=ANCHOR)
    moved(world, other, new=BANK4)
    assert pays(world, other) == BANK4, "without any mandate"


def test_value_dates_count_as_before_whoever_reports(world: World) -> None:
    """Money of the last day in time that the new bank reports on the day after: never overdue."""
    bill, _ = accepted_bill(world, face=1_000, due_on="2026-03-09")
    settle(world, bill, 400, partial=True, reference="R-1", value_date="2026-03-02")
    world.day("2026-03-10")
    assert world.bill(bill)["status"] == "overdue"
    moved(world, bill)
    settle(world, bill, 600, by=BANK2, reference="R-1", value_date="2026-03-09")
    row = world.bill(bill)
    assert (row["status"], row["overdue_on"], row["settled_in_time"]) == ("settled", "", 1_000)
    check_all(world)


def test_a_receipt_of_the_bank_of_before_is_answered_as_before_and_is_no_money_of_the_next(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    sent = {"reference": "R-1", "value_date": "2026-03-02", "partial": True}
    first = settle(world, bill, 400, **sent)
    moved(world, bill)
    again = settle(world, bill, 400, **sent)
    assert (again["repeated"], again["payments"]) == (True, first["payments"])
    settle(world, bill, 400, by=BANK2, **sent)
    assert world.bill(bill)["settled"] == 800, "each bank counts its own references"


def test_a_bill_moves_on_and_back(world: World) -> None:
    bill, _ = accepted_bill(world)
    moved(world, bill)
    moved(world, bill, BANK2, BANK3)
    moved(world, bill, BANK3, BANK1)
    assert [to_pay(world, bank) for bank in (BANK1, BANK2, BANK3)] == [1, 0, 0]
    settle(world, bill, 100_000_000)
    check_all(world)


@pytest.mark.parametrize("state_of_bill", ["due", "overdue"])
def test_a_bill_that_is_due_or_overdue_moves_too(world: World, state_of_bill: str) -> None:
    bill, _ = accepted_bill(world, due_on="2026-03-09")
    world.day("2026-03-09" if state_of_bill == "due" else "2026-03-20")
    assert world.bill(bill)["status"] == state_of_bill
    assert moved(world, bill)["bill_status"] == state_of_bill
    settle(world, bill, 100_000_000, by=BANK2)


# --- who --------------------------------------------------------------------------------------------------------------
def test_only_the_debtor_asks_and_only_the_two_banks_answer(world: World) -> None:
    bill, _ = accepted_bill(world)
    for stranger in (S1, S2, BANK1, BANK2):
        refused("not_the_debtor", asked, world, bill, by=stranger)
    joint = asked(world, bill)
    for stranger in (ANCHOR, S1, BANK3):
        for says in ("yes", "no"):
            refused("not_asked", answer, world, joint, says, by=stranger)


def test_whom_the_debtor_may_name(world: World) -> None:
    bill, _ = accepted_bill(world)
    assert refused("bank_pays_already", asked, world, bill, BANK1) == {"bank": BANK1}
    refused("not_a_bank", asked, world, bill, S2)
    refused("party_unknown", asked, world, bill, "nobody")
    suspend(world, BANK2)
    refused("party_not_active", asked, world, bill, BANK2)
    name_successor(world, BANK3, BANK4)
    refused("bank_succeeded", asked, world, bill, BANK3)


def test_a_debtor_that_is_one_of_the_banks_consents_by_asking() -> None:
    """A bank that owes on a bill of its own and pays it itself: there and back, the other bank answers alone."""
    own = {"roles": ["bank", "anchor"], "paying_bank": BANK4}
    world = World(members=[{**one, **own} if one["id"] == BANK4 else one for one in MEMBERS])
    bill = issue(world, debtor=BANK4)
    world.call(BANK4, "bill", "confirm", bill=bill)
    world.call(S1, "bill", "accept", bill=bill)
    for new in (BANK2, BANK4):
        joint = asked(world, bill, new, by=BANK4)
        assert world.row("bill", "joint", joint)["others"] == [BANK2]
        answer(world, joint, by=BANK2)
        assert pays(world, bill) == new


def test_before_its_acceptance_a_bill_keeps_the_bank_that_the_creditor_reads(world: World) -> None:
    bill = issue(world)
    refused("bill_not_payable", asked, world, bill)
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    refused("bill_not_payable", asked, world, bill)
    world.call(S1, "bill", "accept", bill=bill)
    asked(world, bill)


# --- what happens meanwhile -------------------------------------------------------------------------------------------
def test_all_guards_run_again_with_each_yes(world: World) -> None:
    bill, _ = accepted_bill(world)
    joint = asked(world, bill)
    answer(world, joint, by=BANK2)
    settle(world, bill, 100_000_000)
    refused("bill_not_payable", answer, world, joint, by=BANK1)
    refused("bill_not_payable", answer, world, joint, by=BANK2)
    answer(world, joint, "no", by=BANK1)


def test_not_while_a_settlement_takes_steps(world: World) -> None:
    bill = dust(world)
    joint = asked(world, bill)
    answer(world, joint, by=BANK2)
    settle(world, bill, 50_000_000, partial=True)
    refused("settlement_under_way", answer, world, joint, by=BANK1)
    answer(world, joint, "no", by=BANK1)
    refused("settlement_under_way", asked, world, bill)
    while not world.call(BANK1, "settlement", "proceed", bill=bill)["complete"]:
        pass
    assert {row["bank"] for _, row in world.rows("settlement", "payment")} == {BANK1}
    moved(world, bill)


def test_a_part_payment_meanwhile_is_the_old_bank_s(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    joint = asked(world, bill)
    answer(world, joint, by=BANK2)
    settle(world, bill, 300, partial=True)
    answer(world, joint, by=BANK1)
    settle(world, bill, 700, by=BANK2)
    check_all(world)


@pytest.mark.parametrize("of", [BANK1, BANK2])
def test_a_bank_that_is_succeeded_meanwhile_was_asked_in_vain(world: World, of: str) -> None:
    """The successor was not asked: nobody is bound by what another said."""
    bill, _ = accepted_bill(world)
    joint = asked(world, bill)
    answer(world, joint, by=of)
    name_successor(world, of, BANK3)
    other = BANK2 if of == BANK1 else BANK1
    assert refused("bank_succeeded", answer, world, joint, by=other) == {"bank": of, "successor": BANK3}
    refused("not_asked", answer, world, joint, by=BANK3)
    world.call(ANCHOR, "bill", "withdraw_joint", joint=joint)
    old, new = (BANK3, BANK2) if of == BANK1 else (BANK1, BANK3)
    moved(world, bill, old, new)
    assert pays(world, bill) == new


def test_a_bank_that_takes_the_other_s_place_pays_already(world: World) -> None:
    bill, _ = accepted_bill(world)
    joint = asked(world, bill)
    name_successor(world, BANK1, BANK2)
    refused("bank_succeeded", answer, world, joint, by=BANK2)
    world.call(ANCHOR, "bill", "withdraw_joint", joint=joint)
    refused("bank_pays_already", asked, world, bill, BANK2)
    assert pays(world, bill) == BANK1
    settle(world, bill, 100_000_000, by=BANK2)


def test_a_successor_gives_up_a_bill_of_its_predecessor(world: World) -> None:
    bill, _ = accepted_bill(world)
    name_successor(world, BANK1, BANK2)
    joint = asked(world, bill, BANK3)
    assert world.row("bill", "joint", joint)["others"] == [BANK2, BANK3]
    refused("not_asked", answer, world, joint, by=BANK1)
    for bank in (BANK2, BANK3):
        answer(world, joint, by=bank)
    assert (pays(world, bill), to_pay(world, BANK1), to_pay(world, BANK3)) == (BANK3, 0, 1)
    check_all(world)


@pytest.mark.parametrize("which", ["suspended", "insolvent"])
def test_a_yes_of_who_was_stopped_since_counts_no_more(world: World, which: str) -> None:
    bill, _ = accepted_bill(world)
    joint = asked(world, bill)
    answer(world, joint, by=BANK1)
    suspend(world, BANK1, which)
    refused("maker_was_stopped", answer, world, joint, by=BANK2)
    door(world, BANK1, "bill.answer", joint=joint, answer="no")
    suspend_ends(world, BANK1)
    refused("maker_was_stopped", answer, world, joint, by=BANK2)
    answer(world, joint, by=BANK1)
    assert answer(world, joint, by=BANK2)["paying_bank"] == BANK2


def suspend_ends(world: World, bank: str) -> None:
    decide_by_vote(world, "party_status", party=bank, status="active", reason="r", **PAPERS["active"])


def test_the_bank_that_is_to_pay_takes_on_something_new(world: World) -> None:
    """It must be active; the one that gives up may be leaving, and so gets rid of what it is to pay."""
    bill, other = accepted_bill(world)[0], accepted_bill(world)[0]
    joint = asked(world, other)
    answer(world, joint, by=BANK2)
    both_admins(world, BANK2, "leave")
    refused("party_not_active", answer, world, joint, by=BANK1)
    refused("party_not_active", answer, world, joint, by=BANK2)
    refused("party_not_active", asked, world, bill)
    both_admins(world, BANK1, "leave")
    moved(world, bill, new=BANK3)
    assert (pays(world, bill), to_pay(world, BANK1)) == (BANK3, 1)


def both_admins(world: World, party: str, function: str) -> None:
    world.send(party, ("standing", function, {"party": party}), keys=[key_of(party), key_of(party, 1)])


@pytest.mark.parametrize("which", ["suspended", "halted"])
def test_a_debtor_that_is_stopped_asked_in_vain(world: World, which: str) -> None:
    bill, _ = accepted_bill(world)
    joint = asked(world, bill)
    answer(world, joint, by=BANK1)
    if which == "halted":
        as_admins(world, ANCHOR, "halt", reason="a stolen key")
    else:
        order(world, ANCHOR, "suspended")
    refused("party_halted" if which == "halted" else "maker_was_stopped", answer, world, joint, by=BANK2)
    door(world, ANCHOR, "bill.withdraw_joint", joint=joint)
    world.call(ANCHOR, "bill", "withdraw_joint", joint=joint)
    assert pays(world, bill) == BANK1


def test_an_administrator_of_the_debtor_may_ask(world: World) -> None:
    bill, _ = accepted_bill(world, due_on="2026-12-01")
    keys = administer(world, ANCHOR)
    asking = ("bill", "ask_paying_bank", {"bill": bill, "bank": BANK2, "reason": "the administrator's bank"})
    joint = world.send(ANCHOR, asking, keys=keys[:2])[0]["joint"]
    for bank in (BANK1, BANK2):
        answer(world, joint, by=bank)
    assert pays(world, bill) == BANK2


def test_where_the_bank_that_pays_is_stopped_a_vote_names_who_pays(world: World) -> None:
    """It can agree to nothing new: no debtor goes round it, and its successor is named by vote."""
    bill, _ = accepted_bill(world)
    suspend(world, BANK1)
    refused("party_not_active", asked, world, bill)
    both(world, BANK2, "succession.accept", bank=BANK1)
    decide_by_vote(world, "successor", bank=BANK1, successor=BANK2)
    settle(world, bill, 100_000_000, by=BANK2)


# --- policies ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("side", [ANCHOR, BANK1, BANK2])
def test_a_policy_of_each_looks_at_what_is_still_owed(side: str) -> None:
    act = "bill.ask_paying_bank" if side == ANCHOR else "bill.answer"
    rules = {"rules": [{"action": act, "currency": "CNY", "above": 600}]}
    world = World(members=[{**one, "policy": rules} if one["id"] == side else one for one in MEMBERS])
    bill, _ = accepted_bill(world, face=1_001)
    settle(world, bill, 400, partial=True)
    if side == ANCHOR:
        refused("maker_and_checker_needed", asked, world, bill)
        both(world, ANCHOR, "bill.ask_paying_bank", bill=bill, bank=BANK2, reason="")
        return
    joint = asked(world, bill)
    refused("maker_and_checker_needed", answer, world, joint, by=side)
    answer(world, joint, by=BANK2 if side == BANK1 else BANK1)
    both(world, side, "bill.answer", joint=joint, answer="yes")
    assert pays(world, bill) == BANK2
    small, _ = accepted_bill(world, face=600)
    moved(world, small)


# --- attacks ----------------------------------------------------------------------------------------------------------
def test_nobody_moves_a_bill_alone(world: World) -> None:
    """Debtor and new bank without the old one, debtor and old without the new one, the two banks without the debtor."""
    bill, _ = accepted_bill(world)
    joint = asked(world, bill)
    yes = ("bill", "answer", {"joint": joint, "answer": "yes"})
    world.send(BANK2, yes, yes)
    world.send(BANK2, yes)
    assert pays(world, bill) == BANK1
    refused("not_the_paying_bank", settle, world, bill, 100_000_000, by=BANK2)
    answer(world, joint, "no", by=BANK1)
    second = asked(world, bill, BANK3)
    answer(world, second, by=BANK1)
    assert pays(world, bill) == BANK1
    refused("not_the_debtor", asked, world, bill, by=BANK1)
    world.call(ANCHOR, "bill", "withdraw_joint", joint=second)
    refused("joint_transition", answer, world, second, by=BANK3)
    assert pays(world, bill) == BANK1


def test_what_a_bank_agreed_to_for_one_bill_binds_it_for_no_other(world: World) -> None:
    first, second = accepted_bill(world)[0], accepted_bill(world)[0]
    joint, other = asked(world, first), asked(world, second)
    answer(world, joint, by=BANK2)
    refused("joint_open", asked, world, first, BANK3)
    answer(world, other, by=BANK1)
    answer(world, joint, by=BANK1)
    assert (pays(world, first), pays(world, second), state(world, other)) == (BANK2, BANK1, "open")


def test_a_bank_cannot_swap_the_money_of_a_bill_it_has_given_up(world: World) -> None:
    """In the step of its yes it reports all: nothing is left to be given up. The other way round it pays no more."""
    bill, _ = accepted_bill(world, face=1_000)
    joint = asked(world, bill)
    answer(world, joint, by=BANK2)
    money = {"bill": bill, "amount": 1_000, "reference": "R", "value_date": world.today, "partial": False}
    yes, paid = ("bill", "answer", {"joint": joint, "answer": "yes"}), ("settlement", "settle", money)
    refused("bill_not_payable", world.send, BANK1, paid, yes)
    refused("not_the_paying_bank", world.send, BANK1, yes, paid)
    world.send(BANK1, yes)
    world.send(BANK2, paid)
    check_all(world)


def test_it_stands_beside_other_questions_about_the_bill(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    joint, less = asked(world, bill), ask_dilution(world, bill, token, 5)
    answer(world, less)
    for bank in (BANK1, BANK2):
        answer(world, joint, by=bank)
    settle(world, bill, 995, by=BANK2)
    assert world.bill(bill)["status"] == "settled"
    check_all(world)


def test_a_question_from_before_an_order_does_not_outlive_it(world: World) -> None:
    """An insolvent debtor's question of before ends with the entry; its administrator asks anew."""
    bill, _ = accepted_bill(world, due_on="2026-12-01")
    joint = asked(world, bill)
    answer(world, joint, by=BANK1)
    ratify(world, order(world, ANCHOR, "insolvent"))
    refused("maker_was_stopped", answer, world, joint, by=BANK2)


def test_who_is_asked_for_a_mandate_has_not_agreed_to_a_bill(world: World) -> None:
    bill, _ = accepted_bill(world)
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    both(world, BANK2, "party.accept_mandate", debtor=ANCHOR)
    assert pays(world, bill) == BANK1
    joint = asked(world, bill)
    answer(world, joint, by=BANK1)
    assert (pays(world, bill), state(world, joint)) == (BANK1, "open")


def test_what_was_asked_before_answers_were_kept_is_answered(world: World) -> None:
    bill, _ = accepted_bill(world)
    joint = world.call(ANCHOR, "bill", "ask_void", bill=bill, reason="")["joint"]
    row = world.row("bill", "joint", joint)
    world.seed((("bill", "joint", joint), {name: value for name, value in row.items() if name != "answers"}))
    answer(world, joint)
    assert (state(world, joint), world.bill(bill)["status"]) == ("done", "void")


FAULTS: dict[str, Mutant] = {
    "the first yes is enough": (
        "bill", "    if len(waits_for) > 0:\n", "    if False:\n", test_nobody_moves_a_bill_alone,
    ),
    "a bank of before keeps the bill in its count": (
        "bill", '    count_to_pay(row, -1)\n    row["paying_bank"] = content["to"]\n',
        '    row["paying_bank"] = content["to"]\n', test_a_bill_moves_on_and_back,
    ),
    "a yes outlives that its bank was stopped": (
        "bill", "    require_consents(row)\n", "",
        lambda world: test_a_yes_of_who_was_stopped_since_counts_no_more(world, "suspended"),
    ),
    "who is asked is looked at once": (
        "bill", '        require_banks(bill, row["content"])\n', "        pass\n",
        lambda world: test_a_bank_that_is_succeeded_meanwhile_was_asked_in_vain(world, BANK2),
    ),
    "what is owed is looked at once": (
        "bill", "        require_owed(bill)\n    else:", "        pass\n    else:",
        test_all_guards_run_again_with_each_yes,
    ),
    "money under way is passed over": (
        "bill", '    require(not settlement_steps.has(row["id"]), "settlement_under_way", {"bill": row["id"]})\n\n\n'
        "def require_banks", "\n\ndef require_banks", test_not_while_a_settlement_takes_steps,
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(fault: str) -> None:
    assert_it_dies(FAULTS[fault])
