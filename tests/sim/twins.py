"""Enumerated Twins scenarios (after Bano et al., arXiv 2004.10617): one of four validators doubled, losses by step.

The doubled validator runs twice with one key, each copy honest by itself, so together it equivocates in every way that
the protocol allows. In each of the first rounds of height 1 every honest validator hears one of the copies only; the
proposal misses some; of the prevotes, and of the precommits, each honest validator misses none, or those of one other.
So everybody has a quorum of something, rounds end by their timers, and locks meet other locks rounds later. In some
scenarios one restarts right before or after it sends one of its votes. After a while everything passes.

All combinations are the scenarios, each once (those that differ only in which copy is which are one), taken in a
pseudo-random order that visits every one: any number of them is spread over all, and a later run goes on where an
earlier one has ended.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import prod

from chainbill_node.consensus.timeouts import Timeouts
from chainbill_node.driver.ports import Settings
from chainbill_node.wire.messages import Message, Proposal, Status, Votes
from sim.cheap import cheap_signatures, keys
from sim.checkers import ViolationError
from sim.nodes import CrashError, SimulatedNode
from sim.telling import decode
from sim.world import NETWORK, World

from chainbill.ledger.vote import VoteType

HONEST = ("n0", "n1", "n2")
COPIES = ("n3", "n3'")
ROUNDS = 4
PLACES = 4
"""In which round the doubled validator proposes."""
TROUBLE_MS = 2_000
SETTLE_MS = 30_000
AWAY_MS = 30
MIX = 4  # rounds of the Feistel network


@dataclass(frozen=True)
class Restart:
    """One dies right before or after it sends its vote of a kind in a round."""

    node: str
    round: int
    kind: VoteType
    sent: bool


RESTARTS: tuple[Restart | None, ...] = (
    None,
    *[
        Restart(node, number, kind, sent)
        for node in HONEST
        for number in range(ROUNDS - 1)
        for kind in (VoteType.PREVOTE, VoteType.PRECOMMIT)
        for sent in (False, True)
    ],
)
MISSES: tuple[tuple[str, ...], ...] = tuple(
    (first, second, third) for first in ("", "n1", "n2") for second in ("", "n0", "n2") for third in ("", "n0", "n1")
)
"""Whose vote n0, n1 and n2 miss."""


@dataclass(frozen=True)
class Round:
    """What is lost in a round. `hears`: the copy that n0, n1 and n2 hear; `without`: who gets no proposal."""

    hears: tuple[str, ...]
    without: frozenset[str]
    prevotes: tuple[str, ...]
    precommits: tuple[str, ...]

    def passes(self, source: str, target: str, message: Message) -> bool:
        """Whether a message of this round gets through."""
        for copy, other in ((source, target), (target, source)):
            if copy in COPIES and other in HONEST and self.hears[HONEST.index(other)] != copy:
                return False
        match message:
            case Proposal():
                return target not in self.without
            case Votes(votes=votes) if target in HONEST:
                missed = self.prevotes if votes[0].type is VoteType.PREVOTE else self.precommits
                return missed[HONEST.index(target)] != source
            case Status():
                return False
            case _:
                return True


@dataclass(frozen=True)
class Scenario:
    """One of `SCENARIOS`."""

    place: int
    rounds: tuple[Round, ...]
    restart: Restart | None


def radices(place: int) -> tuple[int, ...]:
    """How many choices there are for each part of a scenario, the restart first."""
    found = [len(RESTARTS)]
    for number in range(ROUNDS):
        copies = 4 if number == 0 else 8  # which copy is which says nothing: n0 hears the first one in round 0
        found += [copies, 2 ** len(_without_own(place, number)), len(MISSES), len(MISSES)]
    return tuple(found)


def _without_own(place: int, number: int) -> tuple[str, ...]:
    """Who may miss the proposal of a round: everyone honest but its proposer."""
    proposer = (number - place - 1) % PLACES
    return tuple(name for name in HONEST if name != f"n{proposer}")


SIZES = tuple(prod(radices(place)) for place in range(PLACES))
SCENARIOS = sum(SIZES)
HALF_BITS = (SCENARIOS.bit_length() + 1) // 2


def mixed(number: int) -> int:
    """A permutation of all numbers below `SCENARIOS`: a Feistel network, walked until it is back among them."""
    while True:
        left, right = divmod(number, 1 << HALF_BITS)
        for turn in range(MIX):
            digest = hashlib.blake2b(right.to_bytes(8, "big"), digest_size=8, key=bytes([turn])).digest()
            left, right = right, left ^ (int.from_bytes(digest, "big") >> (64 - HALF_BITS))
        number = (left << HALF_BITS) | right
        if number < SCENARIOS:
            return number


def scenario(number: int) -> Scenario:
    """The scenario at a place of the order; `number` counts from 0, and goes round after all of them."""
    code = mixed(number % SCENARIOS)
    place = 0
    while code >= SIZES[place]:
        code -= SIZES[place]
        place += 1
    digits = []
    for radix in radices(place):
        code, digit = divmod(code, radix)
        digits.append(digit)
    rounds = []
    for at in range(ROUNDS):
        copies, missing, prevotes, precommits = digits[1 + 4 * at : 5 + 4 * at]
        hears = tuple(COPIES[copies >> bit & 1] for bit in range(2, -1, -1))
        without = frozenset(name for bit, name in enumerate(_without_own(place, at)) if missing >> bit & 1)
        rounds.append(Round(hears, without, MISSES[prevotes], MISSES[precommits]))
    return Scenario(place, tuple(rounds), RESTARTS[digits[0]])


def round_of(message: Message) -> int:
    """The round of height 1 that a message belongs to, −1 for none."""
    if isinstance(message, Proposal) and message.header.height == 1:
        return message.header.round
    if isinstance(message, Votes) and message.votes and message.votes[0].height == 1:
        return min(vote.round for vote in message.votes)
    if isinstance(message, Status) and message.height == 1:
        return message.round
    return -1


class Restarting(SimulatedNode):
    """A node that dies once around a send."""

    dies: Restart | None = None

    def broadcast(self, data: bytes) -> None:
        restart, message = self.dies, decode(data)
        meant = (
            restart is not None
            and isinstance(message, Votes)
            and (message.votes[0].height, message.votes[0].round, message.votes[0].type)
            == (1, restart.round, restart.kind)
        )
        if restart is None or not meant:
            super().broadcast(data)
            return
        self.dies = None
        if restart.sent:
            super().broadcast(data)
        raise CrashError


def play(number: int) -> World:
    """Run one scenario; ViolationError if a promise is broken."""
    found = scenario(number)
    timeouts = Timeouts(propose_ms=200, propose_growth_ms=50, vote_ms=100, vote_growth_ms=50)
    world = World(
        number, 4, settings=Settings(NETWORK, timeouts, idle_interval_ms=0, gossip_interval_ms=300), names=keys(4)
    )
    world.checkers.strict = True
    honest = []
    for index, key in enumerate(world.keys):
        name = f"n{(index - found.place - 1) % PLACES}"
        if name in COPIES:
            world.checkers.guilty.add(key.public)
            for copy in COPIES:
                SimulatedNode(world, copy, key, honest=False)
        else:
            node = Restarting(world, name, key)
            node.restart_after_ms = AWAY_MS
            node.dies = found.restart if found.restart is not None and found.restart.node == name else None
            honest.append(node)

    def passes(source: str, target: str, message: Message) -> bool:
        at = round_of(message)
        return not 0 <= at < ROUNDS or found.rounds[at].passes(source, target, message)

    world.filters.append(passes)
    with cheap_signatures():
        for node in list(world.nodes.values()):
            node.boot()
        world.submit(b"transfer")
        world.run(TROUBLE_MS)
        world.filters.clear()
        if not world.run(SETTLE_MS, until=lambda: all(node.height >= 2 for node in honest)):
            raise ViolationError("liveness", f"twins {number}: heights {[node.height for node in honest]}")
    return world
