"""Garbage collection of history: rows that no height can ask for any more are swept out, a little at a time, by key."""

from __future__ import annotations

from chainbill.state.history import split_history_key
from chainbill_node.storage.chain import layout
from chainbill_node.storage.store import Store, prefix_end

ROWS_A_STEP = 5_000


class HistorySweep:
    """Goes round and round one kind of history of a store; `step` does one bounded piece."""

    def __init__(self, store: Store, prefix: bytes = layout.HISTORY) -> None:
        self._store = store
        self._prefix = prefix
        self._cursor = prefix

    def step(self, lowest: int) -> bool:
        """Go on where the last step ended; rows that were overwritten below height `lowest` go. True when any went.

        Raises DiskError.
        """
        deletes: list[bytes] = []
        seen = 0
        last = b""
        for last, _ in self._store.range(self._cursor, prefix_end(self._prefix)):
            seen += 1
            if split_history_key(last[1:])[1] < lowest:
                deletes.append(last)
            if seen >= ROWS_A_STEP:
                break
        self._cursor = last + b"\x00" if seen >= ROWS_A_STEP else self._prefix
        if deletes:
            self._store.write((), deletes)
        return bool(deletes)
