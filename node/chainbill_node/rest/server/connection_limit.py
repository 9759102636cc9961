"""Connection limit: how many one server of the REST interface has, and which one gives way to another.

An address holds no more than its part of what it leaves: with 500 of 1,000 configured for one, as many as are left. A
first one holds half, a second one a quarter, and whoever comes then still finds room. Where an address has its part, or
all is full, the oldest one that waits for its client gives way, of an address that holds more or its own, so that those
who stall never keep out those who ask; for an address that holds no more than an even share of all also one that waits
for a commit: what that has handed in is taken already and can be asked for. What we are at work for is never ended.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Protocol

from chainbill_node.rest.server.body_memory import BodyRoom, Sender
from chainbill_node.rest.server.limits import BODY_LOOK_S, ROOM_AGAIN_S
from chainbill_node.rest.server.raw_responses import no_room
from chainbill_node.runtime.logs import log


class Connection(Sender, Protocol):
    """One of them. `stage`: "answer" while we are at work for it, or it waits for a commit (`awaits_commit`)."""

    stage: str
    loop: asyncio.AbstractEventLoop

    @property
    def awaits_commit(self) -> bool:
        """Whether nothing but a block is missing for its answer."""

    def end(self, reason: str, words: bytes = b"") -> None:
        """Let the client go."""


class Crowd:
    """All connections of one server, oldest first; `refused(reason)` counts those that are ended.

    most_of_address: what an address may hold that is alone; as many as `most` where all clients have one (a proxy's).
    """

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
        while len(self._here) > self._most or self._has_too_many(one.address):
            if not self._let_another_go(one):
                return

    def _has_too_many(self, address: str) -> bool:
        held, left = self._of[address], self._most - len(self._here)
        return held > 1 and held * (self._most - self._most_of_address) > left * self._most_of_address

    def leave(self, one: Connection) -> None:
        """It is gone."""
        if one in self._here:
            del self._here[one]
            self._of[one.address] -= 1
            if not self._of[one.address]:
                del self._of[one.address]

    def _let_another_go(self, newcomer: Connection) -> bool:
        """End one for a newcomer; whether it is gone at once, so that another one may be looked for.

        Else it is told why, and so counts for a moment more: one that waits for a commit, or the newcomer itself.
        """
        full = len(self._here) > self._most
        reason = "too_many_connections" if full else "too_many_connections_of_address"
        mine = self._of[newcomer.address]
        larger = [one for one in self._here if one.address != newcomer.address and self._of[one.address] + full > mine]
        larger.sort(key=lambda one: (-self._of[one.address], one.stage not in ("leaving", "idle")))
        own = [one for one in self._here if one.address == newcomer.address and one is not newcomer]
        stalled = next((one for one in larger if one.stage != "answer"), None)
        if stalled is None and mine * len(self._of) <= self._most:
            waiting = (one for one in larger if one.awaits_commit and self._of[one.address] > mine)
            told = next(waiting, None)
            if told is not None:
                told.end(reason, no_room())
                return False
        stalled = stalled or next((one for one in own if one.stage != "answer"), None)
        if stalled is None:
            newcomer.end(reason, no_room())
            return False
        self.leave(stalled)
        stalled.end(reason)
        return True

    def close(self) -> None:
        """The server has ended: look at nothing any more."""
        for timer in (self._looking, self._waking):
            if timer is not None:
                timer.cancel()

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
