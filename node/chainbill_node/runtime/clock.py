"""The clocks of a node."""

from __future__ import annotations

import time

STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Runs on while the machine sleeps, where the system has such a one."""


class SystemClock:
    """Milliseconds, as the operating system says."""

    def now_ms(self) -> int:
        """The wall clock: since 1970-01-01 UTC. Somebody may set it."""
        return time.time_ns() // 1_000_000

    def steady_ms(self) -> int:
        """Since some moment before the start. Nobody sets it."""
        return time.clock_gettime_ns(STEADY) // 1_000_000
