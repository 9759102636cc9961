"""The control socket of a running node: a Unix socket in its home that only its owner can reach.

One JSON object a line in, one out. The only command is {"do": "backup", "to": FILE}.
Paths are bound through the folder's descriptor, because a socket's path may have only 107 bytes.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chainbill_node.logs import log

NAME = "node.sock"
MAX_LINE_BYTES = 64 * 1024
Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class ControlError(Exception):
    """The running node refused, and says why."""


@contextmanager
def _short_path(home: Path) -> Iterator[str]:
    descriptor = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{NAME}"
    finally:
        os.close(descriptor)


class ControlServer:
    """Answers one command at a time a connection. The caller holds the home's lock, so an old socket is nobody's."""

    def __init__(self, home: Path, handle: Handler) -> None:
        self._home = home
        self._handle = handle
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. Raises OSError."""
        (self._home / NAME).unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with _short_path(self._home) as path:
            listening.bind(path)
        os.chmod(self._home / NAME, 0o600)
        self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=MAX_LINE_BYTES)

    async def stop(self) -> None:
        """Close and take the socket away."""
        if self._server is not None:
            self._server.close()
            (self._home / NAME).unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            answer = await self._answer(line)
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        except (OSError, ValueError) as error:
            log.warning("control_failed", why=str(error))
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            asked = json.loads(line)
            if not isinstance(asked, dict):
                return {"error": "a JSON object is expected"}
            return await self._handle(asked)
        except Exception as error:  # whatever a command fails with is its answer, and never ends the node
            return {"error": f"{type(error).__name__}: {error}"}


def ask_node(home: Path, command: dict[str, Any], timeout_s: float | None = None) -> dict[str, Any] | None:
    """Give a running node a command; None when none runs in this home. Raises ControlError with its refusal."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        try:
            with _short_path(home) as path:
                connection.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        connection.sendall(json.dumps(command).encode() + b"\n")
        with connection.makefile("rb") as answers:
            line = answers.readline(MAX_LINE_BYTES)
    if not line:
        raise ControlError("the node ended before it answered")
    answer: dict[str, Any] = json.loads(line)
    if "error" in answer:
        raise ControlError(str(answer["error"]))
    return answer
