"""The overlay against a naive twin (copies of dictionaries), and its refusals."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chainbill.codec import encode
from chainbill.errors import InternalFault, Malformed
from chainbill.limits import MAX_ROW_BYTES
from chainbill.state.keys import row_key, table_prefix
from chainbill.state.overlay import Overlay
from chainbill.state.rows import pack, salt_for, unpack, value
from chainbill.state.view import MemoryView, RowChange

NAMES = [[letter, number] for letter in "abc" for number in range(2)]
KEYS = st.sampled_from([row_key("one", table, name) for table in ("left", "right") for name in NAMES])
VALUES = st.one_of(st.booleans(), st.integers(0, 2), st.dictionaries(st.sampled_from("xy"), st.integers(0, 1)))


def view_of(content: dict[bytes, Any]) -> MemoryView:
    return MemoryView({key: pack(1, b"", encode(row)) for key, row in content.items()})


class OverlayMachine(RuleBasedStateMachine):
    """Random reads, writes, scans, savepoints and blocks; the twin copies everything at each savepoint."""

    def __init__(self) -> None:
        super().__init__()
        self.height = 1
        self.twin: dict[bytes, Any] = {row_key("one", "left", name): 0 for name in NAMES[::2]}
        self.view = view_of(self.twin)
        self.start = copy.deepcopy(self.twin)
        self.overlay = Overlay(self.view)
        self.saved: list[dict[bytes, Any]] = []

    @rule(key=KEYS)
    def get(self, key: bytes) -> None:
        assert encode(self.overlay.get(key)) == encode(self.twin.get(key))

    @rule(key=KEYS, row=VALUES)
    def put(self, key: bytes, row: Any) -> None:
        self.overlay.put(key, row)
        self.twin[key] = row

    @rule(key=KEYS)
    def delete(self, key: bytes) -> None:
        self.overlay.delete(key)
        self.twin.pop(key, None)

    @rule()
    def begin(self) -> None:
        self.overlay.begin()
        self.saved.append(dict(self.twin))

    @precondition(lambda self: self.saved)
    @rule()
    def commit(self) -> None:
        self.overlay.commit()
        self.saved.pop()

    @precondition(lambda self: self.saved)
    @rule()
    def rollback(self) -> None:
        self.overlay.rollback()
        self.twin = self.saved.pop()

    @precondition(lambda self: self.saved)
    @rule()
    def changed(self) -> None:
        before = self.saved[-1]
        expected = {
            key: (encode(before.get(key)), encode(self.twin.get(key)))
            for key in {*before, *self.twin}
            if encode(before.get(key)) != encode(self.twin.get(key))
        }
        found = self.overlay.changed()
        assert {key: (encode(old), encode(new)) for key, (old, new) in found.items()} == expected

    @rule(
        table=st.sampled_from(["left", "right"]),
        leading=st.sampled_from([[], ["a"], ["b"], ["c", 1]]),
        after=st.one_of(st.just(b""), KEYS),
        limit=st.integers(0, 6),
    )
    def scan(self, table: str, leading: list[str | int], after: bytes, limit: int) -> None:
        prefix = table_prefix("one", table, leading)
        expected = sorted(key for key in self.twin if key.startswith(prefix) and key > after)[:limit]
        found = self.overlay.scan(prefix, after, limit)
        assert [key for key, _ in found] == expected
        assert all(encode(row) == encode(self.twin[key]) for key, row in found)

    @rule()
    def block(self) -> None:
        while self.saved:
            self.commit()
        self.height += 1
        changes = self.overlay.finish(self.height)
        assert [change.key for change in changes] == sorted(change.key for change in changes)
        assert {change.key for change in changes} == {
            key for key in {*self.start, *self.twin} if encode(self.start.get(key)) != encode(self.twin.get(key))
        }
        for key, old, new, old_value, new_value in changes:
            assert old == self.view.get(key)
            assert new is None or unpack(new).since == self.height
            assert old_value is None or encode(old_value) == encode(value(old))
            assert (new is None) == (new_value is None)
            assert new is None or encode(new_value) == encode(value(new))
        self.view.apply(changes)
        self.start = dict(self.twin)
        self.overlay = Overlay(self.view)

    @invariant()
    def the_view_is_untouched(self) -> None:
        assert {key: encode(value(raw)) for key, raw in self.view.rows.items()} == {
            key: encode(row) for key, row in self.start.items()
        }


OverlayMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestOverlayMachine = OverlayMachine.TestCase

ROW = row_key("one", "left", "a")


def test_true_and_one_are_different_rows() -> None:
    overlay = Overlay(view_of({ROW: {"lo": 1}}))
    overlay.begin()
    overlay.put(ROW, {"lo": True})
    assert list(overlay.changed()) == [ROW]
    assert len(overlay.finish(2)) == 1


def test_a_write_that_restores_the_row_is_left_out() -> None:
    overlay = Overlay(view_of({ROW: {"n": 1}}))
    overlay.begin()
    overlay.put(ROW, {"n": 2})
    overlay.put(ROW, {"n": 1})
    assert overlay.changed() == {}
    other = row_key("one", "left", "new")
    overlay.put(other, 1)
    overlay.delete(other)
    assert overlay.finish(2) == ()


@pytest.mark.parametrize("row", [None, 1.5, {"a": 2**64}, {1: 2}, {"a": {1}}, "e\u0301", "x" * MAX_ROW_BYTES])
def test_what_cannot_be_stored_is_refused_when_it_is_put(row: Any) -> None:
    overlay = Overlay(MemoryView())
    overlay.begin()
    with pytest.raises(Malformed):
        overlay.put(ROW, row)
    assert overlay.get(ROW) is None
    assert overlay.changed() == {}
    assert overlay.finish(1) == ()


def test_closed_rows_carry_the_salt_of_the_transaction_that_wrote_them() -> None:
    token = row_key("token", "token", "T1")
    overlay = Overlay(MemoryView())
    with pytest.raises(InternalFault, match="overlay_no_nonce"):
        overlay.put(token, {"holder": "a"})
    overlay.set_nonce(b"1" * 16)
    overlay.put(token, {"holder": "a"})
    overlay.begin()
    overlay.set_nonce(b"2" * 16)
    overlay.put(token, {"holder": "b"})
    overlay.rollback()
    overlay.put(ROW, 1)
    changes = overlay.finish(3)
    raws = {change.key: change.new_raw for change in changes}
    assert raws[token] == pack(3, salt_for(b"1" * 16, token), encode({"holder": "a"}))
    assert raws[ROW] == pack(3, b"", encode(1))


def test_an_unchanged_closed_row_keeps_its_first_salt() -> None:
    token = row_key("token", "token", "T1")
    view = MemoryView({token: pack(1, salt_for(b"1" * 16, token), encode({"holder": "a"}))})
    overlay = Overlay(view)
    overlay.set_nonce(b"2" * 16)
    overlay.put(token, {"holder": "a"})
    assert overlay.finish(2) == ()


@pytest.mark.parametrize("act", ["commit", "rollback", "changed"])
def test_no_savepoint_open(act: str) -> None:
    with pytest.raises(InternalFault, match="overlay_no_savepoint"):
        getattr(Overlay(MemoryView()), act)()


def test_scan_reads_past_pages_of_deleted_rows() -> None:
    keys = [row_key("one", "left", f"{i:04}") for i in range(300)]
    overlay = Overlay(view_of(dict.fromkeys(keys, 1)))
    for key in keys[:290]:
        overlay.delete(key)
    assert [key for key, _ in overlay.scan(table_prefix("one", "left"), limit=3)] == keys[290:293]


def test_rows_written_behind_a_page_wait_for_their_turn() -> None:
    keys = [row_key("one", "left", number) for number in range(12)]
    overlay = Overlay(view_of(dict.fromkeys(keys[:10], 1)))
    overlay.delete(keys[0])
    overlay.put(keys[11], 1)
    assert [key for key, _ in overlay.scan(table_prefix("one", "left"), limit=3)] == keys[1:4]


def test_rollback_undoes_the_newest_write_first() -> None:
    overlay = Overlay(view_of({ROW: 1}))
    overlay.put(ROW, 2)
    overlay.begin()
    overlay.put(ROW, 3)
    overlay.put(ROW, 4)
    overlay.rollback()
    assert overlay.get(ROW) == 2
    assert [value(change.new_raw) for change in overlay.finish(2) if change.new_raw] == [2]


def test_memory_view_scans_in_order_after_each_block() -> None:
    view = MemoryView()
    prefix = table_prefix("one", "left")
    assert view.scan(prefix, b"", 5) == []
    keys = [row_key("one", "left", f"{i:04}") for i in range(700)]
    view.apply([RowChange(key, None, key) for key in reversed(keys)])
    assert [key for key, _ in view.scan(prefix, keys[3], 3)] == keys[4:7]
    view.apply([RowChange(keys[5], keys[5], None), RowChange(keys[5] + b"x", None, b"")])
    assert [key for key, _ in view.scan(prefix, keys[3], 3)] == [keys[4], keys[5] + b"x", keys[6]]
    assert view.copy().rows == view.rows


def test_a_walk_is_paid_by_what_it_meets_and_meets_what_was_deleted() -> None:
    """security 11: a scan listed all written keys of its table, and deleted rows were free."""
    keys = [row_key("one", "left", number) for number in range(300)]
    overlay = Overlay(view_of({key: {"n": 1} for key in keys[:100]}))
    overlay.begin()
    for key in keys[50:200]:
        overlay.put(key, {"n": 22})
    for key in keys[:60]:
        overlay.delete(key)
    met = list(overlay.walk(table_prefix("one", "left")))
    assert [key for key, _, _ in met] == keys[:200]
    assert [value for _, value, _ in met] == [None] * 60 + [{"n": 22}] * 140
    sizes = [size for _, _, size in met]
    stored, written = len(encode({"n": 1})), len(encode({"n": 22}))
    assert sizes == [stored] * 60 + [stored + written] * 40 + [written] * 100
    steps = 0
    order = overlay._ordered(table_prefix("one", "left"))

    class Counted(list[bytes]):
        def __getitem__(self, at: Any) -> Any:
            nonlocal steps
            steps += 1
            return super().__getitem__(at)

    overlay._index[next(iter(overlay._index))] = Counted(order)
    next(iter(overlay.walk(row_key("one", "left", 150)[:-1])))
    assert steps < 20, "one row of 200 written ones"


def test_what_was_tried_and_undone_is_not_met() -> None:
    """A proposer tries transactions that no block has: what a walk costs must not show it."""
    kept = Overlay(view_of({}))
    for number in range(0, 40, 2):
        kept.put(row_key("one", "left", number), 1)
    tried = Overlay(view_of({}))
    for number in range(40):
        tried.begin()
        tried.put(row_key("one", "left", number), 1)
        list(tried.walk(table_prefix("one", "left")))
        tried.delete(row_key("one", "left", number + 1))
        if number % 2:
            tried.rollback()
            continue
        tried._marks.clear()
        tried._journal.clear()
        tried.begin()
        tried.rollback()
    met = [key for key, value, _ in tried.walk(table_prefix("one", "left")) if value is not None]
    assert met == [key for key, _, _ in kept.walk(table_prefix("one", "left"))]
