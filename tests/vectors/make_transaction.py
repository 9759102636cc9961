"""Vectors of transactions: fields, bytes, ids, and wires that must be refused with their reasons."""

from __future__ import annotations

from typing import Any

from chainbill.codec import encode
from chainbill.crypto.keys import PrivateKey
from chainbill.errors import Malformed
from chainbill.ledger.envelope import verify_signatures
from chainbill.ledger.transaction import Call, assemble, decode_transaction, encode_body, sign_transaction

NETWORK = bytes(range(100, 132))
KEYS = sorted([PrivateKey.from_seed(bytes([number]) * 32) for number in (1, 2, 3)], key=lambda one: one.public)
PUBLIC = [key.public for key in KEYS]
LISTED = [["ed25519", public] for public in PUBLIC]


def make() -> dict[str, Any]:
    """Accepted and refused transactions."""
    return {
        "keys": [{"seed": key.seed.hex(), "public": key.public.hex()} for key in KEYS],
        "accepted": [_accepted(name, wire) for name, wire in _good()],
        "refused": [_refused(name, wire) for name, wire in (*_bad(), *_bad_bodies(), *_bad_signatures())],
        "not_verified": [_not_verified(name, wire) for name, wire in _forged()],
    }


def body(**changes: Any) -> bytes:
    """The canonical body of a transfer, with changes."""
    fields: dict[str, Any] = {
        "network": NETWORK,
        "party": "91310000775785552L",
        "valid_until_ms": 1_772_000_000_000,
        "nonce": bytes(range(16)),
        "calls": [
            Call("token", "transfer", {"tokens": ["T1"], "recipients": [{"party": "S2", "amount": 30_000_000}]}),
        ],
        "keys": PUBLIC[:1],
        "memo": "",
    }
    return encode_body(**{**fields, **changes})


def raw(**changes: Any) -> bytes:
    """A body that nobody checked, signed by the first key."""
    fields: dict[str, Any] = {
        "format": 2, "network": NETWORK, "party": "P", "valid_until_ms": 1, "nonce": bytes(16),
        "signers": [1, LISTED[:1]], "calls": [["a", "b", {}]], "memo": "",
    }  # fmt: skip
    return _signed(encode(list({**fields, **changes}.values())))


def _signed(data: bytes) -> bytes:
    return assemble(data, [(0, KEYS[0].sign("tx-sign", data))])


def _good() -> list[tuple[str, bytes]]:
    two_calls = [
        Call("token", "accept", {"token": "T1"}),
        Call("token", "reject", {"token": "T2", "reason": "金额不符"}),
    ]
    both = body(calls=two_calls, memo="附言 memo", keys=PUBLIC[:2], threshold=2)
    of_three = body(keys=PUBLIC, threshold=2)
    sixteen = [PrivateKey.from_seed(bytes([number]) * 32).public for number in range(1, 17)]
    return [
        ("one call, one signature", sign_transaction(body(), KEYS[:1])),
        ("two calls, two signatures, a memo", sign_transaction(both, KEYS[:2])),
        ("two of three keys", sign_transaction(of_three, KEYS[1:])),
        ("the same body, two others of the three keys", sign_transaction(of_three, KEYS[:2])),
        ("no arguments", sign_transaction(body(calls=[Call("governance", "ready", {})]), KEYS[:1])),
        ("sixteen keys", sign_transaction(body(keys=sixteen), KEYS[:1])),
        ("valid until the last millisecond", sign_transaction(body(valid_until_ms=2**63 - 1), KEYS[:1])),
    ]


def _bad() -> list[tuple[str, bytes]]:
    good = sign_transaction(body(), KEYS[:1])
    old = encode([1, "vector-chain", "P", 1, bytes(16), [["a", "b", {}]], ""])
    return [
        ("format 1", encode([old, [[PUBLIC[0], KEYS[0].sign("tx-sign", old)]]])),
        ("format 3", raw(format=3)),
        ("a byte more at the end", good + b"\x00"),
        ("cut short", good[:-1]),
        ("the array in its long form", b"\xdc\x00\x02" + good[1:]),
    ]


