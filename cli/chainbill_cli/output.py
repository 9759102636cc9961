"""How data goes to stdout: tables for people, JSON in REST's shapes, CSV (see `csv_text`).

JSON keeps integers in minor units. Tables and CSV show major units. A table on a terminal shows what fits, what matters
most first, and says what it leaves out. Whatever a node answers, nothing of it moves a cursor or turns a line.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from chainbill.shown import escaped
from chainbill.shown import shown as plain_text
from chainbill_cli.acts import act_said
from chainbill_cli.grid import ELLIPSIS, SHORT_HASH, Grid, Lane, clauses, grid, sheet
from chainbill_cli.locks import lock_said
from chainbill_cli.moments import moment_said
from chainbill_cli.texts import bracketed, enumerated, has_text, label, text
from chainbill_cli.told import told

WHOLE = frozenset({"id", "amount", "date", "rate", "int", "share", "figure", "path", "time", "late", "some"})
"""Kinds of columns whose values are never folded and never cut."""
RIGHT = frozenset({"amount", "rate", "int", "share", "figure", "late", "some"})
LONGEST_ID = 24
"""Characters above which an id is a hash, of which the beginning does in a table that has no room."""
UNRANKED = 99
OF_DEBTORS = "settlement"
"""The kind of receipt that is of money from a debtor: banks' own payments are never late."""
WORDS = {
    "status": "", "word": "", "hop": "hop_", "role": "role_", "lock": "lock_", "proposal": "proposal_",
    "change": "change_", "invoice": "invoice_", "dispute": "dispute_", "mandate": "mandate_", "order": "order_",
    "receipt": "receipt_", "size": "size_", "step": "step_", "format": "format_", "origin": "origin_",
    "direction": "direction_", "joint": "joint_", "asks": "asks_", "payer": "payer_", "product": "product_",
    "label": "label_", "pledge": "pledge_", "sale": "sale_", "prepayment": "prepayment_", "write_off": "write_off_",
    "claim": "claim_", "ground": "ground_", "guarantee": "guarantee_",
    "entry": "entry_", "entered": "entered_", "default": "default_", "breach": "breach_",
    "legal_order": "legal_order_", "freeze": "freeze_", "paper": "paper_", "payee": "payee_", "ended": "ended_",
}  # fmt: skip
"""Kinds of columns whose values are words of the ledger, and how their texts begin."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the path of its value (`created.height`), its kind and its heading (default: the path's own text).

    kind: text, prose (text that is never cut), shares (of invoices: how much of each), path, id, party, amount, rate,
    share (a decimal of one), figure (percent as text), date, time, int, some (a number of which 0 says that there is
    none), late (days late, which only money of a debtor can be), while_open (of a bill that has not ended), act (of a
    contract), list, answers (party → how it answered), or one of WORDS: a word of the ledger said in the language.
    rank: how much it matters in a list; where the screen is too narrow, 1 stays longest.
    """

    path: str
    kind: str = "text"
    heading: str = ""
    rank: int = UNRANKED

    @property
    def title(self) -> str:
        """The heading in the language in use."""
        key = self.heading or f"column.{self.path.replace('.', '_')}"
        return text(key) if has_text(key) else self.path


def ranked(order: str, *columns: Column) -> tuple[Column, ...]:
    """The columns of a list; `order` names their paths, what matters most first."""
    places = {path: number for number, path in enumerate(order.split(), start=1)}
    return tuple(replace(column, rank=places.get(column.path, UNRANKED)) for column in columns)


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
        return amount_text(value, str(row.get("currency") or ""), grouping=grouping)
    if column.kind == "rate" and isinstance(value, int):
        from chainbill.money import format_rate

        return f"{format_rate(value)}%" if grouping else format_rate(value)
    if _says_nothing(row, column, value, grouping=grouping):
        return ""
    if column.kind in TOLD and grouping:
        return TOLD[column.kind](str(value))
    if column.kind == "party" and isinstance(value, str):
        return name_of(str(value)) if grouping else str(value)
    if column.kind in WORDS and grouping:
        words = value if isinstance(value, list | tuple) else [value]
        if column.kind == "lock":
            return text("root.list_comma").join(map(lock_said, words))
        return text("root.list_comma").join(_word(WORDS[column.kind], word) for word in words)
    if isinstance(value, bool):
        return text("value.yes") if value else text("value.no")
    if isinstance(value, list | tuple):
        return _listed(row, column, value, name_of, grouping=grouping)
    if column.kind == "answers" and grouping and isinstance(value, Mapping):
        said = ((name_of(str(party)), _word("answer_", value_at(one, "answer"))) for party, one in value.items())
        return text("root.list_comma").join(bracketed(name, word) for name, word in said)
    if isinstance(value, Mapping):
        return _pairs(value) if grouping else json.dumps(value, ensure_ascii=False)
    return str(value)


