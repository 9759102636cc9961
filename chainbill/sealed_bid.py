"""Sealed bids: the terms of a quote as the ledger holds them, a hash and an envelope, until the holder agrees to one.

    commitment = statement_hash(network, "finance", "bid", {"request", "bank", "terms", "salt"})
    envelope   = HPKE to the holder's key, info = canon(["bid", network, request, bank]),
                 of 2 bytes for the length of canon([terms, salt]), that, and zeros up to TEXT_BYTES

terms: {"rate", "recourse", "basis", "fee", "value_date", "interest_payer"} as `finance.quote` takes them, value_date a
day. salt: 64 hexadecimal digits. All envelopes have ENVELOPE_BYTES, so that no length tells of the terms
(docs/reference/sealed-bids.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nacl.utils import random

from chainbill.codec import decode, encode
from chainbill.crypto.sealing import OVERHEAD_BYTES, EncryptionKey, seal
from chainbill.dates import is_date
from chainbill.errors import Malformed, Reason
from chainbill.limits import MAX_AMOUNT, MAX_RATE
from chainbill.statement import statement_hash

BASES = ("act/360", "act/365f", "30/360")
TERMS = ("rate", "recourse", "basis", "fee", "value_date", "interest_payer")
TEXT_BYTES = 256
ENVELOPE_BYTES = TEXT_BYTES + OVERHEAD_BYTES
SALT_BYTES = 32
_LENGTH_BYTES = 2


@dataclass(frozen=True, slots=True)
class Bid:
    """Terms with the salt that hides them, made by a bank for a request. network: 32 bytes, the hash of the genesis."""

    network: bytes
    request: str
    bank: str
    terms: Mapping[str, Any]
    salt: str

    @classmethod
    def of(cls, network: bytes, request: str, bank: str, terms: Mapping[str, Any]) -> Bid:
        """Terms under a new salt."""
        return cls(network, request, bank, {name: terms[name] for name in TERMS}, random(SALT_BYTES).hex())

    @property
    def commitment(self) -> str:
        """What the ledger holds of the terms: 64 hexadecimal digits."""
        said = {"request": self.request, "bank": self.bank, "terms": dict(self.terms), "salt": self.salt}
        return statement_hash(self.network, "finance", "bid", said).hex()

    def sealed_to(self, key: bytes) -> bytes:
        """The envelope for the holder's key of 32 bytes. Malformed: no such key, or terms that have no room in it."""
        text = encode([dict(self.terms), self.salt])
        if len(text) > TEXT_BYTES - _LENGTH_BYTES:
            raise Malformed(Reason.SHAPE_WRONG, "terms too long for an envelope")
        padded = (len(text).to_bytes(_LENGTH_BYTES, "big") + text).ljust(TEXT_BYTES, b"\0")
        return seal(key, padded, _info(self.network, self.request, self.bank))


def opened(key: EncryptionKey, envelope: bytes, *, network: bytes, request: str, bank: str, commitment: str) -> Bid:
    """The bid in an envelope. Malformed: not for this key and request, or not what its commitment is of."""
    if len(envelope) != ENVELOPE_BYTES:
        raise Malformed(Reason.NOT_SEALED_SO, "not the length of an envelope")
    text = key.open(envelope, _info(network, request, bank))
    length = int.from_bytes(text[:_LENGTH_BYTES], "big")
    told, padding = text[_LENGTH_BYTES : _LENGTH_BYTES + length], text[_LENGTH_BYTES + length :]
    if len(told) != length or padding.strip(b"\0"):
        raise Malformed(Reason.NOT_SEALED_SO, "not the form of an envelope")
    content = decode(told)
    if not _is_bid(content):
        raise Malformed(Reason.NOT_SEALED_SO, "no terms with their salt")
    bid = Bid(network, request, bank, *content)
    if bid.commitment != commitment:
        raise Malformed(Reason.NOT_SEALED_SO, "not the terms that the commitment is of")
    return bid


def _is_bid(content: Any) -> bool:
    if not isinstance(content, list) or len(content) != 2:
        return False
    terms, salt = content
    return isinstance(terms, dict) and terms.keys() == set(TERMS) and _are_terms(terms) and _is_salt(salt)


def _are_terms(terms: Mapping[str, Any]) -> bool:
    """What the ledger would take, so that nothing else reaches who opens an envelope."""
    rate, fee = terms["rate"], terms["fee"]
    numbers = type(rate) is int and 0 <= rate <= MAX_RATE and type(fee) is int and 0 <= fee <= MAX_AMOUNT
    words = terms["basis"] in BASES and terms["interest_payer"] in ("holder", "debtor")
    return numbers and words and type(terms["recourse"]) is bool and is_date(terms["value_date"])


def _is_salt(salt: Any) -> bool:
    return isinstance(salt, str) and re.fullmatch(r"[0-9a-f]{64}", salt) is not None


def _info(network: bytes, request: str, bank: str) -> bytes:
    return encode(["bid", network, request, bank])
