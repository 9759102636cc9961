"""Room that senders share: whatever was refused or given back before, who asks is answered by what is held now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from chainbill_node.mempool import Mempool, MempoolFull, Source, Unverified
from hypothesis import given
from hypothesis import strategies as st
from test_node_pace import transaction

Held = list[tuple[Source, int]]
"""Who sent it, and its bytes."""
Keys = Callable[[Source], tuple[object, ...]]
Made = Callable[[int, int], tuple[Callable[[Source, int], bool], Callable[[Source, int], None], Keys]]
"""With room for so many and so many bytes: how one comes, how one goes, and by what it is counted."""

LEAST, LEAST_BYTES = 3, 10
"""The least shares here: in a small room all of the rule is seen soon."""
SOURCES = [Source(address, party) for address in ("gateway", "elsewhere") for party in ("", "P", "Q")]
COMES = st.tuples(st.sampled_from(SOURCES), st.sampled_from([1, 1, 4, LEAST_BYTES]), st.integers(1, 50))
"""So many of one sender, as large, one after the other."""
GOES = st.tuples(st.integers(0, 40), st.integers(1, 40))
"""From this one on so many are given back."""
ACTS = st.lists(st.one_of(COMES, COMES, GOES), min_size=1, max_size=12)


def by_address_and_party(source: Source) -> tuple[object, ...]:
    return (source.address, source) if source.party else (source.address,)


def by_party(source: Source) -> tuple[object, ...]:
    return (source.party,)


def has_room(held: Held, source: Source, size: int, most: int, most_bytes: int, keys: Keys) -> bool:
    """The rule, counted anew: as much as is left beside what one has, or the least share; inside it the same again.

    Room for 900, of which P at the gateway has 300: 600 are left, and of these 300 beside what its address has, so it
    has its share, and Q there has room.
    """
    room, room_bytes = most - len(held), most_bytes - sum(one for _, one in held)
    if room < 1 or size > room_bytes:
        return False
    for key in keys(source):
        mine = [one for sender, one in held if key in keys(sender)]
        too_many = len(mine) >= max(room, LEAST)
        if mine and (too_many or sum(mine) + size > max(room_bytes, LEAST_BYTES)):
            return False
        room, room_bytes = room - len(mine), room_bytes - sum(mine)
    return True


def unverified(most: int, most_bytes: int) -> tuple[Callable[[Source, int], bool], Callable[[Source, int], None], Keys]:
    room = Unverified(most, most_bytes)
    return room.take, room.give_back, by_address_and_party


def pool(most: int, most_bytes: int) -> tuple[Callable[[Source, int], bool], Callable[[Source, int], None], Keys]:
    kept = Mempool(most, most_bytes)
    numbers = count()
    ids: dict[tuple[Source, int], list[bytes]] = {}

    def take(source: Source, size: int) -> bool:
        one = transaction(next(numbers), source.party, size)
        try:
            kept.add(one, 0, own=False)
        except MempoolFull:
            return False
        ids.setdefault((source, size), []).append(one.id)
        return True

    return take, lambda source, size: kept.remove([ids[source, size].pop()]), by_party


@pytest.fixture(scope="module", autouse=True)
def _small_shares() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        for module in ("pool", "unverified"):
            patched.setattr(f"chainbill_node.mempool.{module}.LEAST_SHARE_TRANSACTIONS", LEAST)
            patched.setattr(f"chainbill_node.mempool.{module}.LEAST_SHARE_BYTES", LEAST_BYTES)
        yield


@pytest.mark.parametrize("made", [unverified, pool])
@given(acts=ACTS, most=st.integers(1, 40), most_bytes=st.integers(1, 120))
def test_who_asks_is_answered_by_what_is_held(made: Made, acts: list[Any], most: int, most_bytes: int) -> None:
    """And when all of it is given back, each sender fills the room as a new one."""
    take, give_back, keys = made(most, most_bytes)
    held: Held = []

    def come(source: Source, size: int, times: int) -> None:
        for _ in range(times):
            room = has_room(held, source, size, most, most_bytes, keys)
            assert take(source, size) is room, (held, source, size)
            if room:
                held.append((source, size))

    def go(first: int, times: int) -> None:
        for source, size in held[first : first + times]:
            give_back(source, size)
        del held[first : first + times]

    for act in acts:
        come(*act) if len(act) == 3 else go(*act)
    go(0, len(held))
    for source in SOURCES:
        come(source, 1, most + 1)
        go(0, len(held))
