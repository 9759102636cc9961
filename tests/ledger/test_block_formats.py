"""Blocks, votes, certificates, evidence, validator sets, genesis and receipts: read back, bounded, verified."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger.ledger_kit import CHAIN, NETWORK, header, key, validator_keys, validators, wire

from chainbill.codec import decode, encode
from chainbill.crypto.keys import PrivateKey
from chainbill.errors import ChainbillError, Malformed, Refused
from chainbill.ledger import vote as vote_format
from chainbill.ledger.block import Block, Header, decode_block, evidence_root, header_of, tx_root
from chainbill.ledger.certificate import Certificate, certificate_hash, decode_certificate, verify_certificate
from chainbill.ledger.envelope import wire_id_of
from chainbill.ledger.evidence import DuplicateProposal, DuplicateVote, EngineReport, decode_evidence, verify_evidence
from chainbill.ledger.genesis import Genesis, genesis_from_json
from chainbill.ledger.receipt import decode_receipt
from chainbill.ledger.validators import ValidatorSet
from chainbill.ledger.vote import ProposalHeader, Vote, VoteType, sign_proposal, sign_vote

ID, OTHER = b"\x01" * 32, b"\x02" * 32
KEYS = validator_keys()
CARRIED = b"the bytes of a certificate"
WIRE = wire(("token", "accept", {"token": "T1"}))


def block(wires: tuple[bytes, ...] = (WIRE,), evidence: tuple[bytes, ...] = ()) -> Block:
    made = header(
        proposer=KEYS[0].public, parent=ID, tx_count=len(wires), tx_root=tx_root([wire_id_of(one) for one in wires]),
        evidence_count=len(evidence), evidence_root=evidence_root(evidence), app_hash=ID, receipts_root=OTHER,
        parent_certificate=certificate_hash(CARRIED),
    )  # fmt: skip
    return Block(made, wires, evidence, CARRIED)


def vote(
    signer: PrivateKey, block_id: bytes | None = ID, type_: VoteType = VoteType.PRECOMMIT, round_: int = 0
) -> Vote:
    return sign_vote(signer, NETWORK, type=type_, height=7, round=round_, block_id=block_id)


def proposal(signer: PrivateKey, block_id: bytes, valid_round: int = -1) -> ProposalHeader:
    return sign_proposal(signer, NETWORK, height=7, round=3, block_id=block_id, valid_round=valid_round)


# --- blocks ------------------------------------------------------------------
def test_a_block_reads_back() -> None:
    assert decode_block(block().encoded) == block()
    assert header_of(block().encoded) == block().header
    assert block().id == block().header.id != block(()).id


def test_a_block_with_other_contents_than_its_header_says_is_refused() -> None:
    for change, reason in (
        ({"transactions": ()}, "block_counts"),
        ({"transactions": (WIRE, WIRE)}, "block_counts"),
        ({"evidence": (b"x",)}, "block_counts"),
        ({"transactions": (WIRE[::-1],)}, "block_tx_root"),
        ({"parent_certificate": None}, "block_parent_certificate"),
        ({"parent_certificate": CARRIED + b"x"}, "block_parent_certificate"),
    ):
        with pytest.raises(Malformed, match=reason):
            decode_block(replace(block(), **change).encoded)
    with pytest.raises(Malformed, match="block_evidence_root"):
        decode_block(replace(block(evidence=(b"x",)), evidence=(b"y",)).encoded)


def test_the_number_of_transactions_is_committed() -> None:
    """formats M1: the root is that of the block's own transactions, and still the count is not."""
    wrong = replace(block(), header=replace(block().header, tx_count=2))
    with pytest.raises(Malformed, match="block_counts"):
        decode_block(wrong.encoded)
    assert wrong.id != block().id


def test_a_block_of_format_1_is_refused_in_words() -> None:
    header_1 = ["test-chain", 7, 1_000, *[bytes(32)] * 8]
    for old in ([header_1, [], []], [header_1, None, [], []], [[1, *block().header.fields()[1:]], None, [], []]):
        with pytest.raises(Malformed, match="made for format 1"):
            decode_block(encode(old))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (1, bytes(31)), (1, "test-chain"), (2, 0), (2, 2**63), (3, -1), (4, 0), (4, True), (4, 2**31), (5, None),
        (7, b""), (8, -1), (8, 10_001), (10, 17), (13, 2**31), (17, bytes(33)),
    ],
)  # fmt: skip
def test_a_header_with_a_field_out_of_bounds_is_refused(place: int, value: object) -> None:
    fields = block().header.fields()
    fields[place] = value
    with pytest.raises(Malformed, match="shape_wrong"):
        Header.from_fields(fields)


