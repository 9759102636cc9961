"""The memory in front of the newest state: bounded, and never another answer than the state's own."""

from __future__ import annotations

import random

import pytest
from chainbill_node.application.cached_view import (
    ENTRY_BYTES,
    KEPT_FIRSTS,
    LARGEST_KEPT_ROW,
    CachedView,
    DecodedRows,
    Generations,
)
from chainbill_node.application.environment import UsedIds
from vectors.make_state_tree import CLOSE, NEAR

from chainbill.codec import encode
from chainbill.state.buckets import bucket_of, key_hash
from chainbill.state.keys import row_key
from chainbill.state.rows import pack
from chainbill.state.tree import StateTree
from chainbill.state.view import MemoryView, RowChange

SEED = 20_261_125


class Asked(MemoryView):
    """A state that notes which rows it is asked for."""

    def __init__(self, state: MemoryView, asked: list[bytes]) -> None:
        self._state = state
        self._asked = asked
        self.scan = state.scan  # type: ignore[method-assign]
        self.bucket = state.bucket  # type: ignore[method-assign]

    def get(self, key: bytes) -> bytes | None:
        self._asked.append(key)
        return self._state.get(key)


SPREAD = [b"one\0row\0\x02%03d\0" % number for number in range(100)]
CROWDED = [row_key("bench", "row", number) for number in (*CLOSE, *NEAR)]
"""All in one bucket, which is split from the 33rd on."""


@pytest.mark.parametrize("keys", [SPREAD, CROWDED], ids=["spread", "crowded"])
def test_it_answers_as_the_state_does_through_many_blocks(keys: list[bytes]) -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    state, tree = MemoryView(), StateTree()
    view = CachedView(state, tree, row_bytes=5_000, bucket_bytes=20_000)
    for height in range(1, 60):
        changes = []
        for key in sorted(chance.sample(keys, 15)):
            size = chance.choice([1, 30, LARGEST_KEPT_ROW + 1])
            new = None if chance.random() < 0.3 else pack(height, b"", b"\xc4" + chance.randbytes(size))
            if (view.get(key), new) != (None, None):
                changes.append(RowChange(key, view.get(key), new))
        delta = tree.stage(view, changes)
        assert delta.root == tree.stage(state, changes).root
        state.apply(changes, delta)
        view.committed(changes, delta.buckets)
        tree.commit(delta)
        assert all(view.get(key) == state.get(key) for key in chance.sample(keys, 40)), f"seed {seed}"
        assert view.scan(b"", b"", 1000) == state.scan(b"", b"", 1000)
        for key in chance.sample(keys, 30):
            prefix, limit = key[: chance.randint(len(key) - 3, len(key))], chance.choice([0, 1, 1, 2, 50])
            after = chance.choice([b"", b"", b"", chance.choice(keys)])
            assert view.scan(prefix, after, limit) == state.scan(prefix, after, limit), f"seed {seed}"


def test_the_first_row_behind_a_prefix_is_looked_for_once_until_a_block_writes_there() -> None:
    state, tree = MemoryView(), StateTree()
    view = CachedView(state, tree)
    asked: list[bytes] = []
    scan = state.scan
    state.scan = lambda prefix, after, limit: asked.append(prefix) or scan(prefix, after, limit)  # type: ignore[method-assign,func-returns-value]
    here, there = b"one\0row\0", b"two\0row\0"
    for height, key in enumerate((here + b"\x025\0", here + b"\x023\0", there + b"\x021\0")):
        view.scan(here, b"", 1)
        assert view.scan(here, b"", 1) == scan(here, b"", 1)
        change = RowChange(key, None, pack(height, b"", b"\xc0"))
        delta = tree.stage(view, [change])
        state.apply([change], delta)
        view.committed([change], delta.buckets)
        tree.commit(delta)
    assert [key for key, _ in view.scan(here, b"", 1)] == [here + b"\x023\0"]
    assert asked == [here] * 3
    assert len(view.scan(here, b"", 5)) == 2
    for number in range(2 * KEPT_FIRSTS):
        view.scan(b"%d\0row\0" % number, b"", 1)
    assert len(view._firsts) <= KEPT_FIRSTS


def test_a_row_that_is_not_there_is_not_looked_for() -> None:
    state, tree = MemoryView(), StateTree()
    rows = [RowChange(b"one\0row\0\x02%03d\0" % number, None, pack(1, b"", b"\xc0")) for number in range(20)]
    delta = tree.stage(state, rows)
    state.apply(rows, delta)
    tree.commit(delta)
    asked: list[bytes] = []
    view = CachedView(Asked(state, asked), tree)
    assert view.get(rows[3].key) == rows[3].new_raw
    assert view.get(b"one\0row\0\x02500\0") is None
    assert asked == [rows[3].key]


