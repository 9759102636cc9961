"""The pool itself: a dict by id in order of arrival, and the same by party, so that nobody can take all of it.

The share of a party is as large as the room that is left: alone it may fill half of the pool, n parties that flood
fill n/(n + 1) of it together, and whoever comes then still gets in (dynamic thresholds, Choudhury and Hahne, IEEE/ACM
ToN 6(2), 1998). A block is filled half in order of arrival and half by taking turns among the parties.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from chainbill.errors import ChainbillError
from chainbill.ledger.transaction import Transaction
from chainbill_node.mempool.limits import LEAST_SHARE_BYTES, LEAST_SHARE_TRANSACTIONS, WIRE_OVERHEAD_BYTES

PARTY_SHARE = "mempool_party_share"
FULL = "mempool_full"


class MempoolFull(ChainbillError):  # noqa: N818 - an outcome, not a fault
    """No room for another transaction of this party, or of anybody; the client comes back later."""


class Room(NamedTuple):
    """What a block may hold: so many transactions, calls of them together, and bytes on the wire."""

    transactions: int
    calls: int
    bytes: int

    def half(self) -> Room:
        """Half of it, rounded up."""
        return Room(*[-(-most // 2) for most in self])


@dataclass(slots=True)
class Waiting:
    """One transaction of the pool. `failed_runs` counts this node's own block runs in which it failed in its turn.

    `early`: it was taken into the last block run before others that had come before it.
    """

    transaction: Transaction
    arrived_ms: int
    own: bool
    failed_runs: int = 0
    early: bool = False


@dataclass(slots=True)
class _Share:
    """What one party has waiting here, in order of arrival."""

    waiting: dict[bytes, Waiting]
    bytes: int = 0


class Mempool:
    """Verified transactions in order of arrival, at most `max_count` of them and `max_bytes` bytes."""

    def __init__(self, max_count: int, max_bytes: int) -> None:
        self._max_count = max_count
        self._max_bytes = max_bytes
        self._waiting: dict[bytes, Waiting] = {}
        self._by_wire: dict[bytes, bytes] = {}
        self._shares: dict[str, _Share] = {}
        self.calls = 0
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

    @property
    def parties(self) -> int:
        """How many parties have something waiting here."""
        return len(self._shares)

    def waiting_of(self, party: str) -> int:
        """How many transactions of a party wait here."""
        share = self._shares.get(party)
        return 0 if share is None else len(share.waiting)

    def refusal(self, party: str, size: int) -> MempoolFull | None:
        """Why a transaction of so many bytes finds no room here; None when it does."""
        free, free_bytes = self._max_count - len(self._waiting), self._max_bytes - self.bytes
        if free <= 0 or size > free_bytes:
            return MempoolFull(FULL, f"{len(self._waiting)} transactions wait already", count=len(self._waiting))
        share = self._shares.get(party)
        if share is None:
            return None
        count = len(share.waiting)
        if count >= max(LEAST_SHARE_TRANSACTIONS, free) or share.bytes + size > max(LEAST_SHARE_BYTES, free_bytes):
            return MempoolFull(
                PARTY_SHARE, f"{count} transactions of {party} wait already", count=count, party=party
            )  # fmt: skip
        return None

    def add(self, transaction: Transaction, now_ms: int, *, own: bool) -> bool:
        """Append a verified transaction; False when its id is here already. Raises MempoolFull.

        `own` marks those handed in at this node, which it offers to peers that connect later.
        """
        if transaction.id in self._waiting:
            return False
        size = len(transaction.wire)
        refused = self.refusal(transaction.party, size)
        if refused is not None:
            raise refused
        one = Waiting(transaction, now_ms, own)
        share = self._shares.get(transaction.party)
        if share is None:
            share = self._shares[transaction.party] = _Share({})
        self._waiting[transaction.id] = share.waiting[transaction.id] = one
        self._by_wire[transaction.wire_id] = transaction.id
        share.bytes += size
        self.bytes += size
        self.calls += len(transaction.calls)
        return True

    def remove(self, identities: Iterable[bytes]) -> None:
        """Take out those that were committed or refused; others are no error."""
        for identity in identities:
            gone = self._waiting.pop(identity, None)
            if gone is None:
                continue
            transaction = gone.transaction
            size = len(transaction.wire)
            del self._by_wire[transaction.wire_id]
            self.bytes -= size
            self.calls -= len(transaction.calls)
            share = self._shares[transaction.party]
            del share.waiting[identity]
            share.bytes -= size
            if not share.waiting:
                del self._shares[transaction.party]

    def expire(self, block_time_ms: int) -> list[bytes]:
        """Take out those that no later block may carry, and name them."""
        gone = [identity for identity, one in self._waiting.items() if one.transaction.valid_until_ms < block_time_ms]
        self.remove(gone)
        return gone

    def candidates(self, room: Room) -> list[Waiting]:
        """What goes into the next block, in order of arrival within it: all where it fits.

        Else half of the room goes to the oldest, and the rest to all parties in turn, each one's oldest first.
        """
        for one in self._waiting.values():
            one.early = False
        size = self.bytes + len(self) * WIRE_OVERHEAD_BYTES
        if len(self) <= room.transactions and self.calls <= room.calls and size <= room.bytes:
            return list(self._waiting.values())
        alone = len(self._shares) < 2
        left = _Left(room if alone else room.half())
        chosen = dict(takewhile(lambda item: left.take(item[1]), self._waiting.items()))
        if not alone:
            left.room = room
            chosen |= self._in_turn(chosen, left)
        return [one for identity, one in self._waiting.items() if identity in chosen]

    def _in_turn(self, taken: dict[bytes, Waiting], left: _Left) -> dict[bytes, Waiting]:
        """Further ones, the parties taking turns, until the room is used."""
        queues = [
            (one for identity, one in share.waiting.items() if identity not in taken)
            for share in self._shares.values()
        ]  # fmt: skip
        found: dict[bytes, Waiting] = {}
        while queues:
            longer = []
            for queue in queues:
                one = next(queue, None)
                if one is None:
                    continue
                if not left.take(one):
                    return found
                one.early = True
                found[one.transaction.id] = one
                longer.append(queue)
            queues = longer
        return found


class _Left:
    """What is used of a room, which may be widened."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self._used = Room(0, 0, 0)

    def take(self, one: Waiting) -> bool:
        """Use some of it; False when it does not fit, then nothing is used. The first may have any number of calls."""
        transactions, calls, size = self._used
        first = transactions == 0
        transactions += 1
        calls += len(one.transaction.calls)
        size += len(one.transaction.wire) + WIRE_OVERHEAD_BYTES
        if transactions > self.room.transactions or size > self.room.bytes or (calls > self.room.calls and not first):
            return False
        self._used = Room(transactions, calls, size)
        return True
