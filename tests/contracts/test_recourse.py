"""Recourse: back along the hops of a token, and what the debtor pays meanwhile is not asked twice."""

from __future__ import annotations

import pytest
from contracts.claiming import CLAIMED_FROM, DUE, FACE, TOO_EARLY, agreed, bought_back, claim, financed, row_of, sold_on
from contracts.freezing import freeze, frozen, order_of, ratified, release, transfer
from contracts.invariants import check_all
from contracts.reversing import reverse
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    S1,
    S2,
    S3,
    World,
    accepted_bill,
    order,
    pay,
    ratify,
    settle,
)
from contracts.writing_off import stands, write_off

from chainbill.errors import Refused

OTHERS_LIABLE = {"transferor_liable": True}


def passed_on(world: World) -> tuple[str, str]:
    """What S1 passed on to S2 under such terms, overdue, and S1 has agreed to buy it back: bill and S2's token."""
    bill, first = accepted_bill(world, face=FACE, due_on=DUE, terms=OTHERS_LIABLE)
    second = pay(world, first, S2, FACE)[0]
    world.day(CLAIMED_FROM)
    agreed(world, second)
    return bill, second


def live(world: World, bill: str) -> list[str]:
    return [one["id"] for one in world.tokens(bill) if one["status"] == "live"]


def test_the_worked_example(world: World) -> None:
    """s1 → s2 (tier 2) → financed by bank1 with recourse → sold to bank2 with recourse; 100,000.00, overdue.

    bank2 asks 100,320.83 of bank1, bank1 then 100,437.50 of s2, which has no recourse against s1.
    """
    bill, token = sold_on(world)
    earlier = world.token(world.token(token)["parent"])
    world.day(CLAIMED_FROM)
    asked = claim(world, token, amount=10_032_083)
    assert asked == {
        "token": token, "asked": BANK1, "ground": "overdue", "amount": 10_032_083, "until": "2026-04-10",
    }  # fmt: skip
    assert row_of(world, token)["principal"] == FACE
    check_all(world)
    world.call(BANK1, "recourse", "accept_recourse", token=token)
    back = bought_back(world, token, by=BANK2, amount=10_032_083)
    assert back["repeated"] is False
    held = world.token(back["token"])
    kept = ("tier", "financing", "financed_tier", "origin")
    assert (held["holder"], held["tier"], held["financed_tier"]) == (BANK1, 2, 2)
    assert [held[name] for name in kept] == [earlier[name] for name in kept]
    hop = world.row("token", "hop", held["id"])
    assert (hop["kind"], hop["from"], hop["to"], hop["undoes"]) == (
        "buyback",
        BANK2,
        BANK1,
        world.token(token)["origin"],
    )
    check_all(world)

    assert claim(world, held["id"], amount=10_043_750)["asked"] == S2
    world.call(S2, "recourse", "accept_recourse", token=held["id"])
    last = bought_back(world, held["id"], by=BANK1, amount=10_043_750)["token"]
    row = world.token(last)
    assert (row["holder"], row["tier"], row["financed_tier"], row["financing"]) == (S2, 2, 0, "")
    assert [one["status"] for _, one in world.rows("finance", "request")] == ["repaid"]
    assert [one["outstanding"] for _, one in world.rows("finance", "financed")] == [0]
    check_all(world)
    with pytest.raises(Refused, match="no_recourse"):
        claim(world, last)
    assert claim(world, last, ground="agreed")["asked"] == S1
    world.call(S2, "recourse", "withdraw_recourse", token=last)
    settle(world, bill, FACE)
    assert [one["party"] for _, one in world.rows("settlement", "payment")] == [S2]
    check_all(world)


