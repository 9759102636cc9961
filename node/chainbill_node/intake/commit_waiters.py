"""Commit waiters: who waits for a transaction to be committed.

The share of an address is as large as the room that is left, as in the mempool: alone it may hold half, and whoever
comes then still gets in. One transaction that waits can be listened to as often as a client asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from chainbill.errors import ChainbillError, Reason, Refused
from chainbill.ledger.receipt import Receipt
from chainbill_node.intake.limits import MAX_WAITERS
from chainbill_node.intake.outcomes import Submission
from chainbill_node.runtime.logs import log

NEVER_MS = 2**63
Heard: TypeAlias = Callable[[Submission | ChainbillError | None], None]
"""Hears once: what was committed, why no block will ever carry it, or None: the node ends and nobody will be told."""


class Waiters:
    """Listeners by transaction id; each hears when the block is on the disk."""

    def __init__(self, most: int = MAX_WAITERS) -> None:
        self._waiting: dict[bytes, Counter[Heard]] = {}  # so that one of thousands is found at once
        self._until: dict[bytes, int] = {}
        """Valid until, of each that is waited for: the time of the ledger, milliseconds."""
        self._soonest = NEVER_MS
        self._most = most
        self._count = 0
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._count

    def add(self, identity: bytes, heard: Heard, address: str, until_ms: int) -> bool:
        """Listen for one transaction; False when too many do, in all or of this address, or all is over.

        until_ms: until when it is valid, as the transaction itself says.

        Give it back with `drop` when the wait is over.
        """
        if self._of[address] >= self._most - self._count:
            return False
        self._count += 1
        self._of[address] += 1
        self._waiting.setdefault(identity, Counter())[heard] += 1
        self._until[identity] = until_ms
        self._soonest = min(self._soonest, until_ms)
        return True

    def drop(self, identity: bytes, heard: Heard, address: str) -> None:
        """Stop listening, once for each `add`; one that has heard already is no error."""
        self._count -= 1
        self._of[address] -= 1
        if not self._of[address]:
            del self._of[address]
        listeners = self._waiting.get(identity)
        if listeners is not None and heard in listeners:
            listeners[heard] -= 1
            if not listeners[heard]:
                del listeners[heard]
            if not listeners:
                self._pop(identity)

    def committed(self, height: int, receipts: Sequence[Receipt], time_ms: int) -> None:
        """Tell all that wait for these transactions, in the order of the block; then those that are over.

        A transaction is over once a block that is later than its time is committed, and by nothing else: a block that
        was proposed in time may be proposed again after any standstill. Whoever is told hands in another one.
        """
        if not self._waiting:
            return
        for place, receipt in enumerate(receipts):
            for heard in self._pop(receipt.id):
                heard(Submission("committed", receipt.id, height, place, receipt))
        if time_ms > self._soonest:
            for identity in [one for one, until_ms in self._until.items() if until_ms < time_ms]:
                log.debug("transaction_expired", id=identity)
                for heard in self._pop(identity):
                    heard(Refused(Reason.TRANSACTION_EXPIRED, "no block took it while it was valid"))
            self._soonest = min(self._until.values(), default=NEVER_MS)

    def _pop(self, identity: bytes) -> Iterable[Heard]:
        self._until.pop(identity, None)
        return self._waiting.pop(identity, Counter()).elements()

    def close(self) -> None:
        """Nobody will be told any more, and nobody may begin to wait."""
        self._most = 0
        waiting, self._waiting, self._until = self._waiting, {}, {}
        for listeners in waiting.values():
            for heard in listeners.elements():
                heard(None)
