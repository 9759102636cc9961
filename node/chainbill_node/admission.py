"""The way into the mempool: gather, verify signatures once in threads, check, keep the order, pass on to peers.

Transactions are gathered for a few milliseconds, or until there are enough of them; a batch is cut into chunks that a
thread pool verifies (PyNaCl releases the interpreter lock). Batches go one after the other, so transactions enter the
pool in the order they came in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from chainbill.errors import ChainbillError, Malformed, Reason
from chainbill.ledger.transaction import Transaction, verify_signatures
from chainbill_node.limits import LEAST_PER_SOURCE, MAX_LISTENERS

LEAST_CHUNK = 10
Outcome = ChainbillError | None


@dataclass(slots=True)
class Arrival:
    """One transaction on its way in. `done` hears the outcome once: None when its signatures are good and it was
    offered to the pool, else why not. `own`: handed in at this node. `source`: the peer it came from, or, when it was
    handed in here, its party."""

    transaction: Transaction
    own: bool
    source: str = ""
    done: list[Callable[[Outcome], None]] = field(default_factory=list)


class Admission:
    """`accept(arrivals)` gets each verified batch, in order, on the event loop, and answers an outcome for each."""

    def __init__(
        self,
        accept: Callable[[Sequence[Arrival]], Sequence[Outcome]],
        *,
        gather_ms: int,
        gather_count: int,
        threads: int,
        max_waiting: int,
    ) -> None:
        self._accept = accept
        self._gather_s = gather_ms / 1000
        self._gather_count = gather_count
        self._max_waiting = max_waiting
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="verify")
        self._waiting: list[Arrival] = []
        self._by_wire: dict[bytes, Arrival] = {}
        self._by_source: dict[str, int] = {}
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._busy = False
        self._closed = False

    def __len__(self) -> int:
        return len(self._by_wire)

    def has(self, wire_id: bytes) -> bool:
        """True while these very bytes are on their way in."""
        return wire_id in self._by_wire

    def get(self, wire_id: bytes) -> Transaction | None:
        """The transaction with these very bytes while it is on its way in."""
        arrival = self._by_wire.get(wire_id)
        return None if arrival is None else arrival.transaction

    def offer(
        self, transaction: Transaction, *, own: bool, source: str = "", done: Callable[[Outcome], None] | None = None
    ) -> bool:
        """Take one transaction in; False when too many wait, in all or of this source: at most as many as there is
        room left, as in the pool. The same bytes again only add a listener, up to MAX_LISTENERS.
        """
        arrival = self._by_wire.get(transaction.wire_id)
        if arrival is None:
            free = self._max_waiting - len(self._by_wire)
            waiting = self._by_source.get(source, 0)
            if free <= 0 or (waiting >= LEAST_PER_SOURCE and waiting >= free) or self._closed:
                return False
            arrival = Arrival(transaction, own, source)
            self._by_source[source] = waiting + 1
            self._by_wire[transaction.wire_id] = arrival
            self._waiting.append(arrival)
            self._arm()
        if done is not None:
            if len(arrival.done) >= MAX_LISTENERS:
                return False
            arrival.done.append(done)
        return True

    def hurry(self) -> None:
        """Verify now what has been gathered."""
        self._start()

    def _arm(self) -> None:
        if len(self._waiting) >= self._gather_count:
            self._start()
        elif self._timer is None and not self._busy:
            self._timer = self._loop.call_later(self._gather_s, self._start)

    def _start(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._busy or not self._waiting or self._closed:
            return
        batch, self._waiting = self._waiting, []
        self._busy = True
        size = max(LEAST_CHUNK, -(-len(batch) // self._threads))
        chunks = [batch[at : at + size] for at in range(0, len(batch), size)]
        results: list[list[bool] | None] = [None] * len(chunks)
        for place, chunk in enumerate(chunks):
            future = self._loop.run_in_executor(self._pool, _verify, [one.transaction for one in chunk])
            future.add_done_callback(partial(self._verified, batch, results, place))

    def _verified(
        self,
        batch: list[Arrival],
        results: list[list[bool] | None],
        place: int,
        done: asyncio.Future[list[bool]],
    ) -> None:
        if self._closed or done.cancelled():
            return
        results[place] = done.result()
        if any(result is None for result in results):
            return
        good = [verdict for result in results if result is not None for verdict in result]
        for arrival in batch:
            del self._by_wire[arrival.transaction.wire_id]
            self._one_less(arrival.source)
        passed = [arrival for arrival, verdict in zip(batch, good, strict=True) if verdict]
        outcomes = dict(zip(map(id, passed), self._accept(passed), strict=True)) if passed else {}
        bad = Malformed(Reason.SIGNATURE_INVALID, "a signature is bad")
        for arrival, verdict in zip(batch, good, strict=True):
            outcome = outcomes[id(arrival)] if verdict else bad
            for listener in arrival.done:
                listener(outcome)
        self._busy = False
        if self._waiting:
            self._start()

    def _one_less(self, source: str) -> None:
        left = self._by_source[source] - 1
        if left:
            self._by_source[source] = left
        else:
            del self._by_source[source]

    def close(self) -> None:
        """Take nothing in any more and end the threads."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _verify(transactions: list[Transaction]) -> list[bool]:
    return [verify_signatures(transaction) for transaction in transactions]
