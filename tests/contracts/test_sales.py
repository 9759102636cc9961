"""Onward sales: a bank sells what it holds to another bank, and nothing of it stops a settlement."""

from __future__ import annotations

import pytest
from contracts.freezing import freeze, transfer
from contracts.invariants import check_all
from contracts.pledging import enforce, pledge
from contracts.reversing import reverse
from contracts.selling import SALT, buy, held, price_of, row_of, sell, sold
from contracts.world import (
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    S1,
    S2,
    S3,
    World,
    accepted_bill,
    as_two,
    ask,
    bid,
    decide_by_vote,
    disburse,
    finance,
    order,
    pay,
    settle,
)  # fmt: skip

from chainbill.errors import Refused
from chainbill.vm.natives import digest


def test_the_token_moves_with_the_receipt_and_keeps_tier_and_financing(world: World) -> None:
    """Tier 2, financed by BANK1, sold to BANK2 for 98,000.00: the price shows as its digest alone."""
    bill, first = accepted_bill(world, face=10_000_000)
    second = pay(world, first, S2, 10_000_000)[0]
    token = finance(world, second, BANK1, 10_000_000)[0]
    offered = sell(world, token, recourse=True)
    assert offered == {"tokens": [token], "buyer": BANK2, "until": "2026-03-09"}
    assert world.token(token)["offered_to"] == BANK2
    assert [lock["ref"] for lock in world.token(token)["locks"]] == ["sale"]
    bought = buy(world, token, amount=9_800_000)
    new = world.token(bought["token"])
    assert (new["holder"], new["tier"], new["financed_tier"], new["financing"]) == (BANK2, 2, 2, token)
    assert (new["origin"], new["parent"], new["locks"]) == (new["id"], token, [])
    hop = world.row("token", "hop", new["id"])
    assert (hop["kind"], hop["from"], hop["to"], hop["undoes"]) == ("sale", BANK1, BANK2, "")
    assert hop["price"] == {"price": digest([SALT, 9_800_000]), "amount": 9_800_000, "recourse": True}
    row = row_of(world, token)
    assert (row["status"], row["bought_token"], row["paid"], row["amount"]) == (
        "bought",
        new["id"],
        9_800_000,
        10_000_000,
    )
    assert world.rows("token", "open_offers") == []
    check_all(world)
    settle(world, bill, 10_000_000)
    assert [one["party"] for _, one in world.rows("settlement", "payment")] == [BANK2]
    request = next(one for _, one in world.rows("finance", "request"))
    assert request["status"] == "repaid"
    check_all(world)


def test_a_sold_token_is_sold_on(world: World) -> None:
    _, token = held(world)
    second = sold(world, token)
    third = sold(world, second, by=BANK2, to=BANK3)
    assert world.token(third)["financing"] == token
    assert sold(world, third, by=BANK3, to=BANK1) != token
    check_all(world)


def test_the_same_receipt_again_answers_the_first_result(world: World) -> None:
    _, token = held(world)
    sell(world, token)
    first = buy(world, token, reference="S-1")
    assert buy(world, token, reference="S-1") == {**first, "repeated": True}
    with pytest.raises(Refused, match="reference_used_otherwise"):
        buy(world, token, reference="S-1", amount=1)


def test_a_reference_is_used_once_over_receipts_of_all_kinds(world: World) -> None:
    bill, _ = held(world)
    _, other = held(world, bank=BANK3)
    sell(world, other, by=BANK3, buyer=BANK1)
    paid = next(key for key, _ in world.rows("finance", "receipt"))
    with pytest.raises(Refused, match="reference_used_otherwise"):
        buy(world, other, by=BANK1, reference=paid[1])
    buy(world, other, by=BANK1, reference="S-1")
    with pytest.raises(Refused, match="reference_used_otherwise"):
        settle(world, bill, 10_000_000, reference="S-1")
    settle(world, bill, 10_000_000, reference="SET-1")
    _, third = held(world, bank=BANK3)
    sell(world, third, by=BANK3, buyer=BANK1)
    with pytest.raises(Refused, match="reference_used_otherwise"):
        buy(world, third, by=BANK1, reference="SET-1")
    quoted = bid(world, ask(world, accepted_bill(world)[1], BANK1, amount=1_000_000)["request"], BANK1)
    world.call(S1, "finance", "agree", quote=quoted["quote"])
    with pytest.raises(Refused, match="reference_used_otherwise"):
        disburse(world, BANK1, quoted["quote"], reference="S-1")


