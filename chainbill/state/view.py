"""What the core reads of a stored state, and a twin of it in memory."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

_REBUILD_ABOVE = 256


class RowChange(NamedTuple):
    """One changed row: stored bytes before and after, None where there is no row.

    old_value, new_value: the same decoded, where it is known, so that nobody needs to decode again; never edited.
    """

    key: bytes
    old_raw: bytes | None
    new_raw: bytes | None
    old_value: Any = None
    new_value: Any = None


class View(Protocol):
    """The state after one height, read-only."""

    def get(self, key: bytes) -> bytes | None:
        """Stored bytes of a row (see rows), None when there is none."""
        ...

    def scan(self, prefix: bytes, after: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Up to `limit` rows in key order whose keys begin with `prefix` and are greater than `after`."""
        ...

    def bucket(self, node: int) -> bytes:
        """Row of a bucket of the state tree, or of a part of a split one (see buckets), b"" when empty."""
        ...


class BucketDelta(Protocol):
    """What `MemoryView.apply` needs of a TreeDelta."""

    @property
    def buckets(self) -> Mapping[int, bytes]:
        """New rows of buckets and their parts by node, b"" where there is none any more."""
        ...


class MemoryView:
    """A View over dictionaries; tests and the simulator run on it."""

    def __init__(self, rows: dict[bytes, bytes] | None = None, buckets: dict[int, bytes] | None = None) -> None:
        self.rows: dict[bytes, bytes] = dict(rows or {})
        self.buckets: dict[int, bytes] = dict(buckets or {})
        self._order: list[bytes] | None = None

    def get(self, key: bytes) -> bytes | None:
        """Stored bytes of a row."""
        return self.rows.get(key)

    def scan(self, prefix: bytes, after: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Rows in key order."""
        if self._order is None:
            self._order = sorted(self.rows)
        order = self._order
        start = bisect_right(order, after) if after >= prefix else bisect_left(order, prefix)
        found = []
        for key in order[start : start + limit]:
            if not key.startswith(prefix):
                break
            found.append((key, self.rows[key]))
        return found

    def bucket(self, node: int) -> bytes:
        """Row of a bucket or of a part of one."""
        return self.buckets.get(node, b"")

    def apply(self, changes: Iterable[RowChange], delta: BucketDelta | None = None) -> None:
        """Write a block's changes in place."""
        added: list[bytes] = []
        removed: list[bytes] = []
        for key, _, raw, _, _ in changes:
            if raw is None:
                if self.rows.pop(key, None) is not None:
                    removed.append(key)
            else:
                if key not in self.rows:
                    added.append(key)
                self.rows[key] = raw
        self._reorder(added, removed)
        if delta is not None:
            self.buckets.update(delta.buckets)
            for node, row in delta.buckets.items():
                if not row:
                    del self.buckets[node]

    def copy(self) -> MemoryView:
        """An independent copy."""
        return MemoryView(self.rows, self.buckets)

    def _reorder(self, added: list[bytes], removed: list[bytes]) -> None:
        if self._order is None:
            return
        if len(added) + len(removed) > _REBUILD_ABOVE:
            self._order = None
            return
        for key in removed:
            del self._order[bisect_left(self._order, key)]
        for key in added:
            insort(self._order, key)
