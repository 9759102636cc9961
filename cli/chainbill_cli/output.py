"""How data goes to stdout: tables for people, JSON in REST's shapes, CSV that spreadsheets read rightly.

JSON keeps integers in minor units. Tables and CSV show major units. CSV is utf-8 with a byte order mark, and a cell
that a spreadsheet would take for a number or a formula is written so that it stays the text it is. Whatever a node
answers, nothing of it moves a cursor, turns a line or is taken for markup.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainbill.shown import escaped
from chainbill.shown import shown as plain_text
from chainbill_cli.texts import has_text, text

NUMBER_LETTERS = re.compile(r"[\s\d.,:/%eE+\-_()$¥€]+")
"""With a digit in it, what a spreadsheet may take for a number, a date, a time or an amount."""
NUMBERS = frozenset({"amount", "rate", "int", "date"})
"""Kinds of columns in which a number is meant as one."""
WIDE = 240
WORDS = {
    "status": "", "word": "", "hop": "hop_", "role": "role_", "lock": "lock_", "proposal": "proposal_",
    "change": "change_", "invoice": "invoice_", "dispute": "dispute_", "mandate": "mandate_", "order": "order_",
    "step": "step_",
}  # fmt: skip
"""Kinds of columns whose values are words of the ledger, and how their texts begin."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the path of its value (`created.height`), its kind and its heading (default: the path's own text).

    kind: text, id, party, amount, rate, date, int, list, or one of WORDS: a word of the ledger said in the language.
    """

    path: str
    kind: str = "text"
    heading: str = ""

    @property
    def title(self) -> str:
        """The heading in the language in use."""
        key = self.heading or f"column.{self.path.replace('.', '_')}"
        return text(key) if has_text(key) else self.path


Names = Callable[[str], str]


def value_at(row: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, None where it stops."""
    found: Any = row
    for part in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def shown(row: Mapping[str, Any], column: Column, name_of: Names, *, grouping: bool = True) -> str:
    """A value as a person reads it; amounts in major units of the row's currency."""
    value = value_at(row, column.path)
    if value is None or value == "":
        return ""
    if column.kind == "amount" and isinstance(value, int):
        return amount_text(value, str(row.get("currency") or "CNY"), grouping=grouping)
    if column.kind == "rate" and isinstance(value, int):
        from chainbill.money import format_rate

        return f"{format_rate(value)}%" if grouping else format_rate(value)
    if column.kind == "party" and isinstance(value, str):
        return name_of(str(value)) if grouping else str(value)
    if column.kind in WORDS and grouping:
        words = value if isinstance(value, list | tuple) else [value]
        return ", ".join(_word(WORDS[column.kind], word) for word in words)
    if isinstance(value, bool):
        return text("value.yes") if value else text("value.no")
    if isinstance(value, list | tuple):
        if column.kind == "party" and grouping:
            return ", ".join(name_of(str(element)) for element in value)
        return ", ".join(_element(element) for element in value)
    if isinstance(value, Mapping):
        return _pairs(value) if grouping else json.dumps(value, ensure_ascii=False)
    return str(value)


def _pairs(value: Mapping[str, Any]) -> str:
    """A small mapping as a person reads it: `name value, name value`."""
    return ", ".join(f"{name} {_element(one)}" for name, one in value.items())


def _word(prefix: str, word: Any) -> str:
    key = f"value.{prefix}{_element(word)}"
    return text(key) if has_text(key) else _element(word)


def _element(element: Any) -> str:
    if isinstance(element, Mapping):
        for name in ("kind", "id", "party", "fingerprint"):
            if name in element:
                return str(element[name])
        return _pairs(element)
    return ", ".join(_element(one) for one in element) if isinstance(element, list | tuple) else str(element)


def amount_text(minor: int, currency: str, *, grouping: bool = True) -> str:
    """Major units with the currency's digits; for a code that nobody here knows, minor units that say so."""
    from chainbill.money import format_amount
    from chainbill_cli.digits import known

    digits = known(currency)
    if currency not in digits:
        return text("value.minor_units", amount=minor) if grouping else str(minor)
    return format_amount(minor, currency, grouping=grouping, currencies=digits)


def csv_cell(value: str, column: Column) -> str:
    """A cell that means the same after a spreadsheet, or a terminal, has opened it."""
    from chainbill_node.trace.table_text import no_formula

    if NUMBER_LETTERS.fullmatch(value) and any(character.isdecimal() for character in value):
        return value if column.kind in NUMBERS else f'="{value}"'
    return no_formula(plain_text(value, keep="\n\t"))


