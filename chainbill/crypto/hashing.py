"""Domain-separated SHA-256 (docs/reference/hashing-and-signing.md).

H(domain, part…) = SHA-256(length of domain as one byte ‖ domain ‖ parts). Parts are joined without framing:
a caller with several parts of variable length frames them itself, mostly with the canonical codec.

The field's word: domain separation.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from chainbill.errors import InternalFault, Reason

HASH_BYTES = 32


@lru_cache(maxsize=256)
def domain_prefix(domain: str) -> bytes:
    """The bytes that begin every hash of `domain`: its length and its ASCII name, 2 to 64 characters.

    A name of one character would begin like an inner node of a log tree (01, RFC 9162), which has no domain.
    """
    name = domain.encode("ascii")
    if not 2 <= len(name) <= 64:
        raise InternalFault(Reason.SHAPE_WRONG, f"hash domain {domain!r}")
    return bytes([len(name)]) + name


def tagged_hash(domain: str, *parts: bytes) -> bytes:
    """SHA-256 over the domain's prefix and the concatenated parts: 32 bytes."""
    return sha256(b"".join((domain_prefix(domain), *parts))).digest()
