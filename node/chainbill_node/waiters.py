"""Who waits for a transaction to be committed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from chainbill.errors import ChainbillError
from chainbill.ledger.receipt import Receipt
from chainbill_node.limits import MAX_WAITERS
from chainbill_node.rest.ports import Submission


class Waiters:
    """Futures by transaction id; each gets its Submission when the block is on the disk."""

    def __init__(self, most: int = MAX_WAITERS) -> None:
        self._waiting: dict[bytes, list[asyncio.Future[Submission]]] = {}
        self._most = most
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, identity: bytes) -> asyncio.Future[Submission] | None:
        """A future for one transaction, None when too many wait. Give it back with `drop` when the wait is over."""
        if self._count >= self._most:
            return None
        self._count += 1
        future: asyncio.Future[Submission] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(identity, []).append(future)
        return future

    def drop(self, identity: bytes, future: asyncio.Future[Submission]) -> None:
        """Stop waiting, once for each `add`; a future that is done already is no error."""
        self._count -= 1
        futures = self._waiting.get(identity)
        if futures is not None and future in futures:
            futures.remove(future)
            if not futures:
                del self._waiting[identity]

    def committed(self, height: int, receipts: Sequence[Receipt]) -> None:
        """Tell all that wait for these transactions, in the order of the block."""
        if not self._waiting:
            return
        for place, receipt in enumerate(receipts):
            for future in self._waiting.pop(receipt.id, ()):
                if not future.done():
                    future.set_result(Submission("committed", receipt.id, height, place, receipt))

    def refused(self, identity: bytes, error: ChainbillError) -> None:
        """Tell those that wait that no block will ever carry this transaction."""
        for future in self._waiting.pop(identity, ()):
            if not future.done():
                future.set_exception(error)

    def close(self) -> None:
        """Nobody will be told any more."""
        for futures in self._waiting.values():
            for future in futures:
                future.cancel()
        self._waiting.clear()
