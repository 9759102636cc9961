"""H(domain, parts): SHA-256 over the domain's length, its name and the joined parts."""

from __future__ import annotations

from typing import Any

from chainbill.crypto.hashing import tagged_hash

CASES: list[tuple[str, list[bytes]]] = [
    ("row", []),
    ("row", [b""]),
    ("row", [b"\xc0"]),
    ("abc", [b"d"]),
    ("ab", [b"cd"]),
    ("state-node", [bytes(32), b"\xff" * 32]),
    ("tx-body", [bytes(range(256))]),
    ("x" * 64, [b"the longest domain"]),
]


def make() -> dict[str, Any]:
    return {
        "hashes": [
            {"domain": domain, "parts": [part.hex() for part in parts], "hash": tagged_hash(domain, *parts).hex()}
            for domain, parts in CASES
        ]
    }
