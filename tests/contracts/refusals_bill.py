"""Refusals of bill, invoice and calendar."""

from __future__ import annotations

from typing import Any

from contracts.refusals import refuses
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    MEMBERS,
    OTHER_ANCHOR,
    S1,
    S2,
    World,
    accepted_bill,
    issue,
    key_of,
    member,
    order,
    uscc,
)  # fmt: skip

from chainbill.state.keys import row_key

INVOICE = "1" * 64


def over(amount: int = 100_000_000, total: int = 100_000_000, fingerprint: str = INVOICE) -> list[dict[str, Any]]:
    return [{"fingerprint": fingerprint, "amount": amount, "total": total}]


def confirm(world: World, bill: str) -> None:
    world.call(ANCHOR, "bill", "confirm", bill=bill)


@refuses("not_debtor_or_creditor")
def issue_by_a_third_party(world: World) -> None:
    issue(world, by=S2)


@refuses("debtor_is_creditor")
def issue_to_oneself(world: World) -> None:
    issue(world, by=ANCHOR, creditor=ANCHOR)


@refuses("debtor_not_an_anchor")
def issue_on_a_supplier(world: World) -> None:
    issue(world, debtor=S2)


@refuses("creditor_is_a_bank")
def issue_to_a_bank(world: World) -> None:
    issue(world, by=ANCHOR, creditor=BANK1)


@refuses("cannot_hold", members=[*MEMBERS, member(uscc(70), "auditor")])
def issue_to_an_auditor(world: World) -> None:
    issue(world, by=ANCHOR, creditor=uscc(70))


@refuses("party_unknown")
def issue_on_a_stranger(world: World) -> None:
    issue(world, debtor=uscc(999))


@refuses("too_many_drafts", parameters={"open_drafts_with": 10})
def issue_to_one_anchor_without_end(world: World) -> None:
    """security 16"""
    for _ in range(11):
        issue(world)


@refuses("too_many_drafts", parameters={"open_drafts": 10})
def issue_to_any_anchor_without_end(world: World) -> None:
    """security 16"""
    for number in range(11):
        issue(world, debtor=(ANCHOR, OTHER_ANCHOR)[number % 2])


@refuses("currency_unknown")
def issue_in_no_currency(world: World) -> None:
    issue(world, currency="XQQ")


@refuses("amount_not_positive")
def issue_for_nothing(world: World) -> None:
    issue(world, face=0)


@refuses("amount_not_positive")
def issue_for_true(world: World) -> None:
    issue(world, face=True)


@refuses("amount_too_large")
def issue_for_too_much(world: World) -> None:
    issue(world, face=2**53)


@refuses("date_not_valid")
def issue_on_an_impossible_day(world: World) -> None:
    issue(world, due_on="2026-02-30")


@refuses("due_date_not_in_future")
def issue_due_today(world: World) -> None:
    issue(world, due_on=world.today)


@refuses("text_expected")
def issue_with_a_number_as_contract(world: World) -> None:
    issue(world, contract_no=7)


@refuses("text_too_long")
def issue_with_an_endless_contract(world: World) -> None:
    issue(world, contract_no="x" * 201)


@refuses("text_not_one_line")
def issue_under_a_contract_of_two_lines(world: World) -> None:
    """security 21: line breaks in numbers went into the ledger."""
    issue(world, contract_no="C-1\nPAID")


@refuses("capability_missing")
def issue_with_a_checker_alone(world: World) -> None:
    arguments = {
        "debtor": ANCHOR, "creditor": S1, "face": 1, "currency": "CNY", "due_on": world.plus(9), "invoices": [],
        "contract_no": "", "delivered_on": "", "terms": {}, "reference": "",
    }  # fmt: skip
    world.send(S1, ("bill", "issue", arguments), keys=[key_of(S1, 1)])


@refuses("terms_not_valid")
def issue_with_an_unknown_term(world: World) -> None:
    issue(world, terms={"interest": 3})


@refuses("too_many_invoices")
def issue_over_too_many_invoices(world: World) -> None:
    issue(world, invoices=[over(1, 1, f"{number:064x}")[0] for number in range(101)], face=101)


@refuses("fingerprint_not_valid")
def issue_over_a_fingerprint_in_capitals(world: World) -> None:
    issue(world, invoices=over(fingerprint="AB" * 32))


@refuses("fingerprint_not_valid")
def issue_over_a_short_fingerprint(world: World) -> None:
    issue(world, invoices=over(fingerprint="12"))


@refuses("invoice_named_twice")
def issue_over_one_invoice_twice(world: World) -> None:
    issue(world, invoices=[*over(50_000_000), *over(50_000_000)])


@refuses("invoices_not_the_face")
def issue_over_too_little(world: World) -> None:
    issue(world, invoices=over(99_999_999))


@refuses("bill_unknown")
def confirm_nothing(world: World) -> None:
    confirm(world, "B0")


@refuses("not_the_debtor")
def confirm_as_creditor(world: World) -> None:
    world.call(S1, "bill", "confirm", bill=issue(world))


