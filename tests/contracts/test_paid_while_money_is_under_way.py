"""The debtor pays a token of an agreed financing: what is paid waits for the bank, whose money may have left before.

AMENDMENTS 2 (payee rule, row 2a). S1 and BANK2 agree on Monday 2026-03-02 over 1,000.00, to be paid by Tuesday, so that
the agreement stands until Wednesday. The debtor pays on Tuesday.
"""

from __future__ import annotations

import pytest
from contracts.expected import refused
from contracts.freezing import order_of, ratified, refused_by, standing
from contracts.invariants import check_all
from contracts.reversing import reverse
from contracts.test_suspended_financings import (
    FACE,
    FRIDAY,
    MONDAY,
    NEXT_TUESDAY,
    SATURDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    agreed,
    frozen_on,
    locked,
    receipt,
    request_row,
)
from contracts.world import BANK1, BANK2, S1, World, accepted_bill, as_two, ask, bid, settle

Paid = list[tuple[int, str, int, str, str]]


def payments(world: World, bill: str) -> Paid:
    """(lo, payee, amount, status, as what) of a bill's payments, by cents."""
    rows = [(world.token(row["token"])["lo"], row) for _, row in world.rows("settlement", "payment", (bill,))]
    rows.sort(key=lambda pair: (int(pair[0]), int(pair[1]["amount"])))
    return [(lo, row["party"], row["amount"], row["status"], row["kind"]) for lo, row in rows]


def paid_on_tuesday(world: World, amount: int = FACE, of: int = FACE) -> tuple[str, str, str]:
    bill, request, quote = agreed(world, of)
    world.day(TUESDAY)
    settle(world, bill, amount, reference="PAY-1", partial=amount < FACE)
    check_all(world)
    return bill, request, quote


# --- all of it is paid ------------------------------------------------------------------------------------------------
def test_what_is_paid_waits_for_the_bank(world: World) -> None:
    bill, request, quote = paid_on_tuesday(world)
    assert payments(world, bill) == [(0, S1, FACE, "set_aside", "holder")]
    assert request_row(world, request) == ("agreed", "", "", WEDNESDAY)
    assert world.row("finance", "quote", quote)["status"] == "agreed"
    assert world.bill(bill)["status"] == "settled"


def test_money_of_an_earlier_day_takes_the_debtors_money(world: World) -> None:
    bill, request, quote = paid_on_tuesday(world)
    world.day(WEDNESDAY)
    done = receipt(world, quote, MONDAY)
    assert (done["token"], done["set_aside"], done.get("unmatched", False)) == ("", FACE, False)
    assert request_row(world, request)[0] == "repaid"
    check_all(world)
    world.day(THURSDAY)
    assert payments(world, bill) == [(0, BANK2, FACE, "instructed", "financing")]
    assert world.row("finance", "request", request)["status"] == "repaid"
    check_all(world)


@pytest.mark.parametrize("value_date", [TUESDAY, WEDNESDAY])
def test_money_of_the_day_on_which_the_debtor_paid_comes_too_late(world: World, value_date: str) -> None:
    bill, request, quote = paid_on_tuesday(world)
    world.day(WEDNESDAY)
    assert receipt(world, quote, value_date)["unmatched"] is True
    world.day(THURSDAY)
    assert request_row(world, request)[:2] == ("expired", "time")
    assert payments(world, bill) == [(0, S1, FACE, "instructed", "holder")]
    check_all(world)


def test_without_a_receipt_it_is_the_holders_after_the_last_day(world: World) -> None:
    bill, _, quote = paid_on_tuesday(world)
    world.day(WEDNESDAY)
    assert payments(world, bill)[0][3] == "set_aside"
    world.day(THURSDAY)
    assert payments(world, bill) == [(0, S1, FACE, "instructed", "holder")]
    assert receipt(world, quote, MONDAY)["unmatched"] is True
    assert world.rows("settlement", "agenda") == []
    check_all(world)


def test_an_agreement_that_is_paid_keeps_its_place_until_it_is_over(world: World) -> None:
    paid_on_tuesday(world)
    assert world.row("finance", "open_requests", S1) == {"count": 1}
    world.day(THURSDAY)
    assert world.row("finance", "open_requests", S1) is None


def test_the_bank_cancels_and_the_holder_is_paid(world: World) -> None:
    bill, request, quote = paid_on_tuesday(world)
    world.call(BANK2, "finance", "cancel", quote=quote, reason="no")
    assert request_row(world, request)[:2] == ("withdrawn", "bank_cancelled")
    world.day(WEDNESDAY)
    assert payments(world, bill) == [(0, S1, FACE, "instructed", "holder")]
    check_all(world)


