"""Exact ratios as text: integers in, decimal text out, rounded half up; no float is ever involved."""

from __future__ import annotations

RATIO_DECIMALS = 6
"""Decimals of a ratio such as penetration."""

RATE_DECIMALS = 4
"""Decimals of a rate in percent."""

RATE_SCALE = 10_000
"""A rate row holds 1/10,000 of a percent."""

RATE_ONE = 100 * RATE_SCALE
"""The rate that stands for 1 (100 %)."""


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide two integers, numerator ≥ 0 and denominator > 0, rounding a half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def decimal_text(numerator: int, denominator: int, decimals: int) -> str | None:
    """Write numerator ÷ denominator with so many decimals, half up; None where the denominator is 0."""
    if denominator == 0:
        return None
    scaled = divide_half_up(numerator * 10**decimals, denominator)
    whole, part = divmod(scaled, 10**decimals)
    return f"{whole}.{part:0{decimals}d}"


def yearly_rate(forgone: int, price: int, days: int) -> int:
    """Give what it costs a year to be paid so many days early, in 1/10,000 of a percent, half up; 0 without days.

    On the price, days ÷ 365: 98,500.00 for 100,000.00 60 days early is 9.2640 %.
    """
    return divide_half_up(forgone * 365 * RATE_ONE, price * days) if days > 0 else 0


def ratio_text(part: int, whole: int) -> str | None:
    """Write part ÷ whole with 6 decimals: ``ratio_text(600, 1000) == "0.600000"``."""
    return decimal_text(part, whole, RATIO_DECIMALS)


def rate_text(weighted: int, weight: int) -> str | None:
    """Write a weighted mean of rates in percent with 4 decimals; ``weighted`` is Σ rate × weight."""
    return decimal_text(weighted, weight * RATE_SCALE, RATE_DECIMALS)
