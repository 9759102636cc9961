"""Admission: gather, verify signatures in threads, then read the calls there, check, keep the order.

Transactions are gathered for a few milliseconds, or until there are enough of them; a batch is cut into chunks for a
thread pool. Verifying releases the interpreter lock (PyNaCl), reading calls does not: one after the other for each
transaction, so that the event loop gets its turn after half a millisecond at the most. Batches go one after the other,
so transactions enter the pool in the order they came in; where more waits than a batch holds, sources take turns. After
a batch there is a pause, so that a flood leaves the processors to the blocks, but for what blocks are short of; sources
of which reading took little lately (`mempool.reading`) have batches of their own, and no pause. Who may be how much on
the way is for `mempool.unverified`.

The field's word: admission control.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from chainbill.errors import ChainbillError, InternalFault, Malformed, Reason, Refused
from chainbill.ledger.authorisation import check_network, check_signatures
from chainbill.ledger.envelope import Envelope, read_envelope
from chainbill.ledger.transaction import Transaction, open_envelope
from chainbill_node.application.application import INTERNAL_ERRORS
from chainbill_node.foundation.slicing import slices
from chainbill_node.intake.limits import (
    BATCH_BYTES,
    BATCH_TRANSACTIONS,
    BATCHES_AT_ONCE,
    MAX_LISTENERS,
    PAUSE_AFTER_BATCH,
    PAUSE_AFTER_STRANGERS,
    SLICE_BYTES,
    SLICE_TRANSACTIONS,
)
from chainbill_node.mempool import Read, Reading, Source, WaitingLine

LEAST_CHUNK = 10
Outcome = ChainbillError | None
Found = Transaction | ChainbillError
"""What came of verifying and reading one."""
_Opened = tuple[Found, float]


@dataclass(slots=True)
class Arrival:
    """One transaction on its way in. `done` hears the outcome once: None when it was offered to the pool, else why not.

    own: handed in at this node. bar: why it will be refused even if its signatures are good, which is said only then.
    """

    envelope: Envelope
    source: Source
    own: bool
    bar: Refused | None = None
    begun: bool = False
    done: list[Callable[[Outcome], None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Verified:
    """A transaction with good signatures; `own`: handed in at this node."""

    transaction: Transaction
    own: bool


def _has_room(_: Envelope) -> ChainbillError | None:
    return None


def _never(_: str) -> bool:
    return False


def _nothing(_: bytes) -> Transaction | None:
    return None


class Admission:
    """`accept(transactions)` gets each verified batch, in order, on the event loop, and answers an outcome for each.

    no_room: asked of each when its turn has come, before anything is verified: why there is none for it any more.
    wanted: whether blocks are short of what this party sends; then reading a good one of it is followed by no pause.
    stranger: whether nothing good came lately from the address of one that is handed in here.
    known: the transaction with this wire id where it was verified before; it is not again, and costs nobody anything.
    """

    def __init__(
        self,
        accept: Callable[[Sequence[Verified]], Sequence[Outcome]],
        *,
        gather_ms: int,
        gather_count: int,
        threads: int,
        no_room: Callable[[Envelope], ChainbillError | None] = _has_room,
        known: Callable[[bytes], Transaction | None] = _nothing,
        wanted: Callable[[str], bool] = _never,
        stranger: Callable[[str], bool] = _never,
    ) -> None:
        self._accept = accept
        self._no_room = no_room
        self._known = known
        self._wanted = wanted
        self._stranger = stranger
        self._gather_s = gather_ms / 1000
        self._gather_count = gather_count
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="verify")
        self._reading = Reading()
        self._light: WaitingLine[Arrival] = WaitingLine()
        self._heavy: WaitingLine[Arrival] = WaitingLine()  # of sources that took much
        self._strangers: WaitingLine[Arrival] = WaitingLine()
        self._lines = self._light, self._heavy, self._strangers
        self._free_at_s = [0.0, 0.0, 0.0]  # until then nothing is begun of this line, but in a hurry
        self._by_wire: dict[bytes, Arrival] = {}
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._busy = False
        self._last = 0  # the line of the last batch
        self._closed = False

    def __len__(self) -> int:
        return len(self._by_wire)

    def has(self, wire_id: bytes) -> bool:
        """True while these very bytes are on their way in."""
        return wire_id in self._by_wire

    def get(self, wire_id: bytes) -> Envelope | None:
        """The transaction with these very bytes while it is on its way in."""
        arrival = self._by_wire.get(wire_id)
        return None if arrival is None else arrival.envelope

    def offer(
        self,
        envelope: Envelope,
        *,
        source: Source,
        own: bool,
        bar: Refused | None = None,
        done: Callable[[Outcome], None] | None = None,
    ) -> bool:
        """Take one transaction in; False when this node ends. The same bytes again only add a listener, while there are
        fewer than MAX_LISTENERS.
        """
        arrival = self._by_wire.get(envelope.wire_id)
        if arrival is None:
            if self._closed:
                return False
            arrival = Arrival(envelope, source, own, bar)
            self._by_wire[envelope.wire_id] = arrival
            self._line_of(source, own=own).put(source, arrival, len(envelope.wire))
            self._arm()
        arrival.own |= own  # a peer that was faster does not keep it from being passed on
        return done is None or self._listen(arrival, done)

    def listen(self, wire_id: bytes, done: Callable[[Outcome], None]) -> bool:
        """Hear the outcome of bytes that are being verified; False where they are not yet, or too many listen."""
        arrival = self._by_wire.get(wire_id)
        return arrival is not None and arrival.begun and self._listen(arrival, done)

    def _listen(self, arrival: Arrival, done: Callable[[Outcome], None]) -> bool:
        if len(arrival.done) >= MAX_LISTENERS:
            return False
        arrival.done.append(done)
        return True

    def hurry(self) -> None:
        """Verify now what has been gathered, as much as makes a batch."""
        self._start()

    def examine(self, wires: Sequence[bytes], network: bytes, heard: Callable[[list[Found]], None]) -> int:
        """Read and verify transactions of a block in the threads, past those who wait: `heard` gets them in pieces, in
        any order. In how many pieces.
        """
        pieces = list(slices(wires, len, SLICE_TRANSACTIONS, SLICE_BYTES))
        for piece in pieces:
            future = self._loop.run_in_executor(self._pool, _examine, piece, network)
            future.add_done_callback(lambda done: None if self._closed or done.cancelled() else heard(done.result()))
        return len(pieces)

    def _line_of(self, source: Source, *, own: bool) -> WaitingLine[Arrival]:
        """Where its next one stands: never before one that it has sent earlier, which comes along to the strangers."""
        if self._strangers.has(source) or (own and self._stranger(source.address)):
            for line in (self._light, self._heavy):
                if line.has(source):
                    line.hand_over(lambda other: other != source, self._strangers)
            return self._strangers
        light = self._reading.light(source, self._loop.time()) and not self._heavy.has(source)
        return self._light if light else self._heavy

    def _arm(self) -> None:
        """Begin the next batch when enough has been gathered, or for long enough, and the last one is paid for."""
        count = len(self._by_wire)  # of which none is begun unless this is busy
        if self._busy or not count or self._closed:
            return
        now_s = self._loop.time()
        at_s = now_s if count >= self._gather_count else now_s + self._gather_s
        at_s = max(at_s, min([free_at_s for line, free_at_s in zip(self._lines, self._free_at_s, strict=True) if line]))
        if at_s <= now_s:
            self._start()
        elif self._timer is None or at_s < self._timer.when():
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(at_s, self._start)

    def _start(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._busy or self._closed:
            return
        line = self._next_line()
        wanted = line is not self._strangers and all(map(self._wanted, line.parties()))
        large = BATCHES_AT_ONCE if wanted else 1
        batch = line.take(large * BATCH_TRANSACTIONS, large * BATCH_BYTES)
        if not batch:
            return
        for arrival in batch:
            arrival.begun = True
        self._busy = True
        size = max(LEAST_CHUNK, -(-len(batch) // self._threads))
        asked = [(arrival, self._no_room(arrival.envelope) or self._read_before(arrival)) for arrival in batch]
        chunks = [asked[at : at + size] for at in range(0, len(batch), size)]
        results: list[list[_Opened] | None] = [None] * len(chunks)
        for place, chunk in enumerate(chunks):
            future = self._loop.run_in_executor(self._pool, _open_all, chunk)
            future.add_done_callback(partial(self._verified, batch, results, place))

    def _next_line(self) -> WaitingLine[Arrival]:
        """The lines take turns, but for those that pause; where all do, it is a hurry, and the first one is taken."""
        now_s, count = self._loop.time(), len(self._lines)
        places = [
            place % count for place in range(self._last + 1, self._last + 1 + count) if self._lines[place % count]
        ]
        free = [place for place in places if self._free_at_s[place] <= now_s]
        self._last = next(iter(free or sorted(places)), 0)
        return self._lines[self._last]

    def _read_before(self, arrival: Arrival) -> Found | None:
        """What is known of these very bytes, else whoever has seen them could have their party pay for them again."""
        known = self._known(arrival.envelope.wire_id)
        return known and (arrival.bar or known)

    def _verified(
        self,
        batch: list[Arrival],
        results: list[list[_Opened] | None],
        place: int,
        done: asyncio.Future[list[_Opened]],
    ) -> None:
        if self._closed or done.cancelled():
            return
        results[place] = done.result()
        if any(result is None for result in results):
            return
        opened = [one for result in results if result is not None for one in result]
        passed = []
        reads = []
        for arrival, (found, took_s) in zip(batch, opened, strict=True):
            del self._by_wire[arrival.envelope.wire_id]
            good = not isinstance(found, ChainbillError)
            reads.append(Read(arrival.source, took_s, good))
            if not isinstance(found, ChainbillError):
                passed.append(Verified(found, arrival.own))
        now_s = self._loop.time()
        self._reading.charge(reads, now_s)
        self._light.hand_over(lambda source: self._reading.light(source, now_s), self._heavy)
        outcomes = iter(self._accept(passed) if passed else ())
        for arrival, (found, _) in zip(batch, opened, strict=True):
            outcome = found if isinstance(found, ChainbillError) else next(outcomes)
            for listener in arrival.done:
                listener(outcome)
        self._busy = False
        if self._lines[self._last] is not self._light:
            wanted = {party: self._wanted(party) for party in {one.source.party for one in reads}}
            took_s = sum([one.took_s for one in reads if not (one.good and wanted[one.source.party])])
            pause = PAUSE_AFTER_STRANGERS if self._lines[self._last] is self._strangers else PAUSE_AFTER_BATCH
            self._free_at_s[self._last] = self._loop.time() + pause * took_s
        self._arm()

    def close(self) -> None:
        """Take nothing in any more and end the threads."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _open_all(asked: list[tuple[Arrival, Found | None]]) -> list[_Opened]:
    """What came of each, where that is not settled yet, and for how many seconds a processor worked on it."""
    opened: list[_Opened] = []
    then_s = time.thread_time()
    for arrival, settled in asked:
        found = settled or _open(arrival.envelope, arrival.bar)
        now_s = time.thread_time()
        opened.append((found, now_s - then_s))
        then_s = now_s
    return opened


def _open(envelope: Envelope, bar: Refused | None = None) -> Found:
    """Signatures first, then what else stands against it, and only then what is in it."""
    try:
        check_signatures(envelope)
        return bar or open_envelope(envelope)
    except Malformed as error:
        return error
    except INTERNAL_ERRORS as error:  # our own mistake refuses the transaction and nothing else
        return InternalFault(Reason.INTERNAL, f"{type(error).__name__}: {error}")


def _examine(wires: list[bytes], network: bytes) -> list[Found]:
    found: list[Found] = []
    for wire in wires:
        try:
            envelope = read_envelope(wire)
            check_network(envelope, network)
        except Malformed as error:
            found.append(error)
        else:
            found.append(_open(envelope))
    return found
