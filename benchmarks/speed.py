"""How fast the machine is at the moment: what a fixed small piece of work takes, while everything else goes on."""

from __future__ import annotations

import statistics
import threading
import time
from types import TracebackType
from typing import Self

EVERY_S = 1.0
TURNS = 20_000  # about a millisecond


class Speed:
    """Does the piece of work once a second in a thread of its own, from `with` until its end."""

    def __init__(self) -> None:
        self._seen_us: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="speed", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(EVERY_S):
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
