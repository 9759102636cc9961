"""Failing disks. Every write site fails once at every use of it: the process ends, nothing half-written counts, the
next start is fine and nothing that was said is contradicted.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.consensus.timeouts import Timeouts
from chainbill_node.driver.ports import Settings
from chainbill_node.driver.signer import new_signer_file
from chainbill_node.storage import signer_file
from chainbill_node.storage.leveldb import LevelStore
from chainbill_node.storage.signer_file import FileSignerFile, create_signer_file
from chainbill_node.storage.store import DiskError
from node_state import RowChain
from sim.nodes import CrashError, SimulatedNode
from sim.world import NETWORK, World
from test_faults_torn_database import dump, newest_log

pytestmark = pytest.mark.untraced

WRITES = ("open", "write", "fdatasync", "fsync", "rename")
SETTINGS = Settings(NETWORK, Timeouts(), idle_interval_ms=10_000, signer_file_limit_bytes=900)


class CountingSystem:
    """Stands in for `os` in the module of the signer file; fails the call number `fail_at` of all writing calls."""

    def __init__(self, fail_at: int, code: int) -> None:
        self.fail_at = fail_at
        self.code = code
        self.calls = 0
        self.failed = ""

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in WRITES:
            return real

        def call(*arguments: Any, **rest: Any) -> Any:
            self.calls += 1
            if self.calls != self.fail_at:
                return real(*arguments, **rest)
            self.failed = name
            if name == "write" and len(arguments[1]) > 1:
                real(arguments[0], arguments[1][: len(arguments[1]) // 2])
            raise OSError(self.code, os.strerror(self.code))

        return call


class NodeOnDisk(SimulatedNode):
    """The simulated node with its signer file on a real file system. A DiskError is the end of the process."""

    def __init__(self, world: World, name: str, key: Any, path: Path, *, loses_unsynced: bool) -> None:
        super().__init__(world, name, key)
        create_signer_file(path, new_signer_file(world.settings.network, key.public))
        self.path = path
        self.loses_unsynced = loses_unsynced
        self.whole = path.read_bytes()
        self.file: FileSignerFile | None = None
        self.ended: list[DiskError] = []

    def boot(self) -> None:
        try:
            self.file = FileSignerFile(self.path)
        except DiskError as error:
            self._end(error)
            return
        super().boot()

    def _end(self, error: DiskError) -> None:
        self.ended.append(error)
        if self.file is not None:
            self.file.close()
        if self.loses_unsynced and self.path.read_bytes().startswith(self.whole):
            self.path.write_bytes(self.whole)
        if self.driver is None:
            self.world.at(self.restart_after_ms, self._come_back)
        raise CrashError from error

    def read(self) -> bytes:
        assert self.file is not None
        return self.file.read()

    def append(self, frames: bytes) -> None:
        self._do("append", frames)

    def rewrite(self, frames: bytes) -> None:
        self._do("rewrite", frames)

    def _do(self, what: str, frames: bytes) -> None:
        assert self.file is not None
        try:
            getattr(self.file, what)(frames)
        except DiskError as error:
            self._end(error)
        self.whole = self.path.read_bytes()


def life(folder: Path, system: CountingSystem, *, loses_unsynced: bool) -> NodeOnDisk:
    """A network of one signs and commits; the disk fails once; then it must go on. Checkers watch all along."""
    world = World(1, 1, settings=SETTINGS)
    key = world.keys[0]
    node = NodeOnDisk(world, world.names[key.public], key, folder / "signer.bin", loses_unsynced=loses_unsynced)
    signer_file.os = system
    try:
        try:
            node.boot()
        except CrashError:
            world.at(100, node.boot)
        for number in range(6):
            transaction = b"tx%d" % number
            world.at(100 + 400 * number, lambda transaction=transaction: world.submit(transaction))  # type: ignore[misc]
        everything = {b"tx%d" % number for number in range(6)}
        assert world.run(60_000, until=lambda: node.alive and everything <= node.application.committed), world.log
    finally:
        signer_file.os = os
        if node.file is not None:
            node.file.close()
    return node


@pytest.mark.parametrize("loses_unsynced", [False, True], ids=["kept", "unsynced lost"])
@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
def test_every_write_of_the_signer_file_fails_once(scratch: Path, code: int, loses_unsynced: bool) -> None:
    counted: Counter[str] = Counter()
    for fail_at in range(1, 10_000):
        folder = scratch / "signer"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        system = CountingSystem(fail_at, code)
        node = life(folder, system, loses_unsynced=loses_unsynced)
        if not system.failed:
            break
        assert len(node.ended) == 1, f"the process ends at a failing {system.failed}, and once: {node.ended}"
        told = str(node.ended[0])
        assert str(folder / "signer.bin") in told or str(folder / "signer.new") in told
        assert signer_file.LOST[0] not in told, "a file that is there is not lost"
        assert ("无法读取" in told) != all(words in told for words in signer_file.UNWRITTEN), told
        counted[system.failed] += 1
    print(dict(counted))
    assert set(counted) == set(WRITES)


def test_a_folder_that_cannot_be_synced_is_no_fault_an_io_error_is(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EINVAL says that this file system does not know it; EIO says that the rename may not last."""

    def failing(code: int) -> Any:
        def fsync(_descriptor: int) -> None:
            raise OSError(code, os.strerror(code))

        return fsync

    monkeypatch.setattr(os, "fsync", failing(errno.EINVAL))
    signer_file.sync_folder(scratch)
    monkeypatch.setattr(os, "fsync", failing(errno.EIO))
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        signer_file.sync_folder(scratch)


