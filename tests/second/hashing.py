"""H(domain, part…), one hash function with a name for every use. Written from hashing-and-signing.md."""

from __future__ import annotations

from hashlib import sha256


def tagged(domain: str, *parts: bytes) -> bytes:
    """SHA-256 over the domain's length, the domain and the parts, which are joined without framing."""
    name = domain.encode("ascii")
    if not 2 <= len(name) <= 64:
        raise ValueError("a domain has 2 to 64 characters")
    return sha256(bytes([len(name)]) + name + b"".join(parts)).digest()
