"""Each rule of early payment, broken once: what is told of them elsewhere must notice."""

from __future__ import annotations

import pytest
from contracts.mutants import Mutant, assert_it_dies, is_refused
from contracts.prepaying import FACE, PRICE, agree, agreed, bill_of, offer, prepay
from contracts.world import ANCHOR, BANK1, S1, World, change

from contracts import refusals_prepayment as refused
from contracts import test_prepayment as told


def policy(world: World, party: str, act: str, above: int) -> None:
    change(world, party, "set_policy", policy={"rules": [{"action": act, "currency": "CNY", "above": above}]})


def offered_above_ones_limit(world: World) -> None:
    policy(world, S1, "prepayment.offer_prepayment", FACE - 1)
    offer(world, bill_of(world)[1])


def agreed_above_ones_limit(world: World) -> None:
    token = bill_of(world)[1]
    offer(world, token)
    policy(world, ANCHOR, "prepayment.agree_prepayment", PRICE - 1)
    agree(world, token)


def recorded_above_ones_limit(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    policy(world, BANK1, "settlement.settle_prepaid", PRICE - 1)
    prepay(world, token)


WHOLE = told.test_the_token_settles_whole_and_its_holder_is_paid_the_price
AT_PAR = told.test_paid_first_at_par_it_is_over
OVER = told.test_refused_or_taken_back_it_is_over_at_once_and_offered_anew
UNPAID = told.test_unpaid_the_token_is_free_on_the_day_after
LAPSED = told.test_it_lapses_by_its_day_and_an_earlier_offers_day_ends_no_later_one
SHORT = told.test_it_never_stands_longer_than_the_money_may_come


def part_payment(world: World) -> None:
    told.test_a_part_payment_ends_it_and_the_rest_is_free(world, both=True)


MUTANTS: dict[str, Mutant] = {
    "anybody agrees": (
        "prepayment", 'require(row["debtor"] == ctx.party, ', 'require(row["debtor"] != "", ',
        is_refused(refused.agree_for_the_debtor),
    ),
    "a cent above the amount": (
        "prepayment", "require(price <= amount, ", "require(price <= amount + 1, ",
        is_refused(refused.offer_above_the_amount),
    ),
    "paid by the day of payment": (
        "prepayment", 'pay_by <= bill["last_offer_on"]', 'pay_by <= bill["pay_on"]',
        is_refused(refused.offer_to_pay_on_the_day_of_payment),
    ),
    "a token that something locks": (
        "prepayment", "    require_free(row)\n", "", is_refused(refused.offer_twice),
    ),
    "an insolvent debtor is offered": (
        "prepayment", '    require_debtor_in_business(bill)\n    amount', "    amount",
        is_refused(refused.offer_to_an_insolvent_debtor),
    ),
    "an insolvent debtor agrees": (
        "prepayment", '    require_debtor_in_business(bill)\n    require_policy', "    require_policy",
        told.test_an_insolvent_debtor_agrees_to_nothing_but_money_is_recorded,
    ),
    "a stopped holder is agreed with": (
        "prepayment", '    require_not_stopped_since(row["holder"], row["offered"]["height"])\n', "",
        told.test_nobody_agrees_with_a_holder_that_was_stopped,
    ),
    "an offer beyond the money": (
        "prepayment", '"prepay", min(days, pay_by))', '"prepay", days)', SHORT,
    ),
    "agreed after the last day": (
        "prepayment", 'require(ctx.today <= row["until"], ', 'require(ctx.today != "", ',
        is_refused(refused.agree_before_the_day_change_but_after_its_day),
    ),
    "agreed until pay_by alone": (
        "prepayment", 'invoke("calendar", "business_days_after", row["pay_by"], 1)', 'row["pay_by"]', WHOLE,
    ),
    "the lock is not prolonged": (
        "prepayment", '    invoke("token", "prolong_offer", token, until)\n', "", WHOLE,
    ),
    "the lock is prolonged for ever": (
        "token", '    keep(row)\n    agenda.put([add_days(until, 1), "offer", token], {"token": token})\n',
        "    keep(row)\n", UNPAID,
    ),
    "the row is not": ("prepayment", '    row["until"] = until\n', "", WHOLE),
    "an earlier day ends what was agreed": (
        "prepayment", 'and known["until"] < ctx.today', "", LAPSED,
    ),
    "no day ends it": (
        "prepayment", 'is_step(PREPAYMENT_STEPS, known["status"], "ended") and', "False and", UNPAID,
    ),
    "it stands without its lock": (
        "prepayment", 'not (locked and token["status"] in TOKEN_USABLE)', "False", OVER,
    ),
    "agreed, it is taken back": (
        "token", '"not_offered")\n    require_not_agreed(row)\n', '"not_offered")\n',
        is_refused(refused.take_back_what_the_debtor_agreed_to),
    ),
    "agreed, it is refused": (
        "token", '    require_capability("maker")\n    require_not_agreed(row)\n', '    require_capability("maker")\n',
        is_refused(refused.refuse_what_one_agreed_to),
    ),
    "any bank records": (
        "settlement", '    require(paying_bank_of(row) == ctx.party, "not_the_paying_bank")\n'
        '    require_capability("maker")\n    invoke("prepayment"',
        '    require_capability("maker")\n    invoke("prepayment"', is_refused(refused.record_as_another_bank),
    ),
    "nobody needs to agree": (
        "settlement", '    invoke("prepayment", "require_agreed", token)\n', "",
        is_refused(refused.record_what_nobody_agreed_to),
    ),
    "recorded during a settlement": (
        "settlement", '    invoke("prepayment", "require_agreed", token)\n'
        '    require(not steps.has(bill), "settlement_under_way", {"bill": bill})\n',
        '    invoke("prepayment", "require_agreed", token)\n',
        told.test_nothing_is_recorded_while_a_settlement_is_under_way,
    ),
    "money before the agreement": (
        "settlement", "    require(agreed_on <= value_date, ", '    require("" <= value_date, ',
        is_refused(refused.record_money_that_came_before_one_agreed),
    ),
    "money after the last day": (
        "settlement", 'require(value_date <= prepayment["pay_by"], ', 'require(value_date != "", ',
        is_refused(refused.record_money_of_the_day_after),
    ),
    "recorded for ever": (
        "settlement", 'require(ctx.today <= prepayment["until"], ', 'require(ctx.today != "", ',
        is_refused(refused.record_after_the_last_day),
    ),
    "paid at par": ("settlement", '    payment["amount"] = price\n', "", WHOLE),
    "said to be paid at par": ("settlement", '    entry["amount"] = price\n', "", WHOLE),
    "settled by the price": (
        "settlement", 'invoke("bill", "record_payment", bill, owed["amount"], value_date)',
        'invoke("bill", "record_payment", bill, price, value_date)', WHOLE,
    ),
    "the receipt says the face": (
        "settlement", 'keep_receipt(reference, content, bill, price, value_date, "prepaid", result)',
        'keep_receipt(reference, content, bill, owed["amount"], value_date, "prepaid", result)', WHOLE,
    ),
    "it counts twice": (
        "settlement", '    content = digest(["prepaid", token, value_date])\n',
        '    content = digest(["prepaid", token, value_date, ctx.height])\n',
        told.test_the_same_receipt_again_answers_the_first_result,
    ),
    "its row stays agreed": (
        "settlement", '    invoke("prepayment", "prepaid", token, ctx.party, reference, value_date)\n', "", WHOLE,
    ),
    "it is told as lapsed": (
        "token", '    row["locks"] = []\n    count_offers(row["holder"], -1)\n    return pay_all', "    return pay_all",
        WHOLE,
    ),
    "its place stays taken": (
        "token", '    count_offers(row["holder"], -1)\n    return pay_all', "    return pay_all", WHOLE,
    ),
    "the rest of a part payment stays offered": ("general", '("sale", "prepay")', '("sale",)', part_payment),
    "an early payment is reversed": (
        "settlement", 'require(receipt["kind"] == "settlement", "reversal_too_late"',
        'require(receipt["kind"] != "guarantee", "reversal_too_late"',
        is_refused(refused.reverse_an_early_payment),
    ),
    "money of an insolvent debtor is not told of": (
        "settlement", "    tell_of_money(row, price, reference, value_date)\n", "",
        told.test_an_insolvent_debtor_agrees_to_nothing_but_money_is_recorded,
    ),
    "no limit of the holder": (
        "prepayment", '    require_policy(holder, "prepayment.offer_prepayment", row["currency"], amount)\n', "",
        is_refused(offered_above_ones_limit),
    ),
    "no limit of the debtor": (
        "prepayment", '    require_policy(debtor, "prepayment.agree_prepayment", row["currency"], row["price"])\n', "",
        is_refused(agreed_above_ones_limit),
    ),
    "no limit of the bank": (
        "settlement", 'ctx.party), "settlement.settle_prepaid", row["currency"], price)',
        'ctx.party), "settlement.settle_prepaid", row["currency"], 0)', is_refused(recorded_above_ones_limit),
    ),
}  # fmt: skip
"""What is broken: contract, text, what it becomes, and what must fail then."""


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_broken_rule_is_noticed(name: str) -> None:
    assert_it_dies(MUTANTS[name], KeyError, TypeError, IndexError)
