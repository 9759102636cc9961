"""How fast clients are let in: about as many transactions wait as blocks take in a moment.

A longer queue commits nothing sooner; it only makes everybody wait behind it. So who hands in more than the blocks take
waits at the door, in order, without an answer yet, and is told to come back if that takes too long. A party that has
little waiting is let in at once: those who flood slow down themselves.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, deque
from collections.abc import AsyncIterator

from chainbill_node.mempool import Mempool
from chainbill_node.mempool.limits import (
    AT_THE_DOOR,
    DOOR_WITHIN_S,
    LEAST_SHARE_TRANSACTIONS,
    LEAST_WAITING,
    WAITING_WITHIN_S,
)

NEWEST_COUNTS = 4  # the rate moves by a quarter of the difference with each full block


class Pace:
    """The door of one node's mempool for what clients hand in here. All calls from the event loop's thread."""

    def __init__(self, pool: Mempool) -> None:
        self._pool = pool
        self._per_s = 0.0
        self._busy_since_ms = 0  # when the last block left something waiting, 0: it did not
        self._inside: Counter[str] = Counter()  # let in, not yet in the pool, by party
        self._door: deque[tuple[str, asyncio.Future[None]]] = deque()

    def __len__(self) -> int:
        return len(self._door)

    @property
    def room(self) -> int:
        """So many transactions may wait before clients do."""
        return max(LEAST_WAITING, int(self._per_s * WAITING_WITHIN_S))

    @contextlib.asynccontextmanager
    async def turn(self, party: str, within_s: float = DOOR_WITHIN_S) -> AsyncIterator[None]:
        """Hand in one transaction of a party inside. TimeoutError: it did not come to that, or too many wait."""
        if self._light(party) or (not self._door and self._has_room()):
            self._inside[party] += 1
        else:
            await self._queue(party, within_s)
        try:
            yield
        finally:
            self._leave(party)

    def committed(self, count: int, now_ms: int) -> None:
        """A block took so many transactions, and they have left the pool."""
        if self._busy_since_ms and now_ms > self._busy_since_ms:
            seen_per_s = count * 1000 / (now_ms - self._busy_since_ms)
            self._per_s += (seen_per_s - self._per_s) / NEWEST_COUNTS
        self._busy_since_ms = now_ms if len(self._pool) else 0
        self._wake()

    async def _queue(self, party: str, within_s: float) -> None:
        if len(self._door) >= AT_THE_DOOR:
            raise TimeoutError("too many wait at the door")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._door.append((party, turn))
        try:
            async with asyncio.timeout(within_s):
                await turn
        except BaseException:
            if turn.done() and not turn.cancelled():  # the turn came at the same moment
                self._leave(party)
            turn.cancel()
            raise

    def _leave(self, party: str) -> None:
        self._inside[party] -= 1
        if not self._inside[party]:
            del self._inside[party]
        self._wake()

    def _light(self, party: str) -> bool:
        return self._pool.waiting_of(party) + self._inside[party] < LEAST_SHARE_TRANSACTIONS

    def _has_room(self) -> bool:
        return len(self._pool) + self._inside.total() < self.room

    def _wake(self) -> None:
        """Let in those at the front of the door as far as there is room."""
        while self._door and (self._door[0][1].done() or self._has_room()):
            party, turn = self._door.popleft()
            if not turn.done():
                self._inside[party] += 1
                turn.set_result(None)
