"""Bodies over real sockets: how many bytes a node holds, whoever sends them and however they are sent (security 4)."""

from __future__ import annotations

import asyncio
import tracemalloc
from pathlib import Path

import httpx
import pytest
from chainbill_node.rest.bodies import MAX_BATCH_BYTES, MAX_OTHER_BYTES, MAX_SINGLE_BYTES
from chainbill_node.rest.server import connection_limit
from chainbill_node.rest.server.limits import (
    HEADERS_READ_BYTES,
    MAX_HEADER_FIELDS,
    MAX_PIPELINED,
    MAX_QUERY_FIELDS,
    MAX_TARGET_BYTES,
)
from test_node_rest_guard import HOST, Client, Served, let_go, serve

pytestmark = pytest.mark.untraced

MIB = 1024 * 1024
BATCH = "/v1/transactions/batch"
SINGLE = "/v1/transactions"


def head(path: str, *fields: str, method: str = "POST") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Content-Type: application/msgpack", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


async def until(served: Served, held: int) -> None:
    """Until so many bytes of bodies are held, no more."""
    async with asyncio.timeout(10):
        while served.server.crowd.bodies.bytes != held:
            await asyncio.sleep(0.01)


async def push(client: Client, data: bytes) -> None:
    """Send as much as the other side takes."""
    try:
        client[1].write(data)
        await client[1].drain()
    except ConnectionError:
        return


def test_half_sent_bodies_hold_no_more_than_their_room_and_give_it_back(tmp_path: Path) -> None:
    """security 4: 120 half-sent bodies took 970 MiB, and kept them."""
    room = 4 * MIB

    async def act(served: Served) -> None:
        clients = [await served.connect(f"127.0.0.{2 + number % 4}") for number in range(120)]
        part = bytes(2 * MIB)
        tracemalloc.start()
        pushing = [asyncio.create_task(push(one, head(BATCH, f"Content-Length: {8 * MIB}") + part)) for one in clients]
        most = 0
        for _ in range(100):
            await asyncio.sleep(0.02)
            most = max(most, served.server.crowd.bodies.bytes)
            await served.honest() if _ % 20 == 0 else None
        assert MIB < most <= room
        await served.honest()
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{served.port}", timeout=20) as client:
            kind = {"Content-Type": "application/msgpack"}
            answer = await client.post(SINGLE, content=b"no transaction", headers=kind)
            assert answer.status_code == 400  # it was read and looked at, while all of them stood there
        for one in pushing:
            one.cancel()
        for one in clients:
            one[1].transport.abort()
        await until(served, 0)
        await asyncio.gather(*pushing, return_exceptions=True)
        del pushing, one
        bodies = [one for one in tracemalloc.take_snapshot().statistics("lineno") if one.size > 256 * 1024]
        assert not [one for one in bodies if "uvicorn" in str(one) or "rest/server/" in str(one)]
        tracemalloc.stop()

    serve(tmp_path, act, rest_body_bytes=room)


def test_more_than_an_address_takes_is_refused_at_its_headers_and_none_of_it_kept(tmp_path: Path) -> None:
    """security 4: the whole of a body was taken in before its size was looked at."""

    async def act(served: Served) -> None:
        asked = [
            (head(BATCH, f"Content-Length: {MAX_BATCH_BYTES + 1}"), MAX_BATCH_BYTES),
            (head(SINGLE, f"Content-Length: {MAX_SINGLE_BYTES + 1}"), MAX_SINGLE_BYTES),
            (head("/v1/transactions/simulate", f"Content-Length: {MAX_SINGLE_BYTES + 1}"), MAX_SINGLE_BYTES),
            (head("/v1/network", f"Content-Length: {MAX_OTHER_BYTES + 1}", method="GET"), MAX_OTHER_BYTES),
            (head("/nothing", f"Content-Length: {MAX_OTHER_BYTES + 1}"), MAX_OTHER_BYTES),
        ]
        for words, bound in asked:
            client = await served.connect()
            client[1].write(words)
            said = await client[0].readuntil(b"}")
            assert said.startswith(b"HTTP/1.1 413")
            assert b"body_too_large" in said
            assert str(bound).encode() in said
            sending = asyncio.create_task(push(client, bytes(MIB)))  # it may send on and still read why
            await let_go(client)
            assert served.server.crowd.bodies.bytes == 0
            await sending
        await served.honest()

    serve(tmp_path, act)


@pytest.mark.parametrize("path", [SINGLE, "/v1/network"])
def test_chunks_beyond_the_bound_are_thrown_away(tmp_path: Path, path: str) -> None:
    async def act(served: Served) -> None:
        client = await served.connect()
        client[1].write(head(path, "Transfer-Encoding: chunked"))
        sending = asyncio.create_task(push(client, (b"10000\r\n" + bytes(0x10000) + b"\r\n") * 64))
        said = await let_go(client)
        assert said.startswith(b"HTTP/1.1 413" if path == SINGLE else b"HTTP/1.1 405")
        await sending
        assert served.server.crowd.bodies.bytes == 0
        await served.honest()

    serve(tmp_path, act)


