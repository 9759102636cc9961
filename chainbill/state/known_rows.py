"""Values of stored rows, kept from block to block: most of what a block reads, the blocks before it have read too.

A value is that of the very bytes it was decoded from, the same object: where others stand there now, or the same ones
anew, it is decoded again. So what is kept here changes no answer.
"""

from __future__ import annotations

from typing import Any

from chainbill.state import rows

KEPT_ROWS = 2_048
"""At most so many when a block begins; it adds what it reads itself."""
LARGEST_KEPT_BYTES = 4_096


class KnownRows:
    """For one chain and one thread. `notes`: what others found out of these values, by key; theirs to check."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[bytes, Any]] = {}
        self.notes: dict[bytes, Any] = {}

    def begin(self) -> None:
        """A block begins: forget everything if it has become much."""
        if max(len(self._known), len(self.notes)) > KEPT_ROWS:
            self._known.clear()
            self.notes.clear()

    def value(self, key: bytes, raw: bytes) -> Any:
        """The decoded value of a row with these stored bytes. Not to be edited."""
        known = self._known.get(key)
        if known is not None and known[0] is raw:
            return known[1]
        found = rows.value(raw)
        if len(raw) <= LARGEST_KEPT_BYTES:
            self._known[key] = raw, found
        return found
