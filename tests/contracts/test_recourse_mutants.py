"""Each rule of recourse, broken once: what is told of them elsewhere must notice."""

from __future__ import annotations

import pytest
from contracts.claiming import FACE, agreed, bought_back, claim, financed
from contracts.mutants import Mutant, assert_it_dies, is_refused
from contracts.world import BANK1, S2, World, change

from contracts import refusals_recourse as refused
from contracts import test_recourse as told


def policy(world: World, party: str, act: str) -> None:
    rule = {"action": f"recourse.{act}", "currency": "CNY", "above": FACE - 1}
    change(world, party, "set_policy", policy={"rules": [rule]})


def asked_above_ones_limit(world: World) -> None:
    token = financed(world)[1]
    policy(world, BANK1, "ask_recourse")
    claim(world, token, ground="agreed")


def agreed_above_ones_limit(world: World) -> None:
    token = financed(world)[1]
    policy(world, S2, "accept_recourse")
    agreed(world, token, ground="agreed")


def recorded_above_ones_limit(world: World) -> None:
    token = financed(world)[1]
    policy(world, BANK1, "bought_back")
    agreed(world, token, ground="agreed")
    bought_back(world, token)


def answered_late(world: World) -> None:
    """As if the day change had not come yet: dates decide."""
    token = financed(world)[1]
    claim(world, token, ground="agreed")
    world.time_ms += 31 * 86_400_000
    world.call(S2, "recourse", "accept_recourse", token=token)


