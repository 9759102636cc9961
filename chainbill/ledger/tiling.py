"""Ranges of cents: whether what was made is exactly what was ended.

A range is (lo, hi) with 0 ≤ lo < hi, in minor units of its bill's face. Two sets of ranges, each without overlap, cover
the same cents exactly when their maximal runs are equal.
"""

from __future__ import annotations

from collections.abc import Iterable

Range = tuple[int, int]


def runs(ranges: Iterable[Range]) -> list[Range] | None:
    """The maximal runs that ranges in any order cover, in order; None if two of them overlap.

    (40, 100), (0, 40), (120, 130): (0, 100), (120, 130).
    """
    joined: list[Range] = []
    start = end = -1
    for lo, hi in sorted(ranges):
        if lo < end:
            return None
        if lo == end:
            end = hi
            continue
        if end >= 0:
            joined.append((start, end))
        start, end = lo, hi
    if end >= 0:
        joined.append((start, end))
    return joined


def same_cents(ended: Iterable[Range], made: Iterable[Range]) -> bool:
    """Whether both cover the same cents, each cent once."""
    before, after = runs(ended), runs(made)
    return before is not None and before == after
