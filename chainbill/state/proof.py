"""Proofs of one row, or of its absence, against a state root; checked without any state.

A proof is the entries among which the key would lie, and the sibling hashes from there up to the root: 18, and one more
for each time that the bucket is split on the way to the key. Where it is split the root fixes: entries and halves hash
under different domains, so that no other depth leads to it.

The field's word: membership proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from chainbill.crypto.hashing import HASH_BYTES, tagged_hash
from chainbill.errors import Malformed, Reason
from chainbill.limits import MAX_TREE_DEPTH, TREE_DEPTH
from chainbill.state.buckets import BUCKET_BYTES, ENTRY_BYTES, hash_of_row, key_hash


class StateProof(NamedTuple):
    """`bucket`: up to 32 entries of 64 bytes, sorted; `siblings`: 18 to 256 hashes, that beside the entries first."""

    bucket: bytes
    siblings: tuple[bytes, ...]

    def to_value(self) -> list[Any]:
        """The canonical value: [entries, [sibling, …]]."""
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
        if type(self.bucket) is not bytes or len(self.bucket) % ENTRY_BYTES or len(self.bucket) > BUCKET_BYTES:
            return False
        if not TREE_DEPTH <= len(self.siblings) <= MAX_TREE_DEPTH:
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


def root_of(hashed: bytes, leaf: bytes, siblings: Sequence[bytes]) -> bytes:
    """Fold the hash of the entries with its siblings up to the root; the key hash's bits say on which side it lies."""
    node = leaf
    path = int.from_bytes(hashed, "big") >> 8 * HASH_BYTES - len(siblings)
    for sibling in siblings:
        node = tagged_hash("state-node", sibling, node) if path & 1 else tagged_hash("state-node", node, sibling)
        path >>= 1
    return node


def verify_proof(root: bytes, key: bytes, row_hash: bytes | None, proof: StateProof) -> bool:
    """Does `proof` show that under `root` the row of `key` hashes to `row_hash` (None: that it does not exist)?"""
    if not proof.well_formed() or proof.row_hash_of(key) != row_hash:
        return False
    return root_of(key_hash(key), hash_of_row(proof.bucket), proof.siblings) == root
