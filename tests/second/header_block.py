"""Headers and blocks. Written from blocks-and-certificates.md, "Block"."""

from __future__ import annotations

from typing import NamedTuple

from second import log_tree
from second.codec import decode, encode
from second.hashing import tagged
from second.refused import must
from second.shapes import FORMAT, MAX_31, MAX_63, integer, items, octets, of_format
from second.transaction import wire_id

MAX_BYTES = 8_388_608
MAX_TRANSACTIONS = 10_000
MAX_EVIDENCE = 16
NONE = bytes(32)


class Header(NamedTuple):
    """The 17 fields behind the format."""

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

    @property
    def bytes(self) -> bytes:
        """canon(header)."""
        return encode([2, *self])

    @property
    def id(self) -> bytes:
        """The block id."""
        return tagged("header", self.bytes)


BOUNDS = {
    "height": (1, MAX_63),
    "time_ms": (0, MAX_63),
    "protocol": (1, MAX_31),
    "tx_count": (0, MAX_TRANSACTIONS),
    "evidence_count": (0, MAX_EVIDENCE),
    "receipts_count": (0, MAX_31),
}


def read_header(value: object) -> Header:
    """A header from its list: format, number of fields, then each one's type and bounds."""
    fields = dict(zip(Header._fields, of_format(value, 18)[1:], strict=True))
    return Header(**{k: integer(v, *BOUNDS[k]) if k in BOUNDS else octets(v) for k, v in fields.items()})  # type: ignore[arg-type]


def header_of(data: bytes) -> Header:
    """A header from its bytes."""
    return read_header(decode(data))


class Block(NamedTuple):
    """A header and what it commits to."""

    header: Header
    certificate: bytes | None
    wires: list[bytes]
    evidence: list[bytes]

    @property
    def wire_ids(self) -> list[bytes]:
        """The leaves of tx_root."""
        return [wire_id(wire) for wire in self.wires]


def read_block(data: bytes) -> Block:
    """A block whose counts, roots and certificate hash are those of its header."""
    fields = items(decode(data, MAX_BYTES))
    header_fields = items(fields[0] if fields else None)
    first = header_fields[0] if header_fields else None
    must(isinstance(first, int) and not isinstance(first, bool) and first == FORMAT, "format_version")
    value, certificate, wires, evidence = items(fields, 4)
    block = Block(
        read_header(value),
        None if certificate is None else octets(certificate, None),
        [octets(wire, None) for wire in items(wires)],
        [octets(piece, None) for piece in items(evidence)],
    )
    header = block.header
    must(header.tx_count == len(block.wires), "block_counts", "tx_count")
    must(header.evidence_count == len(block.evidence), "block_counts", "evidence_count")
    must(header.tx_root == log_tree.root(block.wire_ids), "block_tx_root")
    must(header.evidence_root == log_tree.root(block.evidence), "block_evidence_root")
    hashed = NONE if block.certificate is None else tagged("certificate", block.certificate)
    must(header.parent_certificate == hashed, "block_parent_certificate")
    return block


def block_bytes(block: Block) -> bytes:
    """canon([header, certificate or nil, [wire, …], [evidence, …]])."""
    return encode([[2, *block.header], block.certificate, block.wires, block.evidence])
