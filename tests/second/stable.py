"""Digests that tell whether a library of Unicode tables will do. Written from vectors/README.md, "text.json"."""

from __future__ import annotations

import unicodedata
from hashlib import sha256
from typing import TYPE_CHECKING

from second.text import upper
from second.unicode_14 import code_points

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST_JAMO = {0x1100, 0x1112, 0xAC00, 0xAC01, 0xD788}
SECOND_JAMO = {0x1161, 0x1175, 0x1176, 0x11A7, 0x11A8, 0x11C2, 0x11C3}
UNSEEN = ("Cc", "Cf", "Zl", "Zp", "Zs")


def digest(lines: Iterable[str]) -> str:
    """SHA-256 over lines with a line feed behind each."""
    return sha256("".join(line + "\n" for line in lines).encode()).hexdigest()


def pairs(points: list[str]) -> Iterable[str]:
    """Every first before every second code point of a canonical decomposition of two, and the ends of the jamo."""
    split = [unicodedata.decomposition(c).split() for c in points]
    two = [(int(a, 16), int(b, 16)) for a, b in (one for one in split if len(one) == 2) if not a.startswith("<")]
    firsts = sorted({first for first, _ in two} | FIRST_JAMO)
    seconds = sorted({second for _, second in two} | SECOND_JAMO)
    return (chr(first) + chr(second) for first in firsts for second in seconds)


def stable_digests() -> dict[str, object]:
    """What this interpreter's tables give over all allowed code points."""
    points = [chr(point) for point in code_points()]
    category = {c: unicodedata.category(c) for c in points}
    return {
        "code_points": len(points),
        "nfc": digest(unicodedata.normalize("NFC", c) for c in points),
        "nfd": digest(unicodedata.normalize("NFD", c) for c in points),
        "nfkc": digest(unicodedata.normalize("NFKC", c) for c in points),
        "nfc_of_pairs": digest(unicodedata.normalize("NFC", pair) for pair in pairs(points)),
        "combining_class": digest(str(unicodedata.combining(c)) for c in points),
        "upper_case": digest(upper(c) for c in points),
        "letters": digest(c for c in points if category[c][0] == "L"),
        "marks": digest(c for c in points if category[c][0] == "M"),
        "decimal_digits": digest(f"{c} {unicodedata.digit(c)}" for c in points if category[c] == "Nd"),
        "unseen": digest(c for c in points if category[c] in UNSEEN),
    }