@refuses("not_the_creditor")
def accept_as_debtor(world: World) -> None:
    bill = issue(world)
    confirm(world, bill)
    world.call(ANCHOR, "bill", "accept", bill=bill)


@refuses("not_the_initiator")
def withdraw_as_other_side(world: World) -> None:
    world.call(ANCHOR, "bill", "withdraw", bill=issue(world), reason="")


@refuses("bill_transition")
def confirm_twice(world: World) -> None:
    bill = issue(world)
    confirm(world, bill)
    confirm(world, bill)


@refuses("bill_transition")
def cancel_before_confirming(world: World) -> None:
    world.call(ANCHOR, "bill", "cancel", bill=issue(world), reason="")


@refuses("bill_transition")
def reject_after_acceptance(world: World) -> None:
    world.call(S1, "bill", "reject", bill=accepted_bill(world)[0], reason="")


@refuses("bill_not_confirmed")
def accept_before_confirmation(world: World) -> None:
    world.call(S1, "bill", "accept", bill=issue(world))


@refuses("bill_expired")
def confirm_after_ten_business_days(world: World) -> None:
    bill = issue(world)
    world.time_ms += 15 * 86_400_000
    confirm(world, bill)


@refuses("bill_expired")
def accept_after_ten_business_days(world: World) -> None:
    bill = issue(world)
    confirm(world, bill)
    world.time_ms += 15 * 86_400_000
    world.call(S1, "bill", "accept", bill=bill)


@refuses("bill_past_due")
def confirm_on_the_day_of_payment(world: World) -> None:
    bill = issue(world, due_on=world.plus(3))
    world.time_ms += 3 * 86_400_000
    confirm(world, bill)


@refuses("paying_bank_missing", members=[*MEMBERS, member(uscc(50), "anchor", paying_bank="")])
def confirm_without_a_paying_bank(world: World) -> None:
    bill = issue(world, debtor=uscc(50))
    world.call(uscc(50), "bill", "confirm", bill=bill)


@refuses("account_missing", members=[*MEMBERS, member(uscc(51), "supplier", accounts=[])])
def accept_without_an_account(world: World) -> None:
    bill = issue(world, by=ANCHOR, creditor=uscc(51))
    confirm(world, bill)
    world.call(uscc(51), "bill", "accept", bill=bill)


@refuses("party_not_active")
def confirm_while_suspended(world: World) -> None:
    bill = issue(world)
    order(world, ANCHOR, "suspended")
    confirm(world, bill)


@refuses("invoice_occupied")
def confirm_over_an_occupied_invoice(world: World) -> None:
    first, second = issue(world, invoices=over()), issue(world, invoices=over())
    confirm(world, first)
    confirm(world, second)


@refuses("invoice_of_others")
def issue_over_an_invoice_that_another_buyer_holds(world: World) -> None:
    confirm(world, issue(world, invoices=over()))
    issue(world, debtor=OTHER_ANCHOR, invoices=over())


@refuses("invoice_of_others")
def confirm_over_an_invoice_that_another_buyer_holds_by_now(world: World) -> None:
    mine = issue(world, invoices=over())
    theirs = issue(world, debtor=OTHER_ANCHOR, invoices=over())
    world.call(OTHER_ANCHOR, "bill", "confirm", bill=theirs)
    confirm(world, mine)


@refuses("invoice_of_others")
def accept_a_claim_that_lost_its_place(world: World) -> None:
    strange = issue(world, by=OTHER_ANCHOR, debtor=OTHER_ANCHOR, invoices=over(1), face=1)
    world.call(OTHER_ANCHOR, "bill", "confirm", bill=strange)
    confirm(world, issue(world, invoices=over()))
    world.call(S1, "bill", "accept", bill=strange)


@refuses("invoice_currency_differs")
def issue_over_an_invoice_in_another_currency(world: World) -> None:
    confirm(world, issue(world, invoices=over()))
    issue(world, currency="EUR", invoices=over())


@refuses("invoice_total_differs")
def issue_over_an_invoice_with_another_total(world: World) -> None:
    confirm(world, issue(world, invoices=over()))
    issue(world, invoices=over(total=200_000_000))


@refuses("invoice_has_too_many_bills")
def confirm_one_bill_more_than_an_invoice_takes(world: World) -> None:
    for _ in range(201):
        confirm(world, issue(world, face=1, invoices=over(1)))


def propose_year(world: World, **fields: Any) -> None:
    content = {"year": 2027, "holidays": [], "workdays": [], **fields}
    world.call(BANK2, "governance", "propose", kind="calendar", content=content)


@refuses("year_not_valid")
def propose_a_year_long_ago(world: World) -> None:
    propose_year(world, year=1999)


@refuses("date_not_valid")
def propose_a_holiday_of_another_year(world: World) -> None:
    propose_year(world, holidays=["2026-10-01"])


@refuses("too_many_special_days")
def propose_a_year_of_holidays(world: World) -> None:
    propose_year(world, holidays=[f"2027-{1 + number // 28:02d}-{1 + number % 28:02d}" for number in range(151)])


