"""An agreed financing that a court's freeze suspends, beside what may meet it: a guarantor's money, marks, sales.

AMENDMENTS 2. The bill falls due on Wednesday 2026-03-04, and a guarantor stands for it. S1 and BANK2 agree on Monday,
to be paid by Tuesday; on Tuesday a court's freeze of 400.00 comes, which nobody decides until Friday. From Friday on a
guarantor may pay.
"""

from __future__ import annotations

import pytest
from contracts.claiming import bought_back, claim
from contracts.expected import refused, told
from contracts.freezing import order_of, ratified, refused_by, standing
from contracts.guaranteeing import GUARANTOR, demand, guarantee, members, pay
from contracts.invariants import check_all
from contracts.reversing import reverse
from contracts.sealing import agree_arguments, give_key, seal
from contracts.selling import sold
from contracts.test_paid_while_money_is_under_way import payments
from contracts.test_suspended_financings import (
    FACE,
    FRIDAY,
    MONDAY,
    NEXT_MONDAY,
    NEXT_TUESDAY,
    SATURDAY,
    TUESDAY,
    WEDNESDAY,
    frozen_on,
    locked,
    receipt,
    request_row,
    token_of,
)
from contracts.world import BANK2, BANK3, BANK4, S1, World, accepted_bill, ask, bid, settle
from contracts.writing_off import mark, stands, write_off


@pytest.fixture
def world(backend: str) -> World:
    return World(backend, members=members())


def suspended(world: World, **bill: object) -> tuple[str, str, str, str]:
    """(bill, request, quote, freeze): agreed on Monday, frozen on Tuesday."""
    made, token = accepted_bill(world, face=FACE, due_on=WEDNESDAY, **bill)
    guarantee(world, made)
    request = ask(world, token, BANK2, amount=FACE)["request"]
    quote = bid(world, request, BANK2, rate=36_000, disburse_by=TUESDAY, recourse=True)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    return made, request, quote, frozen_on(world, TUESDAY, request, 40_000)


# --- a guarantor pays -------------------------------------------------------------------------------------------------
def guarantor_paid(world: World) -> tuple[str, str, str, str]:
    bill, request, quote, made = suspended(world)
    world.day(FRIDAY)
    assert demand(world, bill, token_of(world, request))["demanded_on"] == FRIDAY
    done = pay(world, bill, token_of(world, request))
    assert [world.token(one)["holder"] for one in done["tokens"]] == [GUARANTOR] * 2
    assert {tuple(world.token(one)["locks"]) for one in done["tokens"]} == {()}
    assert payments(world, bill) == [
        (0, S1, 60_000, "set_aside", "guarantee"), (60_000, S1, 40_000, "set_aside", "guarantee"),
    ]  # fmt: skip
    check_all(world)
    return bill, request, quote, made


def test_money_of_before_takes_a_guarantors_money(world: World) -> None:
    """The guarantor has the token and is owed by the debtor; BANK2 has 1,000.00 for what it paid on Monday."""
    bill, request, quote, made = guarantor_paid(world)
    done = receipt(world, quote, MONDAY)
    assert (done["token"], done["set_aside"]) == ("", FACE)
    assert request_row(world, request)[0] == "repaid"
    world.day(SATURDAY)
    assert payments(world, bill) == [
        (0, BANK2, 60_000, "instructed", "financing"), (60_000, BANK2, 40_000, "instructed", "financing"),
    ]  # fmt: skip
    assert standing(world, made) == "ended"
    check_all(world)
    settle(world, bill, FACE)
    assert [one[1:] for one in payments(world, bill) if one[1] == GUARANTOR] == [
        (GUARANTOR, 60_000, "instructed", "holder"), (GUARANTOR, 40_000, "instructed", "holder"),
    ]  # fmt: skip
    check_all(world)


def test_a_guarantors_money_is_the_holders_where_no_bank_had_paid(world: World) -> None:
    """Frozen on Tuesday and ratified on Friday: the agreement is over at once, its last day was Wednesday. The freeze
    keeps its 400.00 of the money."""
    bill, request, _, made = guarantor_paid(world)
    ratified(world, order_of(world, made), by=BANK4)
    assert request_row(world, request)[:2] == ("withdrawn", "freeze")
    world.day(SATURDAY)
    assert payments(world, bill) == [
        (0, S1, 60_000, "instructed", "guarantee"), (60_000, S1, 40_000, "set_aside", "guarantee"),
    ]  # fmt: skip
    assert standing(world, made) == "in_force"
    check_all(world)


