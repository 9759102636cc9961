"""The steps of the calendar in the history of a bill."""

from __future__ import annotations

import pytest
from chainbill_node.trace.shapes import Row
from chainbill_node.trace.steps import calendar_steps, in_order, steps_of_claim, unpaid_before


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


def test_a_day_begins_with_its_calendar_and_ends_with_what_is_over() -> None:
    made = [{"kind": str(day), "height": day, "date": f"2026-10-0{day}"} for day in (1, 2, 2, 3)]
    morning = {"kind": "due", "height": None, "date": "2026-10-02"}
    evening = {"kind": "freeze_ended", "height": None, "date": "2026-10-02"}
    late = evening | {"date": "2026-10-09"}
    order = [step["kind"] for step in in_order([], made, [morning], [evening, late])]
    assert order == ["1", "due", "2", "2", "freeze_ended", "3", "freeze_ended"]


NOBODY = {"height": 0, "transaction": ""}


@pytest.mark.parametrize(("status", "agreed", "ended", "told"), [
    ("recourse_asked", 0, 0, [("recourse_asked", "B", "S")]),
    ("recourse_agreed", 6, 0, [("recourse_asked", "B", "S"), ("recourse_agreed", "S", "B")]),
    ("bought_back", 6, 0, [("recourse_asked", "B", "S"), ("recourse_agreed", "S", "B")]),
    ("refused", 0, 7, [("recourse_asked", "B", "S"), ("recourse_refused", "S", "B")]),
    ("withdrawn", 6, 7, [
        ("recourse_asked", "B", "S"), ("recourse_agreed", "S", "B"), ("recourse_withdrawn", "B", "S"),
    ]),
    ("expired", 6, 7, [("recourse_asked", "B", "S"), ("recourse_agreed", "S", "B")]),
])  # fmt: skip
def test_who_asked_for_recourse_and_who_answered(
    status: str, agreed: int, ended: int, told: list[tuple[str, str, str]]
) -> None:
    claim: Row = {
        "token": "T", "holder": "B", "asked": "S", "amount": 101, "status": status, "asked_on": "2026-10-05",
        "answered_on": "2026-10-06", "claimed": {"height": 5, "transaction": "05"},
        "agreed": {"height": agreed, "transaction": "06"} if agreed else NOBODY,
        "ended": {"height": ended, "transaction": "07"} if ended else NOBODY,
    }  # fmt: skip
    steps = steps_of_claim(claim, "2026-10-07")
    assert [(one["kind"], one["from"], one["to"]) for one in steps] == told
    assert [one["date"] for one in steps] == [f"2026-10-0{one['height']}" for one in steps]
    assert [one.get("amount") for one in steps] == [101] + [None] * (len(steps) - 1)