def test_whoever_passed_it_on_is_liable_where_the_terms_say_so(world: World) -> None:
    bill, first = accepted_bill(world, face=FACE, due_on=DUE, terms=OTHERS_LIABLE)
    assert world.bill(bill)["terms"]["transferor_liable"] is True
    second = pay(world, first, S2, FACE)[0]
    world.day(CLAIMED_FROM)
    agreed(world, second)
    back = bought_back(world, second)["token"]
    assert (world.token(back)["holder"], world.token(back)["tier"]) == (S1, 1)
    with pytest.raises(Refused, match="no_recourse"):
        claim(world, back)
    check_all(world)


def test_the_first_creditor_has_recourse_against_nobody(world: World) -> None:
    _, first = accepted_bill(world, face=FACE, due_on=DUE, terms=OTHERS_LIABLE)
    world.day(CLAIMED_FROM)
    for ground in ("overdue", "agreed"):
        with pytest.raises(Refused, match="no_recourse"):
            claim(world, first, ground=ground)


def test_it_waits_for_the_business_day_after_the_day_of_payment(world: World) -> None:
    _, token = financed(world)
    with pytest.raises(Refused, match="bill_not_overdue"):
        claim(world, token)
    world.day(TOO_EARLY)
    with pytest.raises(Refused, match="recourse_too_early"):
        claim(world, token)
    world.day(CLAIMED_FROM)
    claim(world, token)


def test_insolvency_gives_recourse_at_once(world: World) -> None:
    _, token = financed(world)
    with pytest.raises(Refused, match="debtor_not_insolvent"):
        claim(world, token, ground="insolvent")
    ratify(world, order(world, ANCHOR, "insolvent"))
    assert claim(world, token, ground="insolvent")["asked"] == S2


def test_a_claim_bars_all_but_settlement_and_courts(world: World) -> None:
    bill, token = financed(world)
    world.day(CLAIMED_FROM)
    claim(world, token)
    with pytest.raises(Refused, match="claim_open"):
        world.call(BANK1, "sale", "sell", tokens=[token], buyer=BANK2, recourse=False, price="ab" * 32)
    with pytest.raises(Refused, match="claim_open"):
        claim(world, token, ground="agreed")
    with pytest.raises(Refused, match="claim_open"):
        world.call(BANK1, "token", "split", token=token, amounts=[1, FACE - 1])
    settle(world, bill, FACE)
    assert row_of(world, token)["status"] == "expired"
    check_all(world)


def test_what_the_debtor_pays_lowers_what_is_asked(world: World) -> None:
    """Asked 100,320.83 on 100,000.00, of which the debtor pays 30,000.00: 70,320.83."""
    bill, token = financed(world)
    world.day(CLAIMED_FROM)
    agreed(world, token, amount=10_032_083)
    settle(world, bill, 3_000_000, partial=True)
    row = row_of(world, token)
    assert (row["left"], row["status"]) == (7_000_000, "recourse_agreed")
    rest = row["now"]
    assert world.token(rest)["claim"] == token
    with pytest.raises(Refused, match="token_already_used"):
        bought_back(world, token, amount=7_032_083)
    with pytest.raises(Refused, match="amount_below_asked") as refused:
        bought_back(world, rest, amount=7_032_082)
    assert refused.value.fields["amount"] == 7_032_083
    back = bought_back(world, rest, amount=7_032_083)["token"]
    assert (world.token(back)["holder"], world.token(back)["financing"]) == (S2, "")
    assert [one["outstanding"] for _, one in world.rows("finance", "financed")] == [0]
    check_all(world)
    settle(world, bill, 7_000_000)
    check_all(world)


def test_a_reversal_brings_the_amount_back_and_no_claim_that_lapsed(world: World) -> None:
    bill, token = financed(world)
    world.day(CLAIMED_FROM)
    claim(world, token)
    settle(world, bill, 3_000_000, partial=True, reference="A")
    settle(world, bill, 7_000_000, reference="B")
    assert row_of(world, token)["status"] == "expired"
    reverse(world, "B")
    row = row_of(world, token)
    assert (row["left"], row["status"]) == (7_000_000, "expired")
    check_all(world)
    [again] = live(world, bill)
    claim(world, again)
    check_all(world)


