"""Each rule of algorithm 1 (arXiv 1807.04938), one by one, with its edge."""

from __future__ import annotations

import dataclasses

import pytest
from chainbill_node.consensus.effects import (
    AskForBlock,
    BuildBlock,
    Commit,
    Halt,
    KeepValid,
    ReportEvidence,
    ScheduleTimeout,
    SignAndSend,
    TellRefused,
    UnsignedProposal,
)
from chainbill_node.consensus.events import BlockArrived, BlockBuilt, BlockSynced, ProposalReceived
from chainbill_node.consensus.limits import LONE_START_MS
from chainbill_node.consensus.state import HeightState, Step
from chainbill_node.consensus.step import step
from chainbill_node.consensus.timeouts import Timeouts, Timer, TimerKind
from consensus.consensus_kit import KEYS, NOW_MS, PRECOMMIT, PREVOTE, Height, block, certificate, proposal, rules, vote
from msgspec.structs import replace

A, B = block(b"A"), block(b"B")


def timers(height: Height) -> list[tuple[TimerKind, int]]:
    return [(effect.timer.kind, effect.timer.round) for effect in height.of(ScheduleTimeout)]


def locked_on_a() -> Height:
    """A validator that locked A in round 0 and went to round 1."""
    height = Height().start().proposed(proposal(1, 0, A)).votes(PREVOTE, 0, A, 1, 2)
    height.votes(PRECOMMIT, 0, None, 2, 3).fire(TimerKind.PRECOMMIT, 0)
    assert height.state.locked_round == 0
    assert height.state.round == 1
    return height


# rules 1 and 11


def test_nothing_runs_before_there_is_a_reason() -> None:
    height = Height()
    assert height.state.step is Step.WAIT
    assert not height.effects
    assert height.fire(TimerKind.PROPOSE, 0).state.step is Step.WAIT


def test_rule_1_the_proposer_builds_and_everyone_arms_the_propose_timeout() -> None:
    for own, builds in ((0, False), (1, True)):
        height = Height(own).start()
        assert timers(height) == [(TimerKind.PROPOSE, 0)]
        assert bool(height.of(BuildBlock)) is builds


def test_rule_1_the_built_block_is_proposed_and_prevoted() -> None:
    height = Height(1).start().feed(BlockBuilt(0, A, NOW_MS))
    assert height.said() == [("PROPOSAL", 0, A.id), ("PREVOTE", 0, A.id)]


def test_rule_1_a_block_that_is_built_too_late_is_not_proposed() -> None:
    height = Height(1).start().fire(TimerKind.PROPOSE, 0).feed(BlockBuilt(0, A, NOW_MS))
    assert height.said() == [("PREVOTE", 0, None)]


def test_rule_1_a_valid_value_is_proposed_again_with_its_round_and_prevotes() -> None:
    height = Height(2).start().proposed(proposal(1, 0, A)).votes(PREVOTE, 0, A, 0, 1)
    height.votes(PRECOMMIT, 0, None, 0, 3).fire(TimerKind.PRECOMMIT, 0)
    sent = next(e.message for e in height.of(SignAndSend) if isinstance(e.message, UnsignedProposal))
    assert (sent.round, sent.block.id, sent.valid_round) == (1, A.id, 0)
    assert len(sent.prevotes) == 3
    assert not height.of(BuildBlock)


@pytest.mark.parametrize("others", [(2, 3), (1, 2)])
def test_rule_11_messages_of_more_validators_than_may_lie_start_it(others: tuple[int, int]) -> None:
    one, other = others
    height = Height().votes(PREVOTE, 0, A, one).votes(PRECOMMIT, 3, None, one).votes(PREVOTE, 500, None, one)
    assert height.state.step is Step.WAIT
    assert height.of(ScheduleTimeout) == [ScheduleTimeout(Timer(TimerKind.START, 1, 0), LONE_START_MS)]
    assert height.votes(PREVOTE, 600, A, other).state.step is Step.PROPOSE


