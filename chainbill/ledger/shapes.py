"""Shape checks for decoded values: every format of this package is read through these functions.

They take a value that the codec has decoded and give it back with its type known, or raise `Malformed`
with reason `shape_wrong` and the name of the field. They bound sizes; meanings are checked by the callers.
"""

from __future__ import annotations

from typing import Any

from chainbill.errors import Malformed, Reason
from chainbill.limits import FORMAT

MAX_INT = 2**63 - 1


def bad_shape(what: str, wanted: str) -> Malformed:
    """The error for a field that is not what its format says."""
    return Malformed(Reason.SHAPE_WRONG, f"{what} must be {wanted}")


def as_format(value: Any, what: str, *, length: int) -> list[Any]:
    """A list of `length` that begins with this ledger's format number, 2.

    Lists of format 1 began with 1 or with no number at all: whatever begins otherwise was made for another format.
    """
    return as_list(check_format(value, what), what, length=length)


def check_format(value: Any, what: str) -> list[Any]:
    """A list of any length that begins with this ledger's format number; Malformed as `as_format` has it."""
    if type(value) is not list or not value:
        raise bad_shape(what, f"a list that begins with {FORMAT}")
    if type(value[0]) is not int or value[0] != FORMAT:
        made_for = value[0] if type(value[0]) is int and value[0] > FORMAT else 1
        detail = f"{what} was made for format {made_for}, this ledger reads format {FORMAT}"
        raise Malformed(Reason.FORMAT_VERSION, detail, made_for=made_for, reads=FORMAT)
    return value


def as_list(value: Any, what: str, *, length: int | None = None, at_most: int | None = None) -> list[Any]:
    """A list, of exactly `length` or of at most `at_most` entries."""
    if type(value) is not list:
        raise bad_shape(what, "a list")
    if length is not None and len(value) != length:
        raise bad_shape(what, f"a list of {length}")
    if at_most is not None and len(value) > at_most:
        raise bad_shape(what, f"a list of at most {at_most}")
    return value


def as_map(value: Any, what: str) -> dict[str, Any]:
    """A map with text keys (the codec has checked the keys)."""
    if type(value) is not dict:
        raise bad_shape(what, "a map")
    return value


def as_bytes(value: Any, what: str, *, length: int | None = None, at_most: int | None = None) -> bytes:
    """Bytes, of exactly `length` or of at most `at_most`."""
    if type(value) is not bytes:
        raise bad_shape(what, "bytes")
    if length is not None and len(value) != length:
        raise bad_shape(what, f"{length} bytes")
    if at_most is not None and len(value) > at_most:
        raise bad_shape(what, f"at most {at_most} bytes")
    return value


def as_text(value: Any, what: str, *, at_most: int = 200, at_least: int = 0) -> str:
    """Text of `at_least` to `at_most` characters."""
    if type(value) is not str or not at_least <= len(value) <= at_most:
        raise bad_shape(what, f"text of {at_least} to {at_most} characters")
    return value


def as_int(value: Any, what: str, *, low: int = 0, high: int = MAX_INT) -> int:
    """An integer (a bool is none) within [low, high]."""
    if type(value) is not int or not low <= value <= high:
        raise bad_shape(what, f"an integer from {low} to {high}")
    return value