def test_nobody_takes_the_money_before_that_is_decided(world: World) -> None:
    bill, _, _ = paid_on_tuesday(world)
    token = world.leaves(bill)[0]["id"]
    told = {"bill": bill, "token": token}
    for status in ("instructed", "paid"):
        refused(
            "payment_awaits_financing", world.call, BANK1, "settlement", "pay_result", **told, status=status,
            reference=f"R-{status}",
        )  # fmt: skip
    refused("payment_awaits_financing", as_two, world, S1, "settlement", "acknowledge", **told)


def test_an_open_request_ends_and_its_holder_is_paid_as_before(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE)
    request = ask(world, token, BANK2, amount=FACE)["request"]
    bid(world, request, BANK2)
    settle(world, bill, FACE)
    assert request_row(world, request)[:2] == ("expired", "bill_paid")
    assert payments(world, bill) == [(0, S1, FACE, "instructed", "holder")]
    check_all(world)


# --- a part of it is paid ---------------------------------------------------------------------------------------------
def test_the_worked_example_of_a_part(world: World) -> None:
    """1,000.00 at 36 % from Monday 03-02 to 06-30, 120 days: interest 120.00, net 880.00. 300.00 are paid on Tuesday.
    The bank's 880.00 of Monday take the 700.00 that are left and the 300.00 that wait."""
    bill, request, quote = paid_on_tuesday(world, 30_000)
    assert payments(world, bill) == [(0, S1, 30_000, "set_aside", "holder")]
    assert locked(world, bill) == [(0, 30_000, S1, []), (30_000, FACE, S1, ["in_finance"])]
    done = receipt(world, quote, MONDAY)
    assert (done["interest"], done["net"], done["paid"], done["set_aside"]) == (12_000, 88_000, 88_000, 30_000)
    assert world.row("finance", "financed", done["token"])["outstanding"] == 70_000
    assert request_row(world, request)[0] == "disbursed"
    world.day(WEDNESDAY)
    assert payments(world, bill) == [(0, BANK2, 30_000, "instructed", "financing")]
    assert locked(world, bill) == [(0, 30_000, S1, []), (30_000, FACE, BANK2, [])]
    check_all(world)
    settle(world, bill, 70_000, reference="PAY-2")
    assert request_row(world, request)[0] == "repaid"
    check_all(world)


def test_money_of_the_day_of_a_part_payment_buys_what_is_left(world: World) -> None:
    """Interest of 700.00 for 119 days is 83.30; the agreed net must be paid. The 300.00 are the holder's."""
    bill, _, quote = paid_on_tuesday(world, 30_000)
    done = receipt(world, quote, TUESDAY, amount=88_000)
    assert (done["interest"], done["net"], "set_aside" in done) == (8_330, 61_670, False)
    world.day(WEDNESDAY)
    assert payments(world, bill) == [(0, S1, 30_000, "instructed", "holder")]
    check_all(world)


def test_each_payment_counts_by_its_own_day(world: World) -> None:
    """300.00 are paid on Tuesday, 200.00 on Wednesday; money of Tuesday takes the second only."""
    bill, _, quote = paid_on_tuesday(world, 30_000)
    world.day(WEDNESDAY)
    settle(world, bill, 20_000, reference="PAY-2", partial=True)
    done = receipt(world, quote, TUESDAY, amount=88_000)
    assert done["set_aside"] == 20_000
    world.day(THURSDAY)
    assert payments(world, bill) == [
        (0, S1, 30_000, "instructed", "holder"), (30_000, BANK2, 20_000, "instructed", "financing"),
    ]  # fmt: skip
    check_all(world)


# --- the receipt of the debtor's money is reversed --------------------------------------------------------------------
@pytest.mark.parametrize("amount", [30_000, FACE])
def test_a_reversed_receipt_brings_the_agreement_back(world: World, amount: int) -> None:
    bill, request, quote = paid_on_tuesday(world, amount)
    before = world.row("finance", "request", request)["created"]["height"]
    reverse(world, "PAY-1")
    assert locked(world, bill) == [(0, FACE, S1, ["in_finance"])]
    [lock] = world.leaves(bill)[0]["locks"]
    assert (lock["since"], lock["height"], lock["until"]) == (MONDAY, before, WEDNESDAY)
    assert payments(world, bill)[0][3] == "cancelled"
    check_all(world)
    world.day(WEDNESDAY)
    assert receipt(world, quote, TUESDAY)["token"]
    check_all(world)


@pytest.mark.parametrize("days", [0, 1])
def test_a_receipt_is_not_reversed_once_a_bank_has_some_of_it(world: World, days: int) -> None:
    _, _, quote = paid_on_tuesday(world, 30_000)
    receipt(world, quote, MONDAY)
    world.day(world.plus(days))
    refused("payment_already_paid", reverse, world, "PAY-1")


