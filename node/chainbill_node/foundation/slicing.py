"""Cooperative batching: long lists in pieces; each is done in one go, and others have their turn in between.

The field's word: cooperative multitasking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def slices(items: Iterable[Item], size_of: Callable[[Item], int], most: int, most_bytes: int) -> Iterator[list[Item]]:
    """The items in order, in pieces of at most `most` items and `most_bytes` bytes, but of one item at least."""
    piece: list[Item] = []
    size = 0
    for item in items:
        of_item = size_of(item)
        if piece and (len(piece) == most or size + of_item > most_bytes):
            yield piece
            piece, size = [], 0
        piece.append(item)
        size += of_item
    if piece:
        yield piece
