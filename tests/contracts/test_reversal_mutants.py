"""Each rule of reversals, broken once: what is told of them elsewhere must notice."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.mutants import Mutant, Scenario, assert_it_dies, is_refused
from contracts.world import World

from contracts import refusals_reversal as refused
from contracts import test_reversal as told


def on_monday(test: Any) -> Scenario:
    """The same told of the day of payment."""
    return lambda world: test(world, told.MONDAY, "due", "")


def too_late(world: World) -> None:
    is_refused(refused.reverse_two_business_days_later)(world)


MUTANTS: dict[str, Mutant] = {
    "alone": (
        "settlement",
        "    require_maker_and_checker()\n    bill = receipt",
        "    bill = receipt",
        is_refused(refused.reverse_alone),
    ),
    "twice": (
        "settlement",
        'require(may, "receipt_transition"',
        'require(True, "receipt_transition"',
        told.test_only_the_bank_that_recorded_it_by_two_people,
    ),
    "any of the bill": (
        "settlement",
        'require(is_newest, "reversal_not_newest"',
        'require(True, "reversal_not_newest"',
        told.test_the_worked_example,
    ),
    "money that went out": (
        "settlement",
        "gone = paid.has([ctx.party, reference]) or",
        "gone = False or",
        is_refused(refused.reverse_what_was_paid_out),
    ),
    "money that came back still counts as gone": (
        "settlement",
        '- (1 if row["status"] == "paid" else 0)',
        "- 0",
        told.test_nothing_is_reversed_of_which_money_went_out_until_it_is_back,
    ),
    "a reported payment counts for nothing": (
        "settlement",
        "    count_paid(row, status)\n",
        "",
        told.test_a_payee_that_has_its_money_bars_a_reversal,
    ),
    "at any time": ("settlement", 'require(ctx.today <= until, "reversal', 'require(True, "reversal', too_late),
    "on the same day only": (
        "settlement",
        '"business_days_after", ctx.today, 1) if money',
        '"business_days_after", ctx.today, 0) if money',
        told.test_a_receipt_of_friday_is_reversed_on_monday_and_not_on_tuesday,
    ),
    "a standstill of before prolongs": (
        "settlement",
        '"stood_ms": invoke("calendar", "stood_ms") if money else 0',
        '"stood_ms": 0',
        told.test_a_standstill_before_the_receipt_prolongs_nothing,
    ),
    "a standstill takes the day": (
        "settlement",
        'return add_days(later["acts_on"], -1)',
        'return receipt["reversible_until"]',
        told.test_days_on_which_the_network_stood_still_do_not_count,
    ),
    "the one before is not the newest then": (
        "settlement",
        '"count": last["count"] - 1}',
        '"count": last["count"]}',
        told.test_a_part_that_lies_between_what_stands_comes_back_by_itself,
    ),
    "no end of receipts": (
        "settlement",
        'require(few, "too_many_receipts"',
        'require(True, "too_many_receipts"',
        told.test_a_hundred_receipts_stand_and_then_all_is_paid_at_once,
    ),
    "the hundred-and-first pays all no more": (
        "settlement",
        "few = amount == outstanding or last",
        "few = last",
        told.test_a_hundred_receipts_stand_and_then_all_is_paid_at_once,
    ),
    "all receipts of the bill": (
        "settlement",
        'if row["bank"] == step["bank"] and row["reference"] == step["reference"]:',
        "if True:",
        told.test_the_worked_example,
    ),
    "in the same transaction": (
        "settlement",
        'require(receipt["transaction"] != ctx.transaction,',
        "require(True,",
        told.test_a_reversal_goes_in_a_transaction_of_its_own,
    ),
    "payments stay": ("settlement", 'put_status(row, "cancelled")', "pass", told.test_the_worked_example),
    "a later step is paid out before": (
        "settlement",
        '    require_receipt_stands(row)\n    if status == "set_aside"',
        '    if status == "set_aside"',
        told.test_a_payment_that_a_later_step_cancels_is_paid_no_more,
    ),
    "nobody hears that it was reversed": (
        "settlement",
        'result["reversed"] = True',
        "pass",
        told.test_the_reference_stays_used_and_says_that_it_was_reversed,
    ),
    "the bank stays repaid": (
        "settlement",
        'invoke("finance", "bank_owed_again", token["financing"], row["amount"])',
        "pass",
        told.test_a_bank_that_was_repaid_is_owed_again,
    ),
    "the request stays repaid": (
        "finance",
        '    request["status"] = status\n    requests.put(row["request"], request)\n',
        "",
        told.test_a_bank_that_was_repaid_is_owed_again,
    ),
    "figures stay": ("bill", 'row["settled"] -= amount', "pass", told.test_the_worked_example),
    "in time stays": (
        "bill",
        '        row["settled_in_time"] -= amount\n',
        "        pass\n",
        told.test_the_worked_example,
    ),
    "late money was in time": (
        "bill",
        'if value_date <= row["overdue_after"]:\n        row["settled_in_time"] -= amount',
        'if True:\n        row["settled_in_time"] -= amount',
        told.test_money_of_before_and_after_the_last_day_in_time_is_told_apart,
    ),
    "always active": (
        "bill",
        "    else:\n        fall_due(row)\n",
        "",
        on_monday(told.test_a_bill_that_was_paid_stands_by_what_day_it_is),
    ),
    "no day comes any more": (
        "bill",
        '        agenda.put([due_on, "due", row["id"]], {"bill": row["id"], "step": "due"})\n',
        "        pass\n",
        told.a_day_comes_again,
    ),
    "closed for ever": (
        "bill",
        '    row["closed_on"] = ""\n    invoke("guarantee"',
        '    invoke("guarantee"',
        told.test_the_worked_example,
    ),
    "counted no more": (
        "bill",
        '    count_to_pay(row, 1)\n    if not row["pay_on_final"]',
        '    if not row["pay_on_final"]',
        told.test_the_worked_example,
    ),
    "the calendar is forgotten": (
        "bill",
        '    if not row["pay_on_final"] and ctx.today < row["pay_on"]:\n        compute_pay_date(row)\n',
        "",
        told.test_a_bill_of_an_undecided_year_waits_for_its_calendar_again,
    ),
    "a payment's cut stays": (
        "token",
        '("offer", "finance", "legal", "payment")',
        '("offer", "finance", "legal")',
        told.test_what_a_part_payment_cut_is_whole_again,
    ),
    "only the last cut is whole again": (
        "token",
        "        put_in_place(joined, parent)\n",
        "",
        told.test_a_part_that_lies_between_what_stands_comes_back_by_itself,
    ),
    "free of its pledge": (
        "token",
        'child["locks"] = one["locks"]',
        "pass",
        told.test_a_covered_pledge_is_active_again,
    ),
    "under what secures nothing more": (
        "settlement",
        ' and pledge["secured"] > taken',
        "",
        told.test_a_pledge_that_secures_nothing_more_does_not_come_back,
    ),
    "the holder's share is free": (
        "token",
        'common = {"under": pledge_of(row), ',
        'common = {"under": "", ',
        told.test_what_the_holder_was_paid_of_a_covered_pledge_is_pledged_again,
    ),
    "a court's freeze is lost on money that is reversed": (
        "settlement",
        "return locks + frozen",
        "return locks",
        told.test_a_freeze_comes_back_from_the_money_to_its_cents,
    ),
    "a court's freeze is lost on what a pledgee was paid": (
        "settlement",
        'freezes_of(row) + row["beside"]',
        "freezes_of(row)",
        told.test_what_a_pledgee_was_paid_of_frozen_cents_is_pledged_and_frozen_again,
    ),
    "a waiting freeze comes first": (
        "settlement",
        " and first_in_force",
        "",
        told.test_what_a_pledgee_was_paid_of_frozen_cents_is_pledged_and_frozen_again,
    ),
    "an ended freeze comes back": (
        "settlement",
        'if freeze["status"] in FREEZE_STANDING and',
        "if True and",
        lambda world: told.test_what_a_pledgee_was_paid_of_frozen_cents_is_pledged_and_frozen_again(world),
    ),
    "money stays filed under its freeze": (
        "settlement",
        "    file_under(row, [])\n    if awaited",
        "    if awaited",
        told.test_a_freeze_comes_back_from_the_money_to_its_cents,
    ),
    "what a court gave is taken back": (
        "settlement",
        "    count_as_paid(row, 1)  # nobody but the court takes it back\n",
        "",
        told.test_money_that_a_court_gave_bars_a_reversal,
    ),
    "a court gives what is being reversed": (
        "legal",
        'later = later or given == room or (step is not None and "reversal" in step)',
        "later = later or given == room",
        told.test_a_court_gives_no_money_that_a_later_step_cancels,
    ),
    "all is secured again": (
        "pledge",
        '        row["secured"] -= row["owed"]\n',
        "        pass\n",
        told.test_an_enforced_pledge_secures_again_what_was_not_enforced,
    ),
    "an ended pledge is not counted": (
        "pledge",
        '    count_taken(row["pledgee"], 1)\n    emit("pledge_reopened"',
        '    emit("pledge_reopened"',
        told.test_a_pledge_that_ended_with_its_cents_stands_again,
    ),
    "tokens that are gone": (
        "pledge",
        'live_among(row["tokens"]) + tokens',
        'row["tokens"] + tokens',
        told.test_a_covered_pledge_is_active_again,
    ),
    "what is cancelled is still to be paid": (
        "settlement",
        'status in ("paid", "cancelled") else 1',
        'status in ("paid",) else 1',
        told.test_a_covered_pledge_is_active_again,
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_dies(mutant: str) -> None:
    assert_it_dies(MUTANTS[mutant], TypeError, IndexError, KeyError)
