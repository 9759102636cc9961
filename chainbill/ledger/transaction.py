"""Transactions: calls of contracts that one party signs, all of them or none.

Wire form, canonical encoding (docs/reference/transactions.md):

    body  = [2, network, party, valid_until_ms, nonce, [m, [[algorithm, key], …]], [[contract, function, {…}], …], memo]
    wire  = [body bytes, [[i, signature], …]]        exactly m of the listed keys, i ascending

The author says in the body who may sign and how many must: nobody on the way can add, strip or replace a signature.
`network` is the genesis hash, so that no other network takes the same bytes. `id` = H("tx-body", body bytes) is what
people quote and what can be used only once; `wire_id` = H("tx-wire", wire) covers the signatures too. A signature is
made over domain "tx-sign" and the body bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from chainbill.codec import decode, encode
from chainbill.crypto.algorithms import ED25519, as_signature_algorithm
from chainbill.crypto.hashing import HASH_BYTES, tagged_hash
from chainbill.crypto.keys import PrivateKey
from chainbill.crypto.signing import PUBLIC_KEY_BYTES, SIGNATURE_BYTES, verify
from chainbill.errors import Malformed, Reason
from chainbill.ledger.shapes import as_bytes, as_format, as_int, as_list, as_map, as_text
from chainbill.limits import (
    FORMAT,
    MAX_CALLS,
    MAX_MEMO_BYTES,
    MAX_NAME_TEXT,
    MAX_TEXT,
    MAX_TRANSACTION_BYTES,
    MAX_TRANSACTION_ITEMS,
    MAX_TRANSACTION_KEYS,
    NONCE_BYTES,
)

SIGN_DOMAIN = "tx-sign"


class Call(msgspec.Struct, frozen=True):
    """One call: a contract's name, its function's name, and its arguments by name."""

    contract: str
    function: str
    args: dict[str, Any]


class Body(msgspec.Struct, frozen=True):
    """What is signed.

    network: 32 bytes, the hash of the genesis it is for. valid_until_ms: UTC. nonce: 16 bytes. threshold: how many of
    `keys` sign. keys: (algorithm, public key), ascending; they may sign, and nobody else.
    """

    network: bytes
    party: str
    valid_until_ms: int
    nonce: bytes
    threshold: int
    keys: tuple[tuple[str, bytes], ...]
    calls: tuple[Call, ...]
    memo: str


class Transaction(Body, frozen=True):
    """A decoded transaction; `body_bytes` and `wire` are the exact bytes that were signed and sent.

    signatures: (index into `keys`, 64 bytes), `threshold` of them. Nothing here says that they are good: see
    `verify_signatures`.
    """

    wire: bytes
    wire_id: bytes
    body_bytes: bytes
    id: bytes
    signatures: tuple[tuple[int, bytes], ...]

    @property
    def signers(self) -> list[bytes]:
        """The public keys that signed, in the order of the list."""
        return [self.keys[index][1] for index, _ in self.signatures]


def encode_body(
    *,
    network: bytes,
    party: str,
    valid_until_ms: int,
    nonce: bytes,
    calls: Sequence[Call],
    keys: Iterable[bytes],
    threshold: int = 1,
    memo: str = "",
) -> bytes:
    """The canonical body bytes; Malformed if a field is out of its bounds.

    keys: the Ed25519 public keys that may sign, in any order; threshold: how many of them must.
    """
    may_sign = [[ED25519, key] for key in sorted(set(keys))]
    listed = [[call.contract, call.function, call.args] for call in calls]
    fields = [FORMAT, network, party, valid_until_ms, nonce, [threshold, may_sign], listed, memo]
    _read_body(fields)
    return encode(fields)


def sign_transaction(body_bytes: bytes, keys: Iterable[PrivateKey]) -> bytes:
    """The wire bytes of a body signed with `keys`, in any order: listed in the body, and exactly as many as it asks."""
    body = decode_body(body_bytes)
    signatures = dict([sign_body(body, body_bytes, key) for key in keys])
    if len(signatures) != body.threshold:
        detail = f"{body.threshold} of the listed keys must sign, not {len(signatures)}"
        raise Malformed(Reason.TRANSACTION_SIGNATURES, detail)
    return assemble(body_bytes, list(signatures.items()))


def sign_body(body: Body, body_bytes: bytes, key: PrivateKey) -> tuple[int, bytes]:
    """(index, signature) of one key; Malformed if the body does not list it."""
    entry = (ED25519, key.public)
    if entry not in body.keys:
        raise Malformed(Reason.TRANSACTION_SIGNATURES, "the body does not list the key", key=key.public.hex())
    return body.keys.index(entry), key.sign(SIGN_DOMAIN, body_bytes)


def assemble(body_bytes: bytes, signatures: Sequence[tuple[int, bytes]]) -> bytes:
    """The wire bytes of a body and signatures made elsewhere (several signers, a hardware key)."""
    return encode([body_bytes, [[index, signature] for index, signature in sorted(signatures)]])


def decode_transaction(wire: bytes) -> Transaction:
    """Read wire bytes; Malformed if they break the format. Signatures are not verified here."""
    outer = as_list(
        decode(wire, max_bytes=MAX_TRANSACTION_BYTES, max_items=MAX_TRANSACTION_ITEMS), "transaction", length=2
    )
    body_bytes = as_bytes(outer[0], "body")
    body = decode_body(body_bytes)
    return Transaction(
        network=body.network,
        party=body.party,
        valid_until_ms=body.valid_until_ms,
        nonce=body.nonce,
        threshold=body.threshold,
        keys=body.keys,
        calls=body.calls,
        memo=body.memo,
        wire=wire,
        wire_id=wire_id_of(wire),
        body_bytes=body_bytes,
        id=tagged_hash("tx-body", body_bytes),
        signatures=_read_signatures(outer[1], body),
    )


def decode_body(body_bytes: bytes) -> Body:
    """Read the bytes of a body, signed or not; Malformed if they break the format."""
    return _read_body(decode(body_bytes, max_bytes=MAX_TRANSACTION_BYTES, max_items=MAX_TRANSACTION_ITEMS))


def wire_id_of(wire: bytes) -> bytes:
    """H("tx-wire", wire): the leaf of a transaction in its block's tx_root."""
    return tagged_hash("tx-wire", wire)


