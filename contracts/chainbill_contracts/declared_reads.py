"""Reads as they are declared once, in `reads/*.toml`: a list or an object of REST, and the command that prints it.

From here come the parameters of REST and what they are checked for, schemas of lists, options, columns and help of the
command line, and the tables of docs/reference/rest.md. Who sees what, and what a list is found by where that is no
index, is a function beside its address. A read is a table of a file, under the name of its operation:

    [joints]
    path = "/v1/joints"
    row = "bill/joint"                          # the row that it shows, of `rows/`
    shows = "Joint"                             # optional: schema of it; the row's, under its name, unless made by hand
    key = ["bill", "token"]                     # optional: members of the row that are its key, where that is no id
    letter = "J"                                # of an object: how its ids begin
    called = ["joint act", "共同行为"]           # of an object with a letter
    by_value = true                             # optional: figures by value date are asked for, too
    adds = "amount"                             # optional: what `sum` of a list adds up
    command = "bill joint list"                 # optional; a word in capitals is typed, one in brackets may be
    newest = true                               # optional: the command prints the newest first
    en = "…", zh = "…"                          # what command and address do; `summary`: the address, where it differs
    who_en = "…", who_zh = "…"                  # optional: whom it shows to
    columns = "id kind locks:id by=ordered_by"  # of a list, in order; `:kind`, `=heading` where no field says them
    first = "id by"                             # which matter most, where not all fit
    fields = "id kind"                          # of an object: what the command prints of it
    [joints.filters]
    by = { indexed = true, en = "…", zh = "…" } # texts: of this filter, or of its name in `filters.toml`

A filter says what it `is`, unless the field does that it is of (`of`, else its name); `words`, or `more` of them than
the field has; `one` where it takes one only; `default`; `indexed`: the list is found by it, in the order in which they
stand, tokens and bills first; `kept`: the list's totals are kept by it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from chainbill_contracts.declared_rows import Field, Row, only, rows

__all__ = ["Filter", "Read", "reads", "reads_of", "word_filters"]

IS = frozenset({"party", "bank", "bill", "token", "product", "scheme", "fingerprint", "reference"}) | frozenset(
    {"currency", "date", "tier", "words"}
)
SHARED = "filters.toml"
TEXTS = frozenset({"en", "zh"})


@dataclass(frozen=True, slots=True)
class Filter:
    """A parameter of a list. field: the field of the row that it is held against, None where that is no field."""

    name: str
    kind: str
    field: Field | None
    words: tuple[str, ...]
    said_as: str
    text: tuple[str, str]
    default: str | None
    one: bool
    indexed: bool
    kept: bool


@dataclass(frozen=True, slots=True)
class Read:
    """A list or an object. typed: the word in capitals of its command, "" for none; optional: in brackets."""

    name: str
    path: str
    shows: str
    row: Row
    key: tuple[str, ...]
    letter: str
    called: tuple[str, ...]
    by_value: bool
    adds: str
    newest: bool
    command: tuple[str, ...]
    typed: str
    optional: bool
    text: tuple[str, str]
    summary: str
    who: tuple[str, str]
    columns: str
    first: str
    fields: str
    filters: Mapping[str, Filter]

    @property
    def is_list(self) -> bool:
        """Whether it is a list, and not one object."""
        return not self.path.endswith("}")


@cache
def reads() -> Mapping[str, Read]:
    """Every read by its name. ValueError, which says where, for a declaration that errs."""
    folder = sorted((files(__package__) / "reads").iterdir(), key=lambda one: one.name)
    told = {one.name: tomllib.loads(one.read_text(encoding="utf-8")) for one in folder if one.name.endswith(".toml")}
    shared = told.pop(SHARED)
    return {name: read for one in told.values() for name, read in reads_of(one, shared).items()}


def reads_of(declared: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Read]:
    """The reads of one file. ValueError as for `reads`."""
    return {name: _read(name, told, shared) for name, told in declared.items()}


def word_filters() -> dict[tuple[str, str], Filter]:
    """(path, parameter) → the filter, of those that take words of the ledger."""
    return {(read.path, one.name): one for read in reads().values() for one in read.filters.values() if one.words}


def _read(name: str, told: Mapping[str, Any], shared: Mapping[str, Any]) -> Read:
    more = {
        "key",
        "letter",
        "called",
        "by_value",
        "adds",
        "command",
        "newest",
        "en",
        "zh",
        "summary",
        "who_en",
        "who_zh",
    }
    only(name, told, {"path", "row"}, more | {"shows"} | {"columns", "first", "fields", "filters"})
    if told["row"] not in rows():
        raise ValueError(f"{name}: no row is declared as {told['row']!r}")
    if ("letter" in told) != ("called" in told):
        raise ValueError(f"{name}: an object with a letter is called something, in two languages")
    if ("command" in told and "en" not in told) or ("en" in told) != ("zh" in told):
        raise ValueError(f"{name}: a command has its help, in two languages")
    row = rows()[told["row"]]
    shows = told.get("shows", told["row"].partition("/")[2].capitalize())
    words = told.get("command", "").split()
    typed = words.pop() if words and words[-1].strip("[]").isupper() else ""
    filters = told.get("filters", {})
    return Read(
        name, told["path"], shows, row, tuple(told.get("key", ())), told.get("letter", ""),
        tuple(told.get("called", ())), told.get("by_value", False), told.get("adds", ""), told.get("newest", False),
        tuple(words), typed.strip("[]").lower(), typed.startswith("["), (told.get("en", ""), told.get("zh", "")),
        told.get("summary", told.get("en", "")), (told.get("who_en", ""), told.get("who_zh", "")),
        told.get("columns", ""), told.get("first", ""), told.get("fields", ""),
        {one: _filter(f"{name}.{one}", row, one, {**shared.get(one, {}), **said}) for one, said in filters.items()},
    )  # fmt: skip


def _filter(where: str, row: Row, name: str, told: Mapping[str, Any]) -> Filter:
    flags = {"one", "indexed", "kept"}
    only(where, told, set(TEXTS), {"is", "of", "words", "more", "said_as", "default"} | flags)
    field = row.fields.get(told.get("of", name))
    of_row = (row.words, row.said_as or "status") if field and field.kind == "status" else ((), "")
    words, said_as = (field.words, field.said_as) if field and field.words else of_row
    words = (*told.get("words", words), *told.get("more", ()))
    kind = told.get("is", "words" if words else field.kind if field else "")
    if kind not in IS or ("of" in told and field is None):
        raise ValueError(f"{where}: {kind!r} is none of {', '.join(sorted(IS))}, or it is of no field of {row.place}")
    return Filter(
        name, kind, field, words, told.get("said_as", said_as), (told["en"], told["zh"]), told.get("default"),
        **{flag: bool(told.get(flag, False)) for flag in flags},
    )  # fmt: skip
