"""The beginning of a bill: issued, confirmed, accepted, or one of the ways out before that."""

from __future__ import annotations

from typing import Any

from model import days, invoices
from model.invoices import guard_occupation, read_parts
from model.records import Bill, Book, Hop, Token
from model.words import Guards, Id

PENDING = ("pending_confirm", "pending_accept")


def find(book: Book, guards: Guards, bill: str) -> Bill:
    guards.at("there")
    guards.need("bill_unknown", bill in book.bills)
    guards.end()
    return book.bills[bill]


def close(book: Book, bill: Bill, status: str) -> None:
    bill.status, bill.closed_on = status, book.today
    for guarantee in book.guarantees.values():
        if guarantee.bill is bill:
            guarantee.status, guarantee.ended_on = "ended", book.today


def falls_due(book: Book, bill: Bill) -> None:
    """A bill that is not paid is due on its day, and overdue after the days of grace."""
    if bill.overdue_after < book.today:
        if bill.status != "overdue":
            bill.overdue_on = days.plus(bill.overdue_after, 1)
        bill.status = "overdue"
    elif bill.pay_on <= book.today:
        bill.status = "due"


def owed_again(book: Book, bill: Bill) -> None:
    """What settled it was reversed: it stands by what day it is."""
    bill.status, bill.closed_on = "active", ""
    for guarantee in book.guarantees.values():
        if guarantee.bill is bill:
            guarantee.status, guarantee.ended_on = "active", ""
    falls_due(book, bill)


def drafts(book: Book, initiator: str, other: str = "") -> int:
    """Its bills that wait, with those that it took back today."""
    open_ones = sum(
        1 for bill in book.bills.values()
        if bill.initiator == initiator and bill.status in PENDING and other in ("", bill.debtor, bill.creditor)
    )  # fmt: skip
    return open_ones + book.kept[("draft", initiator, other) if other else ("draft", initiator)]


def keep_place(book: Book, bill: Bill, sender: str) -> None:
    """Whoever takes back what it issued has the place again tomorrow."""
    if sender == bill.initiator:
        other = bill.debtor if sender == bill.creditor else bill.creditor
        book.kept["draft", sender] += 1
        book.kept["draft", sender, other] += 1


def wait(book: Book) -> str:
    """The day after the last one of a wait that begins today."""
    return days.plus(book.calendar.later(book.today, book.parameters["pending_days"]), 1)


def issue(
    book: Book, sender: str, people: int, debtor: str, creditor: str, face: int, currency: str, due_on: str,
    invoices: list[dict[str, Any]], contract_no: str, delivered_on: str, terms: dict[str, Any], reference: str,
) -> dict[str, Any]:  # fmt: skip
    guards = Guards()
    guards.at("form")
    guards.amount(face)
    guards.need("currency_unknown", currency in book.currencies)
    guards.need("date_not_valid", days.is_day(due_on) and (not delivered_on or days.is_day(delivered_on)))
    guards.need("debtor_is_creditor", debtor != creditor)
    guards.need("reference_not_valid", len(reference) <= 64)
    parts = read_parts(guards, invoices, face)
    least = terms.get("min_split", book.parameters["min_split"])
    guards.need(
        "terms_not_valid",
        not set(terms) - {"non_transferable", "debtor_pays_interest", "transferor_liable", "min_split"},
    )
    content = (debtor, creditor, face, currency, due_on, repr(invoices), contract_no, delivered_on, repr(terms))
    known = book.issued.get((sender, reference)) if reference else None
    guards.need("reference_used_otherwise", known is None or known[0] == content)
    guards.end()
    if known is not None:
        return {"bill": known[1].id, "repeated": True}
    guards.at("right")
    guards.need("not_debtor_or_creditor", sender in (debtor, creditor))
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("dates")
    guards.need("due_date_not_in_future", due_on > book.today)
    guards.at("others")
    other = debtor if sender == creditor else creditor
    if other not in book.parties:
        guards.refuse("party_unknown")
    guards.need("party_not_active", book.acts(other))
    guards.need("debtor_not_an_anchor", "anchor" in book.parties[debtor].roles)
    guards.need("creditor_is_a_bank", "bank" not in book.parties[creditor].roles)
    guards.need("cannot_hold", book.parties[creditor].may_hold)
    guard_occupation(book, guards, debtor, creditor, currency, parts, sender == creditor, room=False)
    guards.at("outcome")
    few = drafts(book, sender) < book.parameters["open_drafts"]
    guards.need("too_many_drafts", few and drafts(book, sender, other) < book.parameters["open_drafts_with"])
    guards.end()
    pay_on = book.calendar.roll(due_on)
    bill = Bill(
        book.name("B"), debtor, creditor, sender, face, currency, due_on, parts,
        bool(terms.get("non_transferable")), bool(terms.get("debtor_pays_interest")),
        bool(terms.get("transferor_liable")), least,
        issued_on=book.today, made=book.now, pay_on=pay_on, last_offer_on=book.calendar.before(pay_on),
        overdue_after=book.calendar.later(pay_on, book.parameters["grace_business_days"]), expires_on=wait(book),
    )  # fmt: skip
    book.bills[bill.id] = bill
    if reference:
        book.issued[sender, reference] = content, bill
    return {"bill": bill.id, "repeated": False}


