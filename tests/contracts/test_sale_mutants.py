"""Each rule of onward sales, broken once: what is told of them elsewhere must notice."""

from __future__ import annotations

import pytest
from contracts.mutants import Mutant, assert_it_dies, is_refused
from contracts.selling import buy, held, sell
from contracts.world import BANK1, BANK2, BANK3, World, change

from contracts import refusals_sales as refused
from contracts import test_sales as told


def bought_late(world: World) -> None:
    """As if the day change had not come yet: dates decide."""
    token = held(world)[1]
    sell(world, token)
    world.time_ms += 10 * 86_400_000
    buy(world, token)


def sold_above_the_sellers_limit(world: World) -> None:
    change(world, BANK1, "set_policy", policy={"rules": [{"action": "sale.sell", "currency": "CNY", "above": 1}]})
    sell(world, held(world)[1])


def bought_above_the_buyers_limit(world: World) -> None:
    change(world, BANK2, "set_policy", policy={"rules": [{"action": "sale.buy", "currency": "CNY", "above": 1}]})
    token = held(world)[1]
    sell(world, token)
    buy(world, token)


def bought_from_a_stopped_bank(world: World) -> None:
    told.test_nobody_buys_from_a_bank_that_was_stopped(world)


MUTANTS: dict[str, Mutant] = {
    "anybody buys": (
        "sale", 'require(row["buyer"] == ctx.party, "not_the_buyer")', 'require(row["buyer"] != "", "not_the_buyer")',
        is_refused(refused.buy_what_another_bank_was_offered),
    ),
    "anybody sells": (
        "sale", 'require(row["holder"] == ctx.party, ', 'require(row["holder"] != "", ',
        is_refused(lambda world: sell(world, held(world)[1], by=BANK2, buyer=BANK3)),
    ),
    "a supplier sells": (
        "sale", 'require("bank" in seller["roles"], ', 'require("" not in seller["roles"], ',
        is_refused(refused.sell_as_a_supplier),
    ),
    "a supplier buys": (
        "sale", "    require_active_bank(buyer)\n", "    require_active(buyer)\n",
        is_refused(refused.sell_to_a_supplier)
    ),
    "a bank sells to itself": (
        "sale", '    require(buyer != ctx.party, "recipient_is_the_sender")\n', "",
        is_refused(refused.sell_to_oneself),
    ),
    "what is locked is sold": (
        "sale", "        require_unlocked(row)\n", "",
        is_refused(refused.sell_what_is_for_sale),
    ),
    "what was taken back is bought": (
        "sale", 'if status == "offered" and not offered_as(token_rows.get(row["token"]), "sale"):',
        'if status == "":', is_refused(refused.buy_what_was_taken_back),
    ),
    "bought after its last day": (
        "sale", '    require(ctx.today <= row["until"], "offer_lapsed", {"until": row["until"]})\n', "",
        is_refused(bought_late),
    ),
    "money of before the offer": (
        "sale", 'require(row["offered_on"] <= value_date,', 'require("" <= value_date,',
        is_refused(refused.say_that_it_was_paid_before_it_was_offered),
    ),
    "money of tomorrow": (
        "sale", "    require(value_date <= ctx.today, ", '    require(value_date != "", ',
        is_refused(refused.say_that_it_will_be_paid),
    ),
    "a receipt counts twice": (
        "sale", "    receipts.put([ctx.party, reference], {", '    receipts.put([ctx.party, ""], {',
        told.test_the_same_receipt_again_answers_the_first_result,
    ),
    "a reference of other receipts": (
        "sale", "    require_new_reference(reference)\n", "",
        told.test_a_reference_is_used_once_over_receipts_of_all_kinds
    ),
    "settlements know of no sale": (
        "settlement", "        require_new_reference(reference)\n", "        pass\n",
        told.test_a_reference_is_used_once_over_receipts_of_all_kinds,
    ),
    "financings know of no sale": (
        "finance", "    require_new_reference(reference)\n", "",
        told.test_a_reference_is_used_once_over_receipts_of_all_kinds,
    ),
    "from a stopped bank": (
        "sale", '    require_not_stopped_since(row["seller"], row["offered"]["height"])\n', "",
        bought_from_a_stopped_bank
    ),
    "stopped before an earlier offer": (
        "sale", 'row["offered"]["height"])', 'row["created"]["height"])', told.test_a_bank_that_was_stopped_sells_again
    ),
    "no policy of the seller": (
        "sale", '    require_policy(seller, "sale.sell", rows[0]["currency"], total)\n', "",
        is_refused(sold_above_the_sellers_limit),
    ),
    "no policy of the buyer": (
        "sale", '    require_policy(buyer, "sale.buy", row["currency"], row["amount"])\n', "",
        is_refused(bought_above_the_buyers_limit),
    ),
    "a price in clear": (
        "sale", 'require(is_hex_of_32_bytes(price), ', 'require(kind_of(price) == "text", ',
        is_refused(refused.a_price_in_clear),
    ),
    "no recourse": (
        "sale", '"recourse": row["recourse"]}', '"recourse": False}',
        told.test_the_token_moves_with_the_receipt_and_keeps_tier_and_financing,
    ),
    "the write-off stays": (
        "sale", '    invoke("write_off", "cents_given", token)\n', "",
        told.test_a_sale_ends_what_the_seller_had_written_off,
    ),
    "an earlier day ends a later offer": (
        "sale", 'and sale["until"] < ctx.today', 'and sale["until"] != ""',
        told.test_an_earlier_offers_day_does_not_end_a_later_one,
    ),
    "what was offered stays so": (
        "sale", '        sale["status"] = "ended"\n', "        pass\n", told.test_it_lapses_by_its_day
    ),
    "accepted as a transfer": (
        "token", 'require(lock["ref"] in ("transfer", "return"), ', 'require(lock["ref"] != "", ',
        is_refused(refused.accept_what_is_for_sale),
    ),
    "a rest stays for sale": (
        "general", 'OFFERS_OF_ALL = ("sale", "prepay")', 'OFFERS_OF_ALL = ("prepay",)',
        told.test_a_part_payment_ends_it_too_and_what_is_left_is_free,
    ),
    "its place stays taken": (
        "token", '            if leaf["offered_to"] != "" and ends_offer(leaf, amount):',
        '            if leaf["offered_to"] != "" and amount == leaf["hi"] - leaf["lo"]:',
        told.test_a_part_payment_ends_it_too_and_what_is_left_is_free,
    ),
    "a sale keeps its place": (
        "token", '        lift_offer_place(row)\n        count_offers(row["holder"], -1)\n    return given_on',
        "        lift_offer_place(row)\n    return given_on",
        told.test_the_token_moves_with_the_receipt_and_keeps_tier_and_financing,
    ),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_dies(mutant: str) -> None:
    assert_it_dies(MUTANTS[mutant], TypeError, KeyError)
