"""Vectors of headers, blocks, validator sets, receipts and genesis: fields, bytes, hashes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from chainbill.codec import decode, encode
from chainbill.crypto import merkle
from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.keys import PrivateKey
from chainbill.errors import ChainbillError
from chainbill.ledger.block import (
    Block,
    Header,
    decode_block,
    evidence_root,
    parent_certificate_hash,
    tx_root,
)
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.envelope import wire_id_of
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.tick import Tick, decode_tick
from chainbill.ledger.transaction import Call, encode_body, sign_transaction
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.ledger.vote import VoteType, sign_vote
from chainbill.limits import MAX_BLOCK_BYTES

CHAIN = "vector-chain"
NETWORK = bytes([7]) * 32
PARENT = bytes([1]) * 32
EARLIER = [*[bytes([number]) * 32 for number in range(10, 15)], PARENT]
KEYS = [PrivateKey.from_seed(bytes([number]) * 32) for number in range(10, 14)]


def make() -> dict[str, Any]:
    """One of each, small enough to follow by hand."""
    return {
        "validators": _validators(),
        "genesis": _genesis(),
        "parent_certificate": {"bytes": parent_certificate().encode().hex(), "hash": parent_certificate().hash.hex()},
        "earlier_block_ids": [one.hex() for one in EARLIER],
        "blocks": [_block("block 1, which carries no certificate", 1, 0), _block("three transactions", 7, 3)],
        "refused_blocks": _refused(),
        "ticks": _ticks(),
    }


def validators() -> ValidatorSet:
    """Four validators."""
    named = enumerate(KEYS)
    return ValidatorSet.of([Validator(key.public, f"bank{n}", f"BANK{n}", f"bank{n}.example:7000") for n, key in named])


def _validators() -> dict[str, Any]:
    one = validators()
    return {
        "fields": [[entry.alg, entry.key.hex(), entry.name, entry.party, entry.address] for entry in one.validators],
        "hash": one.hash().hex(),
        "quorum": one.quorum,
        "max_faulty": one.max_faulty,
        "proposers_of_height_5": [one.proposer(5, round_).key.hex() for round_ in range(4)],
    }


def _genesis() -> dict[str, Any]:
    one = Genesis(
        chain_id=CHAIN,
        time_ms=1_772_000_000_000,
        validators=validators(),
        contracts=(("token", '"""Tokens."""\n'), ("bill", '"""账单."""\n')),
        init={"token": {"limit": 5}},
        parameters={"grace_days": 0},
    )
    return {"file": one.to_json(), "hash": one.hash.hex()}


def _wire(number: int) -> bytes:
    key = PrivateKey.from_seed(bytes([number + 1]) * 32)
    body = encode_body(
        network=bytes([9]) * 32,
        party=f"S{number}",
        valid_until_ms=1_772_000_600_000,
        nonce=bytes([number]) * 16,
        calls=[Call("token", "accept", {"token": f"T{number}"})],
        keys=[key.public],
    )
    return sign_transaction(body, [key])


def parent_certificate() -> Certificate:
    """The certificate of the block before that of height 7, by three of the four."""
    value: dict[str, Any] = {"type": VoteType.PRECOMMIT, "height": 6, "round": 0, "block_id": PARENT}
    return Certificate.from_votes([sign_vote(key, NETWORK, **value) for key in KEYS[:3]])


def make_header(height: int, wires: Sequence[bytes], certificate: bytes | None) -> Header:
    """The header of these transactions; the ids of the blocks before are those of EARLIER."""
    return Header(
        network=NETWORK,
        height=height,
        time_ms=1_772_000_000_777,
        protocol=1,
        proposer=KEYS[0].public,
        parent=PARENT if height > 1 else NETWORK,
        parent_certificate=parent_certificate_hash(certificate),
        tx_count=len(wires),
        tx_root=tx_root([wire_id_of(wire) for wire in wires]),
        evidence_count=0,
        evidence_root=evidence_root([]),
        app_hash=bytes([2]) * 32,
        receipts_count=3,
        receipts_root=bytes([3]) * 32,
        history_root=merkle.root(EARLIER[: height - 1]),
        validators_hash=validators().hash(),
        next_validators_hash=validators().hash(),
    )


def make_block(height: int, count: int) -> Block:
    """A block of so many transactions; with a certificate behind block 1."""
    wires = tuple(_wire(number) for number in range(count))
    certificate = None if height == 1 else parent_certificate().encode()
    return Block(make_header(height, wires, certificate), wires, (), certificate)


def _block(name: str, height: int, count: int) -> dict[str, Any]:
    block = make_block(height, count)
    return {
        "name": name,
        "header": {
            field: value.hex() if isinstance(value, bytes) else value
            for field, value in vars(block.header).items()
            if field != "id"
        },
        "header_bytes": block.header.encode().hex(),
        "block_id": block.id.hex(),
        "wire_ids": [wire_id.hex() for wire_id in block.wire_ids],
        "block_bytes": block.encoded.hex(),
    }


def _refused() -> list[dict[str, Any]]:
    """Bytes that are no block: what a decoder alone must refuse, and why."""
    block = make_block(7, 3)
    header, certificate, wires, evidence = decode(block.encoded, max_bytes=MAX_BLOCK_BYTES)
    cases: list[tuple[str, Any]] = [
        ("as format 1 had it", [["vector-chain", *header[2:4], *header[6:]], wires, evidence]),
        ("a header made for format 1", [[1, *header[1:]], certificate, wires, evidence]),
        ("a header made for format 3", [[3, *header[1:]], certificate, wires, evidence]),
        ("the network is a name", [[2, "vector-chain", *header[2:]], certificate, wires, evidence]),
        ("height 0", [[2, NETWORK, 0, *header[3:]], certificate, wires, evidence]),
        ("protocol 0", [[*header[:4], 0, *header[5:]], certificate, wires, evidence]),
        ("one field less", [header[:-1], certificate, wires, evidence]),
        ("no place for the certificate", [header, wires, evidence]),
        ("the certificate is missing", [header, None, wires, evidence]),
        ("another certificate than the header names", [header, certificate[:-1] + b"\0", wires, evidence]),
        ("a transaction less than tx_count", [header, certificate, wires[:-1], evidence]),
        ("tx_count is another", [[*header[:8], 4, *header[9:]], certificate, wires, evidence]),
        ("evidence that is not counted", [header, certificate, wires, [b"x"]]),
        ("transactions in another order", [header, certificate, wires[::-1], evidence]),
        ("more than 10,000 transactions", [[*header[:8], 10_001, *header[9:]], certificate, wires, evidence]),
    ]
    return [{"name": name, "bytes": encode(value).hex(), "refused": _reason(encode(value))} for name, value in cases]


def _ticks() -> dict[str, Any]:
    """A tick with what it is named by, and bytes that are none."""
    one = Tick(NETWORK, "2026-03-02")
    broken: list[tuple[str, Any]] = [
        ("made for format 1", [1, "tick", NETWORK, one.date]),
        ("another name", [2, "tock", NETWORK, one.date]),
        ("the network is a name", [2, "tick", "vector-chain", one.date]),
        ("no date of the calendar", [2, "tick", NETWORK, "2026-02-30"]),
        ("one field more", [2, "tick", NETWORK, one.date, None]),
    ]
    return {
        "network": NETWORK.hex(),
        "date": one.date,
        "bytes": one.encode().hex(),
        "wire_id": wire_id_of(one.encode()).hex(),
        "receipt_id": tagged_hash("tick", one.encode()).hex(),
        "refused": [
            {"name": name, "bytes": encode(value).hex(), "refused": _reason(encode(value), decode_tick)}
            for name, value in broken
        ],
    }


def _reason(data: bytes, read: Callable[[bytes], Any] = decode_block) -> str:
    try:
        read(data)
    except ChainbillError as error:
        return error.reason
    raise AssertionError("it is not refused")
