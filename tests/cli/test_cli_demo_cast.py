"""Which due date the demo takes: the invoice's own, if the story can be told before payment."""

from __future__ import annotations

import pytest
from chainbill_cli.demo.cast import leaves_a_business_day


@pytest.mark.parametrize(
    ("issued_on", "due_on", "told"),
    [
        ("2026-03-02", "", False),
        ("2026-03-02", "2026-03-01", False),
        ("2026-03-02", "2026-03-02", False),
        ("2026-03-02", "2026-03-03", True),
        ("2026-03-06", "2026-03-07", True),  # Friday, paid on Monday: offers stand until Friday
        ("2026-03-07", "2026-03-08", False),  # Saturday, paid on Monday: the last business day is over
        ("2026-03-07", "2026-03-09", False),
        ("2026-03-07", "2026-03-10", True),
    ],
)
def test_the_invoice_s_due_date_counts_if_a_business_day_is_left(issued_on: str, due_on: str, told: bool) -> None:
    assert leaves_a_business_day(issued_on, due_on) is told
