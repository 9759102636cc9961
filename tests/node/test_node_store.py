from __future__ import annotations

import ast
import itertools
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.storage.chain import archive, layout
from chainbill_node.storage.leveldb import STAGGER_BYTES, WRITE_BUFFER_BYTES, LevelStore, buffer_of
from chainbill_node.storage.leveldb_thread import NICENESS, TASKS
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.snapshots.stream import records_of
from chainbill_node.storage.store import WALK_ROWS, DiskError, Readable, Snapshot, Store, prefix_end, walk
from hypothesis import given, settings
from hypothesis import strategies as st
from node_chain import LocalChain

from chainbill.state.buckets import BUCKETS


@pytest.fixture(params=["memory", "level"])
def store(request: pytest.FixtureRequest, tmp_path: Path):
    made: Store = MemoryStore() if request.param == "memory" else LevelStore(tmp_path / "db", create=True)
    yield made
    made.close()


def test_writes_are_read_back_in_byte_order(store: Store) -> None:
    store.write([(b"b", b"2"), (b"a", b"1"), (b"c", b"3"), (b"b\x00", b"4")])
    assert store.get(b"b") == b"2"
    assert store.get(b"x") is None
    assert list(store.range(b"a", b"c")) == [(b"a", b"1"), (b"b", b"2"), (b"b\x00", b"4")]
    assert list(store.range(b"a", b"c", reverse=True)) == [(b"b\x00", b"4"), (b"b", b"2"), (b"a", b"1")]


def test_a_batch_deletes_and_then_puts(store: Store) -> None:
    store.write([(b"a", b"1"), (b"b", b"2")])
    store.write([(b"a", b"9")], [b"a", b"b"])
    assert list(store.range(b"", b"\xff")) == [(b"a", b"9")]


KEYS = st.binary(max_size=3).map(lambda key: bytes(one % 4 * 85 for one in key))
"""Few, that continue and follow each other, up to the last there is."""
BATCHES = st.lists(st.tuples(st.dictionaries(KEYS, st.binary(max_size=2)), st.sets(KEYS)), max_size=4)


@given(BATCHES, st.lists(st.tuples(KEYS, KEYS), min_size=1, max_size=8))
@settings(max_examples=60)
def test_a_store_is_a_sorted_dict(batches: list[tuple[dict[bytes, bytes], set[bytes]]], ranges: list[Any]) -> None:
    """In memory and on the disk, now and as a snapshot has it: singly, in ranges both ways, and in walks."""
    with tempfile.TemporaryDirectory() as folder:
        stores: list[Store] = [MemoryStore(), LevelStore(Path(folder) / "db", create=True, buffer_bytes=64 * 1024)]
        plain: dict[bytes, bytes] = {}
        at: list[tuple[Snapshot, dict[bytes, bytes]]] = [(one, plain) for one in stores]
        for puts, deletes in batches:
            at += [(one.snapshot(), dict(plain)) for one in stores]
            for one in stores:
                one.write(list(puts.items()), sorted(deletes))
            for key in deletes:
                plain.pop(key, None)
            plain.update(puts)
        for source, rows in at:
            assert {key: source.get(key) for key in (*plain, b"-")} == {key: rows.get(key) for key in (*plain, b"-")}
            for start, stop in ranges:
                there = sorted((key, rows[key]) for key in rows if start <= key < stop)
                assert list(source.range(start, stop)) == list(walk(source, start, stop)) == there
                assert list(source.range(start, stop, reverse=True)) == there[::-1]
        for source, _ in reversed(at):
            source.close()


@pytest.mark.parametrize("count", [0, 1, WALK_ROWS - 1, WALK_ROWS, WALK_ROWS + 1, 3 * WALK_ROWS])
def test_a_long_walk_gives_what_a_range_gives(store: Store, count: int) -> None:
    store.write([(b"k%06d" % number, b"%d" % number) for number in range(count)])
    store.write([(b"j", b""), (b"k", b""), (b"l", b"")])
    assert list(walk(store, b"k", b"l")) == list(store.range(b"k", b"l"))


class Counting:
    """A source that knows how many of its ranges are open."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self.get = source.get
        self.open = 0

    def range(self, start: bytes, stop: bytes, *, reverse: bool = False) -> Iterator[tuple[bytes, bytes]]:
        self.open += 1
        try:
            yield from self._source.range(start, stop, reverse=reverse)
        finally:
            self.open -= 1


def test_a_snapshot_or_backup_that_takes_its_time_holds_no_range_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An open iterator keeps LevelDB's memory and all its tables of that moment: 270 MiB and 2 GB in a long run."""
    monkeypatch.setattr(archive, "PART_BYTES", 10_000)
    chain = LocalChain(tmp_path)
    chain.commit()
    chain.store.write([(layout.STATE + b"x%06d" % number, b"0") for number in range(2 * WALK_ROWS)])
    source = Counting(chain.store)
    seen = [source.open for _ in records_of(source)]
    assert len(seen) > 2 * WALK_ROWS
    assert set(seen) == {0}
    parts = [source.open for _ in archive._parts(source)]
    assert len(parts) > 1
    assert set(parts) == {0}


