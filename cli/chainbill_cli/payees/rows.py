"""What every reader of a file of payees gives: rows of cells, each with the line on which a person finds it."""

from __future__ import annotations

from dataclasses import dataclass

from chainbill_cli.texts import text

MOST_ROWS = 10_000
MOST_COLUMNS = 100
MOST_CELL = 256
"""Characters of a cell that says whom, how much or in what: what asks a cell for its meaning reads it many times."""
LAST_LINE = 100_000
"""Lines behind it are not looked for: a workbook of 5 KB may name a row 10^12, and a reader would count up to it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line (of a text file, or the row of a sheet; from 1) and its cells without the blank ones at its end.

    otherwise: places, from 0, of cells that a spreadsheet shows as something else than they hold.
    """

    line: int
    cells: tuple[str, ...]
    otherwise: frozenset[int] = frozenset()


class BadRow(Exception):  # noqa: N818  a finding that is gathered, not an error of the program
    """Why a line is wrong, as ready text; `line` is 0 where it concerns the whole file.

    of_columns: it is mended by saying which columns are meant, or by quotes around what has commas.
    """

    def __init__(self, line: int, said: str, *, of_columns: bool = False) -> None:
        super().__init__(said)
        self.of_columns = of_columns
        self.line = line
        self.said = said


def row_of(line: int, cells: list[str], otherwise: frozenset[int] = frozenset()) -> Row | None:
    """The row, None for a blank one. Blank cells at the end mean nothing; those between cells keep their places."""
    while cells and not (cells[-1] and plain_cell(cells[-1])):
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise BadRow(line, text("payees.too_many_columns", most=MOST_COLUMNS))
    plain = [plain_cell(cell) for cell in cells]
    return Row(line, tuple(plain), otherwise) if plain else None


def plain_cell(cell: str) -> str:
    """A cell without what keeps a spreadsheet from taking an id for a number: `="0012"`, a tab or quote in front."""
    plain = cell.strip().lstrip("\t'").strip()
    if plain.startswith('="') and plain.endswith('"') and len(plain) > 2:
        plain = plain[2:-1].strip()
    return plain
