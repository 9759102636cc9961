"""CSV that a spreadsheet cannot misread: amounts in major units, ids as text, no formulas."""

from __future__ import annotations

import csv
import io

import pytest
from chainbill_node.rest.routes_trace import LEAF_COLUMNS, PARTY_COLUMNS, TIER_COLUMNS
from chainbill_node.trace.ratios import decimal_text, rate_text, ratio_text
from chainbill_node.trace.table_text import csv_text


def cell(name: str, value: object, currency: str = "CNY") -> str:
    text = csv_text([{name: value, "currency": currency}], [name])
    return next(csv.reader(io.StringIO(text.removeprefix("\ufeff").split("\r\n", 1)[1])))[0]


@pytest.mark.parametrize(
    ("name", "value", "currency", "written"),
    [
        ("amount", 123_456, "CNY", "1234.56"), ("amount", 123_456, "JPY", "123456"), ("amount", 0, "KWD", "0.000"),
        ("tier", 3, "CNY", "3"), ("holder", "911101085923662400", "CNY", '="911101085923662400"'),
        ("holder", "12E4", "CNY", '="12E4"'), ("holder", "91350211M000100Y43", "CNY", "91350211M000100Y43"),
        ("memo", "=1+1", "CNY", "'=1+1"), ("memo", "@x", "CNY", "'@x"), ("memo", "-1", "CNY", "'-1"),
        ("mean_rate", None, "CNY", ""), ("mean_rate", "3.0000", "CNY", "3.0000"), ("penetration", "1", "CNY", "1"),
        ("repeated", True, "CNY", "true"), ("repeated", False, "CNY", "false"),
    ],
)  # fmt: skip
def test_cells(name: str, value: object, currency: str, written: str) -> None:
    assert cell(name, value, currency) == written


NO_AMOUNTS = {
    "id", "bill", "holder", "offered_to", "status", "parent", "direction", "kind", "other", "debtor",
    "penetration", "share_financed", "mean_rate", "mean_cost",  # texts
    "lo", "hi", "tier", "financed_tier", "born", "ended", "parties", "financings", "count",  # numbers
}  # fmt: skip


@pytest.mark.parametrize("name", sorted({*LEAF_COLUMNS, *TIER_COLUMNS, *PARTY_COLUMNS} - {"currency"}))
def test_every_column_that_is_an_amount_is_in_major_units(name: str) -> None:
    """100,000.00 pledged stood as 10000000 beside amounts in major units."""
    assert cell(name, 123_456) == ("123456" if name in NO_AMOUNTS else "1234.56")


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 3, "0.333333"), (2, 3, "0.666667"), (1, 2_000_000, "0.000001"), (0, 5, "0.000000"), (5, 5, "1.000000"),
        (1, 0, None),
    ],
)  # fmt: skip
def test_ratios_are_exact_and_rounded_half_up(part: int, whole: int, text: str | None) -> None:
    assert ratio_text(part, whole) == text


def test_rates_have_four_decimals() -> None:
    assert rate_text(38_500 * 7, 7) == "3.8500"
    assert decimal_text(5, 100_000, 4) == "0.0001"
    assert decimal_text(4, 100_000, 4) == "0.0000"


def test_a_currency_that_a_network_takes_beside_those_of_iso_4217_has_its_own_digits() -> None:
    text = csv_text([{"amount": 1_234_567, "currency": "XTS"}], ["amount"], {"XTS": 3})
    assert text.splitlines()[1] == "1234.567"
