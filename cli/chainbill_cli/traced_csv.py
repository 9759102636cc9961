"""The CSV of a trace as a node answers it: a table that can be one, and cells that do nothing where they are opened."""

from __future__ import annotations

import csv
import io
import re

from chainbill.shown import shown as plain_text
from chainbill_cli.texts import text

HEADING = re.compile("[a-z][a-z0-9_]{0,39}")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
KEPT_TEXT = re.compile(r'="([^"\n]*)"')
"""A number that is to stay a text; with a quote in it, it would be a formula."""


class NoTable(ValueError):  # noqa: N818  told as it is, then the next node is asked
    """Why an answer is no table, in words of the language in use."""


def table_of(said: str) -> tuple[list[str], list[list[str]]]:
    """Headings and rows. NoTable where a row has other cells than headings, or an amount is none."""
    from chainbill_node.trace.table_text import AMOUNT_COLUMNS

    try:
        lines = list(csv.reader(io.StringIO(said.removeprefix("\ufeff"), newline=""), strict=True))
    except csv.Error as error:
        raise NoTable(text("answer.no_table")) from error
    heading, rows = (lines[0], lines[1:]) if lines else ([], [])
    if not all(map(HEADING.fullmatch, heading)) or not 0 < len(set(heading)) == len(heading):
        raise NoTable(text("answer.no_table"))
    amounts = [place for place, name in enumerate(heading) if name in AMOUNT_COLUMNS]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(heading) or any(row[place] and not NUMBER.fullmatch(row[place]) for place in amounts):
            raise NoTable(text("answer.row", number=number))
    return heading, rows


def safe_cell(cell: str) -> str:
    """A cell that is the same again where a node has made it safe, and is made so where it has not."""
    from chainbill_node.trace.table_text import no_formula

    plain = plain_text(cell, keep="\n\t")
    return plain if NUMBER.fullmatch(plain) or KEPT_TEXT.fullmatch(plain) else no_formula(plain)


def plain_cell(cell: str) -> str:
    """The text that a cell keeps from being taken for a number."""
    kept = KEPT_TEXT.fullmatch(cell)
    return kept.group(1) if kept else cell
