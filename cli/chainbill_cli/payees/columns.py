"""Which column says whom to pay and which how much: by headings, else there are exactly two, in this order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chainbill_cli.half_width import half_width
from chainbill_cli.payees.rows import MOST_CELL, BadRow, Row
from chainbill_cli.texts import enumerated, text

PARTY = (
    "party", "payee", "recipient", "to", "id", "uscc", "lei", "收款人", "收款方", "收款单位", "收款企业", "参与方",
    "受让方", "受让人", "接收方", "统一社会信用代码", "企业代码",
)  # fmt: skip
AMOUNT = ("amount", "金额", "转让金额", "付款金额", "收款金额", "转让数额")
CURRENCY = ("currency", "币种", "货币")
MEANINGS = {"party": PARTY, "amount": AMOUNT, "currency": CURRENCY}
MISSING = {"party": "payees.no_party", "amount": "payees.no_amount"}
BLANK = {"party": "payees.blank_party", "amount": "payees.blank_amount", "currency": "payees.blank_currency"}
NOT_COMPUTED = {**BLANK, "amount": "payees.blank_formula"}
"""Of a workbook, whose formulas have no value where no spreadsheet has kept one."""
TWO = {"party": 0, "amount": 1}
"""The places in a file of two columns without headings."""
MOST_TOLD = 60
"""Characters of the first line that are told of a file that is no table."""
UNITS = {"CNY": ("元", "人民币", "人民币元")}
"""What may stand in brackets behind a heading of amounts, besides the code; 万元 may not."""


@dataclass(frozen=True, slots=True)
class Line:
    """A payee as the file has it. currency: "" where the file has no column for it."""

    line: int
    party: str
    amount: str
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of a file, what is wrong with others, and the headings of columns that are not read."""

    lines: tuple[Line, ...]
    wrong: tuple[BadRow, ...]
    unread: tuple[str, ...] = ()


def table_of(
    rows: Sequence[Row], currency: str, *, computed: bool = False, hidden: Sequence[tuple[int, int]] = ()
) -> Table:
    """The payees of some rows. BadRow where headings do not say which columns to take, or there is one column only.

    computed: the cells may be those of formulas. hidden: columns that nobody sees, (first, last) from 1.
    """
    if not rows:
        raise BadRow(0, text("payees.empty"), of_columns=True)
    if all(len(row.cells) == 1 for row in rows):
        raise BadRow(0, text("payees.one_column", found=rows[0].cells[0][:MOST_TOLD]), of_columns=True)
    blank = NOT_COMPUTED if computed else BLANK
    headings = [meaning_of(cell, currency) for cell in rows[0].cells]
    if not any(headings):
        if len(rows) > 1 and not any(one.isdigit() for cell in rows[0].cells for one in cell):  # no amount: no payee
            found = " | ".join(rows[0].cells)
            words = {"party": known("party"), "amount": known("amount")}
            raise BadRow(rows[0].line, text("payees.no_headings", found=found, **words), of_columns=True)
        _check_seen(rows[0], TWO, hidden)
        return _gathered(rows, TWO, 2, (), blank)
    places = {name: _place(rows[0], headings, name) for name in MEANINGS if name in headings}
    for name, missing in MISSING.items():
        if name not in places:
            found = " | ".join(rows[0].cells)
            raise BadRow(rows[0].line, text(missing, found=found, known=known(name)), of_columns=True)
    _check_seen(rows[0], places, hidden)
    unread = tuple(cell for cell, meaning in zip(rows[0].cells, headings, strict=True) if not meaning and cell)
    if len(rows) == 1:
        raise BadRow(0, text("payees.empty"), of_columns=True)
    return _gathered(rows[1:], places, len(headings), unread, blank)


def _check_seen(row: Row, places: Mapping[str, int], hidden: Sequence[tuple[int, int]]) -> None:
    """Refuse a column that is read and not shown, or under another heading: what is shown may say otherwise."""
    for place in places.values():
        if any(first <= place + 1 <= last for first, last in hidden):
            raise BadRow(row.line, text("payees.hidden_column", found=row.cells[place][:MOST_TOLD]))
        if place in row.otherwise and place < len(row.cells):
            raise BadRow(row.line, text("payees.shown_otherwise", found=row.cells[place][:MOST_TOLD]))


def meaning_of(cell: str, currency: str) -> str:
    """What a heading names: "party", "amount", "currency", or "" for anything else."""
    plain = half_width(cell).casefold().replace(" ", "").replace("_", "").rstrip("*")
    for unit in (currency.casefold(), *UNITS.get(currency, ())):
        plain = plain.removesuffix(f"({unit})")
    return next((name for name, words in MEANINGS.items() if plain in words), "")


def known(name: str) -> str:
    """Some headings that are understood."""
    return enumerated(MEANINGS[name])


def _place(row: Row, headings: Sequence[str], name: str) -> int:
    if headings.count(name) > 1:
        twice = [cell for cell, meaning in zip(row.cells, headings, strict=True) if meaning == name]
        raise BadRow(row.line, text("payees.heading_twice", found=" | ".join(twice)), of_columns=True)
    return headings.index(name)


def _gathered(
    rows: Sequence[Row], places: Mapping[str, int], width: int, unread: tuple[str, ...], blank: Mapping[str, str]
) -> Table:
    lines: list[Line] = []
    wrong: list[BadRow] = []
    for row in rows:
        faults = list(_faults(row, places, width, blank))
        wrong += faults
        if not faults:
            lines.append(Line(row.line, **{name: row.cells[place] for name, place in places.items()}))
    return Table(tuple(lines), tuple(wrong), unread)


def _faults(row: Row, places: Mapping[str, int], width: int, blank: Mapping[str, str]) -> Iterator[BadRow]:
    """What is wrong with the cells of a row, before anybody asks what they mean."""
    if len(row.cells) > width:
        said = text("payees.cells", found=len(row.cells), wanted=width, row=" | ".join(row.cells))
        yield BadRow(row.line, said, of_columns=True)
        return
    for name, place in places.items():
        if place >= len(row.cells) or not row.cells[place]:
            yield BadRow(row.line, text(blank[name]), of_columns=len(row.cells) == 1)
        elif len(row.cells[place]) > MOST_CELL:
            yield BadRow(row.line, text("payees.long_cell", found=len(row.cells[place]), most=MOST_CELL))
        elif place in row.otherwise:
            yield BadRow(row.line, text("payees.shown_otherwise", found=row.cells[place]))
