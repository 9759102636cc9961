"""A court freezes the token of an agreed financing: the agreement waits for the order, and money of before counts.

AMENDMENTS 2. S1 and BANK2 agree on Monday 2026-03-02 to finance a token of 1,000.00, to be paid by Tuesday; the
agreement stands until Wednesday. On Tuesday BANK1, which pays the bill and sponsors S1, enters a court's freeze.
"""

from __future__ import annotations

from typing import Any

import pytest
from contracts.expected import refused
from contracts.freezing import enter, freeze, order_of, order_status, ratified, refused_by, release, standing
from contracts.invariants import check_all
from contracts.world import (
    ANCHOR,
    BANK2,
    BANK3,
    BANK4,
    S1,
    S3,
    World,
    accepted_bill,
    as_two,
    ask,
    bid,
    disburse,
    name_paying_bank,
)

FACE = 100_000
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (f"2026-03-0{day}" for day in range(2, 7))
SATURDAY, NEXT_MONDAY, NEXT_TUESDAY, NEXT_FRIDAY = (f"2026-03-{day}" for day in ("07", "09", "10", "13"))


def agreed(world: World, amount: int = FACE, by: str = TUESDAY) -> tuple[str, str, str]:
    """(bill, request, quote) of an agreement of Monday over the low cents of a bill of 1,000.00."""
    bill, token = accepted_bill(world, face=FACE)
    request = ask(world, token, BANK2, BANK3, amount=amount)["request"]
    quote = bid(world, request, BANK2, rate=360_000, disburse_by=by)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    return bill, request, quote


def token_of(world: World, request: str) -> str:
    return str(world.row("finance", "request", request)["token"])


def frozen_on(world: World, day: str, request: str, amount: int, **given: Any) -> str:
    """A freeze of the high cents of the request's token, entered on a day by one bank alone."""
    world.day(day)
    made = freeze(world, token_of(world, request), amount, **given)
    check_all(world)
    return made


def locked(world: World, bill: str) -> list[tuple[int, int, str, list[str]]]:
    return [(leaf["lo"], leaf["hi"], leaf["holder"], [one["kind"] for one in leaf["locks"]])
            for leaf in world.leaves(bill)]  # fmt: skip


def request_row(world: World, request: str) -> tuple[str, str, str, str]:
    row = world.row("finance", "request", request)
    return row["status"], row["ended_by"], row["suspended_on"], row["until"]


def receipt(world: World, quote: str, value_date: str, **given: Any) -> Any:
    return disburse(world, BANK2, quote, value_date=value_date, **given)


# --- the order is entered ---------------------------------------------------------------------------------------------
def test_a_freeze_of_one_cent_suspends_an_agreement_and_ends_nothing(world: World) -> None:
    bill, request, quote = agreed(world)
    made = frozen_on(world, TUESDAY, request, 1)
    assert request_row(world, request) == ("agreed", "", TUESDAY, WEDNESDAY)
    assert world.row("finance", "quote", quote)["status"] == "agreed"
    assert locked(world, bill) == [(0, FACE, S1, ["in_finance", "frozen"])]
    row = world.row("legal", "freeze", made)
    assert (row["lo"], row["hi"], row["status"], row["suspends"]) == (FACE - 1, FACE, "in_force", request)
    assert ("finance", "agreement_suspended") in [event[:2] for event in world.events]


def test_an_open_request_ends_at_once_as_before(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE)
    request = ask(world, token, BANK2, amount=FACE)["request"]
    quote = bid(world, request, BANK2)["quote"]
    freeze(world, token_of(world, request), 1)
    assert request_row(world, request)[:3] == ("withdrawn", "freeze", "")
    assert world.row("finance", "quote", quote)["status"] == "expired"
    assert locked(world, bill) == [(0, FACE - 1, S1, []), (FACE - 1, FACE, S1, ["frozen"])]
    check_all(world)


def test_money_of_an_earlier_day_takes_the_token_free_of_the_freeze(world: World) -> None:
    bill, request, quote = agreed(world)
    made = frozen_on(world, TUESDAY, request, 40_000)
    token = receipt(world, quote, MONDAY)["token"]
    assert locked(world, bill) == [(0, FACE, BANK2, [])]
    assert request_row(world, request)[0] == "disbursed"
    assert world.row("finance", "financed", token)["outstanding"] == FACE
    check_all(world)
    ratified(world, order_of(world, made))
    assert locked(world, bill) == [(0, FACE, BANK2, [])]
    check_all(world)


