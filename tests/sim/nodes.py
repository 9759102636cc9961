"""A simulated node: the real driver over ports that crash, tear and restart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chainbill_node.consensus.signer_frames import SignerFileError
from chainbill_node.consensus.signer_memory import recover_memory
from chainbill_node.consensus.state import Signing
from chainbill_node.consensus.timeouts import Timer
from chainbill_node.driver.driver import Driver
from chainbill_node.driver.events import DriverEvent, MessageReceived, TimerFired, WorkArrived
from chainbill_node.driver.ports import Note, Ports, Tip
from chainbill_node.driver.signer import following_signer_file, new_signer_file
from chainbill_node.storage.store import DiskError
from sim.checkers import ViolationError
from sim.reborn import lost_by_a_restart
from sim.telling import decode

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
        self.signer_bytes = new_signer_file(world.settings.network, key.public)
        self._looked_at = b""
        self.lag_ms = self.slow_ms = self.busy_until_ms = 0
        self.acknowledged = self._fresh = 0
        self.alive = False
        self.store: Any = world.new_store(self)
        self.driver: Driver | None = None
        self.application: Any = None
        self.incarnation = 0
        self.crash_in: int | None = None
        self.crash_at = ""
        self.tear_at: int | None = None
        self.restart_after_ms = 1_000
        self.word: int | None = None  # the operator's safe height at the next start
        self.fetches = False  # its data come from others, its signer file does not
        world.add(self)

    # ---- life ----

    @property
    def height(self) -> int:
        height: int = self.store.height
        return height

    def boot(self) -> None:
        """Start the process on what the disk holds."""
        self.incarnation += 1
        self.alive = True
        self.crash_in = None
        self.lag_ms = self.busy_until_ms = 0
        if self.honest and self.height < self.acknowledged:
            raise ViolationError(
                "durability", f"{self.name} had height {self.acknowledged} and comes back at {self.height}"
            )
        self._guard(self._start)
        if self.alive:
            self.world.connect(self.name)
            if self._fresh:
                self.deliver(WorkArrived())

    def _start(self) -> None:
        self.application = self.world.new_ledger(self)
        self._fresh = [self.application.hand_in(wire) for wire in self.world.outstanding].count(True)
        ports = Ports(self, CrashingLedger(self), self, _Timers(self), self, self, self.key)
        self.driver = Driver(ports, replace(self.world.settings, safe_height=self.word))
        knew = not _forgets(self.signer_bytes, self.world.settings.network, self.key.public)
        if self.word is not None:
            self.world.checkers.locks.forgetful.add(self.key.public)
        self.driver.start()
        forgets = _forgets(self.signer_bytes, self.world.settings.network, self.key.public)
        if self.honest and knew and forgets and self.word is None and not self.fetches:
            raise ViolationError("recovery", f"{self.name}'s signer file lacks what its database has")
        state = self.driver.state
        if self.honest and not self.fetches and state.signing is not Signing.ABSTAINING:
            locked = (state.locked_round, state.locked.block.id if state.locked is not None else b"")
            self.world.checkers.came_back(self.key.public, state.height, locked)

    def crash(self) -> None:
        """Lose everything but the disk; come back later."""
        if not self.alive:
            return
        self.stop()
        self.world.tell(self.name, "crashed")
        self.world.disconnect(self.name)
        if self.restart_after_ms >= 0:
            self.world.at(self.restart_after_ms, self._come_back)

    def stop(self) -> None:
        """The process ends here; what was not synced may be lost."""
        self.alive, self.driver = False, None
        self.store.crash()

    def _come_back(self) -> None:
        if not self.alive and self.restart_after_ms >= 0:
            self.world.tell(self.name, "restarted")
            self.boot()

    def lose_data(self) -> None:
        """Its database is gone: it is as new."""
        self.store, self.acknowledged = self.world.new_store(self), 0
        self.world.tell(self.name, "loses its data")

    def lose_signer(self) -> None:
        """Its signer file is gone: what is put in its place says that it does not know what it signed."""
        self.signer_bytes = following_signer_file(self.world.settings.network, self.key.public, 0)
        self.world.tell(self.name, "loses its signer file")

    def deliver(self, event: DriverEvent) -> None:
        if self.waits(lambda: self.deliver(event)):
            return
        driver = self.driver
        if driver is not None:
            self._guard(lambda: driver.handle(event))
            if self.driver is driver and driver.halted is not None and self.honest:
                self.world.checkers.halted(self.name, driver.halted)
            elif self.driver is driver and self.honest and self.world.checkers.strict:
                self._look_at_the_file()

    def _look_at_the_file(self) -> None:
        """As often as it was written to."""
        if self.driver is not None and self.signer_bytes is not self._looked_at:
            self._looked_at = self.signer_bytes
            lost = lost_by_a_restart(self.driver, self.key, self.signer_bytes)
            if lost is not None:
                raise ViolationError(lost[0], f"{self.name} would forget with a restart {lost[1]}")

    def waits(self, action: Callable[[], None]) -> bool:
        """Whether the process is in the middle of a slow persist; then the action comes after it."""
        left_ms = self.busy_until_ms - self.world.now_ms
        incarnation = self.incarnation
        if left_ms > 0 and self.alive:
            self.world.at(left_ms, lambda: action() if self.incarnation == incarnation else None)
        return left_ms > 0

    def receive(self, source: str, data: bytes) -> None:
        if self.alive:
            self.deliver(MessageReceived(self.world.ids[source], decode(data)))

    def submit(self, transaction: bytes) -> None:
        if self.driver is not None and self.application.hand_in(transaction):
            self.deliver(WorkArrived())

    def _guard(self, action: Callable[[], None]) -> None:
        try:
            action()
        except CrashError:
            self.crash()
        except (SignerFileError, DiskError) as error:
            raise ViolationError("recovery", f"{self.name}: {error}") from error
        if self.lag_ms:
            self.busy_until_ms, self.lag_ms = self.world.now_ms + self.lag_ms, 0

    def point(self, kind: str) -> bool:
        """A point of a kind ("signer", "store", "commit", "place", "send"); True if the process dies here."""
        if self.crash_in is None or self.crash_at not in ("", kind):
            return False
        self.crash_in -= 1
        return self.crash_in < 0

    def persisted(self) -> None:
        """A synced write took its time: what follows in this step comes so much later."""
        self.lag_ms += self.slow_ms

    def has_committed(self, block: Block) -> None:
        """A block is on its disk; nodes of another ledger look at more here."""

    # ---- ports: signer file ----

    def read(self) -> bytes:
        return self.signer_bytes

    def append(self, frames: bytes) -> None:
        if self.tear_at is not None:
            self.signer_bytes += frames[: self.tear_at]
            self.tear_at = None
            raise CrashError
        if self.point("signer"):
            self.signer_bytes += frames[: self.world.random.randint(0, len(frames))]
            raise CrashError
        self.signer_bytes += frames
        self.persisted()
        if self.point("signer"):
            raise CrashError

    def rewrite(self, frames: bytes) -> None:
        if self.point("signer"):
            raise CrashError
        self.signer_bytes = frames
        self.persisted()
        if self.point("signer"):
            raise CrashError

    # ---- ports: network ----

    def send(self, peer: str, data: bytes) -> None:
        if self.point("send"):
            raise CrashError
        self.world.transmit(self.name, self.world.name_of(peer), data, self.lag_ms)

    def broadcast(self, data: bytes) -> None:
        if self.honest:
            self.world.checkers.sent(self.key.public, data)
        else:
            self.world.checkers.overheard(self.key.public, data)
        for name in self.world.nodes:
            if name != self.name:
                self.send(self.world.ids[name], data)

    def propose(self, _proposal: Proposal, data: bytes) -> None:
        self.broadcast(data)

    def drop(self, peer: str, reason: str) -> None:
        name = self.world.name_of(peer)
        self.world.checkers.dropped(self.name, name, reason, honest=self.honest and self.world.nodes[name].honest)

    # ---- ports: clock, observer ----

    def now_ms(self) -> int:
        return self.world.now_ms + self.skew_ms + self.lag_ms

    def note(self, note: Note) -> None:
        if note.kind == "safe_height":  # it signs again, and does not know what it had signed
            self.world.checkers.locks.forgetful.add(self.key.public)
            if self.honest:
                self.world.checkers.signs_from(self.key.public, note.fields["sign_from"], note.fields["from_round"])
        self.world.note(self.name, note)


def _forgets(content: bytes, network: bytes, public: bytes) -> bool:
    """Whether a signer file says that it is not known what was signed."""
    try:
        return recover_memory(content, network, public).unknown
    except SignerFileError:
        return False


class _Timers:
    """Timers die with the process."""

    def __init__(self, node: SimulatedNode) -> None:
        self._node = node
        self._incarnation = node.incarnation

    def schedule(self, timer: Timer, after_ms: int) -> None:
        self._node.world.at(after_ms + self._node.lag_ms, lambda: self._fire(timer))

    def _fire(self, timer: Timer) -> None:
        if self._node.incarnation == self._incarnation:
            self._node.deliver(TimerFired(timer))


class CrashingLedger:
    """A ledger with a crash point before and after its commit, and the checkers behind it."""

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
        if node.point("commit"):
            raise CrashError
        tip = self._commit(block, certificate)
        node.persisted()
        node.acknowledged = tip.height
        if node.honest:
            node.world.checkers.committed(node.name, block, certificate, node.world.now_ms)
        node.has_committed(block)
        if node.point("commit"):
            raise CrashError
        return tip
