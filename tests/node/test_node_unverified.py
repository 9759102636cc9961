"""security 1: room for what is not verified yet is shared by who sends it, in transactions and in bytes."""

from __future__ import annotations

from chainbill_node.mempool import Source, Unverified
from chainbill_node.mempool.limits import LEAST_SHARE_BYTES, LEAST_SHARE_TRANSACTIONS

BIG = 10**9


def fill(room: Unverified, source: Source, size: int = 1) -> int:
    """As many as go in."""
    count = 0
    while room.take(source, size):
        count += 1
    return count


def test_the_example() -> None:
    """The numbers of the module's text."""
    room = Unverified(900, BIG)
    assert fill(room, Source("gateway", "A")) == 300
    assert fill(room, Source("elsewhere", "A")) == 200
    room = Unverified(900, BIG)
    gateway = [Source("gateway", "A"), Source("gateway", "B")]
    taken = [0, 0]
    while any(got := [room.take(source, 1) for source in gateway]):
        taken = [before + one for before, one in zip(taken, got, strict=True)]
    assert taken == [180, 180]


def test_a_peer_takes_half_of_what_is_left() -> None:
    room = Unverified(900, BIG)
    assert [fill(room, Source(peer)) for peer in "abc"] == [450, 225, 113]


def test_the_share_is_one_of_bytes_too() -> None:
    room = Unverified(10**6, 900_000)
    assert fill(room, Source("flood"), 1_000) == 450
    assert room.bytes == 450_000
    assert fill(room, Source("honest"), 1_000) == 225


def test_nobody_elsewhere_uses_up_a_partys_share_by_naming_it() -> None:
    room = Unverified(900, BIG)
    before = fill(room, Source("here", "VICTIM")) - 1
    for _ in range(before + 1):
        room.give_back(Source("here", "VICTIM"), 1)
    for number in range(50):
        fill(room, Source("flood", f"P{number}"))
    assert fill(room, Source("flood", "VICTIM")) == 0
    assert fill(room, Source("here", "VICTIM")) >= 100


def test_an_address_that_names_many_parties_takes_no_more_than_its_own_share() -> None:
    room = Unverified(900, BIG)
    for number in range(500):
        fill(room, Source("flood", f"P{number}"))
    assert len(room) <= 450
    assert fill(room, Source("honest", "H")) >= 900 // 6


def test_a_little_is_taken_of_everybody_while_there_is_any_room() -> None:
    room = Unverified(LEAST_SHARE_TRANSACTIONS, LEAST_SHARE_BYTES)
    assert fill(room, Source("only", "P")) == LEAST_SHARE_TRANSACTIONS
    assert not room.take(Source("later", "Q"), 1)
    room = Unverified(1_000, LEAST_SHARE_BYTES)
    assert room.take(Source("only", "P"), LEAST_SHARE_BYTES)


def test_a_source_gets_its_bytes_back_while_others_of_it_are_on_their_way() -> None:
    """attack: an address that always has something here must not be shut out by what it has got back."""
    room = Unverified(1_000, 3 * LEAST_SHARE_BYTES)
    source = Source("gateway", "P")
    assert room.take(source, 1)
    for _ in range(10):
        assert room.take(source, LEAST_SHARE_BYTES - 1)
        room.give_back(source, LEAST_SHARE_BYTES - 1)
    assert room.bytes == 1
