"""Places for reads: shared by address, taken in turn, bounded, given back by those who leave; no place is lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import pytest
from chainbill_node.application.read_throttle import MakesRoom
from chainbill_node.rest.places import MAX_WAITING_OF_ADDRESS, PLACES, ClientGone, NoPlace, Places
from rest.bill_book import ANCHOR, BillBook
from rest.conftest import app_of, signed_get
from rest.node_twin import TwinNode, TwinReader


def remembered(places: Places) -> int:
    """How many addresses hold a place or wait for one."""
    return len(places._held.keys() | places._queues.keys() | places._waiting.keys())


def run(act: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(act(), 30))


async def stays() -> None:
    await asyncio.Event().wait()


class Room:
    """Places, and reads that end when they are told to."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.begun: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def ask(self, name: str, address: str, reader: str = "", gone: Any = stays) -> asyncio.Task[None]:
        self._ends[name] = asyncio.Event()

        async def read() -> None:
            async with self.places.place(address, reader, gone):
                self.begun.append(name)
                await self._ends[name].wait()

        self._tasks[name] = asyncio.create_task(read())
        await asyncio.sleep(0)
        return self._tasks[name]

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await self._tasks[name]
        await asyncio.sleep(0.01)


def test_an_address_holds_as_many_places_as_are_left_and_who_comes_then_still_gets_in() -> None:
    async def act() -> None:
        room = Room(Places(places=8))
        for number in range(20):
            await room.ask(f"flood {number}", "9")
        assert len(room.begun) == 4
        for number, address in enumerate("1234"):
            await room.ask(f"honest {number}", address)
        assert room.begun[4:] == [f"honest {number}" for number in range(4)]

    run(act)


def test_addresses_take_turns_and_at_one_address_those_who_say_that_they_are_different() -> None:
    async def act() -> None:
        room = Room(Places(places=1))
        await room.ask("first", "9", "flood")
        for name, address, reader in (
            ("flood 1", "9", "flood"), ("flood 2", "9", "flood"), ("other reader", "9", "member"),
            ("other address", "1", ""), ("flood 3", "9", "flood"),
        ):  # fmt: skip
            await room.ask(name, address, reader)
        for name in ("first", "flood 1", "other address", "other reader", "flood 2", "flood 3"):
            await room.end(name)
        assert room.begun == ["first", "flood 1", "other address", "other reader", "flood 2", "flood 3"]
        assert (room.places.waiting, remembered(room.places)) == (0, 0)

    run(act)


def test_who_has_used_least_is_next_whoever_came_first() -> None:
    async def act() -> None:
        used = {"9": 3, "1": 2, "2": 1}
        room = Room(Places(places=1, next_of=lambda addresses: min(addresses, key=lambda one: used[one])))
        for name, address in (("first", "9"), ("much", "9"), ("less", "1"), ("least", "2")):
            await room.ask(name, address)
        for name in ("first", "least", "less", "much"):
            await room.end(name)
        assert room.begun == ["first", "least", "less", "much"]

    run(act)


def test_only_so_many_wait_of_one_address_and_in_all() -> None:
    async def act() -> None:
        room = Room(Places(places=2, most=5, most_of_address=3))
        for number in range(4):
            await room.ask(f"flood {number}", "9")
        with pytest.raises(NoPlace) as own:
            await (await room.ask("one too many", "9"))
        assert own.value.of_one
        for number, address in enumerate("123"):
            await room.ask(f"other {number}", address)
        with pytest.raises(NoPlace) as full:
            await (await room.ask("one too many", "4"))
        assert not full.value.of_one

    run(act)


