"""What a person does not see of a sheet, and what stands in it twice, read from its XML (ECMA-376, part 1, 18.3.1).

A reader takes the last of two cells of one place, or both, or cells that a spreadsheet passes over: who has made a
file by hand could show one list and have another paid. Rows that a filter has hidden are shown to nobody either.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from chainbill_cli.payees.rows import LAST_LINE, BadRow
from chainbill_cli.texts import text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PARENTS = {f"{MAIN}{name}": f"{MAIN}{parent}" for name, parent in (("sheetData", "worksheet"), ("row", "sheetData"))}
SHEET, ROW, CELL, TEXT, RUN, VALUE, INLINE = (
    MAIN + name for name in ("worksheet", "row", "c", "t", "r", "v", "is")
)  # fmt: skip
DATA, COLUMN, FORMAT, MERGED = (MAIN + name for name in ("sheetData", "col", "sheetFormatPr", "mergeCell"))
NUMBER = re.compile("[1-9][0-9]{0,15}")
REFERENCE = re.compile("([A-Z]{1,3})([1-9][0-9]{0,15})")
SHOWN = frozenset({"0", "false"})
LEAST_SEEN = 1.0
"""Points of height, and characters of width, below which nobody reads what stands there."""
MOST_LOOKED_AT = 1_000_000
"""Cells that are looked at for all areas of merged cells."""


@dataclass(slots=True)
class Layout:
    """hidden_rows: their numbers. hidden_columns: (first, last), from 1. Cells by row: columns with a value."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    filled: dict[int, list[int]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_unless_said: bool = False
    sheets: int = 0
    row: int = 0
    column: int = 0

    def begin(self, parent: str, element: Element) -> None:
        """Take in an element by its attributes. BadRow where it stands in a place where not all look for it."""
        tag, said = element.tag, element.attrib
        if tag == DATA:
            self.sheets += 1
        if PARENTS.get(tag, parent) != parent or self.sheets > 1 or (parent == ROW and tag != CELL):
            raise self.damaged()
        if tag == ROW:
            self._begin_row(said)
        elif parent == ROW:
            self._begin_cell(said)
        elif tag == COLUMN and _unseen(said, "width"):
            self.hidden_columns.append((int(said["min"]), int(said["max"])))
        elif tag == FORMAT:
            unseen = float(said.get("defaultRowHeight", "15")) < LEAST_SEEN
            self.hidden_unless_said = unseen or said.get("zeroHeight", "0") not in SHOWN
        elif tag == MERGED:
            first, _, last = said["ref"].partition(":")
            self.merged.append((*self._place(first), *self._place(last or first)))

    def _begin_row(self, said: Mapping[str, str]) -> None:
        self.row = self._later(self.row, said.get("r", str(self.row + 1)))
        self.column = 0
        if self.row > LAST_LINE:
            raise BadRow(0, text("payees.far_rows", most=LAST_LINE))
        if _unseen(said, "ht") or (self.hidden_unless_said and "hidden" not in said):
            self.hidden_rows.add(self.row)

    def _begin_cell(self, said: Mapping[str, str]) -> None:
        row, column = self._place(said["r"]) if "r" in said else (self.row, self.column + 1)
        if row != self.row:
            raise self.damaged()
        self.column = self._later(self.column, str(column))

    def end_cell(self, cell: Element) -> None:
        """Note a cell that says something. BadRow where it says two things."""
        said = [one for one in cell if one.tag in (VALUE, INLINE)]
        parts = [one.tag for one in said[0]] if said else []
        if len(said) > 1 or parts.count(TEXT) > 1 or (TEXT in parts and RUN in parts):
            raise self.damaged()
        if said:
            self.filled.setdefault(self.row, []).append(self.column)

    def _later(self, before: int, said: str) -> int:
        if NUMBER.fullmatch(said) is None or int(said) <= before:
            raise self.damaged()
        return int(said)

    def _place(self, said: str) -> tuple[int, int]:
        """Row and column of such as `B3`."""
        found = REFERENCE.fullmatch(said)
        if found is None:
            raise self.damaged()
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        return int(found[2]), column

    def damaged(self) -> BadRow:
        """What is wrong with a row that another reader may read otherwise."""
        return BadRow(self.row, text("payees.damaged"))

    def covered(self) -> Iterator[int]:
        """Rows with a value below merged cells, which show that of their first cell alone."""
        rows, looked_at = sorted(self.filled), 0
        for top, left, bottom, right in self.merged:
            for row in rows[bisect_left(rows, top) : bisect_right(rows, bottom)]:
                looked_at += 1 + len(self.filled[row])
                if looked_at > MOST_LOOKED_AT:
                    raise BadRow(0, text("payees.merges"))
                if any(left <= one <= right and (row, one) != (top, left) for one in self.filled[row]):
                    yield row


def layout_of(part: IO[bytes]) -> Layout:
    """The layout of a sheet. BadRow where rows or cells stand twice, out of order, or where not all look for them."""
    from defusedxml.ElementTree import iterparse

    found = Layout()
    above = [""]
    for event, element in iterparse(part, ("start", "end")):
        if event == "start":
            if (above[-1] == "") != (element.tag == SHEET):
                raise found.damaged()
            found.begin(above[-1], element)
            above.append(element.tag)
            continue
        above.pop()
        if element.tag == CELL and above[-1] == ROW:
            found.end_cell(element)
        elif element.tag == ROW:
            element.clear()
    return found


def _unseen(said: Mapping[str, str], size: str) -> bool:
    return said.get("hidden", "0") not in SHOWN or float(said.get(size, "15")) < LEAST_SEEN
