"""Rate limiting: one piece of work at a time, each source's oldest first, the sources one after the other.

What a piece costs is known when it is done; then the next one waits until that is paid for, at so much a second. So a
source that floods waits behind itself, another one behind a single piece of each that floods, and all of them together
take no more than their share of the node. Bounded in all and by source.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from chainbill_node.foundation.fair_queue import InTurn


class TooManyWait(Exception):  # noqa: N818 - an outcome the caller tells
    """No place, or the turn did not come in time. `of_source`: it is this source alone that has too much waiting."""

    def __init__(self, *, of_source: bool) -> None:
        super().__init__("of this source" if of_source else "in all")
        self.of_source = of_source


@dataclass(slots=True)
class Turn:
    """One piece of work under way; `cost` is what it took, set before it ends."""

    cost: int


class Turns:
    """All calls from the event loop's thread.

    a_second, burst: of cost; a burst is what idle time is worth. most, most_of_source: pieces that may wait.
    """

    def __init__(self, *, a_second: int, burst: int, most: int, most_of_source: int, within_s: float) -> None:
        self._a_second, self._burst_s = a_second, burst / a_second
        self._most, self._most_of_source, self._within_s = most, most_of_source, within_s
        self._waiting: InTurn[str, asyncio.Future[None]] = InTurn()
        self._busy = False
        self._closed = False
        self._free_at_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    @asynccontextmanager
    async def turn(self, source: str, cost: int) -> AsyncIterator[Turn]:
        """The turn of a source, with the cost that is taken to be due unless told otherwise. Raises TooManyWait."""
        await self._wait(source)
        turn = Turn(cost)
        try:
            yield turn
        finally:
            self._done(turn.cost)

    async def _wait(self, source: str) -> None:
        loop = asyncio.get_running_loop()
        if self._waiting.of(source) >= self._most_of_source:
            raise TooManyWait(of_source=True)
        if len(self) >= self._most:
            raise TooManyWait(of_source=False)
        mine: asyncio.Future[None] = loop.create_future()
        self._waiting.put(source, mine)
        self._go()
        came = False
        try:
            async with asyncio.timeout(self._within_s):
                await mine
            came = True
        except TimeoutError:
            raise TooManyWait(of_source=self._waiting.keys <= 1) from None
        finally:
            if not came:
                self._forget(source, mine)

    def _forget(self, source: str, mine: asyncio.Future[None]) -> None:
        """It waits no more: it took too long, or its client has gone, maybe in the moment in which its turn came."""
        if not self._waiting.remove(source, mine) and not mine.cancelled():
            self._done(0)

    def _go(self) -> None:
        """Begin the next piece, now or when the last one is paid for."""
        if self._busy or self._closed or self._timer is not None or not self._waiting:
            return
        loop = asyncio.get_running_loop()
        wait_s = self._free_at_s - loop.time()
        if wait_s > 0:
            self._timer = loop.call_later(wait_s, self._again)
            return
        mine = self._waiting.take(next(iter(self._waiting)))
        if mine.done():  # its client has just gone
            self._go()
            return
        self._busy = True
        mine.set_result(None)

    def close(self) -> None:
        """No turn begins any more."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _again(self) -> None:
        self._timer = None
        self._go()

    def _done(self, cost: int) -> None:
        now_s = asyncio.get_running_loop().time()
        self._busy = False
        self._free_at_s = max(self._free_at_s, now_s - self._burst_s) + cost / self._a_second
        self._go()