def test_a_freeze_that_a_receipt_took_its_cents_from_ends_on_the_next_day(world: World) -> None:
    _, request, quote = agreed(world)
    made = frozen_on(world, TUESDAY, request, 40_000)
    receipt(world, quote, MONDAY)
    assert standing(world, made) == "in_force"
    world.day(WEDNESDAY)
    assert standing(world, made) == "ended"
    check_all(world)


@pytest.mark.parametrize("day", [TUESDAY, WEDNESDAY])
def test_money_of_the_day_of_the_freeze_or_later_waits_for_the_order(world: World, day: str) -> None:
    """Value dates have no hours. Nothing is written down, so that the same money counts where the order lapses."""
    _, request, quote = agreed(world)
    made = frozen_on(world, TUESDAY, request, 1)
    world.day(day)
    refused("agreement_suspended", receipt, world, quote, day)
    assert world.rows("finance", "receipt") == []
    refused_by(world, order_of(world, made))
    assert receipt(world, quote, day)["token"]
    check_all(world)


# --- it is refused, or lapses -----------------------------------------------------------------------------------------
def test_an_order_that_lapses_gives_the_lost_days_back(world: World) -> None:
    """Worked example. Frozen on Tuesday, the day before the agreement's last; lapsed on Saturday. Four days are lost:
    Wednesday 03-04 and four days is Sunday 03-08, so the last day is Monday 03-09."""
    bill, request, quote = agreed(world)
    made = frozen_on(world, TUESDAY, request, 40_000)
    world.day(FRIDAY)
    assert request_row(world, request) == ("agreed", "", TUESDAY, WEDNESDAY)
    check_all(world)
    world.day(SATURDAY)
    assert standing(world, made) == "ended"
    assert request_row(world, request) == ("agreed", "", "", NEXT_MONDAY)
    assert locked(world, bill) == [(0, FACE, S1, ["in_finance"])]
    check_all(world)
    world.day(NEXT_MONDAY)
    assert receipt(world, quote, NEXT_MONDAY)["token"]
    check_all(world)


def test_an_agreement_that_was_resumed_ends_by_itself(world: World) -> None:
    bill, request, _ = agreed(world)
    frozen_on(world, TUESDAY, request, 40_000)
    world.day(SATURDAY)
    world.day(NEXT_TUESDAY)
    assert request_row(world, request) == ("expired", "time", "", NEXT_MONDAY)
    assert locked(world, bill) == [(0, FACE, S1, [])]
    check_all(world)


def test_an_order_that_is_refused_on_the_same_day_loses_nothing(world: World) -> None:
    bill, request, quote = agreed(world)
    made = frozen_on(world, TUESDAY, request, FACE)
    refused_by(world, order_of(world, made))
    assert request_row(world, request) == ("agreed", "", "", WEDNESDAY)
    assert locked(world, bill) == [(0, FACE, S1, ["in_finance"])]
    assert receipt(world, quote, TUESDAY)["token"]
    check_all(world)


def test_a_freeze_that_runs_out_before_it_is_decided_resumes_too(world: World) -> None:
    _, request, _ = agreed(world)
    made = frozen_on(world, TUESDAY, request, 1, days=1)
    world.day(THURSDAY)
    assert standing(world, made) == "ended"
    assert request_row(world, request) == ("agreed", "", "", FRIDAY)
    check_all(world)


def test_a_standstill_within_a_suspension_counts_once(world: World) -> None:
    """Frozen on Tuesday; the network stands still from Tuesday to Thursday; refused then: two days, to Friday."""
    _, request, _ = agreed(world)
    made = frozen_on(world, TUESDAY, request, 1)
    world.time_ms += 1
    world.gap_ms = 2 * 24 * 3_600_000
    world.day(THURSDAY)
    refused_by(world, order_of(world, made))
    assert request_row(world, request) == ("agreed", "", "", FRIDAY)
    check_all(world)
    world.day(SATURDAY)
    assert request_row(world, request)[:2] == ("expired", "time")


