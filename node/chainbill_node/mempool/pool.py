"""The pool itself: a dict by id in order of arrival, and the same by party, so that nobody can take all of it.

The share of a party is as large as the room that is left: alone it may fill half of the pool, n parties that flood
fill n/(n + 1) of it together, and whoever comes then still gets in (dynamic thresholds, Choudhury and Hahne, IEEE/ACM
ToN 6(2), 1998); one that floods with gas has no more waiting than some blocks take of it. A block is filled half in
order of arrival and half by taking turns among the parties; those that flood stand behind all others
(`mempool.accounts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from chainbill.errors import ChainbillError
from chainbill.ledger.transaction import Transaction
from chainbill_node.mempool.accounts import Accounts
from chainbill_node.mempool.limits import (
    LEAST_SHARE_BYTES,
    LEAST_SHARE_TRANSACTIONS,
    WIRE_OVERHEAD_BYTES,
)

PARTY_SHARE = "mempool_party_share"
FULL = "mempool_full"


class MempoolFull(ChainbillError):  # noqa: N818 - an outcome, not a fault
    """No room for another transaction of this party, or of anybody; the client comes back later."""


class Room(NamedTuple):
    """What a block may hold: so many transactions, gas that they are expected to use, and bytes on the wire."""

    transactions: int
    gas: int
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

    party: str
    waiting: dict[bytes, Waiting]
    bytes: int = 0
    calls: int = 0


class Mempool:
    """Verified transactions in order of arrival, at most `max_count` of them and `max_bytes` bytes.

    accounts: what parties used lately; where none are given, nobody floods.
    """

    def __init__(self, max_count: int, max_bytes: int, accounts: Accounts | None = None) -> None:
        self.accounts = accounts or Accounts(lambda _party: "")
        self._max_count = max_count
        self._max_bytes = max_bytes
        self._waiting: dict[bytes, Waiting] = {}
        self._shares: dict[str, _Share] = {}
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Waiting]:
        return iter(self._waiting.values())

    def __contains__(self, identity: object) -> bool:
        return identity in self._waiting

    def get(self, identity: bytes) -> Waiting | None:
        """The transaction with this id."""
        return self._waiting.get(identity)

    def ids(self) -> list[bytes]:
        """Ids, oldest first."""
        return list(self._waiting)

    @property
    def calm(self) -> int:
        """How many transactions of parties that do not flood wait here."""
        return len(self._waiting) - sum(map(self.waiting_of, self.accounts.flooding))

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
        if (
            self.accounts.enough(party, share.calls)
            or (count >= free and count >= LEAST_SHARE_TRANSACTIONS)
            or (share.bytes + size > free_bytes and share.bytes + size > LEAST_SHARE_BYTES)
        ):
            return MempoolFull(
                PARTY_SHARE, f"{count} transactions of {party} wait already", count=count, party=party
            )  # fmt: skip
        return None

    def add(self, transaction: Transaction, now_ms: int, *, own: bool) -> bool:
        """Append a verified transaction; False when its id is here already. Raises MempoolFull.

        `own` marks those handed in at this node, which it offers to peers that connect later.
        """
        if transaction.id in self._waiting:
            if own:
                self.hand_in(transaction.id)
            return False
        size = len(transaction.wire)
        refused = self.refusal(transaction.party, size)
        if refused is not None:
            raise refused
        one = Waiting(transaction, now_ms, own)
        share = self._shares.get(transaction.party)
        if share is None:
            share = self._shares[transaction.party] = _Share(transaction.party, {})
        self._waiting[transaction.id] = share.waiting[transaction.id] = one
        share.bytes += size
        share.calls += len(transaction.calls)
        self.bytes += size
        return True

    def hand_in(self, identity: bytes) -> bool:
        """Whether it is here already; from now on it is one that was handed in at this node.

        Else whoever sends it to this node alone, just before, would keep it from all others.
        """
        known = self._waiting.get(identity)
        if known is not None:
            known.own = True
        return known is not None

    def remove(self, identities: Iterable[bytes]) -> None:
        """Take out those that were committed or refused; others are no error."""
        for identity in identities:
            gone = self._waiting.pop(identity, None)
            if gone is None:
                continue
            transaction = gone.transaction
            size = len(transaction.wire)
            self.bytes -= size
            share = self._shares[transaction.party]
            del share.waiting[identity]
            share.bytes -= size
            share.calls -= len(transaction.calls)
            if not share.waiting:
                del self._shares[transaction.party]

    def expire(self, block_time_ms: int) -> list[bytes]:
        """Take out those that no later block may carry, and name them."""
        gone = [identity for identity, one in self._waiting.items() if one.transaction.valid_until_ms < block_time_ms]
        self.remove(gone)
        return gone

    def ready(self, now_ms: int) -> bool:
        """Whether anything waits that a block may take now."""
        return not self._shares.keys() <= self.accounts.held(now_ms)

    def candidates(self, room: Room, flood_gas: int = 0, now_ms: int = 0) -> list[Waiting]:
        """What goes into the next block: first of the parties that send what is ordinary, then of those that do not, or
        that send very much of it beside others.

        Of the former all where it fits, in order of arrival; else half of the room goes to the oldest, and the rest to
        these parties in turn, each one's oldest first. Of the others that are not held back, in turn, who used least
        lately first, what fits into the rest and is expected to use `flood_gas`, or one of any gas; of those that flood
        in a block of their own if they need not wait for one too long.
        """
        accounts = self.accounts
        dear = accounts.dear(self._shares) | accounts.busy(self._shares, now_ms)
        left = _Left(room, accounts)
        chosen = self._of_others(dear, left)
        first = [one for identity, one in self._waiting.items() if identity in chosen]
        behind: dict[bytes, Waiting] = {}
        if dear:
            left.begin(flood_gas)
            queues = sorted(dear - accounts.held(now_ms, beside_others=bool(chosen)), key=accounts.used)
            behind = self._in_turn(queues, behind, left)
        passed = False
        for identity, one in self._waiting.items():
            one.early = passed
            passed = passed or identity not in chosen
        return first + [one for identity, one in self._waiting.items() if identity in behind]

    def _of_others(self, dear: Set[str], left: _Left) -> dict[bytes, Waiting]:
        """What is taken of those that send what is ordinary."""
        shares = {party: share for party, share in self._shares.items() if party not in dear}
        waiting = self._waiting
        if dear:
            waiting = {key: one for key, one in waiting.items() if one.transaction.party not in dear}
        if left.holds(shares.values()):
            return waiting
        if len(shares) < 2:
            return dict(takewhile(lambda item: left.take(item[1]), waiting.items()))
        whole, left.room = left.room, left.room.half()
        chosen = dict(takewhile(lambda item: left.take(item[1]), waiting.items()))
        left.room = whole
        return chosen | self._in_turn(list(shares), chosen, left)

    def _in_turn(self, parties: Sequence[str], taken: dict[bytes, Waiting], left: _Left) -> dict[bytes, Waiting]:
        """Further ones, these parties taking turns, until the room is used."""
        queues = [
            (one for identity, one in self._shares[party].waiting.items() if identity not in taken)
            for party in parties
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
                found[one.transaction.id] = one
                longer.append(queue)
            queues = longer
        return found


class _Left:
    """What is used of a room, which may be changed."""

    def __init__(self, room: Room, accounts: Accounts) -> None:
        self.room = room
        self._expected = accounts.expected
        self._used = Room(0, 0, 0)
        self._first = True

    def holds(self, shares: Iterable[_Share]) -> bool:
        """Whether all that these parties have waiting fits; then it is used."""
        all_of = Room(0, 0, 0)
        for share in shares:
            count, gas, size = all_of
            count += len(share.waiting)
            size += share.bytes + len(share.waiting) * WIRE_OVERHEAD_BYTES
            all_of = Room(count, gas + self._expected(share.party, share.calls), size)
        if any(most < wanted for most, wanted in zip(self.room, all_of, strict=True)):
            return False
        self._used = all_of
        return True

    def begin(self, most_gas: int) -> None:
        """Go on with at most so much of the gas that is left; the next one may use any."""
        self.room = self.room._replace(gas=min(self.room.gas, self._used.gas + most_gas))
        self._first = True

    def take(self, one: Waiting) -> bool:
        """Use some of it; False when it does not fit, then nothing is used. The first may use any gas."""
        transactions, gas, size = self._used
        transaction = one.transaction
        transactions += 1
        gas += self._expected(transaction.party, len(transaction.calls))
        size += len(transaction.wire) + WIRE_OVERHEAD_BYTES
        if transactions > self.room.transactions or size > self.room.bytes or (gas > self.room.gas and not self._first):
            return False
        self._first = False
        self._used = Room(transactions, gas, size)
        return True
