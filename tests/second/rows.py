"""What a row hashes to, and how it is stored. Written from state-and-proofs.md, "Row hashes" and "As stored"."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import NamedTuple

from second.codec import decode, encode
from second.hashing import tagged
from second.keys import Part, row_key
from second.refused import must

CLOSED = {
    ("token", "token"): ["holder", "offered_to"],
    ("token", "hop"): ["from", "to", "price"],
    ("token", "prepayment"): ["holder", "price", "forgone"],
    ("bill", "guarantee"): ["demands"],
    ("finance", "sale"): ["seller", "buyer", "price_doc"],
    ("finance", "claim"): ["holder", "asked", "amount"],
    ("pledge", "pledge"): ["holder", "pledgee", "secured", "received", "owed", "contract_no"],
    ("legal", "order"): ["beneficiary", "account"],
    ("deposit", "balance"): ["balance"],
    ("deposit", "redemption"): ["amount"],
}


def has_closed_fields(contract: str, table: str, value: object) -> bool:
    """Whether a row of this table hashes in two halves."""
    return (contract, table) in CLOSED and isinstance(value, dict)


def salt_of(nonce: bytes, key: bytes) -> bytes:
    """The salt of a row with closed fields."""
    return hmac.new(nonce, key, sha256).digest()


def halves(contract: str, table: str, value: dict[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """The open and the closed entries of a value."""
    names = CLOSED[contract, table]
    return {k: v for k, v in value.items() if k not in names}, {k: v for k, v in value.items() if k in names}


def closed_hash(contract: str, table: str, value: dict[str, object], salt: bytes) -> bytes:
    """The 32 bytes that stand for the closed half."""
    return tagged("row-closed", salt, encode(halves(contract, table, value)[1]))


def open_hash(opened: dict[str, object], closed: bytes) -> bytes:
    """The row hash from the open half and the 32 bytes of the closed one."""
    return tagged("row-open", encode(opened), closed)


def row_hash(contract: str, table: str, value: object, salt: bytes = b"") -> bytes:
    """The hash of a row that stands in the state tree."""
    if not has_closed_fields(contract, table, value):
        return tagged("row", encode(value))
    assert isinstance(value, dict)
    return open_hash(halves(contract, table, value)[0], closed_hash(contract, table, value, salt))


class Stored(NamedTuple):
    """A row as a node keeps it."""

    since: int
    salt: bytes
    value: object


def stored_bytes(row: Stored) -> bytes:
    """since ‖ length of salt ‖ salt ‖ canon(value)."""
    return row.since.to_bytes(8, "big") + bytes([len(row.salt)]) + row.salt + encode(row.value)


def read_stored(data: bytes) -> Stored:
    """A row from its stored bytes."""
    must(len(data) >= 10, "row_malformed")
    length = data[8]
    must(length in (0, 32) and len(data) > 9 + length, "row_malformed")
    return Stored(int.from_bytes(data[:8], "big"), data[9 : 9 + length], decode(data[9 + length :]))


def stored_row_hash(contract: str, table: str, parts: list[Part], data: bytes, nonce: bytes) -> bytes:
    """The hash of a stored row, whose salt must be the one that the nonce gives."""
    row = read_stored(data)
    wanted = salt_of(nonce, row_key(contract, table, parts)) if (contract, table) in CLOSED else b""
    must(row.salt == wanted, "row_malformed", "another salt")
    return row_hash(contract, table, row.value, row.salt)