def test_refused_or_taken_back_it_is_over_at_once(world: World) -> None:
    """The row hears of it on the day after; until then nobody can buy, and the seller may offer anew."""
    _, token = held(world)
    sell(world, token)
    world.call(BANK2, "token", "reject", token=token, reason="too dear")
    assert (world.token(token)["locks"], row_of(world, token)["status"]) == ([], "offered")
    with pytest.raises(Refused, match="sale_transition"):
        buy(world, token)
    sell(world, token, buyer=BANK3)
    with pytest.raises(Refused, match="not_the_buyer"):
        buy(world, token)
    world.call(BANK1, "token", "recall", token=token)
    with pytest.raises(Refused, match="sale_transition"):
        buy(world, token, by=BANK3)
    world.day(world.plus(10))
    assert row_of(world, token)["status"] == "ended"
    assert sell(world, token)["tokens"] == [token]
    assert row_of(world, token)["status"] == "offered"
    assert row_of(world, token)["created"]["height"] < row_of(world, token)["offered"]["height"]
    check_all(world)


def test_it_lapses_by_its_day(world: World) -> None:
    _, token = held(world)
    until = sell(world, token)["until"]
    world.day(until)
    assert world.token(token)["locks"] != []
    world.day("2026-03-10")
    assert (world.token(token)["locks"], row_of(world, token)["status"]) == ([], "ended")
    with pytest.raises(Refused, match="sale_transition"):
        buy(world, token)
    check_all(world)


def test_an_earlier_offers_day_does_not_end_a_later_one(world: World) -> None:
    _, token = held(world)
    sell(world, token)
    world.call(BANK1, "token", "recall", token=token)
    world.day("2026-03-05")
    sell(world, token)
    world.day("2026-03-10")
    assert row_of(world, token)["status"] == "offered"
    buy(world, token)
    world.day("2026-03-20")
    assert row_of(world, token)["status"] == "bought"


def test_what_is_offered_anew_on_a_day_leaves_the_end_of_others_alone(world: World) -> None:
    _, token = held(world)
    first, second = world.call(BANK1, "token", "split", token=token, amounts=[4])["tokens"]
    sell(world, first, second)
    world.call(BANK1, "token", "recall", token=first)
    sell(world, first)
    world.day(world.plus(10))
    assert [row_of(world, one)["status"] for one in (first, second)] == ["ended", "ended"]
    check_all(world)


def test_a_settlement_pays_the_seller_and_ends_it(world: World) -> None:
    bill, token = held(world)
    sell(world, token)
    settle(world, bill, 10_000_000)
    assert [one["party"] for _, one in world.rows("settlement", "payment")] == [BANK1]
    with pytest.raises(Refused, match="sale_transition"):
        buy(world, token)
    assert world.rows("token", "open_offers") == []
    check_all(world)


def test_a_part_payment_ends_it_too_and_what_is_left_is_free(world: World) -> None:
    """What was sold is not there any more: the buyer would pay for what the seller was paid."""
    bill, token = held(world)
    sell(world, token)
    settle(world, bill, 4_000_000, partial=True)
    rest = next(leaf for leaf in world.leaves(bill) if leaf["status"] == "live")
    assert (rest["locks"], rest["offered_to"], rest["hi"] - rest["lo"]) == ([], "", 6_000_000)
    assert "token.lapsed" in world.topics()
    assert world.rows("token", "open_offers") == []
    with pytest.raises(Refused, match="sale_transition"):
        buy(world, token)
    world.day(world.plus(10))
    assert world.failed_items == []
    sold(world, rest["id"])
    check_all(world)


def test_a_freeze_ends_it(world: World) -> None:
    _, token = held(world, bank=BANK3)
    sell(world, token, by=BANK3)
    freeze(world, token, 10_000_000)
    assert [lock["kind"] for lock in world.token(token)["locks"]] == ["frozen"]
    with pytest.raises(Refused, match="sale_transition"):
        buy(world, token)
    with pytest.raises(Refused, match="token_locked"):
        sell(world, token, by=BANK3)
    check_all(world)


def test_what_is_due_or_overdue_is_sold_until_it_is_paid(world: World) -> None:
    bill, token = held(world)
    world.day(world.bill(bill)["pay_on"])
    second = sold(world, token)
    world.day(world.plus(20))
    assert world.bill(bill)["status"] == "overdue"
    third = sold(world, second, by=BANK2, to=BANK3)
    settle(world, bill, 10_000_000)
    with pytest.raises(Refused, match="token_already_used"):
        sell(world, third, by=BANK3)
    check_all(world)


