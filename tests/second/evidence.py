"""Evidence of misdeeds. Written from blocks-and-certificates.md, "Evidence"; its size from rules.md."""

from __future__ import annotations

from typing import NamedTuple

from second.certificate import BUILT_IN, read_engine
from second.codec import decode
from second.hashing import tagged
from second.refused import must
from second.shapes import FORMAT, MAX_63, integer, items, octets, text
from second.validators import ValidatorSet
from second.vote import Proposal, Vote, read_proposal, read_vote

MAX_BYTES = 1_024
PROPOSALS, VOTES, REPORT = 0, 1, 2
REPORTS = ("duplicate_vote", "light_client_attack")
INVALID = "evidence_invalid"


class Report(NamedTuple):
    """What another engine says of one of its validators, without signatures."""

    engine: str
    key: bytes
    what: str
    height: int
    time_ms: int


class Evidence(NamedTuple):
    """One piece, with what the row under which it is recorded is named by: key, height, round or what, type."""

    kind: int
    key: bytes
    height: int
    round_or_what: int | str
    type: int
    words: list[Vote] | list[Proposal] | Report
    bytes: bytes

    @property
    def id(self) -> bytes:
        """H("evidence", bytes)."""
        return tagged("evidence", self.bytes)


def read(data: bytes) -> Evidence:
    """The form of a piece of evidence."""
    fields = items(decode(data, MAX_BYTES))
    must(fields, "shape_wrong", "an empty list")
    first = fields[0]
    must(isinstance(first, int) and not isinstance(first, bool) and first == FORMAT, "format_version")
    kind = fields[1] if len(fields) > 1 else None
    must(isinstance(kind, int) and not isinstance(kind, bool) and kind in (PROPOSALS, VOTES, REPORT), INVALID, "kind")
    if kind == REPORT:
        return _read_report(items(fields, 3)[2], data)
    _, _, a, b = items(fields, 4)
    if kind == VOTES:
        votes = [read_vote(a), read_vote(b)]
        one, other = votes
        must(one[:3] == other[:3] and one.key == other.key, INVALID, "of one validator, height, round and type")
        must((one.block_id or b"") < (other.block_id or b""), INVALID, "block ids differ, the smaller first")
        return Evidence(VOTES, one.key, one.height, one.round, one.type, votes, data)
    proposals = [read_proposal(a), read_proposal(b)]
    first_word, second_word = proposals
    must(first_word[:2] == second_word[:2] and first_word.key == second_word.key, INVALID, "of one validator")
    must(first_word[2:4] < second_word[2:4], INVALID, "they differ, the smaller first")
    return Evidence(PROPOSALS, first_word.key, first_word.height, first_word.round, 0, proposals, data)


def _read_report(value: object, data: bytes) -> Evidence:
    engine, key, what, height, time_ms = items(value, 5)
    must(text(what) in REPORTS, "shape_wrong", text(what))
    report = Report(
        read_engine(engine), octets(key), text(what), integer(height, 1, MAX_63), integer(time_ms, 0, MAX_63)
    )
    return Evidence(REPORT, report.key, report.height, report.what, 0, report, data)


def check(evidence: Evidence, network: bytes, engine: str, validators: ValidatorSet) -> None:
    """By a validator, its signatures good, or a report of the genesis' engine, which is not the built-in one."""
    must(evidence.key in validators.keys, INVALID, "no validator of that height")
    if isinstance(evidence.words, Report):
        must(evidence.words.engine == engine != BUILT_IN, INVALID, evidence.words.engine)
        return
    for word in evidence.words:
        must(word.verifies(network), INVALID, "a signature")
