"""The books by value date (rest.md: By value date): a day with the money dated up to it, also what was recorded later.

The day's own books say who held what at its end; those of a later height say which cents money was for.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from recompute.book import Book, Receipt
from recompute.pieces import ACCEPTED, Bill

Leaf = tuple[int, int, str, str]
"""(lo, hi, holder, status) of cents."""


def money_of(known: Book, bill: Bill, day: str) -> list[tuple[str, int]]:
    """(value date, amount) of debtor's money dated up to a day, as far as it was shared out."""
    found = [one for one in known.payments.values() if one.bill.id == bill.id and one.receipt.value_date <= day]
    return [(one.receipt.value_date, one.piece.amount) for one in found]


def bill_row(then: Bill, known: Book, day: str) -> dict[str, Any]:
    """What stands on a bill of a day's books."""
    if then.status not in ACCEPTED:
        return {"status": then.status}
    money = money_of(known, then, day)
    settled = sum(amount for _, amount in money)
    since = known.bills[then.id].overdue_on
    overdue_on = since if since and since <= day else ""
    status = "settled" if settled == then.face else "overdue" if overdue_on else then.status
    return {
        "settled": settled, "outstanding": then.face - settled, "overdue_on": overdue_on,
        "settled_in_time": sum(amount for date, amount in money if date <= then.overdue_after),
        "status": "due" if status == "overdue" and not overdue_on else status,
    }  # fmt: skip


def leaves(then: Book, bill: Bill, known: Book, day: str) -> list[Leaf]:
    """The leaves of a day's books with the cents of later financings and payments taken out of the live ones."""
    found: list[Leaf] = [(piece.lo, piece.hi, piece.holder, piece.status) for piece in bill.pieces]
    for one in late_receipts(then, known, bill, day):
        hops = chain.from_iterable(piece.path for piece in known.bills[bill.id].pieces)
        for lo, hi, bank in {(hop.lo, hop.hi, hop.to) for hop in hops if one.token and hop.token == one.token}:
            found = [part for leaf in found for part in _with(leaf, (lo, hi), bank, "live")]
    for name, payment in known.payments.items():
        if payment.bill.id == bill.id and name not in then.payments and payment.receipt.value_date <= day:
            cents = (payment.piece.lo, payment.piece.hi)
            found = [part for leaf in found for part in _with(leaf, cents, leaf[2], "settled")]
    return found


def late_receipts(then: Book, known: Book, bill: Bill, day: str) -> list[Receipt]:
    """Receipts of financings that the day's books do not have yet, dated up to it."""
    return [
        one for name, one in known.receipts.items()
        if (one.kind, one.bill) == ("finance", bill.id) and one.value_date <= day and name not in then.receipts
    ]  # fmt: skip


def _with(leaf: Leaf, cents: tuple[int, int], holder: str, status: str) -> list[Leaf]:
    lo, hi = max(leaf[0], cents[0]), min(leaf[1], cents[1])
    if leaf[3] != "live" or lo >= hi:
        return [leaf]
    parts = [(leaf[0], lo, leaf[2], leaf[3]), (lo, hi, holder, status), (hi, leaf[1], leaf[2], leaf[3])]
    return [part for part in parts if part[0] < part[1]]


def receipts(known: Book, day: str) -> list[tuple[str, int]]:
    """(bank/reference, amount) of debtors' money dated up to a day."""
    found = [one for one in known.receipts.values() if one.kind == "settlement" and one.value_date <= day]
    return sorted((f"{one.bank}/{one.reference}", one.amount) for one in found)


def payments(then: Book, known: Book, day: str) -> list[tuple[str, str, int, str]]:
    """(token, payee, amount, status) of payments of such money; status "" where it was recorded after the day."""
    return sorted(
        (one.token, one.party, one.piece.amount, then.payments[name].status if name in then.payments else "")
        for name, one in known.payments.items() if one.receipt.value_date <= day
    )  # fmt: skip