def json_line(value: Any, indent: int | None = None) -> str:
    """JSON of a value; what a terminal would obey is written as an escape."""
    return escaped(json.dumps(value, ensure_ascii=False, indent=indent), keep="\n")


def csv_text(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> str:
    """Rows as CSV (RFC 4180, CRLF), headed by the field names."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.path for column in columns])
    for row in rows:
        cells = [shown(row, column, str, grouping=False) for column in columns]
        writer.writerow([csv_cell(cell, column) for cell, column in zip(cells, columns, strict=True)])
    return buffer.getvalue()


class Output:
    """Writes one answer to stdout in the form asked for."""

    def __init__(self, form: str, *, color: bool, quiet: bool, name_of: Names = str) -> None:
        self.form = form
        self.color = color
        self.quiet = quiet
        self.name_of = name_of

    def note(self, line: str) -> None:
        """A line for people, on stderr; silent with -q."""
        if not self.quiet:
            print(plain_text(line), file=sys.stderr, flush=True)

    def json(self, value: Any) -> None:
        """One JSON value; a list becomes lines with `-o jsonl`."""
        if self.form == "jsonl" and isinstance(value, list):
            for entry in value:
                print(json_line(entry))
        elif self.form == "jsonl":
            print(json_line(value))
        else:
            print(json_line(value, indent=2))
        sys.stdout.flush()

    def rows(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> None:
        """A list of like things."""
        if self.form in {"json", "jsonl"}:
            self.json(list(rows))
        elif self.form == "csv":
            self.raw(csv_text(rows, columns), mark=True)
        elif not rows:
            self.note(text("note.none"))
        else:
            self._table(rows, columns)

    def thing(self, value: Mapping[str, Any], columns: Sequence[Column]) -> None:
        """One thing with its fields."""
        if self.form in {"json", "jsonl"}:
            self.json(dict(value))
        elif self.form == "csv":
            self.raw(csv_text([value], columns), mark=True)
        else:
            self._sheet(value, columns)

    def raw(self, content: str, *, mark: bool = False) -> None:
        """Ready text to stdout, with a byte order mark if `mark`."""
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:
            sys.stdout.write(("\ufeff" if mark else "") + content)
            return
        sys.stdout.flush()
        stream.write(content.encode("utf-8-sig" if mark else "utf-8"))
        stream.flush()

    def console(self) -> Any:
        """The rich console of stdout; wide when it is not a terminal, so that no id is cut. Texts are no markup."""
        from rich.console import Console

        terminal = sys.stdout.isatty()
        return Console(
            file=sys.stdout, width=None if terminal else WIDE, no_color=not self.color, highlight=False, markup=False,
            emoji=False,
        )  # fmt: skip

    def _table(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> None:
        """A table in which nothing is cut: wider than usual when it is not for a terminal, folded on a narrow one."""
        from rich.measure import Measurement

        console = self.console()
        table = _grid(rows, columns, self.name_of, whole=True)
        needed = Measurement.get(console, console.options.update(max_width=sys.maxsize), table)
        if not sys.stdout.isatty():
            console.width = max(WIDE, needed.maximum)
        elif needed.minimum > console.width:
            table = _grid(rows, columns, self.name_of, whole=False)
        console.print(table)

    def _sheet(self, value: Mapping[str, Any], columns: Sequence[Column]) -> None:
        from rich.table import Table

        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for column in columns:
            cell = shown(value, column, self.name_of)
            if cell and column.kind == "amount" and value.get("currency"):
                cell = f"{cell} {value['currency']}"
            if cell:
                table.add_row(column.title, _plain(cell))
        self.console().print(table)


def _grid(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], name_of: Names, *, whole: bool) -> Any:
    """The rich table; `whole`: ids, amounts and dates stay on one line."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        right = column.kind in {"amount", "rate", "int"}
        one_line = whole and column.kind in {"id", "amount", "date", "rate", "int"}
        table.add_column(column.title, justify="right" if right else "left", no_wrap=one_line, overflow="fold")
    for row in rows:
        table.add_row(*(_plain(shown(row, column, name_of)) for column in columns))
    return table


def _plain(cell: str) -> Any:
    from rich.text import Text

    return Text(plain_text(cell))