def test_who_leaves_waits_no_more() -> None:
    async def act() -> None:
        room = Room(Places(places=1))
        left = asyncio.Event()

        async def gone() -> None:
            await left.wait()

        await room.ask("first", "9")
        tasks = [await room.ask(f"gone {number}", "9", gone=gone) for number in range(9)]
        await room.ask("stays", "9")
        left.set()
        assert all(isinstance(one, ClientGone) for one in await asyncio.gather(*tasks, return_exceptions=True))
        assert room.places.waiting == 1
        await room.end("first")
        assert room.begun == ["first", "stays"]

    run(act)


def test_no_place_is_lost_whoever_leaves_when() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)

    async def act() -> None:
        places = Places(places=3, most=20, most_of_address=8)
        inside = 0

        async def gone() -> None:
            for _ in range(chance.choice((0, 1, 2, 5, 100))):
                await asyncio.sleep(0)

        async def read() -> None:
            nonlocal inside
            with suppress(NoPlace, ClientGone):
                async with places.place(chance.choice("abc"), chance.choice("xy"), gone) as leave:
                    inside += 1
                    assert inside <= 3
                    try:
                        for _ in range(chance.randrange(4)):
                            await asyncio.sleep(0)
                    finally:
                        inside -= 1
                    if chance.random() < 0.5:
                        leave()
                    if chance.random() < 0.2:
                        raise NoPlace(of_one=True)

        tasks = []
        for _ in range(500):
            tasks.append(asyncio.create_task(read()))
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
            if chance.random() < 0.3:
                chance.choice(tasks).cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            assert ended is None or isinstance(ended, asyncio.CancelledError), ended
        assert (places.waiting, remembered(places), places._free) == (0, 0, 3)

    run(act)


def test_eight_addresses_leave_others_room_to_wait() -> None:
    """Eight that have 64 waiting each filled all 512, and who came then was sent away without having read anything."""

    async def act() -> None:
        room = Room(Places())
        for address in range(8):
            for number in range(PLACES + MAX_WAITING_OF_ADDRESS):
                await room.ask(f"flood {address} {number}", f"10.0.0.{address}")
        honest = await room.ask("honest", "192.0.2.1")
        assert not honest.done()  # it waits for its turn
        for name in list(room.begun):
            await room.end(name)
        await asyncio.sleep(0.01)
        for name in list(room.begun)[8:]:
            await room.end(name)
        assert "honest" in room.begun

    run(act)


@pytest.mark.parametrize("public_reads", [True, False])
def test_a_read_that_made_room_begins_again_and_its_signature_is_used_once(
    example: tuple[BillBook, str], monkeypatch: pytest.MonkeyPatch, *, public_reads: bool
) -> None:
    node = TwinNode(example[0], public_reads=public_reads)
    opened: list[int | None] = []
    really = TwinNode.reader

    def reader(self: TwinNode, at: int | None) -> Any:
        opened.append(at)
        if opened.count(7) == 1 and at == 7:
            raise MakesRoom
        return really(self, at)

    monkeypatch.setattr(TwinNode, "reader", reader)
    with app_of(node) as client:
        answer = signed_get(client, ANCHOR, "/v1/bills?at=7")
        assert answer.status_code == 200
    assert opened.count(7) == 2
    assert len(node.addresses) == 2


def test_a_key_that_was_taken_away_while_its_read_began_again_reads_nothing(
    example: tuple[BillBook, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    node = TwinNode(example[0], public_reads=False)
    really, taken = TwinReader.get, False

    def get(self: TwinReader, contract: str, table: str, key: Any) -> Any:
        nonlocal taken
        if (contract, table) == ("party", "key") and taken:
            return really(self, contract, table, key) | {"status": "revoked"}
        if (contract, table) != ("party", "key") and not taken and self.height == 7:
            taken = True
            raise MakesRoom
        return really(self, contract, table, key)

    monkeypatch.setattr(TwinReader, "get", get)
    with app_of(node) as client:
        answer = signed_get(client, ANCHOR, f"/v1/bills/{example[1]}?at=7")
        assert (answer.status_code, answer.json()["code"]) == (401, "reader_key_inactive")
    assert taken
