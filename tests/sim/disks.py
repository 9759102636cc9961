"""A disk that a crash can bite: what plyvel offers, in memory, with the difference between written and synced.

`SimulatedStore` is the product's `LevelStore` over it. A batch that was not synced may be gone after a crash, and with
it every later one, as in LevelDB's log; a synced batch makes everything before it safe.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from unittest.mock import patch

from chainbill_node.storage.chain.layout import HEAD_KEY
from chainbill_node.storage.leveldb import LevelStore
from chainbill_node.sync.manifest import SnapshotManifest, decode_manifest

KEPT_SNAPSHOTS = 2
Undo = list[tuple[bytes, bytes | None]]


class Level:
    """One database. `point` is called before and after each write and may end the process; `synced` takes its time."""

    def __init__(self, point: Callable[[], None], synced: Callable[[], None]) -> None:
        self.rows: dict[bytes, bytes] = {}
        self._keys: list[bytes] | None = None
        self._point = point
        self._synced = synced
        self._unsynced: list[Undo] = []

    def get(self, key: bytes, verify_checksums: bool = False) -> bytes | None:
        return self.rows.get(key)

    def raw_iterator(self, verify_checksums: bool = False) -> Cursor:
        if self._keys is None:
            self._keys = sorted(self.rows)
        return Cursor(self._keys, self.rows)

    def write_batch(self, transaction: bool = False, sync: bool = False) -> WriteBatch:
        return WriteBatch(self, sync=sync)

    def compact_range(self, start: bytes, stop: bytes) -> None:
        """Nothing to give back in memory."""

    def snapshot(self) -> Level:
        copy = Level(lambda: None, lambda: None)
        copy.rows = dict(self.rows)
        return copy

    def close(self) -> None:
        """Nothing to give back."""

    def write(self, changes: list[tuple[bytes, bytes | None]], *, sync: bool) -> None:
        self._point()
        undo: Undo = [(key, self.rows.get(key)) for key, _ in changes]
        if any((value is None) is (key in self.rows) for key, value in changes):
            self._keys = None
        self._apply(changes)
        if sync:
            self._unsynced.clear()
            self._synced()
        else:
            self._unsynced.append(undo)
        self._point()

    def touched(self) -> None:
        """Somebody has changed `rows` from outside."""
        self._keys = None

    def crash(self, chance: random.Random) -> None:
        """Some of the batches that were not synced are lost, the newest first."""
        kept = chance.randint(0, len(self._unsynced)) if self._unsynced else 0
        for undo in reversed(self._unsynced[kept:]):
            self._apply(list(reversed(undo)))
            self._keys = None
        self._unsynced.clear()

    def _apply(self, changes: list[tuple[bytes, bytes | None]]) -> None:
        for key, value in changes:
            if value is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = value


class WriteBatch:
    """Collects puts and deletes; an exception inside throws them away."""

    def __init__(self, level: Level, *, sync: bool) -> None:
        self._level = level
        self._sync = sync
        self._changes: list[tuple[bytes, bytes | None]] = []

    def put(self, key: bytes, value: bytes) -> None:
        self._changes.append((key, value))

    def delete(self, key: bytes) -> None:
        self._changes.append((key, None))

    def __enter__(self) -> WriteBatch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, where: TracebackType | None) -> None:
        if kind is None:
            self._level.write(self._changes, sync=self._sync)


class Cursor:
    """plyvel's raw iterator."""

    def __init__(self, keys: list[bytes], rows: dict[bytes, bytes]) -> None:
        self._keys = keys
        self._rows = rows
        self._at = 0

    def seek(self, key: bytes) -> None:
        self._at = bisect_left(self._keys, key)

    def seek_to_last(self) -> None:
        self._at = len(self._keys) - 1

    def valid(self) -> bool:
        return 0 <= self._at < len(self._keys)

    def item(self) -> tuple[bytes, bytes]:
        key = self._keys[self._at]
        return key, self._rows[key]

    def next(self) -> None:
        self._at += 1

    def prev(self) -> None:
        self._at -= 1

    def close(self) -> None:
        """Nothing to give back."""


class SimulatedStore(LevelStore):
    """The product's store over a simulated database."""

    def __init__(self, level: Level) -> None:
        with patch("chainbill_node.storage.leveldb.plyvel.DB", lambda *_, **__: level):
            super().__init__(Path("chain"), create=True)


class Disk:
    """The databases of one node by name, its finished snapshots (manifest and chunks by height), and the chunks of one
    that it fetches. A crash may tear the newest of those."""

    def __init__(self, chance: random.Random, point: Callable[[], None], synced: Callable[[], None]) -> None:
        self.levels: dict[str, Level] = {}
        self.snapshots: dict[int, tuple[bytes, list[bytes]]] = {}
        self.chunks: tuple[SnapshotManifest, dict[int, bytes]] | None = None
        self._chance = chance
        self._new = partial(Level, point, synced)

    def open(self, name: str, *, fresh: bool = False) -> SimulatedStore:
        """Open a database, made if it is not there; fresh: an older one of the name is thrown away."""
        if fresh or name not in self.levels:
            self.levels[name] = self._new()
        return SimulatedStore(self.levels[name])

    def rename(self, name: str, to: str) -> None:
        """Atomic and synced."""
        self.levels[to] = self.levels.pop(name)

    @property
    def height(self) -> int:
        """Of the chain, 0 where there is none."""
        chain = self.levels.get("chain")
        return int.from_bytes((chain.rows.get(HEAD_KEY) if chain else None) or b"", "big")

    def spaces(self, *prefixes: bytes) -> list[dict[bytes, bytes]]:
        """For each prefix of one byte the rows of the chain that begin so, without it."""
        found: dict[bytes, dict[bytes, bytes]] = {prefix: {} for prefix in prefixes}
        for key, raw in self.levels["chain"].rows.items():
            space = found.get(key[:1])
            if space is not None:
                space[key[1:]] = raw
        return list(found.values())

    def crash(self) -> None:
        """What a crash does to all of them."""
        for level in self.levels.values():
            level.crash(self._chance)
        if self.chunks is not None and self.chunks[1] and self._chance.random() < 0.5:
            newest = list(self.chunks[1])[-1]
            self.chunks[1][newest] = self.chunks[1][newest][:-1]

    def wipe(self) -> None:
        """Everything is lost."""
        self.levels.clear()
        self.snapshots.clear()
        self.chunks = None


class Shelf:
    """The snapshots on a node's disk (`SnapshotShelf`): the twin of the product's folder."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def manifests(self) -> list[tuple[SnapshotManifest, bytes]]:
        """Newest first."""
        found = sorted(self._disk.snapshots.items(), reverse=True)
        return [(decode_manifest(data), data) for _, (data, _) in found]

    def chunk(self, height: int, index: int) -> bytes | None:
        """One chunk, None where there is none."""
        found = self._disk.snapshots.get(height)
        return found[1][index] if found is not None and 0 <= index < len(found[1]) else None

    def put(self, height: int, manifest: bytes, chunks: list[bytes]) -> None:
        """Keep a finished one; the oldest go."""
        self._disk.snapshots[height] = (manifest, chunks)
        for old in sorted(self._disk.snapshots, reverse=True)[KEPT_SNAPSHOTS:]:
            del self._disk.snapshots[old]
