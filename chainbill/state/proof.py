"""Proofs of one row, or of its absence, against a state root; checked without any state.

A proof is the bucket row in which the key would lie, and the 18 sibling hashes from the leaf up to the root.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from chainbill.crypto.hashing import HASH_BYTES, tagged_hash
from chainbill.errors import Malformed, Reason
from chainbill.limits import TREE_DEPTH

ENTRY_BYTES = 2 * HASH_BYTES


class StateProof(NamedTuple):
    """`bucket`: entries of 64 bytes, sorted; `siblings`: 18 hashes, leaf level first."""

    bucket: bytes
    siblings: tuple[bytes, ...]

    def to_value(self) -> list[Any]:
        """The canonical value: [bucket row, [sibling, …]]."""
        return [self.bucket, list(self.siblings)]

    @classmethod
    def from_value(cls, value: object) -> StateProof:
        """Read `to_value`. Malformed: another shape."""
        if not (isinstance(value, list) and len(value) == 2 and isinstance(value[1], list)):
            raise Malformed(Reason.PROOF_MALFORMED, "a state proof is [bucket, siblings]")
        proof = cls(value[0], tuple(value[1]))
        if not proof.well_formed():
            raise Malformed(Reason.PROOF_MALFORMED, "bucket or siblings of a state proof")
        return proof

    def well_formed(self) -> bool:
        """Types, lengths, and entries strictly ascending by key hash."""
        if type(self.bucket) is not bytes or len(self.bucket) % ENTRY_BYTES or len(self.siblings) != TREE_DEPTH:
            return False
        if any(type(sibling) is not bytes or len(sibling) != HASH_BYTES for sibling in self.siblings):
            return False
        keys = [self.bucket[at : at + HASH_BYTES] for at in range(0, len(self.bucket), ENTRY_BYTES)]
        return all(left < right for left, right in pairwise(keys))

    def row_hash_of(self, key: bytes) -> bytes | None:
        """What this proof says the row hash of `key` is; None: there is no such row."""
        hashed = key_hash(key)
        for at in range(0, len(self.bucket), ENTRY_BYTES):
            if self.bucket[at : at + HASH_BYTES] == hashed:
                return self.bucket[at + HASH_BYTES : at + ENTRY_BYTES]
        return None


def edit_bucket(bucket: bytes, hashed: bytes, row_hash: bytes | None) -> bytes:
    """A bucket row with the entry of one key hash put or (None) removed."""
    at = bucket.find(hashed)
    while at > 0 and at % ENTRY_BYTES:
        at = bucket.find(hashed, at + 1)
    if at >= 0:
        replaced = b"" if row_hash is None else hashed + row_hash
        return bucket[:at] + replaced + bucket[at + ENTRY_BYTES :]
    if row_hash is None:
        return bucket
    low, high = 0, len(bucket) // ENTRY_BYTES
    while low < high:
        middle = (low + high) // 2
        if bucket[middle * ENTRY_BYTES : middle * ENTRY_BYTES + HASH_BYTES] < hashed:
            low = middle + 1
        else:
            high = middle
    at = low * ENTRY_BYTES
    return bucket[:at] + hashed + row_hash + bucket[at:]


def key_hash(key: bytes) -> bytes:
    """H("state-key", key): 32 bytes."""
    return tagged_hash("state-key", key)


def bucket_index(hashed: bytes) -> int:
    """The first 18 bits of a key hash."""
    return int.from_bytes(hashed[:4], "big") >> (32 - TREE_DEPTH)


def leaf_hash(bucket: bytes) -> bytes:
    """H("state-leaf", bucket row): 32 bytes."""
    return tagged_hash("state-leaf", bucket)


def root_of(index: int, leaf: bytes, siblings: Sequence[bytes]) -> bytes:
    """Fold a leaf with its siblings up to the root."""
    node = leaf
    for sibling in siblings:
        node = tagged_hash("state-node", sibling, node) if index & 1 else tagged_hash("state-node", node, sibling)
        index >>= 1
    return node


def verify_proof(root: bytes, key: bytes, row_hash: bytes | None, proof: StateProof) -> bool:
    """Does `proof` show that under `root` the row of `key` hashes to `row_hash` (None: that it does not exist)?"""
    if not proof.well_formed() or proof.row_hash_of(key) != row_hash:
        return False
    return root_of(bucket_index(key_hash(key)), leaf_hash(proof.bucket), proof.siblings) == root