def test_what_was_written_off_is_recovered_by_a_buyback(world: World) -> None:
    _, token = financed(world)
    world.day(CLAIMED_FROM)
    write_off(world, token, BANK1)
    agreed(world, token)
    bought_back(world, token, amount=FACE + 1)
    assert stands(world, token) == ("recovered", FACE)
    check_all(world)


def test_refused_or_withdrawn_it_is_asked_again(world: World) -> None:
    _, token = financed(world)
    world.day(CLAIMED_FROM)
    claim(world, token)
    with pytest.raises(Refused, match="not_asked"):
        world.call(S1, "recourse", "refuse_recourse", token=token, reason="not us")
    assert world.call(S2, "recourse", "refuse_recourse", token=token, reason="disputed")["claim_status"] == "refused"
    with pytest.raises(Refused, match="claim_transition"):
        world.call(S2, "recourse", "accept_recourse", token=token)
    claim(world, token, amount=FACE + 1)
    world.call(S2, "recourse", "accept_recourse", token=token)
    with pytest.raises(Refused, match="not_the_holder"):
        world.call(S2, "recourse", "withdraw_recourse", token=token)
    world.call(BANK1, "recourse", "withdraw_recourse", token=token)
    assert row_of(world, token)["status"] == "withdrawn"
    claim(world, token)
    world.call(BANK1, "recourse", "withdraw_recourse", token=token)
    world.call(BANK1, "token", "split", token=token, amounts=[4_000_000, 6_000_000])
    check_all(world)


def test_it_stands_for_thirty_days_and_the_bank_may_say_so_the_business_day_after(world: World) -> None:
    """Asked on Wednesday 2026-03-11: to Friday 04-10; agreed to, money of that day is recorded up to Monday 04-13."""
    _, token = financed(world)
    world.day(CLAIMED_FROM)
    agreed(world, token)
    assert row_of(world, token)["stands_until"] == "2026-04-13"
    world.day("2026-04-13")
    with pytest.raises(Refused, match="claim_open"):
        world.call(BANK1, "token", "split", token=token, amounts=[1, FACE - 1])
    with pytest.raises(Refused, match="claim_lapsed"):
        bought_back(world, token, value_date="2026-04-11")
    bought_back(world, token, value_date="2026-04-10")
    check_all(world)


def test_it_ends_by_itself_and_is_asked_again(world: World) -> None:
    _, token = financed(world)
    world.day(CLAIMED_FROM)
    claim(world, token)
    world.day("2026-04-11")
    assert row_of(world, token)["status"] == "expired"
    with pytest.raises(Refused, match="claim_transition"):
        world.call(S2, "recourse", "accept_recourse", token=token)
    agreed(world, token)
    world.day("2026-05-13")
    assert row_of(world, token)["status"] == "expired"
    with pytest.raises(Refused, match="claim_transition"):
        bought_back(world, token)
    check_all(world)


def test_a_freeze_bars_the_buyback_and_not_the_claim(world: World) -> None:
    _, token = passed_on(world)
    court = freeze(world, token, FACE)
    with pytest.raises(Refused, match="token_locked"):
        bought_back(world, token)
    ratified(world, order_of(world, court))
    release(world, court)
    bought_back(world, token)
    check_all(world)


def test_a_freeze_of_a_part_cuts_the_token_and_ends_no_claim(world: World) -> None:
    """One cent of 100,000.00 is frozen: the claim stays on both pieces, and neither alone is bought back."""
    bill, token = passed_on(world)
    court = freeze(world, token, 1)
    low, high = world.token(token)["into"]
    assert world.token(low)["claim"] == world.token(high)["claim"] == token
    with pytest.raises(Refused, match="claim_in_pieces"):
        bought_back(world, low)
    with pytest.raises(Refused, match="token_locked"):
        bought_back(world, high)
    with pytest.raises(Refused, match="claim_open"):
        world.call(S2, "token", "split", token=low, amounts=[1, FACE - 2])
    ratified(world, order_of(world, court))
    release(world, court)
    [whole] = live(world, bill)
    assert world.token(whole)["claim"] == token
    bought_back(world, whole)
    check_all(world)


