"""Coming back, written from docs/reference/consensus.md, signer-file.md and backup.md without a look at the code."""

from __future__ import annotations

import pytest
from chainbill_node import wire
from chainbill_node.consensus.coming_back import Bar, SignFrom, look
from chainbill_node.consensus.signer_frames import frames
from chainbill_node.consensus.signer_memory import (
    HEIGHT_UNKNOWN,
    RecordKind,
    choice_record,
    floor_record,
    height_record,
    identity_record,
    message_record,
    recover_memory,
    safe_record,
)
from chainbill_node.consensus.state import Signing
from chainbill_node.driver.signer import following_signer_file
from chainbill_node.wire.messages import Choice, Decided, Own, Position, Votes, WantPosition
from consensus.consensus_kit import KEYS, NETWORK, PREVOTE, block, certificate, proposal, validators, vote
from consensus.test_driver import BANKS, Desk

from chainbill.ledger.validators import Validator, ValidatorSet

A, B = block(b"A"), block(b"B")
A3 = block(b"A", count=3)
OLD = Choice(A, 0, tuple(vote(who, PREVOTE, 0, A) for who in (0, 1, 2)))
NEW = Choice(B, 2, tuple(vote(who, PREVOTE, 2, B) for who in (0, 1, 2)))
PUBLIC = KEYS[0].public


def of_size(count: int) -> tuple[ValidatorSet, bytes, list[str]]:
    """A set of any size, the own key, the node ids of the others."""
    keys = [bytes([n + 1]) * 32 for n in range(count)]
    found = ValidatorSet.of(Validator(key, f"bank{n}", "", "") for n, key in enumerate(keys))
    return found, keys[0], [key.hex() for key in keys[1:]]


def recovered(*records: bytes, database: int = 0):  # type: ignore[no-untyped-def]
    return recover_memory(frames([identity_record(NETWORK, PUBLIC), *records])[0], NETWORK, PUBLIC, database)


def bar_of(round_: int, others: list[str]) -> Bar:
    """A bar beyond the rounds of all of these."""
    return Bar(round_, frozenset(others))


# the pure function


@pytest.mark.parametrize("count", range(4, 14))
def test_of_four_and_more_it_signs_two_heights_above_the_highest_once_enough_know(count: int) -> None:
    all_of, own, others = of_size(count)
    needed = 2 * count // 3 + 1
    said = {peer: Position(5, 3) for peer in others[: needed - 1]}
    assert look(all_of, own, 5, said).found is None
    for other in others[needed - 1 :]:
        assert look(all_of, own, 5, said | {other: Position(5, None)}).found is None
    for stranger in ("observer", own.hex(), ""):
        assert look(all_of, own, 5, said | {stranger: Position(5, 0)}).found is None
    assert look(all_of, own, 5, said | {others[needed - 1]: Position(4, 0)}).found == SignFrom(7)


@pytest.mark.parametrize("claimed", [7, 8, 10**9])
def test_a_claimed_height_counts_only_once_this_node_is_one_below_it(claimed: int) -> None:
    all_of, own, others = of_size(4)
    said = {others[0]: Position(5, 0), others[1]: Position(5, 0), others[2]: Position(claimed, 0)}
    assert look(all_of, own, 5, said).found is None
    three, own, (one, two) = of_size(3)
    assert (
        look(three, own, 5, {one: Position(5, 2, 2), two: Position(claimed, 2, 2)}, bar_of(2, [one, two])).found is None
    )


@pytest.mark.parametrize("count", [2, 3])
def test_of_two_and_three_all_come_two_rounds_further_and_the_newest_lock_goes_along(count: int) -> None:
    all_of, own, others = of_size(count)
    first = look(all_of, own, 5, {peer: Position(5, n) for n, peer in enumerate(others)})
    assert (first.found, first.bar.round) == (None, count - 2 + 2)
    assert first.knowing == frozenset(others)
    bar = first.bar.round
    there = {peer: Position(5, bar, bar, OLD) for peer in others}
    there[others[-1]] = Position(5, bar, bar, NEW)
    assert look(all_of, own, 5, there, first.bar).found == SignFrom(5, bar, NEW)


