"""The steps of a bill in the order in which they came about, those of the calendar among them."""

from __future__ import annotations

from collections.abc import Iterable

from chainbill_node.trace.shapes import LEAF_STATUSES, Row, Shape


def beginnings(bill: Row) -> list[Shape]:
    """Give the making of a bill, and its confirmation."""
    created: Row = bill.get("created") or {}
    steps: list[Shape] = [
        {
            "kind": "created", "height": created.get("height"), "date": bill.get("issued_on"),
            "transaction": created.get("transaction"), "from": bill.get("initiator"), "to": "", "amount": bill["face"],
        }
    ]  # fmt: skip
    if bill.get("confirmed_on"):
        steps.append(_of_calendar("confirm", str(bill["confirmed_on"]), bill, int(bill["face"])))
    return steps


def calendar_steps(bill: Row, left_on_due: int, left_on_overdue: int) -> list[Shape]:
    """Give the day on which a bill fell due, and that from which it is overdue, by value date; a day has no height.

    The amounts are what was unpaid on the morning of those days. A bill that was paid before never fell due; money
    recorded later with a value date in time takes "overdue" back.
    """
    steps: list[Shape] = []
    fell_due = bill["status"] in ("due", "overdue") or (bill["status"] == "settled" and left_on_due > 0)
    if fell_due:
        steps.append(_of_calendar("due", str(bill["pay_on"]), bill, left_on_due))
    if bill.get("overdue_on"):
        steps.append(_of_calendar("overdue", str(bill["overdue_on"]), bill, left_on_overdue))
    return steps


def _of_calendar(kind: str, date: str, bill: Row, amount: int) -> Shape:
    return {"kind": kind, "height": None, "date": date, "from": bill["debtor"], "to": "", "amount": amount}


def _place(step: Shape) -> int:
    """Tell what comes first at one height: tokens move, money comes, it settles leaves, and their payments go out."""
    kind = str(step["kind"])
    if kind in LEAF_STATUSES:
        return 2
    return 3 if kind.startswith("payment_") else int(kind == "received")


def in_order(first: list[Shape], made: Iterable[Shape], calendar: Iterable[Shape]) -> list[Shape]:
    """Give all steps in order: by height, then what comes of what, then range; a day's own step before what is dated
    that day.
    """
    steps = sorted(made, key=lambda step: (step["height"], _place(step), step.get("lo", 0)))
    for step in calendar:
        later = (place for place, one in enumerate(steps) if one["date"] is not None and one["date"] >= step["date"])
        steps.insert(next(later, len(steps)), step)
    return [*first, *steps]
