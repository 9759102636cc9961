"""Canonical MessagePack: one value, one byte string (docs/reference/encoding.md).

Values: None, bool, int (-2^63 … 2^64-1), str (see text_rule), bytes, list (tuples encode as lists), dict with str
keys in ascending order of their UTF-8 bytes. Always the shortest form; no floats, no extension types.
`decode` refuses bytes that do not re-encode to themselves, so two different byte strings never mean the same.

The field's word: canonical serialization.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from itertools import repeat
from typing import Any, TypeAlias

import msgspec

from chainbill.errors import Malformed, Reason
from chainbill.limits import MAX_DEPTH, MAX_ITEMS, MAX_VALUE_BYTES
from chainbill.text_rule import check_text

Value: TypeAlias = bool | int | str | bytes | list[Any] | tuple[Any, ...] | dict[str, Any] | None

_write = msgspec.msgpack.Encoder(order="deterministic").encode
_read = msgspec.msgpack.Decoder(strict=True).decode


def encode(value: Value, *, max_depth: int = MAX_DEPTH) -> bytes:
    """Canonical bytes of `value`. Raises Malformed for what the format cannot hold."""
    _check(value, max_depth)
    return _encode_checked(value)


def decode(
    data: bytes,
    *,
    max_bytes: int = MAX_VALUE_BYTES,
    max_depth: int = MAX_DEPTH,
    max_items: int = MAX_ITEMS,
) -> Any:
    """The value of canonical bytes from outside. Raises Malformed unless `data` re-encodes to itself.

    Bounds: size first; then the items, every value and every key, are counted before anything is allocated; then
    depth, types and text.
    """
    if len(data) > max_bytes:
        raise Malformed(Reason.CODEC_TOO_LARGE, f"{len(data)} bytes, at most {max_bytes}")
    count_items(data, max_items)
    value = _read_whole(data, max_depth)
    _check(value, max_depth)
    return _canonical(value, data)


def decode_unchecked(data: bytes, *, max_bytes: int) -> Any:
    """`decode` of a short value, whose caller looks at the type of all that is in it and checks its texts."""
    if len(data) > max_bytes:
        raise Malformed(Reason.CODEC_TOO_LARGE, f"{len(data)} bytes, at most {max_bytes}")
    return _canonical(_read_whole(data, MAX_DEPTH), data)


def _read_whole(data: bytes, max_depth: int) -> Any:
    try:
        return _read(data)
    except RecursionError:
        raise Malformed(Reason.CODEC_TOO_DEEP, f"nested deeper than {max_depth}") from None
    except (msgspec.MsgspecError, ValueError, OverflowError, TypeError):
        raise Malformed(Reason.CODEC_NOT_MSGPACK, "not one whole MessagePack value") from None


def _canonical(value: Any, data: bytes) -> Any:
    if _encode_checked(value) != data:
        raise Malformed(Reason.CODEC_NOT_CANONICAL, "the bytes are not the canonical form of their value")
    return value


encode_trusted: Callable[[Value], bytes] = _write
"""Canonical bytes of a value whose types, text and depth have been checked already: no checks."""
decode_trusted: Callable[[bytes], Any] = _read
"""The value of bytes that this program encoded itself (rows of the own database). No checks."""


def _encode_checked(value: Value) -> bytes:
    try:
        return _write(value)
    except OverflowError:
        raise Malformed(Reason.CODEC_INTEGER_RANGE, "integers are -2^63 to 2^64-1") from None
    except UnicodeEncodeError:
        raise Malformed(Reason.CODEC_TEXT_NOT_UNICODE, "text holds a lone surrogate") from None
    except (TypeError, ValueError):
        raise Malformed(Reason.CODEC_TYPE_NOT_ALLOWED, "a value has no canonical form") from None


def _check(value: Any, depth: int) -> None:
    """Types, text and depth. Integer range and surrogates are found by the writer."""
    kind = type(value)
    if kind is str:
        if not (value.isascii() and value.isprintable()):
            check_text(value)
    elif kind is dict:
        _check_map(value, depth)
    elif kind is list or kind is tuple:
        _check_items(value, depth)
    elif not (kind is int or kind is bytes or kind is bool or value is None or _is_plain_enum(value)):
        raise Malformed(Reason.CODEC_TYPE_NOT_ALLOWED, f"{kind.__name__} has no canonical form")


def _check_map(value: dict[str, Any], depth: int) -> None:
    try:
        joined = "".join(value)
    except TypeError:
        raise Malformed(Reason.CODEC_KEY_NOT_TEXT, "map keys are text") from None
    if not (joined.isascii() and joined.isprintable()):
        for key in value:
            check_text(key)
    _check_items(value.values(), depth)


def _check_items(items: Any, depth: int) -> None:
    if depth <= 0:
        raise Malformed(Reason.CODEC_TOO_DEEP, "nested too deep")
    for item in items:
        kind = type(item)
        if kind is int or kind is bytes:
            continue
        if kind is str:
            if not (item.isascii() and item.isprintable()):
                check_text(item)
        else:
            _check(item, depth - 1)


def _is_plain_enum(value: Any) -> bool:
    return isinstance(value, Enum) and isinstance(value, (str, int))


def _fixed_steps() -> list[int]:
    """Bytes from an item's first byte to the next item's, by the first byte; 0 where a length or count follows."""
    steps = [1] * 256
    steps[0xA0:0xC0] = range(1, 33)
    for head, width in {
        0xCC: 1,
        0xCD: 2,
        0xCE: 4,
        0xCF: 8,
        0xD0: 1,
        0xD1: 2,
        0xD2: 4,
        0xD3: 8,
        0xDC: 2,
        0xDD: 4,
        0xDE: 2,
        0xDF: 4,
    }.items():
        steps[head] = 1 + width
    for head in (0xC1, *range(0xC4, 0xCC), *range(0xD4, 0xDC)):
        steps[head] = 0
    return steps


_STEPS = _fixed_steps()
_INSIDE = [-1] * 0x80 + [2 * count - 1 for count in range(16)] + [count - 1 for count in range(16)] + [-1] * 0x60
"""By an item's first byte: how many values stand in it, less itself; what a longer list or map says follows."""
_SIZED = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}