def verify_signatures(transaction: Transaction) -> bool:
    """Whether every signature of the transaction is good."""
    keys, body = transaction.keys, transaction.body_bytes
    return all(verify(keys[index][1], SIGN_DOMAIN, body, signature) for index, signature in transaction.signatures)


def _read_signatures(value: Any, body: Body) -> tuple[tuple[int, bytes], ...]:
    """Exactly as many as the body asks for, of keys that it lists, in their order, each once."""
    entries = as_list(value, "signatures")
    if len(entries) != body.threshold:
        detail = f"{body.threshold} of the listed keys must sign, not {len(entries)}"
        raise Malformed(Reason.TRANSACTION_SIGNATURES, detail)
    signatures = []
    last = -1
    for entry in entries:
        index, signature = as_list(entry, "signature", length=2)
        as_bytes(signature, "signature", length=SIGNATURE_BYTES)
        if type(index) is not int or not last < index < len(body.keys):
            detail = "the signatures name keys of the body's list by index, ascending, each once"
            raise Malformed(Reason.TRANSACTION_SIGNATURES, detail)
        last = index
        signatures.append((index, signature))
    return tuple(signatures)


def _read_body(value: Any) -> Body:
    _, network, party, valid_until_ms, nonce, may_sign, calls, memo = as_format(value, "the transaction", length=8)
    if type(calls) is not list or not 1 <= len(calls) <= MAX_CALLS:
        raise Malformed(Reason.TRANSACTION_CALLS, f"calls must be a list of 1 to {MAX_CALLS}")
    if type(memo) is not str or len(memo.encode()) > MAX_MEMO_BYTES:
        raise Malformed(Reason.TRANSACTION_MEMO, f"a memo is text of at most {MAX_MEMO_BYTES} bytes")
    threshold, keys = _read_keys(may_sign)
    return Body(
        network=as_bytes(network, "network", length=HASH_BYTES),
        party=as_text(party, "party", at_most=MAX_TEXT, at_least=1),
        valid_until_ms=as_int(valid_until_ms, "valid_until_ms"),
        nonce=as_bytes(nonce, "nonce", length=NONCE_BYTES),
        threshold=threshold,
        keys=keys,
        calls=tuple([read_call(call) for call in calls]),
        memo=memo,
    )


def _read_keys(value: Any) -> tuple[int, tuple[tuple[str, bytes], ...]]:
    """(m, keys): 1 ≤ m ≤ number of keys ≤ 16, the keys ascending by (algorithm, key), each once."""
    threshold, entries = as_list(value, "signers", length=2)
    if type(entries) is not list or not 1 <= len(entries) <= MAX_TRANSACTION_KEYS:
        raise Malformed(Reason.TRANSACTION_KEYS, f"a transaction lists 1 to {MAX_TRANSACTION_KEYS} keys")
    if type(threshold) is not int or not 1 <= threshold <= len(entries):
        raise Malformed(Reason.TRANSACTION_KEYS, "at least one of the listed keys must sign, at most all of them")
    keys: list[tuple[str, bytes]] = []
    for entry in entries:
        algorithm, key = as_list(entry, "key", length=2)
        pair = as_signature_algorithm(algorithm, "algorithm of a key"), as_bytes(key, "key", length=PUBLIC_KEY_BYTES)
        if keys and pair <= keys[-1]:
            raise Malformed(Reason.TRANSACTION_KEYS, "the keys are distinct and ascending by algorithm and bytes")
        keys.append(pair)
    return threshold, tuple(keys)


def read_call(value: Any) -> Call:
    """One call of the form [contract, function, arguments]; Malformed with shape_wrong if it is none."""
    contract, function, args = as_list(value, "call", length=3)
    return Call(
        as_text(contract, "contract", at_most=MAX_NAME_TEXT, at_least=1),
        as_text(function, "function", at_most=MAX_NAME_TEXT, at_least=1),
        as_map(args, "arguments"),
    )
