"""CSV that a spreadsheet reads rightly and a person without a list of codes: UTF-8, major units, names beside ids.

A cell that a spreadsheet would take for a number or a formula is written so that it stays the text it is. Headings are
the names of REST's fields, in Chinese the headings of tables; beside an id of a party stands its name, beside a word of
the ledger what it says.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chainbill.shown import shown as plain_text
from chainbill_cli.output import WORDS, Column, Names, shown, value_at
from chainbill_cli.texts import language, text
from chainbill_cli.traced_csv import plain_cell, safe_cell, table_of

NUMBER_LETTERS = re.compile(r"[\s\d.,:/%eE+\-_()$¥€]+")
"""With a digit in it, what a spreadsheet may take for a number, a date, a time or an amount."""
NUMBERS = frozenset({"amount", "rate", "int", "date", "share", "figure", "time", "late", "some"})
"""Kinds of columns in which a number is meant as one."""


def csv_cell(value: str, column: Column) -> str:
    """A cell that means the same after a spreadsheet, or a terminal, has opened it."""
    from chainbill_node.trace.table_text import no_formula

    if NUMBER_LETTERS.fullmatch(value) and any(character.isdecimal() for character in value):
        return value if column.kind in NUMBERS else f'="{value}"'
    return no_formula(plain_text(value, keep="\n\t"))


def csv_text(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], name_of: Names = str) -> str:
    """Rows as CSV (RFC 4180, CRLF) with a heading."""
    return _written(
        [_headings(columns), *([cell for column in columns for cell in _cells(row, column, name_of)] for row in rows)]
    )


def traced_csv(said: str, kinds: Mapping[str, str], name_of: Names) -> str:
    """The CSV of a trace as a node gives it, with this program's headings and names. kinds: of columns by name."""
    heading, rows = table_of(said)
    columns = [Column(name, kinds.get(name, "text")) for name in heading]
    return _written([_headings(columns), *(list(_with_names(row, columns, name_of)) for row in rows)])


def parties_of(said: str, kinds: Mapping[str, str]) -> set[str]:
    """The ids of parties in the CSV of a trace."""
    heading, rows = table_of(said)
    places = [place for place, name in enumerate(heading) if kinds.get(name) == "party"]
    return {plain_cell(row[place]) for row in rows for place in places if row[place]}


def _with_names(row: Sequence[str], columns: Sequence[Column], name_of: Names) -> Iterator[str]:
    for cell, column in zip(row, columns, strict=True):
        yield safe_cell(cell)
        if _twin(column):
            yield csv_cell(shown({column.path: plain_cell(cell)}, Column(column.path, column.kind), name_of), column)


def _twin(column: Column) -> str:
    """The key of what is added to the heading of a second column beside this one, "" where there is none."""
    return "column.csv_name" if column.kind == "party" else "column.csv_words" if column.kind in WORDS else ""


def _headings(columns: Sequence[Column]) -> list[str]:
    headings = []
    for column in columns:
        title = column.title if language() == "zh" else column.path
        headings += [title, text(_twin(column), column=title)] if _twin(column) else [title]
    return headings


def _cells(row: Mapping[str, Any], column: Column, name_of: Names) -> Iterator[str]:
    yield csv_cell(shown(row, column, str, grouping=False), column)
    if _twin(column):
        yield csv_cell(_told(row, column, name_of), column)


def _told(row: Mapping[str, Any], column: Column, name_of: Names) -> str:
    """What stands beside a cell: of a list each name or word, parted as the ids and codes are."""
    found = value_at(row, column.path)
    if not isinstance(found, list | tuple):
        return shown(row, column, name_of)
    return ", ".join(shown({"one": one}, replace(column, path="one"), name_of) for one in found)


def _written(rows: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
