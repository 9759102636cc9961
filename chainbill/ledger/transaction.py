"""Transactions: calls of contracts that one party signs, all of them or none.

Wire form, canonical encoding (docs/reference/transactions.md):

    body  = [2, network, party, valid_until_ms, nonce, [m, [[algorithm, key], …]], [[contract, function, {…}], …], memo]
    wire  = [body bytes, [[i, signature], …]]        exactly m of the listed keys, i ascending

The author says in the body who may sign and how many must: nobody on the way can add, strip or replace a signature.
`network` is the genesis hash, so that no other network takes the same bytes. A signature is made over domain "tx-sign"
and the body bytes. What surrounds the calls is read first, and apart (`envelope`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from chainbill.codec import count_items, decode, encode
from chainbill.crypto.algorithms import ED25519
from chainbill.crypto.keys import PrivateKey
from chainbill.errors import Malformed, Reason
from chainbill.ledger.envelope import SIGN_DOMAIN, Envelope, Head, read_envelope, read_head, split_body
from chainbill.ledger.shapes import as_list, as_map, as_text
from chainbill.limits import (
    FORMAT,
    MAX_CALLS,
    MAX_MEMO_BYTES,
    MAX_NAME_TEXT,
    MAX_TRANSACTION_BYTES,
    MAX_TRANSACTION_ITEMS,
)

_LIST_OF_TWO = b"\x92"


class Call(msgspec.Struct, frozen=True):
    """One call: a contract's name, its function's name, and its arguments by name."""

    contract: str
    function: str
    args: dict[str, Any]


class Body(Head, frozen=True):
    """What is signed, decoded."""

    calls: tuple[Call, ...]
    memo: str


class Transaction(Envelope, frozen=True):
    """A decoded transaction."""

    id: bytes
    wire_id: bytes
    calls: tuple[Call, ...]
    memo: str


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
    head = [FORMAT, network, party, valid_until_ms, nonce, [threshold, may_sign]]
    read_head(head)
    _read_content([listed, memo])
    return encode([*head, listed, memo])


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
    return open_envelope(read_envelope(wire))


def open_envelope(envelope: Envelope) -> Transaction:
    """Read calls and memo too; Malformed if they break the format."""
    calls, memo = _decode_content(envelope.body_bytes, envelope.unread)
    return Transaction(
        network=envelope.network,
        party=envelope.party,
        valid_until_ms=envelope.valid_until_ms,
        nonce=envelope.nonce,
        threshold=envelope.threshold,
        keys=envelope.keys,
        wire=envelope.wire,
        body_bytes=envelope.body_bytes,
        unread=envelope.unread,
        signatures=envelope.signatures,
        calls=calls,
        memo=memo,
        id=envelope.id,
        wire_id=envelope.wire_id,
    )


def decode_body(body_bytes: bytes) -> Body:
    """Read the bytes of a body, signed or not; Malformed if they break the format."""
    head, unread = split_body(body_bytes)
    calls, memo = _decode_content(body_bytes, unread)
    return Body(**msgspec.structs.asdict(head), calls=calls, memo=memo)


def _decode_content(body_bytes: bytes, start: int) -> tuple[tuple[Call, ...], str]:
    """Calls and memo, read as a list of two. The items of the whole body are counted before any is built."""
    if len(body_bytes) > MAX_TRANSACTION_BYTES:
        raise Malformed(Reason.CODEC_TOO_LARGE, f"{len(body_bytes)} bytes, at most {MAX_TRANSACTION_BYTES}")
    count_items(body_bytes, MAX_TRANSACTION_ITEMS)
    return _read_content(decode(_LIST_OF_TWO + body_bytes[start:]))


def _read_content(value: Any) -> tuple[tuple[Call, ...], str]:
    calls, memo = as_list(value, "calls and memo", length=2)
    if type(calls) is not list or not 1 <= len(calls) <= MAX_CALLS:
        raise Malformed(Reason.TRANSACTION_CALLS, f"calls must be a list of 1 to {MAX_CALLS}")
    if type(memo) is not str or len(memo.encode()) > MAX_MEMO_BYTES:
        raise Malformed(Reason.TRANSACTION_MEMO, f"a memo is text of at most {MAX_MEMO_BYTES} bytes")
    return tuple([read_call(call) for call in calls]), memo


def read_call(value: Any) -> Call:
    """One call of the form [contract, function, arguments]; Malformed with shape_wrong if it is none."""
    contract, function, args = as_list(value, "call", length=3)
    return Call(
        as_text(contract, "contract", at_most=MAX_NAME_TEXT, at_least=1),
        as_text(function, "function", at_most=MAX_NAME_TEXT, at_least=1),
        as_map(args, "arguments"),
    )