def test_a_court_that_gives_the_token_away_leaves_no_claim(world: World) -> None:
    bill, token = passed_on(world)
    frozen_id = frozen(world, token, FACE)
    transfer(world, frozen_id, 0, S3)
    [taken] = live(world, bill)
    assert (world.token(taken)["holder"], world.token(taken)["claim"]) == (S3, "none")
    assert (row_of(world, token)["status"], row_of(world, token)["left"]) == ("expired", 0)
    with pytest.raises(Refused, match="claim_transition"):
        bought_back(world, token)
    with pytest.raises(Refused, match="no_recourse"):
        claim(world, taken, ground="agreed")
    check_all(world)


def test_what_a_court_gives_of_a_claimed_token_is_asked_no_more(world: World) -> None:
    """Asked 100,000.00 on as much, of which a court gives 60,000.00 away: 40,000.00 for the token of the rest."""
    bill, token = passed_on(world)
    transfer(world, frozen(world, token, FACE), 6_000_000, S3)
    [rest] = [one for one in live(world, bill) if world.token(one)["claim"] != "none"]
    row = row_of(world, token)
    assert (row["left"], row["status"]) == (4_000_000, "recourse_agreed")
    check_all(world)
    release(world, world.token(rest)["locks"][0]["ref"])
    [rest] = [one for one in live(world, bill) if world.token(one)["claim"] != "none"]
    with pytest.raises(Refused, match="amount_below_asked"):
        bought_back(world, rest, amount=3_999_999)
    bought_back(world, rest, amount=4_000_000)
    check_all(world)


def test_the_same_payment_again_answers_the_first_result(world: World) -> None:
    _, token = financed(world)
    world.day(CLAIMED_FROM)
    agreed(world, token)
    first = bought_back(world, token, reference="R-1")
    assert bought_back(world, token, reference="R-1") == {**first, "repeated": True}
    with pytest.raises(Refused, match="reference_used_otherwise"):
        bought_back(world, token, reference="R-1", amount=FACE + 1)


def test_a_reference_of_a_buyback_is_used_once(world: World) -> None:
    bill, _ = financed(world)
    settle(world, bill, 1, partial=True, reference="FIRST")
    [rest] = live(world, bill)
    agreed(world, rest, ground="agreed")
    bought_back(world, rest, reference="R-1")
    _, other = financed(world)
    asked = world.call(BANK1, "sale", "sell", tokens=[other], buyer=BANK2, recourse=True, price="ab" * 32)
    assert asked["buyer"] == BANK2
    world.call(BANK1, "token", "recall", token=other)
    agreed(world, other, ground="agreed")
    with pytest.raises(Refused, match="reference_used_otherwise"):
        bought_back(world, other, reference="R-1")
    _, third = financed(world)
    with pytest.raises(Refused, match="reference_used_otherwise"):
        settle(world, world.token(third)["bill"], FACE, reference="R-1")


def test_the_bank_of_a_suppliers_account_records_what_it_was_paid(world: World) -> None:
    bill, first = accepted_bill(world, face=FACE, due_on=DUE, terms=OTHERS_LIABLE)
    second = pay(world, first, S2, FACE)[0]
    world.day(CLAIMED_FROM)
    agreed(world, second)
    for party in (S2, BANK2, S1):
        with pytest.raises(Refused, match="not_the_holders_bank"):
            bought_back(world, second, by=party)
    bought_back(world, second, by=BANK1)
    settle(world, bill, FACE)
    check_all(world)
