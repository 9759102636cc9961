"""Values that leave a contract or enter it: stored rows, events, arguments, results.

Such a value is None, bool, int (-2**63 .. 2**64-1), NFC text, bytes, list, or map with text keys. Crossing the border
always copies it, so that two sides never share a list; tuples become lists, as the canonical codec has only lists.
"""

from __future__ import annotations

from typing import Any, TypeAlias
from unicodedata import is_normalized

from chainbill.vm.bounds import (
    INT_BOUND,
    MAX_ITEMS,
    MAX_TEXT,
    MAX_VALUE_BYTES,
    MAX_VALUE_DEPTH,
    STORED_INT_MAX,
    STORED_INT_MIN,
)
from chainbill.vm.errors import ContractFault

__all__ = ["FrozenList", "FrozenMap", "Value", "copy_in", "copy_out", "fault", "freeze", "kind_of"]

Value: TypeAlias = Any  # None | bool | int | str | bytes | list[Value] | dict[str, Value], checked at run time
_FIXED = frozenset((bool, int, str, bytes, type(None)))


def fault(code: str, detail: str) -> ContractFault:
    """Return (not raise) the fault of contract code; the machine adds contract, function and line."""
    return ContractFault(code, detail)


class FrozenList(list[Any]):
    """A list that is a module constant: read it, copy it, never change it."""

    __slots__ = ()

    def _refuse(self, *_: object) -> Any:
        raise fault("constant_changed", "a module constant cannot be changed; copy it first")

    __setitem__ = __delitem__ = __iadd__ = __imul__ = append = extend = insert = _refuse  # type: ignore[assignment]


class FrozenMap(dict[str, Any]):
    """A map that is a module constant."""

    __slots__ = ()

    def _refuse(self, *_: object) -> Any:
        raise fault("constant_changed", "a module constant cannot be changed; copy it first")

    __setitem__ = __delitem__ = __ior__ = update = _refuse  # type: ignore[assignment]


def freeze(value: Value) -> Value:
    """Return `value` with every list and map in it made constant."""
    if isinstance(value, list):
        return FrozenList(freeze(item) for item in value)
    if isinstance(value, tuple):
        return tuple(freeze(item) for item in value)
    if isinstance(value, dict):
        return FrozenMap((key, freeze(item)) for key, item in value.items())
    return value


def kind_of(value: Value) -> str:
    """Return "int", "text", "bytes", "bool", "list", "map" or "none"."""
    if isinstance(value, (list, tuple)):
        return "list"
    if isinstance(value, dict):
        return "map"
    name = {bool: "bool", int: "int", str: "text", bytes: "bytes", type(None): "none"}.get(type(value))
    if name is None:
        raise fault("not_a_value", f"{type(value).__name__} is not a value of the language")
    return name


def _text_size(text: str) -> int:
    if text.isascii():
        return len(text) + 2
    if not is_normalized("NFC", text):
        raise fault("text_not_nfc", "text that leaves a contract must be in Unicode normal form C")
    try:
        return len(text.encode()) + 2
    except UnicodeEncodeError:
        raise fault("text_not_unicode", "text holds half of a surrogate pair") from None


def _scalar_size(value: Value) -> int:
    kind = type(value)
    if kind is int:
        if not STORED_INT_MIN <= value <= STORED_INT_MAX:
            raise fault("number_not_storable", "a number that leaves a contract must be in -2**63 .. 2**64-1")
        return 9
    if kind is str:
        return _text_size(value)
    if kind is bytes:
        return len(value) + 2
    if value is None or kind is bool:
        return 1
    raise fault("not_a_value", f"{kind.__name__} is not a value of the language")


def copy_in(value: Value, depth: int = 0) -> tuple[Value, int]:
    """Copy a value that leaves a contract and check that it can be written; returns it with its size in bytes."""
    if type(value) in _FIXED:
        return value, _scalar_size(value)
    if depth >= MAX_VALUE_DEPTH:
        raise fault("value_too_deep", f"lists and maps nest deeper than {MAX_VALUE_DEPTH}")
    size = 4
    if isinstance(value, dict):
        fields: dict[str, Value] = {}
        for key, item in value.items():
            if type(key) is not str:
                raise fault("key_not_text", "the keys of a map are text")
            fields[key], used = copy_in(item, depth + 1)
            size += used + _text_size(key)
            if size > MAX_VALUE_BYTES:
                raise fault("value_too_large", f"a value is larger than {MAX_VALUE_BYTES} bytes")
        return fields, size
    if isinstance(value, (list, tuple)):
        items: list[Value] = []
        for item in value:
            copied, used = copy_in(item, depth + 1)
            items.append(copied)
            size += used
            if size > MAX_VALUE_BYTES:
                raise fault("value_too_large", f"a value is larger than {MAX_VALUE_BYTES} bytes")
        return items, size
    raise fault("not_a_value", f"{type(value).__name__} is not a value of the language")


def copy_out(value: Value) -> Value:
    """Copy a stored value that enters a contract. It was checked when it was written."""
    kind = type(value)
    if kind is dict:
        fields = value.copy()
        for key, item in value.items():
            if type(item) is dict or type(item) is list:
                fields[key] = copy_out(item)
        return fields
    if kind is list:
        return [copy_out(item) if type(item) is dict or type(item) is list else item for item in value]
    if kind is tuple:
        return [copy_out(item) for item in value]
    return value


def in_bounds(value: Value) -> bool:
    """Say whether a single value keeps the limits of values made inside a contract."""
    kind = type(value)
    if kind is int:
        return bool(-INT_BOUND < value < INT_BOUND)
    if kind is str or kind is bytes:
        return len(value) <= MAX_TEXT
    if isinstance(value, (list, tuple, dict)):
        return len(value) <= MAX_ITEMS
    return True
