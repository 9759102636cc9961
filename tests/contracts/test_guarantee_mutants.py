"""Each rule of guarantees, broken once: what is told of them elsewhere must notice."""

from __future__ import annotations

from typing import Any

import pytest
from chainbill_contracts import source
from contracts.mutants import Mutant, Scenario
from contracts.refusals import CASES
from contracts.world import World

from chainbill.errors import Refused
from contracts import refusals_guarantees as refusals
from contracts import test_guarantees as told

EXAMPLE = told.test_the_worked_example
MONEY = told.test_a_pledge_and_freezes_follow_the_money
AGAIN = told.test_a_reversal_of_the_debtor_s_money_lets_the_guarantee_stand_again
PAID = told.test_what_a_guarantor_paid_and_sold_no_other_pays
BOUGHT = told.test_what_a_guarantor_buys_no_other_pays
BEFORE = told.test_a_guarantee_takes_nothing_from_who_bought_of_its_guarantor_before
REPAID = told.test_a_bank_that_is_paid_by_a_guarantor_is_repaid
SAID_TWICE = told.test_said_again_it_is_paid_once


def ends(how: str) -> Scenario:
    return lambda world: told.test_a_guarantee_ends_however_the_bill_does(world, how)


def last_day(world: World) -> None:
    told.test_a_receipt_that_is_reversed_takes_no_last_day(world, told.FACE)


def refused(provoke: Scenario) -> Scenario:
    """The scenario that this is refused for its own reason, and no other."""
    reasons = {case.reason for case in CASES if case.provoke is provoke}

    def scenario(world: World) -> None:
        with pytest.raises(Refused) as caught:
            provoke(world)
        assert caught.value.reason in reasons

    return scenario


