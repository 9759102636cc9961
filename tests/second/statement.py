"""What is signed or committed to outside a transaction. Written from hashing-and-signing.md, "Statements"."""

from __future__ import annotations

from second import ed25519
from second.codec import encode
from second.hashing import tagged
from second.refused import must

PURPOSES = {
    ("party", "application"),
    ("party", "key"),
    ("party", "read-token"),
    ("finance", "bid"),
    ("governance", "seat"),
    ("product", "event"),
}


def content(network: bytes, contract: str, purpose: str, statement: object) -> bytes:
    """canon([1, network, contract, purpose, statement])."""
    must((contract, purpose) in PURPOSES, "purpose_unknown", f"{contract} {purpose}")
    return encode([1, network, contract, purpose, statement])


def statement_hash(network: bytes, contract: str, purpose: str, statement: object) -> bytes:
    """The 32 bytes that are signed, or that a commitment is."""
    return tagged("statement", content(network, contract, purpose, statement))


def signed_by(algorithm: str, key: bytes, hashed: bytes, signature: bytes) -> bool:
    """Whether the key signed; an algorithm other than ed25519 signs nothing."""
    return algorithm == "ed25519" and ed25519.verifies(key, hashed, signature)
