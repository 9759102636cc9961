"""Nodes of the real ledger that serve snapshots, take them in, or lie with them: the product's parts over a simulated
disk and network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainbill_node import wire
from chainbill_node.application.application import LedgerApplication
from chainbill_node.application.snapshot_calls import SnapshotCalls, snapshot_answer, snapshot_info
from chainbill_node.consensus.events import Event
from chainbill_node.consensus.signer_frames import SignerFileError
from chainbill_node.consensus.signer_memory import recover_memory
from chainbill_node.driver.events import DriverEvent, PeerJoined, PeerLeft
from chainbill_node.driver.signer import following_signer_file
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.chain.layout import LOWEST_KEY
from chainbill_node.storage.chain.pruning import Pruner
from chainbill_node.storage.snapshots.manifest import manifest_of
from chainbill_node.storage.snapshots.stream import chunks_of, records_of
from chainbill_node.sync import snapshots
from chainbill_node.sync.manifest import SnapshotManifest, chunk_hash
from chainbill_node.sync.snapshots import StateSync
from chainbill_node.wire.messages import Message, WantChunk, WantSnapshots
from sim.checkers import ViolationError
from sim.nodes import CrashError, SimulatedNode
from sim.snapshot_lies import lie_about
from sim.telling import decode

from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.block import Block

if TYPE_CHECKING:
    from sim.real import RealWorld

WAIT_MS = 8_000
PRUNE_AFTER_MS = 50
OPERATOR_MS = 2_000


class ProductNode(SimulatedNode):
    """A node of the real ledger. `newcomer`: how it begins without data; `lie`: what it does with its snapshots."""

    world: RealWorld

    def __init__(self, world: RealWorld, name: str, key: PrivateKey, *, lie: str = "", skew_ms: int = 0) -> None:
        super().__init__(world, name, key, honest=not lie, skew_ms=skew_ms)
        self.lie = lie
        self.newcomer = ""
        self._sync: StateSync | None = None
        self._fetching: LedgerApplication | None = None
        self._believed: tuple[SnapshotManifest, list[bytes]] | None = None
        self._making: tuple[int, list[bytes]] | None = None
        self._pruner: Pruner | None = None

    # ---- life ----

    def _start(self) -> None:
        self._making = None
        if self.newcomer == "snapshot" and "chain" not in self.store.levels:
            members = len(self.world.nodes) - 1
            self._sync = StateSync(self._Ports(self), self.now_ms(), members=members, wait_ms=WAIT_MS)
            self.world.tell(self.name, "asks for snapshots")
            self._wait_for(self._sync)
            return
        super()._start()
        self._pruner = Pruner(self.application.store, self.world.keep_blocks)
        if self.honest:
            self.world.check_disk(self)

    def stop(self) -> None:
        super().stop()
        self._sync = None

    def wipe(self, newcomer: str, *, keeps_signer: bool) -> None:
        """The disk is gone; its operator sets it up again with its key."""
        self.restart_after_ms = -1
        self.crash()
        self.store.wipe()
        self.acknowledged = 0
        self.newcomer = newcomer
        if not keeps_signer:
            self.signer_bytes = following_signer_file(self.world.settings.network, self.key.public, 0)

    def deliver(self, event: DriverEvent | Event) -> None:
        sync = self._sync
        if sync is None:
            super().deliver(event)  # type: ignore[arg-type]
        elif isinstance(event, PeerJoined):
            self._guard(lambda: sync.joined(event.peer, self.now_ms()))
        elif isinstance(event, PeerLeft):
            self._guard(lambda: sync.gone(event.peer, self.now_ms()))
            self._finish(sync)

    def receive(self, source: str, data: bytes) -> None:
        if not self.alive or self.waits(lambda: self.receive(source, data)):
            return
        message = decode(data)
        sync = self._sync
        if sync is not None:
            self._guard(lambda: sync.receive(self.world.ids[source], message, self.now_ms()))
            self._finish(sync)
        elif isinstance(message, WantSnapshots | WantChunk):
            self._serve(source, message)
        else:
            super().receive(source, data)

    def _serve(self, peer: str, message: WantSnapshots | WantChunk) -> None:
        answer: Message | None = snapshot_answer(self.application.ledger, message)
        if self.lie and answer is not None:
            answer = lie_about(self, message, answer)
        if answer is not None:
            self.world.transmit(self.name, peer, wire.encode(answer), self.lag_ms)

    # ---- taking a snapshot in ----

    class _Ports:
        """`JoinPorts` of a simulated node."""

        def __init__(self, node: ProductNode) -> None:
            self._node = node

        def send(self, peer: str, message: Message) -> None:
            node = self._node
            if node.point("send"):
                raise CrashError
            node.world.transmit(node.name, node.world.name_of(peer), wire.encode(message), node.lag_ms)

        def drop(self, peer: str, reason: str) -> None:
            self._node.world.tell(self._node.name, f"drops {self._node.world.name_of(peer)}: {reason}")
            self._node.drop(peer, reason)

        def left(self, peer: str, height: int, why: str) -> None:
            left = self._node.world.name_of(peer)
            self._node.world.tell(self._node.name, f"leaves {left} with snapshot {height}: {why}")

        def nobody(self) -> None:
            self._node.world.tell(self._node.name, "reaches nobody that might have a snapshot, and goes on trying")

        def kept_manifest(self) -> SnapshotManifest | None:
            kept = self._node.store.chunks
            return None if kept is None else kept[0]

        def keep(self, index: int, chunk: bytes) -> None:
            kept = self._node.store.chunks
            if self._node.point("keep"):
                raise CrashError
            if kept is not None:
                kept[1][index] = chunk

        def kept(self, index: int) -> bytes | None:
            kept = self._node.store.chunks
            chunk = None if kept is None else kept[1].get(index)
            return chunk if kept is not None and chunk is not None and kept[0].names(index, chunk) else None

        def forget(self) -> None:
            self._node.store.chunks = None

        def begin(self, manifest: SnapshotManifest, data: bytes, *, vouched: bool) -> str:
            node = self._node
            store = node.store.open("chain.fetching", fresh=True)
            calls = SnapshotCalls(None, lambda: node.store.open("chain.scratch", fresh=True))
            node._fetching = LedgerApplication(ChainDatabase(store), calls)
            node._believed = (manifest, [])
            info = snapshot_info(data, manifest.height, len(manifest.chunks))
            why = node._fetching.offer_snapshot(node.world.ledger_genesis, info).reason
            kept = node.store.chunks
            if not why and (kept is None or not kept[0].same_as(manifest)):
                node.store.chunks = (manifest, {})
            return why

        def take(self, index: int, chunk: bytes) -> str:
            fetching, believed = self._node._fetching, self._node._believed
            if fetching is None or believed is None:
                return "nothing was begun"
            believed[1].append(chunk)
            return fetching.apply_snapshot_chunk(index, chunk).reason

    def _wait_for(self, sync: StateSync) -> None:
        def tick() -> None:
            if self._sync is sync and not self.waits(tick):
                self._guard(lambda: sync.tick(self.now_ms()))
                self._finish(sync)
                self._wait_for(sync)

        if self._sync is sync:
            self.world.at(max(1, sync.deadline_ms - self.now_ms()), tick)

    def _finish(self, sync: StateSync) -> None:
        """The attempt has ended: what was fetched is this node's own now, or it begins with block 1."""
        if self._sync is sync and sync.done:
            self._guard(lambda: self._settle(sync))
            if self.alive:
                self.world.connect(self.name)

    def _settle(self, sync: StateSync) -> None:
        height = sync.height
        if height is None and self.world.keep_blocks:
            self.world.tell(self.name, "finds no snapshot, and blocks alone will not do: its operator tries again")
            self.world.at(OPERATOR_MS, self._come_back)
            self.stop()
            return
        if height is None:
            self.world.tell(self.name, "finds no snapshot and begins with block 1")
        else:
            self.world.tell(self.name, f"has taken the snapshot of height {height}")
            self._check_believed()
            snapshots.adopt(self, height)
            self.fetches = True
        self._sync = None
        self.world.joined[self.name] = 0 if height is None else height
        super()._start()
        self._pruner = Pruner(self.application.store, self.world.keep_blocks)
        if self.honest:
            self.world.check_disk(self)

    def _check_believed(self) -> None:
        """What a newcomer puts to use is what the manifest that it believed names, chunk by chunk."""
        if self._believed is not None and self.honest:
            manifest, chunks = self._believed
            if [tagged_hash("snapshot-chunk", chunk) for chunk in chunks] != list(manifest.chunks):
                raise ViolationError("snapshot", f"{self.name} took in a chunk that its manifest does not name")

    def keep_intact(self, height: int) -> None:
        """`JoinedHome`: an intact signer file stays in use, any other allows no signature."""
        try:
            recover_memory(self.signer_bytes, self.world.settings.network, self.key.public)
        except SignerFileError:
            self.rewrite(following_signer_file(self.world.settings.network, self.key.public, height))

    def put_in_place(self) -> None:
        """`JoinedHome`: the fetched database becomes the chain."""
        if self.point("place"):
            raise CrashError
        self.store.rename("chain.fetching", "chain")
        self.store.chunks = None
        self.persisted()
        if self.point("place"):
            raise CrashError

    # ---- after a commit ----

    def has_committed(self, block: Block) -> None:
        """Look at what the disk holds now; make snapshots; take away what is old."""
        if self.honest:
            self.world.check_disk(self)
        self._make_snapshot(block.height)
        if self.world.keep_blocks:
            incarnation = self.incarnation
            self.world.at(PRUNE_AFTER_MS, lambda: self._prune(incarnation))

    def _make_snapshot(self, height: int) -> None:
        every, store = self.world.snapshot_every, self.application.store
        if self._making is not None:
            made, chunks = self._making
            size, hashes = sum(map(len, chunks)), [chunk_hash(chunk) for chunk in chunks]
            genesis = self.world.ledger_genesis
            manifest = manifest_of(store, made, size, hashes, network=genesis.hash)
            if manifest is not None:
                self.application.shelf.put(made, manifest.encode(), chunks)
                self._making = None
        if every and height % every == 0:
            self._making = (height, [chunk for chunk in chunks_of(records_of(store.snapshot())) if chunk])

    def _prune(self, incarnation: int) -> None:
        pruner: Any = self._pruner
        if self.incarnation == incarnation and self.driver is not None and pruner is not None:
            before = self.store.levels["chain"].rows.get(LOWEST_KEY)
            self._guard(pruner.step)
            if self.driver is not None and before != self.store.levels["chain"].rows.get(LOWEST_KEY):
                self.application.ledger.forget_readers()
                if self.honest:
                    self.world.check_disk(self)
