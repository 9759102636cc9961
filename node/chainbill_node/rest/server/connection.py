"""HTTP connection: what one may hold, and how long a client may take.

A connection is at one stage: `request` (its headers are not complete), `body`, `answer` (we are at work), `reading` (it
does not take what we send), `idle` (between two requests) or `leaving` (it was answered before its body was here: what
still comes is thrown away). Each but `answer` waits for the client and has a deadline that a drip now and then does not
put off. Of a body no more is kept than its address takes; how many connections there may be, and what all bodies
may hold, is for `Crowd`.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from chainbill_node.network.door import address_of
from chainbill_node.rest.bodies import body_bound, declared_length
from chainbill_node.rest.scope import AWAITS_COMMIT
from chainbill_node.rest.server.connection_limit import Crowd
from chainbill_node.rest.server.limits import (
    BODY_READ_BYTES,
    BODY_WITHIN_S,
    HEADERS_READ_BYTES,
    LINGER_S,
    MAX_HEADER_BYTES,
    MAX_HEADER_FIELDS,
    MAX_PIPELINED,
    MAX_QUERY_FIELDS,
    MAX_TARGET_BYTES,
    READING_WITHIN_S,
    REQUEST_S,
    REQUEST_WITHIN_S,
)
from chainbill_node.rest.server.raw_responses import MALFORMED, no_room
from chainbill_node.rest.server.request_scheduling import HANDS_IN, Asker, RequestTurns, hands_in
from chainbill_node.rest.server.write_coalescing import Joined

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

LOOK_AGAIN_S = 1.0
_WITHIN_S = {
    "request": REQUEST_WITHIN_S,
    "body": BODY_WITHIN_S,
    "reading": READING_WITHIN_S,
    "leaving": LINGER_S,
}


class TooMuch(Exception):  # noqa: N818 - raised inside the parser to stop it
    """More header fields, a longer target, or more requests ahead of their answers than one connection may have."""


class Flow(FlowControl):
    """uvicorn's flow control, which also stops reading while a body waits for room, or what came for its turn."""

    waits = False
    waits_for_turn = False

    def resume_reading(self) -> None:
        """Read on, unless the body or what came waits."""
        if not self.waits and not self.waits_for_turn:
            super().resume_reading()

    def wait_for_turn(self) -> None:
        """Read no further until it has come."""
        self.waits_for_turn = True
        self.pause_reading()

    def wait_for_room(self, waits: bool) -> None:
        """Begin or end to wait."""
        self.waits = waits
        if waits:
            self.pause_reading()
        else:
            self.resume_reading()


