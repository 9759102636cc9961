"""Tables that LevelDB is writing are synced as they grow, and nothing else is."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from chainbill_node.runtime.periodic import Periodic
from chainbill_node.storage.leveldb import LevelStore
from chainbill_node.storage.writeback import EVERY_S, NEWEST, Writeback


def table(folder: Path, number: int) -> Path:
    return folder / f"{number:06}.ldb"


def grow(path: Path, count: int = 10) -> None:
    with path.open("ab") as file:
        file.write(bytes(count))


def test_only_the_newest_tables_that_grew_are_synced(tmp_path: Path) -> None:
    for number in range(999_998, 1_000_003):
        grow(table(tmp_path, number))
    for other in ("000001.log", "MANIFEST-000002", "LOCK", "CURRENT"):
        grow(tmp_path / other)
    writeback = Writeback(tmp_path / "nowhere")
    writeback._folder = tmp_path
    assert writeback.look() == [table(tmp_path, number) for number in range(1_000_003 - NEWEST, 1_000_003)]
    assert writeback.look() == []
    grow(table(tmp_path, 1_000_001))
    grow(table(tmp_path, 999_998))
    grow(tmp_path / "000001.log")
    assert writeback.look() == [table(tmp_path, 1_000_001)]
    grow(table(tmp_path, 1_000_003))
    assert writeback.look() == [table(tmp_path, 1_000_003)]


def test_a_table_that_goes_away_or_cannot_be_synced_is_left_to_leveldb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writeback = Writeback(tmp_path)
    grow(table(tmp_path, 1))
    table(tmp_path, 2).symlink_to(tmp_path / "gone")
    assert writeback.look() == [table(tmp_path, 1)]

    def broken(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", broken)
    grow(table(tmp_path, 1))
    before = len(os.listdir("/proc/self/fd"))
    assert writeback.look() == []
    assert len(os.listdir("/proc/self/fd")) == before


def test_what_is_there_at_the_start_is_not_synced_again_and_the_thread_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    sync = os.fdatasync

    def counted(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_size)
        sync(descriptor)

    monkeypatch.setattr(os, "fdatasync", counted)
    grow(table(tmp_path, 7), 70)
    before = threading.active_count()
    with Periodic(Writeback(tmp_path).look, EVERY_S, "writeback"):
        grow(table(tmp_path, 8), 80)
        until = time.monotonic() + 20
        while not synced and time.monotonic() < until:
            time.sleep(0.01)
    assert threading.active_count() == before
    assert synced == [80]


def test_it_knows_the_tables_of_a_real_database(tmp_path: Path) -> None:
    store = LevelStore(tmp_path / "chain", create=True)
    writeback = Writeback(store.path)
    assert writeback.look() == []
    store.write([(bytes([number]), bytes(1_000)) for number in range(200)])
    store.settle()
    assert len(writeback.look()) == 1
    store.close()
