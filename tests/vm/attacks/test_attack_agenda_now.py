"""An agenda item for today or the past would never be due, or be due at once and for ever."""

from __future__ import annotations

import pytest
from vm.vm_room import Room, assert_fault, assert_rejected

BODY = """
agenda = own_table("agenda")


@call
def go(key):
    agenda.put(key, {"a": 1})


@each_day("agenda")
def on_day(date, item, row):
    agenda.put([add_days(ctx.today, 1), "again"], row)
"""


@pytest.mark.parametrize(
    "key",
    [
        "2026-01-01",
        ["2026-01-01", "x"],
        ["2025-12-31"],
        ["2026-1-5"],
        [20260105],
        [],
        5,
        ["2026-02-30"],
        None,
        ["zzzz"],
    ],
)
def test_the_date_lies_after_today(key: object) -> None:
    assert_fault(BODY, "agenda_not_in_future", {"key": key})


def test_a_later_date_is_taken() -> None:
    room = Room(BODY)
    room.run({"key": ["2026-01-02", "x"]})
    room.run({"date": "2026-01-02", "item": ["x"], "row": {"a": 1}}, function="on_day", kind="each_day")
    assert len(room.rows.rows) == 2


def test_the_day_function_has_its_shape_and_its_own_table() -> None:
    assert_rejected('@each_day("agenda")\ndef on_day(date, item, row):\n    pass', "day_function_wrong")
    assert_rejected('a = own_table("agenda")\n@each_day("agenda")\ndef on_day(date):\n    pass', "day_function_wrong")
    two = '@each_day("agenda")\ndef {}(date, item, row):\n    pass\n'
    assert_rejected('a = own_table("agenda")\n' + two.format("a1") + two.format("a2"), "day_function_wrong")
