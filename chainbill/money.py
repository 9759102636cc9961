"""Money as integers of the minor unit (fen, cents); rates as integers of 1/10,000 of a percent. Never floats."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chainbill import limits
from chainbill.currencies import CHINESE_NAMES, MINOR_DIGITS
from chainbill.errors import Malformed, Reason

MAX_AMOUNT = limits.MAX_AMOUNT
"""2^53 - 1 minor units: the largest integer that every JSON reader keeps exactly."""
RATE_ONE = 1_000_000
"""A rate of 100 %."""
RATE_DIGITS = 4

_AMOUNT = re.compile(r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<fraction>[0-9]+))?", re.ASCII)
_RATE = re.compile(r"(?P<whole>[0-9]{1,3})(?:\.(?P<fraction>[0-9]{1,4}))?", re.ASCII)
_TEN_THOUSANDS = frozenset("万萬亿億")


def minor_digits(currency: str, currencies: Mapping[str, int] = MINOR_DIGITS) -> int:
    """Digits of the minor unit: 2 for CNY, 0 for JPY. Malformed for a code that is not among the currencies.

    currencies: those of ISO 4217, or those of a network, which may take others (`ledger.rules`).
    """
    try:
        return currencies[currency]
    except (KeyError, TypeError):
        raise Malformed(
            Reason.CURRENCY_UNKNOWN, f"{currency!r} is no currency that is known here", currency=currency
        ) from None


def parse_amount(text: str, currency: str, currencies: Mapping[str, int] = MINOR_DIGITS) -> int:
    """Minor units of an amount typed in major units: "1,000,000.00", "1000000", "0.5". Malformed otherwise."""
    digits = minor_digits(currency, currencies)
    if _TEN_THOUSANDS.intersection(text):
        raise Malformed(Reason.AMOUNT_IN_TEN_THOUSANDS, "write all digits instead of 万 or 亿", text=text[:40])
    match = _AMOUNT.fullmatch(text) if len(text) <= limits.MAX_AMOUNT_TEXT else None
    if match is None:
        raise Malformed(Reason.AMOUNT_MALFORMED, "an amount looks like 1,000,000.00", text=text[:40])
    fraction = match["fraction"] or ""
    if len(fraction) > digits:
        raise Malformed(
            Reason.AMOUNT_TOO_MANY_DIGITS,
            f"{currency} has {digits} digits after the point",
            currency=currency,
            digits=digits,
        )
    return check_amount(int(match["whole"].replace(",", "") + fraction.ljust(digits, "0")))


def check_amount(minor: int) -> int:
    """The amount itself if it is an integer from 0 to MAX_AMOUNT; Malformed otherwise."""
    if type(minor) is not int or not 0 <= minor <= MAX_AMOUNT:
        raise Malformed(Reason.AMOUNT_RANGE, f"an amount is 0 to {MAX_AMOUNT} minor units")
    return minor


def format_amount(
    minor: int, currency: str, grouping: bool = True, currencies: Mapping[str, int] = MINOR_DIGITS
) -> str:
    """Major units with all minor digits: 100000000 CNY → "1,000,000.00". Negative differences get a "-"."""
    digits = minor_digits(currency, currencies)
    whole, fraction = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    text = f"{whole:,}" if grouping else str(whole)
    return f"{sign}{text}.{fraction:0{digits}d}" if digits else sign + text


def parse_rate(text: str) -> int:
    """A yearly rate in percent with up to 4 decimals, as 1/10,000 of a percent: "3.85" → 38500. At most 100."""
    match = _RATE.fullmatch(text.removesuffix("%"))
    if match is None:
        raise Malformed(Reason.RATE_MALFORMED, "a rate looks like 3.85", text=text[:40])
    return check_rate(int(match["whole"] + (match["fraction"] or "").ljust(RATE_DIGITS, "0")))


def check_rate(rate: int) -> int:
    """The rate itself if it is an integer from 0 to 1,000,000 (100 %); Malformed otherwise."""
    if type(rate) is not int or not 0 <= rate <= limits.MAX_RATE:
        raise Malformed(Reason.RATE_RANGE, "a rate is 0 to 100 percent")
    return rate


def format_rate(rate: int) -> str:
    """Percent with four decimals: 38500 → "3.8500"."""
    whole, fraction = divmod(abs(rate), 10**RATE_DIGITS)
    return f"{'-' if rate < 0 else ''}{whole}.{fraction:04d}"


def interest_minor(amount: int, rate: int, days: int, basis_days: int) -> int:
    """Simple interest in minor units: amount × rate × days / basis, half up.

    amount: minor units. rate: 1/10,000 of a percent. days: counted by the caller's convention. basis_days: 360 or 365.
    100,000.00 at 3.85 % for 120 days of 360: 10,000,000 × 38,500 × 120 / 360,000,000 = 128,333.3, so 1,283.33.
    """
    check_amount(amount)
    check_rate(rate)
    if type(days) is not int or not 0 <= days <= limits.MAX_INTEREST_DAYS or basis_days not in (360, 365):
        raise Malformed(Reason.INTEREST_RANGE, "days are 0 to 36,600, a basis is 360 or 365")
    divisor = RATE_ONE * basis_days
    return (2 * amount * rate * days + divisor) // (2 * divisor)


_NUMERALS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_FRACTIONS = "角分厘毫"


def chinese_uppercase(minor: int, currency: str) -> str:
    """大写金额 as on bills: 100000000 CNY → 人民币壹佰万元整.

    Source: 支付结算办法附一《正确填写票据和结算凭证的基本规定》, items 1 to 3. Where it allows two forms: no 零 when
    only the units or ten-thousands digit is 0, and 整 after 元 but not after 角.
    """
    check_amount(minor)
    digits = minor_digits(currency)
    whole, fraction = divmod(minor, 10**digits)
    text = name = CHINESE_NAMES.get(currency, currency)
    if whole or not fraction:
        text += (_chinese_whole(whole) or "零") + "元"
    parts = f"{fraction:0{digits}d}" if digits and fraction else ""
    gap = False
    for place, digit in enumerate(parts):
        if digit == "0":
            gap = True
            continue
        if gap and text != name:
            text += "零"
        text += _NUMERALS[int(digit)] + _FRACTIONS[place]
        gap = False
    return text if fraction else text + "整"


def _chinese_whole(number: int) -> str:
    """A positive integer in formal numerals, "" for 0: 100,030,050 is 壹亿零叁万零伍拾."""
    text, gap = "", False
    for group in reversed(range(len(_GROUPS))):
        value = number // 10_000**group % 10_000
        if not value:
            gap = gap or bool(text)
            continue
        if text and (gap or value < 1000):
            text += "零"
        text += _chinese_group(value) + _GROUPS[group]
        gap = False
    return text


def _chinese_group(value: int) -> str:
    """1 to 9999 in formal numerals."""
    text, gap = "", False
    for place in reversed(range(4)):
        digit = value // 10**place % 10
        if digit:
            text += ("零" if gap else "") + _NUMERALS[digit] + _PLACES[place]
            gap = False
        else:
            gap = bool(text)
    return text
