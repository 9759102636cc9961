"""Reads over real sockets while one address has all the long ones: others are answered, and what waits is bounded."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from chainbill_node.process.served_node import ServedNode
from chainbill_node.rest.places import MAX_WAITING_OF_ADDRESS, PLACES
from chainbill_node.rest.ports import PeerInfo
from test_node_rest_guard import Client, Served, serve

LONG = b"GET /v1/peers HTTP/1.1\r\nHost: localhost\r\n\r\n"
FLOOD = "127.0.0.9"
OF_ONE = PLACES // 2


class LongReads:
    """Every read of the peers takes until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = 0
        self.end = threading.Event()

        def peers(_: ServedNode) -> list[PeerInfo]:
            self.begun += 1
            self.end.wait(30)
            return []

        monkeypatch.setattr(ServedNode, "peers", peers)

    async def until_begun(self, count: int) -> None:
        async with asyncio.timeout(10):
            while self.begun < count:
                await asyncio.sleep(0.01)


@pytest.fixture
def long_reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[LongReads]:
    reads = LongReads(monkeypatch)
    yield reads
    reads.end.set()


async def ask(served: Served, count: int, source: str = FLOOD) -> list[Client]:
    clients = []
    for _ in range(count):
        clients.append(await served.connect(source))
        clients[-1][1].write(LONG)
    return clients


def test_long_reads_of_one_address_leave_others_their_places(tmp_path: Path, long_reads: LongReads) -> None:
    async def act(served: Served) -> None:
        await ask(served, 40)
        await long_reads.until_begun(OF_ONE)
        for _ in range(20):
            await served.honest()
        assert long_reads.begun == OF_ONE
        long_reads.end.set()

    serve(tmp_path, act)


def test_who_has_left_is_not_read_for(tmp_path: Path, long_reads: LongReads) -> None:
    async def act(served: Served) -> None:
        await ask(served, OF_ONE)
        await long_reads.until_begun(OF_ONE)
        for _ in range(5):
            for _, writer in await ask(served, MAX_WAITING_OF_ADDRESS):
                writer.transport.abort()
            async with asyncio.timeout(10):
                while len(served.server.crowd) > OF_ONE:
                    await asyncio.sleep(0.01)
        waits = (await ask(served, 1))[0]
        await served.honest()
        long_reads.end.set()
        assert b"200" in await waits[0].readline()
        assert long_reads.begun == OF_ONE + 1

    serve(tmp_path, act)


def test_a_field_of_a_request_makes_no_other_address(tmp_path: Path, long_reads: LongReads) -> None:
    """A client of the node's own machine, or one whose proxy passes fields on, wrote `X-Forwarded-For` and was anybody:
    all places were its own, and it waited without end."""

    async def act(served: Served) -> None:
        for place in range(2 * PLACES):
            client = await served.connect()
            client[1].write(LONG[:-2] + b"X-Forwarded-For: 10.0.0.%d\r\n\r\n" % place)
        await long_reads.until_begun(OF_ONE)
        other = (await ask(served, 1))[0]
        await long_reads.until_begun(OF_ONE + 1)
        await asyncio.sleep(0.1)
        assert long_reads.begun == OF_ONE + 1
        long_reads.end.set()
        assert b"200" in await other[0].readline()

    serve(tmp_path, act)


def test_one_more_than_may_wait_is_told_when_to_come_again(tmp_path: Path, long_reads: LongReads) -> None:
    async def act(served: Served) -> None:
        await ask(served, OF_ONE)
        await long_reads.until_begun(OF_ONE)
        waiting = await ask(served, MAX_WAITING_OF_ADDRESS)
        await served.honest()
        [(reader, _)] = await ask(served, 1)
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 429 " in head
        assert b"retry-after: 2" in head.lower()
        [length] = [int(one.split(b":")[1]) for one in head.lower().split(b"\r\n") if one.startswith(b"content-length")]
        assert json.loads(await reader.readexactly(length))["code"] == "reads_share"
        long_reads.end.set()
        for one, _ in waiting:
            assert b"200" in await one.readline()

    serve(tmp_path, act)


def test_reads_end_before_the_store_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that was stopped closed its database under the threads of long reads, and died of it; those who waited
    were told of a fault."""
    begun, reading = threading.Semaphore(0), set[object]()

    def peers(node: ServedNode) -> list[PeerInfo]:
        reader, me = node.reader(None), object()
        reading.add(me)
        begun.release()
        try:
            while True:
                reader.scan("core", "party")
                reader.scan("party", "party")
        finally:
            reading.remove(me)

    monkeypatch.setattr(ServedNode, "peers", peers)

    async def act(served: Served) -> None:
        clients = await ask(served, 3 * OF_ONE)
        for _ in range(OF_ONE):
            assert await asyncio.to_thread(begun.acquire, timeout=20)
        await served.server.stop()
        assert not reading, "it reads on"
        heads = [await reader.readuntil(b"\r\n\r\n") for reader, _ in clients]
        assert all(b" 503 " in head and b"retry-after: 2" in head.lower() for head in heads)
        assert not reading, "nobody else's read begins"

    serve(tmp_path, act)


def test_nine_addresses_do_not_keep_a_newcomer_from_waiting(tmp_path: Path, long_reads: LongReads) -> None:
    """Nine addresses with what each may have waiting filled the line: everybody else was sent away with 503."""

    async def act(served: Served) -> None:
        for address in range(9):
            for _ in range(MAX_WAITING_OF_ADDRESS + OF_ONE):
                client = await served.connect(f"127.0.0.{address + 10}")
                client[1].write(LONG)
        await long_reads.until_begun(PLACES)
        await asyncio.sleep(0.5)
        reader, writer = await served.connect()
        writer.write(b"GET /v1/network HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await asyncio.sleep(0.5)
        long_reads.end.set()
        async with asyncio.timeout(10):
            assert b"200" in await reader.readline()

    serve(tmp_path, act)


def test_long_reads_of_many_addresses_leave_others_their_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight strangers asked for long traces, and whoever came then waited until one of these was over: 10 to 26 s."""
    over, begun = threading.Event(), 0

    def peers(node: ServedNode) -> list[PeerInfo]:
        nonlocal begun
        begun += 1
        until = time.monotonic() + 30
        while not over.is_set() and time.monotonic() < until:
            node._node.ledger._readers._long_reads.used(0.002)
            time.sleep(0.002)
        return []

    monkeypatch.setattr(ServedNode, "peers", peers)

    async def act(served: Served) -> None:
        addresses = [f"127.0.2.{number}" for number in range(3 * PLACES)]
        clients = [one for address in addresses for one in await ask(served, 2, address)]
        async with asyncio.timeout(10):
            while begun < 2 * PLACES:
                await asyncio.sleep(0.01)
        for _ in range(5):
            await served.honest()
        over.set()
        for reader, _ in clients:
            assert b"200" in await reader.readline()

    serve(tmp_path, act)
