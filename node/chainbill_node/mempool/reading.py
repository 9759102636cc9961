"""Processor time that reading and verifying took of late: who takes little does not wait behind who floods.

A good signature shows whose transaction it is, and its party pays, wherever it was handed in; for a bad one the address
does that sent it. Pure: times come in as arguments.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from chainbill_node.mempool.unverified import Source

LIGHT_S = 0.02
"""Seconds that a party or an address may have taken and still be light: 100 transfers at once, or twelve of the longest
lists; beside a block of 40 ms it is not felt."""
LIGHT_SHARE = 0.02
"""So much of a processor is forgiven: 100 transfers a second, sent evenly, are light for ever."""
MAX_READ_SOURCES = 4_096
"""Those that were read longest ago give way, and are light again."""


_Payer = tuple[str, str]
"""("", party) or (address, "")."""


class Read(NamedTuple):
    """One transaction that was read: whose it was, processor seconds, and whether its signatures are good."""

    source: Source
    took_s: float
    good: bool


class Reading:
    """Of one node."""

    def __init__(self) -> None:
        self._of: dict[_Payer, tuple[float, float]] = {}  # seconds, and when that was; read last: stands last

    def light(self, source: Source, now_s: float) -> bool:
        """Whether a source took little of late: what was good of its party, and what was bad of its address."""
        address, party = source
        return self._left(("", party), now_s) < LIGHT_S and self._left((address, ""), now_s) < LIGHT_S

    def charge(self, reads: Iterable[Read], now_s: float) -> None:
        """Enter what was read."""
        took: dict[tuple[Source, bool], float] = {}
        for source, took_s, good in reads:
            took[source, good] = took.get((source, good), 0.0) + took_s
        for (source, good), took_s in took.items():
            payer = ("", source.party) if good else (source.address, "")
            left_s = self._left(payer, now_s)
            self._of.pop(payer, None)
            self._of[payer] = left_s + took_s, now_s
        while len(self._of) > MAX_READ_SOURCES:
            del self._of[next(iter(self._of))]

    def _left(self, payer: _Payer, now_s: float) -> float:
        held = self._of.get(payer)
        return 0.0 if held is None else max(0.0, held[0] - LIGHT_SHARE * (now_s - held[1]))
