"""Places for reads: how many are answered at a time, shared by address, and taken in turn by the readers at each.

An address may hold as many places as are left: alone it has half of them, and who comes then still gets in. Of the
addresses that wait the one is next that has used least, and at one address those who say that they are different
readers take turns; whether they are is found out in the place. Of an address only so many wait: a connection that
waits for its answer is never ended to make room for another.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

PLACES = 8
"""For reads of which nobody knows yet whether they are long."""
MAX_WAITING, MAX_WAITING_OF_ADDRESS = 512, 64
"""Reads that wait for a place."""

Gone = Callable[[], Awaitable[None]]
NextOf = Callable[[Collection[str]], str]
"""Of addresses that wait, the first longest, the one whose turn it is."""


class NoPlace(Exception):  # noqa: N818 - an outcome the client is told
    """Too many wait already: of this address (`of_one`), or in all."""

    retry_after_s = 2

    def __init__(self, *, of_one: bool) -> None:
        super().__init__("of one" if of_one else "in all")
        self.of_one = of_one


class ClientGone(Exception):  # noqa: N818 - nobody is left to be told
    """The client left while it waited."""


class Places:
    """Some places of one node. All calls from the event loop's thread.

    places: at a time. next_of: whose turn it is. most, most_of_address: how many may wait.
    """

    def __init__(
        self,
        places: int = PLACES,
        next_of: NextOf = lambda addresses: next(iter(addresses)),
        most: int = MAX_WAITING,
        most_of_address: int = MAX_WAITING_OF_ADDRESS,
    ) -> None:
        self._free = places
        self._next_of = next_of
        self._most, self._most_of_address = most, most_of_address
        self._held: Counter[str] = Counter()
        self._queues: dict[str, dict[str, deque[asyncio.Future[None]]]] = {}  # who had a turn stands last
        self._waiting: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """How many reads wait."""
        return self._waiting.total()

    @asynccontextmanager
    async def place(self, address: str, reader: str, gone: Gone) -> AsyncIterator[Callable[[], None]]:
        """A place, from here to the end or until what is given is called. Raises NoPlace or ClientGone.

        gone: ends when the client has left; asked only while one waits.
        """
        if self._may_begin(address):
            self._take(address)
        else:
            await self._wait(address, reader, gone)
        held = True

        def leave() -> None:
            nonlocal held
            if held:
                held = False
                self._give_back(address)

        try:
            yield leave
        finally:
            leave()

    def _may_begin(self, address: str) -> bool:
        return self._held[address] < self._free

    def _take(self, address: str) -> None:
        self._free -= 1
        self._held[address] += 1

    def _give_back(self, address: str) -> None:
        self._free += 1
        _less(self._held, address)
        self._next()

    async def _wait(self, address: str, reader: str, gone: Gone) -> None:
        left = self._most - self.waiting
        if left and self._waiting[address] >= min(self._most_of_address, left):
            raise NoPlace(of_one=True)
        if not left:
            raise NoPlace(of_one=False)
        with self._queued(address, reader) as mine:
            leaving = asyncio.ensure_future(gone())
            try:
                await asyncio.wait({mine, leaving}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                leaving.cancel()
                with suppress(asyncio.CancelledError):
                    await leaving
            if leaving.done() and not leaving.cancelled():
                raise ClientGone

    @contextmanager
    def _queued(self, address: str, reader: str) -> Iterator[asyncio.Future[None]]:
        """Stand in the queue; who leaves it by an error has no place, also where its turn came in that moment."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(address, {}).setdefault(reader, deque()).append(mine)
        self._waiting[address] += 1
        try:
            yield mine
        except BaseException:
            if mine.done():
                self._give_back(address)
            else:
                self._forget(address, reader, mine)
            raise

    def _forget(self, address: str, reader: str, mine: asyncio.Future[None]) -> None:
        readers = self._queues[address]
        readers[reader].remove(mine)
        if not readers[reader]:
            del readers[reader]
        if not readers:
            del self._queues[address]
        _less(self._waiting, address)

    def _next(self) -> None:
        """Give free places to those who wait, as their turns come."""
        while able := [address for address in self._queues if self._may_begin(address)]:
            address = self._next_of(able)
            readers = self._queues.pop(address)
            reader = next(iter(readers))
            queue = readers.pop(reader)
            mine = queue.popleft()
            if queue:
                readers[reader] = queue  # behind the other readers
            if readers:
                self._queues[address] = readers  # behind the other addresses
            _less(self._waiting, address)
            self._take(address)
            mine.set_result(None)


def _less(counter: Counter[str], name: str) -> None:
    counter[name] -= 1
    if counter[name] <= 0:
        del counter[name]
