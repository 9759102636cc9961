"""The bytes that name a row. Written from state-and-proofs.md, "Keys" and "As stored"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from second.refused import RefusedError, must
from second.text import check

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
MAX_BYTES = 1_024
MAX_PARTS = 8
MALFORMED = "state_key_malformed"

Part = str | int


def part_bytes(part: Part) -> bytes:
    """01 and an integer, or 02, a text and 00."""
    if isinstance(part, str):
        check(part)  # so it has no NUL
        return b"\x02" + part.encode() + b"\x00"
    must(isinstance(part, int) and not isinstance(part, bool) and 0 <= part < 2**63, MALFORMED, repr(part))
    return b"\x01" + part.to_bytes(8, "big")


def prefix(contract: str, table: str, leading: Sequence[Part] = ()) -> bytes:
    """What all keys of a table begin with that share these leading parts."""
    must(NAME.fullmatch(contract) and NAME.fullmatch(table), MALFORMED, f"{contract}.{table}")
    return contract.encode() + b"\x00" + table.encode() + b"\x00" + b"".join(part_bytes(part) for part in leading)


def row_key(contract: str, table: str, parts: Sequence[Part]) -> bytes:
    """The key of one row."""
    must(1 <= len(parts) <= MAX_PARTS, MALFORMED, "1 to 8 parts")
    key = prefix(contract, table, parts)
    must(len(key) <= MAX_BYTES, "state_key_too_long")
    return key


def history_key(key: bytes, last_height: int) -> bytes:
    """Where the bytes of a row are kept that the block after `last_height` overwrote."""
    return key + b"\x00" + last_height.to_bytes(8, "big")


def read_key(key: bytes) -> tuple[str, str, list[Part]]:
    """Contract, table and parts of a key; every part ends by itself."""
    fields = key.split(b"\x00", 2)
    must(len(fields) == 3, MALFORMED, "no table")
    contract, table, rest = _text(fields[0]), _text(fields[1]), fields[2]
    parts: list[Part] = []
    while rest:
        must(rest[0] in (1, 2), MALFORMED, "an unknown part")
        if rest[0] == 1:
            must(len(rest) >= 9, MALFORMED, "cut short")
            parts.append(int.from_bytes(rest[1:9], "big"))
            rest = rest[9:]
        else:
            text, end, rest = rest[1:].partition(b"\x00")
            must(end, MALFORMED, "cut short")
            parts.append(_text(text))
    must(row_key(contract, table, parts) == key, MALFORMED, key.hex())
    return contract, table, parts


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise RefusedError(MALFORMED, "no UTF-8") from error