def test_the_store_is_not_asked_for_a_bucket_that_the_tree_knows_to_be_empty() -> None:
    """A new id mostly falls into one while the ledger is young; the store searches longest for what is not there."""
    state, tree = MemoryView(), StateTree()
    asked: list[int] = []
    view = CachedView(state, tree)
    state.bucket = lambda node: asked.append(node) or b""  # type: ignore[method-assign,func-returns-value]
    bucket = bucket_of(key_hash(SPREAD[0]))
    assert view.get(SPREAD[0]) is None
    assert asked == []
    del state.bucket  # type: ignore[method-assign]
    change = RowChange(SPREAD[0], None, pack(1, b"", b"\xc0"))
    delta = tree.stage(view, [change])
    state.apply([change], delta)
    tree.commit(delta)
    young = CachedView(state, tree)
    assert young.get(SPREAD[0]) == change.new_raw
    assert young.bucket(bucket) == state.buckets[bucket]
    taken = RowChange(SPREAD[0], change.new_raw, None)
    delta = tree.stage(young, [taken])
    state.apply([taken], delta)
    young.committed([taken], delta.buckets)
    tree.commit(delta)
    assert tree.is_empty(bucket)
    assert young.get(SPREAD[0]) is None


def test_it_remembers_what_is_used_and_no_more_than_it_may() -> None:
    memory: Generations[int] = Generations(10 * (1 + ENTRY_BYTES))
    for number in range(1000):
        memory.put(number, b"x")
        assert memory.get(0) == b"x"
    assert sum(memory.get(number) is not None for number in range(1, 1000)) <= 20
    memory.drop(0)
    assert memory.get(0) is None


def held_bytes(kept: Generations[int]) -> int:
    entries = [*kept._young.values(), *kept._old.values()]
    return sum(map(len, entries)) + ENTRY_BYTES * len(entries)


def test_bytes_are_bounded_however_large_the_values_are() -> None:
    chance = random.Random(SEED)
    kept: Generations[int] = Generations(50_000)
    for _ in range(5_000):
        key = chance.randrange(400)
        if chance.random() < 0.1:
            kept.drop(key)
            assert kept.get(key) is None
        else:
            value = bytes(chance.randrange(3_000))
            kept.put(key, value)
            assert kept.get(key) == value
        assert held_bytes(kept) <= 2 * 50_000, SEED
    assert held_bytes(kept) > 50_000, "it remembers something"


def test_long_keys_count_too() -> None:
    kept: Generations[bytes] = Generations(50_000)
    for number in range(1_000):
        kept.put(number.to_bytes(1_000, "big"), b"")
    assert len(kept._young) + len(kept._old) <= 2 * 50_000 // (1_000 + ENTRY_BYTES)


def test_what_is_written_again_and_again_pushes_nothing_out() -> None:
    kept: Generations[bytes] = Generations(10 * (100 + ENTRY_BYTES))
    kept.put(b"quiet", bytes(100))
    for _ in range(1_000):
        kept.put(b"busy", bytes(100))
    assert kept.get(b"quiet") == bytes(100)


def test_decoded_rows_are_those_of_the_newest_state() -> None:
    state = MemoryView({b"key": pack(1, b"", encode({"status": "active"}))})
    decoded = DecodedRows(state, most=2)
    assert decoded.get(b"key") == {"status": "active"}
    assert decoded.get(b"later") is None
    state.rows |= {b"key": pack(2, b"", encode({"status": "closed"})), b"later": pack(2, b"", encode(1))}
    assert decoded.get(b"later") == 1, "that there is no row is never remembered"
    decoded.forget()
    assert decoded.get(b"key") == {"status": "closed"}
    for number in range(10):
        state.rows[b"%d" % number] = pack(2, b"", encode(number))
        assert decoded.get(b"%d" % number) == number
    assert len(decoded._known) <= 2


def test_an_id_is_used_from_the_block_on_that_has_it() -> None:
    stored: set[bytes] = {b"old"}
    asked: list[bytes] = []

    def look(identity: bytes) -> bool:
        asked.append(identity)
        return identity in stored

    used = UsedIds(look, most=3)
    assert used(b"old")
    assert not used(b"new")
    assert not used(b"new")
    assert asked == [b"old", b"new"]
    stored.add(b"new")
    used.committed([b"new", b"never asked for"])
    assert used(b"new")
    for number in range(10):
        assert not used(b"%d" % number)
    assert len(used._unused) <= 3
