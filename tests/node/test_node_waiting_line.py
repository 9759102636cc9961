"""Lines in which sources take turns, against plain lists of what stands in them: at random, in many histories."""

from __future__ import annotations

import random
from collections import Counter
from typing import NamedTuple

import pytest
from chainbill_node.mempool import Source, WaitingLine


class Item(NamedTuple):
    number: int
    source: Source
    size: int


class Plain:
    """What stands in a line, in the order in which it came there."""

    def __init__(self) -> None:
        self.line: WaitingLine[Item] = WaitingLine()
        self.items: list[Item] = []

    def put(self, item: Item) -> None:
        self.line.put(item.source, item, item.size)
        self.items.append(item)

    def take(self, most: int, most_bytes: int) -> None:
        """The piece is whole, in order, within its bounds, as large as it may be, and nobody's alone."""
        piece = self.line.take(most, most_bytes)
        size = sum(one.size for one in piece)
        assert piece == [one for one in self.items if one in set(piece)]
        assert bool(piece) is bool(self.items)
        assert len(piece) <= most
        assert size <= most_bytes or len(piece) == 1
        left = [one for one in self.items if one not in set(piece)]
        for source in {one.source for one in piece}:
            older = [one for one in self.items if one.source == source]
            assert [one for one in piece if one.source == source] == older[: sum(one.source == source for one in piece)]
        if left:
            assert len(piece) == most or size + max(one.size for one in left) > most_bytes
            self._took_turns(piece, left)
        self.items = left

    def _took_turns(self, piece: list[Item], left: list[Item]) -> None:
        """Who still has something here got as much as anybody, but for the turn that is under way."""
        addresses = Counter(one.source.address for one in piece)
        for waits in {one.source.address for one in left}:
            assert addresses[waits] >= max(addresses.values()) - 1
        parties = Counter(one.source for one in piece)
        for waits in {one.source for one in left}:
            others = [parties[one] for one in parties if one.address == waits.address]
            assert parties[waits] >= max(others, default=0) - 1

    def check(self) -> None:
        assert len(self.line) == len(self.items)
        sources = {one.source for one in self.items}
        assert sorted(self.line.parties()) == sorted(one.party for one in sources)
        assert all(self.line.has(Source(a, p)) is (Source(a, p) in sources) for a in "abc" for p in "xyz")


@pytest.mark.parametrize("seed", range(60))
def test_a_line_gives_what_was_put_in_by_turns(seed: int) -> None:
    chance = random.Random(f"waiting line {seed}")
    one, other = Plain(), Plain()
    sources = [Source(address, party) for address in "abc"[: chance.randint(1, 3)] for party in "xyz"]
    for number in range(200):
        act = chance.random()
        if act < 0.7:
            chance.choice([one, one, other]).put(Item(number, chance.choice(sources), chance.randint(1, 9)))
        elif act < 0.95:
            chance.choice([one, other]).take(chance.choice([1, 2, 5, 20, 1_000]), chance.choice([1, 9, 30, 10_000]))
        else:
            stays = set(chance.sample(sources, chance.randint(0, len(sources))))
            one.line.hand_over(stays.__contains__, other.line)
            other.items += [item for item in one.items if item.source not in stays]
            one.items = [item for item in one.items if item.source in stays]
            # from here on the order among those handed over is that of their sources, as is what they came with
            break
        one.check()
        other.check()
    assert len(one.line) == len(one.items)
    assert len(other.line) == len(other.items)
    for plain in (one, other):
        assert set(plain.line.take(1_000, 10_000)) == set(plain.items)
        assert not len(plain.line)
