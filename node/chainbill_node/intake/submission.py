"""Submission: what clients hand in, the transactions of one request together, so that none costs a task or a wait.

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
from typing import NamedTuple, Protocol

from chainbill.errors import ChainbillError, Refused
from chainbill.ledger.envelope import Envelope, read_envelope
from chainbill_node.application.application import LedgerApplication
from chainbill_node.foundation.slicing import slices
from chainbill_node.foundation.unavailable import Busy, Ending
from chainbill_node.intake.admission import Admission
from chainbill_node.intake.backpressure import Pace
from chainbill_node.intake.commit_waiters import Heard, Waiters
from chainbill_node.intake.limits import (
    SLICE_BYTES,
    SLICE_TRANSACTIONS,
    STRANGERS_BURST_S,
    STRANGERS_SHARE,
    STRANGERS_WAITING,
    STRANGERS_WAITING_OF_ONE,
)
from chainbill_node.intake.network_time import Timekeeping
from chainbill_node.intake.outcomes import Answer, CameOf, Submission, Told
from chainbill_node.intake.rate_limit import TooManyWait, Turns
from chainbill_node.mempool import KnownAddresses, Mempool, MempoolFull, Source, Unverified
from chainbill_node.mempool.limits import DOOR_WITHIN_S
from chainbill_node.runtime.metrics import Metrics

MAX_WAIT_MS = 120_000
MICROSECONDS = 1_000_000
SHARE_RETRY_S = 2


class _Latch:
    """Something to wait for: that all of a number of things have happened."""

    def __init__(self, count: int = 0) -> None:
        self._left = count
        self._over: asyncio.Future[None] | None = None

    def one_more(self) -> None:
        self._left += 1

    def one_less(self) -> None:
        self._left -= 1
        if self._left == 0 and self._over is not None:
            _end(self._over)

    async def wait(self, within_s: float | None = None) -> None:
        """Until they have, or for so long. One timer, where asyncio.timeout would make a scope and cancel a task."""
        if not self._left:
            return
        loop = asyncio.get_running_loop()
        over = self._over = loop.create_future()
        timer = None if within_s is None else loop.call_later(within_s, _end, over)
        try:
            await over
        finally:
            if timer is not None:
                timer.cancel()


def _end(over: asyncio.Future[None]) -> None:
    if not over.done():
        over.set_result(None)


class _Entrant(NamedTuple):
    """One that may go in: its place in the request, and why it will be refused even if its signatures are good."""

    place: int
    source: Source
    envelope: Envelope
    bar: Refused | None


def turns_of_strangers() -> Turns:
    """For pieces of batches from unknown addresses; what one costs is microseconds of the event loop."""
    return Turns(
        a_second=round(STRANGERS_SHARE * MICROSECONDS), burst=round(STRANGERS_BURST_S * MICROSECONDS),
        most=STRANGERS_WAITING, most_of_source=STRANGERS_WAITING_OF_ONE, within_s=DOOR_WITHIN_S,
    )  # fmt: skip


class CountsFull(Protocol):
    """Counts what found no room in the mempool."""

    def turned_away(self, full: MempoolFull) -> None:
        """No room for a transaction."""


class SubmissionParts(Protocol):
    """The parts of a node that a request goes through."""

    ledger: LedgerApplication
    time: Timekeeping
    mempool: Mempool
    unverified: Unverified
    known_addresses: KnownAddresses
    strangers: Turns
    pace: Pace
    admission: Admission
    waiters: Waiters
    metrics: Metrics
    stopped: asyncio.Event

    @property
    def traffic(self) -> CountsFull:
        """Who counts what is turned away."""

    def ending(self) -> Ending:
        """What is told to clients from when this node is to end."""


class HandingIn:
    """The transactions of one request, and what is answered to each. `address`: what the client is counted by.

    told: hears after each piece, and when all are admitted, what came of how many of them.
    """

    def __init__(self, node: SubmissionParts, wires: Sequence[bytes], wait_ms: int, address: str, told: Told) -> None:
        self._node = node
        self._told = told
        self._admissions = self._refusals = self._neither = 0  # since that was told last
        self._wires = wires
        self._address = address
        self._wait_s = min(wait_ms, MAX_WAIT_MS) / 1000
        self._ids = [b""] * len(wires)
        self._answers: list[Answer | None] = [None] * len(wires)
        self._listening: list[tuple[bytes, Heard]] = []
        self._not_offered: dict[int, tuple[Source, int]] = {}  # what of the room for the unverified is held, by place
        self._unadmitted = _Latch()
        self._unanswered = _Latch(len(wires))

    async def run(self) -> list[Answer]:
        """Admit them, pass them on, and wait for their commits as long as asked; an answer for each, in its place.

        Malformed or Refused: it is not admitted. Busy: the node takes no more.
        """
        if self._node.stopped.is_set():
            return [self._node.ending() for _ in self._wires]
        try:
            queues = await self._look_at_all()
            doors = [self._through_the_door(source, queue) for source, queue in queues.items()]
            if len(doors) == 1:
                await doors[0]
            else:
                await asyncio.gather(*doors)
            await self._unadmitted.wait()
            self._tell()
            if self._wait_s > 0:
                await self._unanswered.wait(self._wait_s)
        finally:
            for identity, heard in self._listening:
                self._node.waiters.drop(identity, heard, self._address)
            self._listening.clear()  # they hold this request, which holds them
            for place in list(self._not_offered):  # the client has gone
                self._node.unverified.give_back(*self._not_offered.pop(place))
        pairs = zip(self._answers, self._ids, strict=True)
        return [answer or Submission("pending", identity) for answer, identity in pairs]

    async def _look_at_all(self) -> dict[Source, list[_Entrant]]:
        """Those that may go in, by source; the pieces of a stranger's batch take turns with those of others."""
        queues: dict[Source, list[_Entrant]] = {}
        in_turn = len(self._wires) > 1 and self._address not in self._node.known_addresses
        pieces = slices(enumerate(self._wires), _size, SLICE_TRANSACTIONS, SLICE_BYTES)
        for number, piece in enumerate(pieces):
            if number:
                await asyncio.sleep(0)  # a large request does not hold up everything else
            if in_turn:
                try:
                    async with self._node.strangers.turn(self._address, 0) as turn:
                        began_s = asyncio.get_running_loop().time()
                        self._look_at_piece(piece, queues)
                        turn.cost = round(MICROSECONDS * (asyncio.get_running_loop().time() - began_s))
                except TooManyWait:
                    for place, _ in piece:
                        self._neither += 1
                        self._turned_away(place, "too_many_strangers", "too many batches of unknown addresses wait")
            else:
                self._look_at_piece(piece, queues)
            self._tell()
        return queues

    def _look_at_piece(self, piece: Sequence[tuple[int, bytes]], queues: dict[Source, list[_Entrant]]) -> None:
        for place, wire in piece:
            entrant = self._look_at(place, wire)
            if entrant is not None:
                queues.setdefault(entrant.source, []).append(entrant)
            elif isinstance(self._answers[place], ChainbillError):
                self._refusals += 1
            else:
                self._neither += 1

    def _tell(self) -> None:
        came = CameOf(self._admissions, self._refusals, self._neither)
        self._admissions = self._refusals = self._neither = 0
        if any(came):
            self._told(came)

    def _look_at(self, place: int, wire: bytes) -> _Entrant | None:
        """Begin with one transaction; None where it need not be admitted any more, or cannot be.

        What is refused here is refused before a signature is verified: only for what the client itself has written.
        """
        try:
            envelope = read_envelope(wire)
            bar = self._node.ledger.screen(envelope, self._node.time.now_ms())
        except ChainbillError as error:
            self._answer(place, error)
            return None
        identity = self._ids[place] = envelope.id
        repeated = self._committed(identity)
        if repeated is not None:
            self._answer(place, repeated)
            return None
        heard = partial(self._heard, place)
        if self._node.waiters.add(identity, heard, self._address, envelope.valid_until_ms):
            self._listening.append((identity, heard))
        elif self._wait_s > 0:  # else it need not hear
            ends = self._node.stopped.is_set()
            self._answer(place, self._node.ending() if ends else Busy("too many clients wait for a commit"))
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
                self._neither += 1
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
            self._admitted(place, envelope, outcome)

        self._unadmitted.one_more()
        if not self._node.admission.offer(envelope, source=source, own=True, bar=bar, done=done):
            leave()
            self._turned_away(place, "too_many_to_verify", "too many transactions wait to be verified")
            self._unadmitted.one_less()

    def _admitted(self, place: int, envelope: Envelope, outcome: ChainbillError | None) -> None:
        if outcome is None:
            self._admissions += 1
        elif isinstance(outcome, MempoolFull):
            self._neither += 1
            self._answer(place, _busy(outcome))
        else:  # it may have come in by way of a peer's block meanwhile
            answer = self._committed(envelope.id) or self._node.time.in_time(outcome, envelope)
            self._refusals += answer is outcome
            self._neither += answer is not outcome
            self._answer(place, answer)
        self._unadmitted.one_less()

    def _heard(self, place: int, outcome: Submission | ChainbillError | None) -> None:
        self._answer(place, outcome or Submission("pending", self._ids[place]))

    def _turned_away(self, place: int, reason: str, detail: str) -> None:
        self._node.metrics.turned_away.labels("admission", reason).inc()
        self._answer(place, Busy(detail))

    def _answer(self, place: int, answer: Answer) -> None:
        """The first answer is the one that counts. An error does not keep the frames in which it was raised."""
        if isinstance(answer, Exception):
            answer.__traceback__ = None
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
