"""Values that leave a contract or enter it: stored rows, events, arguments, results.

Such a value is None, bool, int (-2**63 .. 2**64-1), NFC text, bytes, list, or map with text keys. Crossing the border
always copies it, so that two sides never share a list; tuples become lists, as the canonical codec has only lists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeAlias
from unicodedata import is_normalized

from chainbill.vm.bounds import (
    LIST_SIZE,
    MAP_SIZE,
    MAX_KEY_TEXT,
    MAX_VALUE_DEPTH,
    MAX_VALUE_SIZE,
    SCALAR_SIZE,
    STORED_INT_MAX,
    STORED_INT_MIN,
    WIDE_TEXT,
)
from chainbill.vm.errors import ContractFault

__all__ = [
    "SCALARS",
    "FrozenList",
    "FrozenMap",
    "UnfitValue",
    "Value",
    "copy_in",
    "copy_out",
    "fault",
    "freeze",
    "hand_over",
    "kind_of",
]

Value: TypeAlias = Any  # None | bool | int | str | bytes | list[Value] | dict[str, Value], checked at run time
SCALARS = frozenset((bool, int, str, bytes, type(None)))
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


class UnfitValue(ContractFault):
    """A value that cannot leave a contract; `size`: what was counted of it until that was known."""

    size: int = 0


class _Stop(Exception):  # noqa: N818  no error: the quick way ends, the ordered one says why
    """The value is too large, or has a fault somewhere."""


def copy_in(value: Value, most: int = MAX_VALUE_SIZE) -> tuple[Value, int]:
    """Copy a value that leaves a contract and check that it can be written; returns it with its size.

    Size, in bytes: SCALAR_SIZE each, and LIST_SIZE or MAP_SIZE more for a list or map, with the bytes of texts and
    keys (beyond ASCII three times the UTF-8, for their normal form). At least that of the canonical encoding; worked:
    {"a": [1, "xy"]} has 24 + 240 + 24 + 1 + 120 + 2 * 24 + 2 = 459. Nothing is copied that would make it more than
    `most`. UnfitValue: that, or what cannot be written; of several faults the one that is raised, and the size that
    was counted, do not depend on the order in which maps were filled.
    """
    kind = type(value)
    try:
        if kind in SCALARS:
            copied, size = value, _scalar_bytes(value, most)
            if size + SCALAR_SIZE > most:
                raise _Stop
        else:
            copied, size = _COPIES.get(kind, _copy)(value, 0, most - SCALAR_SIZE)
    except _Stop:
        _Walk(most).fail(value)
    return copied, size + SCALAR_SIZE


def _copy(value: Value, depth: int, left: int) -> tuple[Value, int]:
    """Copy what is no plain list or map, for which `_COPIES` has the way."""
    if isinstance(value, dict):
        return _copy_map(value, depth, left)
    if isinstance(value, (list, tuple)):
        return _copy_list(value, depth, left)
    raise _Stop


def _copy_map(value: dict[Value, Value], depth: int, left: int) -> tuple[Value, int]:
    size = MAP_SIZE + SCALAR_SIZE * len(value)
    if size > left or depth >= MAX_VALUE_DEPTH:
        raise _Stop
    fields = dict(value)
    key_sizes = _key_sizes
    for key, item in value.items():
        try:
            size += key_sizes[key]
        except KeyError:
            size += _key_size(key, left - size)
        kind = type(item)
        if kind is str:
            size += len(item) if item.isascii() else _text_size(item, left - size)
        elif kind is int:
            if not STORED_INT_MIN <= item <= STORED_INT_MAX:
                raise _Stop
        elif kind is bytes:
            size += len(item)
        elif kind is list and not item and depth < MAX_VALUE_DEPTH - 1:
            fields[key] = []
            size += LIST_SIZE
        elif kind is not bool and item is not None:
            fields[key], used = _COPIES.get(kind, _copy)(item, depth + 1, left - size)
            size += used
    if size > left:
        raise _Stop
    return fields, size


def _copy_list(value: list[Value] | tuple[Value, ...], depth: int, left: int) -> tuple[Value, int]:
    size = LIST_SIZE + SCALAR_SIZE * len(value)
    if size > left or depth >= MAX_VALUE_DEPTH:
        raise _Stop
    items = list(value)
    for index, item in enumerate(value):
        kind = type(item)
        if kind is str:
            size += len(item) if item.isascii() else _text_size(item, left - size)
        elif kind is int:
            if not STORED_INT_MIN <= item <= STORED_INT_MAX:
                raise _Stop
        elif kind is bytes:
            size += len(item)
        elif kind is not bool and item is not None:
            items[index], used = _COPIES.get(kind, _copy)(item, depth + 1, left - size)
            size += used
    if size > left:
        raise _Stop
    return items, size


_COPIES: dict[type, Callable[[Any, int, int], tuple[Value, int]]] = {dict: _copy_map, list: _copy_list}


def _scalar_bytes(value: Value, left: int) -> int:
    kind = type(value)
    if kind is str:
        return len(value) if value.isascii() else _text_size(value, left)
    if kind is int and not STORED_INT_MIN <= value <= STORED_INT_MAX:
        raise _Stop
    return len(value) if kind is bytes else 0


def _text_size(text: str, left: int) -> int:
    """WIDE_TEXT times the bytes of a text beyond ASCII, 6 of "é"; none is looked at that is longer than what is
    left."""
    if WIDE_TEXT * len(text) > left or not is_normalized("NFC", text):
        raise _Stop
    try:
        return WIDE_TEXT * len(text.encode())
    except UnicodeEncodeError:
        raise _Stop from None


def _key_size(key: Value, left: int) -> int:
    """Return the size of a map key, and remember it: keys are few and come again and again."""
    if type(key) is not str or len(key) > MAX_KEY_TEXT:
        raise _Stop
    size = len(key) if key.isascii() else _text_size(key, left)
    if len(key) <= 32 and len(_key_sizes) < _KNOWN_KEYS:
        _key_sizes[key] = size
    return size


class _Walk:
    """The slow way through a value that does not fit: maps in the order of their keys, so that the first fault is."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0

    def fail(self, value: Value) -> NoReturn:
        """Raise UnfitValue with what is met first."""
        self._value(value, 0)
        raise RuntimeError("the value fits")

    def _value(self, value: Value, depth: int) -> None:
        kind = type(value)
        if kind is str:
            self._text(value)
        elif kind is bytes:
            self._more(SCALAR_SIZE + len(value))
        elif kind in SCALARS:
            self._more(SCALAR_SIZE)
            if kind is int and not STORED_INT_MIN <= value <= STORED_INT_MAX:
                self._refuse("number_not_storable", "a number that leaves a contract must be in -2**63 .. 2**64-1")
        elif not isinstance(value, (dict, list, tuple)):
            self._refuse("not_a_value", f"{kind.__name__} is not a value of the language")
        else:
            self._container(value, depth)

    def _container(self, value: Value, depth: int) -> None:
        if depth >= MAX_VALUE_DEPTH:
            self._refuse("value_too_deep", f"lists and maps nest deeper than {MAX_VALUE_DEPTH}")
        mapped = isinstance(value, dict)
        self._more(SCALAR_SIZE + (MAP_SIZE if mapped else LIST_SIZE))
        if self.size + SCALAR_SIZE * len(value) > self.most:
            self._more(SCALAR_SIZE * len(value))
        if not mapped:
            for item in value:
                self._value(item, depth + 1)
            return
        if any(type(key) is not str or len(key) > MAX_KEY_TEXT for key in value):
            self._refuse("key_not_text", f"the keys of a map are texts of at most {MAX_KEY_TEXT} characters")
        for key in sorted(value):
            self._text(key, 0)
            self._value(value[key], depth + 1)

    def _text(self, text: str, fixed: int = SCALAR_SIZE) -> None:
        if text.isascii():
            self._more(fixed + len(text))
            return
        if self.size + fixed + WIDE_TEXT * len(text) > self.most:
            self._more(fixed + WIDE_TEXT * len(text))
        if not is_normalized("NFC", text):
            self._refuse("text_not_nfc", "text that leaves a contract must be in Unicode normal form C")
        try:
            self._more(fixed + WIDE_TEXT * len(text.encode()))
        except UnicodeEncodeError:
            self._refuse("text_not_unicode", "text holds half of a surrogate pair")

    def _more(self, size: int) -> None:
        self.size += size
        if self.size > self.most:
            self._refuse("value_too_large", f"a value is of a size above {MAX_VALUE_SIZE}")

    def _refuse(self, code: str, detail: str) -> NoReturn:
        unfit = UnfitValue(code, detail)
        unfit.size = self.size
        raise unfit


def copy_out(value: Value) -> tuple[Value, int]:
    """Copy a stored value that enters a contract, checked when it was written; with its size without bytes of texts."""
    kind = type(value)
    if kind is dict:
        fields = value.copy()
        size = MAP_SIZE + SCALAR_SIZE * (len(value) + 1)
        for key, item in value.items():
            kind = type(item)
            if kind is list and not item:
                fields[key] = []
                size += LIST_SIZE
            elif kind is dict or kind is list:
                fields[key], more = copy_out(item)
                size += more - SCALAR_SIZE
        return fields, size
    if kind is list:
        items = value.copy()
        size = LIST_SIZE + SCALAR_SIZE * (len(value) + 1)
        for index, item in enumerate(value):
            if type(item) is dict or type(item) is list:
                items[index], more = copy_out(item)
                size += more - SCALAR_SIZE
        return items, size
    return value, SCALAR_SIZE


def hand_over(value: Value) -> Value:
    """Return what another contract is given: a scalar itself, a copy of anything else."""
    return value if type(value) in SCALARS else copy_in(value)[0]
