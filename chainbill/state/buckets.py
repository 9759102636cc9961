"""The lower end of the state tree: buckets, and how a full one is split (docs/reference/state-and-proofs.md).

Nodes are named by their numbers in heap order: the root is 1, the children of i are 2i and 2i+1, so that the binary
digits of a number after the leading 1 are the first bits of all key hashes beneath it. The buckets are the 2^18 nodes
of level 18. A node from there down has a row, absent where it would be empty:

    up to 32 entries (BUCKET_ENTRIES)   key hash ‖ row hash, 64 bytes each, ascending
    more: it is split                   hash of the left half ‖ hash of the right half ‖ 01

and the halves of a split one have rows of their own. No number of entries has 65 bytes, so the length tells which it
is. Whoever chooses names can crowd a bucket at 2^18 tries a name, and a part of it at depth d only at 2^d.

The field's word: Merkle tree.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from hashlib import sha256

from chainbill.crypto.hashing import HASH_BYTES, domain_prefix
from chainbill.limits import BUCKET_ENTRIES, TREE_DEPTH

ENTRY_BYTES = 2 * HASH_BYTES
BUCKET_BYTES = BUCKET_ENTRIES * ENTRY_BYTES
BUCKETS = 1 << TREE_DEPTH
_SPLIT = b"\x01"
_SPLIT_BYTES = 2 * HASH_BYTES + len(_SPLIT)
_KEY, _LEAF, _NODE = domain_prefix("state-key"), domain_prefix("state-leaf"), domain_prefix("state-node")

ReadRow = Callable[[int], bytes]
"""Row of a node by its number, b"" where there is none."""
Edit = tuple[bytes, bytes | None]
"""A key hash, and its row hash or (None) that the entry goes."""


def key_hash(key: bytes) -> bytes:
    """H("state-key", key): 32 bytes."""
    return sha256(_KEY + key).digest()


def bucket_of(hashed: bytes) -> int:
    """Node of the bucket of a key hash: 2^18 + its first 18 bits. ff ff c0 …: 2^18 + 2^18 − 1, the last one."""
    return BUCKETS | int.from_bytes(hashed[:4], "big") >> (32 - TREE_DEPTH)


def is_split(row: bytes) -> bool:
    """Whether the row is that of a node with two halves."""
    return len(row) == _SPLIT_BYTES


def hash_of_row(row: bytes) -> bytes:
    """Hash of a node by its row: H("state-node", left ‖ right) of a split one, else H("state-leaf", entries)."""
    return sha256(_NODE + row[: -len(_SPLIT)] if len(row) == _SPLIT_BYTES else _LEAF + row).digest()


def edit_entries(row: bytes, hashed: bytes, row_hash: bytes | None) -> bytes:
    """Joined entries with the entry of one key hash put or (None) removed."""
    at = row.find(hashed)
    while at > 0 and at % ENTRY_BYTES:
        at = row.find(hashed, at + 1)
    if at >= 0:
        replaced = b"" if row_hash is None else hashed + row_hash
        return row[:at] + replaced + row[at + ENTRY_BYTES :]
    if row_hash is None:
        return row
    low, high = 0, len(row) // ENTRY_BYTES
    while low < high:
        middle = (low + high) // 2
        if row[middle * ENTRY_BYTES : middle * ENTRY_BYTES + HASH_BYTES] < hashed:
            low = middle + 1
        else:
            high = middle
    at = low * ENTRY_BYTES
    return row[:at] + hashed + row_hash + row[at:]


def find_entries(read: ReadRow, hashed: bytes) -> tuple[bytes, list[bytes]]:
    """The entries among which a key hash would lie, and the hashes beside the way to them, from the bucket down."""
    node = bucket_of(hashed)
    row = read(node)
    siblings = []
    while is_split(row):
        right = _bit(hashed, node)
        siblings.append(row[:HASH_BYTES] if right else row[HASH_BYTES : 2 * HASH_BYTES])
        node = 2 * node + right
        row = read(node)
    return row, siblings


class BucketEdit:
    """Rows of nodes by number, as a block finds (`old`) and leaves them (`new`); b"" where there is none.

    `old` knows at least every node that `new` knows.
    """

    def __init__(self, read: ReadRow, old: dict[int, bytes], new: dict[int, bytes]) -> None:
        self._read = read
        self.old = old
        self.new = new

    def apply(self, node: int, edits: Sequence[Edit]) -> bytes:
        """Edit, in this order, what lies beneath a node; its row afterwards."""
        row = self._now(node)
        for done, edit in enumerate(edits):
            if is_split(row):
                return self._edit_halves(node, row, edits[done:])
            row = self.put(node, edit_entries(row, *edit))
        return row

    def put(self, node: int, entries: bytes) -> bytes:
        """Write a node and all beneath it, for its joined ascending entries; its row."""
        row = entries
        if len(row) > BUCKET_BYTES:
            middle = _middle(node, row)
            left = self.put(2 * node, row[:middle])
            right = self.put(2 * node + 1, row[middle:])
            row = hash_of_row(left) + hash_of_row(right) + _SPLIT
        self.old.setdefault(node, b"")  # beneath entries no node has a row
        self.new[node] = row
        return row

    def _edit_halves(self, node: int, row: bytes, edits: Sequence[Edit]) -> bytes:
        parts: tuple[list[Edit], list[Edit]] = ([], [])
        for edit in edits:
            parts[_bit(edit[0], node)].append(edit)
        edited = {side: self.apply(2 * node + side, parts[side]) for side in (0, 1) if parts[side]}
        may_shrink = any(row_hash is None for _, row_hash in edits)
        if may_shrink and not any(map(is_split, edited.values())) and self._fits_together(node):
            row = self._now(2 * node) + self._now(2 * node + 1)
            self.new[2 * node] = self.new[2 * node + 1] = b""
        else:
            left = hash_of_row(edited[0]) if 0 in edited else row[:HASH_BYTES]
            right = hash_of_row(edited[1]) if 1 in edited else row[HASH_BYTES : 2 * HASH_BYTES]
            row = left + right + _SPLIT
        self.new[node] = row
        return row

    def _fits_together(self, node: int) -> bool:
        """Whether the halves of a split node have no more entries than one row may."""
        left, right = self._now(2 * node), self._now(2 * node + 1)
        return not (is_split(left) or is_split(right)) and len(left) + len(right) <= BUCKET_BYTES

    def _now(self, node: int) -> bytes:
        row = self.new.get(node)
        if row is None:
            row = self.old.get(node)
        if row is None:
            row = self.old[node] = self._read(node)
        return row


def rows_over(node: int, entries: bytes) -> dict[int, bytes]:
    """The rows of a node and of all beneath it, for its joined ascending entries."""
    edit = BucketEdit(lambda _: b"", {}, {})
    edit.put(node, entries)
    return {at: row for at, row in edit.new.items() if row}


def _bit(hashed: bytes, node: int) -> int:
    """Below which child of a node a key hash lies: 0 left, 1 right. Beneath a bucket 00 00 20 …, bit 19, lies right."""
    level = node.bit_length() - 1
    return hashed[level >> 3] >> (7 - (level & 7)) & 1


def _middle(node: int, entries: bytes) -> int:
    """Where the right half of ascending entries begins, in bytes."""
    starts = range(0, len(entries), ENTRY_BYTES)
    right = bisect_left(starts, 1, key=lambda at: _bit(entries[at : at + HASH_BYTES], node))
    return right * ENTRY_BYTES
