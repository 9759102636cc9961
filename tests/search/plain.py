"""The same three nodes without any reduction: nothing is forgotten, each message comes alone, blocks must be asked for.

Where such a run stands must be a state that the search has met; otherwise one of its reductions loses something.
"""

from __future__ import annotations

import random
from dataclasses import replace

from chainbill_node.consensus.events import BlockArrived, RoundWanted, TimeoutFired
from chainbill_node.consensus.state import Step
from chainbill_node.consensus.timeouts import ROUND_TIMERS, Timer, TimerKind
from chainbill_node.wire.messages import Proposal
from search.canon import forgetful, key
from search.local import LATE_MS
from search.nodes import Action, Held, Node, Process, decode, older_files
from search.space import BITS, Space
from search.words import HEIGHT, NOW_MS, Word

from chainbill.ledger.vote import NO_ROUND, Vote, VoteType


class PlainRun:
    """One random run. `states`: where it stood, as the search numbers it (None: the search knows no such node)."""

    def __init__(self, space: Space, chance: random.Random) -> None:
        self.space = space
        self.language = space.language
        self.chance = chance
        self.nodes = [Node(self.language, place) for place in self._places()]
        self.held = [node.first for node in self.nodes]
        self.heard: list[set[bytes]] = [set(), set(), set()]
        self.said: list[list[bytes]] = [[], [], []]
        for slot in range(3):
            self._do(slot, self._timer(TimerKind.START, 0))

    def _places(self) -> list[int]:
        """Who stands in which slot: the nodes without a turn share a graph."""
        places = [graph.node.place for graph in self.space.graphs]
        left = [place for place in self.language.honest if place not in places]
        return [place if place not in places[:slot] else left.pop() for slot, place in enumerate(places)]

    def standing(self) -> int | None:
        """The number of the global state."""
        number = 0
        for slot, (node, held) in enumerate(zip(self.nodes, self.held, strict=True)):
            at = self.space.graphs[slot].number_of(key(forgetful(held, node), node))
            if at is None:
                return None
            number |= at << slot * BITS
        return self.space.ordered(number)

    def go_on(self) -> None:
        """Something happens to somebody; now and then it ends in a crash and a restart."""
        slot = self.chance.randrange(3)
        held = self.held[slot]
        if held.decided is not None or held.state.step is Step.HALTED:
            return
        action = self._something(slot, held)
        left = self.language.bounds.restarts - sum([one.restarts for one in self.held])
        if left and self.chance.random() < 0.1:
            self._crash(slot, action)
        else:
            self._do(slot, action)

    def _something(self, slot: int, held: Held) -> Action:
        missing = held.state.asked_blocks - held.state.blocks.keys()
        if missing and self.chance.random() < 0.5:
            block = self.language.blocks[self.language.value(self.chance.choice(sorted(missing)))]
            return lambda process: process.engine.step(BlockArrived(block, NOW_MS))
        choice = self.chance.random()
        if held.state.step is Step.WAIT:
            return self._timer(TimerKind.START, 0)
        if choice < 0.1:
            return self._timeout(held)
        fresh = [
            data for other in range(3) if other != slot for data in self.said[other] if data not in self.heard[slot]
        ]
        if choice < 0.6 and fresh:
            data = self.chance.choice(fresh)
            self.heard[slot].add(data)
            return lambda process: hear_all(process, data)
        lie = self._lie(max(0, held.state.round))
        return lambda process: process.hear(lie)

    def _timeout(self, held: Held) -> Action:
        last = self.language.bounds.rounds - 1
        round_ = held.state.round
        if round_ < last and self.chance.random() < 0.2:
            wanted = self.chance.randint(round_ + 1, last)
            return lambda process: process.engine.step(RoundWanted(wanted, NOW_MS + LATE_MS, 0))
        kind = self.chance.choice(ROUND_TIMERS if round_ < last else ROUND_TIMERS[:2])
        return self._timer(kind, round_)

    @staticmethod
    def _timer(kind: TimerKind, round_: int) -> Action:
        return lambda process: process.engine.step(TimeoutFired(Timer(kind, HEIGHT, round_), NOW_MS))

    def _lie(self, round_: int) -> Vote | Proposal:
        """What the faulty validator says: a vote for anything, or a proposal with whatever prevotes there are."""
        language = self.language
        near = [word for word in language.words if abs(word.round - round_) <= 1]
        word = self.chance.choice(near)
        if word.type is not VoteType.PROPOSAL:
            return language.vote(language.faulty, word)
        prevoters: list[int] = []
        if word.valid_round != NO_ROUND:
            backed = Word(VoteType.PREVOTE, word.valid_round, word.value)
            bit = language.bit.get(backed, 0)
            prevoters = [node.place for node, held in zip(self.nodes, self.held, strict=True) if held.sent & bit]
            prevoters += [language.faulty] if bit else []
        return language.proposal(language.faulty, word, tuple(prevoters))

    def _do(self, slot: int, action: Action) -> None:
        self.held[slot], _, _ = self.nodes[slot].carry_out(self.held[slot], action)
        self._listen(slot)

    def _crash(self, slot: int, action: Action) -> None:
        node, held = self.nodes[slot], self.held[slot]
        _, points, _ = node.carry_out(held, action)
        if points:
            held, _, _ = node.carry_out(held, action, self.chance.randrange(points))
        if held.file == node.first.file:
            return self._do(slot, action)
        if self.language.bounds.older and self.chance.random() < 0.7:
            held = replace(held, file=self.chance.choice(older_files(held.file, node.key.public)))
        self.held[slot], _, _ = node.restart(held)
        self.heard[slot].clear()
        return self._listen(slot)

    def _listen(self, slot: int) -> None:
        """What a node has sent, by its signer file: nothing else is sent."""
        stored = self.held[slot].signer["memory"].messages.values()
        self.said[slot] += [data for data in stored if data not in self.said[slot]]
        self.held[slot] = replace(self.held[slot], faults=())


def hear_all(process: Process, data: bytes) -> None:
    """The message in some bytes."""
    message = decode(data)
    if isinstance(message, Proposal):
        process.hear(message)
    else:
        for vote in getattr(message, "votes", ()):
            process.hear(vote)
