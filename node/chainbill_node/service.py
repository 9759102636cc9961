"""One running node: storage, ledger, mempool, consensus driver and network put together on one event loop.

Everything but signature checks and REST reads happens on the loop's thread. A fault that the node must not survive
(disk, own bug, diverged state) ends `run` with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from chainbill.errors import ChainbillError, Malformed
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.transaction import Transaction, decode_transaction
from chainbill_node import wire
from chainbill_node.adapters import LedgerPort, NetworkPort, TimerPort
from chainbill_node.admission import Admission, Arrival, Outcome
from chainbill_node.clock import SystemClock
from chainbill_node.consensus.timeouts import Timeouts, Timer
from chainbill_node.driver import Driver
from chainbill_node.driver_events import DriverEvent, MessageReceived, PeerJoined, PeerLeft, TimerFired, WorkArrived
from chainbill_node.driver_ports import Note, Ports, Settings, VoteKey
from chainbill_node.engine.protocol import Finalized
from chainbill_node.home import OpenHome
from chainbill_node.logs import log
from chainbill_node.mempool import Mempool, MempoolFull, VerifiedTransactions
from chainbill_node.metrics import Metrics
from chainbill_node.network.peers import Member, PeerNetwork, PeerSettings
from chainbill_node.network.tls import client_context, server_context
from chainbill_node.storage.signer_file import FileSignerFile
from chainbill_node.waiters import Waiters
from chainbill_node.wire.limits import MAX_GOSSIP_TRANSACTIONS
from chainbill_node.wire.messages import Proposal, Status, Transactions

REFRESH_S = 1.0
GOSSIP_BYTES = 512 * 1024


class Node:
    """A node over an opened ledger. Make it inside the event loop that will run it."""

    def __init__(
        self,
        home: Path,
        opened: OpenHome,
        *,
        safe_height: int | None = None,
    ) -> None:
        config, genesis, key = opened.config, opened.genesis, opened.key
        ledger = opened.ledger
        self.config = config
        self.genesis = genesis
        self.ledger = ledger
        self.clock = SystemClock()
        self.node_id = key.public.hex()
        self.metrics = Metrics(genesis.chain_id, config.name)
        self.waiters = Waiters()
        self.peer_heights: dict[str, int] = {}
        self.stopped = asyncio.Event()
        self.fault: BaseException | None = None
        self.started = False
        self._loop = asyncio.get_running_loop()
        self._last_commit_s = self._loop.time()
        self.last_commit_ms = self.clock.now_ms()
        self._members_cache: tuple[int, Mapping[str, Member]] = (-1, {})
        limits = config.limits
        self.mempool = Mempool(limits.mempool_transactions, limits.mempool_bytes)
        self.verified = VerifiedTransactions(2 * limits.mempool_transactions)
        ledger.verified = self.verified
        self.admission = Admission(
            self._accept,
            gather_ms=limits.gather_ms,
            gather_count=limits.gather_transactions,
            threads=max(1, limits.verify_threads),
            max_waiting=limits.mempool_transactions,
        )
        self.peers = PeerNetwork(
            self._peer_settings(home), self.members, self._on_frame, self._on_peer_up, self._on_peer_down
        )
        self.driver = Driver(self._ports(opened.signer_file, key), self._settings(safe_height))

    def _peer_settings(self, home: Path) -> PeerSettings:
        files = self.config.files
        paths = (home / files.tls_ca, home / files.tls_certificate, home / files.tls_key)
        return PeerSettings(
            node_id=self.node_id,
            host=self.config.p2p.host,
            port=self.config.p2p.port,
            genesis_hash=self.genesis.hash,
            server=server_context(*paths),
            client=client_context(*paths),
        )

    def _ports(self, signer_file: FileSignerFile, key: VoteKey) -> Ports:
        limits = self.config.limits
        application = LedgerPort(
            self.ledger,
            self.mempool,
            max_transactions=limits.block_transactions,
            max_bytes=limits.block_bytes,
            now_ms=self.clock.now_ms,
            on_commit=self._on_commit,
        )
        return Ports(
            signer_file=signer_file,
            application=application,
            network=NetworkPort(self.peers),
            timers=TimerPort(self._loop, self._on_timer),
            clock=self.clock,
            observer=self,
            key=key,
        )

    def _settings(self, safe_height: int | None) -> Settings:
        given = self.config.consensus
        return Settings(
            chain_id=self.genesis.chain_id,
            timeouts=Timeouts(
                propose_ms=given.propose_timeout_ms,
                propose_growth_ms=given.propose_growth_ms,
                vote_ms=given.vote_timeout_ms,
                vote_growth_ms=given.vote_growth_ms,
                cap_ms=given.timeout_cap_ms,
            ),
            clock_drift_ms=given.clock_drift_ms,
            idle_interval_ms=given.idle_interval_ms,
            gossip_interval_ms=given.gossip_interval_ms,
            safe_height=safe_height,
        )

    async def start(self) -> None:
        """Recover the signer file, listen, dial. Raises what refuses a start."""
        self.driver.start()
        self.started = True
        await self.peers.start()
        self._loop.call_later(REFRESH_S, self._refresh)
        log.info("node_started", height=self.ledger.info().height, node=self.node_id)

    async def stop(self) -> None:
        """Close connections and threads; storage is the caller's to close."""
        self.started = False
        await self.peers.stop()
        self.admission.close()
        self.waiters.close()

    def fail(self, error: BaseException) -> None:
        """End the process: called for faults that must not be survived."""
        if self.fault is None:
            self.fault = error
            log.error("node_fault", what=f"{type(error).__name__}: {error}")
        self.stopped.set()

    def drive(self, event: DriverEvent) -> None:
        """Hand one event to consensus."""
        if self.fault is not None or not self.started:
            return
        try:
            self.driver.handle(event)
        except Exception as error:
            self.fail(error)
            return
        if self.driver.halted and self.fault is None:
            self.fail(RuntimeError(self.driver.halted))

    def _on_timer(self, timer: Timer) -> None:
        self.drive(TimerFired(timer))

    def _refresh(self) -> None:
        if self.stopped.is_set():
            return
        self.peers.refresh()
        self._loop.call_later(REFRESH_S, self._refresh)

    def members(self) -> Mapping[str, Member]:
        """Nodes that may connect: validators and candidates of the state."""
        height = self.ledger.info().height
        if self._members_cache[0] != height:
            found = {one.key.hex(): Member(one.key.hex(), one.name, one.address) for one in self.ledger.members()}
            self._members_cache = (height, found)
        return self._members_cache[1]

    # peers

    def _on_peer_up(self, peer: str) -> None:
        self.metrics.peers.set(len(self.peers.connected))
        own = [one.transaction.wire for one in self.mempool if one.own]
        for frame in _transaction_frames(own):
            self.peers.send(peer, frame, droppable=True)
        self.drive(PeerJoined(peer))

    def _on_peer_down(self, peer: str) -> None:
        self.metrics.peers.set(len(self.peers.connected))
        self.peer_heights.pop(peer, None)
        self.drive(PeerLeft(peer))

    def _on_frame(self, peer: str, frame: bytes) -> None:
        try:
            message = wire.decode(frame)
            if isinstance(message, Transactions):
                self._take_in([decode_transaction(one) for one in message.wires])
                return
        except Malformed as error:
            log.warning("peer_dropped", peer=peer, why=str(error))
            self.peers.drop(peer, str(error))
            return
        if isinstance(message, Status):
            self.peer_heights[peer] = message.height - 1
        if isinstance(message, Proposal):
            self._take_proposal(peer, message)
        else:
            self.drive(MessageReceived(peer, message))

    def _take_in(self, transactions: Sequence[Transaction]) -> None:
        for transaction in transactions:
            if transaction.id not in self.mempool and not self.ledger.is_used(transaction.id):
                self.admission.offer(transaction, own=False)

    def _take_proposal(self, peer: str, message: Proposal) -> None:
        """Hand a proposal over once the signatures of its transactions that are new here have been verified."""
        event = MessageReceived(peer, message)
        block = message.block
        pairs = zip(block.wire_ids, block.transactions, strict=True)
        unknown = [one for wire_id, one in pairs if wire_id not in self.verified]
        missing = 0

        def verified(_outcome: Outcome) -> None:
            nonlocal missing
            missing -= 1
            if missing == 0:
                self.drive(event)

        for one in unknown:
            try:
                transaction = decode_transaction(one)
            except Malformed:
                continue  # check_block refuses the block for it
            missing += 1
            if not self.admission.offer(transaction, own=False, done=verified):
                missing -= 1
        if missing:
            self.admission.hurry()
        else:
            self.drive(event)

    # transactions

    def _accept(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        """Verified transactions, in order: check, pool, pass on what came in here."""
        self.verified.remember([arrival.transaction for arrival in arrivals])
        was_empty = len(self.mempool) == 0
        now_ms = self.clock.now_ms()
        outcomes: list[Outcome] = []
        fresh: list[bytes] = []
        for arrival in arrivals:
            outcome = self._admit(arrival, now_ms)
            outcomes.append(outcome)
            if outcome is None and arrival.own:
                fresh.append(arrival.transaction.wire)
            elif outcome is not None:
                self.metrics.refused_admissions.inc()
        for frame in _transaction_frames(fresh):
            self.peers.broadcast(frame, droppable=True)
        if was_empty and len(self.mempool):
            self.drive(WorkArrived())
        return outcomes

    def _admit(self, arrival: Arrival, now_ms: int) -> Outcome:
        try:
            self.ledger.check_tx(arrival.transaction, now_ms)
            self.mempool.add(arrival.transaction, now_ms, own=arrival.own)
        except (ChainbillError, MempoolFull) as error:
            return error
        return None

    def _on_commit(self, block: Block, certificate: Certificate, finalized: Finalized) -> None:
        now_s = self._loop.time()
        metrics = self.metrics
        ids = [receipt.id for receipt in finalized.transaction_receipts]
        now_ms = self.clock.now_ms()
        for identity in ids:
            waiting = self.mempool.get(identity)
            if waiting is not None and waiting.own:
                metrics.wait_seconds.observe(max(0, now_ms - waiting.arrived_ms) / 1000)
        self.mempool.remove(ids)
        self.verified.forget(block.wire_ids)
        for identity in self.mempool.expire(block.header.time_ms):
            log.debug("transaction_expired", id=identity)
        self.waiters.committed(block.header.height, finalized.transaction_receipts)
        metrics.height.set(block.header.height)
        metrics.block_interval.observe(now_s - self._last_commit_s)
        metrics.block_bytes.set(len(block.encoded))
        metrics.block_transactions.set(len(ids))
        metrics.total_transactions.inc(len(ids))
        metrics.refused_transactions.inc(sum(not receipt.ok for receipt in finalized.transaction_receipts))
        self._last_commit_s = now_s
        self.last_commit_ms = now_ms
        log.info(
            "committed",
            height=block.header.height,
            transactions=len(ids),
            block=block.id,
            app_hash=finalized.app_hash,
            signatures=len(certificate.signatures),
        )

    def note(self, note: Note) -> None:
        """Trace events of consensus: counted, and logged where people care."""
        self.metrics.notes.labels(note.kind).inc()
        if note.kind == "round":
            self.metrics.round.set(note.round)
        write: Callable[..., None] = log.debug
        if note.kind in ("refused_block", "evidence", "dropped_peer", "halted", "abstaining"):
            write = log.warning
        elif note.kind in ("started", "synced", "asking"):
            write = log.info
        shown = {name: value for name, value in note.fields.items() if isinstance(value, str | int | bytes)}
        write(f"consensus_{note.kind}", height=note.height, round=note.round, **shown)


def _transaction_frames(wires: Sequence[bytes]) -> list[bytes]:
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
