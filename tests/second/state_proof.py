"""Proof that a row is in the state, or that there is none. Written from state-and-proofs.md, "Proofs"."""

from __future__ import annotations

from second.hashing import tagged
from second.refused import must
from second.shapes import ascending
from second.state_tree import BUCKET_ENTRIES, DEPTH, bit, key_hash

MALFORMED = "proof_malformed"
ENTRY = 64


def read(value: object) -> tuple[bytes, list[bytes]]:
    """The entries and the siblings of a proof; another shape is refused before anything is hashed."""
    must(isinstance(value, list) and len(value) == 2, MALFORMED)
    assert isinstance(value, list)
    entries, siblings = value
    must(isinstance(entries, bytes) and len(entries) % ENTRY == 0, MALFORMED, "entries of 64 bytes")
    must(len(entries) <= BUCKET_ENTRIES * ENTRY, MALFORMED, "at most 32 entries")
    keys = [entries[at : at + 32] for at in range(0, len(entries), ENTRY)]
    must(ascending(keys), MALFORMED, "entries ascend")
    must(isinstance(siblings, list) and DEPTH <= len(siblings) <= 256, MALFORMED, "18 to 256 siblings")
    must(all(isinstance(s, bytes) and len(s) == 32 for s in siblings), MALFORMED, "siblings of 32 bytes")
    return entries, siblings


def holds(root: bytes, key: bytes, row_hash: bytes | None, proof: object) -> bool:
    """Whether under the root the key's row has this hash, or (None) there is no row."""
    entries, siblings = read(proof)
    hashed = key_hash(key)
    found = {entries[at : at + 32]: entries[at + 32 : at + ENTRY] for at in range(0, len(entries), ENTRY)}
    if found.get(hashed) != row_hash:
        return False
    node = tagged("state-leaf", entries)
    for level, sibling in zip(range(len(siblings), 0, -1), siblings, strict=True):
        node = tagged("state-node", *((sibling, node) if bit(hashed, level - 1) else (node, sibling)))
    return node == root
