"""Slow requests of peers: the blocks and snapshots that they ask for are read, and written down, on the event loop.

Answering takes a quarter of the loop's time at the most: after an answer that took t the next one waits 3 t, and peers
take turns. Of a peer the newest few questions wait; an honest one has no more of them under way. When nobody was
answered lately the answer comes at once. Worked: 32 small blocks take 10 ms; a peer that asks for them 200 times a
second is answered 25 times a second, and one that catches up, and executes them meanwhile, waits for nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from chainbill_node.process.limits import MAX_QUESTIONS_WAITING, PAUSE_AFTER_ANSWER
from chainbill_node.wire.messages import (
    Message,
    Status,
    WantBlock,
    WantBlocks,
    WantChunk,
    WantOwn,
    WantProposal,
    WantSnapshots,
)

_OF_A_HEIGHT = (Status, WantOwn, WantProposal)
_FROM_THE_DISK = (WantBlock, WantBlocks, WantChunk, WantSnapshots)


def takes_long(message: Message, decided: int) -> bool:
    """Whether a message is answered from the disk. Who says or asks something of a decided height is sent its block."""
    if isinstance(message, _OF_A_HEIGHT):
        return message.height <= decided
    return isinstance(message, _FROM_THE_DISK)


class Questions:
    """`answer(peer, question)` does it, `now_s()` is a clock, `later(seconds, call)` calls back."""

    def __init__(
        self,
        answer: Callable[[str, Message], None],
        now_s: Callable[[], float],
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._answer, self._now_s, self._later = answer, now_s, later
        self._waiting: dict[str, deque[Message]] = {}  # by peer, whose turn is next comes first
        self._free_s = 0.0
        self._due = False

    def ask(self, peer: str, question: Message) -> None:
        """Answer now, or in its turn; of too many of a peer the oldest is forgotten."""
        self._waiting.setdefault(peer, deque(maxlen=MAX_QUESTIONS_WAITING)).append(question)
        if not self._due:
            self._go_on()

    def forget(self, peer: str) -> None:
        """A peer is gone."""
        self._waiting.pop(peer, None)

    def _go_on(self) -> None:
        self._due = False
        began_s = self._now_s()
        if self._waiting and began_s >= self._free_s:
            peer = next(iter(self._waiting))
            waiting = self._waiting.pop(peer)
            question = waiting.popleft()
            if waiting:
                self._waiting[peer] = waiting
            self._answer(peer, question)
            ended_s = self._now_s()
            self._free_s = ended_s + PAUSE_AFTER_ANSWER * (ended_s - began_s)
        if self._waiting and not self._due:
            self._due = True
            self._later(max(0.0, self._free_s - self._now_s()), self._go_on)
