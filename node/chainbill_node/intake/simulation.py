"""Simulation: a transaction is checked as when it is handed in, then run on the newest state, and nothing kept.

Both take turns, each in a thread of its own, so that however much is tried out, blocks and other reads go on:
checks by address, since nobody has proved yet who he is, and runs by party, in gas, after its signatures were good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from chainbill.errors import Refused
from chainbill.ledger.envelope import read_envelope
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import Transaction
from chainbill_node.foundation.unavailable import TooManyTries
from chainbill_node.intake.limits import (
    TRY_CHECK_GAS,
    TRY_GAS_A_SECOND,
    TRY_GAS_BURST,
    TRY_WAITING,
    TRY_WAITING_OF_ONE,
    TRY_WITHIN_S,
)
from chainbill_node.intake.rate_limit import TooManyWait, Turns

if TYPE_CHECKING:
    from chainbill_node.application.application import LedgerApplication
    from chainbill_node.intake.network_time import Timekeeping

RETRY_S = 2
Done = TypeVar("Done")


class TryingOut:
    """What one node tries out. All calls from the event loop's thread."""

    def __init__(self, ledger: LedgerApplication, time: Timekeeping, refused: Callable[[str], None]) -> None:
        self._ledger = ledger
        self._time = time
        self._refused = refused
        self._thread = ThreadPoolExecutor(2, thread_name_prefix="try-out")
        self._checks = _turns()
        self._runs = _turns()

    async def run(self, wire: bytes, address: str) -> Receipt:
        """What a transaction would bring. Malformed or Refused: it would not be admitted. TooManyTries, Busy.

        address: what the client is counted by.
        """
        now_ms = self._time.now_ms()
        try:
            async with self._checks.turn(address, TRY_CHECK_GAS):
                transaction: Transaction = await self._apart(partial(self._ledger.checked, wire, now_ms))
            async with self._runs.turn(transaction.party, 0) as turn:
                receipt = await self._apart(partial(self._ledger.simulate, transaction, now_ms))
                turn.cost = receipt.gas
                return receipt
        except Refused as error:
            raise self._time.in_time(error, read_envelope(wire)) from None
        except TooManyWait as error:
            self._refused("too_many_tries")
            raise TooManyTries(RETRY_S, of_one=error.of_source) from None

    async def _apart(self, work: Callable[[], Done]) -> Done:
        """Done in the thread; to its end, although its client may have gone meanwhile: the turn is not over before."""
        running = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            raise

    def close(self) -> None:
        """End the turns and the threads."""
        self._checks.close()
        self._runs.close()
        self._thread.shutdown(wait=True, cancel_futures=True)


def _turns() -> Turns:
    return Turns(
        a_second=TRY_GAS_A_SECOND, burst=TRY_GAS_BURST, most=TRY_WAITING, most_of_source=TRY_WAITING_OF_ONE,
        within_s=TRY_WITHIN_S,
    )  # fmt: skip
