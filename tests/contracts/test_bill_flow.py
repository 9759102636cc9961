"""Bills from issue to their end: who may, which days count, what invoices are worth."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.world import ANCHOR, BANK1, BANKS, S1, S2, World, accepted_bill, issue, offer, settle

from chainbill.errors import Refused

FINGERPRINT = "7" * 64
FACE = 100_000_000
CALENDAR_2026 = {"year": 2026, "holidays": ["2026-07-01"], "workdays": ["2026-07-04"]}


def over(amount: int = FACE, total: int = FACE) -> list[dict[str, Any]]:
    return [{"fingerprint": FINGERPRINT, "amount": amount, "total": total}]


def invoice(world: World, seller: str = S1) -> Any:
    return world.row("invoice", "invoice", [FINGERPRINT, seller])


def test_the_debtor_too_may_issue_and_still_confirms(world: World) -> None:
    bill = issue(world, by=ANCHOR, invoices=over(), contract_no="PO-7", delivered_on="2026-02-20")
    row = world.bill(bill)
    assert (row["status"], row["initiator"], row["creditor"]) == ("pending_confirm", ANCHOR, S1)
    assert (row["expires_on"], row["delivered_on"]) == ("2026-03-17", "2026-02-20")
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    token = world.call(S1, "bill", "accept", bill=bill)["token"]
    assert world.bill(bill)["root_token"] == token
    assert world.token(token)["origin"] == token


def test_invoices_are_occupied_at_confirm_and_freed_by_every_exit(world: World) -> None:
    for end in ("reject", "cancel", "expire"):
        before = invoice(world)
        bill = issue(world, invoices=over())
        assert invoice(world) == before, "a bill that is not confirmed takes nothing"
        world.call(ANCHOR, "bill", "confirm", bill=bill)
        assert (invoice(world)["occupied"], invoice(world)["bills"]) == (FACE, [bill])
        assert invoice(world)["status"] == "occupied"
        if end == "expire":
            world.day(world.plus(15))
        else:
            party = S1 if end == "reject" else ANCHOR
            world.call(party, "bill", end, bill=bill, reason="wrong amount")
        assert world.bill(bill)["status"] == {"reject": "rejected", "cancel": "cancelled", "expire": "expired"}[end]
        assert (invoice(world)["occupied"], invoice(world)["bills"]) == (0, [])


def test_two_bills_share_an_invoice_up_to_its_total(world: World) -> None:
    first = issue(world, face=60_000_000, invoices=over(60_000_000))
    second = issue(world, face=40_000_000, invoices=over(40_000_000))
    third = issue(world, face=1, invoices=over(1))
    for bill in (first, second):
        world.call(ANCHOR, "bill", "confirm", bill=bill)
    with pytest.raises(Refused, match="invoice_occupied"):
        world.call(ANCHOR, "bill", "confirm", bill=third)
    world.call(ANCHOR, "bill", "cancel", bill=second, reason="")
    world.call(ANCHOR, "bill", "confirm", bill=third)
    assert (invoice(world)["occupied"], invoice(world)["status"]) == (60_000_001, "part_occupied")


def test_an_unanswered_bill_expires_after_ten_business_days_in_either_pending_state(world: World) -> None:
    unconfirmed, unaccepted = issue(world), issue(world)
    world.day(world.plus(14))
    world.call(ANCHOR, "bill", "confirm", bill=unaccepted)
    assert world.bill(unconfirmed)["status"] == "pending_confirm"
    world.day(world.plus(1))
    assert world.bill(unconfirmed)["status"] == "expired"
    world.day(world.plus(13))
    assert world.bill(unaccepted)["status"] == "pending_accept"
    world.day(world.plus(1))
    assert world.bill(unaccepted)["status"] == "expired"


def test_it_falls_due_on_the_business_day_and_is_overdue_the_day_after(world: World) -> None:
    bill, _ = accepted_bill(world, due_on="2026-07-04")  # a Saturday; no year is decided
    row = world.bill(bill)
    assert (row["pay_on"], row["pay_on_final"], row["last_offer_on"]) == ("2026-07-06", False, "2026-07-03")
    world.day("2026-07-05")
    assert world.bill(bill)["status"] == "active"
    world.day("2026-07-06")
    assert world.bill(bill)["status"] == "due"
    world.day("2026-07-07")
    assert (world.bill(bill)["status"], world.bill(bill)["overdue_on"]) == ("overdue", "2026-07-07")


def test_days_that_were_skipped_make_it_due_and_overdue_at_once(world: World) -> None:
    bill, _ = accepted_bill(world, due_on="2026-07-06")
    world.day("2026-07-20")
    assert world.bill(bill)["status"] == "overdue"
    assert world.topics()[-2:] == ["bill.due", "bill.overdue"]


def test_a_receipt_with_a_value_date_in_time_rescinds_the_overdue(world: World) -> None:
    bill, _ = accepted_bill(world, due_on="2026-07-06")
    world.day("2026-07-08")
    settle(world, bill, FACE - 1, value_date="2026-07-06", partial=True)
    assert world.bill(bill)["overdue_on"] == "2026-07-07"
    settle(world, bill, 1, value_date="2026-07-06")
    row = world.bill(bill)
    assert (row["status"], row["overdue_on"], row["settled_in_time"]) == ("settled", "", FACE)
    assert "bill.overdue_rescinded" in world.topics()
    assert "settlement.late_receipt" in world.topics()


def test_money_of_the_last_day_of_grace_is_in_time_and_of_the_next_day_is_not(backend: str) -> None:
    world = World(backend, parameters={"grace_business_days": 2})
    in_time, late = [accepted_bill(world, due_on="2026-07-06")[0] for _ in range(2)]
    world.day("2026-07-10")
    settle(world, in_time, FACE, value_date="2026-07-08")
    settle(world, late, FACE, value_date="2026-07-09")
    assert [world.bill(one)["settled_in_time"] for one in (in_time, late)] == [FACE, 0]
    assert [world.bill(one)["overdue_on"] for one in (in_time, late)] == ["", "2026-07-09"]


def test_a_late_payment_settles_but_rescinds_nothing(world: World) -> None:
    bill, _ = accepted_bill(world, due_on="2026-07-06")
    world.day("2026-07-08")
    settle(world, bill, FACE)
    row = world.bill(bill)
    assert (row["status"], row["overdue_on"], row["settled_in_time"]) == ("settled", "2026-07-07", 0)


def test_grace_counts_business_days(backend: str) -> None:
    world = World(backend, parameters={"grace_business_days": 2})
    bill, _ = accepted_bill(world, due_on="2026-07-03")  # a Friday
    assert world.bill(bill)["overdue_after"] == "2026-07-07"
    world.day("2026-07-07")
    assert world.bill(bill)["status"] == "due"
    world.day("2026-07-08")
    assert world.bill(bill)["status"] == "overdue"


def test_after_a_long_gap_bills_are_left_alone_until_the_next_business_day(world: World) -> None:
    bill, _ = accepted_bill(world, due_on="2026-07-03")
    pending = issue(world, due_on="2026-08-03")
    world.day("2026-07-03")
    waiting = issue(world)
    assert world.bill(pending)["status"] == "expired"
    world.gap_ms = 7_200_001
    world.day("2026-07-04")
    assert world.bill(bill)["status"] == "due"
    world.day("2026-07-05")
    assert world.bill(bill)["status"] == "due"
    world.day("2026-07-06")
    assert world.bill(bill)["status"] == "overdue"
    world.gap_ms = 7_200_001
    world.day("2026-07-18")  # the waiting bill would have expired
    assert (world.bill(waiting)["status"], world.bill(waiting)["expires_on"]) == ("pending_confirm", "2026-07-20")
    world.call(ANCHOR, "bill", "confirm", bill=waiting)


def test_a_gap_on_a_quiet_day_keeps_the_next_midnight_from_bills_too(world: World) -> None:
    bill, _ = accepted_bill(world, due_on="2026-07-03")
    world.day("2026-07-03")
    world.gap_ms = 7_200_001
    world.day("2026-07-03")
    for today, status in (("2026-07-04", "due"), ("2026-07-05", "due"), ("2026-07-06", "overdue")):
        world.day(today)
        assert world.bill(bill)["status"] == status


def test_a_gap_of_two_hours_is_none(world: World) -> None:
    bill, _ = accepted_bill(world, due_on="2026-07-03")
    world.gap_ms = 7_200_000
    world.day("2026-07-04")
    assert world.bill(bill)["status"] == "overdue"


def test_a_decided_year_counts_holidays_and_working_weekends(backend: str) -> None:
    world = World(backend, calendar=[CALENDAR_2026])
    row = world.bill(issue(world, due_on="2026-07-01"))
    assert (row["pay_on"], row["pay_on_final"], row["last_offer_on"]) == ("2026-07-02", True, "2026-06-30")
    assert world.bill(issue(world, due_on="2026-07-04"))["pay_on"] == "2026-07-04"


def decide(world: World, kind: str, **content: Any) -> None:
    proposal = world.call(BANK1, "governance", "propose", kind=kind, content=content)["proposal"]
    for bank in BANKS[:3]:
        world.call(bank, "governance", "vote", proposal=proposal, choice="yes")


def test_a_new_calendar_computes_pay_on_again_and_says_so(world: World) -> None:
    moved, _ = accepted_bill(world, due_on="2026-07-01")
    stays, _ = accepted_bill(world, due_on="2026-08-03")
    decide(world, "calendar", **CALENDAR_2026)
    assert (world.bill(moved)["pay_on"], world.bill(moved)["pay_on_final"]) == ("2026-07-02", True)
    assert (world.bill(stays)["pay_on"], world.bill(stays)["pay_on_final"]) == ("2026-08-03", True)
    changes = [fields for _, topic, fields in world.events if topic == "pay_on_changed"]
    assert changes == [{"bill": moved, "from": "2026-07-01", "to": "2026-07-02"}]
    world.day("2026-07-01")
    assert world.bill(moved)["status"] == "active"
    world.day("2026-07-02")
    assert world.bill(moved)["status"] == "due"


def test_many_provisional_bills_are_computed_again_from_the_next_day_on(world: World) -> None:
    bills = [issue(world, face=1, due_on="2026-07-01") for _ in range(130)]
    decide(world, "calendar", **CALENDAR_2026)
    assert sum(world.bill(bill)["pay_on_final"] for bill in bills) == 20
    world.day(world.plus(1))
    assert all(world.bill(bill)["pay_on_final"] for bill in bills)


def test_the_year_of_a_bill_that_rolls_into_the_next_one_counts_too(backend: str) -> None:
    world = World(backend, calendar=[CALENDAR_2026])
    row = world.bill(issue(world, due_on="2027-01-02"))
    assert (row["pay_on"], row["pay_on_final"]) == ("2027-01-04", False)
    assert [key for key, _ in world.rows("bill", "provisional")] == [[2027, row["id"]]]


def test_early_settlement_is_possible_from_acceptance_on(world: World) -> None:
    bill, token = accepted_bill(world)
    offer(world, token, (S2, 10))
    settle(world, bill, FACE)
    assert (world.bill(bill)["status"], world.bill(bill)["closed_on"]) == ("settled", world.today)
    world.day(world.plus(200))
    assert world.bill(bill)["status"] == "settled"
    assert not world.failed_items


def test_each_side_may_say_no_before_acceptance(world: World) -> None:
    rejected, withdrawn = issue(world), issue(world)
    world.call(ANCHOR, "bill", "reject", bill=rejected, reason="wrong order")
    world.call(S1, "bill", "withdraw", bill=withdrawn, reason="issued twice")
    assert (world.bill(rejected)["status"], world.bill(withdrawn)["status"]) == ("rejected", "withdrawn")
    assert world.bill(rejected)["closed_on"] == world.today
    assert world.topics()[-2:] == ["bill.rejected", "bill.withdrawn"]
    world.day(world.plus(1))  # until then the one that its maker took back keeps its place
    assert world.rows("bill", "agenda") == []


def test_a_day_that_is_over_does_not_become_the_day_of_payment(world: World) -> None:
    bill, _ = accepted_bill(world, due_on="2026-07-04")  # a Saturday: Monday is the day of payment
    world.day("2026-07-05")
    decide(world, "calendar", **CALENDAR_2026)  # the Saturday was a working day
    assert (world.bill(bill)["pay_on"], world.bill(bill)["status"]) == ("2026-07-06", "active")
    world.day("2026-07-06")
    assert world.bill(bill)["status"] == "due"


def test_anyone_may_ask_which_days_are_business_days(backend: str) -> None:
    world = World(backend, calendar=[CALENDAR_2026])
    days = ["2026-07-01", "2026-07-02", "2026-07-04", "2026-07-05", "2027-01-02", "2027-01-04"]
    answers = [world.view("calendar", "is_business_day", date=day) for day in days]
    assert answers == [False, True, True, False, False, True]


def test_very_many_provisional_bills_take_more_than_one_day(backend: str) -> None:
    world = World(backend, parameters={"open_drafts_with": 3_000})
    bills = [issue(world, face=1, due_on="2026-07-01") for _ in range(2_110)]
    decide(world, "calendar", **CALENDAR_2026)
    world.day("2026-03-03")
    assert sum(world.bill(bill)["pay_on_final"] for bill in bills) == 2_020
    world.day("2026-03-04")
    assert all(world.bill(bill)["pay_on_final"] for bill in bills)
    assert not world.failed_items
