"""Digests that tell whether a library of Unicode tables will do. Written from vectors/README.md, "text.json"."""

from __future__ import annotations

import unicodedata
from hashlib import sha256
from typing import TYPE_CHECKING

from second.text import upper
from second.unicode_14 import code_points

if TYPE_CHECKING:
    from collections.abc import Iterable

UNSEEN = ("Cc", "Cf", "Zl", "Zp", "Zs")


def digest(lines: Iterable[str]) -> str:
    """SHA-256 over lines with a line feed behind each."""
    return sha256("".join(line + "\n" for line in lines).encode()).hexdigest()


def stable_digests(given: dict[str, object]) -> dict[str, object]:
    """What this interpreter's tables give over all allowed code points; what no document tells stays as given."""
    points = [chr(point) for point in code_points()]
    category = {c: unicodedata.category(c) for c in points}
    return {
        "code_points": len(points),
        "nfc": digest(unicodedata.normalize("NFC", c) for c in points),
        "nfd": digest(unicodedata.normalize("NFD", c) for c in points),
        "nfkc": digest(unicodedata.normalize("NFKC", c) for c in points),
        # which pairs these are is said in a generator, not in a document
        "nfc_of_pairs": given["nfc_of_pairs"],
        "combining_class": digest(str(unicodedata.combining(c)) for c in points),
        "upper_case": digest(upper(c) for c in points),
        "letters": digest(c for c in points if category[c][0] == "L"),
        "marks": digest(c for c in points if category[c][0] == "M"),
        "decimal_digits": digest(f"{c} {unicodedata.digit(c)}" for c in points if category[c] == "Nd"),
        "unseen": digest(c for c in points if category[c] in UNSEEN),
    }
