"""Stored rows and what of them is hashed (docs/reference/state-and-proofs.md).

Stored: height of the last write (8 bytes, big-endian) ‖ length of the salt (1 byte) ‖ salt ‖ canonical value.
Hashed: the value alone, so that the root depends on content only. Rows of the tables in CLOSED_FIELDS hash in two
halves, so that a proof can show amounts and hide who; their salt keeps the hidden half from being guessed.

The field's word: selective disclosure.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any, NamedTuple

from chainbill.codec import decode_trusted, encode_trusted
from chainbill.crypto.hashing import domain_prefix, tagged_hash
from chainbill.errors import InternalFault, Reason
from chainbill.limits import MAX_SALT_BYTES
from chainbill.state.keys import head_of, table_head

CLOSED_FIELDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("token", "token"): ("holder", "offered_to"),
    ("token", "hop"): ("from", "to", "price"),
    ("token", "prepayment"): ("holder", "price", "forgone"),
    ("bill", "guarantee"): ("demands",),
    ("finance", "sale"): ("seller", "buyer", "price_doc"),
    ("finance", "claim"): ("holder", "asked", "amount"),
    ("pledge", "pledge"): ("holder", "pledgee", "secured", "received", "owed", "contract_no"),
    ("legal", "order"): ("beneficiary", "account"),
    ("deposit", "balance"): ("balance",),
    ("deposit", "redemption"): ("amount",),
}
"""Part of the format: how a row hashes cannot change on a running network, so tables of acts to come stand here too."""
_CLOSED_BY_HEAD = {table_head(*table): frozenset(fields) for table, fields in CLOSED_FIELDS.items()}
_CLOSED_HEADS = tuple(_CLOSED_BY_HEAD)
_ROW, _ROW_OPEN, _ROW_CLOSED = domain_prefix("row"), domain_prefix("row-open"), domain_prefix("row-closed")
_HEIGHT_BYTES = 8
_LENGTHS = tuple([bytes((size,)) for size in range(MAX_SALT_BYTES + 1)])


class StoredRow(NamedTuple):
    """A row as stored: `since` = height of its last write, `salt` b"" in open tables, canonical `value_bytes`."""

    since: int
    salt: bytes
    value_bytes: bytes


def pack(since: int, salt: bytes, value: bytes) -> bytes:
    """Stored bytes of a row; `value` is canonical bytes."""
    if len(salt) > MAX_SALT_BYTES:
        raise InternalFault(Reason.ROW_MALFORMED, f"salt of {len(salt)} bytes")
    return since.to_bytes(_HEIGHT_BYTES, "big") + _LENGTHS[len(salt)] + salt + value


def unpack(raw: bytes) -> StoredRow:
    """The three parts of stored bytes."""
    start = _HEIGHT_BYTES + 1
    if len(raw) <= start or len(raw) <= start + raw[_HEIGHT_BYTES]:
        raise InternalFault(Reason.ROW_MALFORMED, "a stored row is cut short")
    end = start + raw[_HEIGHT_BYTES]
    return StoredRow(int.from_bytes(raw[:_HEIGHT_BYTES], "big"), raw[start:end], raw[end:])


def value_bytes(raw: bytes) -> bytes:
    """The canonical value inside stored bytes."""
    return raw[_HEIGHT_BYTES + 1 + raw[_HEIGHT_BYTES] :]


def value_size(raw: bytes | None) -> int:
    """Bytes of the canonical value inside stored bytes, 0 where there is no row."""
    return 0 if raw is None else len(raw) - _HEIGHT_BYTES - 1 - raw[_HEIGHT_BYTES]


def value(raw: bytes) -> Any:
    """The decoded value inside stored bytes."""
    return decode_trusted(raw[_HEIGHT_BYTES + 1 + raw[_HEIGHT_BYTES] :])


def is_closed(key: bytes) -> bool:
    """Whether the key's table has closed fields."""
    return key.startswith(_CLOSED_HEADS)


def salt_for(nonce: bytes, key: bytes) -> bytes:
    """32 bytes: HMAC-SHA256 of the row's key under the writing transaction's nonce."""
    return hmac.digest(nonce, key, "sha256")


def row_hash(key: bytes, raw: bytes, known: Any = None) -> bytes:
    """32 bytes. Open tables: H("row", value).

    Closed tables: H("row-open", canon(open fields) ‖ H("row-closed", salt ‖ canon(closed fields))).
    known: the decoded value of `raw`, where the caller has it.
    """
    if not key.startswith(_CLOSED_HEADS):
        return sha256(_ROW + raw[_HEIGHT_BYTES + 1 + raw[_HEIGHT_BYTES] :]).digest()
    fields = value(raw) if known is None else known
    if not isinstance(fields, dict):
        return tagged_hash("row", value_bytes(raw))
    salt = raw[_HEIGHT_BYTES + 1 : _HEIGHT_BYTES + 1 + raw[_HEIGHT_BYTES]]
    shown = fields.copy()
    hidden = {name: shown.pop(name) for name in _CLOSED_BY_HEAD[head_of(key)] if name in shown}
    closed = sha256(_ROW_CLOSED + salt + encode_trusted(hidden)).digest()
    return sha256(_ROW_OPEN + encode_trusted(shown) + closed).digest()