@pytest.fixture
def file_size_limit() -> Iterator[Any]:
    """Sets the size that a file of this process may have: real writes fail at that very byte."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (before[0] if size is None else size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_batch_that_stops_at_any_byte_is_not_there(scratch: Path, file_size_limit: Any) -> None:
    """LevelDB's own write stops after n bytes of a record, at every third byte: DiskError; reopened, it is gone."""
    folder, copy = scratch / "batch", scratch / "batch-copy"
    store = LevelStore(folder, create=True)
    chain = RowChain(store)
    for height in range(3):
        chain.commit({("c", "t", f"k{height}"): {"v": height}})
    before, begin = dump(store), newest_log(folder).stat().st_size
    recorded: list[tuple[Any, Any]] = []
    chain.store.write = lambda puts, deletes=(): recorded.append((list(puts), list(deletes)))  # type: ignore[method-assign]
    chain.commit({("c", "t", "last"): {"v": 9}})
    store.close()
    puts, deletes = recorded[0]
    tried = 0
    for size in range(begin, begin + 10_000, 3):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        again = LevelStore(copy, create=False)
        log = newest_log(copy)
        size_here = log.stat().st_size + size - begin
        file_size_limit(size_here)
        try:
            again.write(puts, deletes)
        except DiskError as error:
            assert "move the data directory away" in str(error)  # noqa: PT017
        else:
            break
        finally:
            file_size_limit(None)
            again.close()
        reopened = LevelStore(copy, create=False)
        assert dump(reopened) == before, f"{size - begin} bytes of a batch left a trace"
        reopened.write(puts, deletes)
        reopened.close()
        tried += 1
    print(f"{tried} places")
    assert tried > 100


def test_the_sweep_can_fail(scratch: Path) -> None:
    """A signer file that swallows a failing fdatasync is caught: the process does not end."""

    class Deaf(CountingSystem):
        def __getattr__(self, name: str) -> Any:
            call = super().__getattr__(name)
            if name != "fdatasync":
                return call

            def swallowing(*arguments: Any) -> Any:
                try:
                    return call(*arguments)
                except OSError:
                    return None

            return swallowing

    (scratch / "deaf").mkdir()
    system = Deaf(3, errno.EIO)
    node = life(scratch / "deaf", system, loses_unsynced=False)
    assert system.failed == "fdatasync"
    assert node.ended == []
