"""What stands around the calls of a transaction: read from its bytes before anybody knows whether it deserves more.

    body = [2, network, party, valid_until_ms, nonce, [m, [[algorithm, key], …]], calls, memo]
    wire = [body bytes, [[i, signature], …]]

The head of the body (all before the calls) and the signatures are short and stand where they are found at once: the
calls, however many bytes they take, are not looked at. To know for whom and by whom a transaction is costs some 6 µs.
64,900 empty maps as an argument took 32 ms to read. They wait until a signature has been found good.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

import msgspec

from chainbill.codec import decode_unchecked, end_of_values
from chainbill.crypto.algorithms import as_signature_algorithm
from chainbill.crypto.hashing import HASH_BYTES, domain_prefix, tagged_hash
from chainbill.crypto.signing import PUBLIC_KEY_BYTES, SIGNATURE_BYTES, verify
from chainbill.errors import Malformed, Reason
from chainbill.ledger.shapes import as_bytes, as_format, as_int, as_list, as_text, bad_shape, check_format
from chainbill.limits import (
    MAX_ENVELOPE_BYTES,
    MAX_HEAD_ITEMS,
    MAX_TEXT,
    MAX_TRANSACTION_BYTES,
    MAX_TRANSACTION_KEYS,
    NONCE_BYTES,
)
from chainbill.text_rule import check_text

SIGN_DOMAIN: Final = "tx-sign"
_WIRE: Final = domain_prefix("tx-wire")
BODY_FIELDS: Final = 8
HEAD_FIELDS: Final = 6
_LIST_OF_TWO, _LIST_OF_SIX, _LIST_OF_SEVEN, _LIST_OF_EIGHT = b"\x92", b"\x96", b"\x97", b"\x98"
_SHORT_LISTS: Final = range(0x91, 0xA0)  # first byte of a list of 1 to 15
_LONG_LISTS: Final = {0xDC: 2, 0xDD: 4}  # bytes of the length that follows
_BYTES: Final = {0xC4: (1, 0), 0xC5: (2, 1 << 8), 0xC6: (4, 1 << 16)}  # bytes of their length, and the least so written


class _Once:
    """A property that is worked out when it is first asked for, and from then on stands in the object.

    cached_property does it too, under a lock that all objects and threads share (until Python 3.12).
    """

    def __init__(self, work: Callable[[Any], bytes]) -> None:
        self._work = work

    def __get__(self, one: Any, owner: type) -> bytes:
        value = vars(one)[self._work.__name__] = self._work(one)
        return value


class Head(msgspec.Struct, frozen=True):
    """What a body says before its calls.

    network: 32 bytes, the hash of the genesis it is for. valid_until_ms: UTC. nonce: 16 bytes. threshold: how many of
    `keys` sign. keys: (algorithm, public key), ascending; they may sign, and nobody else.
    """

    network: bytes
    party: str
    valid_until_ms: int
    nonce: bytes
    threshold: int
    keys: tuple[tuple[str, bytes], ...]


class Envelope(Head, frozen=True, dict=True):
    """A transaction but for calls and memo; `body_bytes` and `wire` are the very bytes that were signed and sent.

    unread: where in the body the calls begin. signatures: (index into `keys`, 64 bytes), `threshold` of
    them. Nothing here says that they are good: see `verify_signatures`.
    """

    wire: bytes
    body_bytes: bytes
    unread: int
    signatures: tuple[tuple[int, bytes], ...]

    @_Once
    def id(self) -> bytes:
        """H("tx-body", body): what people quote, and what can be used only once."""
        return tagged_hash("tx-body", self.body_bytes)

    @_Once
    def wire_id(self) -> bytes:
        """H("tx-wire", wire): it covers the signatures too."""
        return wire_id_of(self.wire)

    @property
    def signers(self) -> list[bytes]:
        """The public keys that signed, in the order of the list."""
        return [self.keys[index][1] for index, _ in self.signatures]


def read_envelope(wire: bytes, wire_id: bytes | None = None) -> Envelope:
    """Read a transaction up to its calls; Malformed if that breaks the format. Signatures are not verified here.

    What is left to be found wrong is in the calls and the memo: see `transaction.open_envelope`. wire_id: where the
    caller has hashed the wire bytes already.
    """
    if len(wire) > MAX_TRANSACTION_BYTES:
        raise Malformed(Reason.CODEC_TOO_LARGE, f"{len(wire)} bytes, at most {MAX_TRANSACTION_BYTES}")
    body_bytes, signatures = _split(wire)
    end = _end_of_head(body_bytes)
    short = _LIST_OF_SEVEN + body_bytes[1:end] + signatures
    *fields, entries = decode_unchecked(short, max_bytes=MAX_ENVELOPE_BYTES)
    head = read_head(fields)
    envelope = Envelope(
        network=head.network,
        party=head.party,
        valid_until_ms=head.valid_until_ms,
        nonce=head.nonce,
        threshold=head.threshold,
        keys=head.keys,
        wire=wire,
        body_bytes=body_bytes,
        unread=end,
        signatures=_read_signatures(entries, head),
    )
    if wire_id is not None:
        vars(envelope)["wire_id"] = wire_id
    return envelope


def split_body(body_bytes: bytes) -> tuple[Head, int]:
    """The head of a body, and where in it the calls begin; Malformed if the head breaks the format."""
    end = _end_of_head(body_bytes)
    return read_head(decode_unchecked(_LIST_OF_SIX + body_bytes[1:end], max_bytes=MAX_ENVELOPE_BYTES)), end


def read_head(value: Any) -> Head:
    """The head from its decoded fields; Malformed if one breaks the format. Types and texts are all looked at here."""
    _, network, party, valid_until_ms, nonce, may_sign = as_format(value, "the transaction", length=HEAD_FIELDS)
    threshold, keys = _read_keys(may_sign)
    if type(party) is str:
        check_text(party)
    return Head(
        network=as_bytes(network, "network", length=HASH_BYTES),
        party=as_text(party, "party", at_most=MAX_TEXT, at_least=1),
        valid_until_ms=as_int(valid_until_ms, "valid_until_ms"),
        nonce=as_bytes(nonce, "nonce", length=NONCE_BYTES),
        threshold=threshold,
        keys=keys,
    )


def wire_id_of(wire: bytes) -> bytes:
    """H("tx-wire", wire): the leaf of a transaction in its block's tx_root."""
    return sha256(_WIRE + wire).digest()


