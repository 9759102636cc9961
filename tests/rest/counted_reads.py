"""A node that counts what is read of its store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chainbill_node.storage.store import Readable
from rest.node_twin import TwinNode


class CountedReads:
    """Counts reads of a store: `gets` single rows asked for, `ranges` begun."""

    def __init__(self) -> None:
        self.counts = {"gets": 0, "ranges": 0}

    def over(self, source: Readable) -> Readable:
        return _Counting(source, self.counts)

    def take(self) -> dict[str, int]:
        """What was read since the last time."""
        taken = dict(self.counts)
        self.counts.update(dict.fromkeys(self.counts, 0))
        return taken


class _Counting:
    def __init__(self, source: Readable, counts: dict[str, int]) -> None:
        self._source = source
        self._counts = counts

    def get(self, key: bytes) -> bytes | None:
        self._counts["gets"] += 1
        return self._source.get(key)

    def range(self, *bounds: bytes) -> Iterator[tuple[bytes, bytes]]:
        self._counts["ranges"] += 1
        return self._source.range(*bounds)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)


def count_reads(node: TwinNode) -> CountedReads:
    """Count from here on what is read of a node's rows."""
    counted, rows = CountedReads(), node.rows
    node.rows = lambda: counted.over(rows())  # type: ignore[method-assign]
    return counted
