"""A small HTTP client for simulated streams: one request a connection, the answer whole, or OSError."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

WITHIN_S = 30.0


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        if self.body and not self.headers.get("content-type", "").startswith("application/"):
            raise AssertionError(f"no JSON: {self.status} {self.headers} {self.body[:100]!r}")
        return json.loads(self.body) if self.body else None


class _Asking(asyncio.Protocol):
    def __init__(self, request: bytes) -> None:
        self._request = request
        self._read = bytearray()
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, between, body = bytes(self._read).partition(b"\r\n\r\n")
        if not between or self.answer.done():
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines)
        headers = {name.lower(): value for name, value in fields.items()}
        if len(body) >= int(headers.get("content-length", "0")):
            self.answer.set_result(Answer(int(first.split()[1]), headers, body))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.answer.done():
            self.answer.set_exception(ConnectionResetError("no answer"))


async def ask(
    port: int, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None,
    within_s: float = WITHIN_S,
) -> Answer:  # fmt: skip
    """Ask once. Raises OSError (TimeoutError among them): nobody knows what came of it."""
    lines = [f"{method} {path} HTTP/1.1", f"host: 127.0.0.1:{port}", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    request = "\r\n".join([*lines, "", ""]).encode() + body
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(within_s):
        transport, asking = await loop.create_connection(lambda: _Asking(request), "127.0.0.1", port)
        try:
            return await asking.answer
        finally:
            transport.close()
