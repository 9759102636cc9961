"""The door of the REST interface: how many connections there may be, and how long a slow client may take.

A connection is at one stage: `request` (its headers are not complete), `body`, `answer` (we are at work), `reading` (it
does not take what we send) or `idle` (between two requests). Each but `answer` waits for the client and has a
deadline that a drip now and then does not put off. Where there is no room for another connection the oldest one that
waits for its client gives way, so that those who stall never keep out those who ask.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from chainbill_node.limits import BODY_WITHIN_S, MAX_HEADER_BYTES, READING_WITHIN_S, REQUEST_WITHIN_S
from chainbill_node.logs import log
from chainbill_node.network.door import address_of

NO_ROOM = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
)  # fmt: skip

_WITHIN_S = {"request": REQUEST_WITHIN_S, "body": BODY_WITHIN_S, "reading": READING_WITHIN_S}


class Crowd:
    """All connections of one server, oldest first; `refused(reason)` counts those that are ended."""

    def __init__(self, most: int, most_of_address: int, refused: Callable[[str], None]) -> None:
        self._most, self._most_of_address = most, most_of_address
        self._refused = refused
        self._here: dict[GuardedProtocol, None] = {}
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._here)

    def enter(self, one: GuardedProtocol) -> None:
        """A connection came: where it is one too many, another one, or it itself, is ended."""
        self._here[one] = None
        self._of[one.address] += 1
        if self._of[one.address] > self._most_of_address:
            self._make_room(one, one.address, "too_many_connections_of_address")
        elif len(self._here) > self._most:
            self._make_room(one, max(self._of, key=lambda address: self._of[address]), "too_many_connections")

    def leave(self, one: GuardedProtocol) -> None:
        """It is gone."""
        if one in self._here:
            del self._here[one]
            self._of[one.address] -= 1
            if not self._of[one.address]:
                del self._of[one.address]

    def _make_room(self, newcomer: GuardedProtocol, address: str, reason: str) -> None:
        for one in self._here:
            if one.address == address and one.stage != "answer" and one is not newcomer:
                one.end(reason)
                return
        newcomer.end(reason, NO_ROOM)

    def refused(self, reason: str, address: str, stage: str) -> None:
        """Count an ended connection, and write a line now and then."""
        self._refused(reason)
        log.seldom("client_dropped", why=reason, stage=stage, address=address, connections=len(self._here))


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with deadlines; `crowd` is set by `guarded`."""

    crowd: ClassVar[Crowd]

    address = ""
    stage = ""
    _timer: asyncio.TimerHandle | None = None
    _slow = False  # what was sent is not being taken
    _besides = 0  # bytes of the request under way that are no body: the parser keeps headers and trailers of any length

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        super().connection_made(cast(asyncio.Transport, transport))
        self.address = address_of(self.client[0]) if self.client else ""
        self._at("request")
        self.crowd.enter(self)

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request."""
        if self.transport.is_closing():
            return
        self._besides += len(data)
        super().data_received(data)
        if self._besides > MAX_HEADER_BYTES and not self.transport.is_closing():
            self.send_400_response("The headers are too large.")
        self._look("request")

    def on_body(self, body: bytes) -> None:
        """Some of a request's body; the application bounds how much of it there may be."""
        self._besides -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is here as a whole."""
        self._besides = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer is out."""
        super().on_response_complete()
        self._look("idle")

    def pause_writing(self) -> None:
        """The client takes less than we send."""
        super().pause_writing()
        self._slow = True
        self._look("idle")

    def resume_writing(self) -> None:
        """It took some."""
        super().resume_writing()
        self._slow = False
        self._look("idle")

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._at("")
        self.crowd.leave(self)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP, or its headers are too large."""
        self.crowd.refused("request_malformed", self.address, self.stage)
        super().send_400_response(msg)

    def _look(self, otherwise: str) -> None:
        """At which stage it is now."""
        cycle: Any = self.cycle
        if self._slow:
            self._at("reading")
        elif cycle is None or cycle.response_complete:
            self._at(otherwise if self.stage != "request" else "request")
        else:
            self._at("body" if cycle.more_body else "answer")

    def _at(self, stage: str) -> None:
        if stage == self.stage:
            return
        self.stage = stage
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        within_s = _WITHIN_S.get(stage)
        if within_s is not None:
            self._timer = self.loop.call_later(within_s, self.end, f"slow_{stage}")

    def end(self, reason: str, words: bytes = b"") -> None:
        """Let the client go."""
        if self.transport.is_closing():
            return
        self.crowd.refused(reason, self.address, self.stage)
        if words:
            self.transport.write(words)
            self.transport.close()
        else:
            self.transport.abort()


def guarded(crowd: Crowd) -> type[GuardedProtocol]:
    """A protocol class of one server."""
    return type("Guarded", (GuardedProtocol,), {"crowd": crowd})