def test_terms_that_bar_transfers_bar_no_sale_between_banks(world: World) -> None:
    _, token = held(world, terms={"non_transferable": True})
    sold(world, token)


def test_many_tokens_are_offered_at_once_and_bought_each_by_itself(world: World) -> None:
    tokens = [held(world, 1_000_000)[1] for _ in range(3)]
    assert sell(world, *tokens)["tokens"] == tokens
    buy(world, tokens[1])
    world.call(BANK2, "token", "reject", token=tokens[0], reason="")
    world.day(world.plus(10))
    assert [row_of(world, token)["status"] for token in tokens] == ["ended", "bought", "ended"]
    check_all(world)


def test_only_the_act_that_was_offered_takes_it(world: World) -> None:
    _, token = held(world)
    sell(world, token)
    with pytest.raises(Refused, match="offer_of_other_kind"):
        world.call(BANK2, "token", "accept", token=token)


def test_nobody_buys_from_a_bank_that_was_stopped(world: World) -> None:
    _, token = held(world)
    sell(world, token)
    papers = {"authority": "", "number": "", "documents": ["5a" * 32]}
    decide_by_vote(world, "party_status", party=BANK1, status="suspended", reason="", **papers)
    with pytest.raises(Refused, match="maker_was_stopped"):
        buy(world, token)


def test_a_bank_that_was_stopped_sells_again(world: World) -> None:
    """What it offered before stays over; what it offers once it is back counts from then."""
    _, token = held(world)
    sell(world, token)
    for status in ("suspended", "active"):
        papers = {"authority": "", "number": "", "documents": ["5a" * 32]}
        decide_by_vote(world, "party_status", party=BANK1, status=status, reason="", **papers)
    with pytest.raises(Refused, match="maker_was_stopped"):
        buy(world, token)
    world.call(BANK1, "token", "recall", token=token)
    sold(world, token)


def test_a_sale_goes_on_where_the_debtor_is_insolvent(world: World) -> None:
    """The claim lives, and a bank may buy what it files."""
    bill, token = held(world)
    order(world, world.bill(bill)["debtor"], "insolvent")
    sold(world, token)
    check_all(world)


def test_what_a_court_takes_from_the_buyer_ends_the_financing_of_the_seller(world: World) -> None:
    """Nobody is owed those cents as financed any more, though the bank that lost them bought them."""
    _, token = held(world, bank=BANK3)
    bought = sold(world, token, by=BANK3, to=BANK4)
    made = freeze(world, bought, 10_000_000)
    transfer(world, made, 10_000_000, S3)
    [(_, request)] = world.rows("finance", "request")
    assert (request["status"], request["lost"]) == ("ended", 10_000_000)
    check_all(world)


def test_what_was_taken_by_enforcement_is_sold_without_a_financing(world: World) -> None:
    _, token = accepted_bill(world, face=10_000_000)
    made = pledge(world, token, secured=10_000_000, due_on=world.plus(1))
    world.day(world.plus(2))
    enforce(world, made, 10_000_000)
    [taken] = world.call(S1, "pledge", "agree_enforcement", pledge=made)["moved"]
    bought = world.token(sold(world, taken, by=BANK2, to=BANK1))
    assert (bought["financing"], bought["financed_tier"], bought["tier"]) == ("", 1, 1)
    check_all(world)


def test_a_sale_ends_what_the_seller_had_written_off(world: World) -> None:
    bill, token = held(world)
    world.day(world.plus(130))
    as_two(world, BANK1, "write_off", "write_off", token=token, document="d" * 64)
    sold(world, token)
    assert world.row("write_off", "mark", token)["status"] == "none"
    settle(world, bill, 10_000_000)
    assert world.row("write_off", "mark", token)["recovered"] == 0
    check_all(world)


def test_money_that_was_reversed_is_owed_to_who_bought(world: World) -> None:
    bill, token = held(world)
    bought = sold(world, token)
    settle(world, bill, 10_000_000, reference="PAY-1")
    reverse(world, "PAY-1")
    live = next(leaf for leaf in world.leaves(bill) if leaf["status"] == "live")
    assert (live["holder"], live["financing"], live["parent"]) == (BANK2, token, bought)
    check_all(world)


def test_a_price_says_nothing_without_its_salt() -> None:
    assert price_of(1) != price_of(2)
    assert len(price_of()) == 64
