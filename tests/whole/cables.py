"""The network between simulated processes: streams that come late, in pieces, never out of order; cuts and resets.

It stands in for TCP and TLS: who the other side is, the stream itself knows, as a certificate would say it. What is
sent over a cut link arrives when the link is whole again, as TCP sends it once more, unless somebody gave up before.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from whole.loop import Life, SimulatedLoop

TRY_AGAIN_S = 0.2
PAUSE_ABOVE_BYTES = 256 * 1024
CLOSE, RESET = "close", "reset"
Factory = Callable[[], Any]


class Cables:
    """All links of a world, and who listens where."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self.loop = loop
        self.listeners: dict[int, Listener] = {}
        self.certificates: dict[str, bytes] = {}  # DER, by the name of the process
        self.slowest_s = 0.02
        self.cut: list[set[str]] = []
        self.piecewise = 0.05  # of what is sent, so much arrives in two pieces
        self._ends: dict[Life, dict[End, None]] = {}
        self._places = 40_000

    def connected(self, one: str, other: str) -> bool:
        """Whether anything gets from one to the other; who is in no group reaches everybody."""
        if one == other or not self.cut:
            return True
        of = [next((number for number, group in enumerate(self.cut) if name in group), None) for name in (one, other)]
        return None in of or of[0] == of[1]

    def latency_s(self) -> float:
        """How long something is on its way."""
        return 0.000_05 + self.loop.chance.random() * self.slowest_s

    def listen(self, port: int) -> Listener:
        """A socket that listens. Raises OSError where another living process does."""
        former = self.listeners.get(port)
        if former is not None and former.open and former.life.alive:
            raise OSError(f"port {port} is in use")
        made = self.listeners[port] = Listener(self, self.loop.life, port)
        return made

    async def connect(self, factory: Factory, host: str, port: int) -> tuple[Any, Any]:
        """Dial. Raises OSError where nobody listens or nobody lets in; waits as long as the link is cut."""
        life = self.loop.life
        await asyncio.sleep(self.latency_s())
        found = self.listeners.get(port)
        while found is not None and not self.connected(life.name, found.life.name):
            await asyncio.sleep(TRY_AGAIN_S)
            found = self.listeners.get(port)
        if found is None or not found.open or not found.life.alive:
            raise ConnectionRefusedError(f"nobody listens on port {port}")
        wire = Wire(self, life, found.life, factory)
        found.knock(wire)
        await wire.up
        near = wire.near
        assert near is not None
        return near, near.protocol

    async def shake(self, factory: Factory, accepted: Wire) -> tuple[Any, Any]:
        """The server's side of a handshake. Raises OSError where the other side has gone."""
        await asyncio.sleep(self.latency_s())
        if accepted.gone:
            raise ConnectionResetError("gone in the handshake")
        far = accepted.open(factory)
        return far, far.protocol

    def enter(self, end: End) -> None:
        self._ends.setdefault(end.life, {})[end] = None

    def leave(self, end: End) -> None:
        self._ends.get(end.life, {}).pop(end, None)

    def ends_of(self, life: Life) -> list[End]:
        """What is open in a process."""
        return list(self._ends.get(life, ()))

    def died(self, life: Life, *, silently: bool) -> None:
        """A process is gone: its system ends its connections, or the power is off and nobody hears anything."""
        for end in list(self._ends.pop(life, ())):
            end.gone = True
            if not silently:
                end.other.comes(RESET)

    def fresh_port(self) -> int:
        """Of a client's socket."""
        self._places += 1
        return self._places


class Listener:
    """A listening socket, as the product uses it."""

    def __init__(self, cables: Cables, life: Life, port: int) -> None:
        self.cables, self.life, self.port = cables, life, port
        self.open = True
        self._factory: Factory | None = None
        self._knocked: deque[Wire] = deque()
        self._context = contextvars.copy_context()
        self._waits: asyncio.Future[None] | None = None

    def serve(self, factory: Factory) -> Listener:
        """Hand each connection at once to a protocol."""
        self._factory = factory
        while self._knocked:
            self.knock(self._knocked.popleft())
        return self

    @property
    def serves(self) -> bool:
        return self.open and self._factory is not None

    def knock(self, wire: Wire) -> None:
        """Somebody dials."""
        if self._factory is not None:
            self.cables.loop.call_soon(wire.open, self._factory, context=self.life.context())
            return
        self._knocked.append(wire)
        if self._waits is not None and not self._waits.done():
            self._waits.set_result(None)

    async def accept(self) -> tuple[Wire, tuple[str, int]]:
        """The next one that knocks."""
        while not self._knocked:
            self._waits = self.cables.loop.create_future()
            await self._waits
        return self._knocked.popleft(), ("127.0.0.1", self.cables.fresh_port())

    def listen(self, backlog: int) -> None:
        """It does already."""

    def close(self) -> None:
        self.open = False

    async def wait_closed(self) -> None:
        """asyncio's server is closed at once."""


class Shown:
    """What a finished handshake leaves: the other side's certificate."""

    def __init__(self, certificate: bytes | None) -> None:
        self._certificate = certificate

    def getpeercert(self, binary_form: bool) -> bytes | None:
        """DER."""
        return self._certificate


