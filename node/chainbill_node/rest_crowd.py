"""All connections of one server of the REST interface: how many there may be, and which one gives way to another.

Where there is no room for another connection the oldest one that waits for its client is ended, so that those who
stall never keep out those who ask.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Protocol

from chainbill_node.limits import BODY_LOOK_S, ROOM_AGAIN_S
from chainbill_node.logs import log
from chainbill_node.rest_room import BodyRoom, Sender
from chainbill_node.rest_words import no_room


class Connection(Sender, Protocol):
    """One of them. `stage`: "answer" while we are at work for it."""

    stage: str
    loop: asyncio.AbstractEventLoop

    def end(self, reason: str, words: bytes = b"") -> None:
        """Let the client go."""


class Crowd:
    """All connections of one server, oldest first; `refused(reason)` counts those that are ended."""

    def __init__(self, most: int, most_of_address: int, body_bytes: int, refused: Callable[[str], None]) -> None:
        self._most, self._most_of_address = most, most_of_address
        self._refused = refused
        self.bodies = BodyRoom(body_bytes)
        self._looking: asyncio.TimerHandle | None = None
        self._waking: asyncio.TimerHandle | None = None
        self._here: dict[Connection, None] = {}
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._here)

    def enter(self, one: Connection) -> None:
        """A connection came: where it is one too many, another one, or it itself, is ended."""
        self._here[one] = None
        self._of[one.address] += 1
        if self._of[one.address] > self._most_of_address:
            self._make_room(one, one.address, "too_many_connections_of_address")
        elif len(self._here) > self._most:
            self._make_room(one, max(self._of, key=lambda address: self._of[address]), "too_many_connections")

    def leave(self, one: Connection) -> None:
        """It is gone."""
        if one in self._here:
            del self._here[one]
            self._of[one.address] -= 1
            if not self._of[one.address]:
                del self._of[one.address]

    def _make_room(self, newcomer: Connection, address: str, reason: str) -> None:
        for one in self._here:
            if one.address == address and one.stage != "answer" and one is not newcomer:
                one.end(reason)
                return
        newcomer.end(reason, no_room())

    def body_waits(self, one: Connection) -> bool:
        """Whether a connection is to be read no further for now."""
        waits = self.bodies.must_wait(one)
        if waits and self._looking is None:
            self._looking = one.loop.call_later(BODY_LOOK_S, self._look, one.loop)
        return waits

    def body_gone(self, one: Connection) -> None:
        """A request is over: others may have its room."""
        self.bodies.leave(one)
        if self.bodies.waiting and self._waking is None:
            self._waking = one.loop.call_later(ROOM_AGAIN_S, self._wake)

    def _wake(self) -> None:
        self._waking = None
        self.bodies.wake()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._looking = loop.call_later(BODY_LOOK_S, self._look, loop) if self.bodies.waiting else None
        self.bodies.look()

    def refused(self, reason: str, address: str, stage: str) -> None:
        """Count an ended connection, and write a line now and then."""
        self._refused(reason)
        log.seldom("client_dropped", why=reason, stage=stage, address=address, connections=len(self._here))
