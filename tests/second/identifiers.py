"""Check characters: USCC, LEI, object ids. Written from encoding.md, "Amounts, rates, dates, identifiers in values"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from second.hashing import tagged

if TYPE_CHECKING:
    from collections.abc import Iterable

USCC = "".join(c for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in "IOSVZ")
CROCKFORD = "".join(c for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in "ILOU")
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def is_uscc(text: str) -> bool:
    """GB 32100-2015: 18 characters, the last of which checks the others."""
    if len(text) != 18 or any(c not in USCC for c in text) or any(c not in "0123456789" for c in text[2:8]):
        return False
    total = sum(USCC.index(c) * pow(3, i, 31) for i, c in enumerate(text[:17]))
    return USCC[(31 - total % 31) % 31] == text[17]


def is_lei(text: str) -> bool:
    """ISO 17442-1: 18 characters and two digits, 1 modulo 97 as a number."""
    if len(text) != 20 or any(c not in ALPHANUMERIC for c in text) or any(c not in "0123456789" for c in text[18:]):
        return False
    return int("".join(str(ALPHANUMERIC.index(c)) for c in text)) % 97 == 1


def check_character(text: str) -> str:
    """ISO/IEC 7064 MOD 37,36."""
    p = 36
    for c in text:
        s = (p + ALPHANUMERIC.index(c)) % 36 or 36
        p = 2 * s % 37
    return ALPHANUMERIC[(37 - p) % 36]


def object_id(kind: str, seed: bytes) -> str:
    """A capital letter, the first 80 bits of the hashed seed in Crockford's base 32, a check character."""
    number = int.from_bytes(tagged("object-id", seed)[:10], "big")
    body = kind + "".join(CROCKFORD[number >> shift & 31] for shift in range(75, -1, -5))
    return body + check_character(body)


def object_ids(kinds: Iterable[str], transaction_id: bytes) -> list[str]:
    """The ids of the objects that one transaction makes, numbered from 1."""
    return [object_id(kind, transaction_id + n.to_bytes(4, "big")) for n, kind in enumerate(kinds, 1)]
