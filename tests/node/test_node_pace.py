"""The door of the mempool: it opens as blocks take what waits, in order, and at once for who hands in little."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import pytest
from chainbill_node.intake.backpressure import Pace
from chainbill_node.mempool import Mempool, Source, Use
from chainbill_node.mempool.limits import LEAST_SHARE_TRANSACTIONS, LEAST_WAITING

from chainbill.ledger.transaction import Transaction


def transaction(number: int, party: str, size: int = 0) -> Transaction:
    """`size`: bytes of it, where they matter."""
    name = f"{party}-{number}".encode()
    return Transaction(
        wire=bytes(size) or name, wire_id=b"w" + name, body_bytes=b"", id=name, unread=0, signatures=(),
        network=bytes(32), party=party, valid_until_ms=1, nonce=b"", threshold=1, keys=(), calls=(), memo="",
    )  # fmt: skip


class Door:
    """A pool with a door, and clients that hand in."""

    def __init__(self) -> None:
        self.pool = Mempool(100_000, 10_000_000)
        self.pace = Pace(self.pool)
        self.order: list[str] = []
        self.within_s = 60.0

    async def hand_in(self, numbers: Iterable[int], party: str, address: str = "here") -> None:
        left, source = list(numbers), Source(address, party)

        def let_in(count: int) -> None:
            for _ in range(count):
                self._admit(transaction(left.pop(0), party), source)

        await self.pace.enter(source, len(left), let_in, self.within_s)

    def _admit(self, one: Transaction, source: Source) -> None:
        self.order.append(one.id.decode())
        self.pool.add(one, 0, own=True)
        self.pace.leave(source)

    async def flood(self, count: int, party: str = "flood", first: int = 0, each: int = 1) -> list[asyncio.Task[None]]:
        """So many transactions of a party, `each` in a request."""
        parts = [range(at, at + each) for at in range(first, first + count, each)]
        tasks = [asyncio.create_task(self.hand_in(part, party)) for part in parts]
        await settle()
        return tasks

    def block(self, count: int, now_ms: int) -> None:
        self.pool.remove(self.pool.ids()[:count])
        self.pace.committed(count, now_ms)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def run(act: Callable[[Door], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        await act(Door())

    asyncio.run(main())


def test_who_hands_in_too_much_waits_and_comes_in_as_blocks_take_it_in_order() -> None:
    async def act(here: Door) -> None:
        tasks = await here.flood(LEAST_WAITING + 300)
        assert (len(here.pool), len(here.pace)) == (LEAST_WAITING, 300)
        here.block(100, 1_000)
        await settle()
        assert (len(here.pool), len(here.pace)) == (LEAST_WAITING, 200)
        for turn in range(2, 8):
            here.block(100, turn * 1_000)
            await settle()
        await asyncio.gather(*tasks)
        assert here.order == [f"flood-{number}" for number in range(LEAST_WAITING + 300)]
        assert len(here.pool) == 0
        assert not here.pace._inside

    run(act)


def test_a_party_with_little_waiting_does_not_wait_behind_a_flood() -> None:
    async def act(here: Door) -> None:
        await here.flood(LEAST_WAITING + 50)
        few = await here.flood(LEAST_SHARE_TRANSACTIONS + 1, "supplier")
        assert [task.done() for task in few] == [True] * LEAST_SHARE_TRANSACTIONS + [False]
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await settle()
        assert not here.pace._inside

    run(act)


def test_at_the_door_the_sources_take_turns() -> None:
    """Security 2: the door let in whoever came first, and a party with more than a few waited behind a whole flood."""

    async def act(here: Door) -> None:
        await here.flood(LEAST_WAITING + 1_000)
        await here.flood(LEAST_SHARE_TRANSACTIONS + 30, "busy")
        here.block(20, 1_000)
        await settle()
        newest = here.order[LEAST_WAITING + LEAST_SHARE_TRANSACTIONS :]
        assert len(newest) <= 20
        assert sum(one.startswith("busy") for one in newest) == len(newest) // 2
        assert next(one for one in newest if one.startswith("busy")) == f"busy-{LEAST_SHARE_TRANSACTIONS}"
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    run(act)


def test_what_waits_of_a_party_that_floods_with_gas_keeps_nobody_at_the_door() -> None:
    async def act(here: Door) -> None:
        await here.flood(LEAST_WAITING + 100)
        busy = await here.flood(LEAST_SHARE_TRANSACTIONS + 5, "busy")
        assert not busy[-1].done()
        here.pool.accounts.charge([Use("flood", 1, 9_000_000), Use("busy", 1, 5_000)], 1_000)
        assert here.pool.calm == LEAST_SHARE_TRANSACTIONS
        here.block(0, 1_000)
        await settle()
        assert all(task.done() for task in busy)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    run(act)


def test_blocks_are_short_of_what_does_not_flood_while_less_than_half_of_the_room_is_taken() -> None:
    async def act(door: Door) -> None:
        assert door.pace.short_of("calm")
        await door.flood(LEAST_WAITING // 2 - 1, "calm")
        assert door.pace.short_of("calm")
        door.pool.accounts.charge([Use("dear", 1, 8_000_000)], 0)
        assert not door.pace.short_of("dear")
        await door.flood(1, "calm", first=LEAST_WAITING)
        assert not door.pace.short_of("calm")
        assert not door.pace.short_of("others")

    run(act)


def test_a_full_node_asks_nobody_at_its_door() -> None:
    """attack: 5,000 sources at the door, and each transaction that came in asked all of them."""

    async def act(here: Door) -> None:
        await here.flood(LEAST_WAITING)
        for number in range(5_000):
            entering = here.pace.enter(
                Source("there", f"p{number}"), LEAST_SHARE_TRANSACTIONS + 1, lambda _: None, 60.0
            )
            asyncio.get_running_loop().create_task(entering)
        await settle()
        assert len(here.pace._door) == 5_000

        class Asked(dict):  # type: ignore[type-arg]
            def __iter__(self) -> Any:
                raise AssertionError("all of them are asked")

        here.pace._door._of = Asked(here.pace._door._of)
        assert here.pace._next() is None
        here.pace._door._of = dict(dict.items(here.pace._door._of))
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    run(act)


def test_the_room_follows_what_blocks_take() -> None:
    async def act(here: Door) -> None:
        assert here.pace.room == LEAST_WAITING
        tasks = await here.flood(20_000)
        for turn in range(1, 31):
            here.block(200, turn * 100)  # 2,000 a second
            await settle()
        assert 950 <= here.pace.room <= 1_000
        assert len(here.pool) == here.pace.room
        for task in tasks:
            task.cancel()

    run(act)


def test_who_waits_too_long_is_told_and_nobody_loses_a_turn() -> None:
    async def act(here: Door) -> None:
        here.within_s = 0.05
        tasks = await here.flood(LEAST_WAITING + 3)
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(end) for end in ends[LEAST_WAITING:]] == [TimeoutError] * 3
        here.block(2, 1_000)
        await here.flood(2, first=1_000)
        assert len(here.pool) == LEAST_WAITING
        assert len(here.pace) == 0

    run(act)


def test_what_others_hand_in_under_a_partys_name_does_not_make_it_wait() -> None:
    """security 1: a party is only a name until a signature is good."""

    async def act(here: Door) -> None:
        waiting: list[int] = []
        for _ in range(20):
            forging = here.pace.enter(Source("elsewhere", "supplier"), LEAST_WAITING, waiting.append, 60.0)
            asyncio.get_running_loop().create_task(forging)
        await settle()
        [few] = await here.flood(LEAST_SHARE_TRANSACTIONS, "supplier", each=LEAST_SHARE_TRANSACTIONS)
        assert few.done()
        assert len(here.pool) == LEAST_SHARE_TRANSACTIONS
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await settle()

    run(act)


def test_a_request_goes_in_piece_by_piece_in_order() -> None:
    async def act(here: Door) -> None:
        tasks = await here.flood(LEAST_WAITING + 300, each=50)
        assert (len(here.pool), len(here.pace)) == (LEAST_WAITING, 300)
        for turn in range(1, 11):
            here.block(70, turn * 1_000)
            await settle()
        await asyncio.gather(*tasks)
        assert here.order == [f"flood-{number}" for number in range(LEAST_WAITING + 300)]
        assert (here.pace._inside, here.pace._inside_count, len(here.pace)) == ({}, 0, 0)

    run(act)


def test_a_request_that_waits_too_long_keeps_what_came_in() -> None:
    async def act(here: Door) -> None:
        await here.flood(LEAST_WAITING - 20)
        here.within_s = 0.05
        [task] = await here.flood(50, "flood", first=1_000, each=50)
        with pytest.raises(TimeoutError):
            await task
        assert here.order[-1] == "flood-1019"
        assert (len(here.pool), len(here.pace), here.pace._inside) == (LEAST_WAITING, 0, {})

    run(act)
