"""Commit certificates: the proof that a quorum precommitted one block in one round.

Canonical form [2, engine, height, round, block id, [[key, signature], …]], distinct keys in ascending order. It can be
checked from the network and the validator set of its height alone. `engine` says what the signatures cover and which
rule makes a quorum of them; under the built-in consensus they are those of precommits.

The field's word: quorum certificate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from chainbill.codec import decode, encode_trusted
from chainbill.crypto.hashing import tagged_hash
from chainbill.crypto.signing import verify_remembered as verify
from chainbill.errors import Malformed, Reason, Refused
from chainbill.ledger.engine import ENGINE, as_engine
from chainbill.ledger.shapes import as_bytes, as_format, as_int, as_list
from chainbill.ledger.validators import ValidatorSet
from chainbill.ledger.vote import MAX_ROUND, VOTE_DOMAIN, Vote, VoteType, vote_sign_bytes
from chainbill.limits import FORMAT, MAX_CERTIFICATE_BYTES, MAX_VALIDATORS


@dataclass(frozen=True, slots=True)
class Certificate:
    """Precommits of distinct validators for one block in one round, sorted by key."""

    height: int
    round: int
    block_id: bytes
    signatures: tuple[tuple[bytes, bytes], ...]
    engine: str = ENGINE

    @property
    def hash(self) -> bytes:
        """H("certificate", canonical bytes): what the header of the next block names."""
        return certificate_hash(self.encode())

    def fields(self) -> list[Any]:
        """The canonical list."""
        signatures = [[key, signature] for key, signature in self.signatures]
        return [FORMAT, self.engine, self.height, self.round, self.block_id, signatures]

    def encode(self) -> bytes:
        """The canonical bytes."""
        return encode_trusted(self.fields())

    def votes(self) -> list[Vote]:
        """The precommits it is made of."""
        return [
            Vote(VoteType.PRECOMMIT, self.height, self.round, self.block_id, key, signature)
            for key, signature in self.signatures
        ]

    @classmethod
    def from_votes(cls, votes: Iterable[Vote]) -> Certificate:
        """The certificate of precommits for one block in one round; Malformed if they differ in any of that."""
        listed = list(votes)
        values = {(vote.type, vote.height, vote.round, vote.block_id) for vote in listed}
        if len(values) != 1:
            raise Malformed(Reason.CERTIFICATE_INVALID, "the votes are not for one value")
        type_, height, round_, block_id = values.pop()
        if type_ is not VoteType.PRECOMMIT or block_id is None:
            raise Malformed(Reason.CERTIFICATE_INVALID, "only precommits for a block make a certificate")
        signatures = {vote.validator: vote.signature for vote in listed}
        return cls(height, round_, block_id, tuple(sorted(signatures.items())))

    @classmethod
    def from_fields(cls, value: Any) -> Certificate:
        """Read the canonical list; Malformed if it is none."""
        _, engine, height, round_, block_id, entries = as_format(value, "certificate", length=6)
        signatures = []
        last = b""
        for entry in as_list(entries, "certificate signatures", at_most=MAX_VALIDATORS):
            key, signature = as_list(entry, "certificate signature", length=2)
            as_bytes(key, "validator key", length=32)
            as_bytes(signature, "signature", length=64)
            if key <= last:
                raise Malformed(Reason.CERTIFICATE_INVALID, "signatures are distinct and sorted by key")
            last = key
            signatures.append((key, signature))
        return cls(
            as_int(height, "height", low=1),
            as_int(round_, "round", high=MAX_ROUND),
            as_bytes(block_id, "block id", length=32),
            tuple(signatures),
            as_engine(engine, "engine"),
        )


def decode_certificate(data: bytes) -> Certificate:
    """Read canonical bytes; Malformed if they break the format."""
    return Certificate.from_fields(decode(data, max_bytes=MAX_CERTIFICATE_BYTES))


def certificate_hash(data: bytes) -> bytes:
    """H("certificate", canonical bytes) of a certificate's bytes."""
    return tagged_hash("certificate", data)


def verify_certificate(certificate: Certificate, network: bytes, validators: ValidatorSet) -> None:
    """Accept a certificate of this network that a quorum of `validators` signed, or raise.

    Malformed: a key twice or out of order. Refused: another engine's, whose signatures this ledger cannot check; a
    signer outside the set, a bad signature, fewer than a quorum.
    Every signature must be good, not only a quorum of them: a certificate has one form per set of signers.
    """
    if certificate.engine != ENGINE:
        raise Refused(Reason.ENGINE_UNKNOWN, f"the certificate is of engine {certificate.engine}", reads=ENGINE)
    keys = [key for key, _ in certificate.signatures]
    if any(left >= right for left, right in pairwise(keys)):
        raise Malformed(Reason.CERTIFICATE_INVALID, "signatures are distinct and sorted by key")
    if any(key not in validators for key in keys):
        raise Refused(Reason.CERTIFICATE_SIGNERS, "a signer is not a validator of this height")
    if len(keys) < validators.quorum:
        raise Refused(Reason.CERTIFICATE_QUORUM, f"{len(keys)} of {validators.quorum} signatures")
    message = vote_sign_bytes(network, VoteType.PRECOMMIT, certificate.height, certificate.round, certificate.block_id)
    for key, signature in certificate.signatures:
        if not verify(key, VOTE_DOMAIN, message, signature):
            raise Refused(Reason.CERTIFICATE_INVALID, f"the signature of {key.hex()} is bad")