def test_many_large_batches_of_one_address_take_turns_and_none_is_refused(tmp_path: Path) -> None:
    async def act(served: Served) -> None:
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{served.port}", timeout=30) as client:
            kind = {"Content-Type": "application/msgpack"}
            answers = await asyncio.gather(
                *[client.post(BATCH, content=bytes(2 * MIB), headers=kind) for _ in range(12)]
            )
        assert [one.json()["code"] for one in answers] == ["body_malformed"] * 12
        assert served.refused("no_room_for_body") == 0
        assert served.server.crowd.bodies.bytes == 0

    serve(tmp_path, act, rest_body_bytes=6 * MIB)


def test_a_body_that_stands_still_gives_way_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_limit, "BODY_LOOK_S", 0.2)

    async def act(served: Served) -> None:
        still = await served.connect()
        await push(still, head(BATCH, f"Content-Length: {2 * MIB}") + bytes(1500 * 1024))
        await until(served, 1500 * 1024)
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{served.port}", timeout=20) as client:
            kind = {"Content-Type": "application/msgpack"}
            assert (await client.post(BATCH, content=bytes(MIB), headers=kind)).json()["code"] == "body_malformed"
        said = await let_go(still)
        assert said.startswith(b"HTTP/1.1 503")
        for words in (b"Retry-After", b"node_busy", b"Send the same bytes again", "重发".encode()):
            assert words in said

    serve(tmp_path, act, rest_body_bytes=2 * MIB)


def test_a_client_that_was_faster_disturbs_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of those that give way had gone in that moment: the others waited on, since nobody looked any more."""
    monkeypatch.setattr(connection_limit, "BODY_LOOK_S", 0.2)

    def gone(self: object) -> None:
        raise OSError(107, "not connected")

    async def act(served: Served) -> None:
        clients = [await served.connect() for _ in range(6)]
        for number, one in enumerate(clients):
            await push(one, head(BATCH, f"Content-Length: {2 * MIB}") + bytes(MIB))
            await asyncio.sleep(0.05)
            if number == 0:
                for here in served.server.crowd._here:
                    monkeypatch.setattr(type(here.transport), "write_eof", gone)
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{served.port}", timeout=30) as client:
            kind = {"Content-Type": "application/msgpack"}
            code = "node_busy"  # for a while, on a machine that has much else to do
            for _ in range(10):
                if code == "node_busy":
                    code = (await client.post(BATCH, content=bytes(MIB), headers=kind)).json()["code"]
            assert code == "body_malformed"

    serve(tmp_path, act, rest_body_bytes=2 * MIB)


def test_answers_that_are_not_taken_are_counted_and_end_where_there_is_no_room(tmp_path: Path) -> None:
    async def act(served: Served) -> None:
        deaf = [await served.connect(f"127.0.0.{2 + number}", takes=4_096) for number in range(5)]
        for one in deaf:
            one[1].transport.pause_reading()  # type: ignore[attr-defined]
        seen = 0
        for _ in range(60):
            for one in deaf:
                if not one[1].is_closing():
                    one[1].write(head("/openapi.json", method="GET"))
            await asyncio.sleep(0.02)
            seen = max(seen, served.server.crowd.bodies.bytes)
        assert 0 < seen <= 512 * 1024
        await served.honest()
        for one in deaf:
            one[1].transport.abort()
        await until(served, 0)

    serve(tmp_path, act, rest_body_bytes=512 * 1024)


def test_requests_ahead_and_small_header_fields_are_bounded(tmp_path: Path) -> None:
    """A field of 5 bytes takes 140, a request of 40 bytes some thousand: 16 KiB of either were half a MiB and more."""

    async def act(served: Served) -> None:
        short = b"GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n"
        ahead, fields, fitting = [await served.connect() for _ in range(3)]
        fitting[1].write(short * MAX_PIPELINED)
        for _ in range(MAX_PIPELINED):
            assert b"200" in await fitting[0].readline()
            await fitting[0].readuntil(b"}")
        ahead[1].write(short * (HEADERS_READ_BYTES // len(short)))
        fields[1].write(b"GET /version HTTP/1.1\r\n" + b"a:b\r\n" * (MAX_HEADER_FIELDS + 2))
        assert (await let_go(ahead)).count(b"200 OK") <= MAX_PIPELINED
        assert b"400" in (await let_go(fields))
        assert served.refused("request_malformed") == 2
        await served.honest()

    serve(tmp_path, act)


@pytest.mark.parametrize(
    ("fits", "beyond"),
    [
        ("&" * (MAX_QUERY_FIELDS - 1), "%&" * (MAX_QUERY_FIELDS - 1) + "%&"),
        ("a" * (MAX_TARGET_BYTES - len("/ready?")), "%" * (MAX_TARGET_BYTES - len("/ready?") + 1)),
    ],
)
def test_what_a_target_holds_is_bounded(tmp_path: Path, fits: str, beyond: str) -> None:
    """Of 7,500 fields in a query each reader of it took 13 ms of the loop: others' commits took 5 s instead of 0.1."""

    async def act(served: Served) -> None:
        for method, path in (("GET", "/ready"), ("POST", SINGLE), ("GET", "/v1/bills")):
            client = await served.connect()
            client[1].write(head(f"{path}?{beyond}", method=method))
            assert b"400" in (await let_go(client))
        assert served.refused("request_malformed") == 3
        taken = await served.connect()
        taken[1].write(head(f"/ready?{fits}", method="GET"))
        assert (await taken[0].readline()).split()[1] in {b"200", b"503"}
        await served.honest()

    serve(tmp_path, act)
