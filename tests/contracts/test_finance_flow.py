"""Financing: what it costs, whose word counts, and every way in which a request ends."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from chainbill_contracts import sources
from contracts.world import (
    BANK1,
    BANK2,
    BANK3,
    S1,
    S2,
    World,
    accepted_bill,
    ask,
    bid,
    change,
    disburse,
    finance,
    key_of,
    offer,
    settle,
)  # fmt: skip
from hypothesis import given
from hypothesis import strategies as st

from chainbill.errors import Refused
from chainbill.money import interest_minor
from chainbill.vm.testing import Harness

FACE = 100_000_000
HALF_UP = Harness(sources()).function("finance", "interest_half_up")


@pytest.mark.parametrize(
    ("amount", "rate", "days", "year", "interest"),
    [
        (100_000_000, 20_000, 90, 360, 500_000),  # 1,000,000.00 × 2 % × 90/360 = 5,000.00
        (25_000_000, 38_500, 120, 360, 320_833),  # 250,000.00 × 3.85 % × 120/360 = 3,208.33
        (1, 500_000, 360, 360, 1),  # half a cent goes up
        (1, 499_999, 360, 360, 0),
        (36_500_000, 10_000, 73, 365, 73_000),
        (2**53 - 1, 1_000_000, 3_650, 365, (2**53 - 1) * 10),
    ],
)
def test_interest_to_the_cent(amount: int, rate: int, days: int, year: int, interest: int) -> None:
    assert HALF_UP(amount, rate, days, year) == interest == interest_minor(amount, rate, days, year)


@given(st.integers(1, 2**53 - 1), st.integers(0, 1_000_000), st.integers(0, 4_000), st.sampled_from([360, 365]))
def test_interest_is_the_exact_fraction_rounded_half_up(amount: int, rate: int, days: int, year: int) -> None:
    exact = Fraction(amount * rate * days, 1_000_000 * year)
    assert Fraction(-1, 2) < HALF_UP(amount, rate, days, year) - exact <= Fraction(1, 2)


def request(world: World, *banks: str, amount: int = FACE, **bill: Any) -> dict[str, Any]:
    return ask(world, accepted_bill(world, **bill)[1], *(banks or (BANK1, BANK2)), amount=amount)


def row(world: World, table: str, identity: str) -> dict[str, Any]:
    return world.row("finance", table, identity)


def agree(world: World, quote: str) -> Any:
    return world.call(S1, "finance", "agree", quote=quote)


def test_day_counts_and_who_pays(world: World) -> None:
    terms = {"debtor_pays_interest": True}
    asked = request(world, BANK1, BANK2, BANK3, due_on="2026-08-31", terms=terms)  # a Monday, 182 days on
    first = bid(world, asked["request"], BANK1, rate=36_500, basis="act/365f", fee=1_000)
    assert (first["days"], first["interest"], first["net"]) == (182, 1_820_000, FACE - 1_820_000 - 1_000)
    second = bid(world, asked["request"], BANK2, rate=36_000, basis="30/360", interest_payer="debtor")
    assert (second["days"], second["interest"], second["net"]) == (178 + 1, 1_790_000, FACE)
    assert row(world, "quote", second["quote"])["actual_days"] == 182
    third = bid(world, asked["request"], BANK3, rate=36_000, value_date=world.plus(2))
    assert (third["days"], third["interest"]) == (180, 1_800_000)


def test_a_part_is_cut_off_and_rejoined_when_the_request_ends(world: World) -> None:
    bill, token = accepted_bill(world)
    for end in ("withdraw", "decline", "time"):
        asked = ask(world, token, BANK1, BANK2, amount=30_000_000)
        locked = world.token(asked["token"])
        assert (locked["lo"], locked["hi"], locked["locks"][0]["kind"]) == (0, 30_000_000, "in_finance")
        assert locked["locks"][0]["ref"] == asked["request"]
        if end == "withdraw":
            token = world.call(S1, "finance", "withdraw", request=asked["request"])["token"]
        elif end == "decline":
            assert world.call(BANK1, "finance", "decline", request=asked["request"])["status"] == "open"
            ended = world.call(BANK2, "finance", "decline", request=asked["request"])
            assert ended["status"] == "withdrawn"
            token = ended["token"]
        else:
            world.day(row(world, "request", asked["request"])["until"])
            assert row(world, "request", asked["request"])["status"] == "open"
            world.day(world.plus(1))
            assert row(world, "request", asked["request"])["status"] == "expired"
        assert [(leaf["lo"], leaf["hi"], leaf["locks"]) for leaf in world.leaves(bill)] == [(0, FACE, [])]


def test_disbursement_moves_the_token_and_the_rivals_have_lost(world: World) -> None:
    asked = request(world)
    winner, loser = bid(world, asked["request"], BANK1), bid(world, asked["request"], BANK2)
    agree(world, winner["quote"])
    assert row(world, "quote", loser["quote"])["status"] == "offered"
    assert world.token(asked["token"])["locks"][0]["until"] == row(world, "request", asked["request"])["until"]
    result = disburse(world, BANK1, winner["quote"], reference="PAY-1", registration="ZD-9")
    bought = world.token(result["token"])
    assert (bought["holder"], bought["tier"], bought["financed_tier"]) == (BANK1, 1, 1)
    price = world.row("token", "hop", result["token"])["price"]
    assert (price["rate"], price["net"], price["basis"], price["recourse"]) == (38_500, winner["net"], "act/360", False)
    kept = row(world, "quote", winner["quote"])
    assert (kept["reference"], kept["registration"], kept["paid"]) == ("PAY-1", "ZD-9", winner["net"])
    assert row(world, "quote", loser["quote"])["status"] == "lost"
    assert row(world, "request", asked["request"])["status"] == "disbursed"
    assert world.rows("finance", "agenda") == []


def test_the_same_receipt_again_answers_the_first_result(world: World) -> None:
    quote = bid(world, request(world)["request"], BANK1)["quote"]
    agree(world, quote)
    first = disburse(world, BANK1, quote, reference="PAY-1")
    again = disburse(world, BANK1, quote, reference="PAY-1")
    assert again == {**first, "repeated": True}
    with pytest.raises(Refused, match="reference_used_otherwise"):
        disburse(world, BANK1, quote, reference="PAY-1", registration="ZD-2")


def test_a_later_value_date_costs_less_interest(world: World) -> None:
    asked = request(world, due_on=world.plus(120))
    quote = bid(world, asked["request"], BANK1, rate=36_000)
    agree(world, quote["quote"])
    world.day(world.plus(2))
    result = disburse(world, BANK1, quote["quote"])
    assert (quote["interest"], result["interest"]) == (1_200_000, 1_180_000)
    assert result["net"] == result["paid"] == FACE - 1_180_000


def test_an_agreement_after_the_value_date_counts_from_its_own_day(world: World) -> None:
    asked = request(world, due_on=world.plus(120))
    quote = bid(world, asked["request"], BANK1, rate=36_000)
    world.day(world.plus(2))
    assert agree(world, quote["quote"])["days"] == 118


def test_more_than_the_net_may_be_paid(world: World) -> None:
    quote = bid(world, request(world)["request"], BANK1, fee=500)
    agree(world, quote["quote"])
    assert disburse(world, BANK1, quote["quote"], amount=quote["net"] + 500)["paid"] == quote["net"] + 500


def test_an_agreed_request_ends_one_business_day_after_its_last_day_and_a_late_receipt_is_flagged(world: World) -> None:
    asked = request(world)
    quote = bid(world, asked["request"], BANK1, disburse_by=world.plus(4))["quote"]  # Friday
    agree(world, quote)
    world.day("2026-03-09")
    assert row(world, "request", asked["request"])["status"] == "agreed"
    world.day("2026-03-10")
    assert row(world, "request", asked["request"])["status"] == "expired"
    assert world.token(asked["token"])["locks"] == []
    result = disburse(world, BANK1, quote, reference="LATE")
    assert (result["token"], result["unmatched"]) == ("", True)
    assert row(world, "receipt", [BANK1, "LATE"])["kind"] == "unmatched"
    assert "finance.receipt_unmatched" in world.topics()
    assert world.token(asked["token"])["holder"] == S1


def test_what_a_bank_is_told_of_its_financing_names_no_rivals_quote(world: World) -> None:
    asked = request(world, BANK1, BANK2)
    rival = bid(world, asked["request"], BANK2)["quote"]
    quote = bid(world, asked["request"], BANK1)["quote"]
    agree(world, quote)
    world.events.clear()
    disburse(world, BANK1, quote)
    assert row(world, "quote", rival)["status"] == "lost"
    assert rival not in str(world.events)


def test_a_receipt_after_the_end_is_flagged_before_the_day_change_too(world: World) -> None:
    asked = request(world)
    quote = bid(world, asked["request"], BANK1, disburse_by=world.today)["quote"]
    agree(world, quote)
    world.time_ms += 2 * 86_400_000
    assert disburse(world, BANK1, quote)["unmatched"] is True
    assert world.token(asked["token"])["holder"] == S1


def test_a_bank_that_quotes_again_and_again_keeps_no_other_from_it(world: World) -> None:
    asked = request(world, BANK1, BANK2)
    for _ in range(10):
        bid(world, asked["request"], BANK1)
    assert bid(world, asked["request"], BANK2)["quote"]


def test_the_bank_may_cancel_what_was_agreed(world: World) -> None:
    asked = request(world)
    quote = bid(world, asked["request"], BANK1)["quote"]
    agree(world, quote)
    with pytest.raises(Refused, match="quote_transition"):
        world.call(BANK1, "finance", "withdraw_quote", quote=quote)
    result = world.call(BANK1, "finance", "cancel", quote=quote, reason="funds are short")
    assert row(world, "quote", quote)["reason"] == "funds are short"
    assert (result["status"], row(world, "request", asked["request"])["ended_by"]) == ("withdrawn", "bank_cancelled")
    assert all(leaf["locks"] == [] for leaf in world.leaves(row(world, "quote", quote)["bill"]))
    with pytest.raises(Refused, match="quote_not_agreed"):
        disburse(world, BANK1, quote)


def test_what_another_bank_cancelled_was_declined_by_nobody(world: World) -> None:
    """use: a quote read as declined by the holder, who had only agreed to another one that its bank cancelled."""
    asked = request(world, BANK1, BANK2)
    quote, other = (bid(world, asked["request"], bank)["quote"] for bank in (BANK1, BANK2))
    agree(world, quote)
    world.call(BANK1, "finance", "cancel", quote=quote, reason="funds are short")
    assert row(world, "quote", other)["status"] == "lost"


def test_a_newer_quote_takes_the_place_of_the_older(world: World) -> None:
    asked = request(world)
    first, second = bid(world, asked["request"], BANK1), bid(world, asked["request"], BANK1, rate=30_000)
    assert row(world, "quote", first["quote"])["status"] == "withdrawn"
    assert row(world, "request", asked["request"])["quotes"] == [first["quote"], second["quote"]]
    world.call(S1, "finance", "decline_quote", quote=second["quote"])
    assert row(world, "quote", second["quote"])["status"] == "declined"


def test_a_quote_expires_before_its_request(world: World) -> None:
    asked = request(world)
    quote = bid(world, asked["request"], BANK1, valid_until=world.plus(1))["quote"]
    world.day(world.plus(1))
    assert row(world, "quote", quote)["status"] == "offered"
    world.day(world.plus(1))
    assert row(world, "quote", quote)["status"] == "expired"
    assert row(world, "request", asked["request"])["status"] == "open"


def test_a_payment_of_the_bill_pays_the_holder_where_the_bank_did_not_pay_before(world: World) -> None:
    bill, token = accepted_bill(world)
    asked = ask(world, token, BANK1, amount=FACE)
    quote = bid(world, asked["request"], BANK1)["quote"]
    agree(world, quote)
    assert settle(world, bill, FACE)["payments"][0]["party"] == S1
    assert disburse(world, BANK1, quote)["unmatched"] is True
    world.day(row(world, "request", asked["request"])["until"])
    world.day(world.plus(1))
    assert row(world, "request", asked["request"])["ended_by"] == "time"
    [(_, payment)] = world.rows("settlement", "payment", (bill,))
    assert (payment["party"], payment["status"]) == (S1, "instructed")


def test_a_part_payment_leaves_the_lock_and_a_bank_that_has_not_paid_takes_its_quote_back(world: World) -> None:
    bill, token = accepted_bill(world)
    asked = ask(world, token, BANK1, BANK2, amount=40_000_000)
    quote = bid(world, asked["request"], BANK2)["quote"]
    agree(world, quote)
    settle(world, bill, 25_000_000, partial=True)
    kept = row(world, "request", asked["request"])
    rest = world.token(kept["token"])
    assert (kept["amount"], rest["hi"] - rest["lo"], kept["status"]) == (30_000_000, 30_000_000, "agreed")
    assert rest["locks"][0]["kind"] == "in_finance"
    with pytest.raises(Refused, match="amount_below_agreed_net"):
        disburse(world, BANK2, quote)
    world.call(BANK2, "finance", "cancel", quote=quote, reason="")
    assert world.token(kept["token"])["locks"] == []


def test_a_request_is_repaid_when_all_its_cents_are(world: World) -> None:
    bill, token = accepted_bill(world)
    bought, _ = finance(world, token, BANK1, 60_000_000)
    world.call(BANK1, "token", "split", token=bought, amounts=[10_000_000])
    request_id = next(key[0] for key, _ in world.rows("finance", "request"))
    assert {leaf["financing"] for leaf in world.leaves(bill) if leaf["holder"] == BANK1} == {bought}
    settle(world, bill, FACE // 2, partial=True)
    assert row(world, "request", request_id)["status"] == "disbursed"
    assert row(world, "financed", bought) == {"request": request_id, "outstanding": 30_000_000}
    settle(world, bill, FACE // 2)
    assert row(world, "request", request_id)["status"] == "repaid"


def test_what_is_repaid_is_known_by_the_financing_not_by_the_last_change_of_holder(world: World) -> None:
    """Between banks a token gets a new origin; its financing stays, and with it what the request is still owed."""
    bill, token = accepted_bill(world)
    bought, _ = finance(world, token, BANK1, FACE)
    kept = world.token(bought)
    sold = {**kept, "id": "T" + "9" * 17, "holder": BANK2, "parent": bought, "origin": "T" + "9" * 17}
    sold["born"] = world.height + 1
    hop = world.row("token", "hop", bought)
    world.seed(
        (("token", "token", bought), {**kept, "status": "moved", "ended": world.height + 1, "into": [sold["id"]]}),
        (("token", "token", sold["id"]), sold),
        (("token", "hop", sold["id"]), {**hop, "token": sold["id"], "kind": "sale", "from": BANK1, "to": BANK2}),
    )
    settle(world, bill, FACE)
    assert world.row("settlement", "payment", [bill, sold["id"]])["party"] == BANK2
    assert row(world, "financed", bought)["outstanding"] == 0
    request_id = next(key[0] for key, _ in world.rows("finance", "request"))
    assert row(world, "request", request_id)["status"] == "repaid"


def test_what_is_not_transferable_can_still_be_financed(world: World) -> None:
    _, token = accepted_bill(world, terms={"non_transferable": True})
    finance(world, token, BANK1, FACE)


def test_a_policy_may_ask_two_keys_for_an_agreement(world: World) -> None:
    rules = [{"action": "finance.agree", "currency": "CNY", "above": 0}]
    change(world, S1, "set_policy", policy={"rules": rules})
    asked = ask(world, accepted_bill(world)[1], BANK1, amount=FACE)["request"]
    quote = bid(world, asked, BANK1)["quote"]
    with pytest.raises(Refused, match="maker_and_checker_needed"):
        agree(world, quote)
    world.send(S1, ("finance", "agree", {"quote": quote}), keys=[key_of(S1), key_of(S1, 1)])


def test_an_offered_token_is_not_financed_beside(world: World) -> None:
    _, token = accepted_bill(world)
    offered = offer(world, token, (S2, 10))["tokens"][0]
    with pytest.raises(Refused, match="token_locked"):
        ask(world, offered, BANK1, amount=10)
