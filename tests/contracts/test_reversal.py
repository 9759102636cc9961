"""Reversals: what comes back of a receipt that should not be there, and until when."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.freezing import acted, enter, frozen, given_by, release, transfer
from contracts.invariants import check_all
from contracts.pledging import act, enforce, offer_pledge, paid_out, pledge, row_of, told
from contracts.reversing import leaves, reverse, statuses
from contracts.test_attacks_by_standstill import stand_still_until
from contracts.world import (
    BANK1,
    BANK2,
    BANK3,
    S1,
    S2,
    S3,
    World,
    accepted_bill,
    as_two,
    ask,
    bid,
    finance,
    key_of,
    name_successor,
    offer,
    order,
    pay,
    settle,
)  # fmt: skip

from chainbill.errors import Refused
from chainbill.state.keys import row_key

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = "2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12"
FACE = 100_000_000


def refused(reason: str, world: World, reference: str, **given: Any) -> None:
    with pytest.raises(Refused) as refusal:
        reverse(world, reference, **given)
    assert refusal.value.reason == reason


def receipt(world: World, reference: str) -> dict[str, Any]:
    return dict(world.row("settlement", "receipt", [BANK1, reference]))


def figures(world: World, bill: str) -> tuple[str, int, int, str, str]:
    row = world.bill(bill)
    return row["status"], row["settled"], row["settled_in_time"], row["overdue_on"], row["closed_on"]


def test_the_worked_example(world: World) -> None:
    """ACTS 7: what another debtor owed is taken back on Wednesday, in its order, and no more on Thursday."""
    bill, token = accepted_bill(world, face=FACE, due_on=MONDAY)
    pay(world, token, S2, 30_000_000)
    world.day(TUESDAY)
    assert figures(world, bill) == ("overdue", 0, 0, TUESDAY, "")
    settle(world, bill, 40_000_000, partial=True, reference="PAY-1", value_date=MONDAY)
    settle(world, bill, 60_000_000, reference="PAY-2", value_date=MONDAY)
    assert figures(world, bill) == ("settled", FACE, FACE, "", TUESDAY)
    world.day(WEDNESDAY)
    refused("reversal_not_newest", world, "PAY-1")
    done = reverse(world, "PAY-2")
    assert (done["bill"], done["outstanding"], done["complete"]) == (bill, 60_000_000, True)
    assert figures(world, bill) == ("overdue", 40_000_000, 40_000_000, TUESDAY, "")
    assert leaves(world, bill) == [
        (0, 12_000_000, "settled", S2, ""), (12_000_000, 30_000_000, "live", S2, ""),
        (30_000_000, 58_000_000, "settled", S1, ""), (58_000_000, 100_000_000, "live", S1, ""),
    ]  # fmt: skip
    assert sorted(done["tokens"]) == sorted(one["id"] for one in world.leaves(bill) if one["status"] == "live")
    assert sorted(statuses(world, bill)) == ["cancelled", "cancelled", "instructed", "instructed"]
    row = receipt(world, "PAY-2")
    assert (row["status"], row["reversed_on"], row["reason"]) == ("reversed", WEDNESDAY, "wrong debtor")
    check_all(world)
    world.day(THURSDAY)
    refused("reversal_too_late", world, "PAY-1")
    assert [one["amount"] for one in settle(world, bill, 60_000_000)["payments"]] == [18_000_000, 42_000_000]
    check_all(world)


def test_a_token_that_lives_again_is_like_the_one_that_was_paid(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    ours, _ = pay(world, token, S2, 400)
    before = world.token(ours)
    settle(world, bill, 1_000, reference="A")
    ended = world.token(ours)["ended"]
    reverse(world, "A")
    old = world.token(ours)
    [new] = [one for one in world.leaves(bill) if one["parent"] == ours]
    assert (old["status"], old["ended"], old["reversed_at"], old["into"]) == (
        "reversed",
        ended,
        new["born"],
        [new["id"]],
    )
    like = ("lo", "hi", "holder", "tier", "financed_tier", "origin", "financing", "currency", "locks", "claim")
    assert {name: new[name] for name in like} == {name: before[name] for name in like}
    assert world.row("token", "hop", new["id"]) is None


def test_what_a_part_payment_cut_is_whole_again(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    pay(world, token, S2, 400)
    for number in range(3):
        settle(world, bill, 300, partial=True, reference=f"A-{number}")
        assert len(world.leaves(bill)) == 4
        reverse(world, f"A-{number}")
        assert leaves(world, bill) == [(0, 400, "live", S2, ""), (400, 1_000, "live", S1, "")]
    check_all(world)


def test_a_part_that_lies_between_what_stands_comes_back_by_itself(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    for number in range(3):
        settle(world, bill, 100, partial=True, reference=f"A-{number}")
    reverse(world, "A-2")
    assert [one[:3] for one in leaves(world, bill)] == [
        (0, 100, "settled"), (100, 200, "settled"), (200, 1_000, "live")
    ]  # fmt: skip
    refused("reversal_not_newest", world, "A-0")
    reverse(world, "A-1")
    reverse(world, "A-0")
    assert leaves(world, bill) == [(0, 1_000, "live", S1, "")]
    assert world.rows("settlement", "newest") == []
    check_all(world)


def test_what_lapsed_with_the_money_stays_lapsed(world: World) -> None:
    """An offer and a request of what was paid whole are over; of what was paid in part they go on for the rest."""
    bill, token = accepted_bill(world, face=1_000)
    offered = offer(world, token, (S2, 400))
    request = ask(world, offered["remainder"], BANK2, amount=600)["request"]
    bid(world, request, BANK2)
    settle(world, bill, 100, partial=True, reference="PART")
    reverse(world, "PART")
    assert [one[:2] + one[4:] for one in leaves(world, bill)] == [
        (0, 40, ""), (40, 400, "offered"), (400, 460, ""), (460, 1_000, "in_finance")
    ]  # fmt: skip
    settle(world, bill, 1_000, reference="WHOLE")
    reverse(world, "WHOLE")
    assert {one[4] for one in leaves(world, bill)} == {""}
    assert world.row("finance", "request", request)["status"] == "expired"
    assert world.rows("token", "open_offers") == []
    check_all(world)


def test_what_stayed_offered_is_whole_again_when_the_offer_ends(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    offered = offer(world, token, (S2, 1_000))["tokens"][0]
    settle(world, bill, 100, partial=True, reference="PART")
    reverse(world, "PART")
    [rest] = [one["id"] for one in world.leaves(bill) if one["locks"]]
    assert offered != rest
    world.call(S1, "token", "recall", token=rest)
    assert leaves(world, bill) == [(0, 1_000, "live", S1, "")]


def test_a_bank_that_was_repaid_is_owed_again(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    bought, _ = finance(world, token, BANK2, 600)
    [[name], row] = next(one for one in world.rows("finance", "financed"))
    settle(world, bill, 500, partial=True, reference="A")
    assert world.row("finance", "financed", name)["outstanding"] == 300
    settle(world, bill, 500, reference="B")
    request = row["request"]
    assert world.row("finance", "request", request)["status"] == "repaid"
    reverse(world, "B")
    assert world.row("finance", "request", request)["status"] == "disbursed"
    assert world.row("finance", "financed", name)["outstanding"] == 300
    reverse(world, "A")
    assert world.row("finance", "financed", name)["outstanding"] == 600
    [back] = [one for one in world.leaves(bill) if one["holder"] == BANK2]
    assert (back["hi"] - back["lo"], back["financing"], back["financed_tier"]) == (600, bought, 1)
    check_all(world)


# --- pledges ----------------------------------------------------------------------------------------------------------
def pledged_bill(world: World, **given: Any) -> tuple[str, str, str]:
    """A bill of 1,000 of S1, pledged to BANK2 for 300."""
    bill, token = accepted_bill(world, face=1_000)
    return bill, token, pledge(world, token, **{"secured": 300, **given})


def test_a_covered_pledge_is_active_again(world: World) -> None:
    bill, _, made = pledged_bill(world)
    paid = settle(world, bill, 400, partial=True, reference="A")["payments"]
    assert [(one["party"], one["amount"]) for one in paid] == [(BANK2, 300), (S1, 100)]
    assert (row_of(world, made)["status"], row_of(world, made)["received"]) == ("covered", 300)
    reverse(world, "A")
    row = row_of(world, made)
    assert (row["status"], row["received"], row["unpaid"], len(row["tokens"])) == ("active", 0, 0, 1)
    assert leaves(world, bill) == [(0, 1_000, "live", S1, "pledged")]
    check_all(world)
    paid = settle(world, bill, 1_000, reference="B")["payments"]
    assert [(one["party"], one["amount"]) for one in paid] == [(BANK2, 300), (S1, 700)]
    check_all(world)


def test_what_the_holder_was_paid_of_a_covered_pledge_is_pledged_again(world: World) -> None:
    bill, _, made = pledged_bill(world)
    settle(world, bill, 400, partial=True, reference="A")
    settle(world, bill, 600, reference="B")
    assert row_of(world, made)["tokens"] == []
    reverse(world, "B")
    assert (row_of(world, made)["status"], row_of(world, made)["received"]) == ("covered", 300)
    assert leaves(world, bill)[-1] == (400, 1_000, "live", S1, "pledged")
    reverse(world, "A")
    assert row_of(world, made)["status"] == "active"
    assert {one[4] for one in leaves(world, bill)} == {"pledged"}
    check_all(world)


def test_a_pledge_that_ended_with_its_cents_stands_again(world: World) -> None:
    bill, _, made = pledged_bill(world, secured=5_000)
    settle(world, bill, 1_000, reference="A")
    assert (row_of(world, made)["status"], world.rows("pledge", "taken")) == ("ended", [])
    reverse(world, "A")
    row = row_of(world, made)
    assert (row["status"], row["received"], row["unpaid"], row["ended_on"]) == ("active", 0, 0, "")
    assert leaves(world, bill) == [(0, 1_000, "live", S1, "pledged")]
    check_all(world)


def test_an_offer_in_pledge_that_ended_stays_over(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = offer_pledge(world, token, secured=300)
    settle(world, bill, 1_000, reference="A")
    reverse(world, "A")
    assert row_of(world, made)["status"] == "ended"
    assert leaves(world, bill) == [(0, 1_000, "live", S1, "")]
    check_all(world)


def test_what_was_released_meanwhile_is_free(world: World) -> None:
    bill, _, made = pledged_bill(world)
    settle(world, bill, 400, partial=True, reference="A")
    act(world, BANK2, "release", made, secured=0)
    reverse(world, "A")
    row = row_of(world, made)
    assert (row["status"], row["received"], row["unpaid"]) == ("released", 0, 0)
    assert leaves(world, bill) == [(0, 1_000, "live", S1, "")]
    check_all(world)


def enforced_after_a_part(world: World, owed: int) -> tuple[str, str]:
    bill, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=300, due_on=world.plus(1))
    world.day("2026-03-04")
    settle(world, bill, 100, partial=True, reference="A")
    enforce(world, made, owed)
    act(world, S1, "agree_enforcement", made)
    return bill, made


def test_an_enforced_pledge_secures_again_what_was_not_enforced(world: World) -> None:
    bill, made = enforced_after_a_part(world, 150)
    reverse(world, "A")
    row = row_of(world, made)
    assert (row["status"], row["secured"], row["received"], row["owed"]) == ("active", 150, 0, 0)
    assert [one[:2] + one[3:] for one in leaves(world, bill)] == [
        (0, 100, S1, "pledged"), (100, 250, BANK2, ""), (250, 1_000, S1, "")
    ]  # fmt: skip
    check_all(world)


def test_a_pledge_that_secures_nothing_more_does_not_come_back(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=300, due_on=world.plus(1))
    world.day("2026-03-04")
    paid = settle(world, bill, 100, partial=True, reference="A")["payments"][0]["token"]
    told(world, bill, paid, "returned", "BACK")
    enforce(world, made, 300)
    act(world, S1, "agree_enforcement", made)
    reverse(world, "A")
    assert (row_of(world, made)["status"], row_of(world, made)["secured"]) == ("enforced", 300)
    assert [one[:2] + one[3:] for one in leaves(world, bill)] == [
        (0, 100, S1, ""), (100, 400, BANK2, ""), (400, 1_000, S1, "")
    ]  # fmt: skip
    check_all(world)


def test_an_enforcement_that_is_asked_for_goes_on(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=300, due_on=world.plus(1))
    world.day("2026-03-04")
    settle(world, bill, 100, partial=True, reference="A")
    enforce(world, made, 200)
    reverse(world, "A")
    assert row_of(world, made)["status"] == "enforcing"
    assert len(act(world, S1, "agree_enforcement", made)["moved"]) == 1
    assert [one[:2] + one[3:] for one in leaves(world, bill)] == [(0, 200, BANK2, ""), (200, 1_000, S1, "")]
    check_all(world)


def test_a_payment_that_came_back_and_turned_to_the_holder_is_cancelled(world: World) -> None:
    bill, _, made = pledged_bill(world)
    first = settle(world, bill, 400, partial=True, reference="A")["payments"][0]["token"]
    told(world, bill, first, "returned", "BACK")
    act(world, BANK2, "release", made, secured=0)
    told(world, bill, first, "instructed", "AGAIN")
    reverse(world, "A")
    assert set(statuses(world, bill)) == {"cancelled"}
    check_all(world)


# --- freezes ----------------------------------------------------------------------------------------------------------
def locks(world: World, bill: str) -> list[tuple[int, int, list[str]]]:
    return [(leaf["lo"], leaf["hi"], [lock["kind"] for lock in leaf["locks"]]) for leaf in world.leaves(bill)]


def test_a_freeze_comes_back_from_the_money_to_its_cents(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 400)
    before = locks(world, bill)
    settle(world, bill, 500, partial=True, reference="A")
    settle(world, bill, 500, reference="B")
    assert len(world.rows("settlement", "held")) == 2
    reverse(world, "B")
    reverse(world, "A")
    assert locks(world, bill) == before == [(0, 600, []), (600, 1_000, ["frozen"])]
    assert world.rows("settlement", "held") == []
    check_all(world)
    release(world, made)
    assert locks(world, bill) == [(0, 1_000, [])]
    check_all(world)


def test_a_freeze_that_ended_meanwhile_does_not_come_back(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 400)
    settle(world, bill, 1_000, reference="A")
    release(world, made)
    reverse(world, "A")
    assert locks(world, bill) == [(0, 1_000, [])]
    check_all(world)


def test_what_a_pledgee_was_paid_of_frozen_cents_is_pledged_and_frozen_again(world: World) -> None:
    bill, token, made = pledged_bill(world)
    first = frozen(world, token, 1_000)
    [leaf] = world.leaves(bill)
    frozen(world, leaf["id"], 1_000)
    settle(world, bill, 500, partial=True, reference="A")
    assert sorted(statuses(world, bill)) == ["instructed", "set_aside"]
    reverse(world, "A")
    assert locks(world, bill) == [(0, 1_000, ["pledged", "frozen", "frozen"])]
    assert (row_of(world, made)["status"], row_of(world, made)["received"]) == ("active", 0)
    check_all(world)
    settle(world, bill, 300, partial=True, reference="B")
    release(world, first)
    reverse(world, "B")
    assert [one[2] for one in locks(world, bill)] == [["pledged"], ["pledged", "frozen"]]
    check_all(world)


def test_money_that_a_court_gave_bars_a_reversal(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 400)
    settle(world, bill, 1_000, reference="A")
    transfer(world, made, 400, S3)
    refused("payment_already_paid", world, "A")
    given = next(row for _, row in world.rows("settlement", "payment", (bill,)) if row["party"] == S3)
    told(world, bill, given["token"], "paid", "OUT")
    told(world, bill, given["token"], "returned", "BACK")
    refused("payment_already_paid", world, "A")


def test_a_court_gives_no_money_that_a_later_step_cancels(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    for _ in range(2):
        token = world.call(S1, "token", "split", token=token, amounts=[5] * 98)["tokens"][-1]
    made = frozen(world, token, 10)
    settle(world, bill, 1_000, reference="B")
    entered = enter(world, "transfer", {"freeze": made, "amount": 0}, beneficiary=S3)["order"]
    done = reverse(world, "B")
    assert not done["complete"]
    assert acted(world, entered) == {"tokens": [], "payments": []}
    world.call(BANK1, "settlement", "proceed", bill=bill)
    world.day(world.plus(1))
    assert len(given_by(world, entered)["tokens"]) == 1
    check_all(world)


# --- payments ---------------------------------------------------------------------------------------------------------
def test_nothing_is_reversed_of_which_money_went_out_until_it_is_back(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    paid = settle(world, bill, 1_000, reference="A")["payments"][0]["token"]
    told(world, bill, paid, "paid", "OUT")
    refused("payment_already_paid", world, "A")
    told(world, bill, paid, "returned", "BACK")
    assert world.rows("settlement", "agenda") != []
    reverse(world, "A")
    assert world.rows("settlement", "agenda") == []
    assert statuses(world, bill) == ["cancelled"]
    with pytest.raises(Refused, match="payment_transition"):
        told(world, bill, paid, "instructed", "X")
    check_all(world)


def test_a_payee_that_has_its_money_bars_a_reversal(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    paid = settle(world, bill, 1_000, reference="A")["payments"][0]["token"]
    as_two(world, S1, "settlement", "acknowledge", bill=bill, token=paid)
    refused("payment_already_paid", world, "A")


def test_money_set_aside_for_an_insolvent_payee_is_cancelled(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    order(world, S1, "insolvent")
    settle(world, bill, 1_000, reference="A")
    assert statuses(world, bill) == ["set_aside"]
    reverse(world, "A")
    assert statuses(world, bill) == ["cancelled"]


def test_a_payment_of_another_receipt_bars_nothing(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    settle(world, bill, 400, partial=True, reference="A")
    paid_out(world, bill)
    settle(world, bill, 600, reference="B")
    reverse(world, "B")
    assert sorted(statuses(world, bill)) == ["cancelled", "paid"]
    refused("payment_already_paid", world, "A")


# --- until when, by whom ----------------------------------------------------------------------------------------------
def test_a_receipt_of_friday_is_reversed_on_monday_and_not_on_tuesday(world: World) -> None:
    world.day("2026-03-06")
    bill, _ = accepted_bill(world, face=1_000)
    settle(world, bill, 400, partial=True, reference="A")
    settle(world, bill, 400, partial=True, reference="B")
    assert receipt(world, "B")["reversible_until"] == MONDAY
    world.day(MONDAY)
    reverse(world, "B")
    world.day(TUESDAY)
    refused("reversal_too_late", world, "A")


def test_days_on_which_the_network_stood_still_do_not_count(world: World) -> None:
    world.day("2026-03-06")
    bill, _ = accepted_bill(world, face=1_000)
    settle(world, bill, 400, partial=True, reference="A")
    settle(world, bill, 400, partial=True, reference="B")
    stand_still_until(world, "2026-03-10", gap_ms=24 * 3_600_000)
    reverse(world, "B")
    world.day("2026-03-11")
    refused("reversal_too_late", world, "A")


def test_a_standstill_before_the_receipt_prolongs_nothing(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    stand_still_until(world, "2026-03-06")
    world.day("2026-03-09")
    settle(world, bill, 400, partial=True, reference="A")
    world.day("2026-03-11")
    refused("reversal_too_late", world, "A")


def test_only_the_bank_that_recorded_it_by_two_people(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    settle(world, bill, 1_000, reference="A")
    refused("receipt_unknown", world, "A", by=BANK3)
    with pytest.raises(Refused, match="maker_and_checker_needed"):
        world.call(BANK1, "settlement", "reverse", reference="A", reason="")
    paid = world.rows("settlement", "payment")[0][0][1]
    told(world, bill, paid, "returned", "BACK")
    refused("receipt_unknown", world, "BACK")
    reverse(world, "A")
    refused("receipt_transition", world, "A")


def test_the_reference_stays_used_and_says_that_it_was_reversed(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    first = settle(world, bill, 1_000, reference="A")
    reverse(world, "A")
    again = settle(world, bill, 1_000, reference="A")
    assert again == {**first, "repeated": True, "reversed": True}
    assert world.bill(bill)["status"] == "active"
    with pytest.raises(Refused, match="reference_used_otherwise"):
        settle(world, bill, 999, partial=True, reference="A")


def test_a_suspended_bank_reverses(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    settle(world, bill, 1_000, reference="A")
    world.overlay.put(row_key("party", "party", BANK1), {**world.row("party", "party", BANK1), "status": "suspended"})
    world.checked = False
    assert reverse(world, "A")["complete"]


# --- the bill ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("day", "status", "overdue_on"), [
    ("2026-03-04", "active", ""), (MONDAY, "due", ""), (TUESDAY, "overdue", TUESDAY),
])  # fmt: skip
def test_a_bill_that_was_paid_stands_by_what_day_it_is(world: World, day: str, status: str, overdue_on: str) -> None:
    bill, _ = accepted_bill(world, face=1_000, due_on=MONDAY)
    world.day(day)
    settle(world, bill, 1_000, reference="A", value_date="2026-03-04" if day == "2026-03-04" else MONDAY)
    reverse(world, "A")
    assert figures(world, bill) == (status, 0, 0, overdue_on, "")
    world.day(MONDAY if day == "2026-03-04" else TUESDAY)
    assert world.bill(bill)["status"] == ("due" if day == "2026-03-04" else "overdue")
    world.day(THURSDAY)
    assert figures(world, bill) == ("overdue", 0, 0, TUESDAY, "")
    settle(world, bill, 1_000, reference="B", value_date=THURSDAY)
    assert (world.bill(bill)["status"], world.bill(bill)["overdue_on"]) == ("settled", TUESDAY)
    check_all(world)


def a_day_comes_again(world: World) -> None:
    """Of a bill whose day would have been forgotten: it was paid on the day before, and that item is done."""
    bill, _ = accepted_bill(world, face=1_000, due_on=MONDAY)
    settle(world, bill, 1_000, reference="A")
    world.overlay.delete(row_key("bill", "agenda", [MONDAY, "due", bill]))
    reverse(world, "A")
    world.day(MONDAY)
    assert world.bill(bill)["status"] == "due"


def test_a_bill_of_an_undecided_year_waits_for_its_calendar_again(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000, due_on="2028-01-03")
    assert [key for key, _ in world.rows("bill", "provisional")] == [[2028, bill]]
    settle(world, bill, 1_000, reference="A")
    assert world.rows("bill", "provisional") == []
    reverse(world, "A")
    assert [key for key, _ in world.rows("bill", "provisional")] == [[2028, bill]]


def test_money_of_before_and_after_the_last_day_in_time_is_told_apart(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000, due_on=MONDAY)
    world.day(TUESDAY)
    settle(world, bill, 400, partial=True, reference="A", value_date=MONDAY)
    settle(world, bill, 100, partial=True, reference="B", value_date=TUESDAY)
    reverse(world, "B")
    assert figures(world, bill) == ("overdue", 400, 400, TUESDAY, "")
    reverse(world, "A")
    assert figures(world, bill) == ("overdue", 0, 0, TUESDAY, "")


def test_a_hundred_receipts_stand_and_then_all_is_paid_at_once(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    for number in range(100):
        settle(world, bill, 1, partial=True, reference=f"A-{number}")
    with pytest.raises(Refused, match="too_many_receipts"):
        settle(world, bill, 1, partial=True, reference="A")
    reverse(world, "A-99")
    settle(world, bill, 1, partial=True, reference="A-100")
    assert settle(world, bill, 900, reference="ALL")["outstanding"] == 0


# --- steps ------------------------------------------------------------------------------------------------------------
def in_steps(face: int = 1_000) -> tuple[World, str]:
    """A world in which a step takes three payments back, and a bill of ten tokens of S1."""
    world = World(changes={"settlement": ("MOST_LEAVES_BACK = 1500", "MOST_LEAVES_BACK = 30")})
    bill, token = accepted_bill(world, face=face)
    world.call(S1, "token", "split", token=token, amounts=[face // 10] * 9)
    return world, bill


def to_the_end(world: World, bill: str, done: dict[str, Any], by: str = BANK1) -> tuple[list[str], int]:
    tokens, number = list(done["tokens"]), 1
    while not done["complete"]:
        check_all(world)
        done = world.call(by, "settlement", "proceed", bill=bill)
        tokens, number = tokens + done["tokens"], number + 1
    check_all(world)
    assert done["outstanding"] == world.bill(bill)["face"] - world.bill(bill)["settled"]
    return tokens, number


def test_many_tokens_come_back_in_steps() -> None:
    world, bill = in_steps()
    settle(world, bill, 500, partial=True, reference="A")
    settle(world, bill, 500, reference="B")
    done = reverse(world, "B")
    assert (done["complete"], world.bill(bill)["status"]) == (False, "active")
    assert 0 < world.bill(bill)["settled"] - 500 < 500
    tokens, number = to_the_end(world, bill, done)
    assert number > 3
    assert sorted(tokens) == sorted(one["id"] for one in world.leaves(bill) if one["status"] == "live")
    assert (len(tokens), world.bill(bill)["settled"]) == (10, 500)
    with pytest.raises(Refused, match="nothing_to_proceed"):
        world.call(BANK1, "settlement", "proceed", bill=bill)
    to_the_end(world, bill, reverse(world, "A"))
    assert [one[:3] for one in leaves(world, bill)] == [(at, at + 100, "live") for at in range(0, 1_000, 100)]


def test_a_payment_that_a_later_step_cancels_is_paid_no_more(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    for _ in range(2):
        token = world.call(S1, "token", "split", token=token, amounts=[5] * 98)["tokens"][-1]
    settle(world, bill, 500, partial=True, reference="OLD")
    settle(world, bill, 500, reference="B")
    assert not reverse(world, "B")["complete"]
    rows = [(key[1], row) for key, row in world.rows("settlement", "payment", (bill,))]
    waiting = next(token for token, row in rows if (row["reference"], row["status"]) == ("B", "instructed"))
    older = next(token for token, row in rows if row["reference"] == "OLD")
    for status in ("paid", "returned"):
        with pytest.raises(Refused, match="settlement_under_way"):
            told(world, bill, waiting, status, f"OUT-{status}")
    with pytest.raises(Refused, match="settlement_under_way"):
        as_two(world, S1, "settlement", "acknowledge", bill=bill, token=waiting)
    told(world, bill, older, "paid", "OUT-OLD")
    for reference, reason in (("B", "receipt_transition"), ("OLD", "payment_already_paid")):
        refused(reason, world, reference)
    with pytest.raises(Refused, match="settlement_under_way"):
        settle(world, bill, 1, partial=True)


def test_nothing_of_the_bill_is_reversed_settled_or_joined_meanwhile() -> None:
    world, bill = in_steps()
    settle(world, bill, 500, partial=True, reference="A")
    settle(world, bill, 500, reference="B")
    reverse(world, "B")
    refused("settlement_under_way", world, "A")
    first, second = [one["id"] for one in world.leaves(bill) if one["status"] == "live"][:2]
    assert first != second
    with pytest.raises(Refused, match="tokens_not_neighbours"):
        world.call(S1, "token", "merge", tokens=[first, second])


def test_who_pays_the_bill_goes_on_with_a_reversal() -> None:
    world, bill = in_steps()
    settle(world, bill, 1_000, reference="A")
    done = reverse(world, "A")
    with pytest.raises(Refused, match="not_the_paying_bank"):
        world.call(BANK3, "settlement", "proceed", bill=bill)
    name_successor(world, BANK1, BANK2)
    to_the_end(world, bill, done, by=BANK2)


def test_a_pledge_comes_back_step_by_step() -> None:
    world = World(changes={"settlement": ("MOST_LEAVES_BACK = 1500", "MOST_LEAVES_BACK = 30")})
    bill, token = accepted_bill(world, face=1_000)
    pieces = world.call(S1, "token", "split", token=token, amounts=[100] * 9)["tokens"]
    made = pledge(world, *pieces, secured=5_000)
    settle(world, bill, 1_000, reference="A")
    assert row_of(world, made)["status"] == "ended"
    done = reverse(world, "A")
    row = row_of(world, made)
    assert (row["status"], row["received"], len(row["tokens"])) == ("active", 700, 3)
    to_the_end(world, bill, done)
    row = row_of(world, made)
    assert (row["received"], row["unpaid"], len(row["tokens"])) == (0, 0, 10)
    settle(world, bill, 300, partial=True, reference="B")
    to_the_end(world, bill, reverse(world, "B"))
    assert [one[:2] + one[4:] for one in leaves(world, bill)] == [
        (at, at + 100, "pledged") for at in range(0, 1_000, 100)
    ]


def test_a_reversal_goes_in_a_transaction_of_its_own(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    settle(world, bill, 400, partial=True, reference="A")
    keys = [key_of(BANK1), key_of(BANK1, 1)]
    back = ("settlement", "reverse", {"reference": "A", "reason": ""})
    money = {"bill": bill, "amount": 1_000, "reference": "B", "value_date": world.today, "partial": False}
    with pytest.raises(Refused, match="settle_in_its_own_transaction"):
        world.send(BANK1, back, ("settlement", "settle", money), keys=keys)
    money |= {"amount": 600}
    with pytest.raises(Refused, match="settle_in_its_own_transaction"):
        world.send(
            BANK1, ("settlement", "settle", money), ("settlement", "reverse", {"reference": "B", "reason": ""}),
            keys=keys,
        )  # fmt: skip