def _listed(row: Mapping[str, Any], column: Column, value: Sequence[Any], name_of: Names, *, grouping: bool) -> str:
    """A list in one cell: shares of invoices with their amounts, parties by name."""
    if column.kind == "shares":
        shares = (share_of_invoice(one, str(row.get("currency") or "")) for one in value)
        return text("root.semicolon").join(" ".join(one) for one in shares)
    if column.kind == "party" and grouping:
        return text("root.list_comma").join(name_of(str(element)) for element in value)
    return (text("root.list_comma") if grouping else ", ").join(element_text(element) for element in value)


def _pairs(value: Mapping[str, Any]) -> str:
    """A small mapping as a person reads it: `name value, name value`; an amount with the currency beside it."""
    said = {name: element_text(one) for name, one in value.items()}
    if type(value.get("amount")) is int and value.get("currency"):
        if type(value.get("given")) is int:  # by a transfer of a court
            said["given"] = amount_text(value["given"], value["currency"])
        said["amount"] = f"{amount_text(value['amount'], value['currency'])} {said.pop('currency')}"
    return text("root.comma").join(f"{label(name, 'column')} {one}" for name, one in said.items())


def _word(prefix: str, word: Any) -> str:
    key = f"value.{prefix}{element_text(word)}"
    return text(key) if has_text(key) else element_text(word)


def element_text(element: Any) -> str:
    """One of a list of values as a person reads it."""
    if isinstance(element, Mapping):
        for name in ("kind", "id", "party", "fingerprint"):
            if name in element:
                return str(element[name])
        return _pairs(element)
    return enumerated(map(element_text, element)) if isinstance(element, list | tuple) else str(element)


def amount_text(minor: int, currency: str, *, grouping: bool = True) -> str:
    """Major units with the currency's digits; for a code that nobody here knows, minor units that say so."""
    from chainbill.money import format_amount
    from chainbill_cli.digits import known

    digits = known(currency)
    if currency not in digits:
        return text("value.minor_units", amount=minor) if grouping else str(minor)
    return format_amount(minor, currency, grouping=grouping, currencies=digits)


def share_of_invoice(share: Mapping[str, Any], currency: str) -> list[str]:
    """What a bill takes of an invoice, of its total where that is said; below it which invoice that is, and the
    red-letter note that a dilution refers to.
    """
    figures = [amount_text(int(share[name]), currency) for name in ("amount", "total") if name in share]
    said = [plain_text(f"{' / '.join(figures)} {currency}"), plain_text(str(share["fingerprint"]))]
    return (
        [*said, f"{text('preview.red_letter')}{text('root.colon')}", plain_text(str(share["red"]))]
        if share.get("red")
        else said
    )


def share_text(decimal: str) -> str:
    """A share of one as percent, `0.123456` as `12.3456%`; what is no number as it is."""
    try:
        percent = Decimal(decimal) * 100
    except InvalidOperation:
        return decimal
    return f"{percent.normalize():f}%"


def percent_text(figure: str) -> str:
    """A figure in percent, `3.8500` as `3.8500%`, as a rate is shown."""
    return f"{figure}%"


def _says_nothing(row: Mapping[str, Any], column: Column, value: Any, *, grouping: bool) -> bool:
    """Whether the value means nothing of this row: a height never reached, days late of a bank's own money, what is
    still to be decided of a bill that has ended.
    """
    if column.kind == "late":
        return bool(row.get("kind", OF_DEBTORS) != OF_DEBTORS)
    if column.kind == "while_open":
        return bool(row.get("closed_on")) and grouping
    return column.kind == "some" and value == 0 and grouping


TOLD: Mapping[str, Callable[[str], str]] = {
    "time": moment_said,
    "act": act_said,
    "share": share_text,
    "figure": percent_text,
}
"""Kinds of columns of one text, and how it is told."""


def json_line(value: Any, indent: int | None = None) -> str:
    """JSON of a value; what a terminal would obey is written as an escape."""
    return escaped(json.dumps(value, ensure_ascii=False, indent=indent), keep="\n")


