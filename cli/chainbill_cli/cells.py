"""How many cells of a terminal a text takes (Unicode Standard Annex 11)."""

from __future__ import annotations

from unicodedata import category, east_asian_width

NOTHING = frozenset({"Mn", "Me", "Cf"})
"""Categories of characters that stand on the one before them, or show nothing."""


def cell_len(text: str) -> int:
    """Cells of a text without line ends: two for a wide or fullwidth character, none for a combining one, else one.

    Characters of ambiguous width (…, ─, →) count as one, as terminals show them unless they are told otherwise.
    """
    if text.isascii():
        return len(text)
    return sum(0 if category(one) in NOTHING else 2 if east_asian_width(one) in "WF" else 1 for one in text)
