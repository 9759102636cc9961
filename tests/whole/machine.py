"""A machine of a simulated network: its disk, and the whole node that runs on it until it is stopped or dies.

What starts is what `main` starts on an opened home: storage, ledger, mempool, consensus, peers and the REST server, all
of them the product's. Only the files, the sockets, the clock and the threads are the simulation's.
"""

from __future__ import annotations

import asyncio
import datetime
import errno
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainbill_node import main
from chainbill_node.consensus.signer_frames import SignerFileError
from chainbill_node.driver.signer import new_signer_file
from chainbill_node.home.config import ConfigError, NodeConfig
from chainbill_node.home.node_home import OpenHome, check_software, ledger_over
from chainbill_node.setup.certificates import Issued, make_own_certificate
from chainbill_node.storage.chain.layout import BLOCKS_KEY, HEAD_KEY, LOG_KEY, LOWEST_KEY
from chainbill_node.storage.snapshots.folder import SnapshotFolder
from chainbill_node.storage.store import DiskError
from chainbill_node.wire.versions import SPOKEN, WireRange
from ledger.two_protocols import BOTH
from sim.disks import Disk, Level
from whole.jobs import KilledError, perhaps_pause
from whole.joining import fetch_first
from whole.loop import Life

from chainbill.crypto.keys import PrivateKey
from chainbill.protocols import RELEASED, Protocols

if TYPE_CHECKING:
    from whole.world import World

LONGEST_SYNC_S = 0.004


@dataclass(frozen=True)
class Release:
    """What the software on a machine can run, and which messages it understands."""

    protocols: Protocols
    speaks: WireRange


OLDER = Release(RELEASED, WireRange(SPOKEN.lowest, SPOKEN.lowest + 1))
TODAY = Release(RELEASED, SPOKEN)
NEWER = Release(BOTH, WireRange(SPOKEN.lowest + 1, SPOKEN.highest))
"""What a network is updated to, one machine after the other: without the oldest messages, with one protocol more."""


class PausingLevel(Level):
    """A database in which a thread may lose the processor between two reads. `written` hears of each batch before."""

    def __init__(
        self, point: Callable[[], None], synced: Callable[[], None], written: Callable[[dict[bytes, Any]], None]
    ) -> None:
        super().__init__(point, synced)
        self._written = written

    def write(self, changes: list[tuple[bytes, bytes | None]], *, sync: bool) -> None:
        self._written(dict(changes))
        super().write(changes, sync=sync)

    def get(self, key: bytes, verify_checksums: bool = False) -> bytes | None:
        perhaps_pause()
        return self.rows.get(key)

    def raw_iterator(self, verify_checksums: bool = False) -> Any:
        perhaps_pause()
        return super().raw_iterator(verify_checksums)

    def snapshot(self) -> Level:
        copy = PausingLevel(_nothing, _nothing, _nothing)
        copy.rows = dict(self.rows)
        return copy

    def get_property(self, name: bytes) -> bytes:
        return b"0"


@cache
def certificate_of(key: PrivateKey) -> Issued:
    """By which the others know a node; good for as long as any run lasts."""
    begins, ends = (datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) for year in (2026, 2030))
    return make_own_certificate(key, "127.0.0.1", begins, ends)


def _nothing(*_: object) -> None:
    pass


