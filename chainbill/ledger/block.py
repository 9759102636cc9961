"""Blocks: a header that commits to everything, the parent's certificate, the transactions' wire bytes, and evidence.

The header's app_hash and receipts_root are those *after the parent*: a block's own results are certified by
the next header (docs/reference/blocks-and-certificates.md). The block id is H("header", canonical header). A block
carries the certificate of its parent, so that who had signed, and who was absent, is agreed like everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from operator import attrgetter
from typing import Any

import msgspec

from chainbill.codec import decode, encode_trusted
from chainbill.crypto import merkle
from chainbill.crypto.hashing import tagged_hash
from chainbill.errors import Malformed, Reason
from chainbill.ledger.certificate import certificate_hash
from chainbill.ledger.envelope import wire_id_of
from chainbill.ledger.shapes import MAX_INT, as_bytes, as_format, as_int, as_list
from chainbill.ledger.tick import is_tick
from chainbill.limits import (
    FORMAT,
    MAX_BLOCK_BYTES,
    MAX_BLOCK_TRANSACTIONS,
    MAX_CERTIFICATE_BYTES,
    MAX_EVIDENCE,
    MAX_EVIDENCE_BYTES,
    MAX_TRANSACTION_BYTES,
)

NO_CERTIFICATE = bytes(32)
"""In the header of block 1, whose parent, the genesis, has no certificate."""
MAX_PROTOCOL = 2**31 - 1
MAX_RECEIPTS = 2**31 - 1
MAX_BLOCK_ITEMS = MAX_BLOCK_TRANSACTIONS + MAX_EVIDENCE + 100
"""Values of an encoded block: the header and what holds the others are fewer than 100."""

_read_header = msgspec.msgpack.Decoder(tuple[list[Any], msgspec.Raw, msgspec.Raw, msgspec.Raw]).decode


@dataclass(frozen=True)
class Header:
    """What validators vote on.

    network: the genesis hash. Hashes are 32 bytes, time_ms is UTC and later than the parent's. protocol: which version
    of the ledger's code decides what the block does. parent_certificate: hash of the parent's certificate that the
    block carries. Every root stands beside the size of its list; history_root is that of the log of all earlier block
    ids, which are height − 1.
    """

    network: bytes
    height: int
    time_ms: int
    protocol: int
    proposer: bytes
    parent: bytes
    parent_certificate: bytes
    tx_count: int
    tx_root: bytes
    evidence_count: int
    evidence_root: bytes
    app_hash: bytes
    receipts_count: int
    receipts_root: bytes
    history_root: bytes
    validators_hash: bytes
    next_validators_hash: bytes

    @cached_property
    def id(self) -> bytes:
        """H("header", canonical header): the block id."""
        return tagged_hash("header", self.encode())

    def check_counts(self, transactions: int, evidence: int) -> None:
        """Malformed unless the header says so many."""
        if (self.tx_count, self.evidence_count) != (transactions, evidence):
            raise Malformed(Reason.BLOCK_COUNTS, "tx_count or evidence_count is not that of the block's contents")

    def fields(self) -> list[Any]:
        """The canonical list [2, …] in the order of the class."""
        return [FORMAT, *_FIELDS(self)]

    def encode(self) -> bytes:
        """The canonical bytes."""
        return encode_trusted(self.fields())

    @classmethod
    def from_fields(cls, value: Any) -> Header:
        """Read the canonical list; Malformed if it is none."""
        given = as_format(value, "header", length=len(_NAMES) + 1)[1:]
        for name, one in zip(_NAMES, given, strict=True):
            if name in _INTEGERS:
                low, high = _INTEGERS[name]
                as_int(one, name, low=low, high=high)
            else:
                as_bytes(one, name, length=32)
        return cls(*given)


_NAMES = tuple(field.name for field in fields(Header))
_TX_COUNT = 1 + _NAMES.index("tx_count")
_FIELDS: Callable[[Header], tuple[Any, ...]] = attrgetter(*_NAMES)
_INTEGERS = {
    "height": (1, MAX_INT), "time_ms": (0, MAX_INT), "protocol": (1, MAX_PROTOCOL),
    "tx_count": (0, MAX_BLOCK_TRANSACTIONS), "evidence_count": (0, MAX_EVIDENCE), "receipts_count": (0, MAX_RECEIPTS),
}  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A header, the wire bytes of its transactions in order, encoded evidence, and the parent's certificate.

    parent_certificate: canonical bytes, None for block 1 and where another engine than the built-in one decides.
    """

    header: Header
    transactions: tuple[bytes, ...] = ()
    evidence: tuple[bytes, ...] = ()
    parent_certificate: bytes | None = None

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

    @property
    def tick(self) -> bytes | None:
        """The tick that stands last in place of a transaction, None if there is none."""
        return self.transactions[-1] if self.transactions and is_tick(self.transactions[-1]) else None

    @property
    def signed(self) -> tuple[bytes, ...]:
        """The transactions that somebody signed: all but a tick."""
        return self.transactions if self.tick is None else self.transactions[:-1]

    @cached_property
    def encoded(self) -> bytes:
        """The canonical bytes [header, parent certificate or nil, [wire, …], [evidence, …]]."""
        contents = [self.parent_certificate, list(self.transactions), list(self.evidence)]
        return encode_trusted([self.header.fields(), *contents])

    def check_roots(self) -> None:
        """Malformed unless counts, roots and the hash of the parent's certificate are those of the contents."""
        self.header.check_counts(len(self.wire_ids), len(self.evidence))
        if self.header.tx_root != tx_root(self.wire_ids):
            raise Malformed(Reason.BLOCK_TX_ROOT, "tx_root is not that of the block's transactions")
        if self.header.evidence_root != evidence_root(self.evidence):
            raise Malformed(Reason.BLOCK_EVIDENCE_ROOT, "evidence_root is not that of the block's evidence")
        if self.header.parent_certificate != parent_certificate_hash(self.parent_certificate):
            detail = "parent_certificate is not the hash of the certificate that the block carries"
            raise Malformed(Reason.BLOCK_PARENT_CERTIFICATE, detail)