def end_of_values(data: bytes, start: int, values: int, max_items: int) -> int:
    """Where so many values end that begin at `start`; nothing is built. Malformed: not MessagePack, or more items."""
    position, left = start, values
    try:
        for _ in repeat(None, max_items):
            if not left:
                return position
            head = data[position]
            left += _INSIDE[head]
            step = _STEPS[head]
            if not step:
                if head not in _SIZED:
                    raise Malformed(Reason.CODEC_TYPE_NOT_ALLOWED, f"type byte 0x{head:02x}")
                step = 1 + _SIZED[head]
                step += int.from_bytes(data[position + 1 : position + step], "big")
            elif 0xDC <= head <= 0xDF:
                left += int.from_bytes(data[position + 1 : position + step], "big") << (head >= 0xDE)
            position += step
    except IndexError:
        raise Malformed(Reason.CODEC_NOT_MSGPACK, "not one whole MessagePack value") from None
    raise Malformed(Reason.CODEC_TOO_MANY_ITEMS, f"more than {max_items} items", most=max_items)


def count_items(data: bytes, max_items: int) -> None:
    """Go through the items of a MessagePack byte string without building any; Malformed when there are too many.

    A list or map is an item, and so is each of its entries, each key and each value: [{"a": 1}] has four.
    """
    position, size = 0, len(data)
    if size <= max_items:  # an item has a byte at least
        return
    for _ in repeat(None, max_items):
        if position >= size:
            return
        head = data[position]
        step = _STEPS[head]
        if step:
            position += step
        elif head in _SIZED:
            start = position + 1
            position = start + _SIZED[head]
            position += int.from_bytes(data[start:position], "big")
        else:
            raise Malformed(Reason.CODEC_TYPE_NOT_ALLOWED, f"type byte 0x{head:02x}")
    if position < size:
        raise Malformed(Reason.CODEC_TOO_MANY_ITEMS, f"more than {max_items} items", most=max_items)
