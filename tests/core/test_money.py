"""Money: parsing, printing, interest and formal Chinese numerals against examples from outside."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainbill.currencies import CHINESE_NAMES, MINOR_DIGITS
from chainbill.errors import Malformed
from chainbill.money import (
    MAX_AMOUNT,
    check_amount,
    check_rate,
    chinese_uppercase,
    format_amount,
    format_rate,
    interest_minor,
    minor_digits,
    parse_amount,
    parse_rate,
)

AMOUNTS = st.integers(0, MAX_AMOUNT)
CURRENCIES = st.sampled_from(sorted(MINOR_DIGITS))


def test_iso_4217() -> None:
    assert [minor_digits(code) for code in ("CNY", "USD", "JPY", "KWD", "CLF", "HUF", "ISK")] == [2, 2, 0, 3, 4, 2, 0]
    assert len(MINOR_DIGITS) >= 165
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in MINOR_DIGITS)
    assert set(CHINESE_NAMES) <= set(MINOR_DIGITS)
    for code in ("XAU", "XXX", "XTS", "cny", "RMB", "", "DEM"):
        with pytest.raises(Malformed, match="currency_unknown"):
            minor_digits(code)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1,000,000.00", "CNY", 100_000_000),
        ("1000000", "CNY", 100_000_000),
        ("0.01", "CNY", 1),
        ("0.5", "CNY", 50),
        ("12,345", "JPY", 12_345),
        ("1.234", "KWD", 1_234),
        ("90,071,992,547,409.91", "CNY", MAX_AMOUNT),
        ("0", "CNY", 0),
        ("007.10", "CNY", 710),
    ],
)
def test_parse_amount(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "reason"),
    [
        ("", "CNY", "amount_malformed"),
        ("-1.00", "CNY", "amount_malformed"),
        ("+1", "CNY", "amount_malformed"),
        ("1,00", "CNY", "amount_malformed"),
        ("10,00,000", "CNY", "amount_malformed"),
        ("1000,000", "CNY", "amount_malformed"),
        (".5", "CNY", "amount_malformed"),
        ("5.", "CNY", "amount_malformed"),
        ("1e3", "CNY", "amount_malformed"),
        ("1 000", "CNY", "amount_malformed"),
        ("１００", "CNY", "amount_malformed"),
        ("1.00\n", "CNY", "amount_malformed"),
        ("0" * 41, "CNY", "amount_malformed"),
        ("100万", "CNY", "amount_in_ten_thousands"),
        ("1亿", "CNY", "amount_in_ten_thousands"),
        ("1.001", "CNY", "amount_too_many_digits"),
        ("1.0", "JPY", "amount_too_many_digits"),
        ("90071992547409.92", "CNY", "amount_range"),
        ("1", "RMB", "currency_unknown"),
    ],
)
def test_refused_amounts(text: str, currency: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        parse_amount(text, currency)


@given(AMOUNTS, CURRENCIES, st.booleans())
def test_amounts_round_trip(minor: int, currency: str, grouping: bool) -> None:
    assert parse_amount(format_amount(minor, currency, grouping), currency) == minor


def test_format_amount() -> None:
    assert format_amount(100_000_000, "CNY") == "1,000,000.00"
    assert format_amount(100_000_000, "CNY", grouping=False) == "1000000.00"
    assert format_amount(-5, "CNY") == "-0.05"
    assert format_amount(1234, "JPY") == "1,234"


@pytest.mark.parametrize("value", [-1, MAX_AMOUNT + 1, True, 1.0, "1", None])
def test_an_amount_is_a_bounded_integer(value: object) -> None:
    with pytest.raises(Malformed, match="amount_range"):
        check_amount(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "rate"),
    [("3.85", 38_500), ("0", 0), ("100", 1_000_000), ("3.85%", 38_500), ("0.0001", 1), ("12.3456", 123_456)],
)
def test_rates(text: str, rate: int) -> None:
    assert parse_rate(text) == rate
    assert parse_rate(format_rate(rate)) == rate


def test_format_rate() -> None:
    assert format_rate(38_500) == "3.8500"
    assert format_rate(-1) == "-0.0001"


@pytest.mark.parametrize("text", ["", "-1", "3,85", "3.85001", "1e2", ".5", "5.", "٣", "%", "1000"])
def test_refused_rates(text: str) -> None:
    with pytest.raises(Malformed, match="rate_"):
        parse_rate(text)


@pytest.mark.parametrize("rate", [-1, 1_000_001, True, 3.85])
def test_a_rate_is_a_bounded_integer(rate: object) -> None:
    with pytest.raises(Malformed, match="rate_range"):
        check_rate(rate)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "rate", "days", "basis", "interest"),
    [
        (100_000_000, 20_000, 90, 360, 500_000),  # 1,000,000.00 × 2 % × 90/360 = 5,000.00
        (25_000_000, 38_500, 120, 360, 320_833),  # 250,000.00 × 3.85 % × 120/360 = 3,208.33
        (100_000_000, 38_500, 365, 365, 3_850_000),
        (100_000_000, 38_500, 0, 360, 0),
        (18, 1_000_000, 10, 360, 1),  # exactly one half
        (17, 1_000_000, 10, 360, 0),
        (MAX_AMOUNT, 1_000_000, 360, 360, MAX_AMOUNT),
    ],
)
def test_interest(amount: int, rate: int, days: int, basis: int, interest: int) -> None:
    assert interest_minor(amount, rate, days, basis) == interest


@given(AMOUNTS, st.integers(0, 1_000_000), st.integers(0, 3660), st.sampled_from([360, 365]))
def test_interest_is_half_up_of_the_exact_fraction(amount: int, rate: int, days: int, basis: int) -> None:
    got = interest_minor(amount, rate, days, basis)
    divisor = 1_000_000 * basis
    assert 2 * amount * rate * days - divisor < 2 * got * divisor <= 2 * amount * rate * days + divisor
    if amount < 10**12:
        exact = Decimal(amount) * rate * days / divisor
        assert got == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(("days", "basis"), [(-1, 360), (36_601, 360), (1, 364), (1, 0), (True, 360), (1.0, 360)])
def test_refused_interest(days: object, basis: int) -> None:
    with pytest.raises(Malformed, match="interest_range"):
        interest_minor(1, 1, days, basis)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # the examples of 正确填写票据和结算凭证的基本规定
        ("1,409.50", "人民币壹仟肆佰零玖元伍角"),
        ("6,007.14", "人民币陆仟零柒元壹角肆分"),
        ("1,680.32", "人民币壹仟陆佰捌拾元叁角贰分"),
        ("107,000.53", "人民币壹拾万柒仟元伍角叁分"),
        ("16,409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "人民币叁佰贰拾伍元零肆分"),
        # further ones
        ("1,000,000.00", "人民币壹佰万元整"),
        ("0", "人民币零元整"),
        ("0.05", "人民币伍分"),
        ("0.30", "人民币叁角"),
        ("10", "人民币壹拾元整"),
        ("110,000", "人民币壹拾壹万元整"),
        ("10,000,010.00", "人民币壹仟万零壹拾元整"),
        ("20,000,500.30", "人民币贰仟万零伍佰元叁角"),
        ("100,000,000", "人民币壹亿元整"),
        ("100,010,001.01", "人民币壹亿零壹万零壹元零壹分"),
        ("100,000,001", "人民币壹亿零壹元整"),
        ("500,000.00", "人民币伍拾万元整"),
        ("199,999.99", "人民币壹拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ("90,071,992,547,409.91", "人民币玖拾万亿零柒佰壹拾玖亿玖仟贰佰伍拾肆万柒仟肆佰零玖元玖角壹分"),
    ],
)
def test_formal_numerals(text: str, words: str) -> None:
    assert chinese_uppercase(parse_amount(text, "CNY"), "CNY") == words


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (123, "JPY", "日元壹佰贰拾叁元整"),
        (100_050, "USD", "美元壹仟元伍角"),
        (1_234, "KWD", "KWD壹元贰角叁分肆厘"),
        (1_004, "KWD", "KWD壹元零肆厘"),
        (1, "KWD", "KWD壹厘"),
        (101, "KWD", "KWD壹角零壹厘"),
        (10_304, "CLF", "CLF壹元零叁分零肆毫"),
    ],
)
def test_formal_numerals_in_other_currencies(minor: int, currency: str, words: str) -> None:
    assert chinese_uppercase(minor, currency) == words


NUMERALS = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}


def read_back(words: str) -> int:
    """Fen from formal numerals, by the reading rule: a digit times its unit, groups of ten thousand."""
    total = section = digit = 0
    for char in words.removeprefix("人民币"):
        if char in NUMERALS:
            digit = NUMERALS[char]
        elif char in "拾佰仟":
            section += digit * {"拾": 10, "佰": 100, "仟": 1000}[char]
            digit = 0
        elif char in "万亿元":
            section += digit
            digit = 0
            if char == "万":
                total, section = total + section * 10**4, 0
            elif char == "亿":
                high = total if total else 0
                total, section = high * 10**8 + section * 10**8, 0
            else:
                total, section = (total + section) * 100, 0
        elif char in "角分":
            total += digit * (10 if char == "角" else 1)
            digit = 0
    return total


@given(st.integers(0, 10**14 - 1))
def test_formal_numerals_read_back(minor: int) -> None:
    words = chinese_uppercase(minor, "CNY")
    assert read_back(words) == minor
    assert "零零" not in words
    assert not words.endswith("零")
    assert words.endswith("整") is (minor % 100 == 0)
