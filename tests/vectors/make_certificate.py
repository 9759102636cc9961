"""Vectors of votes, proposals, commit certificates and evidence: signed bytes, encodings, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chainbill.crypto.keys import PrivateKey
from chainbill.errors import ChainbillError
from chainbill.ledger.certificate import Certificate, verify_certificate
from chainbill.ledger.evidence import DuplicateProposal, DuplicateVote, Evidence, evidence_id
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.ledger.vote import VoteType, proposal_sign_bytes, sign_proposal, sign_vote, vote_sign_bytes

CHAIN = "vector-chain"
KEYS = sorted((PrivateKey.from_seed(bytes([number]) * 32) for number in range(10, 14)), key=lambda key: key.public)
STRANGER = PrivateKey.from_seed(bytes([99]) * 32)
VALIDATORS = ValidatorSet.of([Validator(key.public, "", "", "") for key in KEYS])
BLOCK, OTHER = bytes([1]) * 32, bytes([2]) * 32


def make() -> dict[str, Any]:
    """Everything that validators sign."""
    return {
        "chain_id": CHAIN,
        "keys": [{"seed": key.seed.hex(), "public": key.public.hex()} for key in KEYS],
        "votes": [_vote(type_, block) for type_ in (VoteType.PREVOTE, VoteType.PRECOMMIT) for block in (BLOCK, None)],
        "proposals": [_proposal(-1), _proposal(2)],
        "certificates": [_certificate(name, one) for name, one in _certificates()],
        "evidence": [_evidence(one) for one in _contradictions()],
    }


def _hex(value: bytes | None) -> str | None:
    return None if value is None else value.hex()


def _precommits(keys: list[PrivateKey]) -> Certificate:
    votes = [sign_vote(key, CHAIN, type=VoteType.PRECOMMIT, height=7, round=3, block_id=BLOCK) for key in keys]
    return Certificate.from_votes(votes)


def _vote(type_: VoteType, block: bytes | None) -> dict[str, Any]:
    vote = sign_vote(KEYS[0], CHAIN, type=type_, height=7, round=3, block_id=block)
    return {
        "type": int(type_),
        "height": 7,
        "round": 3,
        "block_id": _hex(block),
        "signed_bytes": vote_sign_bytes(CHAIN, type_, 7, 3, block).hex(),
        "signature": vote.signature.hex(),
    }


def _proposal(valid_round: int) -> dict[str, Any]:
    proposal = sign_proposal(KEYS[0], CHAIN, height=7, round=3, block_id=BLOCK, valid_round=valid_round)
    return {
        "height": 7,
        "round": 3,
        "block_id": BLOCK.hex(),
        "valid_round": valid_round,
        "signed_bytes": proposal_sign_bytes(CHAIN, 7, 3, BLOCK, valid_round).hex(),
        "signature": proposal.signature.hex(),
    }


def _certificates() -> list[tuple[str, Certificate]]:
    quorum = _precommits(KEYS[:3])
    return [
        ("a quorum", quorum),
        ("everyone", _precommits(KEYS)),
        ("one signature too few", _precommits(KEYS[:2])),
        ("a signer who is no validator", _precommits([*KEYS[:2], STRANGER])),
        ("one signature counted twice", replace(quorum, signatures=(quorum.signatures[0],) * 3)),
        ("signatures for another block", replace(quorum, block_id=OTHER)),
    ]


def _certificate(name: str, certificate: Certificate) -> dict[str, Any]:
    reason = ""
    try:
        verify_certificate(certificate, CHAIN, VALIDATORS)
    except ChainbillError as error:
        reason = error.reason
    return {"name": name, "bytes": certificate.encode().hex(), "refused": reason}


def _contradictions() -> list[Evidence]:
    votes = [sign_vote(KEYS[0], CHAIN, type=VoteType.PREVOTE, height=7, round=3, block_id=one) for one in (BLOCK, None)]
    proposals = [
        sign_proposal(KEYS[1], CHAIN, height=7, round=3, block_id=one, valid_round=-1) for one in (OTHER, BLOCK)
    ]
    return [DuplicateVote.of(*votes), DuplicateProposal.of(*proposals)]


def _evidence(evidence: Evidence) -> dict[str, Any]:
    validator, height, round_, type_ = evidence.key
    return {
        "validator": validator.hex(),
        "height": height,
        "round": round_,
        "type": type_,
        "bytes": evidence.encode().hex(),
        "id": evidence_id(evidence.encode()).hex(),
    }
