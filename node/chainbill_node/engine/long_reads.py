"""Long reads step back for blocks: while blocks are committed, all of them together get a share of a core.

Reads and blocks run in one interpreter. Reads that go over thousands of rows would take as much of it as there are of
them, and everybody who waits for a commit would pay for it. So a read says after each piece of work what it used, and
rests until its share has come round (a token bucket). Where nothing is committed nobody rests.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

SHARE = 0.25
"""Of a core, for all long reads together."""
BURST_S = 0.1
"""Of the time that went by unused, so much counts."""
AFTER_A_COMMIT_S = 1.0
"""So long after a block with transactions the next one is expected."""
LONGEST_REST_S = 0.25


class LongReads:
    """The share of one node. `used` is called from the threads of reads, `committed` from that of blocks."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic, rest: Callable[[float], None] = time.sleep) -> None:
        self._now_s = now_s
        self._rest = rest
        self._lock = threading.Lock()
        self._paid_until_s = 0.0
        self._busy_until_s = 0.0

    def committed(self) -> None:
        """A block with transactions was committed."""
        self._busy_until_s = self._now_s() + AFTER_A_COMMIT_S

    def used(self, cpu_s: float) -> None:
        """A read has used so much processor time; rest until the next piece may begin."""
        now_s = self._now_s()
        if now_s >= self._busy_until_s:
            return
        with self._lock:
            self._paid_until_s = max(self._paid_until_s, now_s - BURST_S) + cpu_s / SHARE
            rest_s = self._paid_until_s - now_s
        if rest_s > 0:
            self._rest(min(rest_s, LONGEST_REST_S))
