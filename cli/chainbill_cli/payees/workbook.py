"""Workbooks of spreadsheets (xlsx, ECMA-376): the values of the only sheet that has any.

Read with openpyxl as a stream, its XML by defusedxml, once packed.py has bounded what it unpacks to.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from chainbill_cli.payees.layout import layout_of
from chainbill_cli.payees.number_format import shows
from chainbill_cli.payees.packed import check_packed
from chainbill_cli.payees.rows import MOST_COLUMNS, MOST_ROWS, BadRow, Row, row_of
from chainbill_cli.texts import enumerated, text

SIGNATURE = b"PK\x03\x04"
WORKBOOKS = frozenset({".xlsx", ".xlsm"})
"""How the names of workbooks end: under such a name nothing else is taken."""
OLD_SIGNATURE = b"\xd0\xcf\x11\xe0"
"""How the files of Excel 97 to 2003 (xls), and encrypted ones of today, begin."""
MOST_EXACT = 10**15
"""A spreadsheet keeps 15 digits of a number; a longer one is shown with an exponent, which nobody takes for an id."""
MOST_ROUNDED = 10**11
"""Below it 15 digits hold every decimal that a currency has (four at most), so that rounding to them moves no cent."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a sheet that say something. hidden: columns that are not shown, (first, last) from 1."""

    rows: tuple[Row, ...]
    hidden: tuple[tuple[int, int], ...] = ()


def sheet_of_workbook(content: bytes) -> Sheet:
    """The only sheet that says something. BadRow for what is no workbook, is too large, has values on several sheets,
    or on one, or in rows, that nobody sees, or is laid out so that not every spreadsheet shows the same.
    """
    check_packed(content)
    found = {name: sheet for name, sheet in _sheets(content) if sheet.rows}
    if len(found) > 1:
        raise BadRow(0, text("payees.sheets", names=enumerated(found)))
    return next(iter(found.values()), Sheet(()))


def _sheets(content: bytes) -> list[tuple[str, Sheet]]:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which say nothing about values
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            try:
                return [(page.title, _sheet(book, page)) for page in book.worksheets]
            finally:
                book.close()
    except BadRow:
        raise
    except Exception as error:  # openpyxl tells a broken file by whatever goes wrong inside it
        raise BadRow(0, text("payees.no_workbook")) from error


def _sheet(book: Any, page: Any) -> Sheet:
    with book._archive.open(page._worksheet_path) as part:  # the very part that is read, whatever it is called
        layout = layout_of(part)
    rows = _rows(page)
    if rows and page.sheet_state != "visible":
        raise BadRow(0, text("payees.hidden_sheet", name=page.title))
    unseen = [row.line for row in rows if row.line in layout.hidden_rows]
    if unseen:  # whoever filtered the list means the lines that are seen
        raise BadRow(unseen[0], text("payees.hidden", count=len(unseen)))
    covered = next(layout.covered(), 0)
    if covered:
        raise BadRow(covered, text("payees.covered"))
    return Sheet(tuple(rows), tuple(layout.hidden_columns))


def _rows(sheet: Any) -> list[Row]:
    rows: list[Row] = []
    sheet.reset_dimensions()  # what a file says of its size is not believed
    for line, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        said = [cell_text(cell.value) for cell in cells]
        otherwise = frozenset(at for at, cell in enumerate(cells) if not _shows(cell, said[at]))
        row = row_of(line, said, otherwise)
        if row is not None:
            rows.append(row)
        if len(rows) > MOST_ROWS:
            raise BadRow(line, text("payees.too_many_rows", most=MOST_ROWS))
    return rows


def _shows(cell: Any, said: str) -> bool:
    is_number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    is_said = is_number or isinstance(cell.value, str)
    return not is_said or shows(said, cell.number_format, is_number=is_number)


def cell_text(value: Any) -> str:
    """A cell's value as one would type it; a date as a date, so that it is never taken for an amount."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _number(value: int | float) -> str:
    """What the spreadsheet shows of its number: 500.1, not 500.10000000000002; 0.3 of 0.1 + 0.2."""
    if abs(value) >= MOST_EXACT:
        return f"{value:.14e}"
    plain = format(Decimal(f"{value:.15g}" if abs(value) < MOST_ROUNDED else repr(value)), "f")
    return plain.removesuffix(".0")
