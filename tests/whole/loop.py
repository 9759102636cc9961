"""An event loop whose time is simulated and whose order comes from a seed: many processes in one, nothing ever sleeps.

Each life (one run of one process) has a lane of its own: what it has entered with `call_soon` runs in that order, as
asyncio promises. Which life goes next, how long a step takes it, and when timers and threads get their turn is drawn.
Whose a step is stands in its context, which everything that it enters inherits: a life that has ended takes no step.
"""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
import heapq
import random
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from whole.jobs import Jobs

if TYPE_CHECKING:
    from whole.cables import Cables

LONGEST_STEP_S = 0.000_2
LATEST_TIMER_S = 0.002
LONGEST_WAIT_FOR_A_THREAD_S = 0.01


class Life:
    """One run of a process, from its start to its end. `clock_s`: by how much its clock is ahead of the world's;
    `number`: which run of its machine it is."""

    def __init__(self, name: str, clock_s: float = 0.0, number: int = 0) -> None:
        self.name = name
        self.number = number
        self.clock_s = clock_s
        self.alive = True
        self.ready: deque[asyncio.Handle] = deque()
        self.busy_until_s = 0.0
        self.signals: dict[int, Callable[[], None]] = {}
        self.dies: Callable[[], None] = lambda: None
        self.complains: Callable[[dict[str, Any]], None] | None = None
        self.speaks: Any = None  # the versions of the messages between nodes; None: as released
        self.node: Any = None  # the service, once it is made
        self.dies_in = -1  # after so many steps, if that is set

    def context(self) -> contextvars.Context:
        """A new context in which what is entered belongs to this life."""
        made = contextvars.Context()
        made.run(LIFE.set, self)
        return made


OUTSIDE = "outside"
LIFE: contextvars.ContextVar[Life] = contextvars.ContextVar("life")


class _Lanes:
    """What asyncio takes for its one queue of handles: puts each into the lane of its life."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self._loop = loop

    def append(self, handle: asyncio.Handle) -> None:
        life = handle._context.get(LIFE, self._loop.outside)  # type: ignore[attr-defined]
        if not life.ready:
            self._loop.waiting[life] = None
        life.ready.append(handle)

    def clear(self) -> None:
        for life in self._loop.waiting:
            life.ready.clear()
        self._loop.waiting.clear()


class SimulatedLoop(asyncio.BaseEventLoop):
    """asyncio's own loop but for time, order, threads and sockets."""

    _scheduled: list[asyncio.TimerHandle]
    cables: Cables

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance
        self.outside = Life(OUTSIDE)
        self._current = self.outside
        self.waiting: dict[Life, None] = {}  # those with something in their lane
        self._now_s = 0.0
        self._ready = _Lanes(self)
        self.jobs = Jobs(self)
        self.trace = hashlib.sha256()
        self.steps = 0
        self.work_s = 0.0
        self.complaints: list[str] = []
        self.over = False
        self._clock_resolution = 1e-9

    def time(self) -> float:
        """Simulated seconds."""
        return self._now_s

    @property
    def life(self) -> Life:
        """Whose step runs."""
        return LIFE.get(self._current)

    def works(self, seconds: float) -> None:
        """The step that runs takes so much longer."""
        self.work_s += seconds

    def _run_once(self) -> None:
        now_s = self._now_s
        scheduled = self._scheduled
        while scheduled and scheduled[0]._when <= now_s:  # type: ignore[attr-defined]
            handle = heapq.heappop(scheduled)
            handle._scheduled = False  # type: ignore[attr-defined]
            if not handle._cancelled:  # type: ignore[attr-defined]
                self._ready.append(handle)
        able = [life for life in self.waiting if life.busy_until_s <= now_s]
        if not able:
            moments = [life.busy_until_s for life in self.waiting]
            if scheduled:
                moments.append(scheduled[0]._when)  # type: ignore[attr-defined]
            if not moments:
                raise AssertionError("nothing will ever happen again")
            self._now_s = min(moments)
            return
        life = able[0] if len(able) == 1 else self.chance.choice(able)
        handle = life.ready.popleft()
        if not life.ready:
            del self.waiting[life]
        if not life.alive or handle._cancelled:  # type: ignore[attr-defined]
            return
        self._step(life, handle)

    def _step(self, life: Life, handle: asyncio.Handle) -> None:
        self.steps += 1
        if life.dies_in >= 0:
            life.dies_in -= 1
            if life.dies_in < 0:
                life.dies()
                return
        self.work_s = self.chance.random() * LONGEST_STEP_S
        self._current = life
        handle._run()
        self._current = self.outside
        self.tell(f"{self._now_s:.9f} {life.name} {_named(handle)}")
        if life is not self.outside:
            life.busy_until_s = self._now_s + self.work_s

    def tell(self, line: str) -> None:
        """One line of the trace, by which two runs of a seed are known to be the same."""
        self.trace.update(line.encode() + b"\n")

    def call_later(self, delay: float, callback: Any, *args: Any, context: Any = None) -> asyncio.TimerHandle:
        """As asyncio's; a timer of a busy process rings a little late."""
        return self.call_at(self._now_s + delay, callback, *args, context=context)

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> asyncio.TimerHandle:
        late_s = 0.0 if self.life is self.outside else self.chance.random() * LATEST_TIMER_S
        return super().call_at(when + late_s, callback, *args, context=context)

    # ---- what a loop on a system does with it ----

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """In a thread that has the processor whenever the seed says so; never at once."""
        return self.jobs.start(func, *args)

    def _write_to_self(self) -> None:
        """Nobody sleeps, so nobody is woken."""

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:
        return self.call_soon(callback, *args, context=context)

    def add_signal_handler(self, sig: int, callback: Any, *args: Any) -> None:
        self.life.signals[sig] = lambda: callback(*args)

    def set_exception_handler(self, handler: Any) -> None:
        self.life.complains = None if handler is None else lambda context: handler(self, context)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """What nobody caught goes to the process whose it is."""
        life = self.life
        if not life.alive or self.over:
            return
        if life.complains is not None:
            life.complains(context)
        error = context.get("exception")
        self.complaints.append(f"{life.name}: {context.get('message')}: {type(error).__name__}: {error}")

    async def sock_accept(self, sock: Any) -> Any:
        return await sock.accept()

    async def connect_accepted_socket(self, protocol_factory: Any, sock: Any, **_: Any) -> Any:
        return await self.cables.shake(protocol_factory, sock)

    async def create_server(self, protocol_factory: Any, *_: Any, sock: Any = None, **__: Any) -> Any:  # type: ignore[override]
        return sock.serve(protocol_factory)

    async def create_connection(self, protocol_factory: Any, host: Any = None, port: Any = None, **_: Any) -> Any:  # type: ignore[override]
        return await self.cables.connect(protocol_factory, str(host), int(port))


def _named(handle: asyncio.Handle) -> str:
    callback: Any = handle._callback  # type: ignore[attr-defined]
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        return str(getattr(owner.get_coro(), "__qualname__", "task"))
    return str(getattr(callback, "__qualname__", type(callback).__name__))