class Output:
    """Writes one answer to stdout in the form asked for."""

    def __init__(
        self,
        form: str,
        *,
        color: bool,
        quiet: bool,
        name_of: Names = str,
        learn: Callable[[Iterable[str]], None] = lambda _: None,
    ) -> None:
        """form: as `--output`; learn: has the names of parties looked up, before `name_of` is asked for them."""
        self.wide = form == "wide"
        self.form = "table" if self.wide else form
        self.color = color
        self.quiet = quiet
        self.name_of = name_of
        self.learn = learn

    def note(self, line: str) -> None:
        """A line for people, on stderr; silent with -q."""
        if not self.quiet:
            print(told(plain_text(line)), file=sys.stderr, flush=True)

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

    def rows(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], *, chosen_among: bool = False) -> None:
        """A list of like things. chosen_among: one is chosen, so that columns that have no room follow below."""
        if self.form in {"json", "jsonl"}:
            self.json(list(rows))
        elif self.form == "csv":
            self._csv(rows, columns)
        elif not rows:
            self.note(text("note.none"))
        else:
            self._table(rows, columns, whole=chosen_among)

    def thing(self, value: Mapping[str, Any], columns: Sequence[Column]) -> None:
        """One thing with its fields."""
        if self.form in {"json", "jsonl"}:
            self.json(dict(value))
        elif self.form == "csv":
            self._csv([value], columns)
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

    def _csv(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> None:
        from chainbill_cli.csv_text import csv_text

        self._learn(rows, columns)
        self.raw(csv_text(rows, columns, self.name_of), mark=True)

    @property
    def width(self) -> int | None:
        """Cells of the screen; None where nothing needs to fit: with `-o wide`, or when it goes to no terminal."""
        return None if self.wide or not sys.stdout.isatty() else shutil.get_terminal_size().columns

    def print(self, lines: Iterable[str]) -> None:
        """Lines for people, on stdout."""
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()

    def say(self, sentence: str) -> None:
        """A sentence for people, on stdout."""
        said = plain_text(sentence)
        self.print([said] if self.width is None else clauses(said, self.width))

    def _table(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], *, whole: bool = False) -> None:
        """A table of what fits, and a line about what does not; whole: the other columns in further tables."""
        self._learn(rows, columns)
        first, *others = [lane_of(rows, column, self.name_of) for column in columns]
        made = self._grid([first, *others])
        while whole and made.left_out and len(made.left_out) < len(others):
            others = list(made.left_out)
            made = self._grid([first, *others])
        if made.hidden or made.cut:
            key = "note.hidden_and_cut" if made.hidden and made.cut else "note.hidden" if made.hidden else "note.cut"
            self.note(text(key, count=made.hidden) if made.hidden else text(key))

    def _grid(self, lanes: Sequence[Lane]) -> Grid:
        made = grid(lanes, self.width)
        head, *rest = made.lines
        self.print([self._bold(head), *rest])
        shortened = self.width is not None and any(ELLIPSIS in line for line in rest)  # by a command for its table
        return replace(made, cut=made.cut or shortened)

    def _sheet(self, value: Mapping[str, Any], columns: Sequence[Column]) -> None:
        self._learn([value], columns)
        fields = [(column.title, self._texts(value, column)) for column in columns]
        self.print(sheet([(label, texts) for label, texts in fields if texts], self.width))

    def _texts(self, value: Mapping[str, Any], column: Column) -> list[str]:
        """What a sheet says of a field: ids in a list stand one below the other."""
        found = value_at(value, column.path)
        if column.kind == "shares" and isinstance(found, list | tuple):
            return [said for one in found for said in share_of_invoice(one, str(value.get("currency") or ""))]
        if column.kind in {"id", "list"} and isinstance(found, list | tuple):
            return [plain_text(element_text(one)) for one in found]
        cell = shown(value, column, self.name_of)
        if cell and column.kind == "amount" and value.get("currency"):
            cell = f"{cell} {value['currency']}"
        return [plain_text(cell, keep="\n")] if cell else []

    def _learn(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> None:
        """Have the names of the parties in the rows looked up."""
        parties: dict[str, None] = {}
        for column in columns:
            for row in rows if column.kind == "party" else ():
                found = value_at(row, column.path)
                for one in found if isinstance(found, list | tuple) else [found]:
                    if one:
                        parties[str(one)] = None
        self.learn(parties)

    def _bold(self, line: str) -> str:
        return f"\x1b[1m{line}\x1b[0m" if self.color and sys.stdout.isatty() else line


def lane_of(rows: Sequence[Mapping[str, Any]], column: Column, name_of: Names) -> Lane:
    """One column of a table with its texts."""
    cells = [plain_text(shown(row, column, name_of)) for row in rows]
    lane = Lane(
        column.title, cells, column.rank, whole=column.kind in WHOLE, right=column.kind in RIGHT,
        words=column.kind in WORDS, prose=column.kind == "prose",
    )  # fmt: skip
    if column.kind == "id" and any(len(cell) > LONGEST_ID for cell in cells):
        return replace(lane, short=[beginning(value_at(row, column.path)) for row in rows])
    return lane


def beginning(value: Any) -> str:
    """What stands for a hash, or for a list of ids, where there is no room for it."""
    if isinstance(value, list | tuple):
        more = f" +{len(value) - 1}" if len(value) > 1 else ""
        return beginning(value[0]) + more if value else ""
    said = plain_text(element_text(value)) if value is not None else ""
    return said if len(said) <= LONGEST_ID else said[:SHORT_HASH] + ELLIPSIS