def test_of_three_every_other_one_must_answer_and_one_must_know() -> None:
    three, own, (one, two) = of_size(3)
    assert look(three, own, 5, {one: Position(5, 4, 4)}, bar_of(4, [one, two])).found is None
    assert look(three, own, 5, {one: Position(5, None), two: Position(5, None)}).found is None
    waiting = look(three, own, 5, {one: Position(5, 0), two: Position(5, None)})
    assert (waiting.found, waiting.bar, waiting.knowing) == (None, Bar(3, frozenset({one})), frozenset({one}))
    assert look(three, own, 5, {one: Position(5, 3, 3), two: Position(5, None)}, waiting.bar).found == SignFrom(5, 3)


def test_nothing_signed_at_this_height_yet_means_from_round_1_on() -> None:
    two, own, (other,) = of_size(2)
    first = look(two, own, 5, {other: Position(5, -1)})
    assert first.bar.round == 1
    assert look(two, own, 5, {other: Position(5, 1, 1)}, first.bar).found == SignFrom(5, 1)


def test_a_bar_does_not_move_while_the_others_come_to_it_and_go_beyond() -> None:
    three, own, (one, two) = of_size(3)
    going = look(three, own, 5, {one: Position(5, 2, 2), two: Position(5, 1)}, bar_of(2, [one, two]))
    assert (going.found, going.bar.round) == (None, 2)
    done = look(three, own, 5, {one: Position(5, 7, 2), two: Position(5, 2, 2)}, going.bar).found
    assert done is not None
    assert done.round == 2


def test_the_operators_word_takes_those_that_have_answered_for_all_there_are() -> None:
    seven, own, others = of_size(7)
    said = {peer: Position(5, 0) for peer in others[:4]}
    assert look(seven, own, 5, said).found is None
    assert look(seven, own, 5, said, accepted=True).bar.round == 2
    there = {peer: Position(5, 2, 2, NEW) for peer in others[:4]}
    assert look(seven, own, 5, there, bar_of(2, others), accepted=True).found == SignFrom(5, 2, NEW)


@pytest.mark.parametrize("count", range(4, 8))
def test_the_word_takes_nobody_for_silent_without_whom_nothing_can_be_decided_anyway(count: int) -> None:
    """Silent for ever are those that the operator knows of; one that is slow to connect is not: until q − 1 others
    have answered nothing can be decided, so that waiting for them costs nothing."""
    all_of, own, others = of_size(count)
    quorum = 2 * count // 3 + 1
    said, bar = {peer: Position(5, 2, 2) for peer in others[: quorum - 2]}, bar_of(2, others)
    assert look(all_of, own, 5, said, bar, accepted=True).found is None
    assert look(all_of, own, 5, {}, accepted=True).found is None
    assert look(all_of, own, 5, said | {others[-1]: Position(5, 2, 2)}, bar, accepted=True).found == SignFrom(5, 2)


# the signer file


def test_the_last_of_the_records_that_say_from_where_to_sign_counts() -> None:
    nothing = safe_record(HEIGHT_UNKNOWN)
    assert recovered(floor_record(7, 3), nothing).unknown
    floored = recovered(nothing, floor_record(7, 3))
    assert not floored.unknown
    assert [floored.first_round(height) for height in (7, 8, 9)] == [3, 1, 0]
    assert floored.signs_from == 7
    whole = recovered(floor_record(7, 3), floor_record(9, 0))
    assert [whole.first_round(height) for height in (9, 10)] == [0, 0]
    assert recovered(floor_record(7, 3), safe_record(9)).signs_from == 9


def test_a_lock_stands_before_the_floor_that_it_goes_with() -> None:
    found = recovered(safe_record(HEIGHT_UNKNOWN), choice_record(RecordKind.LOCK, 1, OLD), floor_record(1, 2))
    assert found.at(1).lock is not None
    assert (found.at(1).lock.block.id, found.first_round(1)) == (A.id, 2)


def test_behind_its_database_a_file_is_an_older_copy_and_ahead_it_is_not() -> None:
    assert recovered(height_record(4), database=5).is_behind(5)
    assert not recovered(height_record(6), database=5).is_behind(5)
    assert not recovered(height_record(9), database=5).is_behind(5)
    assert not recovered(height_record(9), database=5).unknown


# a driver at a desk


