"""Write coalescing: head and first of the body go out as one system call and one packet, where uvicorn makes two.

ASGI has it so too: nothing need be sent before there is something of the body. And a client wakes up once, not twice.
"""

from __future__ import annotations

import asyncio


class Joined:
    """As much of a transport as one answer needs. What is written first is its head."""

    __slots__ = ("_begun", "_head", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._begun = False
        self._head = b""

    def write(self, data: bytes) -> None:
        """Send it; keep the head for what comes next."""
        if not self._begun:
            self._begun, self._head = True, data
        elif self._head:
            head, self._head = self._head, b""
            self._transport.write(head + data)
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Send what is kept: the answer to a HEAD has no body."""
        if self._head:
            self.write(b"")

    def close(self) -> None:
        """Send what is kept, and end."""
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether it has ended."""
        return self._transport.is_closing()
