"""Vectors of votes, proposals, commit certificates and evidence: signed bytes, encodings, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chainbill.codec import encode
from chainbill.crypto.keys import PrivateKey
from chainbill.errors import ChainbillError
from chainbill.ledger.certificate import Certificate, decode_certificate, verify_certificate
from chainbill.ledger.engine import ENGINE
from chainbill.ledger.evidence import (
    REPORTED,
    DuplicateProposal,
    DuplicateVote,
    EngineReport,
    Evidence,
    decode_evidence,
    evidence_id,
    verify_evidence,
)
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.ledger.vote import VoteType, proposal_sign_bytes, sign_proposal, sign_vote, vote_sign_bytes

NETWORK = bytes([7]) * 32
KEYS = sorted((PrivateKey.from_seed(bytes([number]) * 32) for number in range(10, 14)), key=lambda key: key.public)
STRANGER = PrivateKey.from_seed(bytes([99]) * 32)
VALIDATORS = ValidatorSet.of([Validator(key.public, "", "", "") for key in KEYS])
BLOCK, OTHER = bytes([1]) * 32, bytes([2]) * 32


def make() -> dict[str, Any]:
    """Everything that validators sign."""
    return {
        "network": NETWORK.hex(),
        "engine": ENGINE,
        "keys": [{"seed": key.seed.hex(), "public": key.public.hex()} for key in KEYS],
        "votes": [_vote(type_, block) for type_ in (VoteType.PREVOTE, VoteType.PRECOMMIT) for block in (BLOCK, None)],
        "proposals": [_proposal(-1), _proposal(2)],
        "certificates": [_certificate(name, one) for name, one in _certificates()],
        "evidence": [_evidence(one) for one in (*_contradictions(), *_reports())],
        "refused_certificates": [_refused(name, value, decode_certificate) for name, value in _no_certificates()],
        "refused_evidence": [_refused(name, value, _check_evidence) for name, value in _no_evidence()],
    }


def _hex(value: bytes | None) -> str | None:
    return None if value is None else value.hex()


def _precommits(keys: list[PrivateKey], network: bytes = NETWORK) -> Certificate:
    votes = [sign_vote(key, network, type=VoteType.PRECOMMIT, height=7, round=3, block_id=BLOCK) for key in keys]
    return Certificate.from_votes(votes)


def _vote(type_: VoteType, block: bytes | None) -> dict[str, Any]:
    vote = sign_vote(KEYS[0], NETWORK, type=type_, height=7, round=3, block_id=block)
    return {
        "type": int(type_),
        "height": 7,
        "round": 3,
        "block_id": _hex(block),
        "signed_bytes": vote_sign_bytes(NETWORK, type_, 7, 3, block).hex(),
        "signature": vote.signature.hex(),
    }


def _proposal(valid_round: int) -> dict[str, Any]:
    proposal = sign_proposal(KEYS[0], NETWORK, height=7, round=3, block_id=BLOCK, valid_round=valid_round)
    return {
        "height": 7,
        "round": 3,
        "block_id": BLOCK.hex(),
        "valid_round": valid_round,
        "signed_bytes": proposal_sign_bytes(NETWORK, 7, 3, BLOCK, valid_round).hex(),
        "signature": proposal.signature.hex(),
    }


def _certificates() -> list[tuple[str, Certificate]]:
    quorum = _precommits(KEYS[:3])
    return [
        ("a quorum", quorum),
        ("everyone", _precommits(KEYS)),
        ("one signature too few", _precommits(KEYS[:2])),
        ("a signer who is no validator", _precommits([*KEYS[:2], STRANGER])),
        ("signatures for another block", replace(quorum, block_id=OTHER)),
        ("signatures for another network", _precommits(KEYS[:3], network=OTHER)),
        ("the engine is another", replace(quorum, engine="cometbft")),
    ]


def _no_certificates() -> list[tuple[str, Any]]:
    """Lists that are no certificate, whoever signed them."""
    _, engine, height, round_, block, signatures = _precommits(KEYS[:3]).fields()
    return [
        ("made for format 1", [1, engine, height, round_, block, signatures]),
        ("as format 1 had it, without format and engine", [height, round_, block, signatures]),
        ("the engine is no name", [2, "Chainbill", height, round_, block, signatures]),
        ("height 0", [2, engine, 0, round_, block, signatures]),
        ("a round beyond 2^31 - 1", [2, engine, height, 2**31, block, signatures]),
        ("the block id is nil", [2, engine, height, round_, None, signatures]),
        ("keys not in ascending order", [2, engine, height, round_, block, signatures[::-1]]),
        ("a key twice", [2, engine, height, round_, block, [signatures[0], signatures[0]]]),
        ("one signature counted three times", [2, engine, height, round_, block, [signatures[0]] * 3]),
        ("more than 100 pairs", [2, engine, height, round_, block, _many_pairs(101)]),
        ("more than 16,384 bytes", [2, engine, height, round_, block, _many_pairs(170)]),
        ("a signature of 63 bytes", [2, engine, height, round_, block, [[signatures[0][0], bytes(63)]]]),
        ("one field more", [2, engine, height, round_, block, signatures, None]),
    ]


def _many_pairs(number: int) -> list[list[bytes]]:
    return [[place.to_bytes(32, "big"), bytes(64)] for place in range(1, number + 1)]


def _no_evidence() -> list[tuple[str, Any]]:
    votes, proposals = [one.fields() for one in _contradictions()]
    report = ["chainbill", KEYS[0].public, "duplicate_vote", 7, 1_772_000_000_000]
    stranger = [
        sign_vote(STRANGER, NETWORK, type=VoteType.PREVOTE, height=7, round=3, block_id=one) for one in (None, BLOCK)
    ]
    foreign = [
        sign_vote(KEYS[0], OTHER, type=VoteType.PREVOTE, height=7, round=3, block_id=one) for one in (None, BLOCK)
    ]
    return [
        ("made for format 1", votes[1:]),
        ("an empty list", []),
        ("no kind", [2]),
        ("an unknown kind", [2, 3, *votes[2:]]),
        ("votes said to be proposals", [2, 0, *votes[2:]]),
        ("the two in the wrong order", [2, 1, votes[3], votes[2]]),
        ("twice the same", [2, 0, proposals[2], proposals[2]]),
        ("signed for another network", [2, 1, *[vote.fields() for vote in foreign]]),
        ("a report under the built-in engine, which proves what it reports", [2, 2, report]),
        ("a report of another engine than decides the blocks", [2, 2, ["cometbft", *report[1:]]]),
        ("a report of something unknown", [2, 2, [*report[:2], "was_late", *report[3:]]]),
        ("more than 1,024 bytes", [2, 1, *votes[2:], bytes(1_024)]),
        ("signed by one who was no validator of that height", [2, 1, *[vote.fields() for vote in stranger]]),
    ]


def _check_evidence(data: bytes) -> None:
    verify_evidence(decode_evidence(data), NETWORK, VALIDATORS)


def _refused(name: str, value: Any, check: Callable[[bytes], Any]) -> dict[str, Any]:
    data = encode(value)
    try:
        check(data)
    except ChainbillError as error:
        return {"name": name, "bytes": data.hex(), "refused": error.reason}
    raise AssertionError(f"{name} is not refused")


def _certificate(name: str, certificate: Certificate) -> dict[str, Any]:
    reason = ""
    try:
        verify_certificate(certificate, NETWORK, VALIDATORS)
    except ChainbillError as error:
        reason = error.reason
    return {
        "name": name,
        "bytes": certificate.encode().hex(),
        "hash": certificate.hash.hex(),
        "refused": reason,
    }


def _contradictions() -> list[Evidence]:
    votes = [
        sign_vote(KEYS[0], NETWORK, type=VoteType.PREVOTE, height=7, round=3, block_id=one) for one in (BLOCK, None)
    ]
    proposals = [
        sign_proposal(KEYS[1], NETWORK, height=7, round=3, block_id=one, valid_round=-1) for one in (OTHER, BLOCK)
    ]
    return [DuplicateVote.of(*votes), DuplicateProposal.of(*proposals)]


def _reports() -> list[EngineReport]:
    return [EngineReport("cometbft", KEYS[0].public, what, 7, 1_772_000_000_000) for what in REPORTED]


def _evidence(evidence: Evidence) -> dict[str, Any]:
    validator, height, round_or_what, type_ = evidence.key
    return {
        "kind": evidence.fields()[1],
        "validator": validator.hex(),
        "height": height,
        "round_or_what": round_or_what,
        "type": type_,
        "bytes": evidence.encode().hex(),
        "id": evidence_id(evidence.encode()).hex(),
    }
