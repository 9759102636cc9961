"""What a row was at an earlier height.

When the block of height h overwrites or deletes a row, its old stored bytes are kept under (key, h - 1), the last
height at which they were true. A read at H takes the live row if it was written at or before H; else the first kept
row with last_height ≥ H, and that only if it was itself written at or before H; else there was no row.
"""

from __future__ import annotations

from chainbill.state.rows import unpack

_HEIGHT_BYTES = 8


def history_key(key: bytes, last_height: int) -> bytes:
    """Key of a kept row: key ‖ 00 ‖ last height (8 bytes, big-endian); sorts by height within one row."""
    return history_prefix(key) + last_height.to_bytes(_HEIGHT_BYTES, "big")


def history_prefix(key: bytes) -> bytes:
    """What all kept rows of one key begin with."""
    return key + b"\0"


def split_history_key(encoded: bytes) -> tuple[bytes, int]:
    """(row key, last height) of a history key."""
    return encoded[: -_HEIGHT_BYTES - 1], int.from_bytes(encoded[-_HEIGHT_BYTES:], "big")


def read_at(live_raw: bytes | None, first_history_raw: bytes | None, height: int) -> bytes | None:
    """Stored bytes of the row as it was after block `height`, None when there was none.

    live_raw: the row now. first_history_raw: the kept row with the smallest last_height ≥ `height`, if any. Written at
    4 and again at 9: from 9 on it is the live one, from 4 to 8 the one that is kept, and before 4 there was none.
    """
    for raw in (live_raw, first_history_raw):
        if raw is not None and unpack(raw).since <= height:
            return raw
    return None
