"""The canonical codec against an encoder written straight from docs/reference/encoding.md."""

from __future__ import annotations

import math
import struct
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgpack
import msgspec
import pytest
from core.texts import TEXTS
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chainbill.codec import decode, decode_trusted, encode
from chainbill.errors import Malformed, Reason
from chainbill.limits import MAX_DEPTH, MAX_ITEMS


def reference(value: Any) -> bytes:  # one branch a rule of the format
    """Canonical bytes, written from the document, sharing nothing with the code under test."""
    if value is None:
        return b"\xc0"
    if value is True or value is False:
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return reference_integer(value)
    if isinstance(value, str):
        data = value.encode("utf-8")
        return sized(len(data), fixed=(0xA0, 31), heads=(0xD9, 0xDA, 0xDB)) + data
    if isinstance(value, bytes):
        return sized(len(value), fixed=None, heads=(0xC4, 0xC5, 0xC6)) + value
    if isinstance(value, (list, tuple)):
        return sized(len(value), fixed=(0x90, 15), heads=(None, 0xDC, 0xDD)) + b"".join(map(reference, value))
    entries = sorted((key.encode("utf-8"), item) for key, item in value.items())
    head = sized(len(entries), fixed=(0x80, 15), heads=(None, 0xDE, 0xDF))
    return head + b"".join(reference(key.decode()) + reference(item) for key, item in entries)


def sized(size: int, fixed: tuple[int, int] | None, heads: tuple[int | None, int, int]) -> bytes:
    if fixed is not None and size <= fixed[1]:
        return bytes([fixed[0] | size])
    if heads[0] is not None and size < 2**8:
        return bytes([heads[0], size])
    if size < 2**16:
        return struct.pack(">BH", heads[1], size)
    return struct.pack(">BI", heads[2], size)


def reference_integer(value: int) -> bytes:
    if 0 <= value < 128:
        return bytes([value])
    if -32 <= value < 0:
        return bytes([256 + value])
    if value > 0:
        heads = ((0xCC, "B", 2**8), (0xCD, "H", 2**16), (0xCE, "I", 2**32), (0xCF, "Q", 2**64))
        return next(struct.pack(">B" + form, head, value) for head, form, limit in heads if value < limit)
    heads = ((0xD0, "b", 2**7), (0xD1, "h", 2**15), (0xD2, "i", 2**31), (0xD3, "q", 2**63))
    return next(struct.pack(">B" + form, head, value) for head, form, limit in heads if value >= -limit)


EDGES = st.sampled_from([b + d for e in (5, 7, 8, 15, 16, 31, 32, 63) for b in (2**e, -(2**e)) for d in (-1, 0)])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    EDGES.filter(lambda i: i >= -(2**63)),
    TEXTS,
    st.binary(max_size=40),
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=20) | st.dictionaries(TEXTS, inner, max_size=20))


@pytest.mark.untraced
@settings(max_examples=300)
@given(VALUES)
def test_encode_is_the_reference_and_decode_its_inverse(value: Any) -> None:
    data = encode(value)
    assert data == reference(value)
    assert decode(data) == value
    assert reference(decode_trusted(data)) == data


@pytest.mark.parametrize("size", [0, 1, 15, 16, 31, 32, 255, 256, 65_535, 65_536])
def test_every_length_form(size: int) -> None:
    for value in ("x" * size, b"x" * size, [0] * size, {f"{i:05}": i for i in range(size)}):
        data = encode(value)
        assert data == reference(value)
        assert decode(data) == value


@pytest.mark.untraced
@settings(max_examples=800)
@given(st.one_of(st.binary(max_size=60), VALUES.map(lambda v: msgpack.packb(v, use_bin_type=True))))
@example(b"\xcc\x01")
@example(b"\x82\xa1b\x01\xa1a\x02")
def test_what_decodes_is_canonical_and_the_rest_is_malformed(data: bytes) -> None:
    try:
        value = decode(data)
    except Malformed:
        return
    assert reference(value) == data


@pytest.mark.untraced
@settings(max_examples=300)
@given(VALUES, st.data())
def test_a_damaged_encoding_never_means_the_same(value: Any, data: st.DataObject) -> None:
    whole = encode(value)
    at = data.draw(st.integers(0, len(whole) - 1))
    bent = whole[:at] + bytes([whole[at] ^ 1 << data.draw(st.integers(0, 7))]) + whole[at + 1 :]
    for other in (bent, whole[:at], whole + b"\xc0"):
        try:
            found = decode(other)
        except Malformed:
            continue
        assert reference(found) == other != whole


