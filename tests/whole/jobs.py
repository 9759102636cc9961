"""Threads of simulated processes: only one of all of them, or the loop, has the processor at a time.

A job pauses where it reads the store, where it sleeps and where somebody else holds a lock, if the seed says so; what
the loop does meanwhile happens in the middle of it. The threads are real ones, so what is kept for each thread is, too.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from whole.loop import Life, SimulatedLoop

LONGEST_PAUSE_S = 0.02
_here = threading.local()


class KilledError(BaseException):
    """The process of this step or job is gone."""


class Job:
    """One call in a thread, and who waits for it."""

    def __init__(self, jobs: Jobs, life: Life, call: Callable[[], Any], future: asyncio.Future[Any]) -> None:
        self.jobs, self.life, self._call, self.future = jobs, life, call, future
        self.over = False
        self.hurry = False  # somebody who cannot wait needs what it holds
        self._go, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._turn = 0
        self._worker: _Worker | None = None

    def later(self, after_s: float) -> None:
        """Go on after a while."""
        self._turn += 1
        self.jobs.loop.call_at(
            self.jobs.loop.time() + after_s, self._take_turn, self._turn, context=self.life.context()
        )

    def _take_turn(self, turn: int) -> None:
        if turn == self._turn and not self.over:
            self.go_on()

    def go_on(self) -> None:
        """Give it the processor until it pauses or ends."""
        self._turn += 1
        if self._worker is None:
            self._worker = self.jobs.worker()
            self._worker.work.put(self)
        else:
            self._go.release()
        self._back.acquire()

    def pause(self, for_s: float) -> None:
        """Called in the thread: give the processor back for so long. Raises KilledError."""
        if not self.hurry:
            self.later(for_s)
        self._back.release()
        self._go.acquire()
        if not self.life.alive:
            raise KilledError

    def run(self) -> None:
        """In the thread: all of it."""
        _here.job = self
        loop = self.jobs.loop
        context = self.life.context()
        try:
            if self.life.alive:
                result = context.run(self._call)
                loop.call_soon(_answer, self.future, result, None, context=self.life.context())
        except KilledError:
            pass
        except BaseException as error:
            loop.call_soon(_answer, self.future, None, error, context=self.life.context())
        finally:
            _here.job = None
            self.over = True
            self.jobs.of.get(self.life, {}).pop(self, None)
            if self._worker is not None:
                self.jobs.idle.append(self._worker)
            self._back.release()


def _answer(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


class _Worker:
    def __init__(self) -> None:
        self.work: SimpleQueue[Job | None] = SimpleQueue()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while (job := self.work.get()) is not None:
            job.run()


class Jobs:
    """All jobs of a run, and the threads that they share."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self.loop = loop
        self.of: dict[Life, dict[Job, None]] = {}
        self.left: list[asyncio.Future[Any]] = []  # what nobody will ever answer
        self.likely = 0.02  # that a job pauses where it may
        self.idle: list[_Worker] = []
        self._workers: list[_Worker] = []

    def start(self, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """A job of the life whose step runs; it begins a moment later."""
        life = self.loop.life
        future = self.loop.create_future()
        job = Job(self, life, partial(func, *args), future)
        self.of.setdefault(life, {})[job] = None
        job.later(self.loop.chance.random() * 0.01 + 0.000_01)
        return future

    def worker(self) -> _Worker:
        """A thread without work."""
        if self.idle:
            return self.idle.pop()
        made = _Worker()
        self._workers.append(made)
        return made

    def end(self, life: Life) -> None:
        """End the jobs of a process that is gone, but for the one that runs and knows it."""
        for job in list(self.of.pop(life, ())):
            self.left.append(job.future)
            if job is not current() and not job.over:
                job.go_on()

    def close(self) -> None:
        """End the threads."""
        for worker in self._workers:
            worker.work.put(None)
        for worker in self._workers:
            worker.thread.join()


def current() -> Job | None:
    """The job that has the processor, None while the loop has it."""
    return getattr(_here, "job", None)


def perhaps_pause() -> None:
    """A point at which a job may lose the processor."""
    job = current()
    if job is not None and not job.hurry:
        chance = job.jobs.loop.chance
        if chance.random() < job.jobs.likely:
            job.pause(chance.random() * LONGEST_PAUSE_S)


def sleep(seconds: float) -> None:
    """time.sleep of simulated threads."""
    job = current()
    if job is None:
        raise AssertionError("the event loop itself sleeps")
    if not job.hurry:
        job.pause(seconds)


class Lock:
    """threading.Lock of simulated threads. Where the loop waits for one, its holder runs until it lets go."""

    def __init__(self) -> None:
        self._held = False
        self._holder: Job | None = None

    def acquire(self) -> bool:
        """Wait for it."""
        while self._held:
            job = current()
            if job is not None and not job.hurry:
                job.pause(0.000_1)
            elif self._holder is None or self._holder.over:
                raise AssertionError("a lock is waited for by the one who holds it")
            else:
                self._holder.hurry = True
                self._holder.go_on()
        self._held, self._holder = True, current()
        return True

    def release(self) -> None:
        """Let go."""
        self._held = False
        holder, self._holder = self._holder, None
        if holder is not None and holder.hurry:
            holder.hurry = False
            holder.pause(0.0)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class Threading:
    """What modules of the product use of `threading`."""

    Lock = Lock
    get_ident = staticmethod(threading.get_ident)