def _bad_bodies() -> list[tuple[str, bytes]]:
    return [
        ("a network of 31 bytes", raw(network=NETWORK[1:])),
        ("a network by its name", raw(network="vector-chain")),
        ("no party", raw(party="")),
        ("a time below zero", raw(valid_until_ms=-1)),
        ("a time of 2^63", raw(valid_until_ms=2**63)),
        ("a nonce of 15 bytes", raw(nonce=bytes(15))),
        ("no key", raw(signers=[1, []])),
        ("seventeen keys", raw(signers=[1, LISTED[:1] * 17])),
        ("nobody signs", raw(signers=[0, LISTED[:1]])),
        ("more sign than are listed", raw(signers=[2, LISTED[:1]])),
        ("keys in descending order", raw(signers=[1, LISTED[1::-1]])),
        ("a key twice", raw(signers=[1, LISTED[:1] * 2])),
        ("a key of 31 bytes", raw(signers=[1, [["ed25519", bytes(31)]]])),
        ("a key without its algorithm", raw(signers=[1, PUBLIC[:1]])),
        ("an algorithm that is reserved", raw(signers=[1, [["sm2", PUBLIC[0]]]])),
        ("no call", raw(calls=[])),
        ("a hundred and one calls", raw(calls=[["a", "b", {}]] * 101)),
        ("a call without arguments", raw(calls=[["a", "b"]])),
        ("a memo of 257 bytes", raw(memo="m" * 257)),
        ("2,001 values and keys", raw(calls=[["a", "b", {"c": [0] * 1_981}]])),
        ("2,001 values and keys, texts among them", raw(calls=[["a", "b", {"c": ["0"] * 1_981}]])),
    ]


def _bad_signatures() -> list[tuple[str, bytes]]:
    data = body(keys=PUBLIC, threshold=2)
    pairs = [[index, key.sign("tx-sign", data)] for index, key in enumerate(KEYS)]
    cases = {
        "no signature": [],
        "a signature less than the body says": pairs[:1],
        "a signature more than the body says": pairs,
        "signatures in descending order": pairs[1::-1],
        "a signature twice": [pairs[0], pairs[0]],
        "an index behind the list": [pairs[0], [3, pairs[1][1]]],
        "an index below zero": [[-1, pairs[0][1]], pairs[1]],
        "a signature under its key, as in format 1": [[PUBLIC[0], pairs[0][1]], pairs[1]],
        "a signature of 63 bytes": [pairs[0], [1, pairs[1][1][:63]]],
    }
    return [(name, encode([data, entries])) for name, entries in cases.items()]


def _forged() -> list[tuple[str, bytes]]:
    """Well-formed, but a signature is not the listed key's over this body: refused `signature_invalid`."""
    data, elsewhere = body(keys=PUBLIC), body(keys=PUBLIC, network=bytes(32))
    more = body(keys=PUBLIC, threshold=2)
    return [
        ("another listed key's signature", assemble(data, [(1, KEYS[0].sign("tx-sign", data))])),
        ("signed for another network", assemble(data, [(0, KEYS[0].sign("tx-sign", elsewhere))])),
        ("signed where fewer must sign", assemble(more, [(i, KEYS[i].sign("tx-sign", data)) for i in (0, 1)])),
        ("signed in the domain of votes", assemble(data, [(0, KEYS[0].sign("vote", data))])),
    ]


def _accepted(name: str, wire: bytes) -> dict[str, Any]:
    transaction = decode_transaction(wire)
    return {
        "name": name,
        "network": transaction.network.hex(),
        "party": transaction.party,
        "valid_until_ms": transaction.valid_until_ms,
        "nonce": transaction.nonce.hex(),
        "threshold": transaction.threshold,
        "keys": [[algorithm, key.hex()] for algorithm, key in transaction.keys],
        "calls": [[call.contract, call.function, call.args] for call in transaction.calls],
        "memo": transaction.memo,
        "signers": [key.hex() for key in transaction.signers],
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


def _not_verified(name: str, wire: bytes) -> dict[str, Any]:
    assert not verify_signatures(decode_transaction(wire)), name
    return {"name": name, "wire": wire.hex(), "reason": "signature_invalid"}
