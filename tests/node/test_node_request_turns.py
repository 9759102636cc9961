"""Requests take a share of the event loop while blocks are made, addresses in turn: a block waits for no crowd."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.intake.outcomes import CameOf
from chainbill_node.mempool import KnownAddresses
from chainbill_node.rest.scope import HANDED_IN
from chainbill_node.rest.server import request_scheduling
from chainbill_node.rest.server.connection import GuardedProtocol
from chainbill_node.rest.server.limits import (
    MAX_HEADER_FIELDS,
    REFUSED_S,
    REQUEST_S,
    REQUESTS_BURST_S,
    REQUESTS_PAUSE_S,
    REQUESTS_SHARE,
)
from chainbill_node.rest.server.request_scheduling import Asker, RequestTurns
from test_node_rest_guard import Served, serve

FLOOD, OTHER = Asker("10.0.0.9", False), Asker("10.0.0.1", False)
HANDS_IN = Asker("10.0.0.1", True)
CONNECTIONS = 60


class Clock:
    """Time that goes on only when something is due."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()

    def time(self) -> float:
        return self.now_s

    def call_at(self, when: float, callback: Callable[[], object]) -> None:
        heapq.heappush(self._due, (when, next(self._numbers), callback))

    def call_soon(self, callback: Callable[[], object]) -> None:
        self.call_at(self.now_s, callback)

    def run(self, until_s: float) -> None:
        while self._due and self._due[0][0] <= until_s:
            when, _, callback = heapq.heappop(self._due)
            self.now_s = max(self.now_s, when)
            callback()
        self.now_s = max(self.now_s, until_s)


class Crowd:
    """Requests that each take a millisecond, and when they began."""

    def __init__(self, *, busy: bool = True) -> None:
        self.clock = Clock()
        self.known = KnownAddresses()
        self.turns = RequestTurns(lambda: busy, self.known)
        self.began: list[tuple[Asker, float]] = []
        self.turns.pay(REQUESTS_BURST_S, self.clock)  # nothing is left of the time that went by unused

    def ask(self, asker: Asker, count: int, took_s: float = 0.001) -> None:
        def begin() -> None:
            self.began.append((asker, self.clock.now_s))
            self.clock.now_s += took_s
            self.turns.pay(took_s, self.clock)

        for number in range(count):
            if self.turns.free(self.clock, asker):
                begin()
            else:
                self.turns.wait((asker, number), asker, begin, self.clock)


def test_while_blocks_are_made_requests_take_their_share_and_no_more() -> None:
    crowd = Crowd()
    began_s = crowd.clock.now_s
    crowd.ask(FLOOD, 5_000)
    crowd.clock.run(began_s + 10)
    assert 0.9 * 10 * REQUESTS_SHARE < 0.001 * len(crowd.began) <= 10 * REQUESTS_SHARE + REQUESTS_BURST_S
    pauses = [later - earlier for (_, earlier), (_, later) in itertools.pairwise(crowd.began)]
    assert min(pauses) > 0.001, "one in a turn of the loop"


def test_who_is_one_of_few_waits_for_one_of_those_who_flood() -> None:
    crowd = Crowd()
    crowd.ask(FLOOD, 500)
    asked_s = crowd.clock.now_s
    crowd.ask(OTHER, 1)
    crowd.ask(HANDS_IN, 1)
    crowd.clock.run(asked_s + 1)
    waited = [at_s - asked_s for asker, at_s in crowd.began if asker.address == OTHER.address]
    assert len(waited) == 2
    assert max(waited) < 0.001 * 4 / REQUESTS_SHARE + REQUESTS_PAUSE_S


def test_who_hands_in_waits_for_one_read_however_many_addresses_read() -> None:
    crowd = Crowd()
    for number in range(200):
        crowd.ask(Asker(f"10.1.0.{number}", False), 2)
    begun = len(crowd.began)
    crowd.ask(HANDS_IN, 3)
    crowd.clock.run(crowd.clock.now_s + 2)
    places = [place for place, (asker, _) in enumerate(crowd.began[begun:]) if asker is HANDS_IN]
    assert places in ([0, 2, 4], [1, 3, 5])


