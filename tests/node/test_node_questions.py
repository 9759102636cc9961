"""Answers that take long: a quarter of the time at most, peers in turn, the newest few of each."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

from chainbill_node.process.limits import MAX_QUESTIONS_WAITING
from chainbill_node.process.peer_requests import Questions, takes_long
from chainbill_node.wire.messages import (
    Message,
    Status,
    Votes,
    WantBlock,
    WantBlocks,
    WantChunk,
    WantOwn,
    WantProposal,
    WantSnapshots,
)


class World:
    """A clock that only answers and waiting move: an answer takes `takes_s`."""

    def __init__(self, takes_s: float = 0.01) -> None:
        self.now_s = 100.0
        self.takes_s = takes_s
        self.answered: list[tuple[float, str, int]] = []
        self._calls: list[tuple[float, int, Callable[[], None]]] = []
        self._number = itertools.count()
        self.questions = Questions(self._answer, lambda: self.now_s, self._later)

    def _answer(self, peer: str, question: Message) -> None:
        assert isinstance(question, WantBlocks)
        self.answered.append((round(self.now_s - 100, 6), peer, question.first))
        self.now_s += self.takes_s

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        heapq.heappush(self._calls, (self.now_s + seconds, next(self._number), call))

    def until(self, after_s: float) -> None:
        while self._calls and self._calls[0][0] <= 100 + after_s:
            at_s, _, call = heapq.heappop(self._calls)
            self.now_s = max(self.now_s, at_s)
            call()
        self.now_s = max(self.now_s, 100 + after_s)

    def ask(self, peer: str, *firsts: int) -> None:
        for first in firsts:
            self.questions.ask(peer, WantBlocks(first, 32))


def test_who_asks_alone_and_at_times_is_answered_at_once() -> None:
    world = World()
    for number in range(1, 6):
        world.ask("a", number)
        world.until(number * 0.05)
    assert world.answered == [(0.0, "a", 1), (0.05, "a", 2), (0.1, "a", 3), (0.15, "a", 4), (0.2, "a", 5)]


def test_a_flood_of_questions_takes_a_quarter_of_the_time() -> None:
    """security 5: an observer asked 2,000 times for 32 blocks, and each node did nothing else for 30 s."""
    world = World()
    world.ask("a", *range(1, 2_001))
    assert len(world.answered) == 1, "the others wait"
    world.until(10)
    assert len(world.answered) == 1 + MAX_QUESTIONS_WAITING
    assert [first for _, _, first in world.answered[1:]] == list(range(2_001 - MAX_QUESTIONS_WAITING, 2_001))
    times = [at_s for at_s, _, _ in world.answered]
    assert all(later - earlier >= 0.0399 for earlier, later in itertools.pairwise(times))


def test_peers_take_turns() -> None:
    world = World()
    world.ask("flood", *range(1, 9))
    world.ask("honest", 77)
    world.until(1)
    assert [peer for _, peer, _ in world.answered[:3]] == ["flood", "flood", "honest"]


def test_who_is_gone_is_not_answered() -> None:
    world = World()
    world.ask("a", 1, 2, 3)
    world.ask("b", 4)
    world.questions.forget("a")
    world.until(1)
    assert [(peer, first) for _, peer, first in world.answered] == [("a", 1), ("b", 4)]
    world.ask("a", 5)
    assert world.answered[-1][1:] == ("a", 5)


def test_whatever_makes_a_node_send_decided_blocks_takes_long() -> None:
    """attack: 190 STATUS a second of a decided height drew 36 MB a second of blocks from three nodes."""
    key = bytes(32)
    always = [WantBlock(9, key), WantBlocks(9, 1), WantChunk(9, 0), WantSnapshots()]
    assert all(takes_long(one, 7) for one in always)
    for height, long in ((6, True), (7, True), (8, False), (9, False)):  # 7 is decided, 8 at work
        asked: list[Message] = [Status(height, 0, (), ()), WantOwn(height, key), WantProposal(height, 0)]
        assert [takes_long(one, 7) for one in asked] == [long] * 3
    assert not takes_long(Votes(()), 7)
