"""Validators that lie: an agent with a key that says whatever hurts, and never more than its key allows.

A twin (two honest processes with one key) needs no code here: it is two nodes with the same key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainbill_node import wire
from chainbill_node.wire.messages import Blocks, Decided, Message, Own, Proposal, Status, Votes, WantBlocks, WantOwn
from sim.forgeries import Forger
from sim.ledger import Store, build
from sim.telling import decode

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.validators import ValidatorSet
from chainbill.ledger.vote import Vote, VoteType, sign_proposal, sign_vote

if TYPE_CHECKING:
    from sim.world import World

BEHAVIOURS = ("silent", "two-faced", "proposes twice", "proposes rubbish", "lies about height", "everything")


class Liar:
    """A Byzantine validator. It sees what is sent to it and answers as its behaviour says."""

    honest = False
    alive = True

    def __init__(self, world: World, name: str, key: PrivateKey, behaviour: str) -> None:
        self.world = world
        self.name = name
        self.key = key
        self.behaviour = behaviour
        self.seen: dict[int, list[bytes]] = {}
        self.blocks: dict[int, Block] = {}
        self.said: set[tuple[int, int]] = set()
        self.forger = Forger(self)
        world.add(self)
        world.checkers.guilty.add(key.public)

    def deliver(self, event: object) -> None:
        """Connections and timers mean nothing to it."""

    def submit(self, transaction: bytes) -> None:
        """Nor do clients."""

    def receive(self, source: str, data: bytes) -> None:
        message = decode(data)
        if self.forger.receive(source, data, message):
            return
        match message:
            case Proposal(header=header, block=block):
                self.seen.setdefault(header.height, []).append(header.block_id)
                self.blocks[header.height] = block
                self._react(header.height, header.round)
            case Votes(votes=votes) if votes:
                self._react(votes[0].height, votes[0].round)
            case Status(height=height):
                self._claim(source, height)
            case WantOwn(height=height, validator=validator):
                self._send(source, Own(height, validator))
            case WantBlocks(first=first):
                self._send_rubbish(source, first)
            case _:
                pass

    def does(self, what: str) -> bool:
        return self.behaviour in (what, "everything")

    def _react(self, height: int, round_: int) -> None:
        if (height, round_) in self.said or len(self.said) > 400:
            return
        self.said.add((height, round_))
        validators = self._validators(height)
        if validators is None or self.key.public not in validators:
            return
        if self.does("two-faced"):
            self._vote_two_ways(height, round_)
        for later in (round_, round_ + 1):
            if validators.proposer(height, later).key == self.key.public or self.does("out of turn"):
                self._propose(height, later)

    def _vote_two_ways(self, height: int, round_: int) -> None:
        """Each peer hears another vote; sometimes for a later round, far ahead, or twice."""
        random = self.world.random
        values = [None, *self.seen.get(height, []), bytes([random.randint(0, 255)]) * 32]
        for peer in self.peers():
            for kind in (VoteType.PREVOTE, VoteType.PRECOMMIT):
                ahead = random.choice((0, 0, 0, 1, 50))
                vote = self._vote(kind, height, round_ + ahead, random.choice(values))
                self._send(peer, Votes((vote,)))

    def _propose(self, height: int, round_: int) -> None:
        """Another block to each half; or one that is invalid, or that pretends to have been valid before."""
        random = self.world.random
        peers = self.peers()
        random.shuffle(peers)
        half = len(peers) // 2 if self.does("proposes twice") else len(peers)
        for group, name in ((peers[:half], b"one"), (peers[half:], b"other")):
            block = self._block(height, name)
            if block is None:
                return
            valid_round = random.choice((-1, round_ - 1)) if self.does("proposes rubbish") else -1
            header = sign_proposal(
                self.key,
                self.world.settings.network,
                height=height,
                round=round_,
                block_id=block.id,
                valid_round=valid_round,
            )
            for peer in group:
                self._send(peer, Proposal(header, block))

    def _block(self, height: int, name: bytes) -> Block | None:
        parent = self._parent(height)
        if parent is None:
            return None
        wires = [b"liar-" + name + str(height).encode()]
        ahead = 0
        if self.does("proposes at wrong times"):
            ahead = self.world.random.choice((10_000_000, -10_000_000))
        if self.does("proposes rubbish"):
            wires = [self.world.random.choice((b"bad" + name, wires[0]))]
            ahead = self.world.random.choice((0, 10_000_000, -10_000_000))
        time_ms = max(max(self.world.now_ms, parent.tip.time_ms + 1) + ahead, parent.tip.time_ms + 1)
        return build(parent.tip, self.world.settings.network, time_ms, self.key.public, wires, ())

    def _parent(self, height: int) -> Store | None:
        """It reads along: the store of any honest node that is at the height before."""
        for node in self.world.nodes.values():
            if node.honest and node.store.tip.height == height - 1:
                return node.store
        return None

    def _validators(self, height: int) -> ValidatorSet | None:
        parent = self._parent(height)
        return None if parent is None else parent.tip.validators

    def _claim(self, peer: str, height: int) -> None:
        if self.does("lies about height"):
            self._send(peer, Status(height + self.world.random.randint(1, 1_000_000), 0, (), ()))
        if self.does("decides alone") and height in self.blocks:
            self._send(peer, self._decided_alone(height))

    def _send_rubbish(self, peer: str, first: int) -> None:
        """Blocks with a certificate that only it has signed, nothing, or silence."""
        block = self.blocks.get(first)
        choice = self.world.random.randint(0, 2)
        if choice == 0 and block is not None:
            self._send(peer, Blocks(first, (self._decided_alone(first),)))
        elif choice == 1:
            self._send(peer, Blocks(first, ()))

    def _decided_alone(self, height: int) -> Decided:
        """The newest block of a height that it knows, with a certificate that only it has signed."""
        block = self.blocks[height]
        return Decided(block, Certificate.from_votes([self._vote(VoteType.PRECOMMIT, height, 0, block.id)]))

    def _vote(self, kind: VoteType, height: int, round_: int, block_id: bytes | None) -> Vote:
        network = self.world.settings.network
        return sign_vote(self.key, network, type=kind, height=height, round=round_, block_id=block_id)

    def peers(self) -> list[str]:
        """Everybody else."""
        return [name for name in self.world.nodes if name != self.name]

    def _send(self, peer: str, message: Message) -> None:
        self.transmit(peer, wire.encode(message))

    def transmit(self, peer: str, data: bytes) -> None:
        """Say something to one."""
        self.world.checkers.overheard(self.key.public, data)
        self.world.transmit(self.name, peer, data)
