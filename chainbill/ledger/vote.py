"""Signed words of consensus: proposal headers and votes (arXiv 1807.04938, algorithm 1).

A vote is signed over domain "vote" and canonical [2, type, network, height, round, block id or nil]; a proposal over
domain "proposal" and canonical [2, network, height, round, block id, valid_round], valid_round −1 for none. `network`
is the 32 bytes of the genesis hash: what was signed for one network says nothing on another, whatever both are called.
There is no time in a vote: two honest votes for one value are the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

from chainbill.codec import encode_trusted
from chainbill.crypto.signing import verify_remembered as verify
from chainbill.errors import Malformed, Reason
from chainbill.ledger.shapes import as_bytes, as_int, as_list, bad_shape
from chainbill.limits import FORMAT

VOTE_DOMAIN = "vote"
PROPOSAL_DOMAIN = "proposal"
NO_ROUND = -1
MAX_ROUND = 2**31 - 1


class VoteType(IntEnum):
    """What a consensus message is: 0 is kept for the proposal."""

    PROPOSAL = 0
    PREVOTE = 1
    PRECOMMIT = 2


def vote_sign_bytes(network: bytes, type: VoteType, height: int, round: int, block_id: bytes | None) -> bytes:  # noqa: A002
    """The bytes that a vote's signature covers (domain "vote")."""
    return encode_trusted([FORMAT, int(type), network, height, round, block_id])


def proposal_sign_bytes(network: bytes, height: int, round: int, block_id: bytes, valid_round: int) -> bytes:  # noqa: A002
    """The bytes that a proposal's signature covers (domain "proposal")."""
    return encode_trusted([FORMAT, network, height, round, block_id, valid_round])


@dataclass(frozen=True, slots=True)
class Vote:
    """A prevote or precommit of one validator for a block id, or for nil (None)."""

    type: VoteType
    height: int
    round: int
    block_id: bytes | None
    validator: bytes
    signature: bytes

    def verify(self, network: bytes) -> bool:
        """Whether the signature is the validator's own."""
        message = vote_sign_bytes(network, self.type, self.height, self.round, self.block_id)
        return verify(self.validator, VOTE_DOMAIN, message, self.signature)

    def fields(self) -> list[Any]:
        """The canonical list [type, height, round, block id or nil, validator, signature]."""
        return [int(self.type), self.height, self.round, self.block_id, self.validator, self.signature]

    @classmethod
    def from_fields(cls, value: Any) -> Vote:
        """Read the canonical list; Malformed if it is none."""
        type_, height, round_, block_id, validator, signature = as_list(value, "vote", length=6)
        if type(type_) is not int or type_ not in (VoteType.PREVOTE, VoteType.PRECOMMIT):
            raise bad_shape("vote type", "1 (prevote) or 2 (precommit)")
        return cls(
            VoteType(type_),
            as_int(height, "height", low=1),
            as_int(round_, "round", high=MAX_ROUND),
            None if block_id is None else as_bytes(block_id, "block id", length=32),
            as_bytes(validator, "validator key", length=32),
            as_bytes(signature, "signature", length=64),
        )


@dataclass(frozen=True, slots=True)
class ProposalHeader:
    """A proposer's signed word for a block id in a round; valid_round is −1 unless the block was valid earlier."""

    height: int
    round: int
    block_id: bytes
    valid_round: int
    validator: bytes
    signature: bytes

    def verify(self, network: bytes) -> bool:
        """Whether the signature is the proposer's own."""
        message = proposal_sign_bytes(network, self.height, self.round, self.block_id, self.valid_round)
        return verify(self.validator, PROPOSAL_DOMAIN, message, self.signature)

    def fields(self) -> list[Any]:
        """The canonical list [height, round, block id, valid_round, validator, signature]."""
        return [self.height, self.round, self.block_id, self.valid_round, self.validator, self.signature]

    @classmethod
    def from_fields(cls, value: Any) -> ProposalHeader:
        """Read the canonical list; Malformed if it is none, or if valid_round is not below round."""
        height, round_, block_id, valid_round, validator, signature = as_list(value, "proposal", length=6)
        proposal = cls(
            as_int(height, "height", low=1),
            as_int(round_, "round", high=MAX_ROUND),
            as_bytes(block_id, "block id", length=32),
            as_int(valid_round, "valid_round", low=NO_ROUND, high=MAX_ROUND),
            as_bytes(validator, "validator key", length=32),
            as_bytes(signature, "signature", length=64),
        )
        if proposal.valid_round >= proposal.round:
            raise Malformed(Reason.SHAPE_WRONG, "valid_round must be below round")
        return proposal


class VoteKey(Protocol):
    """A validator's key (chainbill.crypto.keys.PrivateKey is one)."""

    @property
    def public(self) -> bytes:
        """32 bytes."""
        ...

    def sign(self, domain: str, message: bytes) -> bytes:
        """64 bytes over the tagged hash."""
        ...


def sign_vote(
    key: VoteKey,
    network: bytes,
    *,
    type: VoteType,  # noqa: A002
    height: int,
    round: int,  # noqa: A002
    block_id: bytes | None,
) -> Vote:
    """A vote signed with `key`."""
    signature = key.sign(VOTE_DOMAIN, vote_sign_bytes(network, type, height, round, block_id))
    return Vote(type, height, round, block_id, key.public, signature)


def sign_proposal(
    key: VoteKey,
    network: bytes,
    *,
    height: int,
    round: int,  # noqa: A002
    block_id: bytes,
    valid_round: int = NO_ROUND,
) -> ProposalHeader:
    """A proposal header signed with `key`."""
    signature = key.sign(PROPOSAL_DOMAIN, proposal_sign_bytes(network, height, round, block_id, valid_round))
    return ProposalHeader(height, round, block_id, valid_round, key.public, signature)
