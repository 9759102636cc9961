"""What a connection holds is given back with what it is held for, though nobody waits for it and so nobody looks."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.rest.server import request_scheduling
from chainbill_node.rest.server.request_scheduling import Asker
from test_node_rest_bodies import BATCH, MIB, SINGLE, head, push, until
from test_node_rest_guard import ASKED, Served, serve


@pytest.fixture
def no_turn_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """After one request has been read the next one waits for a minute, while blocks are made."""
    monkeypatch.setattr(request_scheduling, "REQUESTS_BURST_S", 0.0)
    monkeypatch.setattr(request_scheduling, "REQUESTS_SHARE", 1e-9)
    monkeypatch.setattr(request_scheduling, "REQUESTS_PAUSE_S", 60.0)


def blocks_are_made(served: Served) -> None:
    served.node.last_commit_ms = served.node.clock.now_ms() + 60_000


def test_who_leaves_in_the_middle_of_a_body_gives_its_room_back(tmp_path: Path) -> None:
    """While others wait, the look once a period ends what stands still: that alone gave it back."""

    async def act(served: Served) -> None:
        client = await served.connect()
        await push(client, head(BATCH, f"Content-Length: {8 * MIB}") + bytes(MIB))
        await until(served, MIB)
        client[1].transport.abort()
        await until(served, 0)
        assert len(served.server.crowd) == 0

    serve(tmp_path, act)


def test_who_takes_an_answer_late_gives_its_room_back_and_goes_on(tmp_path: Path) -> None:
    """With the next answer it is given back too: here no other one follows."""

    async def act(served: Served) -> None:
        client = await served.connect(takes=4_096)
        client[1].transport.pause_reading()  # type: ignore[attr-defined]
        answered = None
        async with asyncio.timeout(30):
            while served.server.crowd.bodies.bytes == 0:
                client[1].write(head("/openapi.json", method="GET"))
                while not served.server.crowd._here:
                    await asyncio.sleep(0.01)
                here: Any = next(iter(served.server.crowd._here))
                while here.cycle is answered or not here.cycle.response_complete:
                    await asyncio.sleep(0.01)
                answered = here.cycle
            client[1].transport.resume_reading()  # type: ignore[attr-defined]
            while served.server.crowd.bodies.bytes:
                await client[0].read(MIB)
        assert len(served.server.crowd) == 1

    serve(tmp_path, act)


def test_the_body_of_a_request_that_came_ahead_stays_counted(tmp_path: Path) -> None:
    """With the answer to the first one all was given back that the connection held."""

    async def act(served: Served) -> None:
        part = bytes(5_000)
        first = head(SINGLE, "Content-Length: 100") + bytes(100)
        client = await served.connect()
        client[1].write(first + head(BATCH, f"Content-Length: {MIB}") + part)
        assert b" 400 " in await client[0].readline()
        await asyncio.sleep(0)
        assert served.server.crowd.bodies.bytes >= len(part)
        client[1].transport.abort()
        await until(served, 0)

    serve(tmp_path, act)


@pytest.mark.usefixtures("no_turn_comes")
def test_requests_that_came_ahead_go_with_their_connection(tmp_path: Path) -> None:
    """They waited for their turn, and would have been answered to nobody."""

    async def act(served: Served) -> None:
        blocks_are_made(served)
        client = await served.connect()
        client[1].write(ASKED * 3)
        async with asyncio.timeout(10):
            while not served.server.crowd._here:
                await asyncio.sleep(0.01)
            [here] = served.server.crowd._here
            turns = here.turns  # type: ignore[attr-defined]
            while not turns.waits((here, "answer")):
                await asyncio.sleep(0.01)
            client[1].transport.abort()
            while turns._waiting or turns._begins:
                await asyncio.sleep(0.01)

    serve(tmp_path, act)


@pytest.mark.usefixtures("no_turn_comes")
def test_who_waits_for_its_turn_is_not_late(tmp_path: Path) -> None:
    async def act(served: Served) -> None:
        blocks_are_made(served)
        first, second = await served.connect(), await served.connect()
        first[1].write(ASKED)
        assert b" 200 " in await first[0].readline()
        second[1].write(ASKED)
        async with asyncio.timeout(10):
            while len(served.server.crowd) < 2:
                await asyncio.sleep(0.01)
            _, here = served.server.crowd._here
            turns = here.turns  # type: ignore[attr-defined]
            while not turns.waits((here, "read")):
                await asyncio.sleep(0.01)
        here._late()  # type: ignore[attr-defined]
        assert served.refused("slow_request") == 0
        turns.leave((here, "read"))
        here._late()  # type: ignore[attr-defined]
        assert served.refused("slow_request") == 1

    serve(tmp_path, act)


def test_only_what_hands_in_is_read_unpaid_and_in_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To try a transaction out is no handing in, though it begins with the same words."""

    async def act(served: Served) -> None:
        client = await served.connect()
        client[1].write(ASKED)
        assert b" 200 " in await client[0].readline()
        [here] = served.server.crowd._here
        turns = here.turns  # type: ignore[attr-defined]
        paid: list[float] = []
        waiting: list[Asker] = []
        monkeypatch.setattr(type(here), "data_received", lambda *_: None)
        monkeypatch.setattr(turns, "pay", lambda took_s, _: paid.append(took_s))
        monkeypatch.setattr(turns, "wait", lambda _place, asker, _begin, _clock: waiting.append(asker))

        def hands_in(start: str) -> bool:
            words = f"{start} HTTP/1.1\r\n".encode()
            for free in (True, False):
                monkeypatch.setattr(turns, "free", lambda *_, free=free: free)
                here.get_buffer(0)[: len(words)] = words  # type: ignore[attr-defined]
                here.buffer_updated(len(words))  # type: ignore[attr-defined]
            unpaid = not paid
            paid.clear()
            assert waiting.pop().hands_in == unpaid
            return unpaid

        those = ["POST /v1/transactions", "POST /v1/transactions?wait=commit", "POST /v1/transactions/batch"]
        others = ["POST /v1/transactions/simulate", "POST /v1/nothing", "GET /v1/transactions"]
        assert [hands_in(one) for one in those + others] == [True] * 3 + [False] * 3

    serve(tmp_path, act)


def test_blocks_are_being_made_while_something_waits_for_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(served: Served) -> None:
        busy = served.server._listeners[0]._turns._busy
        monkeypatch.setattr(served.node, "last_commit_ms", served.node.clock.now_ms() - 60_000)
        assert not busy()
        for waits in ("mempool", "admission"):
            with monkeypatch.context() as patch:
                patch.setattr(served.node, waits, [b"a transaction"])
                assert busy(), waits
        blocks_are_made(served)
        assert busy()

    serve(tmp_path, act)