def test_a_lapsed_freeze_leaves_a_guarantors_money_to_the_agreement(world: World) -> None:
    """Four days are lost: to Monday. Money of the Friday on which the guarantor paid is too late."""
    bill, request, quote, _ = guarantor_paid(world)
    world.day(SATURDAY)
    assert request_row(world, request) == ("agreed", "", "", NEXT_MONDAY)
    assert {one[3] for one in payments(world, bill)} == {"set_aside"}
    check_all(world)
    assert receipt(world, quote, FRIDAY)["unmatched"] is True
    world.day(NEXT_TUESDAY)
    world.day(world.plus(1))
    assert {one[1:2] + one[3:] for one in payments(world, bill)} == {(S1, "instructed", "guarantee")}
    check_all(world)


def test_a_guarantors_receipt_is_reversed_by_nobody_as_before(world: World) -> None:
    bill, request, _, _ = suspended(world)
    world.day(FRIDAY)
    pay(world, bill, token_of(world, request), reference="G-1")
    refused("reversal_too_late", reverse, world, "G-1", by=BANK3)


# --- marks of a write-off ---------------------------------------------------------------------------------------------
def test_a_mark_ends_where_the_token_was_paid_for_before(world: World) -> None:
    bill, request, quote, _ = suspended(world)
    world.day(FRIDAY)
    token = token_of(world, request)
    write_off(world, token)
    settle(world, bill, 30_000, partial=True, reference="PAY-1")
    assert stands(world, token) == ("written_off", 30_000)
    check_all(world)
    receipt(world, quote, MONDAY)
    assert stands(world, token)[0] == "none"
    assert mark(world, token)["holder"] == S1
    assert world.row("write_off", "written", bill) is None
    check_all(world)


def test_a_reversal_marks_again_what_waited_for_the_bank(world: World) -> None:
    bill, request, quote, _ = suspended(world)
    world.day(FRIDAY)
    token = token_of(world, request)
    write_off(world, token)
    settle(world, bill, FACE, reference="PAY-1")
    assert stands(world, token) == ("recovered", FACE)
    reverse(world, "PAY-1")
    assert stands(world, token) == ("written_off", 0)
    assert locked(world, bill) == [(0, FACE, S1, ["in_finance", "frozen"])]
    assert receipt(world, quote, MONDAY)["token"]
    assert stands(world, token)[0] == "none"
    check_all(world)


# --- what the bank does with it ---------------------------------------------------------------------------------------
def test_a_bank_sells_what_it_took_free_of_a_freeze(world: World) -> None:
    """The freeze is on nothing any more, and over on the next day; whoever bought the token has it free, too."""
    bill, request, quote, made = suspended(world)
    token = receipt(world, quote, MONDAY)["token"]
    bought = sold(world, token, by=BANK2, to=BANK3)
    assert standing(world, made) == "in_force"
    check_all(world)
    ratified(world, order_of(world, made), by=BANK4)
    world.day(FRIDAY)
    assert standing(world, made) == "ended"
    assert locked(world, bill) == [(0, FACE, BANK3, [])]
    settle(world, bill, FACE, value_date=WEDNESDAY)
    assert request_row(world, request)[0] == "repaid"
    assert payments(world, bill) == [(0, BANK3, FACE, "instructed", "holder")]
    assert world.token(bought)["status"] == "settled"
    check_all(world)


def test_recourse_is_for_what_the_debtors_money_did_not_pay(world: World) -> None:
    """300.00 are paid on Friday and wait; BANK2 has them and 700.00 of the token, and asks S1 for 700.00."""
    bill, request, quote, _ = suspended(world)
    world.day(FRIDAY)
    settle(world, bill, 30_000, partial=True, reference="PAY-1")
    token = receipt(world, quote, MONDAY)["token"]
    world.day(SATURDAY)
    assert claim(world, token)["asked"] == S1
    world.call(S1, "recourse", "accept_recourse", token=token)
    back = bought_back(world, token, by=BANK2, amount=70_000)["token"]
    assert (world.token(back)["holder"], world.token(back)["financing"]) == (S1, "")
    assert request_row(world, request)[0] == "repaid"
    assert payments(world, bill) == [(0, BANK2, 30_000, "instructed", "financing")]
    check_all(world)


# --- a sealed bid -----------------------------------------------------------------------------------------------------
def test_an_agreement_to_a_sealed_bid_is_suspended_as_one_in_clear(world: World) -> None:
    give_key(world)
    bill, token = accepted_bill(world, face=FACE)
    request = ask(world, token, BANK2, amount=FACE)["request"]
    quote, sealed = seal(world, request, BANK2, {"rate": 36_000}, disburse_by=TUESDAY)
    world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, sealed))
    made = frozen_on(world, TUESDAY, request, 40_000)
    assert request_row(world, request) == ("agreed", "", TUESDAY, WEDNESDAY)
    refused("agreement_suspended", receipt, world, quote, TUESDAY)
    assert receipt(world, quote, MONDAY)["token"]
    assert locked(world, bill) == [(0, FACE, BANK2, [])]
    refused_by(world, order_of(world, made))
    assert told(world, "finance.agreement_resumed") == []
    check_all(world)