def test_rule_11_a_lone_validator_starts_it_late() -> None:
    height = Height().votes(PREVOTE, 0, A, 2)
    assert height.start().state.step is Step.PROPOSE


@pytest.mark.parametrize(("round_", "step"), [(0, Step.PREVOTE), (1, Step.WAIT), (500, Step.WAIT)])
def test_rule_11_the_first_proposer_starts_it_and_later_ones_do_not(round_: int, step: Step) -> None:
    proposer = next(who for who in range(4) if KEYS[who].public == rules(0).proposer(round_))
    assert Height().proposed(proposal(proposer, round_, A)).state.step is step


# rule 2


def test_rule_2_prevotes_a_valid_new_block() -> None:
    assert Height().start().proposed(proposal(1, 0, A)).said() == [("PREVOTE", 0, A.id)]


def test_rule_2_prevotes_nil_for_an_invalid_block_and_says_why() -> None:
    height = Height(refuse=lambda _: "bad_root").start().proposed(proposal(1, 0, A))
    assert height.said() == [("PREVOTE", 0, None)]
    assert height.of(TellRefused)[0].reason == "bad_root"


@pytest.mark.parametrize(
    ("ahead_ms", "refused"),
    [(10_000, ""), (10_001, "block_time_ahead: 10001 ms"), (0, ""), (-40_000, ""),
     (-40_001, "block_time_behind: 40001 ms"), (-3_600_000, "block_time_behind: 3600000 ms")],
)  # fmt: skip
def test_rule_2_asks_the_clock_bound_on_both_sides(ahead_ms: int, refused: str) -> None:
    """security 15: block time had no lower bound. Received at t in round 0: from t − 10 s − 30 s to t + 10 s."""
    value = block(b"A", time_ms=NOW_MS + ahead_ms)
    height = Height().start().proposed(proposal(1, 0, value))
    assert height.said() == [("PREVOTE", 0, None if refused else value.id)]
    assert [told.reason.startswith(refused) for told in height.of(TellRefused)] == [True] * bool(refused)


def test_rule_2_asks_by_when_the_proposal_was_received() -> None:
    """security 15: one that came in time and had to wait for its round is in time."""
    value = block(b"A", time_ms=NOW_MS, proposer=2)
    height = Height().start().proposed(proposal(2, 1, value))
    height.now_ms += 100_000
    height.votes(PRECOMMIT, 0, None, 1, 2, 3).fire(TimerKind.PRECOMMIT, 0)
    assert height.said()[-1] == ("PREVOTE", 1, value.id)


def test_rule_2_who_repeats_a_proposal_does_not_make_it_late_or_ripe() -> None:
    """security 15: the first time counts, or any peer could put off what is in time, and bring in what was ahead."""
    for ahead_ms, expected in ((0, True), (60_000, False)):
        value = block(b"A", time_ms=NOW_MS + ahead_ms, proposer=2)
        height = Height().start().proposed(proposal(2, 1, value))
        height.now_ms += 60_000
        height.proposed(proposal(2, 1, value))
        height.votes(PRECOMMIT, 0, None, 1, 2, 3).fire(TimerKind.PRECOMMIT, 0)
        assert height.said()[-1] == ("PREVOTE", 1, value.id if expected else None)


def test_rule_2_the_same_block_proposed_again_is_asked_anew() -> None:
    """security 15: what was in time in an earlier round is not so for ever."""
    value = block(b"A", time_ms=NOW_MS, proposer=1)
    height = Height().start().proposed(proposal(1, 0, value)).fire(TimerKind.PROPOSE, 0)
    height.now_ms += 300_000
    height.state = replace(height.state, round=4, step=Step.PROPOSE)
    height.proposed(proposal(1, 4, value))
    assert height.said()[-1] == ("PREVOTE", 4, None)


