"""How fast the machine is at the moment: what a fixed small piece of work takes, while everything else goes on."""

from __future__ import annotations

import statistics
import time

EVERY_S = 1.0
TURNS = 20_000  # about a millisecond


class Speed:
    """How long it took each time: `look` is to be called every EVERY_S, from a thread of its own."""

    def __init__(self) -> None:
        self._seen_us: list[float] = []

    def look(self) -> None:
        """Do the piece of work once."""
        self._seen_us.append(fixed_work_us())

    def taken(self) -> float:
        """The median since the last call, in µs of processor time; 0 where nothing was seen."""
        seen, self._seen_us = self._seen_us, []
        return round(statistics.median(seen), 1) if seen else 0.0


def fixed_work_us() -> float:
    """Processor time of additions that are always the same, in µs."""
    began = time.thread_time()
    total = 0
    for number in range(TURNS):
        total += number & 7
    return (time.thread_time() - began) * 1e6
