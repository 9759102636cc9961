"""What memory the lists, maps and tuples take that are written in a contract, known before it runs.

It is taken with the gas of a straight stretch (see `gas`), before any of it is made; of an `if` that of the larger
branch. Texts, copies and what grows by size are paid for where they are made. Worked: `[1, {"a": 2}]` takes
72 + 2 * 48 + 240 + 48 = 456 bytes.

The field's word: static analysis.
"""

from __future__ import annotations

from collections.abc import Iterable

from chainbill.vm import tree

__all__ = ["HELD", "LIST_ROOM", "TEXT_ROOM", "block_room"]

LIST_ROOM = 72  # bytes of an empty list; of one with items at least
HELD = 48  # of a place in a list or map, with the number that it may hold alone
TEXT_ROOM = 80  # of an empty text; four more for each character
_EMPTY_MAP, _MAP = 80, 240
_TUPLE = 56
_KEY = 40  # of an entry that an assignment may add


def block_room(body: Iterable[tree.Statement]) -> int:
    """Return the bytes that a block takes at most, without what its loops do per turn."""
    return sum(_room(statement) for statement in body)


def _room(node: tree.Node) -> int:
    match node:
        case tree.If():
            return _room(node.test) + max(block_room(node.body), block_room(node.orelse))
        case tree.For():
            return sum(_room(part) for part in node.sequence)
        case tree.Augment():
            return _room(node.value) + 2 * _room(node.target)
    return _own_room(node) + sum(_room(part) for part in tree.children(node))


def _own_room(node: tree.Node) -> int:
    match node:
        case tree.ListOf():
            return LIST_ROOM + HELD * len(node.items)
        case tree.TupleOf():
            return _TUPLE + HELD * len(node.items)
        case tree.MapOf():
            return _MAP + HELD * len(node.keys) if node.keys else _EMPTY_MAP
        case tree.ItemTarget():
            return _KEY
    return 0
