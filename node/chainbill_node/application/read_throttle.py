"""Read throttling: long reads step back for blocks while blocks are committed, and for those who have read less.

Reads and blocks run in one interpreter. Reads that go over thousands of rows would take as much of it as there are of
them, and everybody who waits for a commit, or for a row, would pay for it. So a read says after each piece of work what
it used, and rests. While blocks are committed all long reads together get a share of a core (a token bucket). And only
one of them works at a time, beside those that have just begun: that of the source that has used least, so all sources
get the same and who reads little hardly waits; who has the turn and does not work has had it. More threads at work
would be no faster, and each makes everybody else wait longer for the interpreter. Who is alone does not rest.
A read is also told to make room (`MakesRoom`), where whoever began it says that it has used enough for its place.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from chainbill_node.foundation.unavailable import Ending

SHARE = 0.25
"""Of a core, for all long reads together."""
BURST_S = 0.1
"""Of the time that went by unused, so much counts."""
AFTER_A_COMMIT_S = 1.0
"""So long after a block with transactions the next one is expected."""
LONGEST_REST_S = 0.25
LOOK_AGAIN_S = 0.005
"""Whoever rests for another read looks so often whether that is still needed."""
MOMENT_S = 0.02
"""By so much one source may have used more than another before it rests for that one."""
SHORT_S = LOOK_AGAIN_S
"""What each read is taken to have used beside its pieces: those of less than one say nothing, and others rest so long
for them."""
FORGET_S = 10.0
"""What a source has used counts until it has read nothing for so long."""
MAX_SOURCES = 1_000
"""Remembered at a time; those at work beyond them are bounded by the places for reads."""


Enough = Callable[[float], bool]
"""Says of a read that has used so many processor seconds whether it makes room now."""


class MakesRoom(Exception):  # noqa: N818 - the read begins again, in another place
    """This read has used enough for the place that it has."""


class _Source:
    """Reads at work, processor seconds used, and when it began or ended one last."""

    def __init__(self, used_s: float) -> None:
        self.reads = 0
        self.used_s = used_s
        self.seen_s = 0.0


class _Read:
    """One read of a source, and the processor seconds it used."""

    def __init__(self, source: _Source, enough: Enough) -> None:
        self.source = source
        self.used_s = 0.0
        self._enough = enough

    def check_room(self) -> None:
        if self._enough(self.used_s):
            raise MakesRoom


_read: ContextVar[_Read | None] = ContextVar("read", default=None)


class LongReads:
    """The share of one node. `used` is called from the threads of reads, `committed` from that of blocks."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic, rest: Callable[[float], None] = time.sleep) -> None:
        self._now_s = now_s
        self._rest = rest
        self._lock = threading.Lock()
        self._paid_until_s = 0.0
        self._busy_until_s = 0.0
        self._sources: dict[str, _Source] = {}
        self._newest_s = 0.0  # what a source begins with
        self._at_work: _Read | None = None  # the only long read that does not rest
        self._ended: Ending | None = None

    def committed(self) -> None:
        """A block with transactions was committed."""
        self._busy_until_s = self._now_s() + AFTER_A_COMMIT_S

    def end(self, why: Ending) -> None:
        """No read begins any more, and those under way end with their next piece: the store is about to be closed."""
        self._ended = why

    @contextmanager
    def reading(self, source: str, enough: Enough = lambda _: False) -> Iterator[None]:
        """What is read in here, also in threads, is one read of this source. Raises Ending after `end`.

        It ends with MakesRoom at the piece after which there was `enough`, or as soon as there is while it rests.
        """
        self._check_going_on()
        with self._lock:
            read = _Read(self._begin(source), enough)
        token = _read.set(read)
        try:
            yield
        finally:
            _read.reset(token)
            with self._lock:
                read.source.used_s += SHORT_S
                self._first_s()
                read.source.reads -= 1
                read.source.seen_s = self._now_s()
                self._rests(read)

    def used(self, cpu_s: float) -> None:
        """A read has used so much processor time; rest until the next piece may begin.

        Raises Ending after `end`, and MakesRoom.
        """
        self._check_going_on()
        read = _read.get()
        if read is not None:
            read.used_s += cpu_s
            self._rest_for_reads(read, cpu_s)
            read.check_room()
        now_s = self._now_s()
        if now_s >= self._busy_until_s:
            return
        with self._lock:
            self._paid_until_s = max(self._paid_until_s, now_s - BURST_S) + cpu_s / SHARE
            rest_s = self._paid_until_s - now_s
        if rest_s > 0:
            self._rest(min(rest_s, LONGEST_REST_S))

    def _check_going_on(self) -> None:
        if self._ended is not None:
            raise Ending(disk=self._ended.disk)

    def next_of(self, names: Collection[str]) -> str:
        """Who of these sources reads next: who has used least, of those that used the same the first."""
        with self._lock:
            now_s, first_s = self._now_s(), self._first_s()
            return min(names, key=lambda name: self._used_s(name, now_s, first_s))

    def _first_s(self) -> float:
        """Who comes, or comes again after long, is a moment ahead of those at work, and no more.

        It never falls: what somebody used while nobody else read counts for nothing against those who come later.
        The field's word: virtual time, of start-time fair queueing.
        """
        at_work = [one.used_s for one in self._sources.values() if one.reads]
        self._newest_s = max(self._newest_s, min(at_work, default=0.0) - MOMENT_S)
        return self._newest_s

    def _used_s(self, name: str, now_s: float, first_s: float) -> float:
        source = self._sources.get(name)
        if source is None or (not source.reads and now_s - source.seen_s > FORGET_S):
            return first_s
        return source.used_s if source.reads else max(source.used_s, first_s)

    def _begin(self, name: str) -> _Source:
        now_s = self._now_s()
        used_s = self._used_s(name, now_s, self._first_s())
        source = self._sources.setdefault(name, _Source(used_s))
        source.used_s = used_s
        source.reads += 1
        source.seen_s = now_s
        if len(self._sources) > MAX_SOURCES:
            self._sources = {name: one for name, one in self._sources.items() if one.reads}
        return source

    def _rest_for_reads(self, read: _Read, cpu_s: float) -> None:
        with self._lock:
            read.source.used_s += cpu_s
            self._rests(read)
        rested_s = 0.0
        while not self._may_go_on(read):
            if rested_s >= LONGEST_REST_S:
                self._rested_in_vain(read)
                return
            read.check_room()
            self._rest(LOOK_AGAIN_S)
            rested_s += LOOK_AGAIN_S

    def _rested_in_vain(self, read: _Read) -> None:
        """Where nobody was at work, those who had the turn have had it: else one idle read would slow down all."""
        with self._lock:
            if self._at_work is None:
                for one in self._sources.values():
                    if one.reads and one.used_s < read.source.used_s:
                        one.used_s = read.source.used_s + LONGEST_REST_S

    def _rests(self, read: _Read) -> None:
        if self._at_work is read:
            self._at_work = None

    def _may_go_on(self, read: _Read) -> bool:
        """Nobody else is at work on a long read, and none that reads has used so much less."""
        with self._lock:
            most_s = read.source.used_s - MOMENT_S
            if self._at_work is not None or any(one.reads and one.used_s < most_s for one in self._sources.values()):
                return False
            self._at_work = read
            return True
