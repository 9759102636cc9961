"""The columns under which rows are shown in tables and CSV, from what is declared of their fields."""

from __future__ import annotations

from chainbill_contracts.declared_reads import reads
from chainbill_contracts.declared_rows import Row, rows

from chainbill_cli.output import Column, ranked

OF_KIND = {
    "party": "party", "amount": "amount", "date": "date", "rate": "rate", "count": "int", "integer": "int",
    "height": "int", "lock": "lock", "share": "shares",
    **dict.fromkeys(("bill", "token", "request", "quote", "order", "proposal", "change", "dispute", "hex"), "id"),
}  # fmt: skip
"""Kind of a field → kind of its column; the others are texts."""
CREATED = {"height": "int", "transaction": "id"}


def columns(place: str, said: str, first: str = "") -> tuple[Column, ...]:
    """The columns that are said of a row, `path:kind=heading` where a field says no other; first: as `ranked`."""
    return ranked(first, *(_column(rows()[place], one) for one in said.split()))


def columns_of(name: str) -> tuple[Column, ...]:
    """The columns of a declared list."""
    read = reads()[name]
    return columns(read.row.place, read.columns, read.first)


def fields_of(name: str) -> tuple[Column, ...]:
    """What is said of a declared object."""
    read = reads()[name]
    return columns(read.row.place, read.fields)


def _column(row: Row, said: str) -> Column:
    name, _, heading = said.partition("=")
    path, _, kind = name.partition(":")
    return Column(path, kind or _kind(row, path), heading and f"column.{heading}")


def _kind(row: Row, path: str) -> str:
    name, _, member = path.partition(".")
    field = row.fields.get(name)
    if path == "id" or field is None:
        return "id" if path == "id" else "text"
    if field.kind == "status":
        return row.said_as or "status"
    return CREATED[member] if field.kind == "created" else field.said_as or OF_KIND.get(field.kind, "text")
