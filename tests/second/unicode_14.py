"""The code points that a text may hold. Written from encoding.md, "Texts": the table is that of text.json."""

from __future__ import annotations

import json
import unicodedata
from bisect import bisect_right
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent.parent / "vectors" / "text.json"
LAST = 0x10FFFF
TAB, LINE_FEED = 0x09, 0x0A
BIDI = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
UNSEEN = {
    0x115F, 0x1160, 0x17B4, 0x17B5, 0x2028, 0x2029, *range(0x2061, 0x2065), *range(0x206A, 0x2070), 0x3164, 0xFEFF,
    0xFFA0, *range(0xFFF9, 0xFFFC), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B),
    0xE0001, *range(0xE0020, 0xE0080),
}  # fmt: skip


@cache
def ranges() -> tuple[tuple[int, int], ...]:
    """The allowed code points, as ascending [first, last]."""
    return tuple((first, last) for first, last in json.loads(TABLE.read_text("utf-8"))["allowed"])


@cache
def _firsts() -> list[int]:
    return [first for first, _ in ranges()]


def code_points() -> list[int]:
    """All that are allowed, ascending."""
    return [point for first, last in ranges() for point in range(first, last + 1)]


def allowed(point: int) -> bool:
    """Whether a text may hold this code point."""
    place = bisect_right(_firsts(), point) - 1
    return place >= 0 and point <= ranges()[place][1]


def is_control(point: int) -> bool:
    """Cc but TAB and LF."""
    return (point < 0x20 and point not in (TAB, LINE_FEED)) or 0x7F <= point <= 0x9F


def problem(point: int) -> str:
    """Why a code point is not allowed; "" where it is."""
    if allowed(point):
        return ""
    if 0xD800 <= point <= 0xDFFF:
        return "codec_text_not_unicode"
    if is_control(point):
        return "codec_text_control"
    if point in BIDI:
        return "codec_text_bidi"
    return "codec_text_unseen" if point in UNSEEN else "codec_text_not_assigned"


def derived() -> list[int]:
    """What the platform's categories leave of the table of exclusions; those of 14.0 leave exactly the table."""
    left_out = ("Cs", "Cc", "Cn", "Co")
    found = [p for p in range(LAST + 1) if p not in BIDI | UNSEEN and unicodedata.category(chr(p)) not in left_out]
    return sorted([*found, TAB, LINE_FEED])
