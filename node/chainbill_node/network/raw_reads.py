"""Raw reads: what comes below TLS, counted before it is known whether it holds a message.

A record of TLS holds as little as one byte of a message, or none: a key update, answered by another one, takes some
30 µs of the event loop for 27 bytes, and asyncio tells nobody of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class RawReads(asyncio.BufferedProtocol):
    """Stands between a socket's transport and asyncio's TLS; `came` hears after each read how many bytes it had."""

    def __init__(self, tls: asyncio.BufferedProtocol, came: Callable[[int], None]) -> None:
        self._tls = tls
        self._came = came
        self.get_buffer = tls.get_buffer  # type: ignore[method-assign]
        self.eof_received = tls.eof_received  # type: ignore[method-assign]
        self.connection_lost = tls.connection_lost  # type: ignore[method-assign]
        self.pause_writing = tls.pause_writing  # type: ignore[method-assign]
        self.resume_writing = tls.resume_writing  # type: ignore[method-assign]

    def buffer_updated(self, nbytes: int) -> None:
        """TLS takes the bytes, and whoever is told what was in them is told first."""
        self._tls.buffer_updated(nbytes)
        self._came(nbytes)


def count_raw_reads(transport: asyncio.BaseTransport, came: Callable[[int], None]) -> None:
    """Count from now on what a transport over TLS reads, and what lies there already behind the handshake.

    asyncio has no public names for any of that.
    """
    tls = getattr(transport, "_ssl_protocol", None)
    below = getattr(tls, "_transport", None)
    if tls is not None and below is not None:
        below.set_protocol(RawReads(tls, came))
        asyncio.get_running_loop().call_soon(came, tls._incoming.pending)  # once TLS has taken it
