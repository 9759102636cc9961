"""STATUS and its answers: a peer gets what it lacks and nothing it has."""

from __future__ import annotations

import pytest
from chainbill_node import wire
from chainbill_node.consensus import gossip
from chainbill_node.consensus.book import Book
from chainbill_node.consensus.events import VoteReceived
from chainbill_node.consensus.limits import MAX_ANSWER_VOTES, MAX_SUMMARY_LINES
from chainbill_node.wire.limits import MAX_OWN_MESSAGES
from chainbill_node.wire.messages import Proposal, Status, Votes
from consensus.consensus_kit import KEYS, NOW_MS, PRECOMMIT, PREVOTE, Height, block, proposal, validators, vote
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chainbill.ledger.vote import Vote

A, B = block(b"A"), block(b"B")
EMPTY = Status(1, 0, (), ())


def votes_in(messages: list[Proposal | Votes]) -> set[Vote]:
    return {one for message in messages if isinstance(message, Votes) for one in message.votes}


def full() -> Height:
    """Everything of round 0 but a decision."""
    height = Height().start().proposed(proposal(1, 0, A)).votes(PREVOTE, 0, A, 1, 2)
    return height.votes(PRECOMMIT, 0, A, 1).votes(PRECOMMIT, 0, None, 3)


def test_an_empty_peer_gets_every_vote() -> None:
    height = full()
    said = votes_in(gossip.answer(height.state, height.rules, EMPTY))
    assert len(said) == 6
    assert vote(0, PRECOMMIT, 0, A) in said, "the own ones too"


def test_a_peer_that_has_all_gets_nothing() -> None:
    height = full()
    status = gossip.status(height.state, height.rules, 9)
    assert gossip.answer(height.state, height.rules, status) == []
    assert wire.decode(wire.encode(status)) == status


@given(st.data())
def test_a_bitmap_names_what_it_was_made_of_however_many_there_are(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 70))
    named = data.draw(st.sets(st.integers(0, count - 1)))
    bits = gossip.bits_at(named, count)
    assert len(bits) == -(-count // 8)
    assert {place for place in range(-1, count + 9) if gossip.has_bit(bits, place)} == named


@pytest.mark.parametrize("own", [proposal(2, 101, block(b"D", proposer=2)), vote(2, PREVOTE, 101, None)])
def test_who_asks_for_its_own_messages_gets_one_of_a_far_round_first(own: Proposal | Vote) -> None:
    height = full().votes(PREVOTE, 1, None, 2)
    height.feed(VoteReceived(own, NOW_MS)) if isinstance(own, Vote) else height.proposed(own)
    kept = gossip.messages_of(height.state, KEYS[2].public)
    assert [one.round for one in kept.votes] == ([101, 1, 0] if isinstance(own, Vote) else [1, 0])
    assert [one.round for one in kept.proposals] == ([] if isinstance(own, Vote) else [101])


@given(st.sets(st.integers(0, 6)), st.sets(st.integers(0, 6)))
def test_the_answer_is_exactly_the_difference(ours: set[int], theirs: set[int]) -> None:
    heights = []
    for held in (ours, theirs):
        height = Height(None, count=7)
        height.start().votes(PREVOTE, 0, A, *held)
        heights.append(height)
    status = gossip.status(heights[1].state, heights[1].rules, 0)
    said = votes_in(gossip.answer(heights[0].state, heights[0].rules, status))
    assert {one.validator for one in said} == {KEYS[number].public for number in ours - theirs}


def test_a_laggard_hears_of_later_rounds_and_of_any_round_with_f_plus_1_precommits() -> None:
    height = full().votes(PRECOMMIT, 3, None, 1, 2).votes(PREVOTE, 5, None, 1)
    assert height.state.round == 3
    rounds = {one.round for one in votes_in(gossip.answer(height.state, height.rules, EMPTY))}
    assert {0, 3} <= rounds


def test_the_proposer_answers_with_its_proposal_at_once_the_others_when_the_peer_was_patient() -> None:
    for own, attempt, answers in ((1, 0, True), (0, 0, False), (0, 2, True)):
        height = Height(own).start().proposed(proposal(1, 0, A))
        messages = gossip.answer(height.state, height.rules, Status(1, 0, (), (), attempt))
        assert any(isinstance(message, Proposal) for message in messages) is answers
        known = gossip.answer(height.state, height.rules, Status(1, 0, (A.id,), (), attempt))
        assert not any(isinstance(message, Proposal) for message in known)


def test_a_proposal_is_passed_on_with_the_prevotes_of_its_valid_round() -> None:
    height = Height().start().votes(PRECOMMIT, 0, None, 1, 2, 3).votes(PREVOTE, 1, None, 1, 2)
    prevotes = tuple(vote(number, PREVOTE, 0, A) for number in (1, 2, 3))
    height.proposed(proposal(2, 1, A, 0, prevotes))
    messages = gossip.answer(height.state, height.rules, Status(1, 1, (), (), 5))
    passed = next(message for message in messages if isinstance(message, Proposal))
    assert set(passed.prevotes) == set(prevotes)


def test_a_status_is_bounded() -> None:
    height = Height(None).start()
    for round_ in range(8):
        for number in range(4):
            for name in (b"x", b"y"):
                height.votes(PRECOMMIT, round_, block(name + bytes([round_])), number)
    assert len(gossip.status(height.state, height.rules, 0).summaries) <= MAX_SUMMARY_LINES


def test_what_a_validator_said_is_reported_from_all_rounds_and_from_afar() -> None:
    height = full().votes(PREVOTE, 500, None, 3).proposed(proposal(3, 2, block(b"C", proposer=3)))
    own = gossip.messages_of(height.state, KEYS[3].public)
    assert {(one.type, one.round) for one in own.votes} == {(PRECOMMIT, 0), (PREVOTE, 500)}
    assert [header.round for header in own.proposals] == [2]
    assert gossip.messages_of(height.state, KEYS[5].public).votes == ()


def test_what_there_is_no_room_for_is_the_oldest_whatever_is_answered() -> None:
    """A height may take many rounds: who is told its oldest own messages alone would sign the newest a second time."""
    rounds = range(MAX_ANSWER_VOTES)
    book = Book()
    for number in rounds:
        for who in (1, 2):
            book = book.with_vote(vote(who, PRECOMMIT, number, None))
        proposer = number % 4
        book = book.with_proposal(proposal(proposer, number, block(b"%d" % number, proposer=proposer)).header)
    height = Height(0)
    state = replace(height.state, round=rounds[-1], book=book)
    own = gossip.messages_of(state, KEYS[1].public)
    newest = sorted(rounds, reverse=True)
    assert [one.round for one in own.votes] == newest[:MAX_OWN_MESSAGES]
    assert [one.round for one in own.proposals] == [one for one in newest if one % 4 == 1][:MAX_OWN_MESSAGES]
    said = gossip.answer(state, height.rules, EMPTY)
    assert {one.round for one in votes_in(said)} == set(newest[: MAX_ANSWER_VOTES // 2])
    lines = gossip.status(state, height.rules, 0).summaries
    assert [one.round for one in lines] == newest[:MAX_SUMMARY_LINES]


def test_bitmaps_name_validators_by_their_place() -> None:
    members = validators(7)
    bits = gossip.bitmap([KEYS[0].public, KEYS[6].public, bytes(32)], members)
    assert bits == b"\x41"
    assert [gossip.has_bit(bits, place) for place in (0, 1, 6, 7, 8, -1)] == [True, False, True, False, False, False]