def verify_signatures(envelope: Envelope) -> bool:
    """Whether every signature of the transaction is good."""
    keys, body = envelope.keys, envelope.body_bytes
    return all(verify(keys[index][1], SIGN_DOMAIN, body, signature) for index, signature in envelope.signatures)


def _split(wire: bytes) -> tuple[bytes, bytes]:
    """The body, and the encoded signatures, both unread."""
    if wire[:1] != _LIST_OF_TWO:
        raise _no_list(wire, "the transaction", 2)
    width, least = _BYTES.get(wire[1], (0, 0)) if len(wire) > 1 else (0, 0)
    if not width:
        raise bad_shape("the body", "bytes")
    start = 2 + width
    size = int.from_bytes(wire[2:start], "big")
    if size < least:
        raise Malformed(Reason.CODEC_NOT_CANONICAL, "the length of the body stands in a longer form")
    return wire[start : start + size], wire[start + size :]


def _end_of_head(body_bytes: bytes) -> int:
    if body_bytes[:1] != _LIST_OF_EIGHT:
        if body_bytes and body_bytes[0] in _SHORT_LISTS:
            check_format(list(body_bytes[1:2]), "the transaction")
        raise _no_list(body_bytes, "the transaction", BODY_FIELDS)
    return end_of_values(body_bytes, 1, HEAD_FIELDS, MAX_HEAD_ITEMS)


def _no_list(data: bytes, what: str, length: int) -> Malformed:
    """Why bytes do not begin as a list of so many, in its shortest form."""
    width = _LONG_LISTS.get(data[0], 0) if data else 0
    if width and int.from_bytes(data[1 : 1 + width], "big") == length:
        return Malformed(Reason.CODEC_NOT_CANONICAL, f"{what} is a list in a longer form")
    return bad_shape(what, f"a list of {length}")


def _read_signatures(value: Any, head: Head) -> tuple[tuple[int, bytes], ...]:
    """Exactly as many as the head asks for, of keys that it lists, in their order, each once."""
    entries = as_list(value, "signatures")
    if len(entries) != head.threshold:
        detail = f"{head.threshold} of the listed keys must sign, not {len(entries)}"
        raise Malformed(Reason.TRANSACTION_SIGNATURES, detail)
    signatures = []
    last = -1
    for entry in entries:
        index, signature = as_list(entry, "signature", length=2)
        as_bytes(signature, "signature", length=SIGNATURE_BYTES)
        if type(index) is not int or not last < index < len(head.keys):
            detail = "the signatures name keys of the body's list by index, ascending, each once"
            raise Malformed(Reason.TRANSACTION_SIGNATURES, detail)
        last = index
        signatures.append((index, signature))
    return tuple(signatures)


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