def test_a_known_address_hands_in_past_all_strangers_and_a_new_one_waits_for_one_turn_of_each() -> None:
    """200 addresses without a key kept handing in what is refused: others' commits took 0.5 s instead of 0.05."""
    crowd = Crowd()
    for number in range(200):
        crowd.ask(Asker(f"10.1.0.{number}", True), 10)
    assert crowd.began == [], "strangers begin one in a turn of the loop"
    newcomer = Asker("10.3.0.1", True)
    crowd.ask(newcomer, 1)
    crowd.known.admitted("10.2.0.1", 1)
    crowd.ask(Asker("10.2.0.1", True), 1)
    assert [asker.address for asker, _ in crowd.began] == ["10.2.0.1"]
    crowd.clock.run(crowd.clock.now_s + 60)
    assert len(crowd.began) == 2_002
    assert [asker for asker, _ in crowd.began].index(newcomer) <= 1 + 200


def test_what_a_batch_hands_in_counts_for_its_address_and_is_paid_for_as_far_as_it_was_in_vain() -> None:
    clock, known = Clock(), KnownAddresses()
    turns = RequestTurns(lambda: True, known)
    paid: list[float] = []
    turns.pay = lambda took_s, _clock: paid.append(took_s)  # type: ignore[method-assign]
    came = CameOf(admitted=3, refused=1, neither=0)

    async def app(scope: Any, _receive: object, send: Callable[..., Any]) -> None:
        clock.now_s += 0.008
        await send({"type": "http.response.start", "status": 200})
        scope[HANDED_IN](came)

    async def sent(_: object) -> None:
        return

    def ask(address: str) -> None:
        scope: Any = {"type": "http", "method": "POST", "path": "/v1/transactions/batch", "client": (address, 1)}
        asyncio.run(turns.metered(app, clock)(scope, None, sent))  # type: ignore[arg-type, func-returns-value]

    ask("192.0.2.1")
    assert "192.0.2.1" in known
    assert sum(paid) == pytest.approx(REFUSED_S), "batches of strangers have turns of their own"
    paid.clear()
    came = CameOf(admitted=0, refused=1, neither=3)
    ask("192.0.2.1")
    assert "192.0.2.1" in known
    assert sum(paid) == pytest.approx(0.008 + REFUSED_S)
    paid.clear()
    came = CameOf(admitted=0, refused=2, neither=8)
    ask("192.0.2.1")
    assert "192.0.2.1" not in known
    assert sum(paid) == pytest.approx(0.008 + REFUSED_S)


def test_while_no_block_is_made_nobody_waits() -> None:
    crowd = Crowd(busy=False)
    crowd.ask(FLOOD, 500)
    assert len(crowd.began) == 500


def test_what_took_very_long_once_puts_nobody_off_for_long() -> None:
    crowd = Crowd()
    crowd.clock.run(crowd.clock.now_s + 1)
    crowd.ask(FLOOD, 1, took_s=3.0)
    crowd.ask(OTHER, 1)
    crowd.clock.run(crowd.clock.now_s + REQUESTS_PAUSE_S)
    assert [asker for asker, _ in crowd.began] == [FLOOD, OTHER]


def test_who_has_left_is_not_answered_and_nothing_is_kept_of_it() -> None:
    crowd = Crowd()
    crowd.ask(FLOOD, 50)
    begun = len(crowd.began)
    for number in range(50):
        crowd.turns.leave((FLOOD, number))
    crowd.clock.run(crowd.clock.now_s + 1)
    assert len(crowd.began) == begun
    assert (len(crowd.turns._waiting), crowd.turns._begins) == (0, {})


def test_with_the_end_of_the_server_all_begin() -> None:
    crowd = Crowd()
    crowd.ask(FLOOD, 50)
    crowd.turns.close()
    assert len(crowd.began) == 50
    assert crowd.turns.free(crowd.clock, FLOOD)


@pytest.mark.parametrize(
    ("path", "status", "paid"),
    [("/v1/transactions", 202, False), ("/v1/transactions", 400, True), ("/v1/transactions/batch", 503, True),
     ("/v1/bills", 200, True)],
)  # fmt: skip
def test_handing_in_is_paid_for_where_it_is_refused(path: str, status: int, paid: bool) -> None:
    clock = Clock()
    turns = RequestTurns(lambda: True, KnownAddresses())
    turns.pay(REQUESTS_BURST_S * REQUESTS_SHARE, clock)
    assert turns.free(clock, FLOOD)

    async def app(_scope: object, _receive: object, send: Callable[..., object]) -> None:
        clock.now_s += 0.0001
        await send({"type": "http.response.start", "status": status})  # type: ignore[misc]
        await asyncio.sleep(0)
        clock.now_s += 0.0001

    async def sent(_: object) -> None:
        return

    method = "POST" if "transactions" in path else "GET"
    scope = {"type": "http", "method": method, "path": path}
    asyncio.run(turns.metered(app, clock)(scope, None, sent))  # type: ignore[arg-type, call-arg, func-returns-value]
    assert turns.free(clock, FLOOD) != paid


