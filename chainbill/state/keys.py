"""Row keys: (contract, table, parts) as bytes that sort as the parts do (docs/reference/state-and-proofs.md).

key = contract ‖ 00 ‖ table ‖ 00 ‖ part…; an integer part is 01 ‖ 8 bytes big-endian, a text part is
02 ‖ UTF-8 ‖ 00. So integers sort before texts, and a key that continues another sorts after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

from chainbill.errors import Malformed, Reason
from chainbill.limits import MAX_KEY_BYTES, MAX_KEY_PARTS, MAX_NAME_TEXT
from chainbill.text_rule import check_text

KeyPart: TypeAlias = str | int
Key: TypeAlias = KeyPart | Sequence[KeyPart]

_INTEGER, _TEXT, _END = 0x01, 0x02, 0x00
MAX_INTEGER_PART = 2**63 - 1
_NAME_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


@lru_cache(maxsize=4096)
def table_head(contract: str, table: str) -> bytes:
    """The bytes every key of one table begins with. Malformed: a name that is not [a-z][a-z0-9_]*."""
    for name in (contract, table):
        if not (0 < len(name) <= MAX_NAME_TEXT and name[0].isalpha() and _NAME_LETTERS.issuperset(name)):
            raise Malformed(Reason.STATE_KEY_MALFORMED, f"name {name!r}")
    return f"{contract}\0{table}\0".encode("ascii")


def row_key(contract: str, table: str, key: Key) -> bytes:
    """The bytes of one row's key: one part or a list of 1 to 8 parts. Malformed: also a text that the rule refuses."""
    head = table_head(contract, table)
    if isinstance(key, str):
        encoded = head + _text(key)
    elif isinstance(key, int):
        encoded = head + _integer(key)
    else:
        encoded = head + _parts(key)
        if len(encoded) == len(head):
            raise Malformed(Reason.STATE_KEY_MALFORMED, "a key has at least one part")
    if len(encoded) > MAX_KEY_BYTES:
        raise Malformed(Reason.STATE_KEY_TOO_LONG, f"{len(encoded)} bytes, at most {MAX_KEY_BYTES}")
    return encoded


def table_prefix(contract: str, table: str, leading_parts: Sequence[KeyPart] = ()) -> bytes:
    """What all keys of a table that begin with these whole parts have in common."""
    return table_head(contract, table) + _parts(leading_parts)


def head_of(key: bytes) -> bytes:
    """The table head of an encoded key."""
    return key[: key.index(0, key.index(0) + 1) + 1]


def split_key(encoded: bytes) -> tuple[str, str, list[KeyPart]]:
    """(contract, table, parts) of an encoded key. Malformed unless `row_key` would give the same bytes."""
    try:
        contract, table, rest = encoded.split(b"\0", 2)
        parts = _split_parts(rest)
        names = contract.decode("ascii"), table.decode("ascii")
    except (ValueError, IndexError):
        raise Malformed(Reason.STATE_KEY_MALFORMED, "not an encoded key") from None
    if row_key(*names, parts) != encoded:
        raise Malformed(Reason.STATE_KEY_MALFORMED, "not an encoded key")
    return *names, parts


def _split_parts(rest: bytes) -> list[KeyPart]:
    parts: list[KeyPart] = []
    position = 0
    while position < len(rest):
        tag = rest[position]
        if tag == _INTEGER:
            parts.append(int.from_bytes(rest[position + 1 : position + 9], "big"))
            position += 9
        elif tag == _TEXT:
            end = rest.index(_END, position)
            parts.append(rest[position + 1 : end].decode("utf-8"))
            position = end + 1
        else:
            raise ValueError
    return parts


def _parts(parts: Sequence[KeyPart]) -> bytes:
    if type(parts) not in (list, tuple) or len(parts) > MAX_KEY_PARTS:
        raise Malformed(Reason.STATE_KEY_MALFORMED, f"a key is text, an integer, or up to {MAX_KEY_PARTS} of them")
    return b"".join([_text(part) if isinstance(part, str) else _integer(part) for part in parts])


def _text(part: str) -> bytes:
    """A valid text holds no control but LF and TAB, so its end is always found."""
    if not (part.isascii() and part.isprintable()):
        check_text(part)
    return b"\x02" + part.encode("utf-8") + b"\0"


def _integer(part: object) -> bytes:
    if type(part) is not int or not 0 <= part <= MAX_INTEGER_PART:
        raise Malformed(Reason.STATE_KEY_MALFORMED, "a key part is text or an integer from 0 to 2^63-1")
    return b"\x01" + part.to_bytes(8, "big")
