"""Canonical MessagePack: values with their bytes, bytes that a reader must refuse, and values that have no bytes.

Values are written in JSON with {"bytes": hex} for byte strings, {"int": text} for integers beyond 2^53, and
{"map": [[key, value], …]} for maps, so that their order on paper does not suggest their order in bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from chainbill.codec import decode, encode
from chainbill.errors import Malformed

VALUES: list[Any] = [
    None,
    True,
    False,
    *(0, 1, 127, 128, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**53, 2**63, 2**64 - 1),
    *(-1, -32, -33, -128, -129, -32_768, -32_769, -(2**31), -(2**31) - 1, -(2**63)),
    "",
    "a",
    "x" * 31,
    "x" * 32,
    "y" * 255,
    "y" * 256,
    "应收账款电子凭证",
    "é",
    "𠮷",
    b"",
    b"\x00",
    bytes(255),
    bytes(256),
    [],
    [[], {}],
    [1] * 15,
    [1] * 16,
    {},
    {"b": 1, "a": 2, "aa": 3, "": 4, "A": 5, "é": 6, "𠮷": 7, "\uffee": 8},
    {f"k{number:02}": number for number in range(16)},
    {"id": "T0123456789ABCDEF0", "lo": 0, "hi": 100_000_000, "locks": [{"kind": "offered", "until": "2027-03-31"}]},
]

REFUSED = {
    "nothing": "",
    "two values": "c0c0",
    "cut short": "a261",
    "reserved type byte": "c1",
    "float": "ca00000000",
    "double": "cb0000000000000000",
    "extension": "d40100",
    "timestamp": "d6ff00000000",
    "integer not shortest": "cc7f",
    "positive integer with a sign": "d10100",
    "negative integer not shortest": "d0ff",
    "text not shortest": "d90161",
    "bytes not shortest": "c5000161",
    "list not shortest": "dc0001c0",
    "map not shortest": "de0001a161c0",
    "keys out of order": "82a162c0a161c0",
    "key twice": "82a161c0a161c0",
    "integer key": "8101c0",
    "bytes key": "81c40161c0",
    "not UTF-8": "a1ff",
    "surrogate": "a3eda080",
    "overlong UTF-8": "a2c080",
    "not NFC": "a365cc81",
    "key not NFC": "81a365cc81c0",
    "NUL in a text": "a26100",
    "carriage return in a text": "a2610d",
    "delete in a text": "a17f",
    "a C1 control in a text": "a2c285",
    "a control in a key": "81a107c0",
    "a bidi override in a text": "a461e280ae",
    "a bidi isolate in a key": "81a3e281a6c0",
    "a code point that Unicode 14.0 does not assign": "a761f09e828fcc96",
    "private use in a text": "a3ee8080",
    "a noncharacter in a key": "81a3efb790c0",
    "one text of a list of good ones": "93a161a3e282aca3ee8080",
    "33 lists deep": "91" * 33 + "c0",
    "a list that claims 2^32-1 items": "ddffffffff",
}

UNENCODABLE: dict[str, Any] = {
    "2^64": 2**64,
    "-2^63-1": -(2**63) - 1,
    "2^64 in a map": {"amount": 2**64},
    "not in form C": "e\u0301",
    "a control": "a\0",
    "a bidi control in a key": {"\u202e": 1},
    "private use in a list": ["\ue000"],
    "33 lists deep": json.loads("[" * 33 + "]" * 33),
}
BOUNDED: list[tuple[str, Any, dict[str, int]]] = [
    ("100 bytes where 100 are allowed", bytes(98), {"max_bytes": 100}),
    ("101 bytes where 100 are allowed", bytes(99), {"max_bytes": 100}),
    ("four items: a list, a map in it, its key, its value", [{"a": 1}], {"max_items": 4}),
    ("the same where three are allowed", [{"a": 1}], {"max_items": 3}),
    ("2,000 items: a list and 1,999 in it", [0] * 1_999, {"max_items": 2_000}),
    ("2,001 items", [0] * 2_000, {"max_items": 2_000}),
    ("2,001 items, most of them texts", ["abc"] * 2_000, {"max_items": 2_000}),
    ("two lists deep", [[]], {"max_depth": 2}),
    ("three where two are allowed", [[[]]], {"max_depth": 2}),
]


def written(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return {"int": str(value)}
    if isinstance(value, list):
        return [written(item) for item in value]
    if isinstance(value, dict):
        return {"map": [[key, written(item)] for key, item in value.items()]}
    return value


def reason(work: Callable[[], object]) -> str:
    """Why it is refused, "" when it is not."""
    try:
        work()
    except Malformed as refusal:
        return refusal.reason
    return ""


def refused(name: str, data: bytes) -> dict[str, Any]:
    found = reason(lambda: decode(data))
    if not found:
        raise ValueError(f"{data.hex()} is canonical")
    return {"name": name, "bytes": data.hex(), "reason": found}


def make() -> dict[str, Any]:
    return {
        "values": [{"value": written(value), "bytes": encode(value).hex()} for value in VALUES],
        "refused": [refused(name, bytes.fromhex(data)) for name, data in REFUSED.items()],
        "unencodable": [
            {"name": name, "value": written(value), "reason": reason(partial(encode, value))}
            for name, value in UNENCODABLE.items()
        ],
        "bounded": [
            {"name": name, "bytes": data.hex(), **bounds, "reason": reason(partial(decode, data, **bounds))}
            for name, value, bounds in BOUNDED
            for data in [encode(value)]
        ],
    }
