"""Timers and their lengths: linear in the round, capped, never exponential.

A timer counts only in the height, round and step it was armed for (algorithm 1, lines 57-67).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class TimerKind(IntEnum):
    """What a timer is for. START glues heights together, LOOK looks at what came early or in a batch, GOSSIP repeats
    STATUS, LISTEN ends the wait for witnesses (see `receive.allow`), the others are the paper's."""

    START = 0
    PROPOSE = 1
    PREVOTE = 2
    PRECOMMIT = 3
    GOSSIP = 4
    LISTEN = 5
    LOOK = 6


ROUND_TIMERS = (TimerKind.PROPOSE, TimerKind.PREVOTE, TimerKind.PRECOMMIT)


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer's name: its kind, and the height and round it was armed for."""

    kind: TimerKind
    height: int
    round: int


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Lengths in ms: `base + round * growth`, never above `cap`."""

    propose_ms: int = 1_000
    propose_growth_ms: int = 500
    vote_ms: int = 500
    vote_growth_ms: int = 250
    cap_ms: int = 30_000

    def length_ms(self, kind: TimerKind, round: int) -> int:  # noqa: A002  the word of the protocol
        """The length of a protocol timer in `round`."""
        base, growth = self.vote_ms, self.vote_growth_ms
        if kind is TimerKind.PROPOSE:
            base, growth = self.propose_ms, self.propose_growth_ms
        return min(base + round * growth, self.cap_ms)
