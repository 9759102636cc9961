"""Long reads get a share of a core while blocks are committed, and all they want while none are."""

from __future__ import annotations

import contextvars
import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from chainbill_node.application.read_throttle import (
    AFTER_A_COMMIT_S,
    BURST_S,
    FORGET_S,
    LONGEST_REST_S,
    LOOK_AGAIN_S,
    MAX_SOURCES,
    MOMENT_S,
    SHARE,
    SHORT_S,
    LongReads,
    MakesRoom,
)
from chainbill_node.storage.chain import reader as reader_module
from chainbill_node.storage.chain.layout import STATE
from chainbill_node.storage.chain.reader import PIECE_ROWS, HeightReader
from chainbill_node.storage.memory import MemoryStore

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


def test_a_long_read_rests_while_somebody_reads_who_has_used_less() -> None:
    clock = Clock()
    with clock.reads.reading("flood"):
        clock.work(1, busy=False)
        assert clock.rests == []
        with clock.reads.reading("honest"):
            pass
        clock.work(0.1, busy=False)
        assert clock.rests == []
        flooding = contextvars.copy_context()
        with clock.reads.reading("honest"):
            flooding.run(lambda: clock.work(PIECE_S, busy=False))
    assert sum(clock.rests) == pytest.approx(LONGEST_REST_S)


def test_a_source_reads_as_long_as_one_of_its_reads_lasts() -> None:
    clock = Clock()
    with clock.reads.reading("flood"):
        clock.work(1, busy=False)
        flooding = contextvars.copy_context()
        with clock.reads.reading("honest"):
            with clock.reads.reading("honest"):
                pass
            flooding.run(lambda: clock.work(0.1, busy=False))
    assert sum(clock.rests) == pytest.approx(LONGEST_REST_S)


def test_sources_that_read_much_get_the_same() -> None:
    """In threads, and for real: each counts its pieces of work; nobody's clock is looked at."""
    reads = LongReads()
    pieces, over, all_here = {"a": 0, "b": 0}, threading.Event(), threading.Barrier(3)

    def work(source: str) -> None:
        with reads.reading(source):
            all_here.wait(10)
            while not over.is_set():
                reads.used(PIECE_S)
                pieces[source] += 1
                if sum(pieces.values()) >= 400:
                    over.set()

    threads = [threading.Thread(target=work, args=(one,)) for one in ("a", "a", "b")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert abs(pieces["a"] - pieces["b"]) <= 2 * MOMENT_S / PIECE_S + 3


class Short:
    """Two reads of one source at a time, of which none is long: one begins before the other ends."""

    def __init__(self, reads: LongReads) -> None:
        self._reads = reads
        self._open: deque[tuple[contextvars.Context, AbstractContextManager[None]]] = deque()
        self.begin()

    def begin(self) -> None:
        context, read = contextvars.copy_context(), self._reads.reading("short")
        context.run(read.__enter__)
        self._open.append((context, read))

    def another(self) -> None:
        self.begin()
        self.end()

    def end(self) -> None:
        context, read = self._open.popleft()
        context.run(read.__exit__, None, None, None)


@pytest.mark.parametrize("idle", [False, True])
def test_who_has_short_reads_all_the_time_keeps_no_long_one_from_its_turn(*, idle: bool) -> None:
    """Short ones cost nothing, and one that did nothing at all was waited for: 0.25 s after each millisecond."""
    clock = Clock()
    with clock.reads.reading("long"):
        clock.work(1, busy=False)
        short = Short(clock.reads)

        def rest(seconds: float) -> None:
            clock.rest(seconds)
            if not idle:
                short.another()

        clock.reads._rest = rest
        clock.work(1, busy=False)
        short.end()
    assert 0 < sum(clock.rests) < 2


def test_short_reads_are_paid_for() -> None:
    clock = Clock()
    for _ in range(round(1 / SHORT_S)):
        with clock.reads.reading("short"):
            pass
    with clock.reads.reading("short"):
        assert clock.reads._sources["short"].used_s == pytest.approx(1)


def test_who_comes_again_soon_has_not_been_forgotten_and_the_remembered_are_bounded() -> None:
    clock = Clock()
    with clock.reads.reading("flood"):
        clock.work(1, busy=False)
    with clock.reads.reading("flood"):
        assert clock.reads._sources["flood"].used_s == pytest.approx(1 + SHORT_S)
    clock.now_s += FORGET_S + 1
    with clock.reads.reading("newcomer"), clock.reads.reading("flood"):
        assert clock.reads._sources["flood"].used_s == clock.reads._sources["newcomer"].used_s
    for number in range(3 * MAX_SOURCES):
        with clock.reads.reading(f"address {number}"):
            assert len(clock.reads._sources) <= MAX_SOURCES


def test_what_was_used_while_nobody_else_read_counts_for_nothing() -> None:
    """A clerk who had read a long list waited behind sixty strangers until each of them had read as much."""
    clock = Clock()
    with clock.reads.reading("clerk"):
        clock.work(1, busy=False)
    with clock.reads.reading("flood"):
        clock.work(3 * MOMENT_S, busy=False)
        for names in (["flood", "clerk", "newcomer"], ["flood", "newcomer", "clerk"]):
            assert clock.reads.next_of(names) == names[1]


def test_of_those_that_used_the_same_the_first_reads_next() -> None:
    reads = Clock().reads
    assert [reads.next_of(names) for names in (["a", "b"], ["b", "a"])] == ["a", "b"]


def test_a_read_makes_room_at_the_piece_after_which_there_was_enough() -> None:
    clock = Clock()
    with pytest.raises(MakesRoom), clock.reads.reading("long", lambda used_s: used_s > 0.1):
        clock.work(1, busy=False)
    assert clock.now_s == pytest.approx(1_000.1, abs=2 * PIECE_S)
    with clock.reads.reading("other"):
        clock.work(0.1, busy=False)
    assert clock.rests == []  # it rests for nobody: the other one is over


def test_a_read_that_rests_for_another_makes_room_as_soon_as_that_is_wanted() -> None:
    clock = Clock()
    wanted = False

    def rest(seconds: float) -> None:
        nonlocal wanted
        clock.rest(seconds)
        wanted = True

    clock.reads._rest = rest
    with clock.reads.reading("long", lambda _: wanted):
        clock.work(2 * MOMENT_S, busy=False)
        resting = contextvars.copy_context()
        with clock.reads.reading("other"), pytest.raises(MakesRoom):
            resting.run(lambda: clock.work(PIECE_S, busy=False))
    assert clock.rests == [LOOK_AGAIN_S]


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
