"""Calendar dates as ISO 8601 text, YYYY-MM-DD, and block time as milliseconds since 1970-01-01T00:00Z."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from functools import lru_cache

from chainbill.errors import Malformed, Reason
from chainbill.limits import DAY_MS

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_EPOCH = date(1970, 1, 1).toordinal()
_MINUTE_MS = 60_000
MAX_ZONE_OFFSET_MINUTES = 14 * 60


def is_date(text: object) -> bool:
    """Is this a real date in the form YYYY-MM-DD?"""
    if type(text) is not str or not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def add_days(day: str, days: int) -> str:
    """The date `days` later (earlier when negative)."""
    try:
        return (_date(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        raise Malformed(Reason.DATE_RANGE, f"{day} and {days} days leave the years 1 to 9999") from None


def add_months(day: str, months: int) -> str:
    """The same day of the month `months` later, clamped to the month's end: 2027-01-31 + 1 = 2027-02-28."""
    start = _date(day)
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= years <= 9999:
        raise Malformed(Reason.DATE_RANGE, f"{day} and {months} months leave the years 1 to 9999")
    last = calendar.monthrange(years, month + 1)[1]
    return date(years, month + 1, min(start.day, last)).isoformat()


def days_between(first: str, last: str) -> int:
    """Actual days from `first` to `last`, first in and last out; negative when `last` is earlier."""
    return (_date(last) - _date(first)).days


def days_30_360(first: str, last: str) -> int:
    """Days on the 30/360 bond basis (2006 ISDA Definitions 4.16(f)).

    A 31st counts as a 30th; the last one only when the first is a 30th or 31st. To 2027-03-31 it is 60 days from
    2027-01-31, and 33 from 2027-02-28.
    """
    start, end = _date(first), _date(last)
    start_day = min(start.day, 30)
    end_day = 30 if end.day == 31 and start_day == 30 else end.day
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + end_day - start_day


def weekday(day: str) -> int:
    """1 = Monday … 7 = Sunday (ISO 8601)."""
    return _date(day).isoweekday()


def date_of(time_ms: int, zone_offset_minutes: int) -> str:
    """The local date at a time, in a zone that is `zone_offset_minutes` ahead of UTC.

    2027-03-04 16:30 UTC in milliseconds, zone 480 (China): 2027-03-05.
    """
    days = (time_ms + _offset_ms(zone_offset_minutes)) // DAY_MS
    if type(time_ms) is not int or not 1 <= days + _EPOCH <= date.max.toordinal():
        raise Malformed(Reason.DATE_RANGE, "a time is an integer of milliseconds within the years 1 to 9999")
    return _date_of_ordinal(days + _EPOCH)


def start_of_day_ms(day: str, zone_offset_minutes: int) -> int:
    """The time at which a local date begins: milliseconds since 1970, UTC."""
    return (_date(day).toordinal() - _EPOCH) * DAY_MS - _offset_ms(zone_offset_minutes)


def _offset_ms(zone_offset_minutes: int) -> int:
    if type(zone_offset_minutes) is not int or abs(zone_offset_minutes) > MAX_ZONE_OFFSET_MINUTES:
        raise Malformed(Reason.DATE_RANGE, "a zone is at most 14 hours from UTC")
    return zone_offset_minutes * _MINUTE_MS


@lru_cache(maxsize=64)
def _date_of_ordinal(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


@lru_cache(maxsize=4096)
def _date(text: str) -> date:
    if not is_date(text):
        raise Malformed(Reason.DATE_MALFORMED, "a date looks like 2027-03-31", text=str(text)[:40])
    return date.fromisoformat(text)
