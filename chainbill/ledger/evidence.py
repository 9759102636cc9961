"""Evidence: two signatures of one validator for the same height, round and type, with different values.

Canonical form [2, kind, first, second], kind 0 for proposals and 1 for votes, the two in ascending order of what they
say, so that one misdeed has one form. Under another engine than the built-in one the votes cannot be read here; what it
reports is [2, 2, [engine, validator, what, height, time_ms]], believed because the engine decided the block that
carries it. What follows from evidence is for governance to vote on; the ledger records it once.

The field's word: equivocation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chainbill.codec import decode, encode
from chainbill.crypto.hashing import tagged_hash
from chainbill.errors import Malformed, Reason, Refused
from chainbill.ledger.engine import ENGINE, as_engine
from chainbill.ledger.shapes import as_bytes, as_int, as_list, bad_shape, check_format
from chainbill.ledger.validators import ValidatorSet
from chainbill.ledger.vote import ProposalHeader, Vote, VoteType
from chainbill.limits import FORMAT, MAX_EVIDENCE_BYTES

PROPOSAL_KIND = 0
VOTE_KIND = 1
REPORT_KIND = 2
REPORTED = ("duplicate_vote", "light_client_attack")

Misdeed = tuple[bytes, int, int | str, int]
"""(validator, height, round, type) of two signatures, (validator, height, what, 0) of a report: counted once each."""


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
    def key(self) -> Misdeed:
        """(validator, height, round, type): counted once each."""
        return (self.validator, self.height, self.first.round, int(self.first.type))

    @property
    def validator(self) -> bytes:
        """Whom it accuses."""
        return self.first.validator

    @property
    def height(self) -> int:
        """When it happened."""
        return self.first.height

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
        return [FORMAT, VOTE_KIND, self.first.fields(), self.second.fields()]

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
    def key(self) -> Misdeed:
        """(validator, height, round, type): counted once each."""
        return (self.validator, self.height, self.first.round, int(VoteType.PROPOSAL))

    @property
    def validator(self) -> bytes:
        """Whom it accuses."""
        return self.first.validator

    @property
    def height(self) -> int:
        """When it happened."""
        return self.first.height

    def check(self) -> None:
        """Malformed unless the two proposals contradict each other and stand in order."""
        one, other = self.first, self.second
        same = (one.height, one.round, one.validator) == (other.height, other.round, other.validator)
        if not same or _proposal_value(one) >= _proposal_value(other):
            raise Malformed(Reason.EVIDENCE_INVALID, "the two proposals do not contradict each other")

    def fields(self) -> list[Any]:
        """The canonical list."""
        return [FORMAT, PROPOSAL_KIND, self.first.fields(), self.second.fields()]

    def encode(self) -> bytes:
        """The canonical bytes."""
        return encode(self.fields())


@dataclass(frozen=True, slots=True)
class EngineReport:
    """What an engine other than the built-in one says of a validator; there is no signature in it.

    what: one of REPORTED. height: when it happened; time_ms: the engine's time of that, UTC.
    """

    engine: str
    validator: bytes
    what: str
    height: int
    time_ms: int

    @property
    def key(self) -> Misdeed:
        """(validator, height, what, 0): counted once each."""
        return (self.validator, self.height, self.what, 0)

    def fields(self) -> list[Any]:
        """The canonical list."""
        return [FORMAT, REPORT_KIND, [self.engine, self.validator, self.what, self.height, self.time_ms]]

    def encode(self) -> bytes:
        """The canonical bytes."""
        return encode(self.fields())

    @classmethod
    def from_fields(cls, value: Any) -> EngineReport:
        """Read the inner list; Malformed if it is none."""
        engine, validator, what, height, time_ms = as_list(value, "report", length=5)
        if type(what) is not str or what not in REPORTED:
            raise bad_shape("what was reported", " or ".join(REPORTED))
        return cls(
            as_engine(engine, "engine"),
            as_bytes(validator, "validator key", length=32),
            what,
            as_int(height, "height", low=1),
            as_int(time_ms, "time_ms"),
        )


Evidence = DuplicateVote | DuplicateProposal | EngineReport


def _vote_value(vote: Vote) -> bytes:
    return b"" if vote.block_id is None else vote.block_id


def _proposal_value(proposal: ProposalHeader) -> tuple[bytes, int]:
    return (proposal.block_id, proposal.valid_round)


def decode_evidence(data: bytes) -> Evidence:
    """Read canonical bytes; Malformed if they break the format or prove nothing. Signatures are not verified here."""
    fields = check_format(decode(data, max_bytes=MAX_EVIDENCE_BYTES), "evidence")
    kind = fields[1] if len(fields) > 1 and type(fields[1]) is int else None
    if kind == REPORT_KIND:
        return EngineReport.from_fields(as_list(fields, "evidence", length=3)[2])
    if kind not in (PROPOSAL_KIND, VOTE_KIND):
        raise Malformed(Reason.EVIDENCE_INVALID, "evidence is of kind 0 (proposals), 1 (votes) or 2 (reported)")
    _, _, first, second = as_list(fields, "evidence", length=4)
    evidence: DuplicateProposal | DuplicateVote
    if kind == PROPOSAL_KIND:
        evidence = DuplicateProposal(ProposalHeader.from_fields(first), ProposalHeader.from_fields(second))
    else:
        evidence = DuplicateVote(Vote.from_fields(first), Vote.from_fields(second))
    evidence.check()
    return evidence


def evidence_id(data: bytes) -> bytes:
    """H("evidence", bytes): how a pool of evidence names it."""
    return tagged_hash("evidence", data)


def verify_evidence(evidence: Evidence, network: bytes, validators: ValidatorSet, *, engine: str = ENGINE) -> None:
    """Refused unless the accused was a validator of that height and both signatures are its own.

    A report without signatures is taken only where `engine`, which decides the blocks of the network, made it and is
    not the built-in one, which proves what it reports.
    """
    if evidence.validator not in validators:
        raise Refused(Reason.EVIDENCE_INVALID, "the accused was no validator of that height")
    if isinstance(evidence, EngineReport):
        if engine == ENGINE or evidence.engine != engine:
            raise Refused(Reason.EVIDENCE_INVALID, f"engine {engine} makes no such report: it proves what it says")
    elif not (evidence.first.verify(network) and evidence.second.verify(network)):
        raise Refused(Reason.EVIDENCE_INVALID, "a signature is not the accused validator's")
