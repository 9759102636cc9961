"""Reading what people type: amounts, dates, rates, recipients. Every refusal says how to write it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from chainbill import dates, money
from chainbill.errors import ChainbillError, Reason
from chainbill_cli.digits import agreed, known
from chainbill_cli.failure import Failure, usage
from chainbill_cli.half_width import half_width
from chainbill_cli.texts import text

LARGE_UNITS = {"千": 10**3, "万": 10**4, "萬": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "億": 10**8,
               "k": 10**3, "w": 10**4, "m": 10**6}  # fmt: skip
WITH_UNIT = re.compile(r"^([0-9][0-9,]*(?:\.[0-9]+)?)\s*(百万|千万|千|万|萬|亿|億|[kKwWmM])\s*(?:元|圆)?$")
WITH_SIGN = re.compile(r"[^-+\d().,]*(\d[\d,]*(?:\.\d+)?)[^-+\d().,]*")
"""A number with a currency, or its sign, before or behind it."""
LONG_RATE = re.compile(r"[0-9]{1,3}\.[0-9]+ ?%?")
"""A number whose only fault is that it has more digits after the point than a rate."""
TODAY = frozenset({"today", "今天", "今日"})
RELATIVE = re.compile(r"^\+([0-9]{1,4})([dm])$")


def amount_minor(typed: str, currency: str) -> int:
    """Minor units of an amount typed in major units; grouping commas are fine, 万 is refused with the full figure."""
    plain = half_width(typed).strip()
    large = WITH_UNIT.match(plain)
    if large:
        example = _written_out(large.group(1), LARGE_UNITS[large.group(2).lower()], currency)
        failure = usage("error.amount_wan", value=plain, example=example)
        failure.problem["hint"] = text("error.write_it", example=example)
        raise failure
    agreed()
    try:
        minor = money.parse_amount(plain, currency, known(currency))
    except ChainbillError as error:
        failure = _no_amount(plain, currency, str(error.reason))
        failure.problem["reason"] = error.reason
        raise failure from error
    return minor


def _no_amount(typed: str, currency: str, reason: str) -> Failure:
    """Why something typed is not an amount, with an example in this currency."""
    if reason == Reason.CURRENCY_UNKNOWN:
        return usage("error.currency", value=currency)
    if reason == Reason.AMOUNT_RANGE:
        largest = money.format_amount(money.MAX_AMOUNT, currency, currencies=known(currency))
        return usage("error.amount_range", value=typed, largest=largest, currency=currency)
    digits = money.minor_digits(currency, known(currency))
    if reason == Reason.AMOUNT_TOO_MANY_DIGITS and not digits:
        return usage("error.amount_whole", value=typed, currency=currency)
    if reason == Reason.AMOUNT_TOO_MANY_DIGITS:
        return usage("error.amount_digits", value=typed, currency=currency, digits=digits)
    sign = WITH_SIGN.fullmatch(typed)
    if sign and _is_amount(sign[1], currency):
        return usage("error.amount_sign", value=typed, number=sign[1], currency=currency)
    example = money.format_amount(12_345 * 10**digits // 10, currency, currencies=known(currency))
    return usage("error.amount", value=typed, currency=currency, example=example)


def _is_amount(typed: str, currency: str) -> bool:
    try:
        money.parse_amount(typed, currency, known(currency))
    except ChainbillError:
        return False
    return True


def positive_amount(typed: str, currency: str) -> int:
    """As `amount_minor`, and more than zero."""
    minor = amount_minor(typed, currency)
    if minor <= 0:
        raise usage("error.amount_positive", value=typed)
    return minor


def _written_out(number: str, unit: int, currency: str) -> str:
    try:
        digits = money.minor_digits(currency, known(currency))
        return f"{Decimal(number.replace(',', '')) * unit:,.{digits}f}"
    except (InvalidOperation, ChainbillError):
        return "1,000,000.00"


def is_day_word(typed: str) -> bool:
    """Whether a day is typed in words or relative to today."""
    plain = half_width(typed).strip().lower()
    return plain in TODAY or bool(RELATIVE.match(plain))


def date_value(typed: str, today: Callable[[], str]) -> str:
    """An ISO date from `2027-03-31`, `today`, `+120d` or `+4m`; `today` gives the ledger's date when it is needed."""
    plain = half_width(typed).strip().lower()
    if plain in TODAY:
        return today()
    relative = RELATIVE.match(plain)
    if relative:
        count = int(relative.group(1))
        try:
            return dates.add_days(today(), count) if relative.group(2) == "d" else dates.add_months(today(), count)
        except ChainbillError as error:
            raise usage("error.date", value=typed) from error
    if not dates.is_date(plain):
        raise usage("error.date", value=typed)
    return plain


def rate_value(typed: str) -> int:
    """A rate in 1/10,000 of a percent from `3.85` or `3.85%`."""
    try:
        return money.parse_rate(half_width(typed).strip().removesuffix("%").strip())
    except ChainbillError as error:
        if error.reason == Reason.RATE_RANGE:
            raise usage("error.rate_range", value=typed) from error
        key = "error.rate_digits" if LONG_RATE.fullmatch(half_width(typed).strip()) else "error.rate"
        raise usage(key, value=typed, digits=money.RATE_DIGITS) from error


def recipient_value(typed: str) -> tuple[str, str]:
    """Party and amount of `PARTY:AMOUNT`, both still as typed."""
    party, colon, amount = half_width(typed).rpartition(":")
    if not colon or not party or not amount or ":" in party:
        raise usage("error.recipient", value=typed)
    return party.strip(), amount.strip()


def json_value(typed: str) -> object:
    """JSON typed on the command line, or `@FILE`."""
    from chainbill_cli.given_files import given_text
    from chainbill_cli.json_text import json_text

    source, where = typed, typed
    if typed.startswith("@"):
        where = typed[1:]
        source = given_text(where)
    return json_text(source, where)


__all__ = [
    "amount_minor", "date_value", "is_day_word", "json_value", "positive_amount", "rate_value", "recipient_value",
]  # fmt: skip
