"""Lists: one envelope for all, and cursors that pin the height so that the pages of a list agree.

``count`` and ``sum`` are of the whole list, not of the page. They come from kept sums where there are some, else they
are counted with the first page; they travel in the cursor. A list without kept sums that goes on beyond MAX_EXAMINED
rows says ``"count_complete": false``: then they cover those so far, and each further page counts as many more, until
the whole is counted.

The field's word: cursor pagination.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from chainbill.text_rule import is_text
from chainbill_node.rest.cursors import Cursor
from chainbill_node.rest.problems import Problem
from chainbill_node.storage.ledger_reader import SCAN_LIMIT, KeyPart, Reader

DEFAULT_LIMIT = 50
MAX_LIMIT = 1_000
MAX_EXAMINED = 20_000
"""Rows looked at for the count and sum of a list."""

MAX_READ = 200_000
"""Rows that may have to be read to find what a list or a trace is made of."""

MAX_KEY_TEXT = 128


class Entry(msgspec.Struct, frozen=True):
    """One item of a list: how to show it, and what it adds to ``sum`` (currency "" adds nothing).

    Every row of a list is counted and few are shown: ``shape`` is called for those of the page only.
    """

    shape: Callable[[], Any]
    currency: str = ""
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list was asked for. sealed: writes a cursor for who asked. known: as in its cursors."""

    limit: int
    query: str
    cursor: Cursor | None
    sealed: Callable[[Cursor], str]
    known: int = 0


class Totals(Protocol):
    """Totals of a whole list: how many rows, and what they sum up to by currency."""

    @property
    def count(self) -> int:
        """Rows."""

    @property
    def sums(self) -> dict[str, int]:
        """Minor units by currency, in the order of codes."""


Names = Callable[[str], Iterable[str]]
"""Candidates behind a name ("": all) in a fixed order."""
Show = Callable[[str], Entry | None]
"""An item by its name; None for a candidate that does not belong to the list or is not the reader's to see."""


def list_body(listing: Listing, height: int, names: Names, show: Show, totals: Totals | None = None) -> dict[str, Any]:
    """Give ``data, count, sum, next`` (and ``count_complete`` when it is not).

    totals: those of the whole list where they are kept; else the first page counts, up to MAX_EXAMINED rows.
    """
    if listing.cursor is not None:
        return _page(listing, _counted_on(listing.cursor, names, show), names, show)
    if totals is not None:
        begin = Cursor(
            height, listing.query, "", totals.count, totals.sums, complete=True, shown=0, known=listing.known
        )
        return _page(listing, begin, names, show)
    return _counted_page(listing, height, names, show)


def _page(listing: Listing, before: Cursor, names: Names, show: Show) -> dict[str, Any]:
    """Give the entries behind a cursor. There is more where one that shows was found, or the bound was reached.

    Whether candidates that do not show stand behind changes nothing: at the bound nobody looks.
    """
    left = before.count - before.shown if before.complete else None
    shown: list[Any] = []
    last, more = before.after, not before.complete
    for examined, name in enumerate(names(before.after), 1):
        if len(shown) == left or (more and len(shown) == listing.limit):
            break
        entry = show(name)
        if entry is not None and len(shown) == listing.limit:
            more = True
            break
        last = name
        if entry is not None:
            shown.append(entry.shape())
        if examined == MAX_EXAMINED:
            more = len(shown) != left
            break
    after = msgspec.structs.replace(before, after=last, shown=before.shown + len(shown))
    return _body(listing, shown, after, more=more)


class _Counting:
    """Counts candidates, MAX_EXAMINED at most, and remembers where it stopped."""

    def __init__(self, before: Cursor) -> None:
        self._before = before
        self._sums = dict(before.sums)
        self._count = before.count
        self._counted = before.counted
        self._complete = True

    def entries(self, names: Iterable[str], show: Show) -> Iterator[tuple[str, Entry | None]]:
        """Give the candidates with what they show; a list that goes on stops in between."""
        for examined, name in enumerate(names, 1):
            entry = show(name)
            self._counted = name
            if entry is not None:
                self._count += 1
                if entry.currency:
                    self._sums[entry.currency] = self._sums.get(entry.currency, 0) + entry.amount
            yield name, entry
            if examined == MAX_EXAMINED:  # whether another follows, nobody looks: it may be one that does not show
                self._complete = False
                return

    def cursor(self) -> Cursor:
        """Give the cursor with the totals so far."""
        return msgspec.structs.replace(
            self._before, count=self._count, sums=dict(sorted(self._sums.items())), complete=self._complete,
            counted="" if self._complete else self._counted,
        )  # fmt: skip


