"""The checker of locks, on words that nobody honest says."""

from __future__ import annotations

from chainbill_node.wire.messages import Proposal, Votes
from sim.cheap import keys
from sim.locks import Locks
from sim.world import NETWORK

from chainbill.ledger.block import Block
from chainbill.ledger.vote import VoteType, sign_proposal, sign_vote

KEYS = keys(4)
A, B = b"a" * 32, b"b" * 32
PREVOTE, PRECOMMIT = VoteType.PREVOTE, VoteType.PRECOMMIT


def locks() -> Locks:
    return Locks(lambda height: {key.public for key in KEYS} if height == 1 else None)


def said(number: int, kind: VoteType, round_: int, block_id: bytes | None, height: int = 1) -> Votes:
    return Votes((sign_vote(KEYS[number], NETWORK, type=kind, height=height, round=round_, block_id=block_id),))


def prevoted(locks: Locks, round_: int, block_id: bytes, *who: int) -> None:
    for number in who:
        locks.hear(KEYS[number].public, said(number, PREVOTE, round_, block_id))


def broken(locks: Locks, number: int, *words: Votes | Proposal) -> list[str | None]:
    return [locks.broken(KEYS[number].public, word) for word in words]


def test_a_precommit_needs_more_than_two_thirds() -> None:
    seen = locks()
    prevoted(seen, 0, A, 0, 1)
    assert broken(seen, 0, said(0, PRECOMMIT, 0, None)) == [None]
    found = seen.broken(KEYS[0].public, said(0, PRECOMMIT, 0, A))
    assert found is not None
    assert "more than two thirds have not prevoted (height 1 round 0)" in found
    prevoted(seen, 0, A, 2)
    assert broken(seen, 0, said(0, PRECOMMIT, 0, A)) == [None]


def test_what_is_passed_on_counts_for_nobody() -> None:
    seen = locks()
    prevoted(seen, 0, A, 0, 1)
    seen.hear(KEYS[0].public, said(2, PREVOTE, 0, A))
    assert broken(seen, 0, said(0, PRECOMMIT, 0, A)) != [None]


def test_who_has_precommitted_prevotes_another_block_only_after_a_quorum_for_it() -> None:
    seen = locks()
    prevoted(seen, 0, A, 0, 1, 2)
    broken(seen, 0, said(0, PRECOMMIT, 0, A))
    assert broken(seen, 0, said(0, PREVOTE, 1, A), said(0, PREVOTE, 1, None)) == [None, None]
    assert seen.broken(KEYS[0].public, said(0, PREVOTE, 2, B)) is not None
    assert broken(seen, 1, said(1, PREVOTE, 2, B)) == [None], "it has precommitted nothing"
    prevoted(seen, 1, B, 1, 2, 3)
    assert broken(seen, 0, said(0, PREVOTE, 2, B)) == [None]


def test_the_newest_precommit_counts_and_an_earlier_quorum_does_not_free() -> None:
    seen = locks()
    prevoted(seen, 0, A, 0, 1, 2)
    prevoted(seen, 1, B, 0, 1, 2)
    broken(seen, 0, said(0, PRECOMMIT, 0, A), said(0, PRECOMMIT, 1, B))
    assert broken(seen, 0, said(0, PREVOTE, 2, B)) == [None]
    assert seen.broken(KEYS[0].public, said(0, PREVOTE, 2, A)) is not None


def test_a_valid_round_needs_a_quorum_and_the_forgetful_are_excused() -> None:
    seen = locks()
    block = Block.__new__(Block)
    header = sign_proposal(KEYS[0], NETWORK, height=1, round=2, block_id=A, valid_round=1)
    assert seen.broken(KEYS[0].public, Proposal(header, block)) is not None
    prevoted(seen, 1, A, 0, 1, 2)
    assert broken(seen, 0, Proposal(header, block)) == [None]
    broken(seen, 0, said(0, PRECOMMIT, 1, A))
    seen.forgetful.add(KEYS[0].public)
    assert broken(seen, 0, said(0, PREVOTE, 2, B)) == [None]


def test_of_a_height_whose_validators_are_not_known_nothing_is_said() -> None:
    assert broken(locks(), 0, said(0, PRECOMMIT, 0, A, height=9)) == [None]