class GuardedProtocol(HttpToolsProtocol, asyncio.BufferedProtocol):
    """uvicorn's protocol with deadlines and bounds; `crowd` and `turns` are set by `guarded`.

    All connections read into one buffer, one after the other: what is there at a time is no more than it holds.
    """

    crowd: ClassVar[Crowd]
    turns: ClassVar[RequestTurns]
    _buffer: ClassVar[memoryview] = memoryview(bytearray(BODY_READ_BYTES))
    _first: ClassVar[memoryview] = _buffer[:HEADERS_READ_BYTES]

    address = ""
    stage = ""
    _answer: Joined | None = None  # where the newest answer is written
    _at_read = False
    _timer: asyncio.TimerHandle | None = None
    _slow = False  # what was sent is not being taken
    _besides = 0  # bytes of the request under way that are no body: the parser keeps headers and trailers of any length
    _bound = 0  # bytes of its body that are kept
    _kept = 0
    _uncounted = 0  # of them, what came in this read
    _counted = False  # something of this connection stands in the room for bodies

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        super().connection_made(cast(asyncio.Transport, transport))
        self.flow = Flow(self.transport)
        self.app = cast(Any, self.turns.metered(cast(Any, self.app), self.loop))
        self.address = address_of(self.client[0]) if self.client else ""
        self._at("request")
        self.crowd.enter(self)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - what the transport hints is not needed
        """Where the next bytes go; who has not announced a body gets little room."""
        return self._buffer if self.stage == "body" else self._first

    def buffer_updated(self, nbytes: int) -> None:
        """Some bytes of a request: its head is read when it is its turn."""
        data = self._buffer[:nbytes]
        if self.stage == "body" or self._over:
            self._read(data, paid_by_refusal=True)
            return
        asker = Asker(self.address, HANDS_IN.match(data) is not None)
        if self.turns.free(self.loop, asker):
            self._read(data, paid_by_refusal=asker.hands_in)
        else:
            cast(Flow, self.flow).wait_for_turn()
            read = partial(self._read_in_turn, bytes(data), asker.hands_in)
            self.turns.wait((self, "read"), asker, read, self.loop)

    def _read_in_turn(self, data: bytes, hands_in: bool) -> None:
        cast(Flow, self.flow).waits_for_turn = False
        self._read(data, paid_by_refusal=hands_in)
        if not self.pipeline and not self._over:
            cast(Flow, self.flow).resume_reading()

    def _read(self, data: bytes | memoryview, *, paid_by_refusal: bool) -> None:
        began_s = self.loop.time()
        self._at_read = True
        self.data_received(data)
        self._at_read = False
        if not paid_by_refusal or self._over:
            self.turns.pay(REQUEST_S + self.loop.time() - began_s, self.loop)

    def data_received(self, data: bytes | memoryview) -> None:
        """Some bytes of a request."""
        if self._over:
            return
        self._besides += len(data)
        super().data_received(data)  # type: ignore[arg-type]  # the parser takes any buffer
        if self._uncounted:
            self._count()
        if self._besides > MAX_HEADER_BYTES or (self._besides and len(self.headers or ()) > MAX_HEADER_FIELDS):
            self.send_400_response("The headers are too large.")
        self._look("request")

    def on_message_begin(self) -> None:
        """A request begins."""
        if len(self.pipeline) >= MAX_PIPELINED or self._over:
            raise TooMuch("requests ahead of their answers")
        self._kept = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Whom a request is for, and how much it announces: of a body that is too large nothing is kept."""
        if len(self.headers) > MAX_HEADER_FIELDS:
            raise TooMuch("header fields")
        if len(self.url) > MAX_TARGET_BYTES or self.url.count(b"&") >= MAX_QUERY_FIELDS:
            raise TooMuch("of a target")
        super().on_headers_complete()
        self._bound = body_bound(self.scope["method"], self.scope.get("path", ""))
        if declared_length(self.headers) > self._bound:
            self._bound = -1

    def on_body(self, body: bytes) -> None:
        """Some of a request's body. What goes beyond the bound is not kept, but for what the application sees it by."""
        self._besides -= len(body)
        if self.cycle.response_complete or self._kept > self._bound or self._over:
            return
        self._kept += len(body)
        self._uncounted += len(body)
        super().on_body(body)

    def _count(self) -> None:
        """Of the bodies' room a connection takes nothing as long as its bodies come whole in one small read each."""
        count, self._uncounted = self._uncounted, 0
        whole = not self.cycle.more_body
        if self._over or (whole and not self._counted):
            return
        self._counted = True
        if not self.crowd.bodies.add(self, count):
            self.give_way()
        elif whole:
            self.crowd.bodies.finished(self)
        elif self.crowd.body_waits(self):
            cast(Flow, self.flow).wait_for_room(True)

    def on_message_complete(self) -> None:
        """A request is here as a whole."""
        self._besides = 0
        super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """A request may be answered: at once if it has just been read, in its turn if it came ahead of others."""
        if not cycle.waiting_for_100_continue:  # that comes before the head, and at once
            cycle.transport = self._answer = cast(Any, Joined(self.transport))
        asker = Asker(self.address, hands_in(cast(Any, cycle.scope)))
        if self._at_read or self.turns.free(self.loop, asker):
            super()._start_asgi_task(cycle, app)
        else:
            start = partial(super()._start_asgi_task, cycle, app)
            self.turns.wait((self, "answer"), asker, start, self.loop)

    def read_on(self) -> None:
        """There is room for more of the body."""
        cast(Flow, self.flow).wait_for_room(False)

    def give_way(self) -> None:
        """Others need the room of the body, or there is none for it."""
        self.end("no_room_for_body", no_room())

    def on_response_complete(self) -> None:
        """An answer is out: what its request held is free, what the client has not taken of the answer is held."""
        if self._answer is not None:
            self._answer.flush()
        last = not self.pipeline  # else those that follow hold some of it
        cut_short = last and self.cycle.more_body
        super().on_response_complete()
        if last and self._counted:
            self._give_back()
            self.read_on()
        if self._slow:
            self._counted = True
            if not self.crowd.bodies.add(self, self.transport.get_write_buffer_size()):
                self.end("no_room_for_answer")
        if cut_short and not self._over:
            self._leave(b"")
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
        if not self.pipeline and self.cycle.response_complete:
            self._give_back()
        self._look("idle")

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._at("")
        self.crowd.leave(self)
        for place in ("read", "answer"):
            self.turns.leave((self, place))
        super().connection_lost(exc)
        self._give_back()
        self.pipeline.clear()

    def _give_back(self) -> None:
        """Nothing of it stands in the room any more."""
        self._counted = False
        self.crowd.body_gone(self)

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP, or its headers are too large."""
        if not self._over:
            self.crowd.refused("request_malformed", self.address, self.stage)
            self._leave(MALFORMED % (len(msg), msg.encode("ascii")))

    def _look(self, otherwise: str) -> None:
        """At which stage it is now."""
        cycle: Any = self.cycle
        if self._over:
            return
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
            self._timer = self.loop.call_later(within_s, self._late)

    def _late(self) -> None:
        """The client has taken too long, unless what it sent waits for its turn here."""
        if self.turns.waits((self, "read")):
            self._timer = self.loop.call_later(LOOK_AGAIN_S, self._late)
        else:
            self.end(f"slow_{self.stage}")

    def end(self, reason: str, words: bytes = b"") -> None:
        """Let the client go."""
        self._give_back()
        if self._over and (words or self.transport.is_closing()):
            return
        self.crowd.refused(reason, self.address, self.stage)
        if words:
            self._leave(words)
        else:
            self.transport.abort()

    @property
    def awaits_commit(self) -> bool:
        """Whether it is not answered yet, and waits for a block or its turn, or sent requests ahead of an answer."""
        waits = bool(self.pipeline) or self.turns.waits((self, "answer")) or AWAITS_COMMIT in self.cycle.scope
        return self.stage == "answer" and waits

    @property
    def _over(self) -> bool:
        """Whether nothing that still comes is looked at."""
        return self.stage == "leaving" or self.transport.is_closing()

    def _leave(self, words: bytes) -> None:
        """Say the last words and end our side. The client ends its own, or LINGER_S do; else words could be lost.

        Where the answer to another request would have to come before, there are no last words.
        """
        cycle: Any = self.cycle
        asked = cycle is not None and not cycle.response_complete
        if self._slow or self.pipeline or (asked and cycle.response_started):
            self.transport.abort()
            return
        if asked:
            self.turns.leave((self, "answer"))
            cycle.disconnected = True
            cycle.message_event.set()
        try:
            self.transport.write(words)
            self.transport.write_eof()
        except OSError:  # the client was faster
            self.transport.abort()
            return
        self._at("leaving")
        self.read_on()


def guarded(crowd: Crowd, turns: RequestTurns) -> type[GuardedProtocol]:
    """A protocol class of one server."""
    return type("Guarded", (GuardedProtocol,), {"crowd": crowd, "turns": turns})