class Wire:
    """A connection that is being made. To the door of the product it is the socket that was accepted."""

    def __init__(self, cables: Cables, life: Life, server: Life, factory: Factory) -> None:
        self.cables, self._life, self._server, self._factory = cables, life, server, factory
        self.up: asyncio.Future[None] = cables.loop.create_future()
        self.near: End | None = None
        self._ended = False

    @property
    def gone(self) -> bool:
        """Whether either side gave up."""
        return self._ended or self.up.done() or not self._life.alive

    def open(self, factory: Factory) -> End:
        """Both sides learn of each other, the server first."""
        loop = self.cables.loop
        near, far = End(self.cables, self._life), End(self.cables, self._server)
        near.other, far.other = far, near
        far.begin(factory)
        self.near = near
        loop.call_at(loop.time() + self.cables.latency_s(), self._arrive, near, context=self._life.context())
        return far

    def _arrive(self, near: End) -> None:
        if self.up.done():  # the dialling was given up
            near.abort()
            return
        near.begin(self._factory)
        self.up.set_result(None)

    def close(self) -> None:
        """The server hangs up."""
        self._ended = True
        if not self.up.done():
            self.up.set_exception(ConnectionResetError("hung up"))

    def shutdown(self, _how: int) -> None:
        self.close()


class End(asyncio.Transport):
    """One side of a connection."""

    other: End

    def __init__(self, cables: Cables, life: Life) -> None:
        super().__init__()
        self.cables, self.life = cables, life
        self.protocol: Any = None
        self.gone = False  # nothing comes and goes any more
        self._lost = False
        self._paused = False
        self._slow = False
        self._unread: deque[bytes | str] = deque()
        self._coming: deque[tuple[float, bytes | str]] = deque()
        self._last_s = 0.0
        self.in_flight = 0
        self._place = ("127.0.0.1", cables.fresh_port())

    def begin(self, factory: Factory) -> None:
        self.protocol = factory()
        self.cables.enter(self)
        self.protocol.connection_made(self)
        self._read()

    # ---- as a transport ----

    def write(self, data: Any) -> None:
        if self.gone or not data:
            return
        self.in_flight += len(data)
        chance = self.cables.loop.chance
        whole = bytes(data)
        if len(whole) > 1 and chance.random() < self.cables.piecewise:
            at = chance.randrange(1, len(whole))
            self.other.comes(whole[:at])
            self.other.comes(whole[at:])
        else:
            self.other.comes(whole)
        if self.in_flight > PAUSE_ABOVE_BYTES and not self._slow:
            self._slow = True
            self.protocol.pause_writing()

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def write_eof(self) -> None:
        self.other.comes(CLOSE)

    def can_write_eof(self) -> bool:
        return True

    def close(self) -> None:
        if not self.gone:
            self.other.comes(CLOSE)
            self._end(None)

    def abort(self) -> None:
        if not self.gone:
            self.other.comes(RESET)
            self._end(None)

    def reset(self) -> None:
        """Something in between breaks the connection: both sides learn it."""
        if not self.gone:
            self.other.comes(RESET)
            self.comes(RESET)

    def is_closing(self) -> bool:
        return self.gone

    def get_write_buffer_size(self) -> int:
        return self.in_flight

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """One bound for all."""

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        self.cables.loop.call_soon(self._read, context=self.life.context())

    def is_reading(self) -> bool:
        return not self._paused

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def get_protocol(self) -> Any:
        return self.protocol

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        if name == "peername":
            return self.other._place
        if name == "sockname":
            return self._place
        if name == "ssl_object":
            return Shown(self.cables.certificates.get(self.other.life.name))
        return default

    # ---- what comes ----

    def comes(self, what: bytes | str) -> None:
        """Something was sent here."""
        loop = self.cables.loop
        self._last_s = max(loop.time() + self.cables.latency_s(), self._last_s + 1e-6)
        self._coming.append((self._last_s, what))
        if len(self._coming) == 1:
            self._look_at(self._last_s)

    def _look_at(self, when_s: float) -> None:
        loop = self.cables.loop
        loop.call_at(when_s, self._arrive, context=loop.outside.context())

    def _arrive(self) -> None:
        """In nobody's step: what is due gets to the process, unless the link is cut."""
        if not self._coming:
            return
        loop = self.cables.loop
        if not self.cables.connected(self.life.name, self.other.life.name):
            self._look_at(loop.time() + TRY_AGAIN_S)
            return
        _, what = self._coming.popleft()
        if self.life.alive:
            self._unread.append(what)
            loop.call_soon(self._read, context=self.life.context())
        if self._coming:
            self._look_at(max(self._coming[0][0], loop.time()))

    def _read(self) -> None:
        """The process takes what is there."""
        while self._unread and not self._paused and self.protocol is not None and not self._lost:
            what = self._unread.popleft()
            if isinstance(what, bytes):
                self._taken(len(what))
                if not self.gone:
                    self._hand_over(what)
            elif what == RESET:
                self._end(ConnectionResetError("reset"))
            elif not self.gone and not self.protocol.eof_received():
                self.close()

    def _taken(self, size: int) -> None:
        sender = self.other
        sender.in_flight -= size
        if sender._slow and sender.in_flight < PAUSE_ABOVE_BYTES // 2 and not sender.gone:
            sender._slow = False
            self.cables.loop.call_soon(sender.protocol.resume_writing, context=sender.life.context())

    def _hand_over(self, data: bytes) -> None:
        if not isinstance(self.protocol, asyncio.BufferedProtocol):
            self.protocol.data_received(data)
            return
        while data and not self.gone:
            room = self.protocol.get_buffer(len(data))
            part = data[: len(room)]
            room[: len(part)] = part
            self.protocol.buffer_updated(len(part))
            data = data[len(part) :]
            if data and self._paused:
                self._unread.appendleft(data)
                return

    def _end(self, error: Exception | None) -> None:
        """Nothing comes and goes any more; the protocol hears it once."""
        self.gone = True
        if not self._lost:
            self._lost = True
            self.cables.leave(self)
            if self.protocol is not None:
                self.cables.loop.call_soon(self.protocol.connection_lost, error, context=self.life.context())
