"""The newest LevelDB log torn at every byte of its last two records: it opens at a height that was, or refuses.

Outcomes are compared whole: every row of the store must be exactly what was there after some height. That the signer
file is one height further than the database is what a crash between the two leaves; where it is further, nothing is
signed until those heights are back.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from chainbill_node.consensus.signer_memory import recover_memory
from chainbill_node.driver.signer import new_signer_file
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.leveldb import LevelStore
from chainbill_node.storage.store import DiskError
from node_state import RowChain

HEIGHTS = 6
CHAIN = "torn-1"
Rows = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Whole:
    """A database as it was closed: its folder, its rows after each height, and where the log's records end."""

    folder: Path
    rows: dict[Rows, int]
    log: str
    ends: list[int]

    @property
    def content(self) -> bytes:
        return (self.folder / self.log).read_bytes()


@pytest.fixture(scope="module")
def whole(scratch: Path) -> Whole:
    folder = scratch / "whole"
    store = LevelStore(folder, create=True)
    chain = RowChain(store)
    rows, ends = {dump(store): 0}, []
    for height in range(1, HEIGHTS + 1):
        chain.commit({("c", "t", f"k{height}"): {"v": height}, ("c", "t", "same"): {"v": height}})
        rows[dump(store)] = height
        ends.append(newest_log(folder).stat().st_size)
    store.close()
    assert len(rows) == HEIGHTS + 1
    return Whole(folder, rows, newest_log(folder).name, ends)


def newest_log(folder: Path) -> Path:
    return max(folder.glob("*.log"), key=lambda path: int(path.stem))


def dump(store: LevelStore) -> Rows:
    return tuple(store.range(b"", b"\xff"))


def opened_height(whole: Whole, folder: Path, content: bytes) -> int | None:
    """Open a copy with this log: the height whose rows are all there and no others; None if it refuses."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(whole.folder, folder)
    (folder / whole.log).write_bytes(content)
    try:
        store = LevelStore(folder, create=False)
    except DiskError as error:
        assert "切勿原地修复" in str(error)  # noqa: PT017
        return None
    try:
        found = dump(store)
        assert found in whole.rows, "rows that never were"
        return whole.rows[found]
    finally:
        store.close()


def cut(content: bytes, position: int) -> bytes:
    return content[:position]


def zeroed_from(content: bytes, position: int) -> bytes:
    return content[:position] + bytes(len(content) - position)


def zeroed_at(content: bytes, position: int) -> bytes:
    return content[:position] + b"\0" + content[position + 1 :]


def flipped(content: bytes, position: int) -> bytes:
    return content[:position] + bytes((content[position] ^ 1 << position % 8,)) + content[position + 1 :]


def damages(content: bytes, first: int) -> Iterator[tuple[str, int, bytes]]:
    for position in range(first, len(content)):
        for damage in (cut, zeroed_from, zeroed_at, flipped):
            torn = damage(content, position)
            if torn != content:
                yield damage.__name__, position, torn


def signs_at_once(height: int) -> bool:
    """The signer file of this node names the height that it committed last: below that nothing is signed anew."""
    memory = recover_memory(new_signer_file(CHAIN, b"k" * 32, HEIGHTS), CHAIN, b"k" * 32, height)
    assert memory.signs_from in (0, HEIGHTS + 1)
    return memory.signs_from == 0


def test_torn_at_every_byte_of_the_last_two_records(whole: Whole, scratch: Path) -> None:
    content = whole.content
    assert whole.ends[-1] == len(content)
    counted: Counter[str] = Counter()
    for damage, position, torn in damages(content, whole.ends[-3]):
        height = opened_height(whole, scratch / "torn", torn)
        if height is None:
            counted[f"{damage}: refused"] += 1
            continue
        assert height >= HEIGHTS - 2, f"{damage} at {position} lost more than what it touched"
        assert height < HEIGHTS or damage.startswith("zeroed"), f"{damage} at {position} was not noticed"
        counted[f"{damage}: {'one height back' if signs_at_once(height) else 'signs nothing until it is back'}"] += 1
    print(dict(counted))
    assert counted["cut: one height back"]
    assert counted["cut: signs nothing until it is back"]
    assert counted["flipped: refused"]


def test_what_recovers_passes_every_check_of_a_start(whole: Whole, scratch: Path) -> None:
    """The tree over the rows has the recorded root, and the chain goes on from there."""
    for end, height in ((whole.ends[-2], HEIGHTS - 1), (whole.ends[-1] - 1, HEIGHTS - 1)):
        assert opened_height(whole, scratch / "torn", whole.content[:end]) == height
        store = LevelStore(scratch / "torn", create=False)
        database = ChainDatabase(store)
        assert database.build_tree().root == database.head().app_hash
        assert RowChain(store).commit({("c", "t", "again"): {"v": 1}}).height == height + 1
        store.close()


def test_without_paranoid_checks_a_flipped_bit_would_go_unnoticed(whole: Whole, scratch: Path) -> None:
    """The test can fail: the library's defaults open a log with a flipped bit, heights back, without a word."""
    import plyvel

    position = whole.ends[1] + 40  # inside the third height's record
    shutil.copytree(whole.folder, scratch / "plain")
    (scratch / "plain" / whole.log).write_bytes(flipped(whole.content, position))
    plain = plyvel.DB(str(scratch / "plain"))
    found = tuple(plain.iterator())
    plain.close()
    assert found not in whole.rows or whole.rows[found] < HEIGHTS
    assert opened_height(whole, scratch / "other", flipped(whole.content, position)) is None