def test_the_bank_of_the_agreement_is_no_second_bank(world: World) -> None:
    """By its refusal it would have the token free for its money."""
    _, request, _ = agreed(world)
    made = frozen_on(world, TUESDAY, request, 1)
    order = order_of(world, made)
    refused("side_of_the_matter", as_two, world, BANK2, "legal", "refuse", order=order, reason="mine")
    refused("side_of_the_matter", as_two, world, BANK2, "legal", "ratify", order=order)


# --- it is ratified ---------------------------------------------------------------------------------------------------
def test_an_order_that_is_ratified_ends_the_agreement_after_its_last_day(world: World) -> None:
    """Wednesday is the last day for money of Monday; on Thursday the cents of the freeze are cut off."""
    bill, request, quote = agreed(world)
    made = frozen_on(world, TUESDAY, request, 40_000)
    ratified(world, order_of(world, made))
    assert request_row(world, request) == ("agreed", "freeze", TUESDAY, WEDNESDAY)
    assert locked(world, bill) == [(0, FACE, S1, ["in_finance", "frozen"])]
    check_all(world)
    world.day(THURSDAY)
    assert request_row(world, request)[:2] == ("withdrawn", "freeze")
    assert world.row("finance", "quote", quote)["status"] == "expired"
    assert locked(world, bill) == [(0, 60_000, S1, []), (60_000, FACE, S1, ["frozen"])]
    assert standing(world, made) == "in_force"
    check_all(world)


def test_money_of_an_earlier_day_counts_also_after_ratification(world: World) -> None:
    bill, request, quote = agreed(world)
    made = frozen_on(world, TUESDAY, request, 40_000)
    ratified(world, order_of(world, made))
    world.day(WEDNESDAY)
    assert receipt(world, quote, MONDAY)["token"]
    assert locked(world, bill) == [(0, FACE, BANK2, [])]
    world.day(THURSDAY)
    assert standing(world, made) == "ended"
    check_all(world)


def test_money_of_the_day_of_a_ratified_freeze_is_flagged_and_the_court_decides(world: World) -> None:
    bill, request, quote = agreed(world)
    made = frozen_on(world, TUESDAY, request, 40_000)
    ratified(world, order_of(world, made))
    done = receipt(world, quote, TUESDAY)
    assert (done["unmatched"], done["token"]) == (True, "")
    assert locked(world, bill) == [(0, FACE, S1, ["in_finance", "frozen"])]
    check_all(world)
    world.day(THURSDAY)
    assert receipt(world, quote, MONDAY, reference="LATE")["unmatched"] is True
    check_all(world)


def test_an_order_that_is_ratified_after_the_last_day_ends_the_agreement_then(world: World) -> None:
    bill, request, _ = agreed(world)
    made = frozen_on(world, TUESDAY, request, 40_000)
    world.day(THURSDAY)
    assert request_row(world, request)[0] == "agreed"
    ratified(world, order_of(world, made))
    assert request_row(world, request)[:2] == ("withdrawn", "freeze")
    assert locked(world, bill) == [(0, 60_000, S1, []), (60_000, FACE, S1, ["frozen"])]
    check_all(world)


def test_a_ratified_transfer_waits_until_the_agreement_is_over(world: World) -> None:
    """To act on Saturday; the agreement stands until Monday, so it acts on Tuesday."""
    bill, request, _ = agreed(world, by=FRIDAY)
    world.day(TUESDAY)
    item = {"token": token_of(world, request), "amount": 40_000}
    entered = enter(world, "transfer", item, beneficiary=S3, days=90)
    assert ratified(world, entered["order"])["acts_on"] == SATURDAY
    made = entered["freezes"][0]
    refused("freeze_suspends", enter, world, "transfer", {"freeze": made, "amount": 40_000}, beneficiary=S3)
    refused("freeze_suspends", enter, world, "release", {"freeze": made, "amount": 1})
    world.day(SATURDAY)
    assert order_status(world, entered["order"]) == "ratified"
    assert locked(world, bill) == [(0, FACE, S1, ["in_finance", "frozen"])]
    check_all(world)
    world.day(NEXT_MONDAY)
    world.day(NEXT_TUESDAY)
    assert order_status(world, entered["order"]) == "carried_out"
    assert locked(world, bill) == [(0, 60_000, S1, []), (60_000, FACE, S3, [])]
    check_all(world)


