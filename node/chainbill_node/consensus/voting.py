"""The rules that wait for messages, each with its lines in algorithm 1 (arXiv 1807.04938).

Each takes (state, rules) and gives a new state with effects, or None when it does not apply. `settle` tries them in
order until none applies: one event may complete several at once.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.vote import NO_ROUND, ProposalHeader, VoteType
from chainbill_node.consensus.effects import Effect, KeepValid, TellRefused
from chainbill_node.consensus.rounds import Outcome, ask_for_block, cast, conclude, schedule, start_round
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.state import HeightState, Signing, Step
from chainbill_node.consensus.timeouts import TimerKind
from chainbill_node.wire.messages import Choice

Rule = Callable[[HeightState, Rules], Outcome | None]


def settle(state: HeightState, rules: Rules) -> Outcome:
    """Apply the rules to a fixpoint."""
    effects: tuple[Effect, ...] = ()
    again = True
    while again and state.step < Step.DECIDED:
        again = False
        for rule in RULES:
            outcome = rule(state, rules)
            if outcome is not None:
                state, more = outcome
                effects += more
                again = True
                break
    return state, effects


def begin(state: HeightState, rules: Rules) -> Outcome | None:
    """Rules 1 and 11 (line 10): something woke this height, and signing is settled: start its round."""
    if state.step is not Step.WAIT or not state.wake or state.signing is Signing.ASKING:
        return None
    return start_round(state, state.resume_round, rules)


def decide(state: HeightState, rules: Rules) -> Outcome | None:
    """Rule 8 (lines 49-54): a quorum of precommits for one block in one round, any round, decides."""
    for here in state.book.rounds.values():
        block_id = here.precommits.quorum_block(rules.quorum)
        if block_id is None:
            continue
        block = state.blocks.get(block_id)
        if block is None:
            return ask_for_block(state, block_id)
        certificate = Certificate.from_votes(here.precommits.votes(block_id))
        return conclude(state, rules, block, certificate, synced=False)
    return None


def skip(state: HeightState, rules: Rules) -> Outcome | None:
    """Rule 9 (lines 55-56): f + 1 validators are in a later round: start the last round that f + 1 have reached.

    The paper counts messages of one round; a sender counts here for every round up to its newest, so that a laggard
    finds the others even when their newest messages lie in different rounds. One of f + 1 is honest either way.
    """
    if state.signing is Signing.ASKING:
        return None
    book = state.book
    if not book.far and (not book.rounds or max(book.rounds) <= state.round):
        return None
    newest = {sender: message.round for sender, message in book.far.items()}
    for number, here in book.rounds.items():
        if number > state.round:
            for sender in here.senders():
                newest[sender] = max(number, newest.get(sender, NO_ROUND))
    reached = sorted((number for number in newest.values() if number > state.round), reverse=True)
    if len(reached) < rules.skip_threshold:
        return None
    return start_round(state, reached[rules.skip_threshold - 1], rules)


def prevote_new(state: HeightState, rules: Rules) -> Outcome | None:
    """Rule 2 (lines 22-27): a new block: prevote it if it is valid, timely, and nothing else is locked; else nil."""
    if state.step is not Step.PROPOSE:
        return None
    for header in state.book.at(state.round).proposals:
        block = state.blocks.get(header.block_id)
        if header.valid_round != NO_ROUND or block is None:
            continue
        received_ms = state.received_ms.get((state.round, block.id), state.now_ms)
        refused = _refusal_of_new(rules, block, header, received_ms)
        free = state.locked is None or state.is_locked_on(block.id)
        return _prevote(state, block, refused, accept=free)
    return None


def prevote_again(state: HeightState, rules: Rules) -> Outcome | None:
    """Rule 3 (lines 28-33): a block with q prevotes in valid_round: prevote it unless locked on another later."""
    if state.step is not Step.PROPOSE:
        return None
    for header in state.book.at(state.round).proposals:
        block = state.blocks.get(header.block_id)
        if block is None or not NO_ROUND < header.valid_round < state.round:
            continue
        if state.book.at(header.valid_round).prevotes.count(header.block_id) < rules.quorum:
            continue
        free = state.locked_round <= header.valid_round or state.is_locked_on(block.id)
        return _prevote(state, block, rules.check_block(block), accept=free)
    return None


def lock(state: HeightState, rules: Rules) -> Outcome | None:
    """Rule 5 (lines 36-43): q prevotes for a valid block: it is the valid value; in step prevote lock, precommit."""
    if not Step.PREVOTE <= state.step <= Step.PRECOMMIT or state.valid_round >= state.round:
        return None
    prevotes = state.book.at(state.round).prevotes
    block_id = prevotes.quorum_block(rules.quorum)
    if block_id is None:
        return None
    block = state.blocks.get(block_id)
    if block is None:
        return ask_for_block(state, block_id)
    if rules.check_block(block) is not None:
        return None
    choice = Choice(block, state.round, prevotes.votes(block_id))
    if state.step is Step.PREVOTE:
        effects = cast(state, VoteType.PRECOMMIT, block_id, lock=choice)
        return replace(state, locked=choice, valid=choice, step=Step.PRECOMMIT), effects
    return replace(state, valid=choice), (KeepValid(choice),) if state.signing is Signing.ALLOWED else ()


def precommit_nil(state: HeightState, rules: Rules) -> Outcome | None:
    """Rule 6 (lines 44-46): a quorum prevoted nil: precommit nil; the lock stays."""
    if state.step is not Step.PREVOTE or state.book.at(state.round).prevotes.count(None) < rules.quorum:
        return None
    return replace(state, step=Step.PRECOMMIT), cast(state, VoteType.PRECOMMIT, None)


def arm_prevote_timer(state: HeightState, rules: Rules) -> Outcome | None:
    """Rule 4 (lines 34-35): the first quorum of prevotes for anything, in step prevote."""
    if state.step is not Step.PREVOTE or state.prevote_armed:
        return None
    if len(state.book.at(state.round).prevotes.senders) < rules.quorum:
        return None
    return replace(state, prevote_armed=True), (schedule(state, TimerKind.PREVOTE, rules),)


def arm_precommit_timer(state: HeightState, rules: Rules) -> Outcome | None:
    """Rule 7 (lines 47-48): the first quorum of precommits for anything."""
    if state.precommit_armed or not state.running:
        return None
    if len(state.book.at(state.round).precommits.senders) < rules.quorum:
        return None
    return replace(state, precommit_armed=True), (schedule(state, TimerKind.PRECOMMIT, rules),)


RULES: tuple[Rule, ...] = (
    begin,
    decide,
    skip,
    prevote_new,
    prevote_again,
    lock,
    precommit_nil,
    arm_prevote_timer,
    arm_precommit_timer,
)


def _refusal_of_new(rules: Rules, block: Block, proposal: ProposalHeader, received_ms: int) -> str | None:
    if block.header.proposer != proposal.validator:
        return "block_proposer"
    return rules.untimely(block.header.time_ms, proposal.round, received_ms) or rules.check_block(block)


def _prevote(state: HeightState, block: Block, refused: str | None, *, accept: bool) -> Outcome:
    vote_for = block.id if accept and refused is None else None
    effects = cast(state, VoteType.PREVOTE, vote_for)
    if refused is not None:
        effects += (TellRefused(block.id, refused),)
    return replace(state, step=Step.PREVOTE), effects
