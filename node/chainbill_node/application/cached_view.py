"""Read cache: the newest state with what was read and written lately in memory: one random read of the disk less each.

Two generations: what is used lives in the young one; when that is full, it becomes the old one and the former old one
is forgotten. Bytes are counted, not entries: rows have many sizes. So memory is bounded, whatever the
size of the ledger, and no step costs more than a look-up.

The field's word: write-through cache.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, Generic, TypeVar

from chainbill.state import rows
from chainbill.state.buckets import BUCKETS, find_entries, key_hash
from chainbill.state.tree import StateTree
from chainbill.state.view import RowChange, View

KEPT_ROW_BYTES = 24 * 1024 * 1024  # of each generation
KEPT_BUCKET_BYTES = 96 * 1024 * 1024
LARGEST_KEPT_ROW = 4096
ENTRY_BYTES = 200  # what Python takes for an entry beside its key and value
KEPT_DECODED = 4_096
KEPT_FIRSTS = 64

Key = TypeVar("Key", bytes, int)
_KEY = attrgetter("key")


class Generations(Generic[Key]):
    """A bounded memory of bytes by key: two generations of at most `most` bytes each."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0  # of the young one
        self._young: dict[Key, bytes] = {}
        self._old: dict[Key, bytes] = {}

    def get(self, key: Key) -> bytes | None:
        """What is remembered for a key, None where nothing is."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: Key, value: bytes) -> None:
        """Remember one value."""
        before = self._young.get(key)
        self._bytes += _size(key, value) if before is None else len(value) - len(before)
        if self._bytes > self._most:
            self._old, self._young = self._young, {}
            self._bytes = _size(key, value)
        self._young[key] = value

    def drop(self, key: Key) -> None:
        """Forget one value."""
        known = self._young.pop(key, None)
        if known is not None:
            self._bytes -= _size(key, known)
        self._old.pop(key, None)


def _size(key: bytes | int, value: bytes) -> int:
    return ENTRY_BYTES + len(value) + (len(key) if isinstance(key, bytes) else 0)


class CachedView:
    """A `View` over the newest state. `committed` must hear of every block once it is on the disk.

    tree: that of the newest state. Of 2^18 buckets a young ledger fills few, and a new id mostly falls into an empty
    one: the tree knows that without a look into the store, which searches longest for what is not there.
    """

    def __init__(
        self,
        view: View,
        tree: StateTree,
        *,
        row_bytes: int = KEPT_ROW_BYTES,
        bucket_bytes: int = KEPT_BUCKET_BYTES,
    ) -> None:
        self._view = view
        self._is_empty = tree.is_empty
        self._rows: Generations[bytes] = Generations(row_bytes)
        self._buckets: Generations[int] = Generations(bucket_bytes)
        self._firsts: dict[bytes, list[tuple[bytes, bytes]]] = {}

    def get(self, key: bytes) -> bytes | None:
        """Stored bytes of a row, None where there is none.

        Rows that a block makes are looked for first, under ids that nothing has yet. The bucket of a key lists the rows
        that are there and is needed for the root anyway, while the store would look through all its levels in vain.
        """
        raw = self._rows.get(key)
        if raw is None:
            hashed = key_hash(key)
            if hashed not in find_entries(self.bucket, hashed)[0]:
                return None
            raw = self._view.get(key)
            if raw is not None and len(raw) <= LARGEST_KEPT_ROW:
                self._rows.put(key, raw)
        return raw

    def scan(self, prefix: bytes, after: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """At most `limit` rows whose keys begin with `prefix` and are greater than `after`.

        The first row behind a prefix, or that there is none, is remembered until a block writes there. Each block looks
        twice for the first item of every agenda, and for changes of rules and contracts that are hardly ever there.
        """
        if after or limit < 1:
            return self._view.scan(prefix, after, limit)
        first = self._firsts.get(prefix)
        if first is None:
            found = self._view.scan(prefix, after, limit)
            if len(self._firsts) >= KEPT_FIRSTS:
                self._firsts.clear()
            self._firsts[prefix] = found[:1]
            return found
        return first.copy() if limit == 1 or not first else self._view.scan(prefix, after, limit)

    def bucket(self, node: int) -> bytes:
        """Row of a bucket of the state tree, or of a part of a split one, b"" when empty."""
        row = self._buckets.get(node)
        if row is None:
            if node < 2 * BUCKETS and self._is_empty(node):
                return b""
            row = self._view.bucket(node)
            self._buckets.put(node, row)
        return row

    def committed(self, changes: Sequence[RowChange], buckets: Mapping[int, bytes]) -> None:
        """Follow a block, whose changes are in key order: what it changed is what will be read next."""
        for prefix in list(self._firsts):
            at = bisect_left(changes, prefix, key=_KEY)
            if at < len(changes) and changes[at].key.startswith(prefix):
                del self._firsts[prefix]
        for change in changes:
            if change.new_raw is None or len(change.new_raw) > LARGEST_KEPT_ROW:
                self._rows.drop(change.key)
            else:
                self._rows.put(change.key, change.new_raw)
        for node, row in buckets.items():
            self._buckets.put(node, row)


class DecodedRows:
    """Rows of the newest state, decoded once a height: the same parties and keys hand in many transactions.

    Not to be edited. `forget` must be called with every block that is committed.
    """

    def __init__(self, view: View, *, most: int = KEPT_DECODED) -> None:
        self._view = view
        self._most = most
        self._known: dict[bytes, Any] = {}

    def get(self, key: bytes) -> Any:
        """Decoded value of a row, None when there is none."""
        found = self._known.get(key)
        if found is None:
            raw = self._view.get(key)
            if raw is None:
                return None
            if len(self._known) >= self._most:
                self._known.clear()
            found = self._known[key] = rows.value(raw)
        return found

    def forget(self) -> None:
        """The state is another one now."""
        self._known.clear()
