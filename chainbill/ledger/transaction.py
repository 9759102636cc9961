"""Transactions: calls of contracts that one party signs, all of them or none.

Wire form, canonical encoding (docs/reference/transactions.md):

    body  = [1, chain_id, party, valid_until_ms, nonce, [[contract, function, {arguments}], …], memo]
    wire  = [body bytes, [[public key, signature], …]]        distinct keys, in ascending order

`id` = H("tx-body", body bytes) is what people quote and what can be used only once; `wire_id` = H("tx-wire", wire)
covers the signatures too, so that nobody can pass another set of signatures off as the same bytes.
A signature is made over domain "tx-sign" and the body bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from chainbill.codec import decode, encode
from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.keys import PrivateKey
from chainbill.crypto.signing import verify
from chainbill.errors import Malformed, Reason
from chainbill.ledger.shapes import as_bytes, as_int, as_list, as_map, as_text
from chainbill.limits import (
    MAX_CALLS,
    MAX_CHAIN_ID_BYTES,
    MAX_MEMO_BYTES,
    MAX_NAME_BYTES,
    MAX_SIGNATURES,
    MAX_TEXT,
    MAX_TRANSACTION_BYTES,
    NONCE_BYTES,
    TRANSACTION_VERSION,
)

SIGN_DOMAIN = "tx-sign"


class Call(msgspec.Struct, frozen=True):
    """One call: a contract's name, its function's name, and its arguments by name."""

    contract: str
    function: str
    args: dict[str, Any]


class Transaction(msgspec.Struct, frozen=True):
    """A decoded transaction; `body_bytes` and `wire` are the exact bytes that were signed and sent.

    Nothing here says that the signatures are good: see `verify_signatures`.
    """

    wire: bytes
    wire_id: bytes
    body_bytes: bytes
    id: bytes
    signatures: tuple[tuple[bytes, bytes], ...]
    chain_id: str
    party: str
    valid_until_ms: int
    nonce: bytes
    calls: tuple[Call, ...]
    memo: str


def encode_body(
    *,
    chain_id: str,
    party: str,
    valid_until_ms: int,
    nonce: bytes,
    calls: Sequence[Call],
    memo: str = "",
) -> bytes:
    """The canonical body bytes; Malformed if a field is out of its bounds."""
    listed = [[call.contract, call.function, call.args] for call in calls]
    fields = [TRANSACTION_VERSION, chain_id, party, valid_until_ms, nonce, listed, memo]
    _read_body(fields)
    return encode(fields)


def sign_transaction(body_bytes: bytes, keys: Iterable[PrivateKey]) -> bytes:
    """The wire bytes of a body signed with each of `keys` (order and repetition do not matter)."""
    signed = {key.public: key.sign(SIGN_DOMAIN, body_bytes) for key in keys}
    return assemble(body_bytes, list(signed.items()))


def assemble(body_bytes: bytes, signatures: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The wire bytes of a body and signatures made elsewhere (several signers, a hardware key)."""
    return encode([body_bytes, [[key, signature] for key, signature in sorted(signatures)]])


def decode_transaction(wire: bytes) -> Transaction:
    """Read wire bytes; Malformed if they break the format. Signatures are not verified here."""
    outer = as_list(decode(wire, max_bytes=MAX_TRANSACTION_BYTES), "transaction", length=2)
    body_bytes = as_bytes(outer[0], "body")
    signatures = _read_signatures(outer[1])
    chain_id, party, valid_until_ms, nonce, calls, memo = _read_body(
        decode(body_bytes, max_bytes=MAX_TRANSACTION_BYTES)
    )
    return Transaction(
        wire=wire,
        wire_id=wire_id_of(wire),
        body_bytes=body_bytes,
        id=tagged_hash("tx-body", body_bytes),
        signatures=signatures,
        chain_id=chain_id,
        party=party,
        valid_until_ms=valid_until_ms,
        nonce=nonce,
        calls=calls,
        memo=memo,
    )


def wire_id_of(wire: bytes) -> bytes:
    """H("tx-wire", wire): the leaf of a transaction in its block's tx_root."""
    return tagged_hash("tx-wire", wire)


def verify_signatures(transaction: Transaction) -> bool:
    """Whether every signature of the transaction is good."""
    body = transaction.body_bytes
    return all(verify(key, SIGN_DOMAIN, body, signature) for key, signature in transaction.signatures)


def _read_signatures(value: Any) -> tuple[tuple[bytes, bytes], ...]:
    entries = as_list(value, "signatures", at_most=MAX_SIGNATURES)
    if not entries:
        raise Malformed(Reason.TRANSACTION_SIGNATURES, "a transaction needs a signature")
    signatures = []
    last = b""
    for entry in entries:
        key, signature = as_list(entry, "signature", length=2)
        as_bytes(key, "public key", length=32)
        as_bytes(signature, "signature", length=64)
        if key <= last:
            raise Malformed(Reason.TRANSACTION_SIGNATURES, "signatures are distinct and sorted by key")
        last = key
        signatures.append((key, signature))
    return tuple(signatures)


def _read_body(value: Any) -> tuple[str, str, int, bytes, tuple[Call, ...], str]:
    version, chain_id, party, valid_until_ms, nonce, calls, memo = as_list(value, "body", length=7)
    if type(version) is not int or version != TRANSACTION_VERSION:
        raise Malformed(Reason.TRANSACTION_VERSION, f"this ledger reads transactions of version {TRANSACTION_VERSION}")
    if type(calls) is not list or not 1 <= len(calls) <= MAX_CALLS:
        raise Malformed(Reason.TRANSACTION_CALLS, f"calls must be a list of 1 to {MAX_CALLS}")
    if type(memo) is not str or len(memo.encode()) > MAX_MEMO_BYTES:
        raise Malformed(Reason.TRANSACTION_MEMO, f"a memo is text of at most {MAX_MEMO_BYTES} bytes")
    return (
        as_text(chain_id, "chain_id", at_most=MAX_CHAIN_ID_BYTES, at_least=1),
        as_text(party, "party", at_most=MAX_TEXT, at_least=1),
        as_int(valid_until_ms, "valid_until_ms"),
        as_bytes(nonce, "nonce", length=NONCE_BYTES),
        tuple([_read_call(call) for call in calls]),
        memo,
    )


def _read_call(value: Any) -> Call:
    contract, function, args = as_list(value, "call", length=3)
    return Call(
        as_text(contract, "contract", at_most=MAX_NAME_BYTES, at_least=1),
        as_text(function, "function", at_most=MAX_NAME_BYTES, at_least=1),
        as_map(args, "arguments"),
    )
