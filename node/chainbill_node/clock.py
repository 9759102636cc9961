"""The wall clock of a node."""

from __future__ import annotations

import time


class SystemClock:
    """Milliseconds since 1970-01-01 UTC, as the operating system says."""

    def now_ms(self) -> int:
        """Now."""
        return time.time_ns() // 1_000_000
