"""Rebuild: the state tree and the indexes, made anew from nothing but the rows of the state.

Rows come in any order. Their 64-byte entries wait in a scratch store, which sorts them: the first bits of a key's hash
are its bucket. So memory holds one bucket and one batch, however many rows there are, and however large.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from chainbill.state.buckets import bucket_of, hash_of_row, key_hash, rows_over
from chainbill.state.rows import row_hash, value
from chainbill.state.tree import StateTree
from chainbill_node.storage.chain import indexes, layout
from chainbill_node.storage.chain.layout import bucket_key
from chainbill_node.storage.store import Readable, Store, prefix_end

BATCH_ROWS, BATCH_BYTES = 5_000, 4 * 1024 * 1024
ENTRIES = (b"", b"\xff" * 33)
Row = tuple[bytes, bytes]


class StateRebuild:
    """Takes rows (row key, stored bytes), writes them to `target` if there is one; `finish` gives the root."""

    def __init__(self, scratch: Store, target: Store | None = None) -> None:
        self._scratch = scratch
        self._target = target
        self._entries: list[Row] = []
        self._puts: list[Row] = []
        self._bytes = 0

    def add(self, key: bytes, raw: bytes) -> None:
        """One row of the state."""
        listed = self._target is not None and indexes.is_indexed(key)
        known = value(raw) if listed else None
        self._entries.append((key_hash(key), row_hash(key, raw, known)))
        if self._target is not None:
            self._puts.append((layout.STATE + key, raw))
            self._bytes += len(raw)
        if listed:
            self._puts.extend((layout.INDEX + entry, b"") for entry in indexes.entries_of(key, None, known))
        if len(self._entries) >= BATCH_ROWS or self._bytes >= BATCH_BYTES:
            self._flush()

    def finish(self) -> bytes:
        """Make buckets and leaves; the root over them."""
        self._flush()
        tree = StateTree()
        tree.build(self._leaves())
        self._flush()
        return tree.root

    def _leaves(self) -> Iterator[tuple[int, bytes]]:
        entries = self._scratch.range(*ENTRIES)
        for bucket, found in groupby(entries, key=lambda entry: bucket_of(entry[0])):
            rows = rows_over(bucket, b"".join(hashed + row_hashed for hashed, row_hashed in found))
            leaf = hash_of_row(rows[bucket])
            if self._target is not None:
                self._puts.extend((bucket_key(layout.BUCKET, node), row) for node, row in rows.items())
                self._puts.append((bucket_key(layout.LEAF, bucket), leaf))
                if len(self._puts) >= BATCH_ROWS:
                    self._flush()
            yield bucket, leaf

    def _flush(self) -> None:
        if self._entries:
            self._scratch.write(self._entries)
            self._entries = []
        if self._puts and self._target is not None:
            self._target.write(self._puts)
            self._puts, self._bytes = [], 0


def root_of_rows(source: Readable, scratch: Store) -> bytes:
    """The root that the rows of the state in a store really have."""
    rebuild = StateRebuild(scratch)
    for key, raw in source.range(layout.STATE, prefix_end(layout.STATE)):
        rebuild.add(key[1:], raw)
    return rebuild.finish()
