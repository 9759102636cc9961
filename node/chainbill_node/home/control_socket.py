"""Control socket of a running node: a Unix socket in its home that only its owner can reach.

One JSON object a line in, one out. The only command is {"do": "backup", "to": FILE}.
A refusal is {"error": [in English, in Chinese]}.
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

from chainbill_node.runtime.logs import log

NAME = "node.sock"
MAX_LINE_BYTES = 64 * 1024
NO_OBJECT = ("a JSON object is expected", "应为 JSON 对象")
Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class ControlError(Exception):
    """The running node refused; `said` says why in one language, the text in both."""

    def __init__(self, why_en: str, why_zh: str) -> None:
        super().__init__(f"{why_en} / {why_zh}")
        self.whys = {"en": why_en, "zh": why_zh}

    def said(self, language: str) -> str:
        """Why, in "en" or "zh"."""
        return self.whys[language]


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
                return {"error": list(NO_OBJECT)}
            return await self._handle(asked)
        except ControlError as error:
            return {"error": list(error.whys.values())}
        except FileExistsError as error:
            return {"error": [f"{error} exists already; nothing is written over", f"{error} 已存在，不会覆盖"]}
        except Exception as error:  # whatever a command fails with is its answer, and never ends the node
            said = getattr(error, "said", None)
            plain = f"{type(error).__name__}: {error}"
            return {"error": [said("en"), said("zh")] if callable(said) else [plain, plain]}


def ask_node(home: Path, command: dict[str, Any], timeout_s: float | None = None) -> dict[str, Any] | None:
    """Give a running node a command; None when none runs in this home. Raises ControlError with its refusal."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        try:
            with _short_path(home) as path:
                connection.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        try:
            connection.sendall(json.dumps(command).encode() + b"\n")
            with connection.makefile("rb") as answers:
                line = answers.readline(MAX_LINE_BYTES)
        except (ConnectionResetError, BrokenPipeError):
            line = b""
    if not line:
        raise ControlError("the node ended before it answered", "节点未及答复便已停止")
    answer: dict[str, Any] = json.loads(line)
    if "error" in answer:
        raise ControlError(*map(str, answer["error"]))
    return answer