def decode_block(data: bytes) -> Block:
    """Read canonical bytes; Malformed if they break the format or the roots are not those of the contents."""
    parts = as_list(decode(data, max_bytes=MAX_BLOCK_BYTES, max_items=MAX_BLOCK_ITEMS), "block")
    header = Header.from_fields(parts[0] if parts else None)
    _, certificate, wires, proofs = as_list(parts, "block", length=4)
    as_list(wires, "transactions", at_most=MAX_BLOCK_TRANSACTIONS)
    as_list(proofs, "evidence", at_most=MAX_EVIDENCE)
    header.check_counts(len(wires), len(proofs))  # before anything is hashed
    block = Block(
        header,
        tuple([as_bytes(wire, "transaction", at_most=MAX_TRANSACTION_BYTES) for wire in wires]),
        tuple([as_bytes(proof, "evidence", at_most=MAX_EVIDENCE_BYTES) for proof in proofs]),
        as_certificate_bytes(certificate),
    )
    vars(block)["encoded"] = data  # canonical bytes have one form: no need to make them again
    block.check_roots()
    return block


def header_of(data: bytes) -> Header:
    """The header of a block's canonical bytes from the own database; the rest is passed over, nothing is checked."""
    return Header.from_fields(_read_header(data)[0])


def claimed_transactions(data: bytes) -> int:
    """How many transactions a block says it has, for bytes from anywhere; the rest is passed over. Malformed."""
    try:
        fields = as_format(_read_header(data)[0], "header", length=len(_NAMES) + 1)
        return as_int(fields[_TX_COUNT], "tx_count", high=MAX_BLOCK_TRANSACTIONS)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Malformed(Reason.CODEC_NOT_MSGPACK, "no block: not one whole MessagePack value") from None


def as_certificate_bytes(value: Any) -> bytes | None:
    """The bytes of a parent's certificate, not yet read, or None for nil; Malformed if they are neither."""
    return None if value is None else as_bytes(value, "parent certificate", at_most=MAX_CERTIFICATE_BYTES)


def parent_certificate_hash(data: bytes | None) -> bytes:
    """What a header names: H("certificate", bytes), 32 zero bytes where there is none."""
    return NO_CERTIFICATE if data is None else certificate_hash(data)


def tx_root(wire_ids: Sequence[bytes]) -> bytes:
    """The log-tree root over wire ids, in block order."""
    return merkle.root(list(wire_ids))


def evidence_root(evidence: Sequence[bytes]) -> bytes:
    """The log-tree root over encoded evidence, in block order."""
    return merkle.root(list(evidence))
