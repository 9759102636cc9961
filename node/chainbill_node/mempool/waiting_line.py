"""A line in which addresses take turns, and at each address the parties that are named: who floods waits for itself.

Pure. Where all fits into one piece, nobody has to wait for a turn. A piece is in order of arrival, whoever's turn it
was: of 1,000 of one source and then one of another a piece of 10 has the first nine and the other one.

The field's word: fair queueing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar

from chainbill_node.mempool.unverified import Source

Item = TypeVar("Item")


class _Place(NamedTuple, Generic[Item]):
    number: int
    size: int
    item: Item


_by_number = itemgetter(0)


class WaitingLine(Generic[Item]):
    """Who puts in bounds how much there is."""

    def __init__(self) -> None:
        self._queues: dict[str, dict[str, deque[_Place[Item]]]] = {}  # by address, party; whose turn it is: first
        self._count = self._bytes = self._number = 0

    def __len__(self) -> int:
        return self._count

    def has(self, source: Source) -> bool:
        """Whether something of this source stands here."""
        return source.party in self._queues.get(source.address, ())

    def parties(self) -> Iterator[str]:
        """Whose items stand here, once for each address that they came from."""
        return (party for parties in self._queues.values() for party in parties)

    def put(self, source: Source, item: Item, size: int) -> None:
        """Stand behind what this source has here."""
        self._number += 1
        self._count += 1
        self._bytes += size
        parties = self._queues.get(source.address)
        if parties is None:
            parties = self._queues[source.address] = {}
        queue = parties.get(source.party)
        if queue is None:
            queue = parties[source.party] = deque()
        queue.append(_Place(self._number, size, item))

    def hand_over(self, stays: Callable[[Source], bool], other: WaitingLine[Item]) -> None:
        """What the others have here goes to another line, in its order, behind what they have there."""
        sources = [Source(address, party) for address, parties in self._queues.items() for party in parties]
        for source in sources:
            if stays(source):
                continue
            for place in self._queues[source.address].pop(source.party):
                self._count -= 1
                self._bytes -= place.size
                other.put(source, place.item, place.size)
            if not self._queues[source.address]:
                del self._queues[source.address]

    def take(self, most: int, most_bytes: int) -> list[Item]:
        """The next piece: at most so many items and bytes, but one item at least where there is one."""
        taken: list[_Place[Item]] = []
        if self._count <= most and self._bytes <= most_bytes:
            queues = [queue for parties in self._queues.values() for queue in parties.values()]
            taken = [place for queue in queues for place in queue]
            self._queues.clear()
            self._count = self._bytes = 0
        room = most_bytes
        while self._count and len(taken) < most:
            place = self._next(room if taken else None)
            if place is None:
                break
            room -= place.size
            taken.append(place)
        return [place.item for place in sorted(taken, key=_by_number)]

    def _next(self, room: int | None) -> _Place[Item] | None:
        """Take out the one whose turn it is, unless it is larger than the room."""
        address, parties = next(iter(self._queues.items()))
        party, queue = next(iter(parties.items()))
        if room is not None and queue[0].size > room:
            return None
        place = queue.popleft()
        del parties[party], self._queues[address]
        if queue:
            parties[party] = queue  # behind the others
        if parties:
            self._queues[address] = parties
        self._count -= 1
        self._bytes -= place.size
        return place
