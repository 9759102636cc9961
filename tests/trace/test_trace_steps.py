"""The steps of the calendar in the history of a bill."""

from __future__ import annotations

import pytest
from chainbill_node.trace.steps import calendar_steps, unpaid_before


@pytest.mark.parametrize(("status", "left", "fell_due"), [
    ("due", 10, True), ("overdue", 10, True), ("settled", 10, True), ("settled", 0, False), ("active", 10, False),
    ("due", 0, False),
])  # fmt: skip
def test_a_bill_falls_due_with_what_was_unpaid(status: str, left: int, fell_due: bool) -> None:
    """recomputing: while money of an earlier value date was shared out in steps, a bill fell due with nothing."""
    bill = {"status": status, "debtor": "D", "pay_on": "2026-10-08", "overdue_on": ""}
    due = {"kind": "due", "height": None, "date": "2026-10-08", "from": "D", "to": "", "amount": left}
    assert calendar_steps(bill, left, 0) == ([due] if fell_due else [])


def test_what_a_credit_note_took_off_later_was_unpaid_until_then() -> None:
    bill = {"face": 1_000, "void": 0, "diluted": 400}
    ended = [("2026-10-07", 100), ("2026-10-08", 200), ("2026-10-20", 400), ("", 50)]
    left = [unpaid_before(bill, day, ended) for day in ("2026-10-07", "2026-10-08", "2026-10-09", "2026-10-21")]
    assert left == [950, 850, 650, 250]
