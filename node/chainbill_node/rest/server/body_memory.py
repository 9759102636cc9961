"""Memory budget for request bodies: bytes held in all and by address, from the first one to the end of the answer.

What a client does not take of an answer stands in the same room.

The share of an address is as large as the room that is left, as in the mempool: alone it may hold half, and whoever
comes then still gets in. Above its share a body is read no further until there is room (flow control), but for the
oldest unfinished one of its address, so that one is always on its way. Where all is full, the oldest unfinished body
of the address that holds most gives way. While somebody waits, a body that stands still does so too, if its address
holds more than anybody is granted; a slow client that holds little is left alone.

Pure: no socket and no clock. Worked, 64 MiB in all: one address alone is read up to 32 MiB, a second one then up to
16 MiB.
"""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from chainbill_node.rest.server.limits import BODY_READ_BYTES, LEAST_BODY_PROGRESS, LEAST_BODY_SHARE


class Sender(Protocol):
    """A connection on which a body comes."""

    address: str

    def read_on(self) -> None:
        """There is room: read again."""

    def give_way(self) -> None:
        """Its room is needed: end it. It calls `leave`."""


class BodyRoom:
    """All bodies of one server, in bytes."""

    def __init__(self, most: int, least: int = LEAST_BODY_SHARE) -> None:
        self._most, self._least = most, least
        self.bytes = 0
        self._held: dict[Sender, int] = {}
        self._of: Counter[str] = Counter()
        self._unfinished: dict[str, dict[Sender, None]] = {}  # by address, the oldest first
        self._waiting: dict[Sender, None] = {}
        self._seen: dict[Sender, int] = {}  # what each unfinished one held at the last look

    @property
    def waiting(self) -> int:
        """How many are read no further for the moment."""
        return len(self._waiting)

    def of(self, address: str) -> int:
        """Bytes that an address holds."""
        return self._of[address]

    def add(self, one: Sender, count: int) -> bool:
        """So many bytes of a body came. False: there is no room at all, and they must not be kept."""
        self._unfinished.setdefault(one.address, {})[one] = None
        while self.bytes + count > self._most:
            oldest = self._to_give_way(one, count)
            if oldest is None:
                return False
            oldest.give_way()
        self.bytes += count
        self._of[one.address] += count
        self._held[one] = self._held.get(one, 0) + count
        return True

    def must_wait(self, one: Sender) -> bool:
        """Whether a body is to be read no further for now; `read_on` tells when it may."""
        waits = self._over(one)
        if waits:
            self._waiting[one] = None
        return waits

    def finished(self, one: Sender) -> None:
        """The body is here as a whole; its bytes are held until `leave`."""
        self._seen.pop(one, None)
        self._waiting.pop(one, None)
        unfinished = self._unfinished.get(one.address)
        if unfinished is not None and one in unfinished:
            del unfinished[one]
            if not unfinished:
                del self._unfinished[one.address]

    def leave(self, one: Sender) -> None:
        """The request was answered, or is gone: what it held is free."""
        self.finished(one)
        count = self._held.pop(one, 0)
        if count:
            self.bytes -= count
            self._of[one.address] -= count
            if not self._of[one.address]:
                del self._of[one.address]

    def wake(self) -> None:
        """Let those read on for whom there is room now, the longest waiting first."""
        promised: Counter[str] = Counter()
        for one in list(self._waiting):
            if not self._over(one, promised[one.address], promised.total()):
                del self._waiting[one]
                promised[one.address] += BODY_READ_BYTES
                one.read_on()

    def look(self) -> None:
        """Once a period while somebody waits: those that stood still since the last look give way.

        Where all wait for each other, the newest one of the address that holds most does.
        """
        stalled = []
        for address, senders in self._unfinished.items():
            for one in senders:
                held = self._held.get(one, 0)
                before = self._seen.get(one)
                self._seen[one] = held
                if one in self._waiting or before is None or held - before >= LEAST_BODY_PROGRESS:
                    continue
                if self._of[address] > self._least:
                    stalled.append(one)
        if (
            not stalled and self._waiting and set(self._held) == set(self._waiting)
        ):  # all is full of what nobody can finish
            stalled = [next(reversed(self._unfinished[max(self._unfinished, key=lambda address: self._of[address])]))]
        for one in stalled:
            one.give_way()
        self.wake()

    def _over(self, one: Sender, promised_here: int = 0, promised: int = 0) -> bool:
        """`promised`: what may come from those that were just told to read on, in all and at this address."""
        free = self._most - self.bytes - promised
        if free <= 0:
            return True
        if self._of[one.address] + promised_here <= max(self._least, free):
            return False
        return next(iter(self._unfinished.get(one.address, {one: None}))) is not one

    def _to_give_way(self, one: Sender, count: int) -> Sender | None:
        """The oldest that holds something of the address that holds most; None where that is the newcomer's own."""
        greedy = max(self._unfinished, key=lambda address: self._of[address] + count * (address == one.address))
        if greedy == one.address:
            return None
        return next((oldest for oldest in self._unfinished[greedy] if self._held.get(oldest)), None)
