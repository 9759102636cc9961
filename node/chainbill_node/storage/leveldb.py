"""LevelDB store: the store on disk by plyvel, with `paranoid_checks`, every write synced.

With plyvel's defaults a log with a flipped bit opens without an error, silently at an earlier height; with
`paranoid_checks` it refuses. That does not reach the tables: a flipped bit there made a read say that a row is not
there, and a range that it ends early; so every read asks for checksums too (of blocks that come from the disk, not
from the cache), and ranges ask after every step. LevelDB's own repair is never called: it drops what it cannot read.

Blocks of tables are not compressed, and memory is written out 192 to 256 MiB at a time: most of what a block writes are
hashes, and LevelDB's own thread unpacked and packed them again with every merge, which was a third of all processor
time of a loaded node (docs/decisions/0017, 0019). Tables are mapped into memory, so they need no cache of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import plyvel

from chainbill_node.foundation.operator_error import Pair, room_or
from chainbill_node.storage.store import FETCH_AGAIN, DiskError

WRITE_BUFFER_BYTES = 256 * 1024 * 1024
STAGGER_BYTES = 64 * 1024 * 1024  # so much less, at most, on some nodes
GOLDEN = (5**0.5 - 1) / 2
LOADING_BUFFER_BYTES = 32 * 1024 * 1024  # where a database is filled in one go, beside others
TABLE_BYTES = 8 * 1024 * 1024
CACHE_BYTES = 16 * 1024 * 1024  # of blocks that could not be mapped: LevelDB maps 1,000 tables
BLOOM_BITS = 10
NEWEST_TABLES = b"leveldb.num-files-at-level0"
MERGED_AT = 4  # so many of them

MEND: Pair = (
    f"this copy of the chain is damaged or cannot be written; look at the disk, then {FETCH_AGAIN[0]}; "
    "never repair it in place",
    f"本节点的链数据已损坏或无法写入；请检查硬盘，然后{FETCH_AGAIN[1]}；切勿原地修复",
)
NO_ROW: Pair = ("a row could not be read", "一行数据无法读取")
NO_ROWS: Pair = ("rows could not be read", "多行数据无法读取")
NO_BLOCK: Pair = ("a block could not be written", "区块无法写入")
NO_MERGE: Pair = ("tables could not be merged", "数据表无法合并")


def buffer_of(place: int) -> int:
    """How much the node at a place among all holds in memory before it writes it out.

    All nodes of a network write the same. If all held as much, they would write out, and merge, at the same moment, and
    there would be no quick quorum then. Multiples of the golden ratio, without their whole part, lie well apart for any
    count of places.
    """
    return WRITE_BUFFER_BYTES - int(STAGGER_BYTES * (place * GOLDEN % 1))


def _said(below: Exception) -> str:
    """The words of an error; LevelDB's are bytes."""
    words = below.args[0] if below.args else ""
    return words.decode(errors="replace") if isinstance(words, bytes) else str(below)