@pytest.mark.parametrize("field", range(1, 18))
def test_every_field_of_a_header_is_in_its_id(field: int) -> None:
    fields = block().header.fields()
    value = fields[field]
    fields[field] = value + 1 if type(value) is int else "other" if type(value) is str else b"\x09" * 32
    assert Header.from_fields(fields).id != block().header.id


# --- votes and proposals ------------------------------------------------------------------
def test_votes_and_proposals_read_back_and_verify() -> None:
    for one in (vote(KEYS[0]), vote(KEYS[0], None, VoteType.PREVOTE, 4)):
        assert Vote.from_fields(one.fields()) == one
        assert one.verify(NETWORK)
        assert not one.verify("other-chain")
    shown = proposal(KEYS[0], ID, 2)
    assert ProposalHeader.from_fields(shown.fields()) == shown
    assert shown.verify(NETWORK)


@pytest.mark.parametrize(
    "change", [{"height": 8}, {"round": 1}, {"block_id": OTHER}, {"block_id": None}, {"type": VoteType.PREVOTE}]
)
def test_a_vote_signs_everything_it_says(change: dict[str, object]) -> None:
    assert not replace(vote(KEYS[0]), **change).verify(NETWORK)


@pytest.mark.parametrize("change", [{"height": 8}, {"round": 4}, {"block_id": OTHER}, {"valid_round": 1}])
def test_a_proposal_signs_everything_it_says(change: dict[str, object]) -> None:
    assert not replace(proposal(KEYS[0], ID, 2), **change).verify(NETWORK)


def test_what_is_signed_for_one_network_says_nothing_on_another() -> None:
    """formats S2: two networks may have one name, but never one genesis hash."""
    assert not vote(KEYS[0]).verify(OTHER)
    assert not proposal(KEYS[0], ID).verify(OTHER)


