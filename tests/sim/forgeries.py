"""Lies about what others have said: signatures moved to other words, old messages sent again, history cut short."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chainbill_node import wire
from chainbill_node.wire.messages import Blocks, Message, Own, Position, Proposal, Status, Votes, WantBlocks, WantOwn

from chainbill.ledger.vote import Vote, VoteType

if TYPE_CHECKING:
    from sim.byzantine import Liar

HEARD = 200
"""Messages that a liar remembers, to say them again."""
AT_ONCE = 2
MOST = 300
"""What it does in all: every answer to a lie is a reason for the next one, and there would be no end."""
FORGERIES = ("forges", "replays", "shortens history", "out of turn", "proposes at wrong times", "decides alone")


class Forger:
    """What a liar does with the words of others. `heard`: messages as they came, the newest last."""

    def __init__(self, liar: Liar) -> None:
        self._liar = liar
        self.heard: list[bytes] = []
        self._left = MOST

    def receive(self, source: str, data: bytes, message: Message) -> bool:
        """Whether it has answered already, so that the liar needs not."""
        liar = self._liar
        self.heard = [*self.heard[-HEARD:], data]
        if self._left == 0:
            return False
        if liar.does("forges") and isinstance(message, Votes):
            self._left -= 1
            self._forge(message.votes)
        if liar.does("replays") and self._left:
            self._left -= 1
            self._replay()
        if liar.does("shortens history"):
            return self._shorten(source, message)
        return False

    def _forge(self, votes: tuple[Vote, ...]) -> None:
        """Another's signature under another kind of vote, round, height or value; or under the same, but changed."""
        chance = self._liar.world.random
        for vote in chance.sample(votes, min(AT_ONCE, len(votes))):
            other = VoteType.PRECOMMIT if vote.type is VoteType.PREVOTE else VoteType.PREVOTE
            forged = chance.choice((
                replace(vote, type=other),
                replace(vote, type=VoteType.PRECOMMIT, round=vote.round + chance.choice((0, 1))),
                replace(vote, height=vote.height + 1),
                replace(vote, round=vote.round + 1),
                replace(vote, block_id=None if vote.block_id else vote.validator),
                replace(vote, signature=bytes(64)),
            ))  # fmt: skip
            for peer in self._liar.peers():
                if chance.random() < 0.7:
                    self._liar.transmit(peer, wire.encode(Votes((forged,))))

    def _replay(self) -> None:
        """Words of anyone, of any moment, to anyone."""
        chance = self._liar.world.random
        peers = self._liar.peers()
        if chance.random() < 0.5 and peers:
            self._liar.transmit(chance.choice(peers), chance.choice(self.heard))

    def _shorten(self, source: str, message: Message) -> bool:
        """It has never heard of anything, or had it once."""
        liar, chance = self._liar, self._liar.world.random
        answer: Message
        match message:
            case WantBlocks(first=first):
                answer = Blocks(first, (), pruned=chance.random() < 0.5)
            case WantOwn(height=height, validator=validator):
                answer = Own(height, validator)
            case Status(height=height):
                answer = chance.choice((Status(1, 0, (), ()), Position(height, -1), Position(1, None)))
            case Proposal(header=header):
                answer = Status(header.height, -1, (), ())
            case _:
                return False
        liar.transmit(source, wire.encode(answer))
        return True
