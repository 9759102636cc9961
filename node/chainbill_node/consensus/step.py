"""The consensus function: one dispatch over the closed set of events; each arm names its rule.

Rules 1-11 are those of docs/reference/consensus.md, lines those of algorithm 1 in arXiv 1807.04938.

The field's word: state machine.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from chainbill.ledger.block import Block
from chainbill.ledger.vote import NO_ROUND, VoteType
from chainbill_node.consensus.coming_back import MARGIN
from chainbill_node.consensus.effects import AskForOwnMessages, SignAndSend, UnsignedProposal
from chainbill_node.consensus.events import (
    BlockArrived,
    BlockBuilt,
    BlockSynced,
    Event,
    OwnMessagesReported,
    OwnMessageStored,
    ProposalReceived,
    RoundWanted,
    SigningFound,
    TimeoutFired,
    VoteReceived,
)
from chainbill_node.consensus.receive import (
    allow,
    take_own,
    take_proposal,
    take_report,
    take_signing,
    take_vote,
    waiting_noticed,
)
from chainbill_node.consensus.rounds import Outcome, cast, conclude, start_round
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.state import HeightState, Signing, Step
from chainbill_node.consensus.timeouts import ROUND_TIMERS, Timer, TimerKind
from chainbill_node.consensus.voting import settle


def step(state: HeightState, event: Event, rules: Rules) -> Outcome:
    """One event: the new state and the effects, in the order in which they must be carried out."""
    if state.step >= Step.DECIDED:
        return state, ()
    state, effects = _take(replace(state, now_ms=event.now_ms), event, rules)
    if state.step >= Step.DECIDED:
        return state, effects
    state, more = settle(state, rules)
    return state, effects + more


def _take(state: HeightState, event: Event, rules: Rules) -> Outcome:
    match event:
        case VoteReceived(vote=vote):  # rules 4-9 look at it
            return take_vote(state, vote, rules)
        case ProposalReceived(proposal=proposal):  # rules 2, 3, 5, 8
            return take_proposal(state, proposal, rules)
        case OwnMessageStored(message=message):  # counted only once it is stored: persist before speaking
            return take_own(state, message), ()
        case TimeoutFired(timer=timer):  # rules 10 and 11
            return time_out(state, timer, rules)
        case BlockBuilt(round=round_, block=block):  # rule 1, line 18
            return _propose_new(state, round_, block)
        case BlockArrived(block=block):  # rules 5 and 8
            return _keep_block(state, block), ()
        case BlockSynced(block=block, certificate=certificate):  # rule 8, with the certificate as its messages
            return conclude(state, rules, block, certificate, synced=True)
        case OwnMessagesReported():
            return take_report(state, event, rules)
        case RoundWanted(round=round_, since_ms=since_ms):
            return leave_round(state, round_, since_ms, rules)
        case SigningFound():
            return take_signing(state, event, rules), (AskForOwnMessages(),)
        case _:
            assert_never(event)


def time_out(state: HeightState, timer: Timer, rules: Rules) -> Outcome:
    """Rules 10 and 11 (lines 57-67): a timer counts only in the height, round and step it was armed for."""
    if timer.height != state.height:
        return state, ()
    if timer.kind is TimerKind.START:
        return replace(state, wake=True), ()
    if timer.kind is TimerKind.LISTEN:
        return allow(replace(state, listened=True), rules), ()
    if timer.round != state.round or not state.running:
        return state, ()
    if timer.kind is TimerKind.PROPOSE and state.step is Step.PROPOSE:  # lines 57-60
        return replace(state, step=Step.PREVOTE), cast(state, VoteType.PREVOTE, None)
    if timer.kind is TimerKind.PREVOTE and state.step is Step.PREVOTE:  # lines 61-64
        return replace(state, step=Step.PRECOMMIT), cast(state, VoteType.PRECOMMIT, None)
    if timer.kind is TimerKind.PRECOMMIT:  # lines 65-67
        return start_round(state, state.round + 1, rules)
    return state, ()


def leave_round(state: HeightState, wanted: int, since_ms: int | None, rules: Rules) -> Outcome:
    """Somebody who lost its memory can only sign in a later round: go there, if this one has come to nothing.

    Any round may be started at any time (rule 10 does it by a timer). Not before this one has lasted as long as its
    three timeouts together, in which it is over wherever a quorum speaks, with enough others (`Company`), and two
    rounds at a time: so whoever asks without a reason wins nothing. A height that waits starts late, as after a
    message by one.
    """
    if state.step is Step.WAIT:
        return waiting_noticed(state)
    lasting_ms = sum(rules.timeouts.length_ms(kind, state.round) for kind in ROUND_TIMERS)
    if not state.running or wanted <= state.round or since_ms is None:
        return state, ()
    if state.now_ms - max(state.round_ms, since_ms) < lasting_ms:
        return state, ()
    return start_round(state, min(wanted, state.round + MARGIN), rules)


def _propose_new(state: HeightState, round_: int, block: Block) -> Outcome:
    """Lines 18-19: send the block that was built, if its round still waits for a proposal."""
    if round_ != state.round or state.step is not Step.PROPOSE or state.signing is not Signing.ALLOWED:
        return state, ()
    return state, (SignAndSend(UnsignedProposal(round_, block, NO_ROUND, ())),)


def _keep_block(state: HeightState, block: Block) -> HeightState:
    """A block counts only if it was asked for: a quorum stands behind its id."""
    if block.id not in state.asked_blocks:
        return state
    return replace(state, blocks={**state.blocks, block.id: block})
