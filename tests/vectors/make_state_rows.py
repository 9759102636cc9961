"""Stored rows and their hashes, in open and in closed tables."""

from __future__ import annotations

from typing import Any

from chainbill.codec import encode
from chainbill.crypto.hashing import tagged_hash
from chainbill.state.keys import row_key
from chainbill.state.rows import CLOSED_FIELDS, pack, row_hash, salt_for

NONCE = bytes(range(16))
CASES: list[tuple[str, str, str, Any]] = [
    ("calendar", "year", "x", {"holidays": ["2027-01-01"], "workdays": []}),
    ("bill", "bill", "B1", {"id": "B1", "holder": "not closed here", "face": 100}),
    (
        "token",
        "token",
        "T1",
        {"id": "T1", "lo": 0, "hi": 5, "holder": "91350100M000100Y43", "offered_to": "", "tier": 1},
    ),
    ("token", "hop", "T1", {"kind": "transfer", "from": "A", "to": "B", "price": {}, "tier": 2}),
    ("token", "token", "T2", {"id": "T2"}),
    (
        "token",
        "prepayment",
        "T1",
        {"holder": "S1", "price": 99, "forgone": 1, "pay_by": "2027-03-01", "status": "agreed"},
    ),
    ("bill", "guarantee", "B1", {"until": "2028-01-01", "demands": [{"holder": "S1", "on": "2027-07-01"}]}),
    ("finance", "sale", "T1", {"seller": "BANK1", "buyer": "BANK2", "price_doc": "ab" * 32, "recourse": True}),
    ("finance", "claim", "T1", {"holder": "BANK1", "asked": "S1", "amount": 100, "ground": "overdue"}),
    (
        "pledge",
        "pledge",
        "K1",
        {
            "holder": "S1",
            "pledgee": "BANK1",
            "secured": 90,
            "received": 0,
            "owed": 0,
            "contract_no": "ZY-1",
            "currency": "CNY",
            "ranges": [["B1", 0, 100]],
        },
    ),
    ("legal", "order", "O1", {"kind": "freeze", "beneficiary": "S2", "account": "cd" * 32, "items": []}),
    ("deposit", "balance", "BANK1", {"balance": 5}),
    ("deposit", "redemption", "W1", {"bank": "BANK1", "party": "S1", "amount": 5, "status": "asked"}),
]


def case(contract: str, table: str, name: str, value: Any) -> dict[str, Any]:
    key = row_key(contract, table, name)
    closed = CLOSED_FIELDS.get((contract, table))
    salt = salt_for(NONCE, key) if closed else b""
    raw = pack(812, salt, encode(value))
    found: dict[str, Any] = {
        "contract": contract,
        "table": table,
        "parts": [name],
        "value": value,
        "stored": raw.hex(),
        "row_hash": row_hash(key, raw).hex(),
    }
    if closed:
        hidden = {field: value[field] for field in closed if field in value}
        found |= {
            "nonce": NONCE.hex(),
            "salt": salt.hex(),
            "closed_hash": tagged_hash("row-closed", salt, encode(hidden)).hex(),
        }
    return found


def make() -> dict[str, Any]:
    return {
        "closed_fields": [{"contract": c, "table": t, "fields": list(f)} for (c, t), f in CLOSED_FIELDS.items()],
        "rows": [case(*fields) for fields in CASES],
    }
