"""Values that are kept from block to block: never others than those of the bytes that stand there."""

from __future__ import annotations

import random

from chainbill.codec import encode
from chainbill.state.known_rows import KEPT_ROWS, LARGEST_KEPT_BYTES, KnownRows
from chainbill.state.overlay import Overlay
from chainbill.state.rows import pack
from chainbill.state.view import MemoryView


def raw(value: object) -> bytes:
    return pack(1, b"", encode(value))  # type: ignore[arg-type]


def test_a_row_is_decoded_once_while_the_same_bytes_stand_there() -> None:
    known, stored = KnownRows(), raw({"a": [1]})
    value = known.value(b"key", stored)
    assert value == {"a": [1]}
    assert known.value(b"key", stored) is value
    assert known.value(b"key", bytes(bytearray(stored))) is not value
    assert known.value(b"key", raw({"a": [2]})) == {"a": [2]}
    assert known.value(b"other", stored) == {"a": [1]}


def test_it_is_bounded_when_a_block_begins() -> None:
    known = KnownRows()
    first = known.value(b"0", stored := raw([0]))
    for number in range(1, KEPT_ROWS):
        known.value(b"%d" % number, raw([number]))
    known.begin()
    assert known.value(b"0", stored) is first
    known.value(b"one more", raw([1]))
    known.begin()
    assert known.value(b"0", stored) is not first
    large = raw([bytes(LARGEST_KEPT_BYTES)])
    assert known.value(b"large", large) is not known.value(b"large", large)


def test_overlays_that_share_it_see_nothing_of_each_other() -> None:
    """Random blocks, kept or dropped: with shared values every block reads and changes what it does without them."""
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    view, known = MemoryView(), KnownRows()
    keys = [b"one\0row\0\x02%d\0" % number for number in range(10)]
    for height in range(1, 200):
        known.begin()
        shared, alone = Overlay(view, known=known), Overlay(view)
        for _ in range(chance.randrange(1, 12)):
            key, act = chance.choice(keys), chance.randrange(4)
            for one in (shared, alone):
                if act == 0:
                    one.put(key, [height, len(one.scan(b"one\0row\0"))])
                elif act == 1:
                    one.delete(key)
            assert shared.get(key) == alone.get(key), f"seed {seed}"
            assert shared.scan(key[:-2], limit=3) == alone.scan(key[:-2], limit=3), f"seed {seed}"
        changes = shared.finish(height)
        assert changes == alone.finish(height), f"seed {seed}"
        if chance.random() < 0.5:
            view.apply(changes)
