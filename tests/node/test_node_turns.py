"""Work that takes turns: who waits behind whom, what is bounded, and that no place is lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

import pytest
from chainbill_node.intake.rate_limit import TooManyWait, Turns


def turns(**changed: Any) -> Turns:
    given: dict[str, Any] = {"a_second": 10**9, "burst": 1, "most": 20, "most_of_source": 8, "within_s": 5.0}
    return Turns(**(given | changed))


def run(act: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(act, 30))


def test_sources_take_turns_and_one_piece_runs_at_a_time() -> None:
    async def main() -> None:
        work, order, running = turns(), [], 0

        async def piece(source: str) -> None:
            nonlocal running
            async with work.turn(source, 1):
                running += 1
                assert running == 1
                await asyncio.sleep(0)
                order.append(source)
                running -= 1

        async with work.turn("first", 0):
            tasks = [asyncio.create_task(piece(one)) for one in ("flood", "flood", "flood", "flood", "a", "b", "a")]
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        assert order == ["flood", "a", "b", "flood", "a", "flood", "flood"]
        assert len(work) == 0

    run(main())


def test_what_it_cost_is_paid_before_the_next_begins() -> None:
    async def main() -> None:
        work = turns(a_second=1_000, burst=1)
        async with work.turn("a", 0) as turn:
            turn.cost = 10**9
        waiting = asyncio.create_task(work._wait("b"))
        await asyncio.sleep(0)
        assert work._timer is not None
        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert len(work) == 0

    run(main())


def test_too_many_of_one_and_in_all() -> None:
    async def main() -> None:
        work = turns(most=5, most_of_source=3)
        async with work.turn("a", 0):
            waiting = [asyncio.create_task(work._wait("a")) for _ in range(3)]
            await asyncio.sleep(0)
            with pytest.raises(TooManyWait) as caught:
                await work._wait("a")
            assert caught.value.of_source
            waiting += [asyncio.create_task(work._wait(one)) for one in "bc"]
            await asyncio.sleep(0)
            with pytest.raises(TooManyWait) as caught:
                await work._wait("d")
            assert not caught.value.of_source
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        async with work.turn("d", 0):
            pass

    run(main())


def test_who_waits_too_long_is_told_and_holds_up_nobody() -> None:
    async def main() -> None:
        work = turns(within_s=0.01)
        async with work.turn("a", 0):
            with pytest.raises(TooManyWait):
                await work._wait("b")
        async with work.turn("c", 0):
            pass

    run(main())


def test_whoever_leaves_in_whatever_moment_the_turn_goes_on() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)

    async def main() -> None:
        work = turns(most=1_000, most_of_source=1_000)
        done = 0

        async def piece(source: str) -> None:
            nonlocal done
            async with work.turn(source, 1):
                for _ in range(chance.randrange(3)):
                    await asyncio.sleep(0)
            done += 1

        tasks = [asyncio.create_task(piece(f"s{chance.randrange(5)}")) for _ in range(300)]
        for one in chance.sample(tasks, 150):
            for _ in range(chance.randrange(3)):
                await asyncio.sleep(0)
            one.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(one is None or isinstance(one, asyncio.CancelledError) for one in outcomes)
        assert done == outcomes.count(None) > 100
        assert len(work) == 0
        async with work.turn("last", 0):
            pass

    run(main())


def test_who_leaves_in_the_moment_in_which_its_turn_comes_holds_up_nobody() -> None:
    async def main() -> None:
        work = turns()

        async def piece() -> None:
            async with work.turn("gone", 1):
                raise AssertionError("its client has gone")

        async with work.turn("first", 0):
            gone = asyncio.create_task(piece())
            await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        assert gone.cancelled()
        async with work.turn("last", 0):
            assert len(work) == 0

    run(main())


def test_after_the_end_no_turn_begins() -> None:
    async def main() -> None:
        work = turns(a_second=1_000, burst=1)
        async with work.turn("a", 0) as turn:
            turn.cost = 10**6
        waiting = asyncio.create_task(work._wait("b"))
        await asyncio.sleep(0)
        assert work._timer is not None
        work.close()
        assert work._timer is None
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    run(main())
