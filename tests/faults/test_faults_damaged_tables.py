"""Damage in the older files of the database: tables, manifest, CURRENT, a bit flipped at every byte. Each row is read
as the node reads rows, one by one and in ranges, live and through snapshots: the true one, or the node's end.
"""

from __future__ import annotations

import contextlib
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from chainbill_node.consensus.signer_memory import recover_memory
from chainbill_node.driver.signer import new_signer_file
from chainbill_node.storage.leveldb import LevelStore
from chainbill_node.storage.store import DiskError
from node_state import RowChain
from test_faults_torn_database import dump, flipped

pytestmark = pytest.mark.untraced

HEIGHTS = 4


@dataclass(frozen=True)
class Settled:
    """A closed database whose rows lie in a table."""

    folder: Path
    rows: dict[bytes, bytes]

    def files(self, pattern: str) -> list[Path]:
        return sorted(self.folder.glob(pattern))


@pytest.fixture(scope="module")
def settled(scratch: Path) -> Settled:
    folder = scratch / "settled"
    store = LevelStore(folder, create=True)
    chain = RowChain(store)
    for height in range(1, HEIGHTS + 1):
        chain.commit({("c", "t", f"k{height}"): {"v": height}, ("c", "t", "same"): {"v": height}})
    store._db.compact_range()
    rows = dict(dump(store))
    store.close()
    return Settled(folder, rows)


def readings(settled: Settled, folder: Path) -> str:
    """Read everything in every way; "" when all of it is true, "refused" when a read or the start says so.

    "emptied": nothing at all is there. A node would begin at height 0, which the signer file does not allow.
    """
    try:
        store = LevelStore(folder, create=False)
    except DiskError:
        return "refused"
    heard: list[DiskError] = []
    store.on_error = heard.append
    said = ""
    try:
        if is_empty(store):
            return "emptied"
        heard.clear()
        snapshot = store.snapshot()
        for source in (store, snapshot):
            for key, value in settled.rows.items():
                try:
                    found = source.get(key)
                except DiskError:
                    said = "refused"
                    continue
                assert found == value, f"a wrong row: {key!r} is {found!r}"
            for reverse in (False, True):
                try:
                    assert dict(source.range(b"", b"\xff", reverse=reverse)) == settled.rows, "wrong rows in a range"
                except DiskError:
                    said = "refused"
        snapshot.close()
    finally:
        store.close()
    assert bool(heard) == bool(said), "the node hears of every failed read, and ends"
    return said


def is_empty(store: LevelStore) -> bool:
    try:
        return dump(store) == ()
    except DiskError:
        return False


@pytest.mark.parametrize("pattern", ["*.ldb", "MANIFEST-*", "CURRENT"])
def test_one_flipped_bit_at_every_byte(settled: Settled, scratch: Path, pattern: str) -> None:
    [path] = settled.files(pattern)
    content, counted = path.read_bytes(), Counter[str]()
    for position in range(len(content)):
        copy = scratch / "settled-copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(settled.folder, copy)
        (copy / path.name).write_bytes(flipped(content, position))
        counted[readings(settled, copy) or "harmless"] += 1
    print(pattern, dict(counted))
    assert counted["refused"] > len(content) // 3
    assert counted["emptied"] <= 2, "only the length of the manifest's last record"


def test_beside_an_emptied_database_the_signer_file_signs_nothing_until_all_is_back() -> None:
    network, key = bytes(32), b"k" * 32
    memory = recover_memory(new_signer_file(network, key, HEIGHTS), network, key, 0)
    assert memory.signs_from == HEIGHTS + 1


def test_the_sweep_can_fail(settled: Settled, scratch: Path) -> None:
    """plyvel's plain reads take damage for rows that are not there, in blocks of a table behind the first."""
    import plyvel

    [path] = settled.files("*.ldb")
    content, lost = path.read_bytes(), 0
    for position in range(0, len(content), 97):
        shutil.copytree(settled.folder, scratch / "plain")
        (scratch / "plain" / path.name).write_bytes(flipped(content, position))
        plain = plyvel.DB(str(scratch / "plain"), paranoid_checks=True)
        with contextlib.suppress(plyvel.CorruptionError):
            lost += dict(plain.iterator(verify_checksums=True)) != settled.rows
        plain.close()
        shutil.rmtree(scratch / "plain")
    assert lost


def test_undamaged_everything_is_read(settled: Settled, scratch: Path) -> None:
    shutil.copytree(settled.folder, scratch / "undamaged")
    assert readings(settled, scratch / "undamaged") == ""