def test_a_reversed_receipt_of_an_agreement_that_is_over_frees_its_cents(world: World) -> None:
    bill, _, quote = paid_on_tuesday(world)
    world.call(BANK2, "finance", "cancel", quote=quote, reason="no")
    reverse(world, "PAY-1")
    assert locked(world, bill) == [(0, FACE, S1, [])]
    world.day(WEDNESDAY)
    check_all(world)


# --- frozen, and paid -------------------------------------------------------------------------------------------------
def frozen_and_paid(world: World, amount: int = FACE) -> tuple[str, str, str, str]:
    """The high 400.00 are frozen on Tuesday, the debtor pays on Wednesday: (bill, request, quote, freeze)."""
    bill, request, quote = agreed(world)
    made = frozen_on(world, TUESDAY, request, 40_000)
    world.day(WEDNESDAY)
    settle(world, bill, amount, reference="PAY-1", partial=amount < FACE)
    check_all(world)
    return bill, request, quote, made


def test_the_freeze_is_on_its_own_cents_only(world: World) -> None:
    bill, _, _, made = frozen_and_paid(world)
    assert payments(world, bill) == [
        (0, S1, 60_000, "set_aside", "holder"), (60_000, S1, 40_000, "set_aside", "holder"),
    ]  # fmt: skip
    assert [key[0] for key, _ in world.rows("settlement", "held")] == [made]


def test_money_of_before_takes_all_that_was_paid_free_of_the_freeze(world: World) -> None:
    bill, request, quote, made = frozen_and_paid(world)
    assert receipt(world, quote, MONDAY)["set_aside"] == FACE
    assert request_row(world, request)[0] == "repaid"
    world.day(THURSDAY)
    assert payments(world, bill) == [
        (0, BANK2, 60_000, "instructed", "financing"), (60_000, BANK2, 40_000, "instructed", "financing"),
    ]  # fmt: skip
    assert world.rows("settlement", "held") == []
    world.day(FRIDAY)
    assert standing(world, made) == "ended"
    check_all(world)


def test_a_ratified_freeze_keeps_its_cents_of_the_money(world: World) -> None:
    bill, request, _, made = frozen_and_paid(world)
    ratified(world, order_of(world, made))
    check_all(world)
    world.day(THURSDAY)
    assert request_row(world, request)[:2] == ("withdrawn", "freeze")
    world.day(FRIDAY)
    assert payments(world, bill) == [
        (0, S1, 60_000, "instructed", "holder"), (60_000, S1, 40_000, "set_aside", "holder"),
    ]  # fmt: skip
    assert standing(world, made) == "in_force"
    check_all(world)


def test_a_refused_freeze_leaves_the_money_to_the_agreement(world: World) -> None:
    """Frozen on Tuesday and refused on Thursday: two days, so the agreement stands until Friday."""
    bill, request, quote, made = frozen_and_paid(world)
    world.day(THURSDAY)
    refused_by(world, order_of(world, made))
    assert request_row(world, request) == ("agreed", "", "", FRIDAY)
    assert {one[3] for one in payments(world, bill)} == {"set_aside"}
    check_all(world)
    assert receipt(world, quote, TUESDAY)["set_aside"] == FACE, "as if there had been no freeze"
    world.day(FRIDAY)
    assert {one[1:2] + one[3:] for one in payments(world, bill)} == {(BANK2, "instructed", "financing")}
    check_all(world)


def test_a_freeze_that_lapses_while_money_waits_lets_it_go_in_the_end(world: World) -> None:
    bill, request, _, made = frozen_and_paid(world)
    world.day(SATURDAY)
    assert (standing(world, made), request_row(world, request)[0]) == ("ended", "agreed")
    world.day(NEXT_TUESDAY)
    assert request_row(world, request)[:2] == ("expired", "time")
    world.day(world.plus(1))
    assert {one[1:2] + one[3:] for one in payments(world, bill)} == {(S1, "instructed", "holder")}
    assert world.rows("settlement", "agenda") == []
    check_all(world)


@pytest.mark.parametrize("amount", [30_000, 80_000, FACE])
def test_a_reversal_while_it_is_frozen_makes_the_token_whole_again(world: World, amount: int) -> None:
    bill, _, quote, made = frozen_and_paid(world, amount)
    locks = [] if amount == FACE else world.leaves(bill)[-1]["locks"]
    reverse(world, "PAY-1")
    assert locked(world, bill) == [(0, FACE, S1, ["in_finance", "frozen"])]
    assert locks in ([], world.leaves(bill)[0]["locks"])
    assert world.rows("settlement", "held") == []
    check_all(world)
    refused_by(world, order_of(world, made))
    assert locked(world, bill) == [(0, FACE, S1, ["in_finance"])]
    assert receipt(world, quote, WEDNESDAY)["token"]
    check_all(world)
