"""Dates against datetime, and the refusals."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainbill.dates import (
    add_days,
    add_months,
    date_of,
    days_30_360,
    days_between,
    is_date,
    start_of_day_ms,
    weekday,
)
from chainbill.errors import Malformed

DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1)).map(date.isoformat)
DAY_MS = 86_400_000


@given(DAYS, st.integers(-50_000, 50_000))
def test_adding_days_and_counting_them(day: str, days: int) -> None:
    later = add_days(day, days)
    assert later == (date.fromisoformat(day) + timedelta(days)).isoformat()
    assert days_between(day, later) == days
    assert weekday(later) == (weekday(day) - 1 + days) % 7 + 1


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2027-03-31", -1, "2027-02-28"),
        ("2026-11-30", 4, "2027-03-30"),
        ("2027-12-15", 1, "2028-01-15"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2027-05-31", 0, "2027-05-31"),
        ("2027-01-15", -13, "2025-12-15"),
    ],
)
def test_adding_months(day: str, months: int, expected: str) -> None:
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        # 2006 ISDA Definitions 4.16(f), examples as commonly tabulated
        ("2007-01-15", "2007-01-30", 15),
        ("2007-01-15", "2007-02-15", 30),
        ("2007-01-15", "2007-07-15", 180),
        ("2007-09-30", "2008-03-31", 180),
        ("2007-09-30", "2007-10-31", 30),
        ("2007-09-30", "2008-09-30", 360),
        ("2007-01-15", "2007-01-31", 16),
        ("2007-01-31", "2007-02-28", 28),
        ("2007-02-28", "2007-03-31", 33),
        ("2006-08-31", "2007-02-28", 178),
        ("2007-02-28", "2007-08-31", 183),
        ("2007-02-14", "2007-02-28", 14),
        ("2007-02-26", "2008-02-29", 363),
        ("2008-02-29", "2009-02-28", 359),
        ("2008-02-29", "2008-03-30", 31),
        ("2008-02-29", "2008-03-31", 32),
        ("2007-02-28", "2007-03-05", 7),
        ("2007-10-31", "2007-11-28", 28),
        ("2007-08-31", "2008-02-29", 179),
        ("2008-02-29", "2008-08-31", 182),
        ("2008-08-31", "2009-02-28", 178),
        ("2009-02-28", "2009-08-31", 183),
    ],
)
def test_30_360(first: str, last: str, days: int) -> None:
    assert days_30_360(first, last) == days


@pytest.mark.parametrize(
    "text",
    ["", "2027-3-1", "20270301", "2027-02-29", "2027-13-01", "2027-W01-1", "0000-01-01", "２０27-01-01", "2027-01-01 ",
     "2027-01-01\n", "2027/01/01", None, 20270101, b"2027-01-01", "2027-060"],
)  # fmt: skip
def test_no_date(text: object) -> None:
    assert not is_date(text)
    with pytest.raises(Malformed, match="date_malformed"):
        weekday(text)  # type: ignore[arg-type]


def test_the_years_end_at_9999() -> None:
    assert is_date("9999-12-31")
    for add, day, number in (
        (add_days, "9999-12-31", 1),
        (add_days, "2027-01-01", 10**10),
        (add_months, "9999-12-31", 1),
        (add_months, "0001-01-01", -1),
        (add_months, "2027-01-01", 10**30),
    ):
        with pytest.raises(Malformed, match="date_range"):
            add(day, number)


@given(DAYS, st.integers(-840, 840), st.integers(0, DAY_MS - 1))
def test_a_time_lies_on_its_local_day(day: str, offset: int, within_ms: int) -> None:
    start = start_of_day_ms(day, offset)
    assert date_of(start + within_ms, offset) == day
    assert date_of(start - 1, offset) == add_days(day, -1)


def test_local_days_in_china() -> None:
    assert start_of_day_ms("1970-01-01", 480) == -8 * 3_600_000
    assert date_of(1_800_000_000_000, 480) == "2027-01-15"
    assert date_of(1_800_000_000_000, -600) == "2027-01-14"


@pytest.mark.parametrize(("time_ms", "offset"), [(10**18, 0), (-(10**18), 0), (0, 841), (0, True), (1.0, 0), (True, 0)])
def test_refused_times(time_ms: object, offset: int) -> None:
    with pytest.raises(Malformed, match="date_range"):
        date_of(time_ms, offset)  # type: ignore[arg-type]
