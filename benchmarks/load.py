"""The load client that all measurements share: HTTP/1.1 over a few keep-alive connections, one request at a time each.

It costs about 30 µs a request, so that on two cores it takes little from what it measures. `flood` sends as fast as
answers come; `paced` sends at fixed times, whether earlier requests are answered or not, and counts from when each was
due, so that a system that falls behind is not flattered.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

MSGPACK = "application/msgpack"
JSON = "application/json"
ANSWER_WITHIN_S = 120.0

Check = Callable[[int, bytes], None]


@dataclass
class Outcome:
    """Of one run: seconds from due (or sent) until answered of each request, and when the last was answered."""

    waits_s: list[float] = field(default_factory=list)
    began_s: float = 0.0
    ended_s: float = 0.0

    @property
    def took_s(self) -> float:
        return self.ended_s - self.began_s


def get(path: str) -> bytes:
    """The bytes of a GET."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post(path: str, body: bytes, media_type: str = MSGPACK) -> bytes:
    """The bytes of a POST."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One connection with one request under way."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._needed = -1
        self._body_at = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        """Send a request; (status, body) of the answer."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionError("the connection is gone")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        if self._needed < 0:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(buffer[:end]).lower()
            at = head.find(b"content-length:")
            if at < 0:
                self._fail(ConnectionError("an answer without a length"))
                return
            self._body_at = end + 4
            self._needed = self._body_at + int(head[at + 15 :].split(b"\r\n", 1)[0])
        if len(buffer) >= self._needed:
            answer = int(buffer[9:12]), bytes(buffer[self._body_at : self._needed])
            del buffer[: self._needed]
            self._needed = -1
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or ConnectionError("closed by the other side"))

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


async def connect(api: str) -> Connection:
    """A connection to http://HOST:PORT."""
    parts = urlsplit(api)
    loop = asyncio.get_running_loop()
    return (await loop.create_connection(Connection, parts.hostname or "", parts.port or 80))[1]


def ok(status: int, body: bytes) -> None:
    """Raises RuntimeError for an answer that is no success."""
    if status >= 300:
        raise RuntimeError(f"{status}: {body[:2000]!r}")


def committed(status: int, body: bytes) -> None:
    """Raises RuntimeError unless the transaction is in a block (201; 202 is still waiting)."""
    ok(status, body)
    if status == 202:
        raise RuntimeError("not committed in time")


def none_refused(status: int, body: bytes) -> None:
    """Raises RuntimeError for a batch of which a transaction was refused."""
    ok(status, body)
    if json.loads(body)["refused"]:
        refused = [one for one in json.loads(body)["data"] if "code" in one]
        raise RuntimeError(f"refused: {len(refused)} of a batch, the first: {refused[:1]}")


def flood(apis: Sequence[str], requests: Sequence[bytes], connections: int, check: Check = ok) -> Outcome:
    """All requests, connections spread over the addresses, each as soon as the one before it is answered."""
    return asyncio.run(_run(apis, requests, connections, check, None))


def paced(apis: Sequence[str], requests: Sequence[bytes], per_s: float, connections: int, check: Check = ok) -> Outcome:
    """So many requests a second; those that find no free connection wait, and that counts."""
    return asyncio.run(_run(apis, requests, connections, check, per_s))


async def _run(
    apis: Sequence[str], requests: Sequence[bytes], connections: int, check: Check, per_s: float | None
) -> Outcome:
    outcome = Outcome()
    count = min(connections, len(requests))
    opened = [await connect(apis[number % len(apis)]) for number in range(count)]
    numbers = iter(range(len(requests)))
    outcome.began_s = time.perf_counter() + (0.0 if per_s is None else 0.05)

    async def work(connection: Connection) -> None:
        for number in numbers:
            due = time.perf_counter()
            if per_s is not None:
                due = outcome.began_s + number / per_s
                await asyncio.sleep(due - time.perf_counter())
            async with asyncio.timeout(ANSWER_WITHIN_S):
                answer = await connection.ask(requests[number])
            outcome.ended_s = time.perf_counter()
            outcome.waits_s.append(outcome.ended_s - due)
            check(*answer)

    try:
        async with asyncio.TaskGroup() as group:
            for connection in opened:
                group.create_task(work(connection))
    finally:
        for connection in opened:
            connection.close()
    return outcome


def ask(api: str, request: bytes) -> tuple[int, bytes]:
    """One request on a connection of its own."""

    async def once() -> tuple[int, bytes]:
        connection = await connect(api)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await connection.ask(request)
        finally:
            connection.close()

    return asyncio.run(once())


def read(api: str, path: str) -> Any:
    """The JSON of a GET. Raises RuntimeError unless it succeeds."""
    status, body = ask(api, get(path))
    ok(status, body)
    return json.loads(body)
