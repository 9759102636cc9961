"""Full-width forms (Ａ１，．：), which Chinese input methods type, as the half-width ones that they stand for.

Only U+FF01 to U+FF5E and the full-width space: a compatibility normalisation (NFKC) would also make 10² into 102.
"""

from __future__ import annotations

HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def half_width(typed: str) -> str:
    """The same text with half-width letters, digits, punctuation and spaces."""
    return typed.translate(HALF)