NOT_CANONICAL = {
    "long positive": b"\xcc\x7f",
    "long 16": b"\xcd\x00\xff",
    "long 32": b"\xce\x00\x00\xff\xff",
    "long 64": b"\xcf\x00\x00\x00\x00\xff\xff\xff\xff",
    "long negative": b"\xd0\xff",
    "signed for positive": b"\xd1\x01\x00",
    "str8 for short": b"\xd9\x01a",
    "str16 for short": b"\xda\x00\x01a",
    "bin16 for short": b"\xc5\x00\x01a",
    "array16 for short": b"\xdc\x00\x01\xc0",
    "map16 for short": b"\xde\x00\x01\xa1a\xc0",
    "keys unsorted": b"\x82\xa1b\xc0\xa1a\xc0",
    "key twice": b"\x82\xa1a\xc0\xa1a\xc0",
    "shorter key last": b"\x82\xa2aa\xc0\xa1a\xc0",
}


@pytest.mark.parametrize("data", NOT_CANONICAL.values(), ids=NOT_CANONICAL)
def test_forms_that_are_not_canonical(data: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        decode(data)
    assert caught.value.reason == Reason.CODEC_NOT_CANONICAL


REFUSED_BYTES = {
    "nothing": (b"", Reason.CODEC_NOT_MSGPACK),
    "cut text": (b"\xa2a", Reason.CODEC_NOT_MSGPACK),
    "trailing": (b"\xc0\xc0", Reason.CODEC_NOT_MSGPACK),
    "reserved": (b"\xc1", Reason.CODEC_NOT_MSGPACK),
    "not utf-8": (b"\xa1\xff", Reason.CODEC_NOT_MSGPACK),
    "surrogate": (b"\xa3\xed\xa0\x80", Reason.CODEC_NOT_MSGPACK),
    "overlong utf-8": (b"\xa2\xc0\x80", Reason.CODEC_NOT_MSGPACK),
    "float32": (b"\xca\x00\x00\x00\x00", Reason.CODEC_TYPE_NOT_ALLOWED),
    "float64": (b"\xcb" + bytes(8), Reason.CODEC_TYPE_NOT_ALLOWED),
    "ext": (b"\xd4\x01\x00", Reason.CODEC_TYPE_NOT_ALLOWED),
    "timestamp": (b"\xd6\xff\x00\x00\x00\x00", Reason.CODEC_TYPE_NOT_ALLOWED),
    "integer key": (b"\x81\x01\xc0", Reason.CODEC_KEY_NOT_TEXT),
    "bytes key": (b"\x81\xc4\x01a\xc0", Reason.CODEC_KEY_NOT_TEXT),
    "none key": (b"\x81\xc0\xc0", Reason.CODEC_KEY_NOT_TEXT),
    "not nfc": (b"\xa3e\xcc\x81", Reason.CODEC_TEXT_NOT_NFC),
    "not nfc key": (b"\x81\xa3e\xcc\x81\xc0", Reason.CODEC_TEXT_NOT_NFC),
    "deep": (b"\x91" * (MAX_DEPTH + 1) + b"\xc0", Reason.CODEC_TOO_DEEP),
    "very deep": (b"\x91" * 10_000 + b"\xc0", Reason.CODEC_TOO_DEEP),
    "deep maps": (b"\x81\xa1a" * (MAX_DEPTH + 1) + b"\xc0", Reason.CODEC_TOO_DEEP),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED_BYTES.values(), ids=REFUSED_BYTES)
def test_refused_bytes(data: bytes, reason: Reason) -> None:
    with pytest.raises(Malformed) as caught:
        decode(data)
    assert caught.value.reason == reason


class Text(str):
    __slots__ = ()


REFUSED_VALUES = {
    "float": (1.0, Reason.CODEC_TYPE_NOT_ALLOWED),
    "nan": ([math.nan], Reason.CODEC_TYPE_NOT_ALLOWED),
    "set": ({1}, Reason.CODEC_TYPE_NOT_ALLOWED),
    "datetime": (datetime(2027, 1, 1, tzinfo=UTC), Reason.CODEC_TYPE_NOT_ALLOWED),
    "decimal": ({"a": Decimal(1)}, Reason.CODEC_TYPE_NOT_ALLOWED),
    "bytearray": (bytearray(b"x"), Reason.CODEC_TYPE_NOT_ALLOWED),
    "ext": (msgspec.msgpack.Ext(1, b""), Reason.CODEC_TYPE_NOT_ALLOWED),
    "subclass": ([Text("a")], Reason.CODEC_TYPE_NOT_ALLOWED),
    "above": (2**64, Reason.CODEC_INTEGER_RANGE),
    "below": ([-(2**63) - 1], Reason.CODEC_INTEGER_RANGE),
    "key": ({1: 2}, Reason.CODEC_KEY_NOT_TEXT),
    "not nfc": ("e\u0301", Reason.CODEC_TEXT_NOT_NFC),
    "key not nfc": ({"e\u0301": 1}, Reason.CODEC_TEXT_NOT_NFC),
    "surrogate": ("\ud800", Reason.CODEC_TEXT_NOT_UNICODE),
    "control": ("a\0", Reason.CODEC_TEXT_CONTROL),
    "control in a list": (["\x1b[2J"], Reason.CODEC_TEXT_CONTROL),
    "control in a map": ({"a": "\x7f"}, Reason.CODEC_TEXT_CONTROL),
    "control in a key": ({"a\r": 1}, Reason.CODEC_TEXT_CONTROL),
    "direction": ({"name": "福建\u202e有限公司"}, Reason.CODEC_TEXT_BIDI),
    "not assigned in a key": ({"\u0378": 1}, Reason.CODEC_TEXT_NOT_ASSIGNED),
    "surrogate key": ({"\ud800": 1}, Reason.CODEC_TEXT_NOT_UNICODE),
}


@pytest.mark.parametrize(("value", "reason"), REFUSED_VALUES.values(), ids=REFUSED_VALUES)
def test_refused_values(value: Any, reason: Reason) -> None:
    with pytest.raises(Malformed) as caught:
        encode(value)
    assert caught.value.reason == reason


def test_names_of_reasons_encode_as_their_text() -> None:
    assert encode(Reason.SHAPE_WRONG) == encode("shape_wrong")
    assert encode((1, 2)) == encode([1, 2])


def test_depth_is_exact() -> None:
    value: Any = None
    for _ in range(MAX_DEPTH):
        value = [value]
    assert decode(encode(value)) == value
    with pytest.raises(Malformed, match="codec_too_deep"):
        encode([value])
    assert decode(b"\x91\xc0", max_depth=1) == [None]
    with pytest.raises(Malformed, match="codec_too_deep"):
        decode(b"\x91\x90", max_depth=1)


def test_size_is_bounded_first() -> None:
    data = encode(b"x" * 100)
    assert decode(data, max_bytes=len(data)) == b"x" * 100
    with pytest.raises(Malformed, match="codec_too_large"):
        decode(data, max_bytes=len(data) - 1)


def items(value: Any) -> int:
    """Every value and every key."""
    if isinstance(value, list):
        return 1 + sum(map(items, value))
    return 1 + sum(1 + items(item) for item in value.values()) if isinstance(value, dict) else 1


@settings(max_examples=200)
@given(VALUES)
def test_the_bound_of_items_is_exact_whatever_the_size(value: Any) -> None:
    data = encode(value)
    assert decode(data, max_items=items(value)) == value
    with pytest.raises(Malformed, match="codec_too_many_items"):
        decode(data, max_items=items(value) - 1)


def test_items_are_counted_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    many = encode([{}] * 64_900)
    assert decode(many) == [{}] * 64_900
    monkeypatch.setattr("chainbill.codec._read", None)
    with pytest.raises(Malformed, match="codec_too_many_items: more than 2000 items") as caught:
        decode(many, max_items=2_000)
    assert caught.value.fields == {"most": 2_000}


def test_every_form_of_length_is_stepped_over() -> None:
    mixed = [
        b"x" * 300,
        "y" * 300,
        2**40,
        -(2**40),
        {"a": 1},
        "z" * 20,
        b"w" * 70_000,
        [0] * 20,
        None,
        True,
        "v" * 70_000,
    ]
    data = encode([*mixed, [1] * 70_000, {f"{i:05}": 5 for i in range(70_000)}, 200, 300, 70_000, -100, -200, -70_000])
    count = items(decode(data, max_items=250_000))
    assert decode(data, max_items=count)
    with pytest.raises(Malformed, match="codec_too_many_items"):
        decode(data, max_items=count - 1)


@pytest.mark.parametrize(
    "head", [b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xff"]
)
@pytest.mark.parametrize("tail", [b"", bytes(MAX_ITEMS)])
def test_a_claimed_length_allocates_nothing(head: bytes, tail: bytes) -> None:
    with pytest.raises(Malformed):
        decode(head + tail)
    with pytest.raises(Malformed):
        decode(head * 500 + tail)


@pytest.mark.parametrize("head", [b"\xc1", b"\xca", b"\xcb", b"\xc7", b"\xd4"])
def test_counted_inputs_with_other_types_are_refused(head: bytes) -> None:
    with pytest.raises(Malformed, match="codec_type_not_allowed"):
        decode(b"\xdc\xff\xff" + head + bytes(10), max_items=8)
