"""Traces as CSV that a spreadsheet opens without harm: UTF-8 with a byte order mark, amounts in major units.

A cell that a spreadsheet would read as a formula gets an apostrophe in front, and an identifier made of digits (or
one that reads as a number such as 12E4) is written as ="…", so that it stays text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from chainbill.currencies import MINOR_DIGITS
from chainbill.money import format_amount

BYTE_ORDER_MARK = "\ufeff"

AMOUNT_COLUMNS = frozenset({
    "amount", "face", "reached", "held", "financed", "settled", "diluted", "void", "financed_ever", "received",
    "passed_on", "live", "interest", "fees", "pledged",
})  # fmt: skip
"""Columns that hold amounts in minor units."""

_NUMBER_LIKE = re.compile(r"^[0-9]+(E[0-9]+)?$", re.IGNORECASE)
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
"""How a cell begins that a spreadsheet may run: some skip blanks, and some take the wide signs for the narrow ones."""


def csv_text(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], currencies: Mapping[str, int] = MINOR_DIGITS
) -> str:
    """Write rows as CSV; each row has its ``currency``, in whose major units its amounts are written.

    currencies: code → minor digits, as the network has them.
    """
    buffer = io.StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(name, row.get(name), str(row.get("currency", "")), currencies) for name in columns])
    return buffer.getvalue()


def _cell(name: str, value: Any, currency: str, currencies: Mapping[str, int]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if name in AMOUNT_COLUMNS and currency:
            return format_amount(value, currency, grouping=False, currencies=currencies)
        return str(value)
    text = str(value)
    if name not in _TEXT_NUMBERS and _NUMBER_LIKE.match(text):
        return f'="{text}"'
    return no_formula(text)


def no_formula(text: str) -> str:
    """The text of a cell that no spreadsheet takes for a formula: `=HYPERLINK(…)` gets an apostrophe in front."""
    return f"'{text}" if _FORMULA.match(text) else text


_TEXT_NUMBERS = frozenset({"share_financed", "mean_rate", "mean_cost", "penetration"})
