"""Clock offset: how far the own clock is off, by what the other validators date their proposals.

A proposal that comes in says what its proposer's clock showed when it was begun. Held against a steady clock, which
nobody sets, that stays known when the own clock jumps. A proposal is under way for a while, so a right clock looks
ahead by that much: seconds at the most, where `clock_drift_ms` is ten.

Pure: whoever asks brings the times.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainbill.ledger.validators import ValidatorSet
from chainbill_node.foundation.node_warning import CLOCK_OFF, NodeWarning
from chainbill_node.foundation.operator_error import Pair

PAUSE_MS = 5_000
"""Two looks further apart than that: the process stood still, and what it reads now may be as old as that."""
DEAF_MS = 5_000
CLOCK_MEND: Pair = (
    "set the clock of this machine right and keep it so: look at `chronyc tracking` or `timedatectl`",
    "请校准本机时钟并保持同步：请查看 `chronyc tracking` 或 `timedatectl`",
)


class OwnClock:
    """What was heard of each validator's clock. Written by one thread; any may ask."""

    def __init__(self) -> None:
        self._ahead: Mapping[bytes, int] = {}  # by validator: its clock less the steady one, at its last proposal
        self._looked_ms: int | None = None
        self._deaf_until_ms = 0

    def hear(self, validator: bytes, real_ms: int, steady_ms: int, validators: ValidatorSet) -> None:
        """A validator's proposal has come in. real_ms: what its clock showed; validators: the others are forgotten."""
        self.look(steady_ms)
        if steady_ms >= self._deaf_until_ms:
            known = {key: ahead for key, ahead in self._ahead.items() if key in validators}
            self._ahead = {**known, validator: real_ms - steady_ms}

    def look(self, steady_ms: int) -> None:
        """To be called every second: what came in while the process stood still says nothing of the time."""
        if self._looked_ms is not None and steady_ms - self._looked_ms > PAUSE_MS:
            self._ahead = {}
            self._deaf_until_ms = steady_ms + DEAF_MS
        self._looked_ms = steady_ms

    def off_ms(self, validators: ValidatorSet, own: bytes, own_ms: int, steady_ms: int) -> int | None:
        """How far the own clock is ahead (behind: below 0) of so many of the other validators that one of them is
        honest and most of them say so; None while too few were heard. The only validator is right.

        Example, n = 4: of two others it is 3600 s ahead, of one 5 s behind: 3600 s ahead. Of one 3600 s ahead, of the
        others 0 and 1 s: 0, as far as two of them agree.
        """
        others = [one.key for one in validators.validators if one.key != own]
        if not others:
            return 0
        needed = max(validators.max_faulty + 1, len(others) // 2 + 1)
        known = self._ahead
        found = sorted([own_ms - steady_ms - known[key] for key in others if key in known])
        if len(found) < needed:
            return None
        return max(found[-needed], 0) + min(found[needed - 1], 0)


def clock_off(off_ms: int) -> NodeWarning:
    """The warning of a clock that is off; ahead, or behind: below 0."""
    seconds = abs(off_ms) // 1000
    how, how_zh = ("ahead of", "快") if off_ms > 0 else ("behind", "慢")
    return NodeWarning(
        CLOCK_OFF,
        (
            f"this machine's clock is {seconds} s {how} those of most other validators",
            f"本机时钟比多数其他验证节点{how_zh} {seconds} 秒",
        ),
        CLOCK_MEND,
        {"ahead_ms": off_ms},
    )
