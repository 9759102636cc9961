"""Addresses that handed in something good lately: they go before strangers, at the door and in verification.

Who floods from many addresses without a registered key takes one turn for each of them, and all the others wait for
those turns. So an address has credit: what of it was admitted counts for it, as much that was refused against it; while
something is left it is known. So with a registered key a flood needs as many good transactions, which are bounded by
their party. A first transaction waits among the strangers. A proxy is one address: where more of what comes through it
is refused than is good, it is a stranger like any. Pure, and no time: an address is forgotten when many newer ones are.
"""

from __future__ import annotations

from chainbill_node.mempool.limits import MAX_KNOWN_ADDRESSES, MOST_CREDIT


class KnownAddresses:
    """Of one node; an entry for none but those of which something was admitted."""

    def __init__(self, most: int = MAX_KNOWN_ADDRESSES) -> None:
        self._most = most
        self._credit: dict[str, int] = {}  # of which something was admitted last: stands last

    def __contains__(self, address: str) -> bool:
        return address in self._credit

    def admitted(self, address: str, count: int) -> None:
        """So many good transactions came from here."""
        self._credit[address] = min(MOST_CREDIT, self._credit.pop(address, 0) + count)
        if len(self._credit) > self._most:
            del self._credit[next(iter(self._credit))]

    def refused(self, address: str, count: int) -> None:
        """So much from here was refused that its sender could have known to be bad."""
        left = self._credit.get(address, 0) - count
        if left > 0:
            self._credit[address] = left
        else:
            self._credit.pop(address, None)
