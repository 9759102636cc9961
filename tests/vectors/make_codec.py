"""Canonical MessagePack: values with their bytes, and bytes that a reader must refuse.

Values are written in JSON with {"bytes": hex} for byte strings, {"int": text} for integers beyond 2^53, and
{"map": [[key, value], …]} for maps, so that their order on paper does not suggest their order in bytes.
"""

from __future__ import annotations

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
    "33 lists deep": "91" * 33 + "c0",
    "a list that claims 2^32-1 items": "ddffffffff",
}


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


def reason(data: bytes) -> str:
    try:
        decode(data)
    except Malformed as refusal:
        return refusal.reason
    raise ValueError(f"{data.hex()} is canonical")


def make() -> dict[str, Any]:
    return {
        "values": [{"value": written(value), "bytes": encode(value).hex()} for value in VALUES],
        "refused": [
            {"name": name, "bytes": data, "reason": reason(bytes.fromhex(data))} for name, data in REFUSED.items()
        ],
    }
