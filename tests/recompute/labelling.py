"""Labels of bills (state.md: label), and whom they show to."""

from __future__ import annotations

from recompute.book import Act, Book, Label
from recompute.records import Record
from recompute.sight import Reader, Sight


def attest(book: Book, record: Record) -> None:
    """The last word on a bill under a scheme, whatever stood there."""
    said = record.args
    place = (said["bill"], said["scheme"])
    book.labels[place] = Label(said["grade"], record.sender, said["until"], record.today)


def revoke(book: Book, record: Record) -> None:
    label = book.labels[record.args["bill"], record.args["scheme"]]
    label.status, label.said_on = "revoked", record.today


def sees_label(reader: Reader, bill: str, label: Label, shown: dict[str, Sight]) -> bool:
    """Whoever sees the bill, and the attestor."""
    return reader.everything or bill in shown or label.by in reader.reads_for(bill)


def of_no_figure(book: Book, record: Record) -> None:
    """Votes on who attests change no figure here."""


ACTS: dict[str, Act] = {
    "label.attest": attest, "label.revoke": revoke,
    "governance.propose": of_no_figure, "governance.vote": of_no_figure,
}  # fmt: skip