MUTANTS: dict[str, Mutant] = {
    "anybody guarantees": (
        "guarantee", '"guarantor" in require_party(ctx.party)["roles"]', '"" != require_party(ctx.party)["id"]',
        refused(refusals.guarantee_as_a_supplier),
    ),
    "debtor and creditor guarantee": (
        "guarantee", 'ctx.party not in (row["debtor"], row["creditor"])', 'ctx.party not in ("", "-")',
        refused(refusals.guarantee_one_s_own_claim),
    ),
    "one alone guarantees": (
        "guarantee", "    require_maker_and_checker()\n", "", refused(refusals.guarantee_alone)
    ),
    "any bill": (
        "guarantee", 'row["status"] in BILL_WARRANTABLE', 'row["status"] != ""', refused(refusals.guarantee_what_is_due)
    ),
    "twice": (
        "guarantee", 'require(False, "guarantee_transition"', 'require(True, "guarantee_transition"',
        refused(refusals.guarantee_twice),
    ),
    "no period": (
        "guarantee", 'until > row["pay_on"]', 'until >= row["pay_on"]',
        refused(refusals.guarantee_until_the_day_of_payment),
    ),
    "no account": (
        "guarantee", '    account = require_account(ctx.party, row["currency"])\n', '    account = {"bank": "-"}\n',
        refused(refusals.guarantee_without_an_account),
    ),
    "guarantors without number": (
        "guarantee", "len(listed) < MOST_GUARANTORS", "len(listed) <= MOST_GUARANTORS",
        refused(refusals.guarantee_as_the_eleventh),
    ),
    "anybody demands": (
        "guarantee", 'held["holder"] == ctx.party, "not_the_holder"', 'held["holder"] != "", "not_the_holder"',
        refused(refusals.demand_as_a_stranger),
    ),
    "with a token of another bill": (
        "guarantee", 'held is not None and held["bill"] == bill', "held is not None",
        refused(refusals.demand_with_a_token_of_another_bill),
    ),
    "a demand too early": (
        "guarantee", 'owed["status"] in BILL_OVERDUE', 'owed["status"] != ""', refused(refusals.demand_too_early)
    ),
    "a demand in the days of grace": (
        "guarantee", "ctx.today > last", "ctx.today >= last",
        refused(refusals.demand_on_the_business_day_after),
    ),
    "a demand too late": (
        "guarantee", "ctx.today <= until", 'ctx.today != ""', refused(refusals.demand_too_late)
    ),
    "a demand on the last day": (
        "guarantee", "ctx.today <= until", "ctx.today < until",
        told.test_a_demand_is_in_time_or_it_is_none,
    ),
    "a reversal gives no time": (
        "settlement", 'receipts.get([step["bank"], step["reference"]])["entered_on"]', '"9999-12-31"', last_day
    ),
    "a receipt of after the last day gives time": (
        "guarantee", 'if since <= row["until"]:', 'if since != "":', last_day
    ),
    "a later demand takes the place": (
        "guarantee", "    if known is None:\n        known", "    if True:\n        known", EXAMPLE
    ),
    "an insolvent debtor's guarantor waits": (
        "guarantee", '["status"] != "insolvent":', '["status"] != "":',
        told.test_of_an_insolvent_debtor_s_guarantor_it_is_demanded_at_once,
    ),
    "it pays before the bill is overdue": (
        "settlement", 'row["status"] in BILL_OVERDUE', 'row["status"] != ""', refused(refusals.pay_before_it_is_overdue)
    ),
    "it pays in the days of grace": (
        "settlement", "    require(ctx.today > last, \"bill_overdue_too_short\"",
        "    require(ctx.today >= last, \"bill_overdue_too_short\"", refused(refusals.pay_on_the_business_day_after),
    ),
    "any bank records it": (
        "settlement", 'account["bank"] == ctx.party, "not_the_guarantors_bank"',
        'account["bank"] != "", "not_the_guarantors_bank"', refused(refusals.pay_as_the_paying_bank),
    ),
    "money of before": (
        "settlement", 'value_date > row["pay_on"]', 'value_date >= row["pay_on"]',
        refused(refusals.pay_on_the_day_of_payment),
    ),
    "a token twice": (
        "settlement", 'require(place[1] not in by_lo, "token_named_twice")', "pass",
        refused(refusals.pay_a_token_twice),
    ),
    "in the order in which they are named": (
        "settlement", '"pay_for_debtor", by_lo', '"pay_for_debtor", tokens',
        told.test_tokens_are_paid_by_their_cents_whatever_order_they_are_named_in,
    ),
    "no policy": (
        "settlement", 'require_policy(bank, "settlement.pay_guarantee", row["currency"], amount)',
        'require_policy(bank, "settlement.pay_guarantee", row["currency"], 0)',
        refused(refusals.pay_alone_above_the_limit),
    ),
    "while a settlement is under way": (
        "settlement",
        'require(not steps.has(bill), "settlement_under_way", {"bill": bill})\n    places',
        'require(True, "settlement_under_way", {"bill": bill})\n    places',
        told.test_a_settlement_in_steps_is_finished_first,
    ),
    "its receipt is reversed": (
        "settlement", 'require(receipt["kind"] == "settlement", "reversal_too_late"',
        'require(receipt["kind"] != "", "reversal_too_late"', AGAIN,
    ),
    "what it paid is not told": (
        "settlement", '    invoke("guarantee", "guarantor_paid", bill, guarantor, amount)\n', "", EXAMPLE
    ),
    "a payment of its own": (
        "settlement", 'step["kind"] if "kind" in step else "holder"', '"holder"', EXAMPLE
    ),
    "pledges hear nothing": (
        "settlement", "    tell_pledges(done)\n    invoke(\"guarantee\"", "    invoke(\"guarantee\"", MONEY
    ),
    "the tokens stay financed": (
        "token", 'kind in ("force", "enforce", "guarantee")', 'kind in ("force", "enforce")', REPAID
    ),
    "another guarantor pays it again": (
        "guarantee", 'other or hop["kind"] == "guarantee"', "other", PAID
    ),
    "it pays itself": (
        "guarantee", 'row["holder"] != guarantor and not borne', "not borne", refused(refusals.pay_what_it_holds)
    ),
    "what another guarantor bought it pays": (
        "guarantee", 'other or hop["kind"] == "guarantee"', 'hop["kind"] == "guarantee"', BOUGHT
    ),
    "sold on it pays that": (
        "guarantee", 'not in ("sale", "enforce", "force")', 'not in ("enforce", "force")', BOUGHT
    ),
    "who became a guarantor later took its own away": (
        "guarantee", ' and own["created"]["height"] <= hop["height"]', "", BEFORE
    ),
    "a settled bill is guaranteed on": (
        "bill", '        row["status"] = "settled"\n        invoke("guarantee", "guaranteed_closed", row["id"])\n',
        '        row["status"] = "settled"\n', EXAMPLE,
    ),
    "a void bill is guaranteed on": (
        "bill", '    invoke("guarantee", "guaranteed_closed", row["id"])\n    agenda', "    agenda", ends("void")
    ),
    "a rejected bill is guaranteed on": (
        "bill",
        '        invoke("guarantee", "guaranteed_closed", row["id"])\n        count_to_pay(row, -1)\n    forget',
        "        count_to_pay(row, -1)\n    forget", ends("reject"),
    ),
    "not again": ("bill", '    invoke("guarantee", "guaranteed_again", row["id"])\n', "", AGAIN),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_dies(mutant: str) -> None:
    """As `assert_it_dies`, in a world with guarantors."""
    name, before, after, scenario = MUTANTS[mutant]
    assert source(name).count(before) == 1
    scenario(World(members=members_of(mutant)))
    with pytest.raises((AssertionError, Refused, pytest.fail.Exception, TypeError, IndexError, KeyError)):
        scenario(World(members=members_of(mutant), changes={name: (before, after)}))


def members_of(mutant: str) -> list[dict[str, Any]]:
    """Whom the scenario of a mutant needs."""
    special = {
        "debtor and creditor guarantee": refusals.CREDITOR, "no account": refusals.WITHOUT_ACCOUNT,
        "guarantors without number": refusals.TEN, "no policy": refusals.WITH_POLICY,
        "it pays itself": refusals.BOTH, "another guarantor pays it again": told.with_a_bank(),
        "what another guarantor bought it pays": told.with_a_bank(),
        "sold on it pays that": told.with_a_bank(),
        "who became a guarantor later took its own away": told.with_a_bank(),
    }  # fmt: skip
    return special.get(mutant, refusals.MEMBERS)
