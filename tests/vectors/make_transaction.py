"""Vectors of transactions: fields, bytes, ids, and wires that must be refused with their reasons."""

from __future__ import annotations

from typing import Any

from chainbill.codec import encode
from chainbill.crypto.keys import PrivateKey
from chainbill.errors import Malformed
from chainbill.ledger.transaction import (
    Call,
    assemble,
    decode_transaction,
    encode_body,
    sign_transaction,
    verify_signatures,
)

CHAIN = "vector-chain"
KEYS = [PrivateKey.from_seed(bytes([number]) * 32) for number in (1, 2)]


def make() -> dict[str, Any]:
    """Accepted and refused transactions."""
    return {
        "keys": [{"seed": key.seed.hex(), "public": key.public.hex()} for key in KEYS],
        "accepted": [_accepted(name, wire) for name, wire in _good()],
        "refused": [_refused(name, wire) for name, wire in _bad()],
    }


def body(**changes: Any) -> bytes:
    """The canonical body of a transfer, with changes."""
    fields: dict[str, Any] = {
        "chain_id": CHAIN,
        "party": "91310000775785552L",
        "valid_until_ms": 1_772_000_000_000,
        "nonce": bytes(range(16)),
        "calls": [
            Call("token", "transfer", {"tokens": ["T1"], "recipients": [{"party": "S2", "amount": 30_000_000}]}),
        ],
        "memo": "",
    }
    return encode_body(**{**fields, **changes})


def _good() -> list[tuple[str, bytes]]:
    two_calls = [
        Call("token", "accept", {"token": "T1"}),
        Call("token", "reject", {"token": "T2", "reason": "金额不符"}),
    ]
    return [
        ("one call, one signature", sign_transaction(body(), KEYS[:1])),
        ("two calls, two signatures, a memo", sign_transaction(body(calls=two_calls, memo="附言 memo"), KEYS)),
        ("no arguments", sign_transaction(body(calls=[Call("governance", "ready", {})]), KEYS[:1])),
    ]


def _bad() -> list[tuple[str, bytes]]:
    data = body()
    pairs = sorted((key.public, key.sign("tx-sign", data)) for key in KEYS)
    good = assemble(data, pairs)
    return [
        ("signatures in descending order", encode([data, [list(pair) for pair in reversed(pairs)]])),
        ("a key twice", encode([data, [list(pairs[0]), list(pairs[0])]])),
        ("no signature", encode([data, []])),
        ("version 2", assemble(encode([2, CHAIN, "P", 1, bytes(16), [["a", "b", {}]], ""]), pairs)),
        ("no call", assemble(encode([1, CHAIN, "P", 1, bytes(16), [], ""]), pairs)),
        ("a memo of 257 bytes", assemble(encode([1, CHAIN, "P", 1, bytes(16), [["a", "b", {}]], "m" * 257]), pairs)),
        ("a nonce of 15 bytes", assemble(encode([1, CHAIN, "P", 1, bytes(15), [["a", "b", {}]], ""]), pairs)),
        ("a byte more at the end", good + b"\x00"),
        ("cut short", good[:-1]),
        ("the array in its long form", b"\xdc\x00\x02" + good[1:]),
    ]


def _accepted(name: str, wire: bytes) -> dict[str, Any]:
    transaction = decode_transaction(wire)
    return {
        "name": name,
        "chain_id": transaction.chain_id,
        "party": transaction.party,
        "valid_until_ms": transaction.valid_until_ms,
        "nonce": transaction.nonce.hex(),
        "calls": [[call.contract, call.function, call.args] for call in transaction.calls],
        "memo": transaction.memo,
        "body": transaction.body_bytes.hex(),
        "wire": wire.hex(),
        "id": transaction.id.hex(),
        "wire_id": transaction.wire_id.hex(),
        "signatures_verify": verify_signatures(transaction),
    }


def _refused(name: str, wire: bytes) -> dict[str, Any]:
    try:
        decode_transaction(wire)
    except Malformed as error:
        return {"name": name, "wire": wire.hex(), "reason": error.reason}
    message = f"{name} was accepted"
    raise AssertionError(message)
