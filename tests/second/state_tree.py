"""The root over all rows. Written from state-and-proofs.md, "The tree"."""

from __future__ import annotations

from second.hashing import tagged

DEPTH = 18
BUCKET_ENTRIES = 32


def key_hash(key: bytes) -> bytes:
    """Where a row stands in the tree."""
    return tagged("state-key", key)


def bit(hashed: bytes, number: int) -> int:
    """The bit of this number, from 0, most significant first."""
    return hashed[number // 8] >> (7 - number % 8) & 1


class Tree:
    """A tree over entries key_hash → row_hash; what is empty is hashed once for each level."""

    def __init__(self, entries: dict[bytes, bytes]) -> None:
        self.entries = sorted(entries.items())
        self.empty = {DEPTH: tagged("state-leaf")}
        for level in range(DEPTH - 1, -1, -1):
            self.empty[level] = tagged("state-node", self.empty[level + 1], self.empty[level + 1])

    def root(self) -> bytes:
        """node(no bits)."""
        return self._node(self.entries, 0)

    def _node(self, entries: list[tuple[bytes, bytes]], level: int) -> bytes:
        if not entries and level <= DEPTH:
            return self.empty[level]
        if level >= DEPTH and len(entries) <= BUCKET_ENTRIES:
            return tagged("state-leaf", *(key + row for key, row in entries))
        left = [entry for entry in entries if not bit(entry[0], level)]
        right = [entry for entry in entries if bit(entry[0], level)]
        return tagged("state-node", self._node(left, level + 1), self._node(right, level + 1))

    def proof(self, hashed: bytes) -> tuple[bytes, list[bytes]]:
        """The entries of the leaf on the way of this key hash, and the siblings from it up."""
        entries, level, siblings = self.entries, 0, list[bytes]()
        while level < DEPTH or len(entries) > BUCKET_ENTRIES:
            side = bit(hashed, level)
            siblings.insert(0, self._node([e for e in entries if bit(e[0], level) != side], level + 1))
            entries = [e for e in entries if bit(e[0], level) == side]
            level += 1
        return b"".join(key + row for key, row in entries), siblings
