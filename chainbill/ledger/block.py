"""Blocks: a header that commits to everything, the transactions' wire bytes, and evidence of misbehaviour.

The header's app_hash and receipts_root are those *after the parent*: a block's own results are certified by
the next header (docs/reference/blocks-and-certificates.md). The block id is H("header", canonical header).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from chainbill.codec import decode, encode
from chainbill.crypto import merkle
from chainbill.crypto.hashing import tagged_hash
from chainbill.errors import Malformed, Reason
from chainbill.ledger.shapes import as_bytes, as_int, as_list
from chainbill.ledger.transaction import wire_id_of
from chainbill.limits import (
    MAX_BLOCK_BYTES,
    MAX_BLOCK_TRANSACTIONS,
    MAX_EVIDENCE,
    MAX_EVIDENCE_BYTES,
    MAX_TRANSACTION_BYTES,
)

_HASHES = (
    "proposer",
    "parent",
    "tx_root",
    "evidence_root",
    "app_hash",
    "receipts_root",
    "validators_hash",
    "next_validators_hash",
)

_read_header = msgspec.msgpack.Decoder(tuple[list[Any], msgspec.Raw, msgspec.Raw]).decode


@dataclass(frozen=True)
class Header:
    """What validators vote on.

    network: the genesis hash. Hashes are 32 bytes, time_ms is UTC and later than the parent's.
    """

    network: bytes
    height: int
    time_ms: int
    proposer: bytes
    parent: bytes
    tx_root: bytes
    evidence_root: bytes
    app_hash: bytes
    receipts_root: bytes
    validators_hash: bytes
    next_validators_hash: bytes

    @cached_property
    def id(self) -> bytes:
        """H("header", canonical header): the block id."""
        return tagged_hash("header", encode(self.fields()))

    def fields(self) -> list[Any]:
        """The canonical list, in the order of the class."""
        return [
            self.network,
            self.height,
            self.time_ms,
            self.proposer,
            self.parent,
            self.tx_root,
            self.evidence_root,
            self.app_hash,
            self.receipts_root,
            self.validators_hash,
            self.next_validators_hash,
        ]

    def encode(self) -> bytes:
        """The canonical bytes."""
        return encode(self.fields())

    @classmethod
    def from_fields(cls, value: Any) -> Header:
        """Read the canonical list; Malformed if it is none."""
        fields = as_list(value, "header", length=11)
        hashes = [as_bytes(field, name, length=32) for name, field in zip(_HASHES, fields[3:], strict=True)]
        return cls(
            as_bytes(fields[0], "network", length=32),
            as_int(fields[1], "height", low=1),
            as_int(fields[2], "time_ms"),
            *hashes,
        )


@dataclass(frozen=True)
class Block:
    """A header, the wire bytes of its transactions in order, and encoded evidence."""

    header: Header
    transactions: tuple[bytes, ...] = ()
    evidence: tuple[bytes, ...] = ()

    @property
    def id(self) -> bytes:
        """The header's id."""
        return self.header.id

    @property
    def height(self) -> int:
        """The header's height."""
        return self.header.height

    @cached_property
    def wire_ids(self) -> tuple[bytes, ...]:
        """The wire ids of the transactions: the leaves of tx_root."""
        return tuple([wire_id_of(wire) for wire in self.transactions])

    @cached_property
    def encoded(self) -> bytes:
        """The canonical bytes [header, [wire, …], [evidence, …]]."""
        return encode([self.header.fields(), list(self.transactions), list(self.evidence)])

    def check_roots(self) -> None:
        """Malformed unless tx_root and evidence_root are those of the contents."""
        if self.header.tx_root != tx_root(self.wire_ids):
            raise Malformed(Reason.BLOCK_TX_ROOT, "tx_root is not that of the block's transactions")
        if self.header.evidence_root != evidence_root(self.evidence):
            raise Malformed(Reason.BLOCK_EVIDENCE_ROOT, "evidence_root is not that of the block's evidence")


def encode_block(block: Block) -> bytes:
    """The canonical bytes of a block (kept in the object)."""
    return block.encoded


def decode_block(data: bytes) -> Block:
    """Read canonical bytes; Malformed if they break the format or the roots are not those of the contents."""
    fields = as_list(decode(data, max_bytes=MAX_BLOCK_BYTES), "block", length=3)
    wires = as_list(fields[1], "transactions", at_most=MAX_BLOCK_TRANSACTIONS)
    proofs = as_list(fields[2], "evidence", at_most=MAX_EVIDENCE)
    block = Block(
        Header.from_fields(fields[0]),
        tuple([as_bytes(wire, "transaction", at_most=MAX_TRANSACTION_BYTES) for wire in wires]),
        tuple([as_bytes(proof, "evidence", at_most=MAX_EVIDENCE_BYTES) for proof in proofs]),
    )
    vars(block)["encoded"] = data  # canonical bytes have one form: no need to make them again
    block.check_roots()
    return block


def header_of(data: bytes) -> Header:
    """The header of a block's canonical bytes from the own database; the rest is passed over, nothing is checked."""
    return Header.from_fields(_read_header(data)[0])


def tx_root(wire_ids: Sequence[bytes]) -> bytes:
    """The log-tree root over wire ids, in block order."""
    return merkle.root(list(wire_ids))


def evidence_root(evidence: Sequence[bytes]) -> bytes:
    """The log-tree root over encoded evidence, in block order."""
    return merkle.root(list(evidence))
