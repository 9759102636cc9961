"""The room for bodies: who is read on, who waits and who gives way, without a socket."""

from __future__ import annotations

import random

import pytest
from chainbill_node.rest.server.body_memory import BodyRoom
from chainbill_node.rest.server.limits import BODY_READ_BYTES, LEAST_BODY_PROGRESS

K = 1024
MOST = 1024 * K
LEAST = 64 * K


class Body:
    def __init__(self, room: BodyRoom, address: str) -> None:
        self.room, self.address = room, address
        self.told = 0
        self.gone = False

    def read_on(self) -> None:
        self.told += 1

    def give_way(self) -> None:
        self.gone = True
        self.room.leave(self)

    def send(self, count: int) -> bool:
        """Whether it may go on after so many bytes."""
        assert self.room.add(self, count)
        return not self.room.must_wait(self)


@pytest.fixture
def room() -> BodyRoom:
    return BodyRoom(MOST, LEAST)


def test_one_address_gets_half_and_a_later_one_still_its_part(room: BodyRoom) -> None:
    """security 4: one address filled the memory of a node with bodies that it did not finish."""
    first, second = Body(room, "a"), Body(room, "a")
    assert first.send(256 * K)
    assert second.send(256 * K)
    assert not second.send(1)  # half is the share
    assert first.send(1)  # but one of an address is always on its way
    other = Body(room, "b")
    assert other.send(128 * K)
    assert room.of("b") == 128 * K


def test_who_waits_is_told_when_there_is_room(room: BodyRoom) -> None:
    first, second = Body(room, "a"), Body(room, "a")
    first.send(512 * K)
    assert not second.send(K)
    room.finished(first)
    room.wake()
    assert (second.told, room.waiting) == (1, 0)  # the oldest unfinished one now
    room.leave(first)
    assert room.bytes == K


def test_those_that_are_woken_together_do_not_overrun_the_room(room: BodyRoom) -> None:
    big = Body(room, "a")
    big.send(960 * K)
    many = [Body(room, f"x{number}") for number in range(8)]
    for one in many[:7]:
        one.send(8 * K)
    assert not many[7].send(8 * K)  # the last bytes there are
    for one in many[:7]:
        room.must_wait(one)
    room.leave(many[0])
    room.wake()
    free = MOST - room.bytes
    assert sum(one.told for one in many) * BODY_READ_BYTES <= free + BODY_READ_BYTES


def test_where_all_is_full_the_oldest_of_the_greediest_gives_way(room: BodyRoom) -> None:
    oldest, next_one = Body(room, "a"), Body(room, "a")
    oldest.send(500 * K)
    next_one.send(500 * K)
    little = Body(room, "b")
    little.send(20 * K)
    member = Body(room, "c")
    assert room.add(member, 8 * K)
    assert (oldest.gone, next_one.gone, little.gone) == (True, False, False)


def test_the_greediest_itself_is_refused(room: BodyRoom) -> None:
    little, greedy = Body(room, "b"), Body(room, "a")
    little.send(20 * K)
    greedy.send(1000 * K)
    assert not room.add(greedy, 8 * K)
    assert not little.gone


def test_who_would_then_hold_most_ends_nobody_else(room: BodyRoom) -> None:
    """An address that held a little less than another one would else end its bodies by sending more."""
    first, second = Body(room, "a"), Body(room, "b")
    first.send(520 * K)
    second.send(500 * K)
    assert not room.add(second, 40 * K)
    assert not first.gone


def test_who_stands_still_gives_way_to_those_who_wait_and_a_slow_one_with_little_does_not(room: BodyRoom) -> None:
    still, moving = Body(room, "a"), Body(room, "a")
    slow = Body(room, "b")
    still.send(400 * K)
    moving.send(112 * K)
    slow.send(K)
    waiting = Body(room, "a")
    assert not waiting.send(K)
    room.look()
    assert not still.gone  # seen for the first time
    moving.send(LEAST_BODY_PROGRESS)
    slow.send(1)
    room.look()
    assert (still.gone, moving.gone, slow.gone, waiting.told) == (True, False, False, 1)


def test_those_who_all_wait_for_each_other_are_freed(room: BodyRoom) -> None:
    first, second = Body(room, "a"), Body(room, "b")
    first.send(500 * K)
    assert not second.send(524 * K)
    assert room.must_wait(first)
    room.look()
    assert (first.gone, second.gone, first.told) == (False, True, 1)


def test_nothing_is_kept_of_who_has_left(room: BodyRoom) -> None:
    """An address that stays in a table is memory for good, and without a body it was the greediest that gives way."""
    bodies = [Body(room, f"10.0.0.{number}") for number in range(20)]
    for one in bodies:
        one.send(40 * K)
    bodies.append(Body(room, bodies[0].address))
    assert not bodies[-1].send(200 * K)
    room.look()
    room.finished(bodies[1])
    for one in reversed(bodies):
        room.leave(one)
    assert not any((room.bytes, room._held, room._of, room._unfinished, room._waiting, room._seen))


def test_a_body_that_is_whole_waits_for_nothing_and_does_not_stand_still(room: BodyRoom) -> None:
    first, whole = Body(room, "a"), Body(room, "a")
    first.send(512 * K)
    assert not whole.send(100 * K)
    room.look()
    room.finished(whole)
    assert room.waiting == 0
    assert not first.send(1) or room.must_wait(Body(room, "a"))
    room.look()
    assert not whole.gone


def test_whatever_comes_the_room_is_never_overrun_and_the_sums_are_right() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    room = BodyRoom(MOST, LEAST)
    bodies: list[Body] = []
    held: dict[Body, int] = {}
    for _ in range(5_000):
        act = chance.randrange(6)
        if act == 0 or not bodies:
            bodies.append(Body(room, f"a{chance.randrange(5)}"))
        one = chance.choice(bodies)
        if act <= 3:
            count = chance.randrange(1, 64 * K)
            if room.add(one, count):
                held[one] = held.get(one, 0) + count
                room.must_wait(one)
            else:
                one.give_way()
        elif act == 4:
            room.finished(one)
            room.wake()
        else:
            one.give_way()
            room.look()
        bodies = [one for one in bodies if not one.gone]
        held = {one: count for one, count in held.items() if not one.gone}
        assert room.bytes == sum(held.values()) <= MOST
        assert all(room.of(f"a{n}") == sum(c for one, c in held.items() if one.address == f"a{n}") for n in range(5))
    for one in bodies:
        one.give_way()
    assert (room.bytes, room.waiting) == (0, 0)
