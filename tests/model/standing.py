"""A party's status, as the validators vote it: suspended, insolvent, active again."""

from __future__ import annotations

from model.records import Book


def voted(book: Book, party: str, status: str) -> None:
    row = book.parties[party]
    assert row.status != status, "a vote changes something"
    row.status = status
    row.insolvent_since = book.today if status == "insolvent" else ""
    if status != "active":
        row.stopped_at = book.now
