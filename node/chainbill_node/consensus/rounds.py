"""What the rules do: start a round, cast a vote, ask for a block, conclude the height."""

from __future__ import annotations

from msgspec.structs import replace

from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.vote import VoteType
from chainbill_node.consensus.effects import (
    AskForBlock,
    BuildBlock,
    Commit,
    Effect,
    Halt,
    ScheduleTimeout,
    SignAndSend,
    UnsignedProposal,
    UnsignedVote,
)
from chainbill_node.consensus.limits import ROUND_WINDOW, ROUNDS_KEPT
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.state import HeightState, Signing, Step
from chainbill_node.consensus.timeouts import Timer, TimerKind
from chainbill_node.wire.messages import Choice

Outcome = tuple[HeightState, tuple[Effect, ...]]
"""A new state and what the driver has to do."""


def start_round(state: HeightState, number: int, rules: Rules) -> Outcome:
    """Rule 1 (lines 11-21): everyone arms the propose timeout, the proposer sends its valid value or a new block.

    The paper lets only the others arm the timeout; a proposer whose block cannot be built or sent needs it as well.
    """
    book = state.book.absorb(number + ROUND_WINDOW)
    state = replace(
        state,
        round=number,
        step=Step.PROPOSE,
        book=book,
        prevote_armed=False,
        precommit_armed=False,
        started_ms=state.started_ms or state.now_ms,
        round_ms=state.now_ms,
    )
    effects: tuple[Effect, ...] = (schedule(state, TimerKind.PROPOSE, rules),)
    if rules.proposer(number) == rules.own and state.signing is Signing.ALLOWED:
        effects += (propose(state),)
    return prune(state, rules), effects


def propose(state: HeightState) -> Effect:
    """Lines 14-19: the valid value with its round and prevotes, else a new block.

    A valid value of this very round means that the round was entered again after a restart: the driver answers
    BuildBlock with the proposal that was signed then.
    """
    choice = state.valid
    if choice is None or choice.round >= state.round:
        return BuildBlock(state.round)
    return SignAndSend(UnsignedProposal(state.round, choice.block, choice.round, choice.prevotes))


def schedule(state: HeightState, kind: TimerKind, rules: Rules) -> Effect:
    """A protocol timer of the current round."""
    return ScheduleTimeout(Timer(kind, state.height, state.round), rules.timeouts.length_ms(kind, state.round))


def cast(state: HeightState, kind: VoteType, block_id: bytes | None, lock: Choice | None = None) -> tuple[Effect, ...]:
    """A vote in the current round, none where this node may not sign."""
    if state.signing is not Signing.ALLOWED:
        return ()
    return (SignAndSend(UnsignedVote(kind, state.round, block_id), lock),)


def ask_for_block(state: HeightState, block_id: bytes) -> Outcome | None:
    """Ask for a block by its id, once (re-gossip repeats it)."""
    if block_id in state.asked_blocks:
        return None
    return replace(state, asked_blocks=state.asked_blocks | {block_id}), (AskForBlock(block_id),)


def conclude(state: HeightState, rules: Rules, block: Block, certificate: Certificate, *, synced: bool) -> Outcome:
    """The end of rule 8 (lines 50-51): commit; if the decided block fails the check, this node has diverged."""
    reason = rules.check_block(block)
    if reason is not None:
        return replace(state, step=Step.HALTED, why=reason), (Halt(reason),)
    return replace(state, step=Step.DECIDED), (Commit(block, certificate, synced),)


def prune(state: HeightState, rules: Rules) -> HeightState:
    """Forget rounds and blocks that can no longer matter: forgetting is like a lost message, re-gossip brings it back.

    Kept: the last rounds, the valid round, any round with f + 1 precommits; blocks that those name.
    """
    floor = state.round - ROUNDS_KEPT
    rounds = {number for number in state.book.rounds if number >= floor or number == state.valid_round}
    for number, here in state.book.rounds.items():
        if len(here.precommits.senders) >= rules.skip_threshold:
            rounds.add(number)
    book = state.book if len(rounds) == len(state.book.rounds) else state.book.keep(rounds)
    named = {choice.block.id for choice in (state.locked, state.valid) if choice is not None}
    for number, here in book.rounds.items():
        if number >= state.round - 1:
            named.update(header.block_id for header in here.proposals)
        named.update(value for value in here.prevotes.by_value if value and here.prevotes.count(value) >= rules.quorum)
        named.update(value for value in here.precommits.by_value if value)
    blocks = {block_id: block for block_id, block in state.blocks.items() if block_id in named}
    received_ms = {of: at_ms for of, at_ms in state.received_ms.items() if of[0] >= state.round}
    return replace(state, book=book, blocks=blocks, received_ms=received_ms)
