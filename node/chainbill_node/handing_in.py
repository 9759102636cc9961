"""Transactions that clients hand in: those of one request together, so that none of them costs a task or a wait.

Of each only what surrounds its calls is read here, a slice of the request at a time: is it for this network, of a key
that is registered, is there room? Then it goes through the door (`Pace`), is verified, opened and admitted
(`Admission`), and waits for its block if its client does. All that happens in callbacks; the request itself waits
twice: until all are admitted, and until all are committed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from chainbill.errors import ChainbillError, Refused
from chainbill.ledger.envelope import Envelope, read_envelope
from chainbill_node.limits import SLICE_BYTES, SLICE_TRANSACTIONS
from chainbill_node.mempool import MempoolFull, Source
from chainbill_node.mempool.limits import DOOR_WITHIN_S
from chainbill_node.rest.ports import Answer, Busy, Submission
from chainbill_node.slices import slices
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


class _Entrant(NamedTuple):
    """One that may go in: its place in the request, and why it will be refused even if its signatures are good."""

    place: int
    source: Source
    envelope: Envelope
    bar: Refused | None


class HandingIn:
    """The transactions of one request, and what is answered to each. `address`: what the client is counted by."""

    def __init__(self, node: Node, wires: Sequence[bytes], wait_ms: int, address: str) -> None:
        self._node = node
        self._wires = wires
        self._address = address
        self._wait_s = min(wait_ms, MAX_WAIT_MS) / 1000
        self._ids = [b""] * len(wires)
        self._answers: list[Answer | None] = [None] * len(wires)
        self._listening: list[tuple[bytes, Heard]] = []
        self._not_offered: dict[int, tuple[Source, int]] = {}  # what of the room for the unverified is held, by place
        self._unadmitted = _Latch()
        self._unanswered = _Latch()

    async def run(self) -> list[Answer]:
        """Admit them, pass them on, and wait for their commits as long as asked; an answer for each, in its place.

        Malformed or Refused: it is not admitted. Busy: the node takes no more.
        """
        try:
            queues: dict[Source, list[_Entrant]] = {}
            later = False
            for piece in slices(enumerate(self._wires), _size, SLICE_TRANSACTIONS, SLICE_BYTES):
                if later:
                    await asyncio.sleep(0)  # a large request does not hold up everything else
                later = True
                for place, wire in piece:
                    entrant = self._look_at(place, wire)
                    if entrant is not None:
                        queues.setdefault(entrant.source, []).append(entrant)
            doors = [self._through_the_door(source, queue) for source, queue in queues.items()]
            if len(doors) == 1:
                await doors[0]
            else:
                await asyncio.gather(*doors)
            await self._unadmitted.wait()
            await self._wait()
        finally:
            for identity, heard in self._listening:
                self._node.waiters.drop(identity, heard, self._address)
            for place in list(self._not_offered):  # the client has gone
                self._node.unverified.give_back(*self._not_offered.pop(place))
        pairs = zip(self._answers, self._ids, strict=True)
        return [answer or Submission("pending", identity) for answer, identity in pairs]

    async def _wait(self) -> None:
        if self._wait_s > 0:
            try:
                async with asyncio.timeout(self._wait_s):
                    await self._unanswered.wait()
            except TimeoutError:
                pass

    def _look_at(self, place: int, wire: bytes) -> _Entrant | None:
        """Begin with one transaction; None where it need not be admitted any more, or cannot be.

        What is refused here is refused before a signature is verified: only for what the client itself has written.
        """
        self._unanswered.one_more()
        try:
            envelope = read_envelope(wire)
            bar = self._node.ledger.screen(envelope, self._node.clock.now_ms())
        except ChainbillError as error:
            self._answer(place, error)
            return None
        identity = self._ids[place] = envelope.id
        repeated = self._committed(identity)
        if repeated is not None:
            self._answer(place, repeated)
            return None
        heard = partial(self._heard, place)
        if self._node.waiters.add(identity, heard, self._address):
            self._listening.append((identity, heard))
        elif self._wait_s > 0:  # else it need not hear
            self._answer(place, Busy("too many clients wait for a commit"))
            return None
        if self._node.mempool.hand_in(identity):
            return None
        full = self._node.mempool.refusal(envelope.party, len(wire))
        if full is not None:  # no signature need be verified to know it
            self._node.traffic.turned_away(full)
            self._answer(place, _busy(full))
            return None
        source = Source(self._address, envelope.party)
        if not self._node.unverified.take(source, len(wire)):
            self._turned_away(place, "too_many_to_verify", "too many transactions wait to be verified")
            return None
        self._not_offered[place] = source, len(wire)
        _ = envelope.wire_id  # hashed in this turn of the loop, not for all of a large request in one
        return _Entrant(place, source, envelope, bar)

    async def _through_the_door(self, source: Source, queue: Sequence[_Entrant]) -> None:
        """Offer transactions of one source for admission as the door lets them in."""
        left = iter(queue)

        def let_in(count: int) -> None:
            for entrant in islice(left, count):
                self._offer(entrant)

        try:
            await self._node.pace.enter(source, len(queue), let_in, max(DOOR_WITHIN_S, self._wait_s))
        except TimeoutError:
            for entrant in left:
                self._turned_away(entrant.place, "too_long_at_the_door", "more is handed in than blocks take")
                self._node.unverified.give_back(*self._not_offered.pop(entrant.place))

    def _offer(self, entrant: _Entrant) -> None:
        place, source, envelope, bar = entrant
        held = self._not_offered.pop(place)

        def leave() -> None:
            self._node.pace.leave(source)
            self._node.unverified.give_back(*held)

        def done(outcome: ChainbillError | None) -> None:
            leave()
            self._admitted(place, envelope.id, outcome)

        self._unadmitted.one_more()
        if not self._node.admission.offer(envelope, source=source, own=True, bar=bar, done=done):
            leave()
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


def _size(item: tuple[int, bytes]) -> int:
    return len(item[1])


def _busy(full: MempoolFull) -> Busy:
    """What a client is told whose transaction found no room."""
    party = str(full.fields.get("party", ""))
    return Busy(full.detail, SHARE_RETRY_S if party else 1, party=party)