def _counted_on(before: Cursor, names: Names, show: Show) -> Cursor:
    """Give the cursor with its totals counted further, where they are not of the whole list yet."""
    if before.complete or not before.counted:
        return before
    counting = _Counting(before)
    for _ in counting.entries(names(before.counted), show):
        pass
    return counting.cursor()


def _counted_page(listing: Listing, height: int, names: Names, show: Show) -> dict[str, Any]:
    begin = Cursor(height, listing.query, "", 0, {}, complete=True, shown=0, known=listing.known)
    counting = _Counting(begin)
    shown: list[Any] = []
    last = ""
    for name, entry in counting.entries(names(""), show):
        if len(shown) < listing.limit:
            last = name
            if entry is not None:
                shown.append(entry.shape())
    totals = msgspec.structs.replace(counting.cursor(), after=last, shown=len(shown))
    return _body(listing, shown, totals, more=totals.count > len(shown) or not totals.complete)


def _body(listing: Listing, shown: list[Any], totals: Cursor, *, more: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "data": shown,
        "count": totals.count,
        "sum": totals.sums,
        "next": listing.sealed(totals) if more and totals.after else None,
    }
    return body if totals.complete else body | {"count_complete": False}


def may_be_key(parts: Iterable[KeyPart]) -> bool:
    """Say whether text from outside can be part of a table key at all: short, not empty, and a text of the ledger."""
    texts = [part for part in parts if isinstance(part, str)]
    return all(0 < len(text) <= MAX_KEY_TEXT and is_text(text) for text in texts)


def from_index(reader: Reader, index: str, value: Sequence[KeyPart]) -> Callable[[str], Iterator[str]]:
    """Give the ids of an index as candidates; none for a value that cannot be a key."""

    def names(after: str) -> Iterator[str]:
        if not may_be_key(value):
            return
        while True:
            ids = reader.index(index, value, after, SCAN_LIMIT)
            yield from ids
            if len(ids) < SCAN_LIMIT:
                return
            after = ids[-1]

    return names


def from_table(reader: Reader, contract: str, table: str) -> Callable[[str], Iterator[str]]:
    """Give the keys of a table with one key part as candidates."""

    def names(after: str) -> Iterator[str]:
        last: list[KeyPart] | None = [after] if after else None
        while True:
            keys = reader.keys(contract, table, last, SCAN_LIMIT)
            for key in keys:
                yield str(key[0])
            if len(keys) < SCAN_LIMIT:
                return
            last = keys[-1]

    return names


def from_pairs(reader: Reader, contract: str, table: str, first: str = "") -> Callable[[str], Iterator[str]]:
    """Give the keys of a table with two key parts as candidates, written "first/second"; `first`: those with this."""

    def names(after: str) -> Iterator[str]:
        last: list[KeyPart] | None = [*after.split("/", 1)] if after else None
        while True:
            keys = reader.keys(contract, table, last, SCAN_LIMIT, (first,) if first else ())
            for key in keys:
                yield f"{key[0]}/{key[1]}"
            if len(keys) < SCAN_LIMIT:
                return
            last = keys[-1]

    return names


def from_names(found: Iterable[str]) -> Callable[[str], Iterator[str]]:
    """Give names found otherwise as candidates, in their own order."""
    ordered = sorted(set(found))

    def names(after: str) -> Iterator[str]:
        return (name for name in ordered if name > after)

    return names


def every(names: Names) -> Iterator[str]:
    """Give all candidates from the beginning. Problem read_too_large (400): never a part of them as if it were all."""
    for examined, name in enumerate(names("")):
        if examined >= MAX_READ:
            raise Problem(400, "read_too_large", fields={"limit": MAX_READ})
        yield name


def matches(filters: Mapping[str, str | None], row: Mapping[str, Any]) -> bool:
    """Say whether a row has the wanted values; a filter of None asks nothing, "a,b" asks for either."""
    return all(wanted is None or str(row.get(name)) in wanted.split(",") for name, wanted in filters.items())