@refuses("day_both_holiday_and_workday")
def propose_a_day_that_is_both(world: World) -> None:
    propose_year(world, holidays=["2027-10-02"], workdays=["2027-10-02"])


@refuses("workday_not_a_weekend")
def propose_a_monday_as_working_weekend(world: World) -> None:
    propose_year(world, workdays=["2027-10-04"])


LONG = [f"2026-{month:02d}-{day:02d}" for month in (6, 7, 8) for day in range(1, 32) if not (month == 6 and day == 31)]


def make_endless_holiday(world: World) -> None:
    """A year that no vote may decide."""
    world.overlay.begin()
    world.overlay.put(row_key("calendar", "year", 2026), {"holidays": LONG, "workdays": []})
    world.overlay.commit()


@refuses("no_business_day_near")
def issue_into_an_endless_holiday(world: World) -> None:
    make_endless_holiday(world)
    issue(world, due_on="2026-06-01")


@refuses("maker_and_checker_needed", members=[
    one if one["id"] != ANCHOR else {
        **one, "policy": {"rules": [{"action": "bill.confirm", "currency": "CNY", "above": 1_000}]}
    } for one in MEMBERS
])  # fmt: skip
def confirm_alone_above_the_limit(world: World) -> None:
    confirm(world, issue(world))


@refuses("not_a_validators_party", members=[*MEMBERS, member(uscc(60), "bank", accounts=[])])
def propose_as_a_bank_without_a_seat(world: World) -> None:
    world.call(uscc(60), "governance", "propose", kind="party_close", content={"party": S1})


@refuses("date_not_valid")
def ask_the_calendar_about_no_day(world: World) -> None:
    world.view("calendar", "is_business_day", date="tomorrow")


@refuses("no_business_day_near")
def issue_right_after_an_endless_holiday(world: World) -> None:
    make_endless_holiday(world)
    issue(world, due_on="2026-09-01")


# --- disputes ---------------------------------------------------------------------------------------------------------
def dispute(world: World, by: str = S2, seller: str = S1, document: str = "d" * 64, number: int = 1) -> str:
    said = {"fingerprint": f"{number:064x}", "seller": seller, "document": document}
    return str(world.call(by, "invoice", "dispute", **said)["dispute"])


@refuses("document_not_valid")
def dispute_with_a_paper_in_words(world: World) -> None:
    dispute(world, document="a letter")


@refuses("party_unknown")
def dispute_of_nobody_s_invoice(world: World) -> None:
    dispute(world, seller="NOBODY")


@refuses("capability_missing")
def dispute_with_a_checker_alone(world: World) -> None:
    said = {"fingerprint": INVOICE, "seller": S1, "document": "d" * 64}
    world.send(S2, ("invoice", "dispute", said), keys=[key_of(S2, 1)])


@refuses("dispute_exists")
def dispute_one_invoice_twice(world: World) -> None:
    dispute(world)
    dispute(world)


@refuses("too_many_disputes", parameters={"open_disputes": 2})
def dispute_without_end(world: World) -> None:
    for number in range(3):
        dispute(world, number=number)


@refuses(
    "too_many_disputes_of_invoice", members=[*MEMBERS, *(member(uscc(300 + one), "supplier") for one in range(20))]
)
def dispute_what_twenty_dispute(world: World) -> None:
    for number in range(20):
        dispute(world, by=uscc(300 + number))
    dispute(world)


@refuses("dispute_unknown")
def withdraw_no_dispute(world: World) -> None:
    world.call(S2, "invoice", "withdraw_dispute", dispute="DNONE")


@refuses("not_the_disputing_party")
def withdraw_the_dispute_of_another(world: World) -> None:
    world.call(S1, "invoice", "withdraw_dispute", dispute=dispute(world))


@refuses("not_the_sponsor")
def uphold_the_dispute_of_another_bank_s_party(world: World) -> None:
    said = {"dispute": dispute(world)}
    world.send(BANK2, ("invoice", "uphold", said), keys=[key_of(BANK2), key_of(BANK2, 1)])


@refuses("not_the_sponsor")
def uphold_one_s_own_dispute(world: World) -> None:
    said = {"dispute": dispute(world)}
    world.send(S2, ("invoice", "uphold", said), keys=[key_of(S2), key_of(S2, 1)])


@refuses("maker_and_checker_needed")
def uphold_alone(world: World) -> None:
    world.call(BANK1, "invoice", "uphold", dispute=dispute(world))


@refuses("dispute_transition")
def uphold_a_dispute_that_has_ended(world: World) -> None:
    found = dispute(world)
    world.day(world.plus(31))
    world.send(BANK1, ("invoice", "uphold", {"dispute": found}), keys=[key_of(BANK1), key_of(BANK1, 1)])


@refuses("dispute_transition")
def withdraw_a_dispute_twice(world: World) -> None:
    found = dispute(world)
    for _ in range(2):
        world.call(S2, "invoice", "withdraw_dispute", dispute=found)
