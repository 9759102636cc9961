"""The digest of a protocol version. Written from rules.md, "Protocol versions"."""

from __future__ import annotations

from second.codec import encode
from second.hashing import tagged


def digest(version: int, tables: object, programs: object) -> str:
    """H("protocol", canon([version, tables, programs])), in hexadecimal digits."""
    return tagged("protocol", encode([version, tables, programs])).hex()
