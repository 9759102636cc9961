"""What every reader of a file of payees gives: rows of cells, each with the line on which a person finds it."""

from __future__ import annotations

from dataclasses import dataclass

MOST_ROWS = 10_000
MOST_COLUMNS = 100
LARGEST_FILE = 8 * 1024 * 1024
"""Bytes of a file, as it lies on the disk."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line (of a text file, or the row of a sheet; from 1) and its cells without the blank ones at its end."""

    line: int
    cells: tuple[str, ...]


class BadRow(Exception):  # noqa: N818  a finding that is gathered, not an error of the program
    """Why a line is wrong, as ready text; `line` is 0 where it concerns the whole file."""

    def __init__(self, line: int, said: str) -> None:
        super().__init__(said)
        self.line = line
        self.said = said


def row_of(line: int, cells: list[str]) -> Row | None:
    """The row, None for a blank one. Blank cells at the end mean nothing; those between cells keep their places."""
    plain = [plain_cell(cell) for cell in cells]
    while plain and not plain[-1]:
        plain.pop()
    return Row(line, tuple(plain)) if plain else None


def plain_cell(cell: str) -> str:
    """A cell without what keeps a spreadsheet from taking an id for a number: `="0012"`, a tab or quote in front."""
    plain = cell.strip().lstrip("\t'").strip()
    if plain.startswith('="') and plain.endswith('"') and len(plain) > 2:
        plain = plain[2:-1].strip()
    return plain