class Machine:
    """One node's machine."""

    def __init__(self, world: World, name: str, key: PrivateKey, config: NodeConfig, home: Path) -> None:
        self.world, self.name, self.key, self.config, self.home = world, name, key, config, home
        self.disk = Disk(world.chance, self._point, self._synced)
        self.disk._new = lambda: PausingLevel(self._point, self._synced, self._written)  # type: ignore[assignment]
        self.signer = new_signer_file(world.genesis.hash, key.public)
        self.life = Life(name)
        self.life.alive = False
        self.clock_s = 0.0
        issued = certificate_of(key)
        (home / config.files.tls_key).parent.mkdir(parents=True)
        (home / config.files.tls_certificate).write_bytes(issued.certificate)
        (home / config.files.tls_key).write_bytes(issued.key)
        self.release = TODAY
        self.deaths: dict[str, int] = {}  # kind of point → after how many of them the process dies
        self.failing = 0  # so many of the next writes fail
        self.ledger: Any = None
        self.starts = 0
        self.losses = 0  # how often its data were lost
        self.empty = False
        self.failed_in = -1  # the run in which its disk failed
        self.refusals: list[str] = []
        self.away_s = 1.0  # so long its operator takes to start it again
        self.committed_s: dict[int, tuple[int, float]] = {}  # height → in which run and when it was on the disk

    @property
    def alive(self) -> bool:
        return self.life.alive

    @property
    def pruned(self) -> bool:
        """Whether some of the chain is not on its disk any more."""
        rows = self.disk.levels["chain"].rows
        return any(key in rows for key in (BLOCKS_KEY, LOWEST_KEY, LOG_KEY))

    @property
    def serves(self) -> bool:
        """Whether somebody listens."""
        listener = self.world.cables.listeners.get(self.config.rest.port)
        return self.alive and listener is not None and listener.life is self.life and listener.serves

    @property
    def waits(self) -> int:
        """How many transactions wait for a block here."""
        return 0 if self.life.node is None else len(self.life.node.mempool)

    # ---- life ----

    def start(self) -> None:
        """Start the process."""
        loop = self.world.loop
        self.starts += 1
        self.life = Life(self.name, self.clock_s, self.starts)
        self.life.dies = self.kill
        self.life.speaks = self.release.speaks
        self.world.tell(self.name, "starts")
        loop.create_task(self._run(self.life), context=self.life.context())

    async def _run(self, life: Life) -> None:
        try:
            if self.empty:
                self.world.tell(self.name, f"has taken the snapshot of {await fetch_first(self)}")
            self.empty = False
            opened = self._open()
        except asyncio.CancelledError:  # SIGTERM while it fetches
            if not self.world.loop.over:
                self._ended(life, 0)
            raise
        except (ConfigError, DiskError, SignerFileError) as error:
            self.refusals.append(str(error))
            self._ended(life, main.EXIT_REFUSED)
            return
        except Exception as error:
            self.world.book.findings.append(f"{self.name} does not open: {type(error).__name__}: {error}")
            raise
        self.ledger = opened.ledger
        try:
            code = await main._serve(self.home, opened, None, str)
        except Exception as error:
            self.world.book.findings.append(f"{self.name} ends with {type(error).__name__}: {error}")
            raise
        opened.close()
        self._ended(life, code)

    def _open(self) -> OpenHome:
        store = self.disk.open("chain")
        shelf = SnapshotFolder(self.home / self.config.files.data / "snapshots", self.config.storage.keep_snapshots)
        ledger = ledger_over(store, self.world.genesis, shelf, self.release.protocols)
        check_software(ledger.upgrade_needed, ledger.info().height + 1)
        files: Any = self
        return OpenHome(self.config, self.world.genesis, self.key, ledger, store, files, files)

    def _ended(self, life: Life, code: int) -> None:
        """The process has ended by itself."""
        self.world.tell(self.name, f"ends with {code}")
        self._bury(life, silently=False)
        self.world.gone(self, code)

    def kill(self, *, silently: bool = False) -> None:
        """kill -9, or (silently) the power is off: nothing that was not synced is sure to be there."""
        if self.alive:
            self.world.tell(self.name, "loses power" if silently else "is killed")
            self._bury(self.life, silently=silently)
            self.world.gone(self, None)

    def _bury(self, life: Life, *, silently: bool) -> None:
        life.alive = False
        self.ledger = None
        self.world.graves.append(life)
        self.world.cables.died(life, silently=silently)
        self.world.loop.jobs.end(life)
        self.disk.crash()

    def lose_data(self) -> None:
        """Its disk is new, but for the signer file; the operator has it fetch a snapshot."""
        self.kill(silently=True)
        self.world.tell(self.name, "has lost its data")
        self.disk.wipe()
        shutil.rmtree(self.home / self.config.files.data, ignore_errors=True)
        (self.home / self.config.files.data).mkdir()
        self.losses += 1
        self.empty = True

    @property
    def known_as(self) -> str:
        """Its name to the judge: after a loss it is another node, which may be behind."""
        return self.name + "'" * self.losses

    def stop(self) -> None:
        """SIGTERM."""
        act = self.life.signals.get(signal.SIGTERM)
        if self.alive and act is not None:
            self.world.tell(self.name, "gets SIGTERM")
            self.world.loop.call_soon(act, context=self.life.context())

    # ---- the disk ----

    def _point(self, kind: str = "store") -> None:
        """A point at which the process may die, and at which a dead one notices that it is."""
        if self.world.loop.life is not self.life or not self.alive:
            raise KilledError
        left = self.deaths.get(kind)
        if left is None:
            return
        if left:
            self.deaths[kind] = left - 1
            return
        del self.deaths[kind]
        self.kill(silently=self.world.chance.random() < 0.5)
        raise KilledError

    def _written(self, changes: dict[bytes, Any]) -> None:
        if self.failing and self.alive:
            self.failing -= 1
            self.failed_in = self.starts
            code = self.world.chance.choice((errno.EIO, errno.ENOSPC))
            raise OSError(code, os.strerror(code))
        head = changes.get(HEAD_KEY)
        if head is not None:
            self.committed_s[int.from_bytes(head, "big")] = self.starts, self.world.loop.time()

    def _synced(self) -> None:
        self.world.loop.works(self.world.chance.random() * LONGEST_SYNC_S)

    # ---- the signer file, and the lock of the home ----

    def read(self) -> bytes:
        return self.signer

    def append(self, frames: bytes) -> None:
        before = self.signer
        self.signer = before + frames[: self.world.chance.randint(0, len(frames))]
        self._point("signer")
        self.signer = before + frames
        self._synced()
        self._point("signer")

    def rewrite(self, frames: bytes) -> None:
        self._point("signer")
        self.signer = frames
        self._synced()
        self._point("signer")

    def close(self) -> None:
        """Nothing is held."""

    def world_ends(self) -> None:
        """The run is over."""
        if self.alive:
            self._bury(self.life, silently=True)