@pytest.mark.parametrize("what", ["vote_sign_bytes", "proposal_sign_bytes"])
def test_the_network_is_part_of_what_is_signed(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant of formats S2: without the network in the signed bytes the test above cannot hold."""
    whole = getattr(vote_format, what)
    monkeypatch.setattr(vote_format, what, lambda _network, *rest: whole(bytes(32), *rest))
    with pytest.raises(AssertionError):
        test_what_is_signed_for_one_network_says_nothing_on_another()


def test_signed_bytes_lead_with_the_format_and_no_two_kinds_are_alike() -> None:
    assert decode(vote_format.vote_sign_bytes(NETWORK, VoteType.PREVOTE, 7, 0, None)) == [2, 1, NETWORK, 7, 0, None]
    assert decode(vote_format.proposal_sign_bytes(NETWORK, 7, 0, ID, -1)) == [2, NETWORK, 7, 0, ID, -1]


def test_a_vote_is_a_prevote_or_a_precommit() -> None:
    for type_ in (0, 3, True, "1"):
        with pytest.raises(Malformed):
            Vote.from_fields([type_, *vote(KEYS[0]).fields()[1:]])


def test_a_proposals_valid_round_is_before_its_round() -> None:
    with pytest.raises(Malformed):
        ProposalHeader.from_fields(proposal(KEYS[0], ID, 3).fields())


# --- validator sets ------------------------------------------------------------------
@pytest.mark.parametrize("count", range(1, 14))
def test_quorum_and_faults_agree_with_a_naive_count(count: int) -> None:
    one = validators(count)
    assert one.max_faulty == max(f for f in range(count) if 3 * f < count)
    assert one.quorum == min(q for q in range(1, count + 1) if 3 * q > 2 * count)
    # any two quorums share more validators than can be faulty
    assert 2 * one.quorum - count > one.max_faulty


def test_proposers_take_turns_in_the_order_of_keys() -> None:
    one = validators()
    turns = [one.proposer(5, round_).key for round_ in range(4)]
    assert sorted(turns) == list(one.keys)
    assert one.proposer(6, 0) == one.proposer(5, 1)


def test_a_set_is_sorted_distinct_and_not_empty() -> None:
    entries = validators().validators
    for broken in ((), entries[::-1], (entries[0], entries[0])):
        with pytest.raises(Malformed):
            ValidatorSet(broken)
    assert ValidatorSet.from_fields(validators().fields()) == validators()
    assert validators().hash() != validators(3).hash()


@pytest.mark.parametrize("alg", ["sm2", "", None, 1])
def test_a_validator_with_a_key_of_an_unknown_algorithm_is_refused(alg: object) -> None:
    first, *rest = validators().fields()
    with pytest.raises(Malformed, match="algorithm_unknown"):
        ValidatorSet.from_fields([[alg, *first[1:]], *rest])


# --- certificates ------------------------------------------------------------------
def certificate(*signers: PrivateKey) -> Certificate:
    return Certificate.from_votes([vote(signer) for signer in signers])


def test_a_quorum_makes_a_certificate() -> None:
    one = decode_certificate(certificate(*KEYS[:3]).encode())
    verify_certificate(one, NETWORK, validators())
    assert {signed.validator for signed in one.votes()} == {signer.public for signer in KEYS[:3]}
    assert all(signed.verify(NETWORK) for signed in one.votes())


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (certificate(*KEYS[:2]), "certificate_quorum"),
        (certificate(*KEYS[:2], key(50)), "certificate_signers"),
        (replace(certificate(*KEYS[:3]), signatures=certificate(*KEYS[:3]).signatures[::-1]), "certificate_invalid"),
        (replace(certificate(*KEYS[:3]), signatures=certificate(KEYS[0]).signatures * 3), "certificate_invalid"),
        (replace(certificate(*KEYS[:3]), block_id=OTHER), "certificate_invalid"),
        (replace(certificate(*KEYS[:3]), height=8), "certificate_invalid"),
        (replace(certificate(*KEYS[:3]), round=1), "certificate_invalid"),
    ],
)
def test_what_is_no_certificate(broken: Certificate, error: str) -> None:
    with pytest.raises(ChainbillError, match=error):
        verify_certificate(broken, NETWORK, validators())


@pytest.mark.parametrize("signers", range(3, 5))
@pytest.mark.parametrize("place", range(4))
def test_every_signature_of_a_certificate_is_good_also_beyond_a_quorum(signers: int, place: int) -> None:
    """An invented one proved that somebody had signed who had not, and made a second form of one certificate."""
    good = certificate(*KEYS[:signers])
    verify_certificate(good, NETWORK, validators())
    if place < signers:
        listed = list(good.signatures)
        listed[place] = listed[place][0], bytes(64)
        with pytest.raises(Refused, match="certificate_invalid"):
            verify_certificate(replace(good, signatures=tuple(listed)), NETWORK, validators())


def test_a_certificate_of_another_network_is_refused() -> None:
    with pytest.raises(Refused, match="certificate_invalid"):
        verify_certificate(certificate(*KEYS[:3]), OTHER, validators())


def test_a_certificate_of_another_engine_is_refused() -> None:
    """formats (e): its signatures cover something else, so it is refused before any of them is looked at."""
    foreign = decode_certificate(replace(certificate(*KEYS[:3]), engine="cometbft").encode())
    with pytest.raises(Refused, match="engine_unknown"):
        verify_certificate(foreign, NETWORK, validators())
    for engine in ("", "Chainbill", "a b", 1, None, "e" * 41):
        with pytest.raises(Malformed, match="shape_wrong"):
            Certificate.from_fields([2, engine, *certificate(*KEYS[:3]).fields()[2:]])


def test_a_certificate_of_format_1_is_refused_in_words() -> None:
    with pytest.raises(Malformed, match="made for format 1"):
        Certificate.from_fields([1, *certificate(*KEYS[:3]).fields()[1:]])
    with pytest.raises(Malformed, match="format_version"):
        Certificate.from_fields(certificate(*KEYS[:3]).fields()[2:])


def test_only_precommits_for_one_block_make_a_certificate() -> None:
    mixed = [vote(KEYS[0]), vote(KEYS[1], OTHER)]
    for votes in (mixed, [vote(KEYS[0], None)], [vote(KEYS[0], type_=VoteType.PREVOTE)], []):
        with pytest.raises(Malformed):
            Certificate.from_votes(votes)


# --- evidence ------------------------------------------------------------------
def test_evidence_has_one_form_whatever_was_seen_first() -> None:
    one, other = vote(KEYS[0]), vote(KEYS[0], None)
    assert DuplicateVote.of(one, other).encode() == DuplicateVote.of(other, one).encode()
    first, second = proposal(KEYS[0], ID), proposal(KEYS[0], OTHER)
    assert DuplicateProposal.of(first, second) == DuplicateProposal.of(second, first)
    for evidence in (DuplicateVote.of(one, other), DuplicateProposal.of(first, second)):
        assert decode_evidence(evidence.encode()) == evidence
        verify_evidence(evidence, NETWORK, validators())


def test_a_proposal_with_another_valid_round_contradicts_too() -> None:
    assert DuplicateProposal.of(proposal(KEYS[0], ID, -1), proposal(KEYS[0], ID, 1)).key == (KEYS[0].public, 7, 3, 0)


def test_what_is_no_contradiction() -> None:
    one = vote(KEYS[0])
    for other in (one, vote(KEYS[1], OTHER), vote(KEYS[0], OTHER, round_=1), vote(KEYS[0], OTHER, VoteType.PREVOTE)):
        with pytest.raises(Malformed, match="evidence_invalid"):
            DuplicateVote.of(one, other)


def test_what_is_no_contradiction_of_proposals() -> None:
    one = proposal(KEYS[0], ID)
    later = sign_proposal(KEYS[0], NETWORK, height=7, round=4, block_id=OTHER, valid_round=-1)
    higher = sign_proposal(KEYS[0], NETWORK, height=8, round=3, block_id=OTHER, valid_round=-1)
    for other in (one, proposal(KEYS[1], OTHER), later, higher):
        with pytest.raises(Malformed, match="evidence_invalid"):
            DuplicateProposal.of(one, other)
    good = DuplicateProposal.of(one, proposal(KEYS[0], OTHER))
    with pytest.raises(Malformed, match="evidence_invalid"):
        decode_evidence(DuplicateProposal(good.second, good.first).encode())


def test_evidence_in_the_wrong_order_is_refused() -> None:
    good = DuplicateVote.of(vote(KEYS[0]), vote(KEYS[0], OTHER))
    with pytest.raises(Malformed, match="evidence_invalid"):
        decode_evidence(DuplicateVote(good.second, good.first).encode())


def test_evidence_of_format_1_is_refused_in_words() -> None:
    good = DuplicateVote.of(vote(KEYS[0]), vote(KEYS[0], OTHER))
    with pytest.raises(Malformed, match="made for format 1"):
        decode_evidence(encode(good.fields()[1:]))


def test_a_report_without_signatures_is_taken_of_another_engine_only() -> None:
    """The built-in consensus proves what it reports; another engine's word counts where it decides the blocks."""
    for what in ("duplicate_vote", "light_client_attack"):
        report = EngineReport("cometbft", KEYS[0].public, what, 7, 1_000)
        assert decode_evidence(report.encode()) == report
        assert report.key == (KEYS[0].public, 7, what, 0)
        verify_evidence(report, NETWORK, validators(), engine="cometbft")
        for engine in ("chainbill", "fabric"):
            with pytest.raises(Refused, match="evidence_invalid"):
                verify_evidence(report, NETWORK, validators(), engine=engine)
    own = EngineReport("chainbill", KEYS[0].public, "duplicate_vote", 7, 1_000)
    stranger = replace(own, engine="cometbft", validator=OTHER)
    for evidence, engine in ((own, "chainbill"), (own, "cometbft"), (stranger, "cometbft")):
        with pytest.raises(Refused, match="evidence_invalid"):
            verify_evidence(evidence, NETWORK, validators(), engine=engine)


@pytest.mark.parametrize(
    "inner",
    [
        ["cometbft", KEYS[0].public, "late", 7, 1], ["cometbft", KEYS[0].public, "duplicate_vote", 0, 1],
        ["cometbft", b"k", "duplicate_vote", 7, 1], ["", KEYS[0].public, "duplicate_vote", 7, 1],
        ["cometbft", KEYS[0].public, "duplicate_vote", 7], ["cometbft", KEYS[0].public, "duplicate_vote", 7, -1],
    ],
)  # fmt: skip
def test_what_is_no_report(inner: list[object]) -> None:
    with pytest.raises(Malformed, match="shape_wrong"):
        decode_evidence(encode([2, 2, inner]))


@pytest.mark.parametrize("kind", [3, -1, True, None, "1"])
def test_evidence_of_an_unknown_kind_is_refused(kind: object) -> None:
    with pytest.raises(Malformed, match="evidence_invalid"):
        decode_evidence(encode([2, kind, [], []]))


def test_evidence_needs_a_validator_and_its_own_signatures() -> None:
    stranger = DuplicateVote.of(vote(key(50)), vote(key(50), OTHER))
    forged = DuplicateVote.of(vote(KEYS[0]), replace(vote(KEYS[1], OTHER), validator=KEYS[0].public))
    for evidence in (stranger, forged):
        with pytest.raises(Refused, match="evidence_invalid"):
            verify_evidence(evidence, NETWORK, validators())


# --- genesis ------------------------------------------------------------------
def genesis() -> Genesis:
    return Genesis(
        chain_id=CHAIN,
        time_ms=1_000,
        validators=validators(),
        contracts=(("token", "source 中文\n"), ("bill", "other")),
        init={"token": {"limit": 5}},
        parameters={"grace_days": 0},
        clock="adjustable",
        public_reads=True,
    )


def test_a_genesis_file_reads_back_with_the_same_hash() -> None:
    read = genesis_from_json(genesis().to_json())
    assert read == genesis()
    assert read.hash == genesis().hash
    assert replace(genesis(), zone_offset_minutes=0).hash != genesis().hash


@pytest.mark.parametrize(
    "change",
    [
        {"time_ms": 1.0}, {"time_ms": -1}, {"clock": "slow"}, {"bids": "sealed"}, {"public_reads": 1}, {"extra": 1},
        {"validators": []}, {"version": 3}, {"version": True}, {"init": {"gone": {}}}, {"zone_offset_minutes": 2000},
        {"engine": "No Name"}, {"engine": None}, {"hash": "sm3"}, {"hash": None},
        {"contracts": [{"name": "a", "source": "x"}, {"name": "a", "source": "y"}]},
    ],
)  # fmt: skip
def test_a_genesis_file_with_a_mistake_is_refused(change: dict[str, object]) -> None:
    content = {**json.loads(genesis().to_json()), **change}
    with pytest.raises(Malformed):
        genesis_from_json(json.dumps(content))


def test_a_genesis_says_how_bids_are_made_as_its_parameters_do() -> None:
    sealed = replace(genesis(), parameters={"bids": "sealed"})
    content = json.loads(sealed.to_json())
    assert content["bids"] == "sealed"
    assert genesis_from_json(sealed.to_json()) == sealed
    assert sealed.hash != genesis().hash
    with pytest.raises(Malformed):
        genesis_from_json(json.dumps({**content, "bids": "clear"}))
    with pytest.raises(Malformed):
        replace(genesis(), parameters={"bids": "open"})


def test_a_genesis_file_of_format_1_is_refused_in_words() -> None:
    content = json.loads(genesis().to_json())
    for name in ("engine", "hash"):
        del content[name]
    with pytest.raises(Malformed, match="made for format 1"):
        genesis_from_json(json.dumps({**content, "version": 1}))


def test_a_validator_of_the_genesis_names_the_algorithm_of_its_key() -> None:
    content = json.loads(genesis().to_json())
    content["validators"][0]["alg"] = "sm2"
    with pytest.raises(Malformed, match="algorithm_unknown"):
        genesis_from_json(json.dumps(content))


def test_a_key_in_the_genesis_is_written_one_way() -> None:
    """Two files of one hash would be two beginnings of one network."""
    content = json.loads(genesis().to_json())
    content["validators"][0]["key"] = content["validators"][0]["key"].upper()
    with pytest.raises(Malformed, match="lower case"):
        genesis_from_json(json.dumps(content))


def test_the_engine_is_part_of_the_network() -> None:
    assert replace(genesis(), engine="cometbft").hash != genesis().hash


def test_a_genesis_file_that_says_something_twice_is_refused() -> None:
    with pytest.raises(Malformed, match="stands twice"):
        genesis_from_json(genesis().to_json().replace("{", '{"bids": "clear",', 1))


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_random_bytes_are_malformed_in_every_format(data: bytes) -> None:
    for read in (decode_block, decode_certificate, decode_evidence, decode_receipt, genesis_from_json):
        with pytest.raises(Malformed):
            read(data)
