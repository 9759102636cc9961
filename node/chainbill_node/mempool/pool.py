"""The pool itself: a dict by id in order of arrival."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chainbill.errors import ChainbillError
from chainbill.ledger.transaction import Transaction

REPLAY_WINDOW_MS = 24 * 3600 * 1000


class MempoolFull(ChainbillError):  # noqa: N818 - an outcome, not a fault
    """No room for another transaction; the client comes back later."""


@dataclass(slots=True)
class Waiting:
    """One transaction of the pool. `failed_runs` counts this node's own block runs in which it failed."""

    transaction: Transaction
    arrived_ms: int
    own: bool
    failed_runs: int = 0


class Mempool:
    """Verified transactions in order of arrival, at most `max_count` of them and `max_bytes` bytes."""

    def __init__(self, max_count: int, max_bytes: int) -> None:
        self._max_count = max_count
        self._max_bytes = max_bytes
        self._waiting: dict[bytes, Waiting] = {}
        self._by_wire: dict[bytes, bytes] = {}
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Waiting]:
        return iter(self._waiting.values())

    def __contains__(self, identity: object) -> bool:
        return identity in self._waiting

    def has_wire(self, wire_id: bytes) -> bool:
        """True when these very bytes are here."""
        return wire_id in self._by_wire

    def get(self, identity: bytes) -> Waiting | None:
        """The transaction with this id."""
        return self._waiting.get(identity)

    def ids(self) -> list[bytes]:
        """Ids, oldest first."""
        return list(self._waiting)

    def add(self, transaction: Transaction, now_ms: int, *, own: bool) -> bool:
        """Append a verified transaction; False when its id is here already. Raises MempoolFull.

        `own` marks those handed in at this node, which it offers to peers that connect later.
        """
        if transaction.id in self._waiting:
            return False
        size = len(transaction.wire)
        if len(self._waiting) >= self._max_count or self.bytes + size > self._max_bytes:
            raise MempoolFull("mempool_full", f"{len(self._waiting)} transactions wait already")
        self._waiting[transaction.id] = Waiting(transaction, now_ms, own)
        self._by_wire[transaction.wire_id] = transaction.id
        self.bytes += size
        return True

    def remove(self, identities: Iterable[bytes]) -> None:
        """Take out those that were committed or refused; others are no error."""
        for identity in identities:
            gone = self._waiting.pop(identity, None)
            if gone is not None:
                del self._by_wire[gone.transaction.wire_id]
                self.bytes -= len(gone.transaction.wire)

    def expire(self, block_time_ms: int) -> list[bytes]:
        """Take out those that no later block may carry, and name them."""
        gone = [identity for identity, one in self._waiting.items() if one.transaction.valid_until_ms < block_time_ms]
        self.remove(gone)
        return gone

    def candidates(self, max_count: int, max_bytes: int) -> list[Waiting]:
        """The oldest that fit into a block, in order of arrival."""
        chosen: list[Waiting] = []
        room = max_bytes
        for one in self._waiting.values():
            room -= len(one.transaction.wire) + WIRE_OVERHEAD_BYTES
            if len(chosen) >= max_count or room < 0:
                break
            chosen.append(one)
        return chosen


WIRE_OVERHEAD_BYTES = 5  # what a block's list adds to each wire at most
