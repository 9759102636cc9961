"""Who else is in our round: a validator leaves it at another's wish only where enough others have come to it.

Whoever asks may lie. A validator that is led on alone is lost to the others: they lack its votes in their round, it
lacks theirs in its own, and one message a second would halt a network for good. So before it leaves a round, q − 2
others beside the one that asks must have been there, or further, for as long as the round's three timeouts. Of those f
are honest at least, with itself f + 1, whose votes bring all others there (rule 9). And the last one is never held
back: all honest ones but itself and the one whose word it takes are there or further, n − f − 2 ≥ q − 2.

The field's word: view change.
"""

from __future__ import annotations

from collections.abc import Set

from chainbill.ledger.validators import ValidatorSet


class Company:
    """The round in which each peer last said that it is, and since when; one entry a connected validator."""

    def __init__(self) -> None:
        self.said: dict[str, tuple[int, int, int]] = {}

    def hear(self, peer: str, height: int, round_: int, now_ms: int) -> None:
        """A peer's STATUS."""
        if self.said.get(peer, (0, 0, 0))[:2] != (height, round_):
            self.said[peer] = (height, round_, now_ms)

    def forget(self, peer: str) -> None:
        """It has left."""
        self.said.pop(peer, None)

    def since_ms(self, validators: ValidatorSet, height: int, round_: int, others: Set[str]) -> int | None:
        """Since when q − 2 of `others` (node ids) are in this round or a later one; None where they are not."""
        needed = validators.quorum - 2
        if needed <= 0:
            return 0
        there = (self.said[peer] for peer in others if peer in self.said)
        since = sorted(ms for at, in_round, ms in there if at == height and in_round >= round_)
        return since[needed - 1] if len(since) >= needed else None
