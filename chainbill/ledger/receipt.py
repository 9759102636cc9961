"""Receipts: what became of a transaction, or of what the ledger does by itself.

Canonical form [2, kind, id, salt, status, reason, details, results, events, gas]. A block's receipts are the leaves of
the next header's receipts_root: those of its own acts first (see `Kind`), then one a transaction, in block order.

The hash of a receipt may be shown to anybody who checks the root. The salt keeps it from being guessed: a receipt says
little that is hard to try out, such as an amount between two known parties.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from chainbill.codec import decode, encode, encode_trusted
from chainbill.crypto.hashing import HASH_BYTES, tagged_hash
from chainbill.ledger.shapes import as_bytes, as_format, as_int, as_list, as_map, as_text, bad_shape
from chainbill.limits import FORMAT, MAX_RECEIPT_BYTES, MAX_TEXT

NO_SALT = bytes(HASH_BYTES)
"""The salt of what everybody may see anyway."""


class Kind(StrEnum):
    """What a receipt is of; in a block they stand in this order."""

    GENESIS = "genesis"  # an @init function; these are the receipts of height 0
    PROTOCOL = "protocol"  # a protocol version that begins
    RULES = "rules"  # a change of rules whose height has come
    ACTIVATION = "activation"  # contracts whose height has come
    MIGRATION = "migration"  # a step of a migration under way
    EVIDENCE = "evidence"
    DAY_ITEM = "day_item"
    TRANSACTION = "transaction"
    TICK = "tick"  # day work was due under an engine that makes no block by itself


class Status(StrEnum):
    """How it ended: only `ok` changed anything."""

    OK = "ok"
    REFUSED = "refused"
    FAULT = "fault"
    OUT_OF_GAS = "out_of_gas"


class Receipt(msgspec.Struct, frozen=True):
    """What became of one unit of work.

    id: transaction id, or the hash that names another unit (32 bytes). salt: see `receipt_salt`. reason: "" when ok.
    details: what the refusal says. results: one value a call. events: [contract, topic, {fields}]. A unit that did not
    end ok has no results and no events, but for the core's own event that says so for a day item.
    """

    kind: str
    id: bytes
    salt: bytes
    status: str
    reason: str
    details: dict[str, Any]
    results: list[Any]
    events: list[list[Any]]
    gas: int

    @property
    def ok(self) -> bool:
        """Whether the unit took effect."""
        return self.status == Status.OK

    def fields(self) -> list[Any]:
        """The canonical list."""
        return [
            FORMAT, self.kind, self.id, self.salt,
            self.status, self.reason, self.details, self.results, self.events, self.gas,
        ]  # fmt: skip

    def encode(self) -> bytes:
        """The canonical bytes: a leaf of receipts_root."""
        return encode_trusted(self.fields()) if self.ok else encode(self.fields())


def receipt_salt(nonce: bytes, unit_id: bytes) -> bytes:
    """The salt of a unit's receipt: H("receipt-salt", nonce ‖ id), 32 bytes.

    nonce: the transaction's, which only those know who may read it, or that of the ledger's own work.
    """
    return tagged_hash("receipt-salt", nonce, unit_id)


def decode_receipt(data: bytes) -> Receipt:
    """Read canonical bytes; Malformed if they break the format."""
    _, kind, unit_id, salt, status, reason, details, results, events, gas = as_format(
        decode(data, max_bytes=MAX_RECEIPT_BYTES), "receipt", length=10
    )
    as_text(kind, "kind")
    as_text(status, "status")
    if kind not in tuple(Kind):
        raise bad_shape("kind", ", ".join(Kind))
    if status not in tuple(Status):
        raise bad_shape("status", "ok, refused, fault or out_of_gas")
    for event in as_list(events, "events"):
        contract, topic, values = as_list(event, "event", length=3)
        as_text(contract, "event contract", at_most=MAX_TEXT)
        as_text(topic, "event topic", at_most=MAX_TEXT)
        as_map(values, "event fields")
    return Receipt(
        str(Kind(kind)),
        as_bytes(unit_id, "receipt id", length=HASH_BYTES),
        as_bytes(salt, "receipt salt", length=HASH_BYTES),
        str(Status(status)),
        as_text(reason, "reason"),
        as_map(details, "details"),
        as_list(results, "results"),
        events,
        as_int(gas, "gas"),
    )
