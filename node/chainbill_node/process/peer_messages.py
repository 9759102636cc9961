"""Peer messages: frames of peers, proposals, transactions, what is passed on, and what a commit clears away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Protocol

from chainbill.errors import ChainbillError, InternalFault, Malformed, Reason, Refused
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.envelope import Envelope, read_envelope, wire_id_of
from chainbill_node import wire
from chainbill_node.application.application import INTERNAL_ERRORS, LedgerApplication
from chainbill_node.application.protocol import Finalized
from chainbill_node.application.snapshot_calls import snapshot_answer
from chainbill_node.driver.events import DriverEvent, MessageReceived, PeerJoined, PeerLeft, WorkArrived
from chainbill_node.foundation.slicing import slices
from chainbill_node.home.config import NodeConfig
from chainbill_node.intake.admission import Admission, Outcome, Verified
from chainbill_node.intake.backpressure import Pace
from chainbill_node.intake.commit_waiters import Waiters
from chainbill_node.intake.limits import SLICE_BYTES, SLICE_TRANSACTIONS
from chainbill_node.intake.network_time import Timekeeping
from chainbill_node.mempool import Mempool, MempoolFull, Source, Unverified, VerifiedTransactions
from chainbill_node.network.peers import PeerNetwork
from chainbill_node.process.failed_day_items import FailedDayItems
from chainbill_node.process.limits import MAX_HOPELESS, MAX_OFFERED_AGAIN, OFFER_AGAIN_MS
from chainbill_node.process.maintenance import Upkeep
from chainbill_node.process.peer_requests import Questions, takes_long
from chainbill_node.process.proposals import Proposals
from chainbill_node.process.speculation import Plans
from chainbill_node.runtime.clock import SystemClock
from chainbill_node.runtime.logs import log
from chainbill_node.runtime.metrics import Metrics
from chainbill_node.runtime.timers import Timetable
from chainbill_node.storage.store import DiskError
from chainbill_node.wire.limits import MAX_GOSSIP_TRANSACTIONS
from chainbill_node.wire.messages import (
    CompactProposal,
    Decided,
    EvidenceFound,
    Message,
    Own,
    Plan,
    Position,
    Proposal,
    Status,
    Transactions,
    Votes,
    WantBlock,
    WantBlocks,
    WantChunk,
    WantOwn,
    WantPosition,
    WantProposal,
    WantSnapshots,
)

QUESTIONS = (Status, WantBlock, WantBlocks, WantChunk, WantOwn, WantPosition, WantProposal, WantSnapshots)
GOSSIP_BYTES = 512 * 1024


class TooMuchError(Exception):
    """A peer sent more than it may, and its connection is gone."""


class MessageParts(Protocol):
    """The parts of a node between which messages and commits are passed on."""

    config: NodeConfig
    clock: SystemClock
    time: Timekeeping
    timetable: Timetable
    ledger: LedgerApplication
    mempool: Mempool
    verified: VerifiedTransactions
    unverified: Unverified
    admission: Admission
    pace: Pace
    waiters: Waiters
    plans: Plans
    proposals: Proposals
    peers: PeerNetwork
    upkeep: Upkeep
    metrics: Metrics
    failed_day_items: FailedDayItems
    last_commit_ms: int
    ready: Callable[[], bool]

    def drive(self, event: DriverEvent) -> None:
        """Hand one event to consensus."""

    def fail(self, error: BaseException) -> None:
        """End the process."""


class Traffic:
    """Between the network, the mempool and consensus of one node."""

    def __init__(self, node: MessageParts) -> None:
        self._node = node
        loop = asyncio.get_running_loop()
        self._questions = Questions(self._answer, loop.time, node.timetable.later)
        self.peer_heights: dict[str, int] = {}
        self._hopeless: set[bytes] = set()  # wire ids that the newest state does not admit

    # peers

    def peer_up(self, peer: str) -> None:
        """A peer is connected: it gets the transactions handed in here, which it may have missed."""
        node = self._node
        node.metrics.peers.set(len(node.peers.connected))
        own = [one.transaction.wire for one in node.mempool if one.own]
        for frame in transaction_frames(own):
            node.peers.send(peer, frame, droppable=True)
        node.drive(PeerJoined(peer))

    def offer_again(self) -> None:
        """The oldest that were handed in here and have waited: who could not admit them then, may now.

        Else they wait for this node's turn, and each height before it for LONE_START_MS.
        """
        node = self._node
        before_ms = node.clock.now_ms() - OFFER_AGAIN_MS
        waiting = (one.transaction.wire for one in node.mempool if one.own and one.arrived_ms <= before_ms)
        for frame in transaction_frames(list(islice(waiting, MAX_OFFERED_AGAIN))):
            node.peers.broadcast(frame, droppable=True)

    def peer_down(self, peer: str) -> None:
        """A peer is gone."""
        self._node.metrics.peers.set(len(self._node.peers.connected))
        self.peer_heights.pop(peer, None)
        self._questions.forget(peer)
        self._node.drive(PeerLeft(peer))

    def frame(self, peer: str, frame: bytes) -> None:
        """One message of a peer; one that breaks the format costs it the connection."""
        node = self._node
        try:
            message = wire.decode(frame, lambda count: self._allow(peer, count))
        except Malformed as error:
            node.peers.drop(peer, str(error))
            return
        except TooMuchError:
            return
        if isinstance(message, Transactions):
            if node.peers.transactions(peer, len(message.wires)):
                self._take_in(peer, slices(message.wires, len, SLICE_TRANSACTIONS, SLICE_BYTES))
            return
        if isinstance(message, QUESTIONS) and not node.peers.question(peer):
            return
        if isinstance(message, Status):
            self.peer_heights[peer] = message.height - 1
        signatures = signatures_in(message)
        if signatures and not node.peers.votes(peer, signatures):
            return
        if takes_long(message, node.ledger.info().height):
            self._questions.ask(peer, message)
            return
        if isinstance(message, Plan):
            node.plans.receive(peer, message)
        elif isinstance(message, CompactProposal):
            node.proposals.compact(peer, message)
        elif isinstance(message, Proposal):
            node.proposals.whole(peer, message)
        else:
            node.drive(MessageReceived(peer, message))

    def _allow(self, peer: str, carried: int) -> None:
        if not self._node.peers.carried(peer, carried):
            raise TooMuchError

    def _answer(self, peer: str, question: Message) -> None:
        node = self._node
        if isinstance(question, WantSnapshots | WantChunk):
            node.peers.send(peer, wire.encode(snapshot_answer(node.ledger, question)))
        else:
            node.drive(MessageReceived(peer, question))

    def _take_in(self, peer: str, pieces: Iterator[list[bytes]]) -> None:
        """Transactions from a peer, a piece at a time: those that are new go through admission.

        An honest node has verified what it passes on. So what is of another network or malformed costs the peer its
        connection at once, and a bad signature when it is found; but not that the sender or its key has lost its
        standing here, or has not got it yet. Of whoever sends many such the rest is passed over for a moment.
        """
        try:
            for one in next(pieces, ()):
                self._take(peer, one)
        except Malformed as error:
            self._node.peers.drop(peer, str(error))
            return
        following = next(pieces, None)
        if following is not None:
            asyncio.get_running_loop().call_soon(self._take_in, peer, chain((following,), pieces))

    def _take(self, peer: str, wire_bytes: bytes) -> None:
        node = self._node
        wire_id = wire_id_of(wire_bytes)
        if wire_id in node.verified or node.admission.has(wire_id) or wire_id in self._hopeless:
            return
        budget, now_s = node.peers.budgets.of(peer), asyncio.get_running_loop().time()
        if not budget.is_worth_reading(now_s):
            node.metrics.turned_away.labels("admission", "too_many_in_vain").inc()
            return
        envelope = read_envelope(wire_bytes, wire_id)
        try:
            bar = node.ledger.screen(envelope, node.time.now_ms())
        except Refused as error:
            bar = error
        if bar is not None:
            budget.in_vain(now_s)
            node.metrics.turned_away.labels("admission", bar.reason).inc()
            if len(self._hopeless) < MAX_HOPELESS:
                self._hopeless.add(wire_id)
            return
        if envelope.id in node.mempool or node.ledger.is_used(envelope.id):
            budget.in_vain(now_s)
            return
        source, size = Source(peer), len(wire_bytes)
        full = node.mempool.refusal(envelope.party, size)
        if full is not None:
            self.turned_away(full)
            return

        def verified(outcome: Outcome) -> None:
            node.unverified.give_back(source, size)
            if isinstance(outcome, Malformed):
                node.peers.drop(peer, outcome.reason)

        if not node.unverified.take(source, size):
            node.metrics.turned_away.labels("admission", "too_many_to_verify").inc()
        elif not node.admission.offer(envelope, source=Source(peer, envelope.party), own=False, done=verified):
            node.unverified.give_back(source, size)

    # transactions

    def accept(self, arrivals: Sequence[Verified]) -> list[Outcome]:
        """Verified transactions, in order: check, pool, pass on what came in here."""
        node = self._node
        transactions = [arrival.transaction for arrival in arrivals]
        node.verified.remember(transactions)
        node.plans.arrived(transactions)
        was_ready = node.ready()
        now_ms, real_ms = node.clock.now_ms(), node.time.now_ms()
        outcomes: list[Outcome] = []
        fresh: list[bytes] = []
        for arrival in arrivals:
            outcome = self._admit(arrival, now_ms, real_ms)
            outcomes.append(outcome)
            if outcome is None and arrival.own:
                fresh.append(arrival.transaction.wire)
            elif outcome is not None:
                node.metrics.refused_admissions.inc()
        for frame in transaction_frames(fresh):
            node.peers.broadcast(frame, droppable=True)
        if not was_ready and node.ready():
            node.drive(WorkArrived())
        return outcomes

    def _admit(self, arrival: Verified, now_ms: int, real_ms: int) -> Outcome:
        try:
            self._node.ledger.check_tx(arrival.transaction, real_ms)
            self._node.mempool.add(arrival.transaction, now_ms, own=arrival.own)
        except MempoolFull as error:
            self.turned_away(error)
            return error
        except ChainbillError as error:
            return error
        except DiskError as error:
            self._node.fail(error)
            return InternalFault(Reason.INTERNAL, str(error))
        except INTERNAL_ERRORS as error:  # our own mistake refuses the transaction and nothing else
            log.error("admission_fault", id=arrival.transaction.id, what=f"{type(error).__name__}: {error}")
            return InternalFault(Reason.INTERNAL, f"{type(error).__name__}: {error}")
        return None

    def no_room(self, envelope: Envelope) -> MempoolFull | None:
        """Whether the pool has filled up since it came in."""
        full = self._node.mempool.refusal(envelope.party, len(envelope.wire))
        if full is not None:
            self.turned_away(full)
        return full

    def turned_away(self, full: MempoolFull) -> None:
        """No room for a transaction: counted by reason, and now and then a line."""
        self._node.metrics.turned_away.labels("mempool", full.reason).inc()
        log.seldom(
            "mempool_refused", why=full.reason, party=full.fields.get("party", ""), waiting=full.fields.get("count", 0)
        )

    def sweep(self) -> None:
        """Take out what no new block can carry, also while no block comes. A node whose clock is ahead waits a little
        longer: others may still put it into a block. Nobody is told by a clock: see `Waiters.committed`."""
        node = self._node
        node.mempool.expire(
            node.time.now_ms() + node.ledger.info().clock_offset_ms - node.config.consensus.clock_drift_ms
        )

    def committed(self, block: Block, certificate: Certificate, finalized: Finalized) -> None:
        """A block is on the disk: clear the pool, tell who waits, count."""
        node = self._node
        height, receipts = block.header.height, finalized.transaction_receipts
        ids = [receipt.id for receipt in receipts]
        now_ms = node.clock.now_ms()
        waits_ms = [
            now_ms - waiting.arrived_ms for waiting in map(node.mempool.get, ids) if waiting is not None and waiting.own
        ]
        self._hopeless.clear()
        node.mempool.remove(ids)
        node.verified.forget(block.wire_ids)
        node.mempool.expire(block.header.time_ms)
        node.waiters.committed(height, receipts, block.header.time_ms)
        node.metrics.committed(block, receipts, interval_ms=now_ms - node.last_commit_ms, waits_ms=waits_ms)
        node.failed_day_items.committed(height, block.header.time_ms, finalized.receipts[: finalized.opening])
        node.last_commit_ms = now_ms
        node.pace.committed(len(ids), now_ms)
        node.upkeep.committed(height, block.header.time_ms)
        node.plans.committed()
        log.info(
            "committed",
            height=height,
            transactions=len(ids),
            block=block.id,
            app_hash=finalized.app_hash,
            signatures=len(certificate.signatures),
        )


def signatures_in(message: Message) -> int:
    """How many signatures of consensus have to be verified for a message at most, its blocks' certificates left out."""
    match message:
        case Votes():
            return len(message.votes)
        case Proposal() | CompactProposal():
            return 1 + len(message.prevotes)
        case Own():
            return len(message.proposals) + len(message.votes)
        case Position(locked=locked):
            return 0 if locked is None else len(locked.prevotes)
        case Decided():
            return len(message.certificate.signatures)
        case EvidenceFound():
            return 2
        case _:
            return 0


def transaction_frames(wires: Sequence[bytes]) -> list[bytes]:
    """TRANSACTIONS messages of bounded size."""
    frames: list[bytes] = []
    part: list[bytes] = []
    size = 0
    for one in wires:
        if part and (size + len(one) > GOSSIP_BYTES or len(part) >= MAX_GOSSIP_TRANSACTIONS):
            frames.append(wire.encode(Transactions(tuple(part))))
            part, size = [], 0
        part.append(one)
        size += len(one)
    if part:
        frames.append(wire.encode(Transactions(tuple(part))))
    return frames
