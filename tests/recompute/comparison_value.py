"""What the REST interface answers by value date, held against books of the day and of what is known later."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from recompute import comparison, comparison_lists, valued
from recompute.book import Book
from recompute.comparison import Reading, book_at, fit
from recompute.comparison_lists import receipt_row, rows_of
from recompute.days import between, plus
from recompute.figures import Row
from recompute.histories import History

MONEY = ("settlement.settle", "finance.disburse")


@dataclass
class ByValue(Reading):
    """A reading of a day by value. known: the reading at the height where receipts are known; then: the books of the
    day's last height up to that."""

    known: Reading = field(kw_only=True)
    then: Book = field(kw_only=True)

    def __post_init__(self) -> None:
        """What shows is told."""

    @property
    def when(self) -> dict[str, str]:
        return {"basis": "value", "at": self.at, "known_at": self.known.at}

    def same(self, kind: str, where: str, shown: Any, wanted: Any) -> None:
        super().same(f"{kind} by value", where, shown, wanted)

    @property
    def as_of(self) -> dict[str, Any]:
        return {"height": self.then.height, "date": self.then.today, "basis": "value", "valued_on": self.book.today}


def opened(of: Reading, history: History) -> ByValue:
    """A reading by value of some day as it is known where a reading stands."""
    day = day_of(of, history)
    height = max(one.height for one in history.blocks if one.today <= day and one.height <= of.book.height)
    then = book_at(history, height)
    book, bills = valued.book_by_value(then, of.book, day)
    shown = valued.sights(then, of.book, bills, of.reader)
    at = of.chance.choice((day, str(height))) if then.today == day else day
    return ByValue(
        of.ask, of.typed, at, book, of.reader, of.chance, shown=shown, found=of.found, compared=of.compared, known=of,
        then=then,
    )  # fmt: skip


def day_of(of: Reading, history: History) -> str:
    """A day of money that was recorded later than it is dated, one on which a bill became overdue, or any that has
    been."""
    chance = Random(f"{of.at} {of.reader.party} {of.chance.random()}")
    known = [one for one in history.records if one.act in MONEY and one.height <= of.book.height]
    late = [one.args["value_date"] for one in known if one.args["value_date"] < one.today]
    first = history.blocks[0].today
    overdue = sorted({one.overdue_on for one in of.book.bills.values() if one.overdue_on})
    for days, part in ((late, 0.6), (overdue, 0.5)):
        if days and chance.random() < part:
            return chance.choice(days)
    return plus(first, chance.randint(0, between(first, of.book.today)))


def traces(of: ByValue, history: History) -> None:
    for one in of.shown.values():
        if of.asks():
            comparison.bill(of, one)
    for alias in comparison.PAID_BY:
        if of.asks():
            comparison.anchor(of, history.party(alias))
    for party in sorted({one.bill.creditor for one in of.shown.values()}):
        if of.asks():
            comparison.party(of, party)


def money(of: ByValue, history: History) -> None:
    """Receipts dated up to the day, and the payments that they made."""
    day, known = of.book.today, of.known.book
    bills = known.bills

    def amounts(kept: list[Any]) -> list[tuple[str, int]]:
        return [("" if one.kind == "payment" else bills[one.bill].currency, one.amount) for one in kept]

    own = valued.receipts(known, of.reader, day)
    rows = rows_of(of, "/v1/receipts?kind=all", amounts(own), 50, [one.kind for one in own])
    wanted = {(one.bank, one.reference): receipt_row(of.known, one) for one in own}
    shown = {(row["bank"], row["reference"]): row for row in rows}
    of.same("receipts", "receipts", {key: fit(row, wanted.get(key, {})) for key, row in shown.items()}, wanted)
    comparison_lists.listed(of, "/v1/receipts", amounts([one for one in own if one.kind == "settlement"]))
    paid = valued.payments(of.then, known, of.reader, of.known.shown, day)
    rows = rows_of(of, "/v1/payments", [(one.bill.currency, one.piece.amount) for one in paid], 50)
    payments: dict[tuple[str, str], Row] = {
        (one.bill.id, one.token): comparison_lists.payment_row(one) for one in paid
    }  # fmt: skip
    found = {(row["bill"], row["token"]): row for row in rows}
    of.same("payments", "payments", {key: fit(row, payments.get(key, {})) for key, row in found.items()}, payments)
    late = [key for key in payments if key not in of.then.payments]
    if late:
        shown_late = {key: found.get(key, {}).get("status") for key in late}
        of.same("late payments", "payments", shown_late, {key: payments[key]["status"] for key in late})
