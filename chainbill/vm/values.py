"""Values that leave a contract or enter it: stored rows, events, arguments, results.

Such a value is None, bool, int (-2**63 .. 2**64-1), NFC text, bytes, list, or map with text keys. Crossing the border
always copies it, so that two sides never share a list; tuples become lists, as the canonical codec has only lists.
"""

from __future__ import annotations

from typing import Any, TypeAlias
from unicodedata import is_normalized

from chainbill.vm.bounds import (
    MAX_VALUE_BYTES,
    MAX_VALUE_DEPTH,
    STORED_INT_MAX,
    STORED_INT_MIN,
)
from chainbill.vm.errors import ContractFault

__all__ = [
    "SCALARS",
    "FrozenList",
    "FrozenMap",
    "Value",
    "copy_counted",
    "copy_in",
    "fault",
    "freeze",
    "hand_over",
    "kind_of",
]

Value: TypeAlias = Any  # None | bool | int | str | bytes | list[Value] | dict[str, Value], checked at run time
SCALARS = frozenset((bool, int, str, bytes, type(None)))
_CONTAINER_NODES = 4  # a list or map costs as much to copy as this many scalars
_KNOWN_KEYS = 4096
_key_sizes: dict[str, int] = {}  # a cache: what is in it changes no answer


def fault(code: str, detail: str) -> ContractFault:
    """Return (not raise) the fault of contract code; the machine adds contract, function and line."""
    return ContractFault(code, detail)


class FrozenList(list[Any]):
    """A list that is a module constant: read it, copy it, never change it."""

    __slots__ = ()

    def _refuse(self, *_: object) -> Any:
        raise fault("constant_changed", "a module constant cannot be changed; copy it first")

    __setitem__ = __delitem__ = __iadd__ = __imul__ = append = extend = insert = _refuse


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
        return len(text) + 5
    if not is_normalized("NFC", text):
        raise fault("text_not_nfc", "text that leaves a contract must be in Unicode normal form C")
    try:
        return len(text.encode()) + 5
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
        return len(value) + 5
    if value is None or kind is bool:
        return 1
    raise fault("not_a_value", f"{kind.__name__} is not a value of the language")


def copy_in(value: Value) -> tuple[Value, int]:
    """Copy a value that leaves a contract and check that it can be written; returns it with its size in bytes.

    The size is at least that of the canonical encoding. Of several faults in one value the one that is raised does not
    depend on the order in which its maps were filled.
    """
    if type(value) in SCALARS:
        return value, _scalar_size(value)
    try:
        return _copy(value, 0)
    except ContractFault:
        _check_in_order(value, 0)
        raise


def _check_in_order(value: Value, depth: int) -> int:
    """Raise the first fault of a value whose maps are gone through in the order of their keys; return the size."""
    if type(value) in SCALARS:
        return _scalar_size(value)
    if depth >= MAX_VALUE_DEPTH or not isinstance(value, (dict, list, tuple)):
        return _copy(value, depth)[1]
    size = 5
    if isinstance(value, dict):
        if any(type(key) is not str for key in value):
            raise fault("key_not_text", "the keys of a map are text")
        for key in sorted(value):
            size += _text_size(key) + _check_in_order(value[key], depth + 1)
            _check_size(size)
        return size
    for item in value:
        size += _check_in_order(item, depth + 1)
        _check_size(size)
    return size


def _copy(value: Value, depth: int) -> tuple[Value, int]:
    if depth >= MAX_VALUE_DEPTH:
        raise fault("value_too_deep", f"lists and maps nest deeper than {MAX_VALUE_DEPTH}")
    if isinstance(value, dict):
        return _copy_map(value, depth)
    if isinstance(value, (list, tuple)):
        return _copy_list(value, depth)
    raise fault("not_a_value", f"{type(value).__name__} is not a value of the language")


def _copy_map(value: dict[Value, Value], depth: int) -> tuple[Value, int]:
    fields = dict(value)
    size = 5
    key_sizes = _key_sizes
    for key, item in value.items():
        try:
            size += key_sizes[key]
        except KeyError:
            size += _key_size(key)
        kind = type(item)
        if kind is str:
            size += len(item) + 5 if item.isascii() else _text_size(item)
        elif kind is int and 0 <= item <= STORED_INT_MAX:
            size += 9
        elif kind in SCALARS:
            size += _scalar_size(item)
        elif not item and (kind is list or kind is dict) and depth < MAX_VALUE_DEPTH - 1:
            fields[key] = kind()
            size += 5
        else:
            fields[key], used = _copy(item, depth + 1)
            size += used
            if size > MAX_VALUE_BYTES:
                _check_size(size)
    if size > MAX_VALUE_BYTES:
        _check_size(size)
    return fields, size


def _copy_list(value: list[Value] | tuple[Value, ...], depth: int) -> tuple[Value, int]:
    items = list(value)
    size = 5
    for index, item in enumerate(items):
        kind = type(item)
        if kind is str:
            size += len(item) + 5 if item.isascii() else _text_size(item)
        elif kind in SCALARS:
            size += _scalar_size(item)
        else:
            items[index], used = _copy(item, depth + 1)
            size += used
            if size > MAX_VALUE_BYTES:
                _check_size(size)
    if size > MAX_VALUE_BYTES:
        _check_size(size)
    return items, size


def _check_size(size: int) -> None:
    if size > MAX_VALUE_BYTES:
        raise fault("value_too_large", f"a value is larger than {MAX_VALUE_BYTES} bytes")


def _key_size(key: Value) -> int:
    """Return the size of a map key, and remember it: keys are few and come again and again."""
    if type(key) is not str:
        raise fault("key_not_text", "the keys of a map are text")
    size = _text_size(key)
    if len(key) <= 32 and len(_key_sizes) < _KNOWN_KEYS:
        _key_sizes[key] = size
    return size


def copy_counted(value: Value) -> tuple[Value, int]:
    """Copy a stored value that enters a contract, which was checked when it was written; with its number of nodes."""
    kind = type(value)
    if kind is dict:
        fields = value.copy()
        nodes = len(value) + _CONTAINER_NODES
        for key, item in value.items():
            kind = type(item)
            if kind is dict or kind is list:
                if item:
                    fields[key], more = copy_counted(item)
                    nodes += more
                else:
                    fields[key] = kind()
        return fields, nodes
    if kind is list:
        items = value.copy()
        nodes = len(value) + _CONTAINER_NODES
        for index, item in enumerate(value):
            if type(item) is dict or type(item) is list:
                items[index], more = copy_counted(item)
                nodes += more
        return items, nodes
    return value, 1


def hand_over(value: Value) -> Value:
    """Return what another contract is given: a scalar itself, a copy of anything else."""
    return value if type(value) in SCALARS else copy_in(value)[0]
