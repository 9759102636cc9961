"""Cells of CSV (rest.md: CSV; cli.md: Output): amounts in major units, and text that stays text in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re

DIGITS = {"BHD": 3, "CNY": 2, "JPY": 0, "USD": 2}
"""Of the minor unit (ISO 4217)."""
NUMBER = re.compile(r"(?=.*\d)[\d\s.,:/%eE+_()$¥€-]+")
"""What a spreadsheet may take for a number, a date or a time."""
MARK = "\ufeff"


def major(amount: int, currency: str) -> str:
    """1234 of USD is 12.34, of JPY 1234, of BHD 1.234."""
    digits = DIGITS[currency]
    text = f"{amount:0{digits + 1}}"
    return f"{text[:-digits]}.{text[-digits:]}" if digits else text


def text_cell(text: str) -> str:
    """A text that is no number and no formula, whatever opens it."""
    if NUMBER.fullmatch(text):
        return f'="{text}"'
    return f"'{text}" if text.lstrip()[:1] in tuple("=+-@") or text[:1] in tuple("\t\r\n") else text


def table(content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    """Headings and rows of a file: UTF-8 with a byte order mark, lines that end with CRLF."""
    text = content.decode("utf-8")
    assert text.startswith(MARK)
    assert text.endswith("\r\n")
    heading, *rows = csv.reader(io.StringIO(text[1:], newline=""), strict=True)
    assert text.count("\n") == text.count("\r\n") == len(rows) + 1
    return heading, [dict(zip(heading, row, strict=True)) for row in rows]