def test_the_room_of_what_was_deleted_is_given_back(tmp_path: Path) -> None:
    """Without being told LevelDB keeps it: nothing is ever written near those keys again."""
    store = LevelStore(tmp_path / "db", create=True)
    chance = random.Random(1)
    names = [b"x%04d" % number for number in range(300)]
    store.write([(name, chance.randbytes(10_000)) for name in names] + [(b"a", b"1"), (b"z", b"2")])
    store.compact(b"x", b"y")
    store.write((), names)
    store.close()
    store = LevelStore(tmp_path / "db", create=False)
    assert taken(tmp_path) > 2_000_000
    store.compact(b"x", b"y")
    assert taken(tmp_path) < 100_000
    assert list(store.range(b"", b"\xff")) == [(b"a", b"1"), (b"z", b"2")]
    store.close()


def taken(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.ldb"))


def test_a_bucket_has_its_number_for_a_key_and_its_parts_the_way_to_them_behind_it() -> None:
    """The first and the last one, too; of 2^18 a test seldom meets those."""
    for number in (0, 1, BUCKETS - 1):
        key = number.to_bytes(3, "big")
        assert layout.bucket_place(BUCKETS + number) == key
        for below in range(1, 10):
            for way in range(1 << below):
                part = (BUCKETS + number) << below | way
                assert layout.bucket_place(part) == key + (1 << below | way).to_bytes(below // 8 + 1, "big")


def test_a_snapshot_does_not_see_later_writes(store: Store) -> None:
    store.write([(b"a", b"1")])
    snapshot = store.snapshot()
    store.write([(b"a", b"2"), (b"b", b"3")])
    assert snapshot.get(b"a") == b"1"
    assert list(snapshot.range(b"", b"\xff")) == [(b"a", b"1")]
    snapshot.close()


def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    first = LevelStore(tmp_path / "db", create=True)
    first.write([(b"k", b"v")])
    first.close()
    again = LevelStore(tmp_path / "db", create=False)
    assert again.get(b"k") == b"v"
    again.close()


def test_what_has_settled_leaves_no_log_to_read_again(tmp_path: Path) -> None:
    store = LevelStore(tmp_path / "db", create=True)
    store.write([(b"k%d" % number, b"v" * 1_000) for number in range(1_000)])

    def logged() -> int:
        return sum(one.stat().st_size for one in (tmp_path / "db").glob("*.log"))

    assert logged() > 1_000_000
    store.settle()
    assert logged() == 0
    store.close()
    again = LevelStore(tmp_path / "db", create=False)
    assert again.get(b"k999") == b"v" * 1_000
    assert len(list(again.range(b"", b"\xff"))) == 1_000
    again.settle()
    again.close()


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="does not open"):
        LevelStore(tmp_path / "none", create=False)


def test_a_second_process_cannot_open_it(tmp_path: Path) -> None:
    first = LevelStore(tmp_path / "db", create=True)
    with pytest.raises(DiskError):
        LevelStore(tmp_path / "db", create=False)
    first.close()


def test_nodes_hold_different_amounts_in_memory() -> None:
    for count in range(2, 40):
        sizes = sorted(map(buffer_of, range(count)))
        assert sizes[-1] == WRITE_BUFFER_BYTES
        assert sizes[0] > WRITE_BUFFER_BYTES - STAGGER_BYTES
        between = [after - before for before, after in itertools.pairwise(sizes)]
        assert min(between) > STAGGER_BYTES / count / 3


def test_a_flipped_bit_in_the_log_refuses_to_open(tmp_path: Path) -> None:
    store = LevelStore(tmp_path / "db", create=True)
    for number in range(20):
        store.write([(f"key{number}".encode(), b"v" * 100)])
    store.close()
    log = max((tmp_path / "db").glob("*.log"), key=lambda path: path.stat().st_size)
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 1
    log.write_bytes(content)
    with pytest.raises(DiskError, match="切勿原地修复"):
        LevelStore(tmp_path / "db", create=False)


def test_prefix_end() -> None:
    assert prefix_end(b"ab") == b"ac"
    assert prefix_end(b"a\xff") == b"b"
    with pytest.raises(ValueError, match="no end"):
        prefix_end(b"\xff\xff")


@pytest.mark.skipif(not TASKS.is_dir(), reason="only where the system shows a process's threads")
def test_the_thread_that_merges_stands_back_and_no_other() -> None:
    code = """
import os
from chainbill_node.storage.leveldb_thread import stand_back
from chainbill_node.storage.leveldb_thread import NICENESS, TASKS
from chainbill_node.storage.leveldb import LevelStore
from pathlib import Path
import tempfile
[lowered] = stand_back()
with tempfile.TemporaryDirectory() as folder:
    store = LevelStore(Path(folder) / "db", create=True)
    store.settle()
    store.close()
print(lowered, {int(task): os.getpriority(os.PRIO_PROCESS, int(task)) for task in os.listdir("/proc/self/task")})
"""
    own = os.getpriority(os.PRIO_PROCESS, 0)
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    lowered, priorities = printed.split(maxsplit=1)
    found = ast.literal_eval(priorities)
    assert found.pop(int(lowered)) == min(19, own + NICENESS)
    assert list(found.values()) == [own], "one thread of our own, and LevelDB starts no second one"
