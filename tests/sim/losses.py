"""Losses by what a message says: one step of the protocol on one directed link, as long as there is trouble.

Of several votes in one message only those that are meant are lost. What is lost on one way may come on another, so
how soon it does is a matter of how often peers tell each other what they hold.
"""

from __future__ import annotations

from collections.abc import Iterable

from chainbill_node import wire
from chainbill_node.wire.messages import Proposal, Status, Votes
from sim.plan import Loss
from sim.telling import decode

STEPS = ("proposal", "prevote", "precommit", "status")
Place = tuple[str, int, int]
"""Step, height (0: every one), round."""


class Losses:
    """What is lost on which link."""

    def __init__(self, losses: Iterable[Loss] = ()) -> None:
        self._on: dict[tuple[str, str], set[Place]] = {}
        for loss in losses:
            self._on.setdefault((loss.source, loss.target), set()).add((loss.step, loss.height, loss.round))

    def __bool__(self) -> bool:
        return bool(self._on)

    def pass_on(self, source: str, target: str, data: bytes) -> bytes | None:
        """What of a message gets through; None for nothing."""
        lost = self._on.get((source, target))
        if lost is None:
            return data
        message = decode(data)
        match message:
            case Votes(votes=votes):
                kept = tuple([vote for vote in votes if not _is(lost, vote.type.name.lower(), vote.height, vote.round)])
                if len(kept) == len(votes):
                    return data
                return wire.encode(Votes(kept)) if kept else None
            case Proposal(header=header):
                return None if _is(lost, "proposal", header.height, header.round) else data
            case Status(height=height, round=round_):
                return None if _is(lost, "status", height, round_) else data
            case _:
                return data


def _is(lost: set[Place], step: str, height: int, round_: int) -> bool:
    return (step, height, round_) in lost or (step, 0, round_) in lost
