"""From where a validator signs again that does not know what it signed (consensus.coming_back)."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from chainbill_node.consensus.coming_back import Bar, SignFrom, look
from chainbill_node.consensus.effects import ScheduleTimeout
from chainbill_node.consensus.events import RoundWanted, SigningFound, VoteReceived
from chainbill_node.consensus.limits import LONE_START_MS
from chainbill_node.consensus.signer_memory import Recovered
from chainbill_node.consensus.state import HeightState, Signing, Step
from chainbill_node.consensus.timeouts import TimerKind
from chainbill_node.driver.answers import answer_position
from chainbill_node.driver.inbox import is_proven
from chainbill_node.driver.recovery import is_to_ask_again
from chainbill_node.wire.messages import Choice, Position, WantPosition
from consensus.consensus_kit import KEYS, NOW_MS, PRECOMMIT, PREVOTE, Height, block, rules, validators, vote
from msgspec.structs import replace

from chainbill.ledger.validators import Validator, ValidatorSet

A = block(b"A")
LOCK = Choice(A, 0, tuple(vote(who, PREVOTE, 0, A) for who in (1, 2, 3)))
LATER = Choice(A, 2, tuple(vote(who, PREVOTE, 2, A) for who in (1, 2, 3)))


def many(count: int) -> ValidatorSet:
    return ValidatorSet.of(Validator(bytes([number]) * 32, f"v{number}", "", "") for number in range(1, count + 1))


def others(*positions: Position | None) -> dict[str, Position]:
    """Positions of validators 2, 3, …; validator 1 asks; None is silent."""
    return {(bytes([number]) * 32).hex(): one for number, one in enumerate(positions, 2) if one is not None}


def bar_of(round_: int) -> Bar:
    """A bar beyond the rounds of all."""
    return Bar(round_, frozenset(bytes([number]).hex() * 32 for number in range(2, 9)))


def there(round_: int, bar: int, locked: Choice | None = None) -> Position:
    """It has signed in that round, and was asked to come to this one."""
    return Position(50, round_, bar, locked)


def found(count: int, *positions: Position | None, at_work: int = 50, **more: Any) -> SignFrom | None:
    return look(many(count), bytes([1]) * 32, at_work, others(*positions), **more).found


@pytest.mark.parametrize("count", range(4, 33))
def test_so_many_must_speak_that_one_of_them_is_an_honest_witness(count: int) -> None:
    """Any quorum with the asking one in it and any quorum of others share more than may lie."""
    given = many(count)
    assert given.quorum <= count - 1
    assert (given.quorum - 1) + given.quorum - (count - 1) >= given.max_faulty + 1


@pytest.mark.parametrize(("count", "needed"), [(4, 3), (5, 4), (6, 5), (7, 5)])
def test_four_and_more_go_on_without_it_and_it_signs_two_heights_later(count: int, needed: int) -> None:
    here = Position(50, 3)
    assert found(count, *[here] * (needed - 1)) is None
    assert found(count, *[here] * needed) == SignFrom(52)
    assert found(count, *[here] * (needed - 1), Position(50, None)) is None, "who does not know is no witness"


def test_who_is_behind_waits() -> None:
    here = Position(50, 0)
    assert found(4, here, here, Position(91, 0)) is None
    assert found(4, here, here, Position(51, 0)) is None, "decided 50, and maybe with the lost self"
    assert found(4, here, here, Position(51, 0), at_work=51) == SignFrom(53)
    assert found(7, *[here] * 5, Position(91, 0)) == SignFrom(52), "five are enough"
    assert found(4, Position(49, 0), here, here) == SignFrom(52)


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("count", range(2, 8))
def test_strangers_and_the_own_word_are_no_witnesses(count: int, accepted: bool) -> None:
    """Whatever they and the others say: with them it looks as it does without."""
    said = (None, Position(50, None), Position(50, 0), Position(50, 3), Position(51, 0), there(3, 2, LOCK))
    for told in itertools.product(said, repeat=min(count - 1, 3)):
        heard = others(*told, *[told[0]] * (count - 4))
        for own, stranger, bar in itertools.product(said[2:], said[1:], (Bar(), bar_of(2))):
            more = heard | {(bytes([1]) * 32).hex(): own, "stranger": stranger, "another": stranger}
            looked = look(many(count), bytes([1]) * 32, 50, more, bar, accepted=accepted)
            assert looked == look(many(count), bytes([1]) * 32, 50, heard, bar, accepted=accepted)


@pytest.mark.parametrize("count", [2, 3])
def test_two_and_three_stand_still_without_it_so_all_go_to_a_round_where_nothing_can_have_been_signed(
    count: int,
) -> None:
    """Worked: the others have signed in rounds 3 and 1, so the lost self in round 4 at most: all go to round 5."""
    rounds = [3, 1][: count - 1]
    first = look(many(count), bytes([1]) * 32, 50, others(*[Position(50, number) for number in rounds]))
    assert (first.found, first.bar.round) == (None, 5)
    come = [there(5, 5, LOCK), there(6, 5, LATER)][: count - 1]
    assert found(count, *come, bar=first.bar) == SignFrom(50, 5, LATER if count == 3 else LOCK)
    if count == 3:
        assert found(3, there(5, 5), Position(50, 4), bar=first.bar) is None


def test_an_answer_to_an_older_question_says_nothing_of_a_lock_however_far_its_sender_has_got() -> None:
    """Found with slow links: who had locked followed another one to the later round before it was asked to come there,
    and what it answered then to the first question was taken for "nothing is locked". Another block was decided."""
    bar = look(many(2), bytes([1]) * 32, 50, others(Position(50, 0))).bar
    assert bar.round == 2
    assert found(2, Position(50, 2), bar=bar) is None
    assert found(2, there(5, 1), bar=bar) is None, "asked for by another self of this one"
    assert found(2, there(2, 2, LOCK), bar=bar) == SignFrom(50, 2, LOCK)


def test_who_is_heard_late_raises_the_bar_once() -> None:
    """Of three, one did not know itself at first; what it has signed then is beyond what was measured."""
    unknown = Position(50, None)
    bar = look(many(3), bytes([1]) * 32, 50, others(Position(50, 0), unknown)).bar
    raised = look(many(3), bytes([1]) * 32, 50, others(there(3, 3), Position(50, 7)), bar).bar
    assert (bar.round, raised.round) == (3, 9)
    assert look(many(3), bytes([1]) * 32, 50, others(there(9, 9), Position(50, 11)), raised).bar == raised


def test_one_more_round_where_another_has_forgotten_as_well_and_may_have_led_it() -> None:
    first = look(many(3), bytes([1]) * 32, 50, others(Position(50, 4), Position(50, None)))
    assert first.bar.round == 7


def test_where_others_decide_the_next_height_a_quorum_of_those_must_not_be_beyond_this_one() -> None:
    """L decided height 50 with two that did not see it, then 51 and more with the others, whom it cannot hear now."""
    here, keys = Position(50, 0), [bytes([number]) * 32 for number in (1, 5, 6, 7)]
    others_next = ValidatorSet.of(Validator(key, key[:1].hex(), "", "") for key in keys)
    assert found(4, here, here, here, following=others_next) is None
    assert found(4, here, here, here, following=many(4)) == SignFrom(52)
    assert found(4, here, here, here, following=many(5)) is None
    assert found(5, here, here, here, here, following=many(4)) == SignFrom(52)


@pytest.mark.parametrize("next_count", [4, 5, 7, 9])
@pytest.mark.parametrize("count", [4, 5, 7, 9])
def test_a_quorum_must_know_itself_and_one_of_the_next_height_not_be_beyond(count: int, next_count: int) -> None:
    """Whatever the next set is, as many of the others know themselves, and as many have gone on: all cases."""
    quorum, next_quorum = many(count).quorum, many(next_count).quorum
    for know in range(count):
        for beyond in range(know + 1):
            heard = [Position(50, 0)] * (know - beyond) + [Position(51, 0)] * beyond
            here = min(know - beyond, next_count - 1)
            enough = know >= quorum and here >= next_quorum
            assert found(count, *heard, following=many(next_count)) == (SignFrom(52) if enough else None)


@pytest.mark.parametrize("floor", [None, (49, 0), (49, 1), (48, 1), (50, 1)])
@pytest.mark.parametrize("next_count", [None, 4, 5])
def test_what_was_found_in_the_middle_of_a_height_says_nothing_of_the_next_if_others_decide_that(
    floor: tuple[int, int] | None, next_count: int | None
) -> None:
    memory = Recovered(height=50, floor=floor)
    before = None if next_count is None else many(next_count)
    assert is_to_ask_again(memory, 50, before, many(4)) is (floor == (49, 1) and next_count != 4)


def test_of_three_all_must_answer_and_one_must_know() -> None:
    assert found(3, there(9, 5), None, bar=bar_of(5)) is None
    assert found(3, there(9, 5), Position(50, None), bar=bar_of(5)) == SignFrom(50, 5)
    assert found(3, Position(50, None), Position(50, None)) is None


def test_who_is_at_another_height_is_waited_for() -> None:
    for height in (49, 51):
        assert found(3, there(9, 5), Position(height, 9, 5), bar=bar_of(5)) is None


def test_with_the_operators_word_those_that_answer_are_taken_for_all() -> None:
    assert found(4, Position(50, 0), None, None) is None
    unknown = Position(50, None)
    assert look(many(4), bytes([1]) * 32, 50, others(Position(50, 0), unknown), accepted=True).bar.round == 3
    assert found(4, there(3, 3, LOCK), unknown, None, bar=bar_of(3), accepted=True) == SignFrom(50, 3, LOCK)
    assert found(4, unknown, unknown, accepted=True) == SignFrom(50)
    assert found(4, unknown, Position(49, None), accepted=True) is None, "it may know more at its height"
    assert found(4, there(2, 2), bar=bar_of(2), accepted=True) is None, "two decide nothing, and the third may be slow"
    assert found(4, unknown, accepted=True) is found(4, accepted=True) is None
    assert found(1, accepted=True) == SignFrom(50)
    assert found(1) is None


def test_a_word_that_turns_out_not_to_be_needed_does_no_harm() -> None:
    here = Position(50, 0)
    assert found(4, here, here, here, accepted=True) == SignFrom(52)


def test_an_idle_height_has_no_round_yet() -> None:
    assert look(many(3), bytes([1]) * 32, 50, others(Position(50, -1), Position(50, -1))).bar.round == 1


# ---- what it is told


@pytest.mark.parametrize("signed", [(), (0,), (2, 1), (4,)])
@pytest.mark.parametrize("first", range(4))
def test_who_knows_itself_tells_a_lock_for_the_round_in_which_it_can_sign_nothing_earlier_any_more(
    first: int, signed: tuple[int, ...]
) -> None:
    """In all small cases: asked to a round, it says so with its lock once it has signed there or later, or signs in no
    earlier one since it has come back itself. Else nobody could come back from two that forgot."""
    memory = Recovered(50, {(number, PREVOTE): b"" for number in signed})
    reached = max(signed, default=first or -1)
    for round_, asked, height in itertools.product(range(-1, 6), range(-1, 6), (49, 50)):
        state = HeightState(50, round=round_, locked=LOCK, first_round=first)
        there_is = height == 50 and 0 <= asked <= reached
        told = Position(50, max(round_, reached), *((asked, LOCK) if there_is else ()))
        assert answer_position(state, memory, WantPosition(height, asked)) == [told]
        assert answer_position(replace(state, signing=Signing.ASKING), memory, WantPosition(height, asked)) == []
        lost = replace(state, signing=Signing.ABSTAINING)
        assert answer_position(lost, memory, WantPosition(height, asked)) == [Position(50, None)]


# ---- what it asks of the others


def test_a_round_is_left_for_somebody_only_after_its_three_timeouts_and_two_rounds_at_a_time() -> None:
    height = Height().start()
    height.feed(RoundWanted(9, NOW_MS + 1_999))
    assert height.state.round == 0
    height.feed(RoundWanted(9, NOW_MS + 2_000))
    assert height.state.round == 2
    height.feed(RoundWanted(9, NOW_MS + 2_001))
    assert height.state.round == 2
    height.feed(RoundWanted(1, NOW_MS + 60_000))
    assert height.state.round == 2


def test_a_height_that_waits_starts_late_when_somebody_asks() -> None:
    height = Height().feed(RoundWanted(1, NOW_MS)).feed(RoundWanted(1, NOW_MS))
    scheduled = height.of(ScheduleTimeout)
    assert [(one.timer.kind, one.after_ms) for one in scheduled] == [(TimerKind.START, LONE_START_MS)]
    assert height.state.step is Step.WAIT


def test_with_what_was_found_the_height_begins_anew_in_that_round_with_that_lock() -> None:
    height = Height()
    for who in (1, 2):
        height.feed(VoteReceived(vote(who, PREVOTE, 5, None), NOW_MS))
    height.feed(SigningFound(5, LOCK, NOW_MS))
    assert height.state.signing is Signing.ASKING
    assert (height.state.first_round, height.state.resume_round) == (5, 5)
    assert height.state.is_locked_on(A.id)
    assert height.state.book.at(5).prevotes.count(None) == 2
    assert height.state.book.at(0).prevotes.count(A.id) == 3
    assert not height.said()


# ---- what a lock must carry


@pytest.mark.parametrize(
    ("votes", "good"),
    [
        ([vote(who, PREVOTE, 0, A) for who in (1, 2, 3)], True),
        ([vote(who, PREVOTE, 0, A) for who in (1, 2)], False),
        ([vote(who, PREVOTE, 0, A) for who in (1, 2, 2)], False),
        ([vote(who, PREVOTE, 0, A) for who in (1, 2, 6)], False),
        ([vote(who, PREVOTE, 1, A) for who in (1, 2, 3)], False),
        ([vote(who, PRECOMMIT, 0, A) for who in (1, 2, 3)], False),
        ([vote(who, PREVOTE, 0, None) for who in (1, 2, 3)], False),
        ([vote(who, PREVOTE, 0, A, height=2) for who in (1, 2, 3)], False),
    ],
    ids=["a quorum", "too few", "one twice", "a stranger", "another round", "precommits", "nil", "another height"],
)
def test_a_lock_counts_with_a_quorum_of_prevotes_for_it(votes: list[Any], good: bool) -> None:
    assert is_proven(Choice(A, 0, tuple(votes)), rules(0)) is good


def test_a_lock_with_a_forged_prevote_counts_for_nothing() -> None:
    forged = [*LOCK.prevotes[:2], type(LOCK.prevotes[0])(PREVOTE, 1, 0, A.id, KEYS[3].public, bytes(64))]
    assert not is_proven(Choice(A, 0, tuple(forged)), rules(0))
    assert len(validators()) == 4
