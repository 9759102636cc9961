"""Labels: what attestors say of bills, and what a quote that asks for one may count on."""

from __future__ import annotations

from typing import Any

from model import bills, days
from model.records import Bill, Book, Label, Quote
from model.words import Guards, is_hex64

MOST_LABELS = 20
LONGEST = 1_096


def is_name(text: object) -> bool:
    return type(text) is str and 1 <= len(text) <= 64 and not any(sign in text for sign in ":\n\t")


def attest(
    book: Book, sender: str, people: int, bill: str, scheme: str, grade: str, document: str, until: str
) -> dict[str, Any]:
    guards = Guards()
    guards.at("form")
    guards.need("label_name_not_valid", is_name(scheme) and is_name(grade))
    guards.need("document_not_valid", is_hex64(document))
    guards.need("date_not_valid", days.is_day(until))
    guards.at("there")
    row = bills.find(book, guards, bill)
    guards.need("label_scheme_unknown", scheme in book.schemes)
    guards.at("right")
    guards.need("not_an_attestor", sender in book.schemes[scheme])
    guards.at("sender")
    guards.need("party_not_active", book.acts(sender))
    guards.at("key")
    guards.need("maker_and_checker_needed", people == 2)
    guards.at("state")
    guards.need("bill_not_active", row.status == "active")
    guards.at("dates")
    guards.need("label_end_not_valid", book.today <= until <= days.plus(book.today, LONGEST))
    guards.at("outcome")
    named = [of for of, _ in book.labels if of is row]
    guards.need("too_many_labels", (row, scheme) in book.labels or len(named) < MOST_LABELS)
    guards.end()
    book.labels[row, scheme] = Label(grade, sender, until, book.today)
    return {"bill": row.id, "scheme": scheme}


def revoke(book: Book, sender: str, people: int, bill: str, scheme: str) -> dict[str, Any]:
    guards = Guards()
    guards.at("there")
    row = book.bills.get(bill)
    guards.need("label_unknown", row is not None and (row, scheme) in book.labels)
    guards.end()
    assert row is not None
    label = book.labels[row, scheme]
    guards.at("right")
    guards.need("not_an_attestor", sender == label.by or sender in book.schemes.get(scheme, ()))
    guards.at("state")
    guards.need("label_transition", label.status == "active")
    guards.end()
    label.status, label.said_on = "revoked", book.today
    return {"bill": row.id, "scheme": scheme}


def day(book: Book) -> None:
    for label in book.labels.values():
        if label.status == "active" and label.until < book.today:
            label.status = "expired"


def guard_need(book: Book, guards: Guards, need: Any) -> None:
    """What a quote may ask for: nothing, or a scheme that there is and a grade."""
    right = type(need) is dict and (not need or set(need) == {"scheme", "grade"})
    guards.need("fields_not_valid", right)
    guards.need("label_name_not_valid", not right or all(map(is_name, need.values())))
    guards.at("there")
    guards.need("label_scheme_unknown", not need or need["scheme"] in book.schemes)


def guard_label(book: Book, guards: Guards, quote: Quote, bill: Bill, paid_on: str = "") -> None:
    """The label that is asked for stands on this day; what is said of it later than money left hurts no bank."""
    if not quote.need:
        return
    label = book.labels.get((bill, quote.need["scheme"]))
    counts = False
    if label is not None:
        good = label.grade == quote.need["grade"] and label.status != "revoked"
        counts = (good and (paid_on or book.today) <= label.until) or "" < paid_on <= label.said_on
    guards.need("label_missing", counts)
