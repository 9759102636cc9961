"""Log trees: Merkle trees over a list, shaped as in RFC 9162 section 2.1, with domain-tagged hashes.

Empty: H("log-empty"). Leaf: H("log-leaf", item). Node: H("log-node", left ‖ right); a list of n > 1 items is cut
at the largest power of two below n.
"""

from __future__ import annotations

from collections.abc import Sequence

from chainbill.crypto.hashing import HASH_BYTES, tagged_hash
from chainbill.errors import Malformed, Reason


def leaf_hash(item: bytes) -> bytes:
    """Hash of one item: 32 bytes."""
    return tagged_hash("log-leaf", item)


def root(leaves: Sequence[bytes]) -> bytes:
    """Root over the items in order: 32 bytes."""
    if not leaves:
        return tagged_hash("log-empty")
    level = [leaf_hash(item) for item in leaves]
    while len(level) > 1:
        level = _next_level(level)
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Sibling hashes from the leaf at `index` up to the root. Malformed when there is no such leaf."""
    if not 0 <= index < len(leaves):
        raise Malformed(Reason.PROOF_MALFORMED, f"no item {index} of {len(leaves)}")
    level = [leaf_hash(item) for item in leaves]
    proof = []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        level = _next_level(level)
        index >>= 1
    return proof


def verify_inclusion(root_hash: bytes, leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bool:
    """Is `leaf` the item at `index` of the `size` items under `root_hash`? (RFC 9162, 2.1.3.2)"""
    if not 0 <= index < size or any(len(part) != HASH_BYTES for part in proof):
        return False
    here, last = index, size - 1
    value = leaf_hash(leaf)
    for part in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            value = tagged_hash("log-node", part, value)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            value = tagged_hash("log-node", value, part)
        here >>= 1
        last >>= 1
    return last == 0 and value == root_hash


def _next_level(level: list[bytes]) -> list[bytes]:
    """Pair neighbours; an odd last hash moves up unchanged, which gives the cut of RFC 9162."""
    pairs = [tagged_hash("log-node", level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    if len(level) & 1:
        pairs.append(level[-1])
    return pairs
