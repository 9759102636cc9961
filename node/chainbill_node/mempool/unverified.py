"""Room for what is on its way in and not verified yet: counted in transactions and bytes, by who sends it.

The rule is the pool's (dynamic thresholds): an address may take up as much as is left, so that whoever comes then still
finds room. The same again within an address, by party, for the many clients behind one gateway. Before signatures are
verified anybody can name any party: a party's share counts only together with the address, and nobody elsewhere uses it
up. Room for 900: one party at one address takes 300 and two of them 180 each; another address after the first one 200.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from chainbill_node.mempool.limits import LEAST_SHARE_BYTES, LEAST_SHARE_TRANSACTIONS


class Source(NamedTuple):
    """Who sent it: a client's address and the party that it names, or a peer's id."""

    address: str
    party: str = ""


@dataclass(slots=True)
class _Held:
    count: int = 0
    bytes: int = 0


class Unverified:
    """At most `most` transactions and `most_bytes` bytes. Pure."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._all = _Held()
        self._of: dict[str | Source, _Held] = {}  # by address, and by source

    def __len__(self) -> int:
        return self._all.count

    @property
    def bytes(self) -> int:
        """Bytes of them."""
        return self._all.bytes

    def take(self, source: Source, size: int) -> bool:
        """Room for a transaction of so many bytes; False where there is none, or the source has its share.

        So much as one party may always have in the pool is taken of an address while there is any room at all.
        """
        room, room_bytes = self._most - self._all.count, self._most_bytes - self._all.bytes
        if room < 1 or size > room_bytes:
            return False
        for key in _keys(source):
            held = self._of.get(key)
            if held is None:
                continue
            count, used = held.count, held.bytes + size
            too_many = count >= room and count >= LEAST_SHARE_TRANSACTIONS
            if too_many or (used > room_bytes and used > LEAST_SHARE_BYTES):
                return False
            room, room_bytes = room - held.count, room_bytes - held.bytes  # what is left of the address' own share
        self._all.count += 1
        self._all.bytes += size
        for key in _keys(source):
            held = self._of.get(key)
            if held is None:
                held = self._of[key] = _Held()
            held.count += 1
            held.bytes += size
        return True

    def give_back(self, source: Source, size: int) -> None:
        """One that was taken is verified now, or will never be."""
        self._all.count -= 1
        self._all.bytes -= size
        for key in _keys(source):
            held = self._of[key]
            held.count -= 1
            held.bytes -= size
            if not held.count:
                del self._of[key]


def _keys(source: Source) -> tuple[str | Source, ...]:
    return (source.address, source) if source.party else (source.address,)
