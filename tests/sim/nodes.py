"""A simulated node: the real driver over ports that crash, tear and restart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chainbill_node.consensus.signer_frames import SignerFileError
from chainbill_node.consensus.timeouts import Timer
from chainbill_node.driver import Driver
from chainbill_node.driver_events import DriverEvent, MessageReceived, TimerFired, WorkArrived
from chainbill_node.driver_ports import Note, Ports, Tip
from chainbill_node.driver_signing import new_signer_file
from sim.checkers import ViolationError
from sim.telling import decode, told

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate

if TYPE_CHECKING:
    from chainbill_node.wire.messages import Proposal
    from sim.world import World


class CrashError(Exception):
    """The process is gone at this very point."""


class SimulatedNode:
    """One process with its disk. `honest` nodes are held to the promises, others only take part."""

    def __init__(self, world: World, name: str, key: PrivateKey, *, honest: bool = True, skew_ms: int = 0) -> None:
        self.world = world
        self.name = name
        self.key = key
        self.honest = honest
        self.skew_ms = skew_ms
        self.signer_bytes = new_signer_file(world.settings.chain_id, key.public)
        self.store: Any = world.new_store()
        self.driver: Driver | None = None
        self.application: Any = None
        self.incarnation = 0
        self.crash_in: int | None = None
        self.tear_at: int | None = None
        self.restart_after_ms = 1_000
        world.nodes[name] = self

    # ---- life ----

    @property
    def alive(self) -> bool:
        return self.driver is not None

    @property
    def height(self) -> int:
        return self.store.tip.height

    def boot(self) -> None:
        """Start the process on what the disk holds."""
        self.incarnation += 1
        self.crash_in = None
        self.application = self.world.new_ledger(self.store)
        fresh = [wire for wire in self.world.outstanding if wire not in self.application.committed]
        self.application.mempool = fresh
        ports = Ports(self, _CrashingLedger(self), self, _Timers(self), self, self, self.key)
        driver = Driver(ports, self.world.settings)
        self.driver = driver
        self._guard(driver.start)
        if self.driver is driver:
            self.world.connect(self.name)
            if fresh:
                self.deliver(WorkArrived())

    def crash(self) -> None:
        """Lose everything but the disk; come back later."""
        if self.driver is None:
            return
        self.driver = None
        self.world.tell(self.name, "crashed")
        self.world.disconnect(self.name)
        if self.restart_after_ms >= 0:
            self.world.at(self.restart_after_ms, self._come_back)

    def _come_back(self) -> None:
        if self.driver is None:
            self.world.tell(self.name, "restarted")
            self.boot()

    def deliver(self, event: DriverEvent) -> None:
        driver = self.driver
        if driver is not None:
            self._guard(lambda: driver.handle(event))
            if self.driver is driver and driver.halted is not None and self.honest:
                self.world.checkers.halted(self.name, driver.halted)

    def receive(self, source: str, data: bytes) -> None:
        if self.alive:
            self.deliver(MessageReceived(source, decode(data)))

    def submit(self, transaction: bytes) -> None:
        if self.alive and transaction not in self.application.mempool:
            self.application.mempool.append(transaction)
            self.deliver(WorkArrived())

    def _guard(self, action: Callable[[], None]) -> None:
        try:
            action()
        except CrashError:
            self.crash()
        except SignerFileError as error:
            raise ViolationError("recovery", f"{self.name}: {error}") from error

    def point(self) -> bool:
        """A persist or send point; True if the process dies here."""
        if self.crash_in is None:
            return False
        self.crash_in -= 1
        return self.crash_in < 0

    # ---- ports: signer file ----

    def read(self) -> bytes:
        return self.signer_bytes

    def append(self, frames: bytes) -> None:
        if self.tear_at is not None:
            self.signer_bytes += frames[: self.tear_at]
            self.tear_at = None
            raise CrashError
        if self.point():
            self.signer_bytes += frames[: self.world.random.randint(0, len(frames))]
            raise CrashError
        self.signer_bytes += frames
        if self.point():
            raise CrashError

    def rewrite(self, frames: bytes) -> None:
        if self.point():
            raise CrashError
        self.signer_bytes = frames
        if self.point():
            raise CrashError

    # ---- ports: network ----

    def send(self, peer: str, data: bytes) -> None:
        if self.point():
            raise CrashError
        self.world.transmit(self.name, peer, data)

    def broadcast(self, data: bytes) -> None:
        if self.honest:
            self.world.checkers.sent(self.key.public, data)
        for peer in self.world.nodes:
            if peer != self.name:
                self.send(peer, data)

    def propose(self, _proposal: Proposal, data: bytes) -> None:
        self.broadcast(data)

    def drop(self, peer: str, reason: str) -> None:
        self.world.checkers.dropped(self.name, peer, reason, honest=self.honest and self.world.nodes[peer].honest)

    # ---- ports: clock, observer ----

    def now_ms(self) -> int:
        return self.world.now_ms + self.skew_ms

    def note(self, note: Note) -> None:
        text = told(note, self.world.names, self.world.label)
        if text:
            self.world.tell(self.name, text)


class _Timers:
    """Timers die with the process."""

    def __init__(self, node: SimulatedNode) -> None:
        self._node = node
        self._incarnation = node.incarnation

    def schedule(self, timer: Timer, after_ms: int) -> None:
        self._node.world.at(after_ms, lambda: self._fire(timer))

    def _fire(self, timer: Timer) -> None:
        if self._node.incarnation == self._incarnation:
            self._node.deliver(TimerFired(timer))


class _CrashingLedger:
    """The light ledger, with a crash point before and after its one batch."""

    def __init__(self, node: SimulatedNode) -> None:
        self._node = node
        ledger = node.application
        self.tip = ledger.tip
        self.build_block = ledger.build_block
        self.check_block = ledger.check_block
        self.load_block = ledger.load_block
        self.load_validators = ledger.load_validators
        self._commit = ledger.commit

    def commit(self, block: Block, certificate: Certificate) -> Tip:
        node = self._node
        if node.point():
            raise CrashError
        tip = self._commit(block, certificate)
        if node.honest:
            node.world.checkers.committed(node.name, block, certificate, node.world.now_ms)
        if node.point():
            raise CrashError
        return tip
