"""Vectors of headers, blocks, validator sets, receipts and genesis: fields, bytes, hashes."""

from __future__ import annotations

from typing import Any

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.block import Block, Header, encode_block, evidence_root, tx_root
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.transaction import Call, encode_body, sign_transaction, wire_id_of
from chainbill.ledger.validators import Validator, ValidatorSet

CHAIN = "vector-chain"
NETWORK = bytes([7]) * 32
KEYS = [PrivateKey.from_seed(bytes([number]) * 32) for number in range(10, 14)]


def make() -> dict[str, Any]:
    """One of each, small enough to follow by hand."""
    return {
        "validators": _validators(),
        "genesis": _genesis(),
        "blocks": [_block(name, count) for name, count in (("an empty block", 0), ("three transactions", 3))],
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


def _block(name: str, count: int) -> dict[str, Any]:
    wires = tuple(_wire(number) for number in range(count))
    header = Header(
        network=NETWORK,
        height=7,
        time_ms=1_772_000_000_777,
        proposer=KEYS[0].public,
        parent=bytes([1]) * 32,
        tx_root=tx_root([wire_id_of(wire) for wire in wires]),
        evidence_root=evidence_root([]),
        app_hash=bytes([2]) * 32,
        receipts_root=bytes([3]) * 32,
        validators_hash=validators().hash(),
        next_validators_hash=validators().hash(),
    )
    block = Block(header, wires)
    return {
        "name": name,
        "header": {
            field: value.hex() if isinstance(value, bytes) else value
            for field, value in vars(header).items()
            if field != "id"
        },
        "header_bytes": header.encode().hex(),
        "block_id": block.id.hex(),
        "wire_ids": [wire_id.hex() for wire_id in block.wire_ids],
        "block_bytes": encode_block(block).hex(),
    }
