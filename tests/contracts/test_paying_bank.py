"""Who pays a bill: the bank that accepted, fixed at confirmation, then its successor; never swapped, never stuck."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.invariants import StatusWatch, check_all
from contracts.mutants import Mutant, assert_it_dies
from contracts.refusals_governance import propose, vote
from contracts.refusals_token import dust
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    PAPERS,
    World,
    accepted_bill,
    as_admins,
    as_two,
    change,
    decide_by_vote,
    issue,
    name_paying_bank,
    name_successor,
    settle,
    two_people,
)  # fmt: skip

from chainbill.errors import Refused


def mandate(world: World, bank: str, debtor: str = ANCHOR) -> Any:
    return world.row("party", "mandate", [debtor, bank])


def status(world: World, bank: str) -> str | None:
    row = mandate(world, bank)
    return None if row is None else str(row["status"])


def pay_result(world: World, by: str, bill: str, token: str, reference: str = "R-1", status: str = "paid") -> Any:
    named = {"bill": bill, "token": token, "status": status, "reference": reference}
    return world.call(by, "settlement", "pay_result", **named)


# --- mandates
def test_the_genesis_is_everybodys_agreement(world: World) -> None:
    assert mandate(world, BANK1) == {
        "status": "active", "asked_on": world.today, "from": world.today, "until": "",
    }  # fmt: skip


def test_a_bank_pays_once_it_was_asked_and_has_accepted(world: World) -> None:
    """security 13: nobody makes a bank a paying bank without its consent."""
    watch = StatusWatch()
    watch.check(world)
    announced = as_admins(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    assert status(world, BANK2) is None
    world.day(announced["acts_on"])
    watch.check(world)
    assert mandate(world, BANK2)["status"] == "asked"
    assert accepted_bill(world, face=10)[0]
    [paid_by] = {row["paying_bank"] for _, row in world.rows("bill", "bill")}
    assert paid_by == BANK1, "an ask alone changes nothing"
    world.time_ms += 1000
    two_people(world, BANK2, "accept_mandate", debtor=ANCHOR)
    watch.check(world)
    assert (status(world, BANK1), status(world, BANK2)) == ("ended", "active")
    assert mandate(world, BANK1)["until"] == mandate(world, BANK2)["from"] == world.today
    assert world.bill(accepted_bill(world, face=10)[0])["paying_bank"] == BANK2
    assert [topic for topic in world.topics() if "mandate" in topic] == [
        "party.mandate_asked", "party.mandate_ended", "party.mandate_accepted",
    ]  # fmt: skip
    assert not world.rows("party", "agenda")


def test_the_debtor_cannot_swap_the_paying_bank_of_a_confirmed_bill(world: World) -> None:
    """security 13: neither a later mandate nor the end of this one touches a bill that was confirmed."""
    bill, _ = accepted_bill(world, face=1_000)
    waiting = issue(world, face=5)
    name_paying_bank(world, ANCHOR, BANK2)
    with pytest.raises(Refused, match="not_the_paying_bank"):
        settle(world, bill, 400, partial=True, by=BANK2)
    assert not settle(world, bill, 400, partial=True, reference="A")["repeated"]
    two_people(world, BANK2, "end_mandate", debtor=ANCHOR)
    with pytest.raises(Refused, match="paying_bank_missing"):
        world.call(ANCHOR, "bill", "confirm", bill=waiting)
    assert settle(world, bill, 600, reference="B")["complete"]
    check_all(world)


def test_a_bank_that_accepts_too_late_finds_that_another_was_asked(world: World) -> None:
    """Asked A, then B: the newer question ends the older one, whoever answers first."""
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    change(world, ANCHOR, "ask_paying_bank", bank=BANK3)
    assert (status(world, BANK2), status(world, BANK3)) == ("ended", "asked")
    with pytest.raises(Refused, match="mandate_transition"):
        two_people(world, BANK2, "accept_mandate", debtor=ANCHOR)
    two_people(world, BANK3, "accept_mandate", debtor=ANCHOR)
    assert world.row("party", "party", ANCHOR)["paying_bank"] == BANK3
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    assert (status(world, BANK2), status(world, BANK3)) == ("asked", "active")
    assert len(world.rows("party", "agenda")) == 1


def test_what_a_bank_does_not_answer_ends(world: World) -> None:
    """Five business days: asked on Friday 6 March, until Friday 13 March."""
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    assert (world.today, mandate(world, BANK2)["until"]) == ("2026-03-06", "2026-03-13")
    world.day("2026-03-13")
    assert status(world, BANK2) == "asked"
    world.day("2026-03-14")
    assert status(world, BANK2) == "ended"
    assert world.row("party", "party", ANCHOR)["asked_bank"] == ""


def test_a_bank_refuses_whatever_its_standing(world: World) -> None:
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    stand(world, BANK2, "suspended")
    world.call(BANK2, "party", "refuse_mandate", debtor=ANCHOR)
    assert status(world, BANK2) == "ended"
    assert status(world, BANK1) == "active"
    assert not world.rows("party", "agenda")


# --- successors
def test_a_successor_pays_in_the_place_of_the_bank(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    name_successor(world, BANK1, BANK2)
    named = {"named": BANK2, "successor": BANK2, "from": world.today}
    assert world.row("succession", "successor", BANK1) == named
    assert world.row("succession", "predecessor", BANK2) == {"banks": [BANK1]}
    assert not world.rows("succession", "agenda")
    assert not world.rows("succession", "succession")
    with pytest.raises(Refused, match="not_the_paying_bank"):
        settle(world, bill, 1_000)
    assert world.bill(bill)["paying_bank"] == BANK1
    assert settle(world, bill, 1_000, by=BANK2)["complete"]
    later, _ = accepted_bill(world, face=10)
    assert world.bill(later)["paying_bank"] == BANK2, "it accepted the mandates too"
    two_people(world, BANK2, "end_mandate", debtor=ANCHOR)
    with pytest.raises(Refused, match="paying_bank_missing"):
        accepted_bill(world, face=10)


def test_successors_of_successors_are_found_at_one_look(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    name_successor(world, BANK4, BANK2)
    name_successor(world, BANK1, BANK2)
    name_successor(world, BANK2, BANK3)
    rows = {bank: world.row("succession", "successor", bank) for bank in (BANK4, BANK1, BANK2)}
    assert [(row["named"], row["successor"]) for row in rows.values()] == [
        (BANK2, BANK3),
        (BANK2, BANK3),
        (BANK3, BANK3),
    ]
    assert world.row("succession", "predecessor", BANK3) == {"banks": [BANK4, BANK1, BANK2]}
    assert world.row("succession", "predecessor", BANK2) is None
    assert settle(world, bill, 1_000, by=BANK3)["complete"]


def test_the_validators_name_the_successor_of_a_bank_that_is_gone(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    stand(world, BANK1, "insolvent")
    as_two(world, BANK2, "succession", "accept", bank=BANK1)
    proposal = propose(world, "successor", bank=BANK1, successor=BANK2)
    vote(world, proposal, BANK2, BANK3, BANK4)
    assert settle(world, bill, 1_000, by=BANK2)["complete"]


def test_consent_to_succeed_can_be_given_anew_and_ends_by_itself(world: World) -> None:
    as_two(world, BANK2, "succession", "accept", bank=BANK1)
    world.day("2026-03-20")
    as_two(world, BANK2, "succession", "accept", bank=BANK1)
    assert [key for key, _ in world.rows("succession", "agenda")] == [["2026-04-20", "succession", BANK1, BANK2]]
    world.day("2026-04-19")
    assert world.rows("succession", "succession")
    world.day("2026-04-20")
    assert not world.rows("succession", "succession")
    assert not world.failed_items


def test_a_bank_that_is_to_pay_is_closed_only_with_a_successor(world: World) -> None:
    """security 13: of a closed bank no act is open, so its bills would never be paid."""

    def open_items(bank: str) -> tuple[int, int]:
        items = world.view("standing", "open_items", party=bank)
        return items["debtors"], items["bills"]

    before = open_items(BANK1)
    bill, _ = accepted_bill(world, face=10)
    waiting = issue(world, face=5)
    assert open_items(BANK1) == (before[0], before[1] + 1)
    world.call(ANCHOR, "bill", "confirm", bill=waiting)
    assert open_items(BANK1) == (before[0], before[1] + 2)
    world.call(ANCHOR, "bill", "cancel", bill=waiting, reason="")
    two_people(world, BANK1, "end_mandate", debtor=ANCHOR)
    assert open_items(BANK1) == (before[0] - 1, before[1] + 1)
    name_successor(world, BANK1, BANK2)
    assert (open_items(BANK1), open_items(BANK2)) == ((0, 0), (before[0] - 1, before[1] + 1))
    settle(world, bill, 10, by=BANK2)
    assert open_items(BANK2) == (before[0] - 1, before[1])


# --- a settlement is never stuck
@pytest.mark.parametrize("standing", ["active", "suspended", "insolvent", "leaving", "halted"])
@pytest.mark.parametrize("handed_over", [False, True])
def test_a_settlement_in_steps_goes_on_whatever_becomes_of_its_bank(
    world: World, standing: str, handed_over: bool
) -> None:
    """security 13: only the bank that began it could go on with it."""
    bill = dust(world)
    first = settle(world, bill, 100_000_000, reference="PAY-1")
    assert not first["complete"]
    if handed_over:
        name_successor(world, BANK1, BANK2)
    stand(world, BANK1, standing)
    by = BANK2 if handed_over else BANK1
    rest = world.call(by, "settlement", "proceed", bill=bill)
    assert rest["complete"]
    assert world.bill(bill)["status"] == "settled"
    payments = [row for _, row in world.rows("settlement", "payment")]
    assert {(row["bank"], row["reference"]) for row in payments} == {(BANK1, "PAY-1")}
    for who, payment, reference in ((by, rest["payments"][0], "R-1"), (BANK1, first["payments"][0], "R-2")):
        assert pay_result(world, who, bill, payment["token"], reference)["status"] == "paid"
    check_all(world)


def test_the_bank_that_began_a_settlement_may_end_it_after_it_handed_over(world: World) -> None:
    bill = dust(world)
    settle(world, bill, 100_000_000)
    name_successor(world, BANK1, BANK2)
    with pytest.raises(Refused, match="not_the_paying_bank"):
        world.call(BANK3, "settlement", "proceed", bill=bill)
    assert world.call(BANK1, "settlement", "proceed", bill=bill)["complete"]
    with pytest.raises(Refused, match="not_the_instructing_bank"):
        pay_result(world, BANK3, bill, world.rows("settlement", "payment")[0][0][1])


def test_money_that_a_bank_reported_is_not_new_money_when_its_successor_reports_it(world: World) -> None:
    """The successor sends again what it took over: the same reference on the same bill pays nothing twice."""
    bill, _ = accepted_bill(world, face=1_000)
    other, _ = accepted_bill(world, face=700)
    first = settle(world, bill, 400, partial=True, reference="PAY-1")
    name_successor(world, BANK1, BANK2)
    again = settle(world, bill, 400, partial=True, reference="PAY-1", by=BANK2, value_date="2026-03-02")
    assert again == {**first, "repeated": True}
    assert world.bill(bill)["settled"] == 400
    with pytest.raises(Refused, match="reference_used_otherwise"):
        settle(world, bill, 401, partial=True, reference="PAY-1", by=BANK2)
    assert settle(world, other, 700, reference="PAY-1", by=BANK2)["complete"], "its own references are its own"
    token = first["payments"][0]["token"]
    pay_result(world, BANK1, bill, token, "R-1")
    assert pay_result(world, BANK2, bill, token, "R-1")["repeated"]


def named_without_consent(world: World) -> None:
    with pytest.raises(Refused, match="not_taken_over"):
        as_two(world, BANK1, "succession", "name", bank=BANK2)
    stand(world, BANK1, "suspended")
    with pytest.raises(Refused, match="not_taken_over"):
        propose_successor(world)


def propose_successor(world: World) -> None:
    vote(world, propose(world, "successor", bank=BANK1, successor=BANK2), BANK2, BANK3, BANK4)


def gone_on_with_by_another(world: World) -> None:
    test_a_settlement_in_steps_goes_on_whatever_becomes_of_its_bank(world, "insolvent", handed_over=True)


SETTLING = ' == ctx.party, "not_the_paying_bank")\n    require_capability("maker")\n    require(row'
"""How the guard goes on in `settle`; others ask the same."""
MUTANTS: dict[str, Mutant] = {
    "receipts ask the debtor's row": (
        "settlement",
        f"require(paying_bank_of(row){SETTLING}", f'require(parties.get(row["debtor"])["paying_bank"]{SETTLING}',
        test_the_debtor_cannot_swap_the_paying_bank_of_a_confirmed_bill,
    ),
    "asking is consent": (
        "party", '    keep_mandate(row, bank, "asked")', '    keep_mandate(row, bank, "active")',
        test_a_bank_pays_once_it_was_asked_and_has_accepted,
    ),
    "an older question can still be answered": (
        "party", '    require_askable(row, bank)\n    if row["asked_bank"] != "":', "    if False:",
        test_a_bank_that_accepts_too_late_finds_that_another_was_asked,
    ),
    "a successor need not agree": ("succession", "require(taken, ", "require(True, ", named_without_consent),
    "a successor takes no place of those before": (
        "succession", "    for one in replaced_by(bank):", "    for one in []:",
        test_successors_of_successors_are_found_at_one_look,
    ),
    "only who began a settlement goes on with it": (
        "settlement", 'began or paying_bank_of(row) == ctx.party', "began", gone_on_with_by_another,
    ),
    "payments of a step are of whoever carries it out": (
        "settlement", '"bank": step["bank"],\n', '"bank": ctx.party,\n', gone_on_with_by_another,
    ),
    "money that a predecessor reported is new money": (
        "settlement", "    if known is None:\n        known = receipt_of", "    if False:\n        known = receipt_of",
        test_money_that_a_bank_reported_is_not_new_money_when_its_successor_reports_it,
    ),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_contract_is_found(mutant: str) -> None:
    assert_it_dies(MUTANTS[mutant], TypeError)


def stand(world: World, bank: str, standing: str) -> None:
    """By the acts that bring it about; a bank has no sponsor, so its status is voted."""
    if standing == "halted":
        world.call(bank, "party", "halt", reason="")
    elif standing == "leaving":
        as_two(world, bank, "standing", "leave", party=bank)
    elif standing != "active":
        decide_by_vote(world, "party_status", party=bank, status=standing, reason="", **PAPERS[standing])
