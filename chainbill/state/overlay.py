"""The write set of a block: reads through to a view, holds decoded values, undoes to savepoints.

A savepoint costs a number; undoing one costs the writes made since. Values are encoded once, when they are put,
so that what cannot be stored is refused in the transaction that wrote it. Callers never edit a value they got.

The field's word: copy-on-write.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeAlias

from chainbill.codec import Value, encode, encode_trusted
from chainbill.errors import InternalFault, Malformed, Reason
from chainbill.limits import MAX_ROW_BYTES, MAX_SCAN
from chainbill.state import rows
from chainbill.state.keys import head_of
from chainbill.state.known_rows import KnownRows
from chainbill.state.view import RowChange, View

__all__ = ["Overlay", "RowChange"]

_PAGE = 32  # rows that `walk` asks the view for at once: at most so many are read that nobody may want


_Write: TypeAlias = tuple[bytes | None, bytes]
"""The newest write of a key: its encoded value (None: deleted) and, of a closed row, the nonce for its salt."""


class Overlay:
    """All reads and writes of one block over one view.

    row_bytes: the rule of this name, of an encoded row. known: what other blocks over states of this chain have read.
    """

    def __init__(self, view: View, row_bytes: int = MAX_ROW_BYTES, known: KnownRows | None = None) -> None:
        self._view = view
        self._value = (known or KnownRows()).value
        self._row_bytes = row_bytes
        self._values: dict[bytes, Any] = {}
        self._raws: dict[bytes, bytes | None] = {}
        self._writes: dict[bytes, _Write] = {}
        self._journal: list[tuple[bytes, Any, _Write | None]] = []
        self._marks: list[int] = []
        self._nonce = b""
        self._stored: dict[bytes, Any] = {}
        self._unindexed: set[bytes] = set()
        self._index: dict[bytes, list[bytes]] = {}  # table head → keys that are written now, in order

    def get(self, key: bytes) -> Any:
        """Decoded value of a row, None when there is none. Not to be edited."""
        try:
            return self._values[key]
        except KeyError:
            raw = self._raws[key] = self._view.get(key)
            found = self._values[key] = None if raw is None else self._value(key, raw)
            return found

    def put(self, key: bytes, value: Value) -> None:
        """Write a row. Malformed: a value that has no canonical form, is None, or is too large."""
        if value is None:
            raise Malformed(Reason.ROW_MALFORMED, "a row is never none; delete it instead")
        self._put(key, value, encode(value))

    def put_checked(self, key: bytes, value: Value) -> None:
        """`put` for a value that is known to have a canonical form: nothing but its size is looked at."""
        self._put(key, value, encode_trusted(value))

    def _put(self, key: bytes, value: Value, encoded: bytes) -> None:
        if len(encoded) > self._row_bytes:
            raise Malformed(Reason.ROW_TOO_LARGE, f"{len(encoded)} bytes, at most {self._row_bytes}")
        nonce = b""
        if rows.is_closed(key):
            nonce = self._nonce
            if not nonce:
                raise InternalFault(Reason.OVERLAY_NO_NONCE, "a closed row needs the transaction's nonce")
        self._write(key, value, (encoded, nonce))

    def delete(self, key: bytes) -> None:
        """Remove a row; no error when there is none."""
        self._write(key, None, (None, b""))

    def set_nonce(self, nonce: bytes) -> None:
        """The nonce that salts the closed rows written from now on (a transaction's, or a day item's id)."""
        self._nonce = nonce

    def begin(self) -> None:
        """Open a savepoint inside the current one."""
        self._marks.append(len(self._journal))

    def commit(self) -> None:
        """Close the innermost savepoint and keep its writes."""
        self._pop_mark()
        if not self._marks:
            self._journal.clear()

    def rollback(self) -> None:
        """Close the innermost savepoint and undo its writes."""
        mark = self._pop_mark()
        for key, value, write in reversed(self._journal[mark:]):
            self._values[key] = value
            if write is None:
                self._forget(key)
            else:
                self._writes[key] = write
        del self._journal[mark:]

    def changed(self) -> dict[bytes, tuple[Any, Any]]:
        """Key → (value before, value now) of every row written since the innermost `begin`, no-op writes left out."""
        if not self._marks:
            raise InternalFault(Reason.OVERLAY_NO_SAVEPOINT, "no savepoint is open")
        before: dict[bytes, Any] = {}
        for key, value, _ in self._journal[self._marks[-1] :]:
            before.setdefault(key, value)
        return {key: (old, self._values[key]) for key, old in before.items() if self._differs(key, old)}

    def stored_bytes(self, key: bytes) -> int:
        """Bytes of the encoded value of a row that was asked for with `get` before, 0 when there is none."""
        write = self._writes.get(key)
        if write is not None:
            return len(write[0] or b"")
        return rows.value_size(self._raws[key])

    def scan(self, prefix: bytes, after: bytes = b"", limit: int = MAX_SCAN) -> list[tuple[bytes, Any]]:
        """Up to `limit` rows in key order that begin with `prefix` and are greater than `after`, own writes seen."""
        most = max(limit, 0)
        if not self._ordered(prefix):  # nothing of this table is written: it is as it is stored
            return [(key, self._scanned(key, raw)) for key, raw in self._view.scan(prefix, after, most)]
        found = ((key, value) for key, value, _ in self.walk(prefix, after, most) if value is not None)
        return list(islice(found, most))

    def walk(self, prefix: bytes, after: bytes = b"", page: int = _PAGE) -> Iterator[tuple[bytes, Any, int]]:
        """Go through (key, value, encoded bytes) in key order; the value is None where this block deleted the row.

        A step costs the same whatever else is written: the keys of each table are kept in order. Nothing is to be
        written meanwhile.
        """
        order = self._ordered(prefix)
        at = bisect_right(order, after) if after >= prefix else bisect_left(order, prefix)
        for key, raw in self._stored_rows(prefix, after, page):
            while at < len(order) and order[at] < key:
                yield self._own_row(order[at], 0)
                at += 1
            if at < len(order) and order[at] == key:
                yield self._own_row(key, rows.value_size(raw))
                at += 1
            else:
                yield key, self._scanned(key, raw), rows.value_size(raw)
        while at < len(order) and order[at].startswith(prefix):
            yield self._own_row(order[at], 0)
            at += 1

    def _stored_rows(self, prefix: bytes, after: bytes, page: int) -> Iterator[tuple[bytes, bytes]]:
        while True:
            found = self._view.scan(prefix, after, page)
            yield from found
            if len(found) < page:
                return
            after = found[-1][0]

    def _own_row(self, key: bytes, size: int) -> tuple[bytes, Any, int]:
        """A row that was written; `size` of the stored row of its key, which was read to get here."""
        return key, self._values[key], size + len(self._writes[key][0] or b"")

    def finish(self, height: int) -> tuple[RowChange, ...]:
        """Every row that this block changed, as stored bytes, in key order; writes that change nothing left out."""
        changes = []
        for key in sorted(self._writes):
            encoded, nonce = self._writes[key]
            old = self._raws[key] if key in self._raws else self._view.get(key)
            if encoded is None:
                if old is not None:
                    changes.append(RowChange(key, old, None, self._stored.get(key)))
            elif old is None or rows.value_bytes(old) != encoded:
                salt = rows.salt_for(nonce, key) if nonce else b""
                raw = rows.pack(height, salt, encoded)
                changes.append(RowChange(key, old, raw, self._stored.get(key), self._values[key]))
        return tuple(changes)

    def _write(self, key: bytes, value: Any, write: _Write) -> None:
        before = self._writes.get(key)
        old = (self._values[key] if key in self._values else self.get(key)) if self._marks else None
        if before is None:
            self._unindexed.add(key)
            if old is not None:
                self._stored[key] = old
        if self._marks:
            self._journal.append((key, old, before))
        self._values[key] = value
        self._writes[key] = write

    def _differs(self, key: bytes, old: Any) -> bool:
        """Python says True == 1; the bytes decide."""
        now, _ = self._writes[key]
        return old != self._values[key] or (now is not None and encode(old) != now)

    def _pop_mark(self) -> int:
        if not self._marks:
            raise InternalFault(Reason.OVERLAY_NO_SAVEPOINT, "no savepoint is open")
        return self._marks.pop()

    def _scanned(self, key: bytes, raw: bytes) -> Any:
        if key in self._values:
            return self._values[key]
        self._raws[key] = raw
        found = self._values[key] = self._value(key, raw)
        return found

    def _ordered(self, prefix: bytes) -> list[bytes]:
        """The keys of the prefix's table that are written now, in order."""
        if self._unindexed:
            for key in self._unindexed:
                insort(self._index.setdefault(head_of(key), []), key)
            self._unindexed.clear()
        return self._index.get(head_of(prefix), [])

    def _forget(self, key: bytes) -> None:
        """A write is undone: nothing of it may be met, or a walk would depend on what was tried."""
        del self._writes[key]
        if key in self._unindexed:
            self._unindexed.discard(key)
            return
        order = self._index[head_of(key)]
        del order[bisect_left(order, key)]
