"""Long reads get a share of a core while blocks are committed, and all they want while none are."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from chainbill_node.engine.long_reads import AFTER_A_COMMIT_S, BURST_S, LONGEST_REST_S, SHARE, LongReads
from chainbill_node.storage import reader as reader_module
from chainbill_node.storage.layout import STATE
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.reader import PIECE_ROWS, HeightReader

from chainbill.state import rows
from chainbill.state.keys import row_key

PIECE_S = 0.002


class Clock:
    """Time that goes by while a read works or rests."""

    def __init__(self) -> None:
        self.now_s = 1_000.0
        self.rests: list[float] = []
        self.reads = LongReads(lambda: self.now_s, self.rest)

    def rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.now_s += seconds

    def work(self, seconds: float, *, busy: bool) -> None:
        """Read that much, in pieces; blocks are committed meanwhile, or not."""
        for _ in range(round(seconds / PIECE_S)):
            if busy:
                self.reads.committed()
            self.now_s += PIECE_S
            self.reads.used(PIECE_S)


def test_where_nothing_is_committed_nobody_rests() -> None:
    clock = Clock()
    clock.work(5, busy=False)
    clock.reads.committed()
    clock.now_s += AFTER_A_COMMIT_S
    clock.work(5, busy=False)
    assert clock.rests == []


def test_beside_commits_reads_get_their_share_and_no_more() -> None:
    clock = Clock()
    began_s = clock.now_s
    clock.work(1, busy=True)
    assert clock.now_s - began_s == pytest.approx(1 / SHARE - BURST_S, rel=0.01)
    assert max(clock.rests) <= LONGEST_REST_S


def test_time_that_went_by_unused_counts_for_a_moment_only() -> None:
    clock = Clock()
    clock.work(0.01, busy=True)
    clock.now_s += 60
    clock.rests.clear()
    clock.work(1, busy=True)
    assert 1 / SHARE - 1 - 2 * BURST_S < sum(clock.rests) < 1 / SHARE


def rows_of(count: int) -> MemoryStore:
    store = MemoryStore()
    store.write([(STATE + row_key("token", "token", f"T{n:05}"), rows.pack(1, b"", b"\x80")) for n in range(count)], [])
    return store


def whole_table(reader: HeightReader) -> None:
    assert len(reader.scan("token", "token", limit=10_000)) == 500


def one_by_one(reader: HeightReader) -> None:
    for number in range(500):
        assert reader.get("token", "token", f"T{number:05}") == {}


@pytest.mark.parametrize("read", [whole_table, one_by_one])
def test_a_read_says_what_each_piece_took(
    read: Callable[[HeightReader], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter(range(1_000))
    monkeypatch.setattr(reader_module, "thread_time", lambda: float(next(seconds)))
    used: list[float] = []
    read(HeightReader(rows_of(500).snapshot(), 1, 1, lambda *_: None, used.append))
    assert used == [1.0] * (500 // PIECE_ROWS - 1)  # the first piece is free, and the last is not done


def test_a_read_that_goes_on_in_another_thread_is_not_charged_for_that_ones_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    used: list[float] = []
    reader = HeightReader(rows_of(500).snapshot(), 1, 1, lambda *_: None, used.append)
    for thread in (1, 2):
        monkeypatch.setattr(threading, "get_ident", lambda thread=thread: thread)
        one_by_one(reader)
    assert len(used) == 1_000 // PIECE_ROWS - 2  # each thread's first piece is free
