"""Backpressure: clients are let in so fast that about as many transactions wait as blocks take in a moment.

A longer queue commits nothing sooner; it only makes everybody wait behind it. So who hands in more than the blocks take
waits at the door without an answer yet, and is told to come back if that takes too long. The sources at the door take
turns, each in its own order, and a party that has little waiting is let in at once: those who flood slow down
themselves. What waits of parties that flood with gas (`mempool.accounts`) takes no room from others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from chainbill_node.foundation.fair_queue import InTurn
from chainbill_node.mempool import Mempool, Source
from chainbill_node.mempool.limits import (
    DOOR_WITHIN_S,
    LEAST_SHARE_TRANSACTIONS,
    LEAST_WAITING,
    WAITING_WITHIN_S,
)

NEWEST_COUNTS = 4  # the rate moves by a quarter of the difference with each full block


@dataclass(slots=True, eq=False)
class _Turn:
    """Transactions of one source at the door; `left` of them are not in yet."""

    source: Source
    left: int
    let_in: Callable[[int], None]
    over: asyncio.Future[None]


class Pace:
    """The door of one node's mempool for what clients hand in here. All calls from the event loop's thread."""

    def __init__(self, pool: Mempool) -> None:
        self._pool = pool
        self._per_s = 0.0
        self._busy_since_ms = 0  # when the last block left something waiting, 0: it did not
        self._inside: dict[Source, int] = {}  # let in, not yet in the pool
        self._inside_count = 0
        self._door: InTurn[Source, _Turn] = InTurn()
        self._at_the_door = 0
        self._waking = False

    def __len__(self) -> int:
        return self._at_the_door

    @property
    def room(self) -> int:
        """So many transactions may wait before clients do."""
        return max(LEAST_WAITING, int(self._per_s * WAITING_WITHIN_S))

    def short_of(self, party: str) -> bool:
        """Whether less than half of what may wait does, and the party is none that floods: what it sends is wanted."""
        return party not in self._pool.accounts.flooding and 2 * self._pool.calm < self.room

    async def enter(
        self, source: Source, count: int, let_in: Callable[[int], None], within_s: float = DOOR_WITHIN_S
    ) -> None:
        """Until so many transactions of a source are in: `let_in(k)` hears each time that k more may go.

        `leave` gives a place back, once for each that was let in. TimeoutError: not all came to that. How many wait is
        bounded where they come from (`mempool.unverified`).
        """
        free = max(0, self._light(source), 0 if self._door else self._free(source))
        at_once = min(count, free)
        if at_once:
            self._take(source, at_once, let_in)
        if at_once < count:
            await self._queue(source, count - at_once, let_in, within_s)

    def leave(self, source: Source) -> None:
        """One that was let in is in the pool now, or will never be."""
        self._inside[source] -= 1
        if not self._inside[source]:
            del self._inside[source]
        self._inside_count -= 1
        if self._door:
            self._wake()

    def committed(self, count: int, now_ms: int) -> None:
        """A block took so many transactions, and they have left the pool."""
        if self._busy_since_ms and now_ms > self._busy_since_ms:
            seen_per_s = count * 1000 / (now_ms - self._busy_since_ms)
            self._per_s += (seen_per_s - self._per_s) / NEWEST_COUNTS
        self._busy_since_ms = now_ms if len(self._pool) else 0
        self._wake()

    async def _queue(self, source: Source, count: int, let_in: Callable[[int], None], within_s: float) -> None:
        turn = _Turn(source, count, let_in, asyncio.get_running_loop().create_future())
        self._door.put(source, turn)
        self._at_the_door += count
        try:
            async with asyncio.timeout(within_s):
                await turn.over
        finally:
            if turn.left:
                self._at_the_door -= turn.left
                self._door.remove(source, turn)

    def _light(self, source: Source) -> int:
        """So many of this source may go in whatever else waits; of its party only what is verified counts too."""
        return LEAST_SHARE_TRANSACTIONS - self._pool.waiting_of(source.party) - self._inside.get(source, 0)

    def _free(self, source: Source) -> int:
        """How many more of this source may go in: what waits of others that flood is no hindrance."""
        floods = source.party in self._pool.accounts.flooding
        return self.room - (len(self._pool) if floods else self._pool.calm) - self._inside_count

    def _next(self) -> Source | None:
        """Whose turn it is at the door, None where nobody may go in. Asked with each transaction that has come in."""
        if self.room - self._pool.calm - self._inside_count <= 0:
            return None
        if self.room - len(self._pool) - self._inside_count > 0:
            return next(iter(self._door), None)
        flooding = self._pool.accounts.flooding
        return next((source for source in self._door if source.party not in flooding), None)

    def _take(self, source: Source, count: int, let_in: Callable[[int], None]) -> None:
        self._inside[source] = self._inside.get(source, 0) + count
        self._inside_count += count
        let_in(count)

    def _wake(self) -> None:
        """Let in those at the door as far as there is room, the sources in turn, each its part of what is free."""
        if self._waking:  # one that was just let in gave its place back at once: the loop below goes on with it
            return
        self._waking = True
        try:
            while source := self._next():
                self._let_in(source, -(-self._free(source) // self._door.keys))
        finally:
            self._waking = False

    def _let_in(self, source: Source, most: int) -> None:
        turn = self._door.first(source)
        count = min(turn.left, most)
        turn.left -= count
        self._at_the_door -= count
        if not turn.left:
            self._door.remove(source, turn)
            if not turn.over.done():
                turn.over.set_result(None)
        self._door.pass_on(source)
        self._take(source, count, turn.let_in)
