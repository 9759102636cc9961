"""Row keys in ascending order of their bytes, which is the order of their parts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from chainbill.errors import Malformed
from chainbill.state.history import history_key
from chainbill.state.keys import row_key, split_key, table_prefix

KEYS: list[tuple[str, str, list[str | int]]] = [
    ("bill", "bill", ["B0123456789ABCDEF0"]),
    ("calendar", "year", [2027]),
    ("core", "holding", ["91350100M000100Y43", "CNY", "holder"]),
    ("core", "holding", ["91350100M000100Y43", "CNY", "paying_bank_open"]),
    ("core", "range", ["B1", 0]),
    ("core", "range", ["B1", 255]),
    ("core", "range", ["B1", 256]),
    ("core", "range", ["B1", 2**63 - 1]),
    ("core", "range", ["B10", 0]),
    ("party", "identifier", ["税号", "甲"]),
    ("token", "token", [""]),
    ("token", "token", ["T", 0]),
    ("token", "token", ["T", ""]),
    ("token", "token", ["T1"]),
]

REFUSED: list[tuple[str, str, Any]] = [
    ("token", "Token", ["T1"]),
    ("token", "", ["T1"]),
    ("token", "token", []),
    ("token", "token", ["T1"] * 9),
    ("token", "token", [-1]),
    ("token", "token", [2**63]),
    ("token", "token", [True]),
    ("token", "token", ["x" * 1_024]),
    ("token", "token", ["a\0"]),
    ("token", "token", ["e\u0301"]),
    ("token", "token", ["\u202e"]),
    ("token", "token", ["\ue000"]),
]
NOT_A_KEY = {
    "cut short": b"token\0token\0\x02T1",
    "an integer of 7 bytes": b"token\0token\0\x01" + bytes(7),
    "an unknown part": b"token\0token\0\x03T1\0",
    "no part": b"token\0token\0",
    "no table": b"token\0",
    "an integer of 2^63": b"token\0token\0\x01\x80" + bytes(7),
    "no UTF-8": b"token\0token\0\x02\xff\0",
    "a control in a text": b"token\0token\0\x02a\x1b\0",
}


def reason(work: Callable[[], object]) -> str:
    try:
        work()
    except Malformed as refusal:
        return refusal.reason
    raise ValueError("this is a key")


def make() -> dict[str, Any]:
    return {
        "keys": [
            {"contract": contract, "table": table, "parts": parts, "key": row_key(contract, table, parts).hex()}
            for contract, table, parts in KEYS
        ],
        "prefixes": [
            {
                "contract": "core",
                "table": "range",
                "leading": leading,
                "prefix": table_prefix("core", "range", leading).hex(),
            }
            for leading in ([], ["B1"], ["B1", 255])
        ],
        "history": [
            {"parts": ["T1"], "last_height": height, "key": history_key(row_key("token", "token", "T1"), height).hex()}
            for height in (0, 1, 256)
        ],
        "refused": [
            {
                "contract": contract,
                "table": table,
                "parts": parts,
                "reason": reason(partial(row_key, contract, table, parts)),
            }
            for contract, table, parts in REFUSED
        ],
        "refused_bytes": [
            {"name": name, "key": key.hex(), "reason": reason(partial(split_key, key))}
            for name, key in NOT_A_KEY.items()
        ],
    }
