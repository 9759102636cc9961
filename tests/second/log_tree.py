"""Log trees, inclusion and consistency proofs (RFC 9162, 2.1). Written from hashing-and-signing.md, "Log trees"."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def leaf_hash(item: bytes) -> bytes:
    """The hash of one item."""
    return sha256(b"\x00" + item).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two halves."""
    return sha256(b"\x01" + left + right).digest()


def _largest_power_below(n: int) -> int:
    return 1 << ((n - 1).bit_length() - 1)


def root_of_leaves(leaves: Sequence[bytes]) -> bytes:
    """The root over hashes of items."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = _largest_power_below(len(leaves))
    return node_hash(root_of_leaves(leaves[:k]), root_of_leaves(leaves[k:]))


def root(items: Sequence[bytes]) -> bytes:
    """The root over a list of byte strings."""
    return root_of_leaves([leaf_hash(item) for item in items])


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings from a leaf to the root (RFC 9162, 2.1.3.1)."""
    if len(leaves) == 1:
        return []
    k = _largest_power_below(len(leaves))
    if index < k:
        return [*inclusion_proof(leaves[:k], index), root_of_leaves(leaves[k:])]
    return [*inclusion_proof(leaves[k:], index - k), root_of_leaves(leaves[:k])]


def consistency_proof(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """The nodes that show the first items to be the beginning of all (RFC 9162, 2.1.4.1)."""
    return _subproof(leaves, first, known=True)


def _subproof(leaves: Sequence[bytes], first: int, *, known: bool) -> list[bytes]:
    if first == len(leaves):
        return [] if known else [root_of_leaves(leaves)]
    k = _largest_power_below(len(leaves))
    if first <= k:
        return [*_subproof(leaves[:k], first, known=known), root_of_leaves(leaves[k:])]
    return [*_subproof(leaves[k:], first - k, known=False), root_of_leaves(leaves[:k])]


def includes_leaf(root_hash: bytes, leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bool:
    """Whether this leaf is item `index` of `size` under the root."""
    if not 0 <= index < size or any(len(p) != 32 for p in proof):
        return False
    f, s, r = index, size - 1, leaf
    for p in proof:
        if s == 0:
            return False
        if f & 1 or f == s:
            r = node_hash(p, r)
            while f % 2 == 0 and f != 0:
                f, s = f >> 1, s >> 1
        else:
            r = node_hash(r, p)
        f, s = f >> 1, s >> 1
    return s == 0 and r == root_hash


def includes(root_hash: bytes, item: bytes, index: int, size: int, proof: Sequence[bytes]) -> bool:
    """Whether this item is number `index` of `size` under the root."""
    return includes_leaf(root_hash, leaf_hash(item), index, size, proof)


def consistent(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the list of `first` items is the beginning of the list of `second`."""
    if not 0 < first <= second or any(len(p) != 32 for p in proof):
        return False
    if first == second:
        return not proof and first_root == second_root
    hashes = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not hashes:
        return False
    f, s = first - 1, second - 1
    while f & 1:
        f, s = f >> 1, s >> 1
    a = b = hashes[0]
    for p in hashes[1:]:
        if s == 0:
            return False
        if f & 1 or f == s:
            a, b = node_hash(p, a), node_hash(p, b)
            while f % 2 == 0 and f != 0:
                f, s = f >> 1, s >> 1
        else:
            b = node_hash(b, p)
        f, s = f >> 1, s >> 1
    return s == 0 and a == first_root and b == second_root


class Frontier:
    """The full subtrees of a growing log, enough to append and to know the root (light-client.md: the frontier)."""

    def __init__(self) -> None:
        self.peaks: list[tuple[int, bytes]] = []  # (size, root), the largest first

    def append(self, item: bytes) -> None:
        """One item more."""
        self.peaks.append((1, leaf_hash(item)))
        while len(self.peaks) > 1 and self.peaks[-1][0] == self.peaks[-2][0]:
            (size, right), (_, left) = self.peaks.pop(), self.peaks.pop()
            self.peaks.append((2 * size, node_hash(left, right)))

    def root(self) -> bytes:
        """The root over all items, folded from the right."""
        if not self.peaks:
            return sha256(b"").digest()
        found = self.peaks[-1][1]
        for _, peak in reversed(self.peaks[:-1]):
            found = node_hash(peak, found)
        return found
