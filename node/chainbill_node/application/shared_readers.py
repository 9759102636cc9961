"""Shared readers: all that read one height share one snapshot of the store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from typing import Any

from chainbill_node.application.read_throttle import Enough, LongReads
from chainbill_node.foundation.unavailable import Ending
from chainbill_node.storage.chain.database import ChainDatabase, LiveView, lowest_height
from chainbill_node.storage.chain.layout import HEAD_KEY
from chainbill_node.storage.chain.reader import HeightReader
from chainbill_node.storage.ledger_reader import Future, Pruned
from chainbill_node.storage.store import Snapshot


class SnapshotReaders:
    """Gives readers; the snapshot is taken when the first one is asked for, and shared until the next commit."""

    def __init__(self, database: ChainDatabase, prove: Callable[[int, bytes], Any]) -> None:
        self._database = database
        self._prove = prove
        self._long_reads = LongReads()
        self._lock = threading.Lock()
        self._current: tuple[Snapshot, int, int] | None = None

    def committed(self, transactions: int) -> None:
        """A block was committed."""
        self.forget()
        if transactions:
            self._long_reads.committed()

    def forget(self) -> None:
        """The store has changed: later readers get a new snapshot; old ones live as long as their readers."""
        with self._lock:
            self._current = None

    def reader(self, at: int | None) -> HeightReader:
        """The ledger at a height (None: the newest). Raises Pruned or Future."""
        snapshot, newest, lowest = self._newest()
        height = newest if at is None else at
        if height > newest:
            raise Future(height, lowest, newest)
        if height < lowest:
            raise Pruned(height, lowest, newest)
        return HeightReader(snapshot, height, newest, self._prove, self._long_reads.used)

    def reading(self, source: str, enough: Enough) -> AbstractContextManager[None]:
        """Say that what is read in here, also in threads, is for a source; raises MakesRoom where it was enough."""
        return self._long_reads.reading(source, enough)

    def next_of(self, sources: Collection[str]) -> str:
        """Say which of these sources reads next."""
        return self._long_reads.next_of(sources)

    def end(self, why: Ending) -> None:
        """End what is read for others."""
        self._long_reads.end(why)

    def view(self) -> LiveView:
        """The newest state as the core's `View`, unchanged by later commits."""
        return LiveView(self._newest()[0])

    def lowest(self) -> int:
        """The lowest height that can be read."""
        return self._newest()[2]

    def _newest(self) -> tuple[Snapshot, int, int]:
        with self._lock:
            if self._current is None:
                snapshot = self._database.store.snapshot()
                head = int.from_bytes(snapshot.get(HEAD_KEY) or b"", "big")
                self._current = (snapshot, head, lowest_height(snapshot))
            return self._current
