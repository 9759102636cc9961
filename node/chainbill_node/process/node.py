"""One running node: storage, ledger, mempool, consensus driver and network put together on one event loop.

Everything but signature checks and REST reads happens on the loop's thread. A fault that the node must not survive
(disk, own bug, diverged state) ends `run` with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.upgrades import UpgradeNeeded
from chainbill.ledger.vote import VoteKey
from chainbill_node.application.protocol import Finalized
from chainbill_node.consensus.rules import TIME_AHEAD, TIME_BEHIND
from chainbill_node.consensus.timeouts import Timeouts, Timer
from chainbill_node.driver.driver import Driver
from chainbill_node.driver.events import DriverEvent, TimerFired, WorkArrived
from chainbill_node.driver.ports import Note, Ports, Settings
from chainbill_node.foundation.unavailable import Ending
from chainbill_node.home.node_home import OpenHome
from chainbill_node.intake.admission import Admission
from chainbill_node.intake.backpressure import Pace
from chainbill_node.intake.commit_waiters import Waiters
from chainbill_node.intake.network_time import Timekeeping
from chainbill_node.intake.simulation import TryingOut
from chainbill_node.intake.submission import turns_of_strangers
from chainbill_node.mempool import Accounts, KnownAddresses, Mempool, Unverified, VerifiedTransactions
from chainbill_node.mempool.limits import LEAST_UNVERIFIED, LEAST_UNVERIFIED_BYTES
from chainbill_node.network.peers import Member, PeerNetwork, configured_peers, peer_settings
from chainbill_node.process.adapters import LedgerPort, NetworkPort, TimerPort, UpgradeMissing
from chainbill_node.process.certificate_monitor import CertificateWatch
from chainbill_node.process.failed_day_items import FailedDayItems
from chainbill_node.process.maintenance import Upkeep
from chainbill_node.process.peer_messages import Traffic
from chainbill_node.process.proposals import Proposals
from chainbill_node.process.speculation import Plans
from chainbill_node.process.stall import StandingStill
from chainbill_node.process.warning_monitor import LOOK_S, Watch
from chainbill_node.runtime.clock import SystemClock
from chainbill_node.runtime.free_space import FreeSpace
from chainbill_node.runtime.logs import log
from chainbill_node.runtime.metrics import Metrics
from chainbill_node.runtime.timers import Timetable
from chainbill_node.storage.signer_file import FileSignerFile
from chainbill_node.storage.store import DiskError

REFRESH_S = 1.0
UNTIMELY_MEND = (
    "where other nodes do not say so of this proposer, this machine's clock is wrong: look at `chronyc tracking`"
)
UNTIMELY_MEND_ZH = "若其他节点对该提议者并无此报告，则是本机时钟有误：请查看 `chronyc tracking`"


class Node:
    """A node over an opened ledger. Make it inside the event loop that will run it."""

    def __init__(self, home: Path, opened: OpenHome, *, safe_height: int | None = None) -> None:
        config, genesis, key = opened.config, opened.genesis, opened.key
        ledger = opened.ledger
        self.config = config
        self.genesis = genesis
        self.ledger = ledger
        self.clock = SystemClock()
        self.node_id = key.public.hex()
        self.metrics = Metrics(genesis.chain_id, config.name)
        self.waiters = Waiters()
        self.standing = StandingStill(self)
        self.time = Timekeeping(self)
        folders = (home / config.files.data, (home / config.files.signer).parent)
        space = FreeSpace(folders, config.storage.warn_free_mib, self.clock.now_ms)
        self.certificates = CertificateWatch(self)
        self.failed_day_items = FailedDayItems(
            home / config.files.data / "failed_day_items.json",
            lambda: ledger.info().time_ms,
            lambda contract: self.metrics.failed_day_items.labels(contract).inc(),
        )
        sources = (space, self.time.warnings, self.certificates, self.failed_day_items)
        self.watch = Watch(sources, self.metrics.warned)
        self.timetable = Timetable(asyncio.get_running_loop())
        self.traffic = Traffic(self)
        self.plans = Plans(self)
        self.proposals = Proposals(self)
        self.stopped = asyncio.Event()
        self.fault: BaseException | None = None
        self._told_missing: UpgradeNeeded | None = None
        self.started = False
        self._loop = asyncio.get_running_loop()
        self.started_ms = self.last_commit_ms = self.clock.now_ms()
        self._members_cache: tuple[int, Mapping[str, Member]] = (-1, {})
        limits = config.limits
        self.mempool = Mempool(limits.mempool_transactions, limits.mempool_bytes, Accounts(ledger.sponsor_of))
        self.pace = Pace(self.mempool)
        self.unverified = Unverified(
            max(limits.mempool_transactions, LEAST_UNVERIFIED), max(limits.mempool_bytes, LEAST_UNVERIFIED_BYTES)
        )
        self.known_addresses = KnownAddresses()
        self.strangers = turns_of_strangers()
        self.verified = VerifiedTransactions(2 * limits.mempool_transactions)
        ledger.verified = self.verified
        opened.store.on_error = self.fail_from_thread
        self.admission = Admission(
            self.traffic.accept,
            gather_ms=limits.gather_ms,
            gather_count=limits.gather_transactions,
            threads=max(1, limits.verify_threads),
            no_room=self.traffic.no_room,
            known=self.verified.get,
            wanted=self.pace.short_of,
            stranger=lambda address: address not in self.known_addresses,
        )
        self.peers = PeerNetwork(
            peer_settings(home, config, self.node_id, genesis.hash),
            self.members,
            self.traffic.frame,
            self.traffic.peer_up,
            self.traffic.peer_down,
            lowest=lambda: self.ledger.lowest_height,
            on_refused=lambda reason: self.metrics.turned_away.labels("p2p", reason).inc(),
        )
        self.driver = Driver(self._ports(opened.signer_file, key), self._settings(safe_height))
        self.upkeep = Upkeep(self, home, opened.store)
        self.trying_out = TryingOut(
            ledger, self.time, lambda reason: self.metrics.turned_away.labels("simulate", reason).inc()
        )

    def _ports(self, signer_file: FileSignerFile, key: VoteKey) -> Ports:
        limits = self.config.limits
        application = LedgerPort(
            self.ledger,
            self.mempool,
            max_transactions=limits.block_transactions,
            max_bytes=limits.block_bytes,
            now_ms=self.clock.now_ms,
            on_commit=self._committed,
            on_plan=self.plans.tell,
            on_held=self._hold,
        )
        self.ready = application.ready
        return Ports(
            signer_file=signer_file,
            application=application,
            network=NetworkPort(self.peers),
            timers=TimerPort(self.timetable, self._on_timer),
            clock=self.clock,
            observer=self,
            key=key,
        )

    def _settings(self, safe_height: int | None) -> Settings:
        given = self.config.consensus
        return Settings(
            network=self.genesis.hash,
            timeouts=Timeouts(
                propose_ms=given.propose_timeout_ms,
                propose_growth_ms=given.propose_growth_ms,
                vote_ms=given.vote_timeout_ms,
                vote_growth_ms=given.vote_growth_ms,
                cap_ms=given.timeout_cap_ms,
            ),
            clock_drift_ms=given.clock_drift_ms,
            message_delay_ms=given.message_delay_ms,
            idle_interval_ms=given.idle_interval_ms,
            gossip_interval_ms=given.gossip_interval_ms,
            safe_height=safe_height,
            trusted=self.config.sync.trusted,
        )

    async def start(self) -> None:
        """Recover the signer file, listen, dial. Raises what refuses a start."""
        self._loop.set_exception_handler(self._on_loop_error)
        self.driver.start()
        self.started = True
        await self.peers.start()
        await self.upkeep.start()
        self.timetable.later(REFRESH_S, self._refresh)
        self._tell_what_is_missing()
        self._watch()
        log.info("node_started", height=self.ledger.info().height, node=self.node_id)

    async def stop(self) -> None:
        """Close connections, timers and threads; storage is the caller's to close."""
        self.started = False
        self.timetable.close()
        await self.upkeep.stop()
        await self.peers.stop()
        self.admission.close()
        self.trying_out.close()
        self.strangers.close()
        self.waiters.close()

    def fail(self, error: BaseException) -> None:
        """End the process: called for faults that must not be survived."""
        if self.fault is None:
            self.fault = error
            if not isinstance(error, UpgradeMissing):  # main says that in the last line
                log.error("node_fault", what=f"{type(error).__name__}: {error}")
        self.stopped.set()

    def ending(self) -> Ending:
        """What is told to clients from when this node is to end."""
        return Ending(disk=isinstance(self.fault, DiskError))

    def _committed(self, block: Block, certificate: Certificate, finalized: Finalized) -> None:
        self.traffic.committed(block, certificate, finalized)
        self._tell_what_is_missing()

    def _tell_what_is_missing(self) -> None:
        """Log once what is decided for a height to come and is not here."""
        needed = self.ledger.upgrade_needed
        if needed != self._told_missing and needed is not None:
            log.warning("upgrade_needed", height=needed.height, what=needed.said("en"), what_zh=needed.said("zh"))
        self._told_missing = needed

    def fail_from_thread(self, error: BaseException) -> None:
        """`fail`, from whatever thread noticed."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.fail, error)

    def _on_loop_error(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What nobody caught: a disk error ends the node, anything else is logged."""
        error = context.get("exception")
        if isinstance(error, DiskError):
            self.fail(error)
            return
        log.error("loop_error", what=f"{context.get('message')}: {type(error).__name__}: {error}")

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
        grace_s = self.plans.take_grace_s(timer)
        if grace_s:
            self.timetable.later(grace_s, partial(self.drive, TimerFired(timer)))
        else:
            self.drive(TimerFired(timer))

    def _refresh(self) -> None:
        if self.stopped.is_set():
            return
        self.time.look()
        self.peers.refresh()
        self.mempool.accounts.charge((), self.clock.now_ms())  # who has flooded grows calm while no block is made too
        self.traffic.sweep()
        self.traffic.offer_again()
        self._wake_for_day_work()
        self._wake_for_waiting()  # clocks run unevenly: a timer alone may ring a moment too early
        self.standing.look()
        self.timetable.later(REFRESH_S, self._refresh)

    def _watch(self) -> None:
        self.watch.look(self.clock.now_ms())
        self.timetable.later(LOOK_S, self._watch)

    def _hold(self, milliseconds: int) -> None:
        self.timetable.later(milliseconds / 1000, self._wake_for_waiting)

    def _wake_for_waiting(self) -> None:
        """Those that flood were held back, and may go on."""
        if not self.stopped.is_set() and self.ready():
            self.drive(WorkArrived())

    def _wake_for_day_work(self) -> None:
        """A local date has come that something waits for: there is work without any transaction."""
        info = self.ledger.info()
        if info.next_day_ms is not None and info.next_day_ms <= self.clock.now_ms() + info.clock_offset_ms:
            self.drive(WorkArrived())

    def members(self) -> Mapping[str, Member]:
        """Nodes that may connect: validators, candidates and observers of the state."""
        height = self.ledger.info().height
        if self._members_cache[0] != height:
            found = {one.key.hex(): Member(one.key.hex(), one.name, one.address) for one in self.ledger.members()}
            if self.node_id not in found:  # a newcomer's state may be too old to know who is there today
                found = {**configured_peers(self.config.sync.peers), **found}
            self._members_cache = (height, found)
        return self._members_cache[1]

    def note(self, note: Note) -> None:
        """Trace events of consensus: counted, and logged where people care."""
        self.metrics.note(note.kind)
        if note.kind == "proposal":
            self.time.hear(note)
        if note.kind == "round":
            self.metrics.round.set(note.round)
        write: Callable[..., None] = log.debug
        if note.kind in ("refused_block", "evidence", "dropped_peer", "halted", "abstaining", "safe_height"):
            write = log.warning
        elif note.kind in ("started", "synced", "asking"):
            write = log.info
        elif not log.debugs:
            return
        shown = {name: value for name, value in note.fields.items() if isinstance(value, str | int | bytes)}
        if str(shown.get("reason", "")).startswith((TIME_AHEAD, TIME_BEHIND)):
            shown |= {"mend": UNTIMELY_MEND, "mend_zh": UNTIMELY_MEND_ZH}
        write(f"consensus_{note.kind}", height=note.height, round=note.round, **shown)
