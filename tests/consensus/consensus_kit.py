"""Four validators, their signed words, and a height under test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chainbill_node.consensus.effects import Effect, SignAndSend, UnsignedProposal, UnsignedVote
from chainbill_node.consensus.events import Event, OwnMessageStored, ProposalReceived, TimeoutFired, VoteReceived
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.state import HeightState
from chainbill_node.consensus.step import step
from chainbill_node.consensus.timeouts import Timeouts, Timer, TimerKind
from chainbill_node.wire.messages import Proposal
from sim.ledger import Store, build

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.ledger.vote import NO_ROUND, Vote, VoteType, sign_proposal, sign_vote

NETWORK = b"test-1".ljust(32, b".")
NOW_MS = 2_000_000
KEYS = tuple(sorted((PrivateKey.from_seed(bytes([n + 1]) * 32) for n in range(7)), key=lambda key: key.public))
PREVOTE, PRECOMMIT = VoteType.PREVOTE, VoteType.PRECOMMIT


def validators(count: int = 4) -> ValidatorSet:
    return ValidatorSet.of(Validator(key.public, f"bank{n}", "", "") for n, key in enumerate(KEYS[:count]))


def block(name: bytes = b"A", *, proposer: int = 1, time_ms: int = NOW_MS, count: int = 4) -> Block:
    """A block of height 1."""
    tip = Store.genesis(validators(count)).tip
    return build(tip, NETWORK, time_ms, KEYS[proposer].public, (name,), ())


def vote(who: int, kind: VoteType, round_: int, value: Block | bytes | None, *, height: int = 1) -> Vote:
    block_id = value.id if isinstance(value, Block) else value
    return sign_vote(KEYS[who], NETWORK, type=kind, height=height, round=round_, block_id=block_id)


def proposal(
    who: int, round_: int, value: Block, valid_round: int = NO_ROUND, prevotes: tuple[Vote, ...] = ()
) -> Proposal:
    header = sign_proposal(
        KEYS[who], NETWORK, height=value.height, round=round_, block_id=value.id, valid_round=valid_round
    )
    return Proposal(header, value, prevotes)


def certificate(value: Block, signers: tuple[int, ...] = (0, 1, 2), round_: int = 0) -> Certificate:
    return Certificate.from_votes([vote(who, PRECOMMIT, round_, value, height=value.height) for who in signers])


def rules(
    own: int | None = 0, *, count: int = 4, height: int = 1, refuse: Callable[[Block], str | None] = lambda _: None
) -> Rules:
    key = None if own is None else KEYS[own].public
    return Rules(NETWORK, height, validators(count), key, refuse, Timeouts(), clock_drift_ms=10_000)


class MemoryFile:
    """A signer file in memory; `synced` counts the appends."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = data
        self.synced = 0

    def read(self) -> bytes:
        return self.data

    def append(self, frames: bytes) -> None:
        self.data += frames
        self.synced += 1

    def rewrite(self, frames: bytes) -> None:
        self.data = frames


class Height:
    """One validator at height 1: feed it events, see what it says. Own messages are fed back as a driver does."""

    def __init__(self, own: int | None = 0, **more: Any) -> None:
        self.own = own
        self.now_ms = NOW_MS
        self.rules = rules(own, **more)
        self.state = HeightState(1)
        self.effects: list[Effect] = []

    def start(self) -> Height:
        return self.fire(TimerKind.START, 0)

    def fire(self, kind: TimerKind, round_: int) -> Height:
        return self.feed(TimeoutFired(Timer(kind, 1, round_), self.now_ms))

    def votes(self, kind: VoteType, round_: int, value: Block | bytes | None, *who: int) -> Height:
        for one in who:
            self.feed(VoteReceived(vote(one, kind, round_, value), self.now_ms))
        return self

    def proposed(self, message: Proposal) -> Height:
        return self.feed(ProposalReceived(message, self.now_ms))

    def feed(self, event: Event) -> Height:
        self.state, effects = step(self.state, event, self.rules)
        self.effects.extend(effects)
        for effect in effects:
            if isinstance(effect, SignAndSend) and self.own is not None:
                self.feed(OwnMessageStored(self._signed(effect.message), self.now_ms))
        return self

    def said(self) -> list[tuple[str, int, bytes | None]]:
        """(type, round, block id) of everything it was asked to sign."""
        found: list[tuple[str, int, bytes | None]] = []
        for effect in self.effects:
            if isinstance(effect, SignAndSend):
                message = effect.message
                if isinstance(message, UnsignedVote):
                    found.append((message.type.name, message.round, message.block_id))
                else:
                    found.append(("PROPOSAL", message.round, message.block.id))
        return found

    def of(self, kind: type[Any]) -> list[Any]:
        """The effects of one kind, in order."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def _signed(self, message: UnsignedProposal | UnsignedVote) -> Proposal | Vote:
        who = self.own if self.own is not None else 0
        if isinstance(message, UnsignedVote):
            return vote(who, message.type, message.round, message.block_id)
        return proposal(who, message.round, message.block, message.valid_round, message.prevotes)
