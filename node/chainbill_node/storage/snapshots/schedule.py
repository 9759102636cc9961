"""Snapshot schedule: due at a multiple of so many heights, and one at most in each period of block time.

A snapshot is of the whole state, so it must not be made the more often the faster heights come. Heights and block times
are the same on every node: they make theirs of the same heights, but for a node's first, and a newcomer mostly finds
one with several peers.
"""

from __future__ import annotations

MINUTE_MS = 60_000


class SnapshotTimes:
    """Of one node. interval: heights, 0 for none; minutes: of block time, 0 for every multiple of the interval."""

    def __init__(self, interval: int, minutes: int) -> None:
        self._interval = interval
        self._period_ms = minutes * MINUTE_MS
        self._newest_ms: int | None = None

    def made(self, time_ms: int) -> None:
        """One was begun of the block of that time."""
        self._newest_ms = time_ms

    def is_due(self, height: int, time_ms: int) -> bool:
        """Whether one is to be made of the block of this height and time."""
        if not self._interval or height % self._interval:
            return False
        if self._newest_ms is None or not self._period_ms:
            return True
        return time_ms // self._period_ms > self._newest_ms // self._period_ms