def test_a_transfer_of_what_was_paid_for_before_gives_nothing(world: World) -> None:
    bill, request, quote = agreed(world)
    world.day(TUESDAY)
    item = {"token": token_of(world, request), "amount": 40_000}
    entered = enter(world, "transfer", item, beneficiary=S3, days=90)
    ratified(world, entered["order"])
    receipt(world, quote, MONDAY)
    world.day(SATURDAY)
    assert order_status(world, entered["order"]) == "carried_out"
    assert locked(world, bill) == [(0, FACE, BANK2, [])]
    assert world.row("legal", "order", entered["order"])["items"][0]["given"] == 0
    check_all(world)


def test_a_release_of_all_of_it_resumes_an_agreement(world: World) -> None:
    bill, request, quote = agreed(world)
    made = frozen_on(world, TUESDAY, request, 40_000)
    release(world, made)
    assert request_row(world, request) == ("agreed", "", "", WEDNESDAY)
    assert locked(world, bill) == [(0, FACE, S1, ["in_finance"])]
    assert receipt(world, quote, TUESDAY)["token"]
    check_all(world)


def test_the_bank_cancels_an_agreement_that_is_suspended(world: World) -> None:
    """The holder has the cents below the freeze again on the next day."""
    bill, request, quote = agreed(world, 60_000)
    made = frozen_on(world, TUESDAY, request, 20_000)
    world.call(BANK2, "finance", "cancel", quote=quote, reason="no")
    assert request_row(world, request)[:2] == ("withdrawn", "bank_cancelled")
    assert locked(world, bill) == [(0, 60_000, S1, ["frozen"]), (60_000, FACE, S1, [])]
    check_all(world)
    world.day(WEDNESDAY)
    assert [leaf[:2] for leaf in locked(world, bill) if leaf[3]] == [(40_000, 60_000)]
    check_all(world)
    world.day(SATURDAY)
    assert standing(world, made) == "ended"
    assert {tuple(leaf[3]) for leaf in locked(world, bill)} == {()}
    check_all(world)


# --- two orders -------------------------------------------------------------------------------------------------------
def two(world: World) -> tuple[str, str, str, str, str]:
    """F1 of the high 400.00 by S1's sponsor BANK1 on Monday 03-09, F2 of the high 700.00 by the paying bank BANK4 on
    Tuesday; the agreement stands until Monday after."""
    name_paying_bank(world, ANCHOR, BANK4)
    assert world.today == FRIDAY
    bill, request, quote = agreed(world, by=NEXT_FRIDAY)
    first = frozen_on(world, NEXT_MONDAY, request, 40_000)
    world.day(NEXT_TUESDAY)
    order = enter(world, "freeze", {"token": token_of(world, request), "amount": 70_000}, by=BANK4)
    check_all(world)
    return bill, request, quote, first, order["freezes"][0]


def test_the_first_lapses_and_the_second_goes_on(world: World) -> None:
    _, request, quote, first, second = two(world)
    refused_by(world, order_of(world, first))
    assert (standing(world, first), standing(world, second)) == ("ended", "in_force")
    assert request_row(world, request)[:3] == ("agreed", "", NEXT_MONDAY)
    check_all(world)
    refused("agreement_suspended", receipt, world, quote, NEXT_TUESDAY)
    assert receipt(world, quote, NEXT_MONDAY)["token"], "before the second, and the first is as if it had never been"
    check_all(world)


def test_both_cut_their_own_cents(world: World) -> None:
    bill, request, _, first, second = two(world)
    ratified(world, order_of(world, second))
    ratified(world, order_of(world, first))
    world.day("2026-03-17")
    assert request_row(world, request)[:2] == ("withdrawn", "freeze")
    assert locked(world, bill) == [
        (0, 30_000, S1, []), (30_000, 60_000, S1, ["frozen"]), (60_000, FACE, S1, ["frozen", "frozen"])
    ]  # fmt: skip
    assert (standing(world, first), standing(world, second)) == ("in_force", "in_force")
    check_all(world)
