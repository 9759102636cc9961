"""Receipts: what became of a transaction, or of an item of the day change.

Canonical form [id, status, reason, details, results, events, gas]. A block's receipts are the leaves of the next
header's receipts_root: those of activations and day items first, then one a transaction, in block order.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from chainbill.codec import decode, encode, encode_trusted
from chainbill.ledger.shapes import as_bytes, as_int, as_list, as_map, as_text, bad_shape
from chainbill.limits import MAX_RECEIPT_BYTES, MAX_TEXT


class Status(StrEnum):
    """How it ended: only `ok` changed anything."""

    OK = "ok"
    REFUSED = "refused"
    FAULT = "fault"
    OUT_OF_GAS = "out_of_gas"


class Receipt(msgspec.Struct, frozen=True):
    """What became of one unit of work.

    id: transaction id, or the hash that names a day item (32 bytes). reason: "" when ok. details: what the refusal
    says. results: one value a call. events: [contract, topic, {fields}]. A unit that did not end ok has no results
    and no events, but for the core's own event that says so for a day item.
    """

    id: bytes
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
        return [self.id, self.status, self.reason, self.details, self.results, self.events, self.gas]

    def encode(self) -> bytes:
        """The canonical bytes: a leaf of receipts_root."""
        return encode_trusted(self.fields()) if self.ok else encode(self.fields())


def decode_receipt(data: bytes) -> Receipt:
    """Read canonical bytes; Malformed if they break the format."""
    fields = as_list(decode(data, max_bytes=MAX_RECEIPT_BYTES), "receipt", length=7)
    status = as_text(fields[1], "status")
    if status not in tuple(Status):
        raise bad_shape("status", "ok, refused, fault or out_of_gas")
    events = as_list(fields[5], "events")
    for event in events:
        contract, topic, values = as_list(event, "event", length=3)
        as_text(contract, "event contract", at_most=MAX_TEXT)
        as_text(topic, "event topic", at_most=MAX_TEXT)
        as_map(values, "event fields")
    return Receipt(
        as_bytes(fields[0], "receipt id", length=32),
        str(Status(status)),
        as_text(fields[2], "reason"),
        as_map(fields[3], "details"),
        as_list(fields[4], "results"),
        events,
        as_int(fields[6], "gas"),
    )