class LevelStore:
    """One LevelDB database. `path` is made when `create` says so; else it must be there.

    buffer_bytes: how much is held in memory, at most twice, before it is written out. `on_error` hears of every failed
    read or write, from whatever thread, before DiskError is raised.
    """

    def __init__(self, path: Path, *, create: bool, buffer_bytes: int = WRITE_BUFFER_BYTES) -> None:
        self.path = path
        try:
            if create:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._db: Any = plyvel.DB(
                str(path),
                create_if_missing=create,
                error_if_exists=False,
                paranoid_checks=True,
                write_buffer_size=buffer_bytes,
                lru_cache_size=CACHE_BYTES,
                max_file_size=TABLE_BYTES,
                bloom_filter_bits=BLOOM_BITS,
                compression=None,
            )
        except (plyvel.Error, OSError) as error:
            raise DiskError(
                (f"database {path} does not open ({_said(error)})", f"数据库 {path} 无法打开（{_said(error)}）"),
                room_or(MEND, error),
            ) from error
        self._get = partial(self._db.get, verify_checksums=True)
        self.on_error: Callable[[DiskError], None] | None = None

    def get(self, key: bytes) -> bytes | None:
        """Value of `key`, None where there is none."""
        try:
            value: bytes | None = self._get(key)
        except (plyvel.Error, OSError) as error:
            raise self.failed(NO_ROW, error) from error
        return value

    def range(self, start: bytes, stop: bytes, *, reverse: bool = False) -> Iterator[tuple[bytes, bytes]]:
        """Rows with start ≤ key < stop, in byte order, or backwards."""
        return _rows(self, self._db.raw_iterator(verify_checksums=True), start, stop, reverse=reverse)

    def write(self, puts: Sequence[tuple[bytes, bytes]], deletes: Sequence[bytes] = ()) -> None:
        """One synced batch. Raises DiskError; then the process must end."""
        try:
            with self._db.write_batch(transaction=True, sync=True) as batch:
                for key in deletes:
                    batch.delete(key)
                put = batch.put
                for key, value in puts:
                    put(key, value)
        except (plyvel.Error, OSError) as error:
            raise self.failed(NO_BLOCK, error) from error

    def compact(self, start: bytes, stop: bytes) -> None:
        """Merge the tables of a range now: what was deleted there takes room until LevelDB comes by, maybe never."""
        try:
            self._db.compact_range(start=start, stop=stop)
        except (plyvel.Error, OSError) as error:
            raise self.failed(NO_MERGE, error) from error

    def settle(self) -> None:
        """Write memory out to tables, so that the next opening has no log to read again.

        Not while the newest tables are being merged, or would be for this, which can take ten seconds: the log stays.
        """
        if int(self._db.get_property(NEWEST_TABLES) or 0) < MERGED_AT - 1:
            self.compact(b"\xff", b"\xff\x00")  # there are no such rows: nothing but memory is written

    def snapshot(self) -> LevelSnapshot:
        """A view that later writes do not change."""
        return LevelSnapshot(self, self._db.snapshot())

    def failed(self, what: Pair, below: Exception) -> DiskError:
        """The error to raise; whoever must know hears of it first."""
        said = _said(below)
        error = DiskError((f"{what[0]} ({said})", f"{what[1]}（{said}）"), room_or(MEND, below))
        if self.on_error is not None:
            self.on_error(error)
        return error

    def close(self) -> None:
        """Close; a second call does nothing."""
        self._db.close()


class LevelSnapshot:
    """Reads of the moment the snapshot was taken."""

    def __init__(self, store: LevelStore, snapshot: Any) -> None:
        self._store = store
        self._snapshot = snapshot

    def get(self, key: bytes) -> bytes | None:
        """Value of `key`, None where there is none."""
        try:
            value: bytes | None = self._snapshot.get(key, verify_checksums=True)
        except (plyvel.Error, OSError) as error:
            raise self._store.failed(NO_ROW, error) from error
        return value

    def range(self, start: bytes, stop: bytes, *, reverse: bool = False) -> Iterator[tuple[bytes, bytes]]:
        """Rows with start ≤ key < stop, in byte order, or backwards."""
        return _rows(self._store, self._snapshot.raw_iterator(verify_checksums=True), start, stop, reverse=reverse)

    def close(self) -> None:
        """Give the snapshot back."""
        self._snapshot.close()


def _rows(store: LevelStore, at: Any, start: bytes, stop: bytes, *, reverse: bool) -> Iterator[tuple[bytes, bytes]]:
    """The rows of a range. `at` is a raw iterator: plyvel's other one takes damage for the end of the rows."""
    try:
        if reverse:
            yield from _backwards(at, start, stop)
        else:
            yield from _forwards(at, start, stop)
    except (plyvel.Error, OSError) as error:
        raise store.failed(NO_ROWS, error) from error
    finally:
        at.close()


def _forwards(at: Any, start: bytes, stop: bytes) -> Iterator[tuple[bytes, bytes]]:
    at.seek(start)
    while at.valid():
        row = at.item()
        if row[0] >= stop:
            return
        yield row
        at.next()


def _backwards(at: Any, start: bytes, stop: bytes) -> Iterator[tuple[bytes, bytes]]:
    at.seek(stop)
    if at.valid():
        at.prev()
    else:
        at.seek_to_last()
    while at.valid():
        row = at.item()
        if row[0] < start:
            return
        yield row
        at.prev()
