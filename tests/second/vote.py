"""Votes and proposals. Written from blocks-and-certificates.md, "Votes and proposals"."""

from __future__ import annotations

from typing import NamedTuple

from second import ed25519
from second.codec import encode
from second.hashing import tagged
from second.shapes import MAX_31, MAX_63, integer, items, octets

PREVOTE = 1
PRECOMMIT = 2


class Vote(NamedTuple):
    """A prevote or precommit as it goes over the wire."""

    type: int
    height: int
    round: int
    block_id: bytes | None
    key: bytes
    signature: bytes

    def signed(self, network: bytes) -> bytes:
        """What is signed: the network enters here."""
        return encode([2, self.type, network, self.height, self.round, self.block_id])

    def verifies(self, network: bytes) -> bool:
        """Whether its author signed it for this network."""
        return ed25519.verifies(self.key, tagged("vote", self.signed(network)), self.signature)


class Proposal(NamedTuple):
    """A proposal as it goes over the wire."""

    height: int
    round: int
    block_id: bytes
    valid_round: int
    key: bytes
    signature: bytes

    def signed(self, network: bytes) -> bytes:
        """What is signed."""
        return encode([2, network, self.height, self.round, self.block_id, self.valid_round])

    def verifies(self, network: bytes) -> bool:
        """Whether its author signed it for this network."""
        return ed25519.verifies(self.key, tagged("proposal", self.signed(network)), self.signature)


def read_vote(value: object) -> Vote:
    """[type, height, round, block id or nil, key, signature]."""
    type_, height, round_, block_id, key, signature = items(value, 6)
    return Vote(
        integer(type_, PREVOTE, PRECOMMIT),
        integer(height, 1, MAX_63),
        integer(round_, 0, MAX_31),
        None if block_id is None else octets(block_id),
        octets(key),
        octets(signature, 64),
    )


def read_proposal(value: object) -> Proposal:
    """[height, round, block id, valid_round, key, signature]."""
    height, round_, block_id, valid_round, key, signature = items(value, 6)
    number = integer(round_, 0, MAX_31)
    return Proposal(
        integer(height, 1, MAX_63),
        number,
        octets(block_id),
        integer(valid_round, -1, number - 1),
        octets(key),
        octets(signature, 64),
    )
