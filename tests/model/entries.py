"""Entries of banks: an invoice is struck after a dispute that was upheld, or stands again, once a second bank says so.

Written from docs/reference/entries.md. Defaults bar nothing, and are not here.
"""

from __future__ import annotations

from typing import Any

from model.days import plus
from model.records import Bill, Book, Entry
from model.words import Guards, Id, is_hex64


def may_enter(book: Book, guards: Guards, sender: str, seller: str, sides: list[str]) -> None:
    """The sponsor of the seller, or where it may not, a bank with a seat; no side of the matter."""
    guards.at("right")
    guards.need("not_a_bank", "bank" in book.parties[sender].roles)
    sponsor = book.parties[seller].sponsor
    able = [sponsor] if sponsor not in sides and book.acts(sponsor) else list(book.seats)
    guards.need("not_the_entering_bank", sender in able and sender not in sides)


def two_people_of_an_active_bank(book: Book, guards: Guards, sender: str, people: int) -> None:
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("key")
    guards.need("maker_and_checker_needed", people == 2)


def waits(book: Book, seller: str, fingerprint: str, lifts: str = "") -> bool:
    """Does an entry on the same wait for a second bank?"""
    return any(
        (one.seller, one.fingerprint, one.lifts) == (seller, fingerprint, lifts)
        for one in book.entries.values()
        if one.status == "entered"
    )


def enter(book: Book, made: Entry) -> dict[str, Any]:
    book.entries[made.id] = made
    return {"entry": made.id, "until": made.until}


def end_of_72_hours(book: Book) -> str:
    return max(plus(book.today, 3), book.calendar.later(book.today, 1))


def strike(book: Book, sender: str, people: int, dispute: str, document: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("document_not_valid", is_hex64(document))
    guards.at("there")
    guards.need("dispute_unknown", dispute in book.disputes)
    guards.end()
    said = book.disputes[dispute]
    row = book.invoices.get((said.fingerprint, said.seller))
    if row is None:
        guards.refuse("invoice_unknown")
    sides = list(dict.fromkeys((said.seller, row.buyer, said.by)))
    may_enter(book, guards, sender, said.seller, sides)
    two_people_of_an_active_bank(book, guards, sender, people)
    guards.at("state")
    guards.need("dispute_not_upheld", said.status == "upheld")
    guards.need("entry_stands", row.struck is None)
    guards.need("entry_open", not waits(book, said.seller, said.fingerprint))
    guards.end()
    return enter(book, Entry(
        book.name("N"), said.seller, said.fingerprint, said.id, Id(""), sides, sender, end_of_72_hours(book), book.now
    ))  # fmt: skip


def lift(book: Book, sender: str, people: int, lifts: str, document: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("document_not_valid", is_hex64(document))
    row = find(book, guards, lifts)
    may_enter(book, guards, sender, row.seller, row.sides)
    two_people_of_an_active_bank(book, guards, sender, people)
    guards.at("state")
    guards.need("entry_transition", row.status == "ratified" and not row.lifts)
    guards.need("entry_open", not waits(book, row.seller, row.fingerprint, row.id))
    guards.end()
    return enter(book, Entry(
        book.name("N"), row.seller, row.fingerprint, row.dispute, row.id, row.sides, sender, end_of_72_hours(book),
        book.now,
    ))  # fmt: skip


def find(book: Book, guards: Guards, entry: str) -> Entry:
    guards.at("there")
    guards.need("entry_unknown", entry in book.entries)
    guards.end()
    return book.entries[entry]


def second(book: Book, guards: Guards, sender: str, row: Entry) -> None:
    guards.at("right")
    guards.need("not_a_bank", "bank" in book.parties[sender].roles)
    guards.need("not_the_entering_bank", sender != row.by and sender not in row.sides)


def ratify_entry(book: Book, sender: str, people: int, entry: str) -> dict[str, Any]:
    guards = Guards()
    row = find(book, guards, entry)
    second(book, guards, sender, row)
    two_people_of_an_active_bank(book, guards, sender, people)
    guards.at("state")
    guards.need("entry_transition", row.status == "entered")
    if row.lifts:
        guards.need("entry_transition", book.entries[row.lifts].status == "ratified")
    else:
        guards.need("dispute_not_upheld", book.disputes[row.dispute].status == "upheld")
    guards.at("others")
    guards.need("maker_was_stopped", not book.stopped_since(row.by, row.made))
    guards.end()
    row.status, row.until = "ratified", ""
    invoice = book.invoices[row.fingerprint, row.seller]
    if row.lifts:
        book.entries[row.lifts].status, invoice.struck = "lifted", None
    else:
        invoice.struck = (row.id, book.today)
    return {"entry": row.id, "entry_status": "ratified", "until": ""}


def refuse_entry(book: Book, sender: str, people: int, entry: str, reason: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("reason_needed", reason != "")
    row = find(book, guards, entry)
    second(book, guards, sender, row)
    guards.at("key")
    guards.need("maker_and_checker_needed", people == 2)
    guards.at("state")
    guards.need("entry_transition", row.status == "entered")
    guards.need("refusal_made", sender not in row.refused_by)
    guards.end()
    row.refused_by.append(sender)
    if len(row.refused_by) == 2:
        row.status = "refused"
    return {"entry": row.id, "entry_status": row.status, "until": row.until}


def examine(book: Book, sender: str, people: int, request: str, document: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("document_not_valid", is_hex64(document))
    guards.at("there")
    guards.need("request_unknown", request in book.requests)
    guards.end()
    row = book.requests[request]
    bill = row.token.bill
    guards.at("right")
    guards.need("bank_not_asked", sender in row.banks)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("others")
    guards.need("nothing_to_examine", struck(book, bill))
    guards.end()
    book.examined[sender, bill.id] = {entry for _, (entry, _) in struck(book, bill)}
    return {"bill": bill.id, "fingerprints": [fingerprint for fingerprint, _ in struck(book, bill)]}


def struck(book: Book, bill: Bill) -> list[tuple[str, tuple[Id, str]]]:
    """The invoices behind a bill that are struck: each with the entry, and since when."""
    rows = ((part.fingerprint, book.invoices[part.fingerprint, bill.creditor]) for part in bill.parts)
    return [(fingerprint, row.struck) for fingerprint, row in rows if row.struck is not None]


def guard_struck(book: Book, guards: Guards, bill: Bill, holder: str, bank: str = "", value_date: str = "") -> None:
    """The first creditor is not financed; whoever took a token on by a bank that looked into it. A stage's question.

    bank: that quotes or pays. value_date: of money that has left; up to the day of the strike it counts.
    """
    found = struck(book, bill)
    bars = found and (not value_date or value_date > min(since for _, (_, since) in found))
    if holder == bill.creditor:
        guards.need("invoice_struck", not bars)
    elif bank:
        known = book.examined.get((bank, bill.id), set())
        guards.need("examination_missing", not bars or all(entry in known for _, (entry, _) in found))


def day(book: Book) -> None:
    for row in book.entries.values():
        if row.status == "entered" and row.until < book.today:
            row.status = "lapsed"
