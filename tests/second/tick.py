"""What another engine's block may carry for day work. Written from blocks-and-certificates.md, "Ticks"."""

from __future__ import annotations

from typing import NamedTuple

from second.amounts import date_of
from second.codec import decode
from second.hashing import tagged
from second.refused import RefusedError, must
from second.shapes import octets, of_format, text
from second.transaction import wire_id

MAX_BYTES = 64
BEGINS = bytes.fromhex("9402a47469636b")


class Tick(NamedTuple):
    """Day work of this date is due in this network."""

    network: bytes
    date: str
    bytes: bytes

    @property
    def wire_id(self) -> bytes:
        """Its leaf of tx_root."""
        return wire_id(self.bytes)

    @property
    def receipt_id(self) -> bytes:
        """The id of its receipt."""
        return tagged("tick", self.bytes)


def is_tick(wire: bytes) -> bool:
    """Whether bytes in the place of a transaction are to be read as a tick."""
    return wire.startswith(BEGINS)


def read(data: bytes) -> Tick:
    """canon([2, "tick", network, date])."""
    _, name, network, date = of_format(decode(data, MAX_BYTES), 4)
    must(text(name) == "tick", "shape_wrong", text(name))
    try:
        date_of(text(date))
    except RefusedError as error:
        raise RefusedError("shape_wrong", "a date") from error
    return Tick(octets(network), text(date), data)
