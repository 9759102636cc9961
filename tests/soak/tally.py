"""What a soak has done and found."""

from __future__ import annotations

import math
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counts by name, findings in words, notes for the summary, and by kind the first number not yet played."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reached: dict[str, int] = field(default_factory=dict)

    def tried(self, what: str, how_many: int = 1) -> None:
        self.counts[what] += how_many

    def found(self, what: str, error: object, repeat: str) -> None:
        self.findings.append(f"{what}: {type(error).__name__}: {error}"[:2_000] + f"\n    repeat: {repeat}")

    def attempt(self, what: str, action: Callable[[], object], repeat: str) -> bool:
        """Count one attempt; whatever it raises is a finding."""
        self.tried(what)
        try:
            action()
        except Exception as error:
            self.found(what, error, repeat)
            return False
        return True

    def merge(self, other: Tally) -> None:
        self.counts += other.counts
        self.findings += other.findings
        self.notes += other.notes
        for kind, number in other.reached.items():
            self.reached[kind] = max(number, self.reached.get(kind, 0))


_asked_to_end = multiprocessing.Value("d", math.inf)
"""From when on all lanes are over, whatever they were given: who forks shares it."""


def end_now() -> None:
    """Let every lane end with the turn that it is at, as if its time were over."""
    _asked_to_end.value = time.monotonic()


@dataclass(frozen=True)
class Deadline:
    """A moment on the monotonic clock, or the one from which on everybody was asked to end."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(time.monotonic() + seconds)

    @property
    def left_s(self) -> float:
        end: float = min(self.at, _asked_to_end.value)
        return max(0.0, end - time.monotonic())

    @property
    def over(self) -> bool:
        return self.left_s == 0.0
