"""Transactions whose signatures this node has verified, so that it does so once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from chainbill.ledger.transaction import Transaction


class VerifiedTransactions(Mapping[bytes, Transaction]):
    """By wire id, at most `capacity`; the oldest go first. What is forgotten is only verified again."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._known: dict[bytes, Transaction] = {}
        self.get = self._known.get  # type: ignore[method-assign]  # one call less on the hottest path

    def __getitem__(self, wire_id: bytes) -> Transaction:
        return self._known[wire_id]

    def __contains__(self, wire_id: object) -> bool:
        return wire_id in self._known

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def remember(self, transactions: Iterable[Transaction]) -> None:
        """Add transactions with good signatures."""
        known = self._known
        for transaction in transactions:
            known[transaction.wire_id] = transaction
        while len(known) > self._capacity:
            del known[next(iter(known))]

    def forget(self, wire_ids: Iterable[bytes]) -> None:
        """Drop those that are in a block now."""
        for wire_id in wire_ids:
            self._known.pop(wire_id, None)
