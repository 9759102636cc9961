"""What an honest validator's own words promise about its locks, seen from outside: from signed messages alone.

Whoever has precommitted a block prevotes another one only where more than two thirds have prevoted that one since;
nobody precommits, or proposes as valid, what more than two thirds have not prevoted; and who comes back is still
locked. A fork needs one of these broken by an honest validator, so it is seen here long before there is one. Who has
lost its memory is not held to what it forgot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from chainbill_node.wire.messages import Message, Proposal, Votes

from chainbill.ledger.vote import NO_ROUND, ProposalHeader, Vote, VoteType

Members = Callable[[int], set[bytes] | None]
"""Whose votes count at a height; None where that is not known yet."""


@dataclass(slots=True)
class Locks:
    """Prevotes by what they are for, and the newest precommit of each honest validator."""

    members: Members
    forgetful: set[bytes] = field(default_factory=set)
    _prevoted: dict[tuple[int, int, bytes], set[bytes]] = field(default_factory=dict)
    _precommitted: dict[tuple[bytes, int], tuple[int, bytes]] = field(default_factory=dict)

    def hear(self, key: bytes, message: Message) -> None:
        """Anyone says something; what it passes on of others has been heard of them."""
        for vote in _votes(message):
            if vote.validator == key and vote.type is VoteType.PREVOTE and vote.block_id is not None:
                self._prevoted.setdefault((vote.height, vote.round, vote.block_id), set()).add(vote.validator)

    def broken(self, key: bytes, message: Message) -> str | None:
        """What an honest validator breaks by what it says now; None if nothing. Its words are taken note of."""
        if isinstance(message, Proposal):
            return self._unfounded(message.header) if message.header.validator == key else None
        for vote in _votes(message):
            if vote.validator == key and vote.block_id is not None:
                why = self._breaks(key, vote, vote.block_id)
                if why is not None:
                    return f"{why} (height {vote.height} round {vote.round})"
        return None

    def lost(self, key: bytes, height: int, locked: tuple[int, bytes]) -> str | None:
        """What one that comes back has lost: it is locked on what it precommitted last, or on something newer."""
        said = self._precommitted.get((key, height))
        if said is None or key in self.forgetful or locked == said or locked[0] > said[0]:
            return None
        return f"comes back with a lock of round {locked[0]}: it has precommitted in round {said[0]} (height {height})"

    def _breaks(self, key: bytes, vote: Vote, block_id: bytes) -> str | None:
        if vote.type is VoteType.PRECOMMIT:
            self._precommitted[key, vote.height] = max(
                (vote.round, block_id), self._precommitted.get((key, vote.height), (NO_ROUND, b""))
            )
            if not self._quorum(vote.height, vote.round, block_id):
                return "precommits what more than two thirds have not prevoted"
            return None
        at, locked = self._precommitted.get((key, vote.height), (vote.round, block_id))
        if locked == block_id or at >= vote.round or key in self.forgetful:
            return None
        if any(self._quorum(vote.height, number, block_id) for number in range(at, vote.round)):
            return None
        return f"prevotes another block than the one it precommitted in round {at}"

    def _unfounded(self, header: ProposalHeader) -> str | None:
        if header.valid_round == NO_ROUND or self._quorum(header.height, header.valid_round, header.block_id):
            return None
        return f"calls valid what nobody prevoted (height {header.height} round {header.round})"

    def _quorum(self, height: int, round_: int, block_id: bytes) -> bool:
        members = self.members(height)
        if members is None:
            return True
        return 3 * len(self._prevoted.get((height, round_, block_id), set()) & members) > 2 * len(members)


def _votes(message: Message) -> Iterator[Vote]:
    if isinstance(message, Votes):
        yield from message.votes
