"""Who waits for a transaction to be committed.

The share of an address is as large as the room that is left, as in the mempool: alone it may hold half, and whoever
comes then still gets in. One transaction that waits can be listened to as often as a client asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeAlias

from chainbill.errors import ChainbillError
from chainbill.ledger.receipt import Receipt
from chainbill_node.limits import MAX_WAITERS
from chainbill_node.rest.ports import Submission

Heard: TypeAlias = Callable[[Submission | ChainbillError | None], None]
"""Hears once: what was committed, why no block will ever carry it, or None: the node ends and nobody will be told."""


class Waiters:
    """Listeners by transaction id; each hears when the block is on the disk."""

    def __init__(self, most: int = MAX_WAITERS) -> None:
        self._waiting: dict[bytes, list[Heard]] = {}
        self._most = most
        self._count = 0
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._count

    def add(self, identity: bytes, heard: Heard, address: str) -> bool:
        """Listen for one transaction; False when too many do, in all or of this address, or all is over.

        Give it back with `drop` when the wait is over.
        """
        if self._of[address] >= self._most - self._count:
            return False
        self._count += 1
        self._of[address] += 1
        self._waiting.setdefault(identity, []).append(heard)
        return True

    def drop(self, identity: bytes, heard: Heard, address: str) -> None:
        """Stop listening, once for each `add`; one that has heard already is no error."""
        self._count -= 1
        self._of[address] -= 1
        if not self._of[address]:
            del self._of[address]
        listeners = self._waiting.get(identity)
        if listeners is not None and heard in listeners:
            listeners.remove(heard)
            if not listeners:
                del self._waiting[identity]

    def committed(self, height: int, receipts: Sequence[Receipt]) -> None:
        """Tell all that wait for these transactions, in the order of the block."""
        if not self._waiting:
            return
        for place, receipt in enumerate(receipts):
            for heard in self._waiting.pop(receipt.id, ()):
                heard(Submission("committed", receipt.id, height, place, receipt))

    def refused(self, identity: bytes, error: ChainbillError) -> None:
        """Tell those that wait that no block will ever carry this transaction."""
        for heard in self._waiting.pop(identity, ()):
            heard(error)

    def close(self) -> None:
        """Nobody will be told any more, and nobody may begin to wait."""
        self._most = 0
        waiting, self._waiting = self._waiting, {}
        for listeners in waiting.values():
            for heard in listeners:
                heard(None)
