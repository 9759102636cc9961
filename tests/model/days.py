"""Days: dates as texts, business days, and the three ways to count days of interest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta


def is_day(text: object) -> bool:
    try:
        return type(text) is str and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def plus(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def between(first: str, last: str) -> int:
    """Days from first to last; the first counts, the last does not."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def months_of_30(first: str, last: str) -> int:
    """30/360, bond basis: a first 31st is a 30th, a last one too if the first is one."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    low = 30 if begin.day == 31 else begin.day
    high = 30 if end.day == 31 and low == 30 else end.day
    return (end.year - begin.year) * 360 + (end.month - begin.month) * 30 + high - low


YEAR = {"act/360": 360, "act/365f": 365, "30/360": 360}


def interest_days(basis: str, first: str, last: str) -> int:
    return months_of_30(first, last) if basis == "30/360" else between(first, last)


def interest(amount: int, rate: int, days: int, basis: str) -> int:
    """Half up to the minor unit; the rate in 1/10,000 of a percent a year."""
    whole, rest = divmod(amount * rate * days, 1_000_000 * YEAR[basis])
    return whole + (2 * rest >= 1_000_000 * YEAR[basis])


class Calendar:
    """Weekends, holidays and working weekends."""

    def __init__(self, holidays: Iterable[str] = (), workdays: Iterable[str] = ()) -> None:
        self.holidays, self.workdays = set(holidays), set(workdays)

    def works(self, day: str) -> bool:
        if day in self.workdays:
            return True
        return day not in self.holidays and date.fromisoformat(day).weekday() < 5

    def roll(self, day: str) -> str:
        """This day, or the next business day."""
        while not self.works(day):
            day = plus(day, 1)
        return day

    def later(self, day: str, count: int) -> str:
        """So many business days later."""
        for _ in range(count):
            day = self.roll(plus(day, 1))
        return day

    def before(self, day: str) -> str:
        """The business day before."""
        day = plus(day, -1)
        while not self.works(day):
            day = plus(day, -1)
        return day
