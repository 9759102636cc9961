"""Messages between nodes: round trips, and bytes that no node should survive badly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chainbill_node import wire
from chainbill_node.wire import codec as codec_module
from chainbill_node.wire import limits
from chainbill_node.wire.compact import restored, shortened
from chainbill_node.wire.messages import (
    BlockAnswer,
    Blocks,
    Choice,
    Chunk,
    CompactProposal,
    Decided,
    EvidenceFound,
    Kind,
    Message,
    Own,
    Plan,
    Position,
    Proposal,
    Snapshots,
    Status,
    Transactions,
    Votes,
    VoteSummary,
    WantBlock,
    WantBlocks,
    WantChunk,
    WantOwn,
    WantPosition,
    WantProposal,
    WantSnapshots,
)
from consensus.consensus_kit import KEYS, PRECOMMIT, PREVOTE, block, certificate, proposal, vote
from hypothesis import given, settings
from hypothesis import strategies as st

from chainbill import codec
from chainbill.crypto import merkle
from chainbill.errors import ChainbillError, Malformed
from chainbill.ledger import block as block_module
from chainbill.ledger.block import Block
from chainbill.ledger.envelope import wire_id_of
from chainbill.ledger.evidence import DuplicateVote
from chainbill.ledger.vote import VoteType
from chainbill.limits import MAX_BLOCK_BYTES, MAX_BLOCK_TRANSACTIONS, MAX_VALUE_BYTES

A, B = block(b"A"), block(b"B")
DECIDED = Decided(A, certificate(A))
PREVOTES = tuple(vote(who, PREVOTE, 0, A) for who in (1, 2, 3))
SAMPLES: tuple[Message, ...] = (
    proposal(1, 0, A),
    proposal(2, 1, A, 0, PREVOTES),
    shortened(proposal(2, 1, A, 0, PREVOTES)),
    WantProposal(1, 0),
    Votes(PREVOTES),
    Votes((vote(0, PRECOMMIT, 7, None),)),
    Status(1, -1, (), ()),
    Status(9, 3, (A.id, B.id), (VoteSummary(3, PREVOTE, A.id, b"\x07"), VoteSummary(0, PRECOMMIT, None, b"\x00"))),
    DECIDED,
    WantBlock(1, A.id),
    BlockAnswer(A),
    WantOwn(1, KEYS[0].public),
    Own(1, KEYS[0].public, (proposal(0, 3, A).header,), (vote(0, PREVOTE, 0, None),)),
    Own(1, KEYS[0].public, whole=False),
    WantPosition(7),
    WantPosition(7, 4),
    Position(7, None),
    Position(7, -1),
    Position(7, 5, 4),
    Position(1, 3, 2, Choice(A, 2, PREVOTES)),
    EvidenceFound(DuplicateVote.of(vote(0, PREVOTE, 0, A), vote(0, PREVOTE, 0, None)).encode()),
    WantBlocks(5, 32),
    Blocks(1, (DECIDED,)),
    Blocks(1, (), pruned=True),
    Transactions((b"one", b"two")),
    Plan(5, 1_790_000_000_000, (bytes(32), b"i" * 32), b"\x02", 2 * 1024 * 1024),
    Plan(5, 1, tuple([bytes([number]) * 32 for number in range(9)]), b"\xff\x01", MAX_BLOCK_BYTES, b"certificate"),
    WantSnapshots(),
    Snapshots((b"manifest", b"older")),
    WantChunk(9, 0),
    Chunk(9, 0, b"data"),
    Chunk(9, 1, None),
)

hashes = st.binary(min_size=32, max_size=32)
rounds = st.integers(0, 2**31 - 1)
heights = st.integers(1, 2**63 - 1)
kinds = st.sampled_from([VoteType.PREVOTE, VoteType.PRECOMMIT])
lines = st.builds(VoteSummary, rounds, kinds, st.none() | hashes, st.binary(max_size=13))
statuses = st.builds(
    Status,
    heights,
    st.integers(-1, 2**31 - 1),
    st.lists(hashes, max_size=4).map(tuple),
    st.lists(lines, max_size=64).map(tuple),
    rounds,
)


@pytest.mark.parametrize("message", SAMPLES, ids=lambda message: type(message).__name__)
def test_every_message_comes_back_as_it_was(message: Message) -> None:
    assert wire.decode(wire.encode(message)) == message


@given(statuses)
def test_a_status_comes_back_as_it_was(status: Status) -> None:
    assert wire.decode(wire.encode(status)) == status


def test_a_compact_proposal_is_restored_from_what_is_known_by_wire_id() -> None:
    whole = proposal(2, 1, A, 0, PREVOTES)
    known = dict(zip(A.wire_ids, A.transactions, strict=True))
    assert A.transactions, "a block without transactions shows nothing"
    compact = wire.decode(wire.encode(shortened(whole)))
    assert isinstance(compact, CompactProposal)
    again = restored(compact, known.get)
    assert again == whole
    assert again.block.encoded == whole.block.encoded
    assert restored(compact, {}.get) is None, "a transaction is not here: the whole proposal is asked for"


@pytest.mark.parametrize("change", ["fewer", "other", "evidence", "certificate"])
def test_a_compact_proposal_of_another_block_is_malformed_known_or_not(
    change: str,
) -> None:
    compact = shortened(proposal(2, 1, A))
    ids = {"fewer": compact.wire_ids[1:], "other": (bytes(32), *compact.wire_ids[1:])}
    others = {"evidence": {"evidence": (b"x",)}, "certificate": {"parent_certificate": b"x"}}
    broken = replace(compact, wire_ids=ids[change]) if change in ids else replace(compact, **others[change])
    for find in (lambda _id: b"wire", lambda _id: None):
        with pytest.raises(Malformed, match=r"block_(tx_root|counts|parent_certificate)"):
            restored(broken, find)


@pytest.mark.untraced
@settings(max_examples=2_000)
@given(st.binary(max_size=200))
def test_noise_is_malformed_or_by_chance_the_shortest_message(data: bytes) -> None:
    try:
        message = wire.decode(data)
    except Malformed:
        return
    assert message == WantSnapshots()
    assert wire.encode(message) == data


@pytest.mark.untraced
@settings(max_examples=3_000, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_damaged_bytes_are_malformed_or_another_message(message: Message, data: st.DataObject) -> None:
    raw = bytearray(wire.encode(message))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        again = wire.decode(bytes(raw))
    except Malformed:
        return
    assert wire.encode(again) == bytes(raw), "one form only"


leaves = st.none() | st.booleans() | st.integers(0, 9) | st.binary(max_size=4)


@pytest.mark.untraced
@settings(max_examples=1_000)
@given(st.recursive(leaves, lambda inner: st.lists(inner, max_size=4)))
def test_wrong_shapes_are_malformed(value: object) -> None:
    with pytest.raises(Malformed):
        wire.decode(codec.encode([value, value]))


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [99],
        [True, []],
        [2],
        [2, [], []],
        [3, 0, 0, [], [], 0],
        [3, 1, -2, [], [], 0],
        [3, 1, 0, [bytes(32)] * 5, [], 0],
        [3, 1, 0, [], [[0, 0, None, b""]], 0],
        [3, 1, 0, [], [[0, 1, None, bytes(14)]], 0],
        [10, 1, 0],
        [10, 1, 33],
        [11, 1, [], 0],
        [12, [b"x" * (64 * 1024 + 1)]],
        [19, 5, 77, [bytes(32)]],
        [19, 0, 77, [bytes(32)], b"\x00", 1_000],
        [19, 5, -1, [bytes(32)], b"\x00", 1_000],
        [19, 5, 77, [bytes(31)], b"\x00", 1_000],
        [19, 5, 77, [bytes(32)], b"", 1_000],
        [19, 5, 77, [bytes(32)], b"\x00\x00", 1_000],
        [19, 5, 77, [bytes(32)], b"\x02", 1_000],
        [19, 5, 77, [bytes(32)] * 9, b"\x00\x02", 1_000],
        [19, 5, 77, [bytes(32)], [0], 1_000],
        [19, 5, 77, [bytes(32)], b"\x00", -1],
        [19, 5, 77, [bytes(32)], b"\x00", MAX_BLOCK_BYTES + 1],
        [19, 5, 77, [bytes(32)] * 10_001, bytes(1_251), 1_000],
    ],
    ids=lambda fields: repr(fields)[:80],
)
def test_bounds(fields: list[object]) -> None:
    with pytest.raises(Malformed):
        wire.decode(codec.encode(fields))


def test_a_proposal_must_carry_the_block_it_names() -> None:
    good = proposal(1, 0, A)
    with pytest.raises(Malformed):
        wire.decode(wire.encode(Proposal(good.header, B)))


def test_a_block_must_be_what_its_header_says() -> None:
    other = type(A)(A.header, (b"something else",), ())
    for message in (BlockAnswer(other), Decided(other, certificate(A)), Proposal(proposal(1, 0, A).header, other)):
        with pytest.raises(ChainbillError):
            wire.decode(wire.encode(message))


def test_nothing_above_the_limit_is_looked_at() -> None:
    with pytest.raises(Malformed):
        wire.decode(bytes(limits.MAX_MESSAGE_BYTES + 1))


def test_the_largest_block_with_its_votes_fits() -> None:
    assert MAX_BLOCK_BYTES < limits.MAX_MESSAGE_BYTES <= MAX_VALUE_BYTES


def test_only_messages_are_encoded() -> None:
    with pytest.raises(TypeError):
        wire.encode("hello")  # type: ignore[arg-type]


def test_the_reference_names_every_kind_and_the_bound() -> None:
    text = (Path(__file__).parents[2] / "docs" / "reference" / "wire.md").read_text(encoding="utf-8")
    for kind in Kind:
        assert f"| {int(kind)} | {kind.name} |" in text
    assert f"{limits.MAX_MESSAGE_BYTES:,} bytes" in text


def test_other_messages_are_other_kinds() -> None:
    """A message on the wire never changes: a new field or bound is a new kind of a new version (wire.versions)."""
    fields = {int(kind): count for kind, (count, _) in codec_module._READERS.items()}
    assert fields == {
        1: 3, 2: 1, 3: 5, 4: 2, 5: 2, 6: 1, 7: 2, 8: 4, 9: 1, 10: 2,
        11: 3, 12: 1, 13: 0, 14: 1, 15: 2, 16: 3, 17: 3, 18: 2, 19: 6, 20: 4, 21: 7, 22: 2, 23: 4,
    }  # fmt: skip
    bounds = {name: value for name, value in vars(limits).items() if name.isupper() and isinstance(value, int)}
    assert bounds == {
        "MAX_BLOCK_BYTES": 8_388_608, "MAX_CERTIFICATE_BYTES": 16_384, "MAX_VALIDATORS": 100,
        "MAX_VOTES": 400, "VOTE_BYTES": 192, "MAX_SUMMARIES": 64, "MAX_KNOWN_PROPOSALS": 4, "MAX_PROPOSALS_A_ROUND": 2,
        "MAX_PROPOSALS_A_HEIGHT": 64,
        "MAX_OWN_MESSAGES": 64, "MAX_BLOCKS_IN_BATCH": 32, "MAX_BATCH_BYTES": 4_194_304,
        "MAX_GOSSIP_TRANSACTIONS": 1_000, "MAX_SNAPSHOTS": 2, "MAX_MESSAGE_ITEMS": 32_000,
        "MAX_BATCH_TRANSACTIONS": 40_000,
        "MAX_MESSAGE_BYTES": 8_547_328, "MAX_MANIFEST_BYTES": 4_194_304, "CHUNK_BYTES": 1_048_576,
        "MAX_CHUNKS": 65_536,
    }  # fmt: skip


# --- what costs much is known before it is done


def block_of(count: int, *, claimed: int | None = None) -> Block:
    """Of so many transactions of some bytes: few bytes, much to hash."""
    wires = tuple([number.to_bytes(4, "big") for number in range(count)])
    header = replace(A.header, tx_count=count if claimed is None else claimed, tx_root=merkle.root(
        [wire_id_of(one) for one in wires]
    ))  # fmt: skip
    return Block(header, wires, (), A.parent_certificate)


def test_a_frame_of_many_values_is_refused_by_their_number() -> None:
    """attack: 199,000 empty maps in a frame of 199 KB took 70 to 230 ms of the loop before they were refused."""
    with pytest.raises(Malformed, match="codec_too_many_items"):
        wire.decode(codec.encode([12, [{}] * 40_000]))
    largest = max(sum(1 for _ in values_of(codec.decode(wire.encode(one)))) for one in SAMPLES)
    assert largest < 1_000
    ids = tuple([number.to_bytes(32, "big") for number in range(MAX_BLOCK_TRANSACTIONS)])
    plan = Plan(1, 1, ids, bytes(MAX_BLOCK_TRANSACTIONS // 8), 1, None, 1)
    assert wire.decode(wire.encode(plan)) == plan


def values_of(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, list):
        for one in value:
            yield from values_of(one)


@pytest.mark.parametrize("kind", ["proposal", "decided", "answer", "batch", "compact", "plan"])
def test_who_decodes_hears_how_much_is_carried_before_it_is_read(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """attack: 220 KB of 10,000 transactions of 20 bytes take 18 ms of the loop, 32 such blocks in a frame 0.6 s."""
    large = block_of(700)
    ids = tuple([bytes(32)] * 700)
    message: Message = {
        "proposal": Proposal(proposal(1, 0, A).header, large),
        "decided": Decided(large, certificate(A)),
        "answer": BlockAnswer(large),
        "batch": Blocks(1, (Decided(block_of(600), certificate(A)), Decided(block_of(100), certificate(A)))),
        "compact": CompactProposal(proposal(1, 0, A).header, A.header, ids),
        "plan": Plan(1, 1, ids, bytes(88), 1),
    }[kind]
    frame = wire.encode(message)

    def never(*_: object) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr(codec_module, "as_bytes" if kind in ("compact", "plan") else "decode_block", never)
    heard: list[int] = []

    def enough(count: int) -> None:
        heard.append(count)
        raise LookupError

    with pytest.raises(LookupError):
        wire.decode(frame, enough)
    blocks_and_signatures = 2 + 2 * 3 if kind == "batch" else 0
    assert heard == [700 + blocks_and_signatures]


def test_a_block_that_says_it_has_fewer_is_refused_before_anything_is_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[bytes] = []
    monkeypatch.setattr(block_module, "wire_id_of", lambda one: hashed.append(one) or bytes(32))
    with pytest.raises(Malformed, match="block_counts"):
        wire.decode(wire.encode(BlockAnswer(block_of(500, claimed=1))))
    assert hashed == []


def test_a_batch_has_no_more_transactions_than_an_honest_one_may() -> None:
    each = Decided(block_of(10_000), certificate(A))
    with pytest.raises(Malformed, match="40000 transactions"):
        wire.decode(wire.encode(Blocks(1, (each,) * 5)))


@pytest.mark.parametrize("data", [b"", b"\x94", b"\x90", b"\x94\x90\x90\x90\x90", b"\xc1", b"\x91" * 5_000, bytes(3)])
def test_what_is_no_block_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        wire.decode(codec.encode([int(Kind.BLOCK), data]))


def test_a_position_with_a_lock_of_another_height_is_refused() -> None:
    with pytest.raises(Malformed, match="locked block"):
        wire.decode(wire.encode(Position(2, 0, 0, Choice(A, 0, PREVOTES))))


@pytest.mark.parametrize("said", [(None, 0, None), (3, 4, None), (3, -2, None), (3, -1, Choice(A, 0, PREVOTES))])
def test_a_bar_is_one_that_was_reached_and_a_lock_is_told_with_it_only(said: tuple[Any, ...]) -> None:
    with pytest.raises(Malformed, match="bar"):
        wire.decode(wire.encode(Position(1, *said)))


def test_the_block_in_a_position_is_paid_for_before_it_is_read() -> None:
    counted: list[int] = []
    wire.decode(wire.encode(Position(1, 0, 0, Choice(A, 0, PREVOTES))), counted.append)
    wire.decode(wire.encode(Position(1, 0)), counted.append)
    assert counted == [len(A.transactions), 0]
