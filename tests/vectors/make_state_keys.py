"""Row keys in ascending order of their bytes, which is the order of their parts."""

from __future__ import annotations

from typing import Any

from chainbill.state.history import history_key
from chainbill.state.keys import row_key, table_prefix

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
    }
