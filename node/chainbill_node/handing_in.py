"""Transactions that clients hand in: those of one request together, so that none of them costs a task or a wait.

A transaction goes through the door (`Pace`), is verified and admitted, and then waits for its block if its client does.
All that happens in callbacks; the request itself waits twice: until all are admitted, and until all are committed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from chainbill.errors import ChainbillError
from chainbill.ledger.transaction import Transaction, decode_transaction
from chainbill_node.mempool import MempoolFull
from chainbill_node.mempool.limits import DOOR_WITHIN_S
from chainbill_node.rest.ports import Answer, Busy, Submission
from chainbill_node.waiters import Heard

if TYPE_CHECKING:
    from chainbill_node.service import Node

MAX_WAIT_MS = 120_000
SHARE_RETRY_S = 2


class _Latch:
    """Something to wait for: that all of a number of things have happened."""

    def __init__(self) -> None:
        self._left = 0
        self._over: asyncio.Future[None] | None = None

    def one_more(self) -> None:
        self._left += 1

    def one_less(self) -> None:
        self._left -= 1
        if self._left == 0 and self._over is not None and not self._over.done():
            self._over.set_result(None)

    async def wait(self) -> None:
        if self._left:
            self._over = asyncio.get_running_loop().create_future()
            await self._over


class HandingIn:
    """The transactions of one request, and what is answered to each."""

    def __init__(self, node: Node, wires: Sequence[bytes], wait_ms: int) -> None:
        self._node = node
        self._wires = wires
        self._wait_s = min(wait_ms, MAX_WAIT_MS) / 1000
        self._ids = [b""] * len(wires)
        self._answers: list[Answer | None] = [None] * len(wires)
        self._listening: list[tuple[bytes, Heard]] = []
        self._unadmitted = _Latch()
        self._unanswered = _Latch()

    async def run(self) -> list[Answer]:
        """Admit them, pass them on, and wait for their commits as long as asked; an answer for each, in its place.

        Malformed or Refused: it is not admitted. Busy: the node takes no more.
        """
        try:
            queues: dict[str, list[tuple[int, Transaction]]] = {}
            for place, wire in enumerate(self._wires):
                transaction = self._read(place, wire)
                if transaction is not None:
                    queues.setdefault(transaction.party, []).append((place, transaction))
            doors = [self._through_the_door(party, queue) for party, queue in queues.items()]
            if len(doors) == 1:
                await doors[0]
            else:
                await asyncio.gather(*doors)
            await self._unadmitted.wait()
            await self._wait()
        finally:
            for identity, heard in self._listening:
                self._node.waiters.drop(identity, heard)
        pairs = zip(self._answers, self._ids, strict=True)
        return [answer or Submission("pending", identity) for answer, identity in pairs]

    async def _wait(self) -> None:
        if self._wait_s > 0:
            try:
                async with asyncio.timeout(self._wait_s):
                    await self._unanswered.wait()
            except TimeoutError:
                pass

    def _read(self, place: int, wire: bytes) -> Transaction | None:
        """Begin with one transaction; None where it need not be admitted any more, or cannot be."""
        self._unanswered.one_more()
        try:
            transaction = decode_transaction(wire)
        except ChainbillError as error:
            self._answer(place, error)
            return None
        self._ids[place] = transaction.id
        repeated = self._committed(transaction.id)
        if repeated is not None:
            self._answer(place, repeated)
            return None
        heard = partial(self._heard, place)
        if not self._node.waiters.add(transaction.id, heard):
            self._answer(place, Busy("too many clients wait for a commit"))
            return None
        self._listening.append((transaction.id, heard))
        if transaction.id in self._node.mempool:
            return None
        full = self._node.mempool.refusal(transaction.party, len(wire))
        if full is not None:  # no signature need be verified to know it
            self._node.traffic.turned_away(full)
            self._answer(place, _busy(full))
            return None
        return transaction

    async def _through_the_door(self, party: str, queue: Sequence[tuple[int, Transaction]]) -> None:
        """Offer transactions of one party for admission as the door lets them in."""
        left = iter(queue)

        def let_in(count: int) -> None:
            for place, transaction in islice(left, count):
                self._offer(place, transaction)

        try:
            await self._node.pace.enter(party, len(queue), let_in, max(DOOR_WITHIN_S, self._wait_s))
        except TimeoutError:
            for place, _ in left:
                self._turned_away(place, "too_long_at_the_door", "more is handed in than blocks take")

    def _offer(self, place: int, transaction: Transaction) -> None:
        party = transaction.party

        def done(outcome: ChainbillError | None) -> None:
            self._node.pace.leave(party)
            self._admitted(place, transaction.id, outcome)

        self._unadmitted.one_more()
        if not self._node.admission.offer(transaction, own=True, source=party, done=done):
            self._node.pace.leave(party)
            self._turned_away(place, "too_many_to_verify", "too many transactions wait to be verified")
            self._unadmitted.one_less()

    def _admitted(self, place: int, identity: bytes, outcome: ChainbillError | None) -> None:
        if isinstance(outcome, MempoolFull):
            self._answer(place, _busy(outcome))
        elif outcome is not None:  # it may have come in by way of a peer's block meanwhile
            self._answer(place, self._committed(identity) or outcome)
        self._unadmitted.one_less()

    def _heard(self, place: int, outcome: Submission | ChainbillError | None) -> None:
        self._answer(place, outcome or Submission("pending", self._ids[place]))

    def _turned_away(self, place: int, reason: str, detail: str) -> None:
        self._node.metrics.turned_away.labels("admission", reason).inc()
        self._answer(place, Busy(detail))

    def _answer(self, place: int, answer: Answer) -> None:
        """The first answer is the one that counts."""
        if self._answers[place] is None:
            self._answers[place] = answer
            self._unanswered.one_less()

    def _committed(self, identity: bytes) -> Submission | None:
        if not self._node.ledger.is_used(identity):
            return None
        record = self._node.ledger.reader(None).transaction(identity)
        if record is None:
            return None
        return Submission("committed", identity, record.height, record.index, record.receipt, repeated=True)


def _busy(full: MempoolFull) -> Busy:
    """What a client is told whose transaction found no room."""
    party = str(full.fields.get("party", ""))
    return Busy(full.detail, SHARE_RETRY_S if party else 1, party=party, waiting=int(full.fields.get("count", 0)))
