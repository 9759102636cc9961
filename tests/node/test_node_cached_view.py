"""What is remembered of the newest state: always what the store has, and never more bytes than allowed."""

from __future__ import annotations

import random

from chainbill_node.engine.cached_view import ENTRY_BYTES, LARGEST_KEPT_ROW, CachedView, Generations

from chainbill.state.view import MemoryView, RowChange

SEED = 20_261_125


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


def test_what_is_written_again_and_again_pushes_nothing_out() -> None:
    kept: Generations[bytes] = Generations(10 * (100 + ENTRY_BYTES))
    kept.put(b"quiet", bytes(100))
    for _ in range(1_000):
        kept.put(b"busy", bytes(100))
    assert kept.get(b"quiet") == bytes(100)


def test_it_reads_like_the_store_under_it() -> None:
    chance = random.Random(SEED)
    store = MemoryView()
    cached = CachedView(store, row_bytes=20_000, bucket_bytes=20_000)
    for height in range(300):
        changes = []
        for _ in range(20):
            key = b"%d" % chance.randrange(200)
            size = chance.choice((50, 500, LARGEST_KEPT_ROW + 1))
            raw = None if chance.random() < 0.2 else height.to_bytes(4, "big") + bytes(size)
            changes.append(RowChange(key, store.get(key), raw))
            if raw is None:
                store.rows.pop(key, None)
            else:
                store.rows[key] = raw
        buckets = {chance.randrange(50): bytes(chance.randrange(1_000)) for _ in range(5)}
        store.buckets.update(buckets)
        cached.committed(changes, buckets)
        for key in (b"%d" % number for number in range(200)):
            assert cached.get(key) == store.get(key), SEED
        for index in range(50):
            assert cached.bucket(index) == store.bucket(index), SEED
