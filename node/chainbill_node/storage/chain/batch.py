"""Write batch: what a change of state writes: live rows, history, buckets and leaves of the tree, index entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chainbill.state import rows
from chainbill.state.history import history_key
from chainbill.state.tree import TreeDelta
from chainbill.state.view import RowChange
from chainbill_node.storage.chain import indexes
from chainbill_node.storage.chain.layout import bucket_place


class Batch:
    """Puts and deletes of one write."""

    def __init__(self) -> None:
        self.puts: list[tuple[bytes, bytes]] = []
        self.deletes: list[bytes] = []

    def put(self, key: bytes, value: bytes) -> None:
        """Add one row."""
        self.puts.append((key, value))

    def add_state(self, height: int, changes: Iterable[RowChange], delta: TreeDelta) -> None:
        """Rows of the state, their history and index entries, and the tree over them."""
        puts = self.puts
        for change in changes:
            key, old, new, _, _ = change
            if new is None:
                self.deletes.append(b"s" + key)
            else:
                puts.append((b"s" + key, new))
            if old is not None:
                puts.append((b"h" + history_key(key, height - 1), old))
            if new is not None:
                puts.extend((b"i" + entry, b"") for entry in index_entries(change))
        leaves = delta.leaves
        for node, row in delta.buckets.items():
            place = bucket_place(node)
            if row:
                puts.append((b"b" + place, row))
            else:
                self.deletes.append(b"b" + place)
            leaf = leaves.get(node)
            if leaf is None:
                continue
            if row:
                puts.append((b"l" + place, leaf))
            else:
                self.deletes.append(b"l" + place)


def index_entries(change: RowChange) -> list[bytes]:
    """Entries that a change of one stored row adds."""
    key, old_raw, new_raw, old, new = change
    if new_raw is None or not indexes.is_indexed(key):
        return []
    if old is None and old_raw is not None:
        old = row_value(old_raw)
    return indexes.entries_of(key, old, row_value(new_raw) if new is None else new)


def row_value(raw: bytes) -> Any:
    """Decoded value of a stored row."""
    return rows.value(raw)
