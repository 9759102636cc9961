"""The rows of a BillBook as the product stores them: live rows, history and indexes, one block a height."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chainbill_node.storage.chain.batch import Batch
from chainbill_node.storage.chain.derived import bring_up_to_date
from chainbill_node.storage.chain.layout import HEAD_KEY, height_bytes
from chainbill_node.storage.store import Readable, Store
from rest.bill_book import BillBook

from chainbill.codec import encode
from chainbill.state.keys import row_key
from chainbill.state.rows import pack
from chainbill.state.tree import TreeDelta
from chainbill.state.view import RowChange


class BookDisk:
    """Gives snapshots of a store that holds the book up to its height.

    A book that only went on is stored further, one in which something else was written is stored anew.
    """

    def __init__(self, book: BillBook, store: Callable[[], Store]) -> None:
        self._book = book
        self._make = store
        self.store: Store | None = None
        self._known = (0, -1)
        self._newest: Readable | None = None

    def snapshot(self) -> Readable:
        book = self._book
        height, puts = self._known
        if self._newest is not None and (height, puts) == (book.height, book.puts):
            return self._newest
        if self.store is None or puts != book.puts or height > book.height:
            self.store, height = self._make(), -1
        for more in range(height + 1, book.height + 1):
            write_height(self.store, more, edits_at(book, more))
        self._known = (book.height, book.puts)
        self._newest = self.store.snapshot()
        return self._newest


def edits_at(book: BillBook, height: int) -> dict[bytes, Any]:
    """What the book wrote at a height: row key → row, None where one went. The last of several counts."""
    edits: dict[bytes, Any] = {}
    for (contract, table, parts), versions in book.rows.items():
        for since, row in versions:
            if since == height:
                edits[row_key(contract, table, list(parts))] = row
    before, now = (holdings(book, at) for at in (height - 1, height))
    for party, currency, role in before.keys() | now.keys():
        share = now.get((party, currency, role))
        if share != before.get((party, currency, role)):
            edits[row_key("core", "holding", [party, currency, role])] = share
    return edits


def holdings(book: BillBook, height: int) -> dict[tuple[str, str, str], list[int]]:
    """What the core keeps of live tokens: by party, currency and role, [count, sum]."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for _, token in book.scan("token", "token", height):
        debtor = (book.get("bill", "bill", token["bill"], height) or {}).get("debtor", "")
        if token["status"] == "live":
            for party, role in ((token["holder"], "holder"), (debtor, "debtor")):
                share = found.setdefault((party, token["currency"], role), [0, 0])
                share[0] += 1
                share[1] += token["hi"] - token["lo"]
    return found


def write_height(store: Store, height: int, edits: dict[bytes, Any]) -> None:
    """One height in one batch, as a commit writes its rows, without the tree over them."""
    changes = []
    for key, row in sorted(edits.items()):
        old = store.get(b"s" + key)
        new = None if row is None else pack(height, b"", encode(row))
        if old is not None or new is not None:
            changes.append(RowChange(key, old, new))
    batch = Batch()
    batch.add_state(height, changes, TreeDelta(b"", b"", {}, {}, ()))
    bring_up_to_date(batch, store, height, changes)
    batch.put(HEAD_KEY, height_bytes(height))
    store.write(batch.puts, batch.deletes)
