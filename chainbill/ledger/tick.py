"""Ticks: why a block is made for day work under an engine that makes none when nothing comes.

Our own consensus makes a block when day items are due or a migration is under way. Another engine is given a tick,
canonical [2, "tick", network, date], in the place of a transaction. It asks for nothing: day work runs in every block.
It only says that there is some, and its block is refused where there is none, so that nobody can keep a network busy
with ticks. Nobody signs it, it has no id that could be used up, and it stands last in its block, once.
"""

from __future__ import annotations

from dataclasses import dataclass

from chainbill.codec import decode, encode
from chainbill.dates import is_date
from chainbill.ledger.shapes import as_bytes, as_format, bad_shape
from chainbill.limits import FORMAT

NAME = "tick"
MAX_TICK_BYTES = 64
_BEGINS = encode([FORMAT, NAME, None, None])[:-2]
"""A list of four that begins with 2 and "tick"; a transaction is a list of two."""


@dataclass(frozen=True, slots=True)
class Tick:
    """network: the genesis hash. date: the local date whose work is due, "YYYY-MM-DD"."""

    network: bytes
    date: str

    def encode(self) -> bytes:
        """The canonical bytes: its wire form."""
        return encode([FORMAT, NAME, self.network, self.date])


def is_tick(wire: bytes) -> bool:
    """Whether bytes in the place of a transaction are those of a tick, or of none that is whole."""
    return wire.startswith(_BEGINS)


def decode_tick(data: bytes) -> Tick:
    """Read canonical bytes; Malformed if they break the format."""
    _, name, network, date = as_format(decode(data, max_bytes=MAX_TICK_BYTES), "tick", length=4)
    if name != NAME or not is_date(date):
        raise bad_shape("tick", 'a list of 2, "tick", network and a date')
    return Tick(as_bytes(network, "network", length=32), date)
