"""Types and bounds of single fields, as all formats have them; a boolean is no integer (transactions.md)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from second.refused import must

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_63 = 2**63 - 1
MAX_31 = 2**31 - 1
FORMAT = 2


def integer(value: object, least: int, most: int, reason: str = "shape_wrong") -> int:
    """An integer within its bounds."""
    must(isinstance(value, int) and not isinstance(value, bool), reason, "an integer")
    assert isinstance(value, int)
    must(least <= value <= most, reason, f"{least} to {most}")
    return value


def octets(value: object, length: int | None = 32) -> bytes:
    """Bytes, of this length where one is given."""
    must(isinstance(value, bytes), "shape_wrong", "bytes")
    assert isinstance(value, bytes)
    must(length is None or len(value) == length, "shape_wrong", f"{length} bytes")
    return value


def text(value: object, least: int = 0, most: int = 200) -> str:
    """A text with so many characters."""
    must(isinstance(value, str), "shape_wrong", "a text")
    assert isinstance(value, str)
    must(least <= len(value) <= most, "shape_wrong", f"{least} to {most} characters")
    return value


def items(value: object, count: int | None = None) -> list[object]:
    """A list, of so many items where a number is given."""
    must(isinstance(value, list), "shape_wrong", "a list")
    assert isinstance(value, list)
    must(count is None or len(value) == count, "shape_wrong", f"{count} items")
    return value


def mapping(value: object) -> dict[str, object]:
    """A map."""
    must(isinstance(value, dict), "shape_wrong", "a map")
    assert isinstance(value, dict)
    return value


def ascending(values: Sequence[Any]) -> bool:
    """Whether each value is greater than the one before, so that none stands twice."""
    return all(a < b for a, b in pairwise(values))


def of_format(value: object, count: int) -> list[object]:
    """The fields of a fixed list that leads with the format: first the number, then how many there are."""
    fields = items(value)
    must(fields, "shape_wrong", "an empty list")
    first = fields[0]
    must(isinstance(first, int) and not isinstance(first, bool) and first == FORMAT, "format_version", repr(first))
    return items(fields, count)
