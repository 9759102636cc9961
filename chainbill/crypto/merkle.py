"""Log trees: the Merkle trees of RFC 9162 section 2.1 over a list, hash for hash, with its two kinds of proof.

Empty: SHA-256(""). Leaf: SHA-256(00 ‖ item). Node: SHA-256(01 ‖ left ‖ right); a list of n > 1 items is cut at the
largest power of two below n. A root alone says nothing about how many items there are: whoever commits to a list
commits to its size beside the root. No hash of this program's own begins with 00 or 01: `hashing` begins with a length
of 2 to 64.

Proofs are made from a function `node(level, index)`, the root of the full subtree over the 2^level items from
index · 2^level on, so that a store which keeps these nodes answers in O(log n) reads.

The field's word: transparency log.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from chainbill.crypto.hashing import HASH_BYTES
from chainbill.errors import Malformed, Reason

EMPTY_ROOT = sha256(b"").digest()
Node = Callable[[int, int], bytes]


def leaf_hash(item: bytes) -> bytes:
    """Hash of one item: 32 bytes."""
    return sha256(b"\0" + item).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash over two subtrees: 32 bytes."""
    return sha256(b"\1" + left + right).digest()


def root(items: Sequence[bytes]) -> bytes:
    """Root over the items in order: 32 bytes."""
    if not items:
        return EMPTY_ROOT
    level = [leaf_hash(item) for item in items]
    while len(level) > 1:
        pairs = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        if len(level) & 1:  # an odd last hash moves up unchanged, which gives the cut of RFC 9162
            pairs.append(level[-1])
        level = pairs
    return level[0]


# --- proofs -----------------------------------------------------------------------------------------------------------
def inclusion_proof(node: Node, index: int, size: int) -> list[bytes]:
    """Sibling hashes from the leaf at `index` up to the root of the first `size` items (RFC 9162, 2.1.3.1).

    Malformed when there is no such leaf. Example: item 2 of 7 has the proof [leaf 3, node(0, 1), node(4, 5, 6)].
    """
    if not 0 <= index < size:
        raise Malformed(Reason.PROOF_MALFORMED, f"no item {index} of {size}")
    return _path(node, index, 0, size)


def consistency_proof(node: Node, first: int, second: int) -> list[bytes]:
    """Hashes that show that the tree of `first` items is the beginning of that of `second` (RFC 9162, 2.1.4.1).

    Malformed unless 0 < first ≤ second. Example: from 3 to 7 it is [leaf 2, leaf 3, node(0, 1), node(4, 5, 6)].
    """
    if not 0 < first <= second:
        raise Malformed(Reason.PROOF_MALFORMED, f"no proof from {first} to {second} items")
    return _subproof(node, first, 0, second, whole=True)


def verify_inclusion(root_hash: bytes, item: bytes, index: int, size: int, proof: Sequence[bytes]) -> bool:
    """Is `item` the one at `index` of the `size` items under `root_hash`? (RFC 9162, 2.1.3.2)"""
    if not 0 <= index < size or any(len(part) != HASH_BYTES for part in proof):
        return False
    here, last = index, size - 1
    value = leaf_hash(item)
    for part in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            value = node_hash(part, value)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            value = node_hash(value, part)
        here >>= 1
        last >>= 1
    return last == 0 and value == root_hash


def verify_consistency(first_root: bytes, first: int, second_root: bytes, second: int, proof: Sequence[bytes]) -> bool:
    """Are the `first` items under `first_root` the first ones of the `second` under `second_root`? (2.1.4.2)"""
    if not 0 < first <= second or any(len(part) != HASH_BYTES for part in proof):
        return False
    if first == second:
        return not proof and first_root == second_root
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    here, last = first - 1, second - 1
    while here & 1:
        here >>= 1
        last >>= 1
    old = new = path[0]
    for part in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(part, old), node_hash(part, new)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            new = node_hash(new, part)
        here >>= 1
        last >>= 1
    return last == 0 and old == first_root and new == second_root


# --- a log that grows -------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Frontier:
    """What must be kept of a log to append to it: its size, and the roots of its full subtrees, largest first.

    There is one subtree for each 1 in the binary form of the size. Example: 6 = 110 items: roots over 4 and over 2.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count() or any(len(p) != HASH_BYTES for p in self.peaks):
            raise Malformed(Reason.PROOF_MALFORMED, f"a log of {self.size} items has other subtrees")

    def append(self, item: bytes) -> Frontier:
        """The log with one more item."""
        return self._grown(self.completed(item))

    def completed(self, item: bytes) -> list[bytes]:
        """The full subtrees that `item` completes, by level from 0 on; that of level n has index size >> n.

        A fourth item completes its leaf, a subtree of two and one of four.
        """
        done = [leaf_hash(item)]
        for level in range((self.size ^ (self.size + 1)).bit_length() - 1):
            done.append(node_hash(self.peaks[-1 - level], done[-1]))
        return done

    def _grown(self, completed: Sequence[bytes]) -> Frontier:
        kept = len(self.peaks) - (len(completed) - 1)
        return Frontier(self.size + 1, (*self.peaks[:kept], completed[-1]))

    def root(self) -> bytes:
        """The root over all items."""
        if not self.peaks:
            return EMPTY_ROOT
        value = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            value = node_hash(peak, value)
        return value


def _cut(size: int) -> int:
    """The largest power of two below `size`, which is above 1: 4 of 5 to 8."""
    return 1 << ((size - 1).bit_length() - 1)


def _subtree(node: Node, start: int, end: int) -> bytes:
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, start >> level)
    middle = start + _cut(size)
    return node_hash(_subtree(node, start, middle), _subtree(node, middle, end))


def _path(node: Node, index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _cut(end - start)
    if index < middle:
        return [*_path(node, index, start, middle), _subtree(node, middle, end)]
    return [*_path(node, index, middle, end), _subtree(node, start, middle)]


def _subproof(node: Node, first: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    """`first`: where the older log ends; `whole`: the older log began at `start` and its root is known."""
    if first == end:
        return [] if whole else [_subtree(node, start, end)]
    middle = start + _cut(end - start)
    if first <= middle:
        return [*_subproof(node, first, start, middle, whole=whole), _subtree(node, middle, end)]
    return [*_subproof(node, first, middle, end, whole=False), _subtree(node, start, middle)]