def confirm(book: Book, sender: str, people: int, bill: str) -> dict[str, Any]:
    guards = Guards()
    row = find(book, guards, bill)
    guards.at("right")
    guards.need("not_the_debtor", sender == row.debtor)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    guards.need("bill_transition", row.status == "pending_confirm")
    guards.at("dates")
    guards.need("bill_past_due", book.today < row.pay_on)
    guards.at("others")
    guards.need("paying_bank_missing", book.parties[sender].mandate)
    signs = row.initiator == row.creditor
    guard_occupation(book, guards, sender, row.creditor, row.currency, row.parts, signs, room=True)
    guards.end()
    row.status, row.confirmed_on, row.expires_on = "pending_accept", book.today, wait(book)
    row.paying_bank = book.parties[sender].mandate
    invoices.occupy(book, row)
    return {"bill": row.id}


def accept(book: Book, sender: str, people: int, bill: str) -> dict[str, Any]:
    guards = Guards()
    row = find(book, guards, bill)
    guards.at("right")
    guards.need("not_the_creditor", sender == row.creditor)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    if row.status == "pending_confirm":
        guards.refuse("bill_not_confirmed", "bill_transition")
    guards.need("bill_transition", row.status == "pending_accept")
    guards.at("dates")
    guards.need("bill_past_due", book.today < row.pay_on)
    guards.at("others")
    guards.need("debtor_insolvent", not book.sinks(row))
    guards.need("account_missing", row.currency in book.parties[sender].accounts)
    guards.need("invoice_of_others", invoices.stands(book, row))
    guards.end()
    name = book.name("T")
    token = Token(name, row, 0, row.face, sender, 1, name, None)
    book.tokens[name] = token
    book.hops[name] = Hop("issue", row.debtor, None, 0, row.face, made=book.now)
    row.leaves = [token]
    row.status, row.accepted_on = "active", book.today
    book.touched.add(row.id)
    invoices.sign(book, row)
    return {"token": name}


def reject(book: Book, sender: str, people: int, bill: str, reason: str) -> dict[str, Any]:
    guards = Guards()
    row = find(book, guards, bill)
    guards.at("right")
    if row.status == "pending_confirm" and sender == row.creditor:
        guards.refuse("not_the_debtor", "bill_not_confirmed", "bill_transition")
    if row.status == "pending_accept" and sender == row.debtor:
        guards.refuse("not_the_creditor", "bill_transition")
    guards.need("not_debtor_or_creditor", sender in (row.debtor, row.creditor))
    if sender not in (row.debtor, row.creditor):
        guards.refuse("not_debtor_or_creditor", "not_the_debtor", "not_the_creditor")
    guards.at("state")
    guards.need("bill_transition", row.status in PENDING)
    guards.end()
    return leave(book, row, sender, "rejected")


def withdraw(book: Book, sender: str, people: int, bill: str, reason: str) -> dict[str, Any]:
    guards = Guards()
    row = find(book, guards, bill)
    guards.at("right")
    guards.need("not_the_initiator", sender == row.initiator)
    guards.at("state")
    guards.need("bill_transition", row.status == "pending_confirm")
    guards.end()
    return leave(book, row, sender, "withdrawn")


def cancel(book: Book, sender: str, people: int, bill: str, reason: str) -> dict[str, Any]:
    guards = Guards()
    row = find(book, guards, bill)
    guards.at("right")
    guards.need("not_the_debtor", sender == row.debtor)
    guards.at("state")
    guards.need("bill_transition", row.status == "pending_accept")
    guards.end()
    return leave(book, row, sender, "cancelled")


def leave(book: Book, bill: Bill, sender: str, status: str) -> dict[str, Any]:
    """One of the exits before acceptance."""
    keep_place(book, bill, sender)
    if bill.status == "pending_accept":
        invoices.free(book, bill)
    close(book, bill, status)
    return {"bill": Id(bill.id), "status": status}