def test_the_delay_that_is_allowed_grows_once_an_honest_proposer_has_had_its_turn() -> None:
    """security 15: a bound that is too narrow for a network delays it and does not stop it."""
    for count, expected in ((1, [30, 60, 120]), (3, [30, 60, 120]), (4, [30, 30, 60, 120]), (7, [30, 30, 30, 60])):
        found = [rules(count=count).delay_allowed_ms(round_) // 1_000 for round_ in range(len(expected))]
        assert found == expected
    assert rules().delay_allowed_ms(8) > 3_600_000
    assert rules().delay_allowed_ms(2**31) == rules().delay_allowed_ms(31), "and no number grows without end"


def test_the_clock_bound_goes_by_the_networks_adjustable_clock() -> None:
    moved = dataclasses.replace(rules(), clock_offset_ms=86_400_000)
    assert moved.untimely(NOW_MS + 86_400_000, 0, NOW_MS) is None
    assert str(moved.untimely(NOW_MS, 0, NOW_MS)).startswith("block_time_behind")
    assert str(moved.untimely(NOW_MS + 86_410_001, 0, NOW_MS)).startswith("block_time_ahead")


def test_rule_2_a_block_made_by_another_than_its_proposer_is_refused() -> None:
    foreign = block(b"A", proposer=3)
    assert Height().start().proposed(proposal(1, 0, foreign)).said() == [("PREVOTE", 0, None)]


def test_rule_2_only_the_proposer_of_the_round_is_heard() -> None:
    foreign = block(b"A", proposer=3)
    assert Height().start().proposed(proposal(3, 0, foreign)).said() == []


def test_rule_2_a_locked_validator_prevotes_nil_for_another_new_block() -> None:
    other = block(b"B", proposer=2)
    height = locked_on_a().proposed(proposal(2, 1, other))
    assert height.said()[-1] == ("PREVOTE", 1, None)


# rule 3


def test_rule_3_needs_the_quorum_of_prevotes_in_valid_round() -> None:
    height = Height().start().votes(PRECOMMIT, 0, None, 1, 2, 3).fire(TimerKind.PRECOMMIT, 0)
    height.proposed(proposal(2, 1, A, 0, (vote(1, PREVOTE, 0, A), vote(2, PREVOTE, 0, A))))
    assert ("PREVOTE", 1, A.id) not in height.said()
    height.votes(PREVOTE, 0, A, 3)
    assert height.said()[-1] == ("PREVOTE", 1, A.id)


def test_rule_3_a_lock_gives_way_to_a_later_quorum() -> None:
    height = locked_on_a().votes(PRECOMMIT, 1, None, 1, 2, 3).fire(TimerKind.PRECOMMIT, 1)
    height.proposed(proposal(3, 2, B, 1, tuple(vote(n, PREVOTE, 1, B) for n in (1, 2, 3))))
    assert height.said()[-1] == ("PREVOTE", 2, B.id)


def test_rule_3_a_lock_does_not_give_way_to_an_earlier_quorum() -> None:
    height = Height().start().votes(PRECOMMIT, 0, None, 1, 2, 3).fire(TimerKind.PRECOMMIT, 0)
    ours = block(b"A", proposer=2)
    height.proposed(proposal(2, 1, ours)).votes(PREVOTE, 1, ours, 1, 2)
    assert height.state.locked_round == 1
    height.votes(PRECOMMIT, 1, None, 1, 2, 3).fire(TimerKind.PRECOMMIT, 1)
    height.proposed(proposal(3, 2, B, 0, tuple(vote(n, PREVOTE, 0, B) for n in (1, 2, 3))))
    assert height.said()[-1] == ("PREVOTE", 2, None)


@pytest.mark.parametrize("ahead_ms", [99_999, -99_999])
def test_rule_3_does_not_ask_the_clock(ahead_ms: int) -> None:
    late = block(b"A", time_ms=NOW_MS + ahead_ms)
    height = Height().start().votes(PRECOMMIT, 0, None, 1, 2, 3).fire(TimerKind.PRECOMMIT, 0)
    height.proposed(proposal(2, 1, late, 0, tuple(vote(n, PREVOTE, 0, late) for n in (1, 2, 3))))
    assert height.said()[-1] == ("PREVOTE", 1, late.id)


# rules 4 to 7


def test_rule_4_arms_the_prevote_timer_once() -> None:
    height = Height().start().proposed(proposal(1, 0, A)).votes(PREVOTE, 0, None, 1).votes(PREVOTE, 0, B, 2)
    assert timers(height).count((TimerKind.PREVOTE, 0)) == 1
    height.votes(PREVOTE, 0, None, 3)
    assert timers(height).count((TimerKind.PREVOTE, 0)) == 1


def test_rule_4_counts_senders_and_not_votes() -> None:
    height = Height().start().proposed(proposal(1, 0, A)).votes(PREVOTE, 0, None, 1).votes(PREVOTE, 0, B, 1)
    assert (TimerKind.PREVOTE, 0) not in timers(height)


def test_rule_5_locks_and_precommits_with_the_lock_in_the_same_breath() -> None:
    height = Height().start().proposed(proposal(1, 0, A)).votes(PREVOTE, 0, A, 1, 2)
    assert height.said()[-1] == ("PRECOMMIT", 0, A.id)
    sent = height.of(SignAndSend)[-1]
    assert sent.lock is not None
    assert (sent.lock.block.id, sent.lock.round, len(sent.lock.prevotes)) == (A.id, 0, 3)
    assert (height.state.locked_round, height.state.valid_round) == (0, 0)


def test_rule_5_after_precommitting_nil_the_block_only_becomes_valid() -> None:
    height = Height().start().proposed(proposal(1, 0, A)).votes(PREVOTE, 0, None, 2, 3)
    height.fire(TimerKind.PREVOTE, 0).votes(PREVOTE, 0, A, 1, 2, 3)
    assert height.said()[-1] == ("PRECOMMIT", 0, None)
    assert (height.state.locked_round, height.state.valid_round) == (-1, 0)
    assert len(height.of(KeepValid)) == 1


def test_rule_5_does_not_fire_before_the_own_prevote() -> None:
    height = Height().start().votes(PREVOTE, 0, A, 1, 2, 3)
    assert height.said() == []


def test_rule_6_a_quorum_for_nil_precommits_nil_and_keeps_the_lock() -> None:
    height = locked_on_a().fire(TimerKind.PROPOSE, 1).votes(PREVOTE, 1, None, 1, 2)
    assert height.said()[-1] == ("PRECOMMIT", 1, None)
    assert height.state.is_locked_on(A.id)


def test_rule_7_arms_the_precommit_timer_in_any_step_once() -> None:
    height = Height().start().votes(PRECOMMIT, 0, None, 1, 2).votes(PRECOMMIT, 0, A, 3)
    assert timers(height).count((TimerKind.PRECOMMIT, 0)) == 1
    assert height.state.step is Step.PROPOSE


# rule 8


def test_rule_8_decides_on_a_quorum_of_one_round_whatever_the_own_round() -> None:
    height = Height().start().proposed(proposal(1, 0, A)).votes(PRECOMMIT, 0, None, 1)
    height.votes(PRECOMMIT, 0, A, 2, 3).fire(TimerKind.PRECOMMIT, 0)
    assert not height.of(Commit)
    height.votes(PRECOMMIT, 0, A, 1)
    done = height.of(Commit)[0]
    assert (done.block.id, done.certificate.round, len(done.certificate.signatures)) == (A.id, 0, 3)
    assert height.state.step is Step.DECIDED


def test_rule_8_does_not_add_up_rounds() -> None:
    height = Height().start().proposed(proposal(1, 0, A)).votes(PRECOMMIT, 0, A, 1, 2).votes(PRECOMMIT, 1, A, 3)
    assert not height.of(Commit)


def test_rule_8_gets_the_block_by_its_hash_once_and_then_decides() -> None:
    height = Height().start().votes(PRECOMMIT, 0, A, 1, 2, 3)
    assert [effect.block_id for effect in height.of(AskForBlock)] == [A.id]
    assert not height.feed(BlockArrived(B, NOW_MS)).of(Commit)
    assert height.feed(BlockArrived(A, NOW_MS)).of(Commit)


def test_rule_8_stops_when_the_decided_block_fails_the_check() -> None:
    height = Height(refuse=lambda _: "app_hash").start().proposed(proposal(1, 0, A)).votes(PRECOMMIT, 0, A, 1, 2, 3)
    assert height.of(Halt)[0].reason == "app_hash"
    assert height.state.step is Step.HALTED
    assert height.votes(PREVOTE, 0, A, 1).state.step is Step.HALTED


def test_rule_8_a_verified_certificate_decides_before_the_height_has_started() -> None:
    height = Height().feed(BlockSynced(A, certificate(A), NOW_MS))
    assert height.of(Commit)[0].synced


# rule 9


def test_rule_9_skips_to_the_last_round_that_f_plus_1_have_reached() -> None:
    height = Height().start().votes(PREVOTE, 3, None, 1)
    assert height.state.round == 0
    assert height.votes(PREVOTE, 5, None, 2).state.round == 3


def test_rule_9_counts_senders_once_and_sees_far_rounds() -> None:
    height = Height().start().votes(PREVOTE, 2, None, 1).votes(PRECOMMIT, 2, None, 1).votes(PREVOTE, 900, None, 1)
    assert height.state.round == 0
    assert height.votes(PREVOTE, 700, None, 2).state.round == 700


def test_far_messages_are_kept_by_sender_and_come_back_into_the_book() -> None:
    height = Height().start()
    for round_ in range(100, 200):
        height.votes(PREVOTE, round_, None, 3)
    assert len(height.state.book.far) == 1
    assert len(height.state.book.rounds) == 0
    height.votes(PREVOTE, 199, None, 2)
    assert height.state.round == 199
    assert height.state.book.at(199).prevotes.count(None) == 2


# rule 10


def test_rule_10_timers_count_only_where_they_were_armed() -> None:
    height = Height().start()
    assert height.fire(TimerKind.PREVOTE, 0).said() == []
    assert height.fire(TimerKind.PROPOSE, 1).said() == []
    assert height.fire(TimerKind.PROPOSE, 0).said() == [("PREVOTE", 0, None)]
    assert height.fire(TimerKind.PROPOSE, 0).said() == [("PREVOTE", 0, None)]
    height.votes(PREVOTE, 0, A, 1).votes(PREVOTE, 0, None, 2).fire(TimerKind.PREVOTE, 0)
    assert height.said()[-1] == ("PRECOMMIT", 0, None)
    assert height.fire(TimerKind.PRECOMMIT, 0).state.round == 1
    assert height.fire(TimerKind.PRECOMMIT, 0).state.round == 1


def test_timers_grow_linearly_and_are_capped() -> None:
    lengths = [Timeouts().length_ms(TimerKind.PROPOSE, round_) for round_ in range(4)]
    assert lengths == [1_000, 1_500, 2_000, 2_500]
    assert Timeouts().length_ms(TimerKind.PRECOMMIT, 2**31 - 1) == 30_000


# evidence, membership, purity


def test_both_halves_are_kept_a_third_is_not_and_the_misdeed_is_reported() -> None:
    height = Height().start().votes(PREVOTE, 0, A, 3).votes(PREVOTE, 0, B, 3).votes(PREVOTE, 0, None, 3)
    prevotes = height.state.book.at(0).prevotes
    assert (prevotes.count(A.id), prevotes.count(B.id), prevotes.count(None)) == (1, 1, 0)
    assert len(height.of(ReportEvidence)) == 1


def test_votes_in_a_proposals_set_pass_the_cap() -> None:
    height = Height().start().votes(PREVOTE, 0, B, 3).votes(PREVOTE, 0, None, 3)
    height.votes(PRECOMMIT, 0, None, 1, 2, 3).fire(TimerKind.PRECOMMIT, 0)
    height.proposed(proposal(2, 1, A, 0, tuple(vote(n, PREVOTE, 0, A) for n in (1, 2, 3))))
    assert height.said()[-1] == ("PREVOTE", 1, A.id)


def test_two_proposals_are_evidence_and_the_one_with_a_quorum_wins() -> None:
    height = Height().start().proposed(proposal(1, 0, B)).proposed(proposal(1, 0, A))
    assert height.said() == [("PREVOTE", 0, B.id)]
    assert len(height.of(ReportEvidence)) == 1
    height.votes(PREVOTE, 0, A, 1, 2, 3)
    assert height.said()[-1] == ("PRECOMMIT", 0, A.id)


def test_a_third_proposal_is_not_kept_and_a_far_one_only_as_a_sign_of_life() -> None:
    height = Height().start()
    for name in (b"A", b"B", b"C"):
        height.proposed(proposal(1, 0, block(name)))
    assert len(height.state.book.at(0).proposals) == 2
    far = block(b"D", proposer=2)
    height.proposed(proposal(2, 101, far))
    assert far.id not in height.state.blocks
    assert height.votes(PREVOTE, 101, None, 3).state.round == 101
    assert [header.block_id for header in height.state.book.at(101).proposals] == [far.id]


def test_strangers_do_not_count() -> None:
    height = Height().start().votes(PRECOMMIT, 0, A, 4, 5, 6).proposed(proposal(1, 0, A))
    assert not height.of(Commit)
    assert height.state.book.at(0).precommits.count(A.id) == 0


def test_an_observer_follows_and_says_nothing() -> None:
    from chainbill_node.consensus.opening import open_height

    height = Height(None)
    height.state = open_height(height.rules, None, ask=True)
    height.start().proposed(proposal(1, 0, A)).votes(PREVOTE, 0, A, 1, 2, 3).votes(PRECOMMIT, 0, A, 1, 2, 3)
    assert height.said() == []
    assert height.of(Commit)


def test_a_network_of_one_decides_alone() -> None:
    alone = block(b"A", proposer=0, count=1)
    height = Height(0, count=1).start().feed(BlockBuilt(0, alone, NOW_MS))
    assert [kind for kind, _, _ in height.said()] == ["PROPOSAL", "PREVOTE", "PRECOMMIT"]
    assert height.of(Commit)


def test_a_step_edits_nothing() -> None:
    before = HeightState(1)
    frozen = repr(before)
    for message in (proposal(1, 0, A), proposal(1, 0, B)):
        after, effects = step(before, ProposalReceived(message, NOW_MS), rules())
        again, effects_again = step(before, ProposalReceived(message, NOW_MS), rules())
        assert (after, effects) == (again, effects_again)
    assert repr(before) == frozen


def test_old_rounds_are_forgotten_but_not_those_that_may_decide() -> None:
    height = Height().start().proposed(proposal(1, 0, A)).votes(PRECOMMIT, 0, A, 1, 2).votes(PREVOTE, 1, None, 3)
    height.votes(PREVOTE, 40, None, 1, 2)
    assert height.state.round == 40
    assert 1 not in height.state.book.rounds
    assert height.votes(PRECOMMIT, 0, A, 3).of(Commit)


def test_keys_of_the_kit_are_sorted() -> None:
    assert list(KEYS) == sorted(KEYS, key=lambda key: key.public)
    assert Timer(TimerKind.START, 1, 0) == Timer(TimerKind.START, 1, 0)
