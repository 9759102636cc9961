"""State sync before a start: an empty home gets the newest snapshot of another node before it is opened.

What to ask whom is `sync.snapshots`; here are its ports: connections, kept chunks, two databases beside the place of
the real one, and the signer file: an intact one stays in use, any other then allows no signature. The database
is made of the chunks from its beginning each time, beside its place until it is whole, so that there is never half a
state. Where nobody has a snapshot the home stays empty and block sync begins at block 1.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

from chainbill.crypto.keys import PrivateKey
from chainbill.errors import Malformed
from chainbill.ledger.genesis import Genesis
from chainbill_node import wire
from chainbill_node.application.application import LedgerApplication
from chainbill_node.application.snapshot_calls import SnapshotCalls, snapshot_info
from chainbill_node.home.config import NodeConfig, load_config
from chainbill_node.home.keys import load_private_key
from chainbill_node.home.lost_signer import keep_intact
from chainbill_node.home.node_home import load_genesis
from chainbill_node.network.peers import Member, PeerNetwork, configured_peers, peer_settings
from chainbill_node.runtime.logs import log
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.leveldb import LOADING_BUFFER_BYTES, LevelStore
from chainbill_node.storage.lock import HomeLock
from chainbill_node.storage.signer_file import sync_folder
from chainbill_node.storage.snapshots.fetched_chunks import FetchedChunks
from chainbill_node.sync.manifest import SnapshotManifest
from chainbill_node.sync.snapshots import StateSync, adopt
from chainbill_node.wire.messages import Message

FETCHING = "chain.fetching"
SCRATCH = "chain.scratch"
CHUNKS = "chain.chunks"
LOOK_MS = 1_000  # how often connections are looked at


def fetch_first(home: Path, log_level: str | None = None) -> None:
    """Fetch a snapshot into an empty home whose configuration says so. Raises ConfigError or DiskError."""
    config = load_config(home)
    data = home / config.files.data
    if not config.sync.from_snapshot or (data / "chain").exists():
        return
    genesis = load_genesis(home, config)
    key = load_private_key(home / config.files.validator_key)
    lock = HomeLock(home)
    try:
        log.configure(level=log_level or config.log.level, json_lines=config.log.form == "json", node=config.name)
        height = asyncio.run(Joining(home, config, genesis, key).run())
        if height is not None:
            adopt(_Home(home / config.files.signer, data, genesis.hash, key.public), height)
            shutil.rmtree(data / CHUNKS, ignore_errors=True)
            log.info("snapshot_taken", height=height)
    except asyncio.CancelledError:
        log.info(
            "fetching_stopped", why="asked to stop; what was fetched is kept for the next start",
            why_zh="按要求停止；已取得的内容留待下次启动",
        )  # fmt: skip
        raise SystemExit(0) from None
    finally:
        for leftover in (data / FETCHING, data / SCRATCH):
            shutil.rmtree(leftover, ignore_errors=True)
        lock.close()


class _Home:
    """`JoinedHome` on the disk."""

    def __init__(self, signer: Path, data: Path, network: bytes, public: bytes) -> None:
        self._signer = signer
        self._data = data
        self._network = network
        self._public = public

    def keep_intact(self, height: int) -> None:
        keep_intact(self._signer, self._network, self._public, height)

    def put_in_place(self) -> None:
        (self._data / FETCHING).rename(self._data / "chain")
        sync_folder(self._data)


class Joining:
    """One attempt to get a snapshot: `JoinPorts` over connections and LevelDB."""

    def __init__(self, home: Path, config: NodeConfig, genesis: Genesis, key: PrivateKey) -> None:
        self._config = config
        self._genesis = genesis
        self._data = home / config.files.data
        own = key.public.hex()
        found = {
            one.key.hex(): Member(one.key.hex(), one.name, one.address) for one in genesis.validators.validators
        } | configured_peers(config.sync.peers)
        members = {name: one for name, one in found.items() if name != own}
        self._kept = FetchedChunks(self._data / CHUNKS)
        self._manifest: SnapshotManifest | None = None
        self._stores: list[LevelStore] = []
        self._ledger: LedgerApplication | None = None
        self._heard = asyncio.Event()
        self._leaving = False
        self._sync = StateSync(self, self._now_ms(), members=len(members), wait_ms=config.sync.wait_ms)
        self._fault: BaseException | None = None
        self._peers = PeerNetwork(
            peer_settings(home, config, own, genesis.hash),
            lambda: members,
            self._frame,
            lambda peer: self._guarded(lambda: self._sync.joined(peer, self._now_ms())),
            lambda peer: self._guarded(lambda: self._sync.gone(peer, self._now_ms())),
        )

    async def run(self) -> int | None:
        """The height of the snapshot that lies in FETCHING now, None where there is none to be had."""
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await self._peers.start()
        try:
            while not self._sync.done:
                self._heard.clear()
                self._peers.refresh()
                self._sync.tick(self._now_ms())
                with contextlib.suppress(TimeoutError):
                    wait_ms = min(LOOK_MS, self._sync.deadline_ms - self._now_ms())
                    async with asyncio.timeout(max(0, wait_ms) / 1000):
                        await self._heard.wait()
                if self._fault is not None:
                    raise self._fault
        finally:
            self._leaving = True
            await self._peers.stop()
            self._close()
        if self._sync.height is None:
            self._kept.drop()
            log.info(
                "no_snapshot", why="nobody offers one that can be used; blocks are fetched from the first one on",
                why_zh="没有节点提供可用的快照，将从第一个区块起获取",
            )  # fmt: skip
        return self._sync.height

    def _frame(self, peer: str, frame: bytes) -> None:
        try:
            message = wire.decode(frame)
        except Malformed as error:
            self._peers.drop(peer, str(error))
            return
        self._guarded(lambda: self._sync.receive(peer, message, self._now_ms()))

    def _guarded(self, act: Callable[[], None]) -> None:
        """What the network tells is taken in; an error in that must not end in the network's own code."""
        if self._leaving:  # the connections that end now are no reason to take another snapshot
            return
        try:
            act()
        except Exception as error:  # a disk error, or a fault of our own: it ends `run`
            self._fault = error
        self._heard.set()

    def _now_ms(self) -> int:
        return int(time.monotonic() * 1000)

    # ---- ports ----

    def send(self, peer: str, message: Message) -> None:
        """Queue a message."""
        self._peers.send(peer, wire.encode(message))

    def drop(self, peer: str, reason: str) -> None:
        """Close a connection, and say why."""
        log.warning("snapshot_refused", peer=peer, why=reason)
        self._peers.drop(peer, reason)

    def left(self, peer: str, height: int, why: str) -> None:
        """Say why a peer was left."""
        log.warning("snapshot_peer_left", peer=peer, height=height, why=why)

    def nobody(self) -> None:
        """Say that it goes on trying."""
        log.warning(
            "no_peer", why="no node that might have a snapshot can be reached; it goes on trying",
            why_zh="连接不到可能有快照的节点，将继续尝试",
        )  # fmt: skip

    def kept_manifest(self) -> SnapshotManifest | None:
        """What an earlier attempt had begun."""
        return self._kept.manifest()

    def begin(self, manifest: SnapshotManifest, data: bytes, *, vouched: bool) -> str:
        """Two new databases, and the offer; kept chunks stay where they are of this snapshot.

        One that nobody honest need have offered may not fill the disk: its rows take up twice what it unpacks to.
        """
        self._close()
        database = ChainDatabase(self._fresh(FETCHING))
        room = None if vouched else max(0, shutil.disk_usage(self._data).free - manifest.size) // 2
        calls = SnapshotCalls(None, lambda: self._fresh(SCRATCH), self._config.sync.trusted, room)
        self._ledger = LedgerApplication(database, calls)
        info = snapshot_info(data, manifest.height, len(manifest.chunks))
        why = self._ledger.offer_snapshot(self._genesis, info).reason
        if not why:
            before = self._kept.manifest()
            if before is not None and not before.same_as(manifest):
                log.info(
                    "snapshot_begun_anew", height=before.height, why="nobody offers the one that was begun any more",
                    why_zh="已没有节点提供先前开始获取的快照",
                )  # fmt: skip
            self._manifest = manifest
            here = self._kept.begin(manifest, data)
            log.info("snapshot_fetching", height=manifest.height, chunks=len(manifest.chunks), kept=here)
        return why

    def keep(self, index: int, chunk: bytes) -> None:
        """On the disk."""
        self._kept.put(index, chunk)

    def kept(self, index: int) -> bytes | None:
        """From the disk, if it is whole."""
        return None if self._manifest is None else self._kept.get(self._manifest, index)

    def forget(self) -> None:
        """What was kept is worth nothing."""
        self._kept.drop()

    def take(self, index: int, chunk: bytes) -> str:
        """The next chunk, into the database."""
        return "" if self._ledger is None else self._ledger.apply_snapshot_chunk(index, chunk).reason

    def _fresh(self, name: str) -> LevelStore:
        shutil.rmtree(self._data / name, ignore_errors=True)
        self._stores.append(LevelStore(self._data / name, create=True, buffer_bytes=LOADING_BUFFER_BYTES))
        return self._stores[-1]

    def _close(self) -> None:
        for store in self._stores:
            store.close()
        self._stores = []
