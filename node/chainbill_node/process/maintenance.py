"""Maintenance: what a running node does besides its work: snapshots every so often, pruning, backups on request."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from chainbill.ledger.genesis import Genesis
from chainbill_node.application.application import LedgerApplication
from chainbill_node.home.backup import backup_store
from chainbill_node.home.config import NodeConfig
from chainbill_node.home.control_socket import ControlError, ControlServer
from chainbill_node.runtime.logs import log
from chainbill_node.storage.chain.pruning import Pruner
from chainbill_node.storage.leveldb import LevelStore
from chainbill_node.storage.snapshots.folder import SnapshotFolder
from chainbill_node.storage.snapshots.schedule import SnapshotTimes
from chainbill_node.storage.store import DiskError, Snapshot

CERTIFIED_POLL_S = 0.25
RESTS = 4  # as long as the last snapshot took, until the next one is begun
PRUNE_PAUSE_S = 0.2  # between two pieces of pruning
PRUNE_REST_S = 5.0  # when there was nothing to take away


class MaintenanceParts(Protocol):
    """The parts of a node that are maintained."""

    config: NodeConfig
    genesis: Genesis
    ledger: LedgerApplication

    def fail(self, error: BaseException) -> None:
        """End the process."""


class Upkeep:
    """Owns the control socket of one node; long work runs in a thread over a snapshot of the store."""

    def __init__(self, node: MaintenanceParts, home: Path, store: LevelStore) -> None:
        self._node = node
        self._home = home
        self._store = store
        self._control = ControlServer(home, self._handle)
        self._busy = asyncio.Lock()
        self._making: asyncio.Task[None] | None = None
        storage = node.config.storage
        self._times = SnapshotTimes(storage.snapshot_interval, storage.snapshot_minutes)
        self._rested_s = 0.0  # when the next snapshot may be begun, by the loop's clock
        self._pruning: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._stopping = False

    async def start(self) -> None:
        """Listen for commands. Raises OSError."""
        await self._control.start()
        folder = self._node.ledger.snapshot_folder
        here = [] if folder is None else folder.manifests()
        if here:
            newest, _ = here[0]
            self._times.made(newest.anchor.time_ms)
        keep = self._node.config.storage.keep_blocks
        if keep:
            self._pruning = asyncio.get_running_loop().create_task(self._prune(Pruner(self._store, keep)))

    async def stop(self) -> None:
        """Take no more commands; what reads the store is finished or given up first."""
        self._stopping = True
        await self._control.stop()
        self._wake.set()
        running = [one for one in (self._making, self._pruning) if one is not None]
        await asyncio.gather(*running, return_exceptions=True)
        async with self._busy:
            pass

    # snapshots

    def committed(self, height: int, time_ms: int) -> None:
        """A block of that block time is on the disk: is a snapshot due?

        However large the state has become, four fifths of the time none is made.
        """
        folder = self._node.ledger.snapshot_folder
        making = self._making is not None and not self._making.done()
        if folder is None or making or self._stopping or not self._times.is_due(height, time_ms):
            return
        if asyncio.get_running_loop().time() < self._rested_s:
            return
        self._times.made(time_ms)
        source = self._store.snapshot()
        self._making = asyncio.get_running_loop().create_task(self._make(folder, source, height))

    async def _make(self, folder: SnapshotFolder, source: Snapshot, height: int) -> None:
        """Write the chunks in a thread, then wait until the next header certifies what they hold."""
        genesis = self._node.genesis
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            try:
                written = await asyncio.to_thread(folder.write, source, height, lambda: not self._stopping)
            finally:
                source.close()
                self._rested_s = loop.time() + RESTS * (loop.time() - began_s)
            while written is not None and not self._stopping:
                if folder.finish(written, self._store, genesis.hash):
                    log.info("snapshot_made", height=height, bytes=written.size, chunks=len(written.hashes))
                    return
                await asyncio.sleep(CERTIFIED_POLL_S)
        except DiskError as error:
            self._node.fail(error)
        except OSError as error:  # no room for a snapshot is no reason to stop
            log.warning("snapshot_failed", height=height, why=str(error))

    # pruning

    async def _prune(self, pruner: Pruner) -> None:
        """Take away what is too old, a little at a time, in a thread."""
        while not self._stopping:
            try:
                busy = await asyncio.to_thread(pruner.step)
            except DiskError as error:
                self._node.fail(error)
                return
            if busy:
                self._node.ledger.forget_readers()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PRUNE_PAUSE_S if busy else PRUNE_REST_S):
                    await self._wake.wait()

    # commands

    async def _handle(self, command: dict[str, Any]) -> dict[str, Any]:
        match command.get("do"):
            case "backup":
                return await self._backup(Path(str(command.get("to"))))
            case other:
                raise ControlError(f"there is no command {other!r}", f"没有命令 {other!r}")

    async def _backup(self, target: Path) -> dict[str, Any]:
        if not target.is_absolute():
            raise ControlError("an absolute path is expected", "须为绝对路径")
        if self._busy.locked():
            raise ControlError("another backup is under way", "另一备份正在进行")
        async with self._busy:
            snapshot = self._store.snapshot()
            try:
                done = await asyncio.to_thread(
                    backup_store, snapshot, self._home, self._node.config, self._node.genesis, target
                )
            finally:
                snapshot.close()
        answer = asdict(done)
        del answer["live"]
        return answer
