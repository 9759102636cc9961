"""Business days and days of interest, by the specification; nothing of the product is used.

Dates are ISO texts. A year of the calendar has holidays and working weekends (调休); other years go by weekends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

WHOLE = 1_000_000
"""Of a rate: 1/10,000 of a percent."""


def plus(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def between(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


@dataclass(frozen=True)
class Calendar:
    """The days on which banks work."""

    holidays: frozenset[str]
    workdays: frozenset[str]

    def works(self, day: str) -> bool:
        if day in self.workdays:
            return True
        return day not in self.holidays and date.fromisoformat(day).isoweekday() <= 5

    def rolled(self, day: str) -> str:
        """The first business day on or after `day`."""
        while not self.works(day):
            day = plus(day, 1)
        return day

    def before(self, day: str) -> str:
        day = plus(day, -1)
        while not self.works(day):
            day = plus(day, -1)
        return day

    def after(self, day: str, count: int) -> str:
        """The `count`-th business day after `day`."""
        for _ in range(count):
            day = self.rolled(plus(day, 1))
        return day

    def put_off(self, last: str, days: int) -> str:
        """A last day so many days on, and then a business day; with 0 days the day itself."""
        return self.rolled(plus(last, days)) if days else last


def days_30_360(first: str, last: str) -> int:
    """ISDA 2006 4.16(f), 30/360: 31 January to 28 February is 28 days, 30 January to 31 March 60."""
    one, two = date.fromisoformat(first), date.fromisoformat(last)
    begin = min(one.day, 30)
    end = 30 if two.day == 31 and begin == 30 else two.day
    return 360 * (two.year - one.year) + 30 * (two.month - one.month) + end - begin


def interest(amount: int, rate: int, basis: str, value_date: str, pay_on: str) -> tuple[int, int]:
    """Days as the basis counts them and minor units, half up: 100,000,000 at 20,000 for 90 of 360 days is 500,000."""
    days = days_30_360(value_date, pay_on) if basis == "30/360" else between(value_date, pay_on)
    whole = WHOLE * (365 if basis == "act/365f" else 360)
    return days, (2 * amount * rate * days + whole) // (2 * whole)
