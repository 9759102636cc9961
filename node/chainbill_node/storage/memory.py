"""In-memory store: the twin of the store on disk, a dict and a sorted list of its keys.

The field's word: test double.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence


class MemoryReadable:
    """Reads over a dict; the sorted key list is made when a range is first asked for."""

    def __init__(self, rows: dict[bytes, bytes]) -> None:
        self._rows = rows
        self._keys: list[bytes] | None = None

    def get(self, key: bytes) -> bytes | None:
        """Value of `key`, None where there is none."""
        return self._rows.get(key)

    def range(self, start: bytes, stop: bytes, *, reverse: bool = False) -> Iterator[tuple[bytes, bytes]]:
        """Rows with start ≤ key < stop, in byte order, or backwards."""
        if self._keys is None:
            self._keys = sorted(self._rows)
        keys = self._keys[bisect_left(self._keys, start) : bisect_left(self._keys, stop)]
        for key in reversed(keys) if reverse else keys:
            yield key, self._rows[key]

    def close(self) -> None:
        """Nothing to give back."""


class MemoryStore(MemoryReadable):
    """The store of tests and replays. A snapshot copies the dict, so take few of a large one."""

    def __init__(self, rows: dict[bytes, bytes] | None = None) -> None:
        super().__init__(dict(rows or {}))

    def write(self, puts: Sequence[tuple[bytes, bytes]], deletes: Sequence[bytes] = ()) -> None:
        """All or nothing: deletes first, then puts."""
        fresh = False
        for key in deletes:
            fresh |= self._rows.pop(key, None) is not None
        for key, value in puts:
            fresh |= key not in self._rows
            self._rows[key] = value
        if fresh:
            self._keys = None

    def compact(self, start: bytes, stop: bytes) -> None:
        """Nothing to give back."""

    def snapshot(self) -> MemoryReadable:
        """A copy."""
        return MemoryReadable(dict(self._rows))