def test_who_fetches_again_a_chain_on_which_it_signed_later_heights_is_no_witness_until_it_is_there() -> None:
    """Data lost, the file whole: with its low height another one that lost all would sign what it had signed before."""
    desk = Desk()
    early, late = vote(0, PREVOTE, 0, None), vote(0, PREVOTE, 3, None, height=2)
    records = [message_record(one.height, one.round, PREVOTE, wire.encode(Votes((one,)))) for one in (early, late)]
    desk.file.append(frames([records[0], height_record(1), records[1]], recover_checksum(desk.file.data))[0])
    desk.driver.start()
    for bank in BANKS[1:3]:
        desk.hear(Own(1, PUBLIC), bank)
    assert desk.driver.state.signing is Signing.ALLOWED
    desk.hear(WantPosition(1), BANKS[1])
    desk.hear(Decided(A, certificate(A, (1, 2, 3))))
    for bank in BANKS[1:3]:
        desk.hear(Own(2, PUBLIC), bank)
    desk.hear(WantPosition(2), BANKS[1])
    assert [message for _, message in desk.of(Position)] == [Position(1, None), Position(2, 3)]


def test_below_its_floor_it_knows_not_what_it_signed() -> None:
    """One that was just given back is no witness of the height at which it still signs nothing."""
    desk = lost()
    for bank in BANKS[1:4]:
        desk.hear(Position(1, 0), bank)
    assert desk.driver.state.signing is not Signing.ALLOWED
    desk.sent.clear()
    desk.hear(WantPosition(1), BANKS[1])
    assert [message for _, message in desk.of(Position)] == [Position(1, None)]


def test_who_has_just_come_back_tells_to_where_it_had_asked_the_others() -> None:
    """The other one of two signed in round 2 for it, and then loses its memory before this one has signed there."""
    desk = lost(2)
    desk.hear(Position(1, 0), BANKS[1]).hear(Position(1, 2, 2), BANKS[1]).hear(Own(1, PUBLIC), BANKS[1])
    assert desk.driver.state.signing is Signing.ALLOWED
    desk.hear(WantPosition(1), BANKS[1])
    assert [message for _, message in desk.of(Position)][-1] == Position(1, 2)


@pytest.mark.parametrize("round_", [-1, 2**31 - 1])
def test_three_of_four_with_a_liar_about_its_round_or_a_forged_lock(round_: int) -> None:
    desk = lost()
    forged = Choice(B, 0, tuple(vote(who, PREVOTE, 0, A) for who in (1, 2, 3)))
    desk.hear(Position(1, 0), BANKS[1]).hear(Position(1, 0), BANKS[2]).hear(
        Position(1, round_, round_, forged), BANKS[3]
    )
    desk.hear(proposal(1, 0, A))
    assert not desk.of(Votes)


def test_of_three_a_lock_is_believed_only_with_its_quorum_of_prevotes() -> None:
    for prevotes in ((), (vote(1, PREVOTE, 0, A3),) * 3, tuple(vote(who, PREVOTE, 0, B) for who in (0, 1, 2))):
        desk = lost(3)
        desk.hear(Position(1, 0), BANKS[1]).hear(Position(1, 0), BANKS[2])
        desk.hear(Position(1, 2, 2), BANKS[1]).hear(Position(1, 2, 2, Choice(A3, 0, prevotes)), BANKS[2])
        assert desk.driver.state.locked is None
        assert desk.driver.state.signing is not Signing.ALLOWED
    desk = lost(3)
    right = Choice(A3, 0, tuple(vote(who, PREVOTE, 0, A3) for who in (0, 1, 2)))
    desk.hear(Position(1, 0), BANKS[1]).hear(Position(1, 0), BANKS[2])
    desk.hear(Position(1, 2, 2, right), BANKS[1]).hear(Position(1, 2, 2), BANKS[2])
    assert desk.driver.state.is_locked_on(A3.id)


def lost(count: int = 4) -> Desk:
    """One that does not know what it signed, started."""
    desk = Desk(0, count)
    desk.file.rewrite(following_signer_file(NETWORK, PUBLIC, 0))
    desk.driver.start()
    assert validators(count).validators[0].key == PUBLIC
    return desk


def recover_checksum(data: bytes) -> int:
    return recover_memory(data, NETWORK, PUBLIC).checksum
