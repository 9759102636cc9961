"""One connection: frames in, frames out, with every buffer bounded.

A frame is its length (4 bytes, big endian) and that many bytes. What is sent within one turn of the event loop goes
out in one write.
"""

from __future__ import annotations

import asyncio
from typing import Protocol, cast

from chainbill_node.foundation.operator_error import Pair
from chainbill_node.network.budget import Budget
from chainbill_node.network.certificate import NodeCertificate
from chainbill_node.network.door import address_of
from chainbill_node.network.limits import (
    BYTES_A_RECORD,
    CLOSE_ABOVE_BYTES,
    DROP_ABOVE_BYTES,
    FRAME_WITHIN_S,
    MAX_FRAME_BYTES,
    MAX_HELLO_BYTES,
)
from chainbill_node.network.raw_reads import count_raw_reads

LENGTH_BYTES = 4
OTHER_NODE = "another node answers at this address"


class ConnectionEvents(Protocol):
    """Who hears what happens on a connection."""

    def shown(self, der: bytes) -> NodeCertificate:
        """What the other side's certificate says. ValueError: it is nobody's."""

    def opened(self, connection: Connection) -> None:
        """TLS is up and the certificate names a node."""

    def received(self, connection: Connection, frame: bytes) -> None:
        """One whole frame came."""

    def closed(self, connection: Connection, reason: str) -> None:
        """The connection is gone; called once for each `opened`."""


class Connection(asyncio.Protocol):
    """asyncio protocol over TLS. `peer` is the node id of the other side once it is open.

    wanted: whom this node meant to dial; another one is not told anything.
    """

    def __init__(self, events: ConnectionEvents, *, dialled: bool, wanted: str = "") -> None:
        self.peer = ""
        self.dialled = dialled
        self.greeted = False
        self.address = ""  # of the other side, as the door counts it
        self.version = 0  # of the messages, agreed by both hellos
        self.lowest: int | None = None  # height that the peer says it holds
        self.certificate: NodeCertificate | None = None  # once it is open
        self.offence = ""  # what it did to be kept out for a while
        self.mend: Pair | None = None  # what helps, where it is ended for a reason that says more than its name
        self.opened_s = self.last_heard_s = 0.0
        self.budget = Budget()  # until it is let in, then that of its peer
        self._frame_began_s = 0.0
        self._events = events
        self._wanted = wanted
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._raw = self._taken = self._most_beside = 0  # bytes below TLS, of messages, and that were of none
        self._input = bytearray()
        self._output: list[bytes] = []
        self._output_bytes = 0
        self._flush_due = False
        self._open = False
        self._reason = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Read who the peer is from its certificate."""
        self._transport = cast(asyncio.Transport, transport)
        try:
            self.certificate = self._events.shown(transport.get_extra_info("ssl_object").getpeercert(True))
        except ValueError as error:
            self.abort(str(error))
            return
        if self._wanted not in ("", self.certificate.node_id):
            self.abort(OTHER_NODE)
            return
        self.peer = self.certificate.node_id
        self._open = True
        self.opened_s = self.last_heard_s = self._loop.time()
        remote = transport.get_extra_info("peername")
        self.address = address_of(remote[0]) if isinstance(remote, tuple) else ""
        self._events.opened(self)
        count_raw_reads(transport, self._raw_came)

    def data_received(self, data: bytes) -> None:
        """Cut the stream into frames; an oversized one ends the connection before its bytes are kept."""
        if self.ending:
            return
        self.last_heard_s = self._loop.time()
        self._taken += len(data)
        buffer = self._input
        if not buffer:
            self._frame_began_s = self.last_heard_s
        buffer += data
        start = 0
        while self._open and not self.ending and len(buffer) - start >= LENGTH_BYTES:
            size = int.from_bytes(buffer[start : start + LENGTH_BYTES], "big")
            if size > (MAX_FRAME_BYTES if self.greeted else MAX_HELLO_BYTES):
                self.offence = "frame_too_large"
                self.abort(f"frame of {size} bytes")
                return
            end = start + LENGTH_BYTES + size
            if len(buffer) < end:
                break
            frame = bytes(buffer[start + LENGTH_BYTES : end])
            start = end
            self._frame_began_s = self.last_heard_s
            self._events.received(self, frame)
        del buffer[:start]

    def _raw_came(self, size: int) -> None:
        """So much came below TLS. A record that is not whole yet counts for a moment, so only the most does."""
        self._raw += size
        beside = self._raw - self._taken - self._taken // BYTES_A_RECORD
        if beside > self._most_beside and not self.ending:
            grown, self._most_beside = beside - self._most_beside, beside
            if not self.budget.beside(grown, self._loop.time()):
                self.offence = "too_many_records"
                self.abort(self.offence)

    def stalled(self, now_s: float) -> bool:
        """Whether a frame has been begun long ago and does not come to its end."""
        return bool(self._input) and now_s - self._frame_began_s > FRAME_WITHIN_S

    def send(self, frame: bytes, *, droppable: bool = False) -> bool:
        """Queue one frame; False when it was not taken."""
        if not self._open or self._transport is None:
            return False
        queued = self.queued_bytes
        if droppable and queued > DROP_ABOVE_BYTES:
            return False
        if queued > CLOSE_ABOVE_BYTES:
            self.abort("too slow")
            return False
        self._output.append(len(frame).to_bytes(LENGTH_BYTES, "big"))
        self._output.append(frame)
        self._output_bytes += LENGTH_BYTES + len(frame)
        if not self._flush_due:
            self._flush_due = True
            self._loop.call_soon(self._flush)
        return True

    def flush(self) -> None:
        """Write what is queued now, not at the end of this turn of the loop."""
        if self._output:
            self._flush()

    def _flush(self) -> None:
        self._flush_due = False
        output, self._output, self._output_bytes = self._output, [], 0
        if self._open and self._transport is not None:
            self._transport.write(b"".join(output))

    @property
    def queued_bytes(self) -> int:
        """What waits to be sent."""
        return self._output_bytes + (self._transport.get_write_buffer_size() if self._transport is not None else 0)

    @property
    def ending(self) -> bool:
        """Whether it is being ended: what is still in its buffers counts no more."""
        return bool(self._reason)

    def abort(self, reason: str) -> None:
        """End the connection at once."""
        self._reason = self._reason or reason
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """Tell it once."""
        if self._open:
            self._open = False
            self._events.closed(self, self._reason or (str(error) if error else "closed"))
