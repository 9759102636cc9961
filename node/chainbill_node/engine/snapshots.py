"""Readers of one height over one shared snapshot a height."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from chainbill_node.rest.ports import Future, Pruned
from chainbill_node.storage.database import ChainDatabase, LiveView
from chainbill_node.storage.layout import HEAD_KEY
from chainbill_node.storage.reader import HeightReader
from chainbill_node.storage.store import Snapshot

LOWEST_HEIGHT = 0


class SnapshotReaders:
    """Gives readers; the snapshot is taken when the first one is asked for, and shared until the next commit."""

    def __init__(self, database: ChainDatabase, prove: Callable[[int, bytes], Any]) -> None:
        self._database = database
        self._prove = prove
        self._lock = threading.Lock()
        self._current: tuple[Snapshot, int] | None = None

    def forget(self) -> None:
        """A block was committed: later readers get a new snapshot; old ones live as long as their readers."""
        with self._lock:
            self._current = None

    def reader(self, at: int | None) -> HeightReader:
        """The ledger at a height (None: the newest). Raises Pruned or Future."""
        snapshot, newest = self._newest()
        height = newest if at is None else at
        if height > newest:
            raise Future(height, LOWEST_HEIGHT, newest)
        if height < LOWEST_HEIGHT:
            raise Pruned(height, LOWEST_HEIGHT, newest)
        return HeightReader(snapshot, height, newest, self._prove)

    def view(self) -> LiveView:
        """The newest state as the core's `View`, unchanged by later commits."""
        return LiveView(self._newest()[0])

    def _newest(self) -> tuple[Snapshot, int]:
        with self._lock:
            if self._current is None:
                snapshot = self._database.store.snapshot()
                head = snapshot.get(HEAD_KEY)
                self._current = (snapshot, int.from_bytes(head or b"", "big"))
            return self._current
