"""What people type: amounts, dates, rates, recipients."""

from __future__ import annotations

import pytest
from chainbill_cli.failure import Failure
from chainbill_cli.values import amount_minor, date_value, positive_amount, rate_value, recipient_value
from hypothesis import given
from hypothesis import strategies as st

from chainbill.money import format_amount


def today() -> str:
    return "2026-10-31"


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [("1,000,000.00", "CNY", 100_000_000), ("1000000", "CNY", 100_000_000), ("0.01", "CNY", 1), ("12", "JPY", 12),
     (" 5.5 ", "CNY", 550)],
)  # fmt: skip
def test_amounts(typed: str, currency: str, minor: int) -> None:
    assert amount_minor(typed, currency) == minor


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("100万", "1,000,000.00"), ("1.5亿", "150,000,000.00"), ("30 万元", "300,000.00"), ("2w", "20,000.00"),
     ("1,200千", "1,200,000.00")],
)  # fmt: skip
def test_large_units_are_refused_with_the_figure(typed: str, hint: str) -> None:
    with pytest.raises(Failure) as caught:
        amount_minor(typed, "CNY")
    assert caught.value.exit_code == 2
    assert caught.value.problem["hint"] == f"write {hint}"


@pytest.mark.parametrize("typed", ["", "abc", "1.234", "1e5", "--1", "1,00,0.00", "0x10", "1 000"])
def test_what_is_no_amount(typed: str) -> None:
    with pytest.raises(Failure) as caught:
        amount_minor(typed, "CNY")
    assert caught.value.exit_code == 2


def test_zero_and_negative_amounts() -> None:
    for typed in ("0", "0.00", "-1"):
        with pytest.raises(Failure):
            positive_amount(typed, "CNY")


@given(st.integers(1, 2**53 - 1), st.sampled_from(["CNY", "EUR", "JPY", "KWD"]), st.booleans())
def test_amounts_come_back(minor: int, currency: str, grouping: bool) -> None:
    assert amount_minor(format_amount(minor, currency, grouping=grouping), currency) == minor


@pytest.mark.parametrize(
    ("typed", "date"),
    [("2027-03-31", "2027-03-31"), ("today", "2026-10-31"), ("今天", "2026-10-31"), ("+1d", "2026-11-01"),
     ("+120d", "2027-02-28"), ("+4m", "2027-02-28")],
)  # fmt: skip
def test_dates(typed: str, date: str) -> None:
    assert date_value(typed, today) == date


@pytest.mark.parametrize("typed", ["2027-02-30", "tomorrow", "+d", "31.3.2027", "-5d", "+99999d", "2027-3-1"])
def test_what_is_no_date(typed: str) -> None:
    with pytest.raises(Failure) as caught:
        date_value(typed, today)
    assert "+120d" in caught.value.problem["detail"]


@pytest.mark.parametrize(("typed", "rate"), [("3.85", 38_500), ("3.85%", 38_500), ("0", 0), ("4.0001", 40_001)])
def test_rates(typed: str, rate: int) -> None:
    assert rate_value(typed) == rate


@pytest.mark.parametrize("typed", ["", "x", "3.85555", "-1", "1e2"])
def test_what_is_no_rate(typed: str) -> None:
    with pytest.raises(Failure):
        rate_value(typed)


def test_recipients() -> None:
    assert recipient_value("supplier2:300,000.00") == ("supplier2", "300,000.00")
    for typed in ("supplier2", ":5", "supplier2:", "supplier2:1,supplier3:2"):
        with pytest.raises(Failure, match="each with a --to of its own"):
            recipient_value(typed)


def test_full_width_forms_mean_the_half_width_ones() -> None:
    assert recipient_value("supplier2：３００．００") == ("supplier2", "300.00")
    assert amount_minor("１，０００．５０", "CNY") == 100_050
    assert date_value("２０２７－０３－３１", today) == "2027-03-31"
    assert rate_value("３．８５％") == 38_500
    with pytest.raises(Failure):
        amount_minor("10²", "CNY")


@pytest.mark.parametrize(
    ("typed", "currency", "said"),
    [
        ("5", "XYZ", "XYZ is no currency"), ("90071992547409.92", "CNY", "90,071,992,547,409.91 CNY"),
        ("9000.00", "JPY", "whole amounts"), ("1.234", "CNY", "2 digits"), ("x", "JPY", "for example 1,234"),
    ],
)  # fmt: skip
def test_a_wrong_amount_says_what_is_wrong(typed: str, currency: str, said: str) -> None:
    with pytest.raises(Failure) as caught:
        amount_minor(typed, currency)
    assert said in caught.value.problem["detail"]
    assert "1,000,000.00" not in caught.value.problem["detail"] or currency != "JPY"


@pytest.mark.parametrize(("typed", "said"), [("101", "0 to 100"), ("3.85555", "4 digits"), ("3.8.5", "as 3.85")])
def test_a_wrong_rate_says_what_is_wrong(typed: str, said: str) -> None:
    with pytest.raises(Failure) as caught:
        rate_value(typed)
    assert said in caught.value.problem["detail"]