PAID_SINCE = told.test_what_the_debtor_pays_lowers_what_is_asked
EXAMPLE = told.test_the_worked_example
IN_PIECES = told.test_a_freeze_of_a_part_cuts_the_token_and_ends_no_claim
BARRED = told.test_a_claim_bars_all_but_settlement_and_courts
DAYS = told.test_it_stands_for_thirty_days_and_the_bank_may_say_so_the_business_day_after
LIABLE = told.test_whoever_passed_it_on_is_liable_where_the_terms_say_so
REVERSED = told.test_a_reversal_brings_the_amount_back_and_no_claim_that_lapsed
MUTANTS: dict[str, Mutant] = {
    "anybody agrees": (
        "recourse", 'require(claim["asked"] == ctx.party, "not_asked")\n    sender',
        'require(claim["asked"] != "", "not_asked")\n    sender', is_refused(refused.agree_for_another),
    ),
    "anybody refuses": (
        "recourse", 'require(claim["asked"] == ctx.party, "not_asked")\n    require_capability',
        'require(claim["asked"] != "", "not_asked")\n    require_capability',
        told.test_refused_or_withdrawn_it_is_asked_again,
    ),
    "anybody withdraws": (
        "recourse", 'require(claim["holder"] == ctx.party, "not_the_holder")',
        'require(claim["holder"] != "", "not_the_holder")', is_refused(refused.withdraw_for_another),
    ),
    "any bank records the money": (
        "recourse", 'require(bank_of(claim) == ctx.party, ', 'require(bank_of(claim) != "", ',
        is_refused(refused.say_for_another_bank_that_it_was_paid),
    ),
    "a cent less is enough": (
        "recourse", "require(amount >= asked, ", "require(amount >= asked - 1, ", is_refused(refused.pay_a_cent_less),
    ),
    "what the debtor paid is asked twice": (
        "recourse", 'claim["amount"] - claim["principal"] + claim["left"]', 'claim["amount"]', PAID_SINCE,
    ),
    "nothing is said of a payment": (
        "settlement", '    if "claim" in one:\n', "    if False:\n", PAID_SINCE,
    ),
    "the rest bears no claim": (
        "general", 'like["claim"] if "claim" in like and like["holder"] == holder else "none"', '"none"', PAID_SINCE,
    ),
    "a claim goes on with another holder": (
        "general", 'like["claim"] if "claim" in like and like["holder"] == holder else "none"',
        'like["claim"] if "claim" in like else "none"', told.test_a_court_that_gives_the_token_away_leaves_no_claim,
    ),
    "what a court gave is still asked": (
        "legal", '            invoke("recourse", "cents_gone", token["claim"], "", amount)\n', "            pass\n",
        told.test_what_a_court_gives_of_a_claimed_token_is_asked_no_more,
    ),
    "what is paid whole is still claimed": (
        "recourse", 'if row["left"] == 0 and row["status"] in CLAIM_OPEN:', 'if row["left"] < 0:', BARRED,
    ),
    "a reversal leaves it paid": (
        "recourse", '    row["left"] += amount\n', '    row["left"] += 0\n', REVERSED,
    ),
    "a claimed token is free": (
        "general", '    require(claim_on(row) == "", "claim_open", {"token": row["id"]})\n', "", BARRED,
    ),
    "a claim that was withdrawn locks": (
        "general", 'stands = claim["status"] in CLAIM_OPEN and', "stands =",
        told.test_refused_or_withdrawn_it_is_asked_again,
    ),
    "overdue at once": (
        "recourse", "require(ctx.today > claimed_from, ", 'require(ctx.today != "", ',
        is_refused(refused.ask_on_the_day_after_the_day_of_payment),
    ),
    "a day too late": (
        "recourse", "require(ctx.today > claimed_from, ", "require(ctx.today > add_days(claimed_from, 1), ", EXAMPLE,
    ),
    "any bill is overdue": (
        "recourse", 'bill["status"] in BILL_OVERDUE', 'bill["status"] != ""',
        told.test_it_waits_for_the_business_day_after_the_day_of_payment,
    ),
    "any debtor is insolvent": (
        "recourse", 'require(status == "insolvent", ', 'require(status != "", ',
        is_refused(refused.ask_because_of_an_insolvency_that_is_none),
    ),
    "recourse without recourse": (
        "recourse", '        return hop["price"]["recourse"]\n', "        return True\n",
        is_refused(refused.ask_where_it_was_financed_without),
    ),
    "every transferor is liable": (
        "recourse", 'return hop["kind"] == "transfer" and liable', 'return hop["kind"] == "transfer"', EXAMPLE,
    ),
    "no transferor is liable": ("recourse", 'return hop["kind"] == "transfer" and liable', "return False", LIABLE),
    "the debtor is asked": (
        "recourse", 'hop["kind"] in GIVEN_BY if ground', 'hop["kind"] != "" if ground',
        is_refused(refused.ask_back_what_the_debtor_gave),
    ),
    "twenty-nine days": ("recourse", "CLAIM_DAYS = 30", "CLAIM_DAYS = 29", DAYS),
    "recorded on the last day alone": (
        "recourse", 'invoke("calendar", "business_days_after", claim["until"], 1)', 'claim["until"]', DAYS,
    ),
    "money after the last day": (
        "recourse", 'require(value_date <= claim["until"], ', 'require(value_date != "", ',
        is_refused(refused.pay_after_the_thirty_days),
    ),
    "money before the agreement": (
        "recourse", "require(agreed_on <= value_date, ", 'require("" <= value_date, ',
        is_refused(refused.pay_before_one_agreed),
    ),
    "money of tomorrow": (
        "recourse", "require(value_date <= ctx.today, ", 'require(value_date != "", ',
        is_refused(refused.say_that_it_will_be_paid),
    ),
    "agreed after its last day": (
        "recourse", 'if status in CLAIM_OPEN and claim["stands_until"] < ctx.today:', 'if status == "":',
        is_refused(answered_late),
    ),
    "a piece for the whole": (
        "recourse", 'require(row["hi"] - row["lo"] == claim["left"], ', 'require(row["hi"] > row["lo"], ', IN_PIECES,
    ),
    "frozen cents are given back": (
        "recourse", '    require(len(row["locks"]) == 0, "token_locked", ', '    require(True, "token_locked", ',
        told.test_a_freeze_bars_the_buyback_and_not_the_claim,
    ),
    "a financing that was undone is owed": ("recourse", 'if undone == "finance":', 'if undone == "":', EXAMPLE),
    "a sale that was undone is repaid": ("recourse", 'if undone == "finance":', 'if undone != "":', EXAMPLE),
    "a receipt counts twice": (
        "recourse", "    receipts.put([ctx.party, reference], {", '    receipts.put([ctx.party, ""], {',
        told.test_the_same_payment_again_answers_the_first_result,
    ),
    "other content under a reference": (
        "recourse", 'require(known["digest"] == content, ', "require(True, ",
        told.test_the_same_payment_again_answers_the_first_result,
    ),
    "a reference of a settlement": (
        "recourse", "    require_new_reference(reference)\n", "",
        is_refused(refused.pay_under_a_reference_that_is_used),
    ),
    "a reference of a buyback": (
        "general", ' or buybacks.has([ctx.party, reference])', "", told.test_a_reference_of_a_buyback_is_used_once,
    ),
    "what was written off stays so": (
        "recourse", '    invoke("write_off", "cents_paid", claim["bill"], [token])\n', "",
        told.test_what_was_written_off_is_recovered_by_a_buyback,
    ),
    "one person asks any amount": (
        "recourse", '    require_policy(sender, "recourse.ask_recourse", row["currency"], amount)\n', "",
        is_refused(asked_above_ones_limit),
    ),
    "one person agrees to any amount": (
        "recourse", '    require_policy(sender, "recourse.accept_recourse", claim["currency"], asked)\n', "",
        is_refused(agreed_above_ones_limit),
    ),
    "one person records any amount": (
        "recourse", '    require_policy(bank, "recourse.bought_back", claim["currency"], amount)\n', "",
        is_refused(recorded_above_ones_limit),
    ),
    "a claim is never over": (
        "recourse", 'claim["stands_until"] < ctx.today:\n        claim', 'claim["stands_until"] == "":\n        claim',
        told.test_it_ends_by_itself_and_is_asked_again,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_broken_rule_is_noticed(name: str) -> None:
    assert_it_dies(MUTANTS[name], KeyError, TypeError)
