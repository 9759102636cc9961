"""Amounts, interest, days and dates. Written from encoding.md, "Amounts, rates, dates, identifiers in values"."""

from __future__ import annotations

import re
from datetime import date

from second.refused import RefusedError, must

MAX_AMOUNT = 2**53 - 1


def minor_units(text: str, digits: int) -> int:
    """An amount as people type it, in the currency's minor unit; the notation is that of the vectors."""
    found = re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?", text, re.ASCII)
    must(found, "amount_malformed", text)
    assert found is not None
    fraction = found[2] or ""
    must(len(fraction) <= digits, "amount_too_many_digits", text)
    amount = int(found[1].replace(",", "")) * 10**digits + int(fraction.ljust(digits, "0") or "0")
    must(amount <= MAX_AMOUNT, "amount_range", text)
    return amount


def interest(amount: int, rate: int, days: int, basis: int) -> int:
    """Half up to the minor unit, in integers."""
    m = 1_000_000 * basis
    return (2 * amount * rate * days + m) // (2 * m)


def days_30_360(first: str, last: str) -> int:
    """Days on basis 30/360 by 2006 ISDA Definitions 4.16(f)."""
    a, b = date_of(first), date_of(last)
    start = 30 if a.day == 31 else a.day
    end = 30 if b.day == 31 and start == 30 else b.day
    return 360 * (b.year - a.year) + 30 * (b.month - a.month) + end - start


def date_of(text: str) -> date:
    """A date written YYYY-MM-DD, and nothing else."""
    must(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII), "date_malformed", text)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RefusedError("date_malformed", text) from error
