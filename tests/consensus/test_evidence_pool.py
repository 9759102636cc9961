"""Evidence that waits: nobody's misdeeds, however many, keep out those of others."""

from __future__ import annotations

import itertools

import pytest
from chainbill_node.consensus.evidence_pool import EvidencePool
from chainbill_node.consensus.limits import EVIDENCE_OF_ONE
from consensus.consensus_kit import KEYS, NETWORK

from chainbill.ledger.evidence import DuplicateVote, Evidence
from chainbill.ledger.vote import VoteType, sign_vote


def misdeed(who: int, height: int, round_: int) -> Evidence:
    one, other = [
        sign_vote(KEYS[who], NETWORK, type=VoteType.PREVOTE, height=height, round=round_, block_id=value)
        for value in (None, bytes(32))
    ]  # fmt: skip
    return DuplicateVote.of(one, other)


def test_one_that_makes_misdeeds_without_end_leaves_room_for_others() -> None:
    """Made at home, for rounds that never were: 256 of them, and nobody else's got in; 16 of them in every block."""
    pool = EvidencePool()
    for round_ in range(1_000):
        pool = pool.add(misdeed(0, 1, round_))
    assert len(pool.waiting) == EVIDENCE_OF_ONE
    pool = pool.settle(pool.oldest(EVIDENCE_OF_ONE))
    assert pool.add(misdeed(0, 2, 0)) is pool, "what is recorded of it says enough"
    assert len(pool.add(misdeed(1, 2, 0)).waiting) == 1


def test_what_no_block_takes_waits_no_more() -> None:
    """Recorded long ago, or before a restart of this node: it stood before all others for ever."""
    known, good, future = misdeed(0, 1, 0), misdeed(1, 1, 0), misdeed(2, 9, 0)
    pool = EvidencePool().add(known).add(future).add(good)
    offered = pool.oldest(16)
    after = pool.refuse(offered, (good.encode(),), 5)
    assert list(after.waiting) == [future.key, good.key]
    assert after.add(known) is after
    assert list(pool.refuse(offered, (), 5).waiting) == [future.key], "a block without any had room for all"
    assert pool.refuse((), (), 5) is pool


def test_what_stood_behind_the_last_that_was_taken_may_have_found_no_room() -> None:
    pool = EvidencePool().add(misdeed(0, 1, 0)).add(misdeed(1, 1, 0))
    first, _ = offered = pool.oldest(2)
    assert pool.refuse(offered, (first,), 5) is pool


@pytest.mark.parametrize("count", range(6))
def test_whatever_a_block_takes_of_what_it_was_offered(count: int) -> None:
    """Gone is what it took, and what is older than it and stood before another that it took, or alone: all subsets."""
    height = 5
    for heights in itertools.product((height - 1, height), repeat=count):
        pieces = [misdeed(who % 3, at, who) for who, at in enumerate(heights)]
        pool = EvidencePool()
        for piece in pieces:
            pool = pool.add(piece)
        offered = pool.oldest(count)
        assert offered == tuple(one.encode() for one in pieces)
        for takes in itertools.product((False, True), repeat=count):
            taken = tuple(itertools.compress(offered, takes))
            refused = [
                at < height and not takes[place] and (any(takes[place:]) or not any(takes))
                for place, at in enumerate(heights)
            ]
            after = pool.refuse(offered, taken, height).settle(taken)
            for piece, gone in zip(pieces, map(any, zip(takes, refused, strict=True)), strict=True):
                assert (piece.key in after.waiting) is not gone
                assert after.add(piece) is after, "it waits, or is never to come again"
