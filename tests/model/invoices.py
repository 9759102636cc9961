"""Invoices: what a bill takes of them at confirmation, and gives back; and disputes, which bar nothing."""

from __future__ import annotations

from typing import Any

from model.days import plus
from model.records import Bill, Book, Dispute, Invoice, Part
from model.words import Guards, is_hex64

DISPUTE_DAYS = 30
MOST_OF_INVOICE = 20


def read_parts(guards: Guards, invoices: list[dict[str, Any]], face: int) -> list[Part]:
    """The parts of invoices that an issue names."""
    guards.need("too_many_invoices", len(invoices) <= 100)
    for part in invoices:
        guards.need("fingerprint_not_valid", is_hex64(part["fingerprint"]))
        guards.amount(part["amount"])
        guards.amount(part["total"])
    guards.need("invoice_named_twice", len({part["fingerprint"] for part in invoices}) == len(invoices))
    guards.need("invoices_not_the_face", not invoices or sum(part["amount"] for part in invoices) == face)
    return [Part(part["fingerprint"], part["amount"], part["total"]) for part in invoices]


def begins(row: Invoice | None, buyer: str, signs: bool) -> bool:
    """Does a bill write the invoice anew: nothing stands on it, or only what another buyer alone put there?

    signs: the seller issued the bill, so that it says whose its invoice is.
    """
    if row is not None and row.struck:
        return False
    if row is None or (not row.occupied and not row.lowered):
        return True
    return signs and not row.signed and not row.lowered and row.buyer != buyer


def guard_occupation(
    book: Book, guards: Guards, buyer: str, seller: str, currency: str, parts: list[Part], signs: bool, room: bool
) -> None:
    """Are they this buyer's, and of these totals? Asked at issue, too; at confirmation also whether there is room."""
    for part in parts:
        row = book.invoices.get((part.fingerprint, seller))
        if row is None or begins(row, buyer, signs):
            guards.need("invoice_occupied", not room or part.amount <= part.total)
            continue
        guards.need("invoice_of_others", row.buyer == buyer)
        guards.need("invoice_currency_differs", row.currency == currency)
        guards.need("invoice_total_differs", row.total == part.total)
        guards.need("invoice_occupied", not room or part.amount <= row.total - row.occupied)
        guards.need("invoice_struck", not room or row.struck is None)


def occupy(book: Book, bill: Bill) -> None:
    signs = bill.initiator == bill.creditor
    for part in bill.parts:
        place = (part.fingerprint, bill.creditor)
        row = book.invoices.get(place)
        if row is None or begins(row, bill.debtor, signs):
            row = Invoice(part.fingerprint, bill.creditor, bill.debtor, bill.currency, part.total)
            book.invoices[place] = row
        row.bills[bill.id] = part.amount
    if signs:
        sign(book, bill)


def sign(book: Book, bill: Bill) -> None:
    """The seller has signed: it issued the bill, or accepts it."""
    for part in bill.parts:
        book.invoices[part.fingerprint, bill.creditor].signed.add(bill.id)


def stands(book: Book, bill: Bill) -> bool:
    """Does the bill still stand on all its invoices?"""
    return all(bill.id in book.invoices[part.fingerprint, bill.creditor].bills for part in bill.parts)


def free(book: Book, bill: Bill) -> None:
    """The bill has ended without a payment: what it took is free again."""
    for part in bill.parts:
        row = book.invoices.get((part.fingerprint, bill.creditor))
        if row is not None:
            row.bills.pop(bill.id, None)
            row.signed.discard(bill.id)


def lower(book: Book, bill: Bill, parts: list[dict[str, Any]]) -> None:
    """Something comes off invoices for good."""
    for off in parts:
        row = book.invoices[off["fingerprint"], bill.creditor]
        row.total -= off["amount"]
        row.bills[bill.id] -= off["amount"]
        if not row.bills[bill.id]:
            del row.bills[bill.id]
        row.lowered = True
        part = next(part for part in bill.parts if part.fingerprint == off["fingerprint"])
        part.amount -= off["amount"]
        part.total -= off["amount"]
    bill.parts = [part for part in bill.parts if part.amount]


def alerts(book: Book, bill: Bill) -> dict[str, list[str]]:
    """What those who finance are told of the invoices behind a bill."""
    prints = [part.fingerprint for part in bill.parts]
    twice = [
        one for one in prints
        if sum(1 for row in book.invoices.values() if row.fingerprint == one and row.occupied) > 1
    ]  # fmt: skip
    disputes = [
        dispute.id for dispute in book.disputes.values()
        if dispute.status != "ended" and dispute.seller == bill.creditor and dispute.fingerprint in prints
    ]  # fmt: skip
    return {"claimed_twice": twice, "disputes": disputes, "over_occupied": [], "struck": struck_of(book, bill)}


def struck_of(book: Book, bill: Bill) -> list[str]:
    """The invoices behind a bill that are struck."""
    return [one.fingerprint for one in bill.parts if book.invoices[one.fingerprint, bill.creditor].struck]


# --- disputes --------------------------------------------------------------------------------------------------------
def dispute(book: Book, sender: str, people: int, fingerprint: str, seller: str, document: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("fingerprint_not_valid", is_hex64(fingerprint))
    guards.need("document_not_valid", is_hex64(document))
    guards.at("there")
    guards.need("party_unknown", seller in book.parties)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("state")
    standing = [one for one in book.disputes.values() if one.status != "ended"]
    of_invoice = [one for one in standing if (one.fingerprint, one.seller) == (fingerprint, seller)]
    guards.need("dispute_exists", not any(one.by == sender for one in of_invoice))
    guards.at("outcome")
    own = sum(1 for one in standing if one.by == sender and one.status == "open") + book.kept["dispute", sender]
    guards.need("too_many_disputes", own < book.parameters["open_disputes"])
    guards.need("too_many_disputes_of_invoice", len(of_invoice) < MOST_OF_INVOICE)
    guards.end()
    made = Dispute(book.name("D"), fingerprint, seller, sender, plus(book.today, DISPUTE_DAYS))
    book.disputes[made.id] = made
    return {"dispute": made.id, "until": made.until}


def uphold(book: Book, sender: str, people: int, dispute: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("there")
    guards.need("dispute_unknown", dispute in book.disputes)
    guards.at("right")
    row = book.disputes[dispute]
    guards.need("not_the_sponsor", book.parties[row.by].sponsor == sender)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("key")
    guards.need("maker_and_checker_needed", people == 2)
    guards.at("state")
    guards.need("dispute_transition", row.status == "open")
    guards.end()
    row.status, row.until = "upheld", ""
    return {"dispute": row.id, "dispute_status": "upheld"}


def withdraw_dispute(book: Book, sender: str, people: int, dispute: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("there")
    guards.need("dispute_unknown", dispute in book.disputes)
    guards.at("right")
    row = book.disputes[dispute]
    upheld = row.status == "upheld"
    if sender != row.by and not (upheld and book.parties[row.by].sponsor == sender):
        guards.refuse("not_the_disputing_party", *(["not_the_sponsor"] if upheld else []))
    guards.at("key")
    guards.need("maker_and_checker_needed", sender == row.by or people == 2)
    guards.at("state")
    guards.need("dispute_transition", row.status != "ended")
    guards.end()
    if sender == row.by and row.status == "open":
        book.kept["dispute", sender] += 1
    row.status = "ended"
    return {"dispute": row.id, "dispute_status": "ended"}
