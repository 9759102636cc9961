"""Derived rows: index entries and kept sums follow from the state. A block brings them up to date in its own batch.

A store whose mark names other declarations or another height, because another release wrote it, has them made anew at
the next start, from the rows and their history: then sums are known from that height on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Any

from chainbill.state.history import split_history_key
from chainbill.state.keys import MAX_INTEGER_PART, table_head
from chainbill.state.rows import unpack, value
from chainbill.state.view import RowChange
from chainbill_node.storage.chain import indexes, layout, sums
from chainbill_node.storage.chain.batch import Batch
from chainbill_node.storage.chain.sums import DIGEST, Mark, SumChange
from chainbill_node.storage.store import Readable, Store, prefix_end

BATCH_ROWS = 5_000


def bring_up_to_date(batch: Batch, source: Readable, height: int, changes: Iterable[RowChange]) -> None:
    """Add to the batch of a height what it changes of the sums, and the mark; nothing where they wait to be made.

    Index entries are in it already (storage.batch).
    """
    before = Mark.read(source.get) if height else Mark(DIGEST, -1, 0)
    if before is None or not before.stands_at(height - 1):
        return
    change = SumChange()
    change.add_changes(changes)
    puts, deletes = change.rows(source.get, height, with_history=True)
    batch.puts += puts
    batch.deletes += deletes
    batch.put(layout.DERIVED_KEY, Mark(DIGEST, height, before.since).encode())


def make_anew(store: Store) -> bool:
    """Make index entries and sums from the rows of a store, where they are not there for its newest height.

    True when something had to be made. It may end in the middle: the mark comes last. Raises DiskError.
    """
    head = int.from_bytes(store.get(layout.HEAD_KEY) or b"", "big")
    mark = Mark.read(store.get)
    if mark is not None and mark.stands_at(head):
        return False
    for prefix in (layout.INDEX, layout.SUM, layout.SUM_HISTORY):
        _delete(store, prefix)
    _list_rows(store)
    sum_up(store, store, head)
    store.write([(layout.DERIVED_KEY, Mark(DIGEST, head, head).encode())])
    return True


def sum_up(source: Readable, target: Store, height: int) -> None:
    """Add up the sums of all rows of the state in `source`; `target` holds none yet."""
    change = SumChange()
    for head in sums.HEADS:
        for key, raw in source.range(layout.STATE + head, prefix_end(layout.STATE + head)):
            change.add(key[1:], value(raw), 1)
            if len(change) >= BATCH_ROWS:
                target.write(*change.rows(target.get, height, with_history=False))
                change = SumChange()
    target.write(*change.rows(target.get, height, with_history=False))


def _delete(store: Store, prefix: bytes) -> None:
    deletes: list[bytes] = []
    for key, _ in store.range(prefix, prefix_end(prefix)):
        deletes.append(key)
        if len(deletes) >= BATCH_ROWS:
            store.write((), deletes)
            deletes = []
    store.write((), deletes)


def _list_rows(store: Store) -> None:
    """Entries of every row that is or was, as the blocks added them that wrote it."""
    puts: list[tuple[bytes, bytes]] = []
    for key, old, new in _changes_ever(store):
        puts.extend((layout.INDEX + entry, b"") for entry in indexes.entries_of(key, old, new))
        if len(puts) >= BATCH_ROWS:
            store.write(puts)
            puts = []
    store.write(puts)


def _changes_ever(source: Readable) -> Iterator[tuple[bytes, Any, Any]]:
    """(key, value before, value) of every version that is kept of every indexed row, the oldest of a row first.

    A version that did not stand until the next was written had been deleted: then there was nothing before.
    """
    for head in sorted({table_head(*index.table) for index in indexes.INDEXES}):
        past = source.range(layout.HISTORY + head, prefix_end(layout.HISTORY + head))
        live = source.range(layout.STATE + head, prefix_end(layout.STATE + head))
        known: tuple[bytes, int, Any] = (b"", 0, None)
        for key, until, raw in merge(
            ((*split_history_key(key[1:]), raw) for key, raw in past),
            ((key[1:], MAX_INTEGER_PART, raw) for key, raw in live),
        ):
            new = value(raw)
            follows = known[0] == key and known[1] + 1 == unpack(raw).since
            yield key, known[2] if follows else None, new
            known = (key, until, new)
