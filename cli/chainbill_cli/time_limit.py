"""An end to a request that takes too long in all, however its bytes come.

The timeouts of the HTTP library are for the next bytes: a node that sends one at a time, or an endless row of interim
answers (RFC 9110 section 15.2), would hold a command for days.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

TELLS_OF_A_STREAM = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})
"""Events of httpcore whose result is the stream of a connection."""
Streams = MutableMapping[str, Any]
"""Node → the stream of its newest connection: a later request goes over the same."""


@dataclass(slots=True)
class TimeLimit:
    """The limit of one request. over: it was reached, and the connection is ended."""

    streams: Streams
    node: str
    over: bool = field(default=False)

    def saw(self, event: str, info: MutableMapping[str, Any]) -> None:
        """What httpcore's `trace` extension tells."""
        if event in TELLS_OF_A_STREAM:
            self.streams[self.node] = info["return_value"]

    def end(self) -> None:
        """Wake whoever reads from the node."""
        self.over = True
        stream = self.streams.pop(self.node, None)
        found = None if stream is None else stream.get_extra_info("socket")
        with suppress(OSError):
            if found is not None:
                found.shutdown(socket.SHUT_RDWR)


@contextmanager
def limited(streams: Streams, node: str, seconds: float) -> Iterator[TimeLimit]:
    """Run a request to a node; after so many seconds its connection ends."""
    limit = TimeLimit(streams, node)
    timer = threading.Timer(seconds, limit.end)
    timer.daemon = True
    timer.start()
    try:
        yield limit
    finally:
        timer.cancel()
