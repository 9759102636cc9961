"""Evidence: two signatures of one validator for the same height, round and type, with different values.

Canonical form [kind, first, second], kind 0 for proposals and 1 for votes, the two in ascending order of what they
say, so that one misdeed has one form. What follows from it is for governance to vote on; the ledger records it once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chainbill.codec import decode, encode
from chainbill.crypto.hashing import tagged_hash
from chainbill.errors import Malformed, Reason, Refused
from chainbill.ledger.shapes import as_list
from chainbill.ledger.validators import ValidatorSet
from chainbill.ledger.vote import ProposalHeader, Vote, VoteType
from chainbill.limits import MAX_EVIDENCE_BYTES

PROPOSAL_KIND = 0
VOTE_KIND = 1


@dataclass(frozen=True, slots=True)
class DuplicateVote:
    """Two votes of one validator, same height, round and type, for different values; make it with `of`."""

    first: Vote
    second: Vote

    @classmethod
    def of(cls, one: Vote, other: Vote) -> DuplicateVote:
        """The evidence of two votes in any order; Malformed if they do not contradict each other."""
        first, second = sorted((one, other), key=_vote_value)
        evidence = cls(first, second)
        evidence.check()
        return evidence

    @property
    def key(self) -> tuple[bytes, int, int, int]:
        """(validator, height, round, type): counted once each."""
        return (self.first.validator, self.first.height, self.first.round, int(self.first.type))

    def check(self) -> None:
        """Malformed unless the two votes contradict each other and stand in order."""
        one, other = self.first, self.second
        same = (one.type, one.height, one.round, one.validator) == (
            other.type,
            other.height,
            other.round,
            other.validator,
        )
        if not same or _vote_value(one) >= _vote_value(other):
            raise Malformed(Reason.EVIDENCE_INVALID, "the two votes do not contradict each other")

    def fields(self) -> list[Any]:
        """The canonical list."""
        return [VOTE_KIND, self.first.fields(), self.second.fields()]

    def encode(self) -> bytes:
        """The canonical bytes."""
        return encode(self.fields())


@dataclass(frozen=True, slots=True)
class DuplicateProposal:
    """Two proposals of one validator for one height and round that differ; make it with `of`."""

    first: ProposalHeader
    second: ProposalHeader

    @classmethod
    def of(cls, one: ProposalHeader, other: ProposalHeader) -> DuplicateProposal:
        """The evidence of two proposals in any order; Malformed if they do not contradict each other."""
        first, second = sorted((one, other), key=_proposal_value)
        evidence = cls(first, second)
        evidence.check()
        return evidence

    @property
    def key(self) -> tuple[bytes, int, int, int]:
        """(validator, height, round, type): counted once each."""
        return (self.first.validator, self.first.height, self.first.round, int(VoteType.PROPOSAL))

    def check(self) -> None:
        """Malformed unless the two proposals contradict each other and stand in order."""
        one, other = self.first, self.second
        same = (one.height, one.round, one.validator) == (other.height, other.round, other.validator)
        if not same or _proposal_value(one) >= _proposal_value(other):
            raise Malformed(Reason.EVIDENCE_INVALID, "the two proposals do not contradict each other")

    def fields(self) -> list[Any]:
        """The canonical list."""
        return [PROPOSAL_KIND, self.first.fields(), self.second.fields()]

    def encode(self) -> bytes:
        """The canonical bytes."""
        return encode(self.fields())


Evidence = DuplicateVote | DuplicateProposal


def _vote_value(vote: Vote) -> bytes:
    return b"" if vote.block_id is None else vote.block_id


def _proposal_value(proposal: ProposalHeader) -> tuple[bytes, int]:
    return (proposal.block_id, proposal.valid_round)


def decode_evidence(data: bytes) -> Evidence:
    """Read canonical bytes; Malformed if they break the format or prove nothing. Signatures are not verified here."""
    kind, first, second = as_list(decode(data, max_bytes=MAX_EVIDENCE_BYTES), "evidence", length=3)
    evidence: Evidence
    if kind == PROPOSAL_KIND and type(kind) is int:
        evidence = DuplicateProposal(ProposalHeader.from_fields(first), ProposalHeader.from_fields(second))
    elif kind == VOTE_KIND and type(kind) is int:
        evidence = DuplicateVote(Vote.from_fields(first), Vote.from_fields(second))
    else:
        raise Malformed(Reason.EVIDENCE_INVALID, "evidence is of kind 0 (proposals) or 1 (votes)")
    evidence.check()
    return evidence


def evidence_id(data: bytes) -> bytes:
    """H("evidence", bytes): how a pool of evidence names it."""
    return tagged_hash("evidence", data)


def verify_evidence(evidence: Evidence, chain_id: str, validators: ValidatorSet) -> None:
    """Refused unless the accused was a validator of that height and both signatures are its own."""
    if evidence.first.validator not in validators:
        raise Refused(Reason.EVIDENCE_INVALID, "the accused was no validator of that height")
    if not (evidence.first.verify(chain_id) and evidence.second.verify(chain_id)):
        raise Refused(Reason.EVIDENCE_INVALID, "a signature is not the accused validator's")
