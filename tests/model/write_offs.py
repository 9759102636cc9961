"""Write-offs: marks of holders that expect no money any more, on cents of one path; and what is recovered of them."""

from __future__ import annotations

from typing import Any

from model.records import Book, Mark, Token
from model.tokens import find
from model.words import Guards, is_hex64

MOST_OF_ORIGIN = 20


def of_holder(book: Book, guards: Guards, token: str, sender: str, people: int) -> Token:
    row = find(book, guards, token)
    guards.at("right")
    guards.need("not_the_holder", row.holder == sender)
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("key")
    guards.need("maker_and_checker_needed", people == 2)
    return row


def write_off(book: Book, sender: str, people: int, token: str, document: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("document_not_valid", is_hex64(document))
    row = of_holder(book, guards, token, sender, people)
    guards.at("state")
    guards.need("token_already_used", row.status == "live")
    guards.need("bill_not_overdue", row.bill.status == "overdue")
    guards.need("write_off_transition", not on(book, row))
    guards.at("outcome")
    counting = [one for one in book.marks.values() if one.status != "none" and one.origin == row.origin]
    guards.need("too_many_write_offs", len(counting) < MOST_OF_ORIGIN)
    guards.end()
    book.marks[row.id] = Mark(row, sender, row.origin, row.lo, row.hi, document, book.today, book.today)
    return {"token": row.id}


def undo_write_off(book: Book, sender: str, people: int, token: str, reason: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("text_not_one_line", "\n" not in reason)
    row = of_holder(book, guards, token, sender, people)
    guards.at("state")
    found = [one for one in on(book, row) if one.status == "written_off"]
    guards.need("write_off_transition", found)
    guards.end()
    for mark in found:
        end(book, mark)
        mark.reason = reason
    return {"token": row.id}


def on(book: Book, token: Token) -> list[Mark]:
    """The marks that count and are on cents of a token."""
    return [mark for mark in book.marks.values() if mark.on(token)]


def end(book: Book, mark: Mark) -> None:
    mark.status, mark.changed_on = "none", book.today


def gone(book: Book, token: Token) -> None:
    """A token goes to somebody else, or is diluted, without money of the debtor."""
    for mark in on(book, token):
        end(book, mark)


def recovered(book: Book, token: Token, sign: int) -> None:
    """A token was paid (1), or its payment was taken back (-1)."""
    for mark in on(book, token):
        mark.recovered += sign * mark.on(token)
        mark.status = "recovered" if mark.recovered == mark.amount else "written_off"
        mark.changed_on = book.today
