"""Vectors of receipts: fields, bytes, salts, the root over them, and bytes that must be refused with their reasons."""

from __future__ import annotations

from typing import Any

from chainbill.codec import encode
from chainbill.crypto import merkle
from chainbill.errors import Malformed
from chainbill.ledger.receipt import NO_SALT, Receipt, decode_receipt, receipt_salt

NONCE = bytes(range(16))
TRANSACTION = bytes([2]) * 32


def make() -> dict[str, Any]:
    """A receipt of each kind, and what is none."""
    encoded = [one.encode() for one in _good()]
    return {
        "salts": [{"nonce": NONCE.hex(), "id": TRANSACTION.hex(), "salt": receipt_salt(NONCE, TRANSACTION).hex()}],
        "accepted": [
            {"fields": [*one.fields()[:2], one.id.hex(), one.salt.hex(), *one.fields()[4:]], "bytes": raw.hex()}
            for one, raw in zip(_good(), encoded, strict=True)
        ],
        "leaves": [merkle.leaf_hash(raw).hex() for raw in encoded],
        "receipts_root": merkle.root(encoded).hex(),
        "refused": [_refused(name, raw) for name, raw in _bad()],
    }


PUBLIC = ("protocol", "rules", "evidence")


def _good() -> list[Receipt]:
    """In the order in which they would stand in a block."""
    day_nonce = bytes([9]) * 32
    failed = [["core", "day_item_failed", {"contract": "bill", "item": ["2026-05-06", "due", "B1"], "reason": "x"}]]
    recorded = [["core", "evidence_recorded", {"validator": "ab", "kind": 1, "height": 4, "round": 0, "type": 1}]]

    def own(kind: str, number: int, events: list[Any], status: str = "ok", reason: str = "") -> Receipt:
        unit_id = bytes([number]) * 32
        nonce = unit_id if kind == "genesis" else day_nonce
        salt = NO_SALT if kind in PUBLIC else receipt_salt(nonce, unit_id)
        results = [None] if status == "ok" and kind not in PUBLIC else []
        return Receipt(kind, unit_id, salt, status, reason, {}, results, events, 77)

    accepted = [["token", "accepted", {"token": "T1"}]]
    return [
        own("genesis", 3, []),
        own("protocol", 10, [["core", "protocol_changed", {"version": 2, "digest": "22" * 32, "from": 9}]]),
        own("rules", 11, [["core", "rules_changed", {"changes": {"gas_put": 61}, "currencies": {}, "python": []}]]),
        own("activation", 4, [["core", "contracts_activated", {"set": "G1", "contracts": ["bill"], "removed": []}]]),
        own("migration", 5, []),
        own("evidence", 6, recorded),
        own("day_item", 7, failed, "refused", "x"),
        Receipt("transaction", TRANSACTION, receipt_salt(NONCE, TRANSACTION), "ok", "", {}, [{}], accepted, 412),
        Receipt("transaction", bytes([1]) * 32, bytes([8]) * 32, "refused", "not_the_holder", {"t": "T1"}, [], [], 87),
        Receipt("tick", bytes([12]) * 32, NO_SALT, "ok", "", {}, [], [], 0),
    ]


def _bad() -> list[tuple[str, bytes]]:
    good = _good()[-2].fields()

    def changed(place: int, value: Any) -> bytes:
        return encode([*good[:place], value, *good[place + 1 :]])

    return [
        ("format 1: no number, kind or salt", encode([good[2], *good[4:]])),
        ("another format number", changed(0, 3)),
        ("a kind that there is not", changed(1, "payment")),
        ("a kind that is no text", changed(1, 1)),
        ("an id of 31 bytes", changed(2, bytes(31))),
        ("a salt of 16 bytes", changed(3, bytes(16))),
        ("no salt", encode([*good[:3], *good[4:]])),
        ("a status that there is not", changed(4, "fine")),
        ("details that are no map", changed(6, [])),
        ("an event without fields", changed(8, [["token", "accepted"]])),
        ("negative gas", changed(9, -1)),
        ("one field more", encode([*good, 0])),
        ("bytes behind the end", encode(good) + b"\x00"),
        ("not canonical: a longer form of an integer", encode(good)[:-1] + b"\xcd\x00\x57"),
    ]


def _refused(name: str, raw: bytes) -> dict[str, str]:
    try:
        decode_receipt(raw)
    except Malformed as error:
        return {"name": name, "bytes": raw.hex(), "reason": error.reason}
    raise AssertionError(f"{name} is read as a receipt")
