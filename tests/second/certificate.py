"""Commit certificates. Written from blocks-and-certificates.md, "Certificate"; their size from rules.md."""

from __future__ import annotations

import re
from typing import NamedTuple

from second.codec import decode
from second.hashing import tagged
from second.refused import must
from second.shapes import MAX_31, MAX_63, ascending, integer, items, octets, of_format, text
from second.validators import MAX_VALIDATORS, ValidatorSet
from second.vote import PRECOMMIT, Vote

MAX_BYTES = 16_384
ENGINE = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
BUILT_IN = "chainbill"


class Certificate(NamedTuple):
    """The precommits of one round for one block."""

    engine: str
    height: int
    round: int
    block_id: bytes
    signatures: list[tuple[bytes, bytes]]
    bytes: bytes

    @property
    def hash(self) -> bytes:
        """What the next header names."""
        return tagged("certificate", self.bytes)

    @property
    def signers(self) -> list[bytes]:
        """The keys that signed."""
        return [key for key, _ in self.signatures]


def read_engine(value: object) -> str:
    """The name of an engine, as in the genesis."""
    name = text(value)
    must(ENGINE.fullmatch(name), "shape_wrong", name)
    return name


def read(data: bytes) -> Certificate:
    """The form of a certificate."""
    _, engine, height, round_, block_id, pairs = of_format(decode(data, MAX_BYTES), 6)
    signatures: list[tuple[bytes, bytes]] = []
    must(len(items(pairs)) <= MAX_VALIDATORS, "shape_wrong", "at most 100 pairs")
    for pair in items(pairs):
        key, signature = items(pair, 2)
        signatures.append((octets(key), octets(signature, 64)))
    found = Certificate(
        read_engine(engine),
        integer(height, 1, MAX_63),
        integer(round_, 0, MAX_31),
        octets(block_id),
        signatures,
        data,
    )
    must(ascending(found.signers), "certificate_invalid", "keys ascend, each once")
    return found


def check(certificate: Certificate, network: bytes, validators: ValidatorSet) -> None:
    """It is good for these validators: engine, signers, quorum, then every signature."""
    must(certificate.engine == BUILT_IN, "engine_unknown", certificate.engine)
    must(set(certificate.signers) <= set(validators.keys), "certificate_signers")
    must(len(certificate.signers) >= validators.quorum, "certificate_quorum")
    for key, signature in certificate.signatures:
        vote = Vote(PRECOMMIT, certificate.height, certificate.round, certificate.block_id, key, signature)
        must(vote.verifies(network), "certificate_invalid", key.hex())