def test_what_is_paid_for_is_the_time_on_the_loop_and_not_the_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads in a thread, or waits for a commit, would else put everybody off."""
    clock, paid = Clock(), []
    turns = RequestTurns(lambda: True, KnownAddresses())
    monkeypatch.setattr(turns, "pay", lambda took_s, _: paid.append(round(took_s, 6)))

    async def app(_scope: object, _receive: object, _send: object) -> None:
        for took_s in (0.001, 0.002, 0.004):
            clock.now_s += took_s
            await asyncio.sleep(0)

    scope = {"type": "http", "method": "GET", "path": "/v1/bills"}
    steps = turns.metered(app, clock)(scope, None, None).__await__()  # type: ignore[arg-type]
    while next(steps, "over") is None:
        clock.now_s += 10.0
    assert paid == [0.001, 0.002, 0.004, 0.0]


@pytest.mark.parametrize("path", ["/v1/transactions", "/v1/bills"])
def test_what_ends_by_an_error_is_paid_for(path: str) -> None:
    """Who makes the application fail, or has gone before it answers, takes no more of the loop than who is answered."""
    clock = Clock()
    turns = RequestTurns(lambda: True, KnownAddresses())
    turns.pay(REQUESTS_BURST_S * REQUESTS_SHARE, clock)
    assert turns.free(clock, FLOOD)

    async def app(_scope: object, _receive: object, _send: object) -> None:
        clock.now_s += 0.0001
        raise ConnectionError

    method = "POST" if "transactions" in path else "GET"
    with pytest.raises(ConnectionError):
        asyncio.run(turns.metered(app, clock)({"type": "http", "method": method, "path": path}, None, None))  # type: ignore[arg-type]
    assert not turns.free(clock, FLOOD)


def test_what_ends_by_an_error_is_metered_and_raised() -> None:
    async def app(_scope: object, _receive: object, _send: object) -> None:
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(0)

    async def main() -> None:
        turns = RequestTurns(lambda: True, KnownAddresses())
        scope = {"type": "http", "method": "GET", "path": "/v1/bills"}
        task = asyncio.ensure_future(turns.metered(app, asyncio.get_running_loop())(scope, None, None))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())


def test_a_crowd_of_connections_is_read_one_by_one_while_blocks_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """400 connections of one address that asked for a page that is not there made a commit take 3 s instead of 25 ms:
    between two votes the loop answered all of them. What is malformed cost as much as what is answered."""
    monkeypatch.setattr(request_scheduling, "REQUESTS_BURST_S", 0.0)
    turn, read = 0, []
    original = GuardedProtocol.on_headers_complete

    def headers(self: GuardedProtocol) -> None:
        read.append(turn)
        original(self)

    monkeypatch.setattr(GuardedProtocol, "on_headers_complete", headers)

    async def act(served: Served) -> None:
        nonlocal turn
        monkeypatch.setattr(served.node, "last_commit_ms", served.node.clock.now_ms() + 60_000)
        clients = [await served.connect("127.0.0.9") for _ in range(CONNECTIONS)]
        await asyncio.sleep(0.2)
        for one in clients:
            one[1].write(b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with asyncio.timeout(30):
            while len(read) < CONNECTIONS:
                turn += 1
                await asyncio.sleep(0)
        assert max(map(read.count, set(read))) <= 2
        for one in clients:
            assert b" 404 " in await one[0].readline()
        await served.honest()

    serve(tmp_path, act)


@pytest.mark.parametrize(
    "sent",
    [
        [b"\x00\xff\r\n\r\n"],
        [b"POST /v1/transactions HTTP/1.1\r\n\xff\r\n\r\n"],
        [b"POST /v1/transactions/batch HTTP/1.1\r\n" + b"a:b\r\n" * (MAX_HEADER_FIELDS + 2)],
        [b"POST /v1/transactions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", b"no size\r\n"],
    ],
    ids=["noise", "a head that is none", "too many fields", "a body that is none"],
)
def test_what_is_no_request_is_paid_for_however_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: list[bytes]
) -> None:
    """No application ever hears of it, and could not pay."""
    paid: list[float] = []
    monkeypatch.setattr(RequestTurns, "pay", lambda _turns, took_s, _clock: paid.append(took_s))

    async def act(served: Served) -> None:
        reader, writer = await served.connect()
        for data in sent:
            writer.write(data)
            await asyncio.sleep(0.1)
        assert b" 400 " in await reader.readline()
        assert sum(paid) >= REQUEST_S

    serve(tmp_path, act)
