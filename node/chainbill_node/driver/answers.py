"""Peer requests: what a driver answers to STATUS and the WANT messages. Reads the state, never changes it."""

from __future__ import annotations

from dataclasses import replace

from chainbill.ledger.vote import NO_ROUND
from chainbill_node.consensus import gossip
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.signer_memory import Recovered
from chainbill_node.consensus.state import HeightState, Signing
from chainbill_node.driver.inbox import Ahead
from chainbill_node.driver.ports import Application
from chainbill_node.wire.messages import (
    BlockAnswer,
    Decided,
    Message,
    Own,
    Position,
    Status,
    WantBlock,
    WantOwn,
    WantPosition,
    WantProposal,
)

DECIDED_REACH = 2
"""A peer this many heights behind gets DECIDED for its STATUS; further behind it asks for batches."""


def answer_status(state: HeightState, rules: Rules, application: Application, theirs: Status) -> list[Message]:
    """DECIDED for a height we have decided, the missing votes and proposals for the one we are at."""
    if theirs.height == state.height:
        return list(gossip.answer(state, rules, theirs))
    if state.height - DECIDED_REACH <= theirs.height < state.height:
        return decided_at(application, theirs.height)
    return []


def answer_block(state: HeightState, application: Application, wanted: WantBlock) -> list[Message]:
    """A block by its id: undecided from the state, decided with its certificate from the store."""
    if wanted.height == state.height:
        block = state.blocks.get(wanted.block_id)
        return [] if block is None else [BlockAnswer(block)]
    return decided_at(application, wanted.height) if wanted.height < state.height else []


def answer_proposal(state: HeightState, application: Application, wanted: WantProposal) -> list[Message]:
    """The whole proposals of a round; the decided block where that height is behind us."""
    if wanted.height == state.height:
        return list(gossip.held_proposals(state, wanted.round))
    return decided_at(application, wanted.height) if wanted.height < state.height else []


def answer_own(
    state: HeightState, application: Application, ahead: Ahead, wanted: WantOwn, *, whole: bool
) -> list[Message]:
    """What we hold of a validator's messages at its height; the decided block where that height is behind us.

    `whole`: this process has listened since our height began, so that nothing it was sent then is forgotten.
    """
    if wanted.height == state.height:
        return [replace(gossip.messages_of(state, wanted.validator), whole=whole)]
    if wanted.height == state.height + 1:
        return [replace(ahead.own_of(wanted.height, wanted.validator), whole=whole)]
    if wanted.height > state.height:
        return [Own(wanted.height, wanted.validator, whole=False)]
    return decided_at(application, wanted.height) if wanted.height >= state.height - DECIDED_REACH else []


def answer_position(state: HeightState, memory: Recovered, wanted: WantPosition) -> list[Message]:
    """How far this validator has signed, and with its lock once it has signed where it was asked to come to.

    As long as its peers have not said whether its signer file is the newest it says nothing: it will know soon. One
    that fetches again a chain on which it signed later heights is no witness: from where it stands it would tell less
    than it has signed. One that has come back itself tells the round that the others had got to by then, if it has
    signed in none since.
    """
    if state.signing is Signing.ASKING:
        return []
    if state.signing is not Signing.ALLOWED or memory.height > state.height:
        return [Position(state.height, None)]
    here = memory.at(state.height)
    rounds = [round_ for round_, _ in here.messages] if here.height == state.height else []
    signed = max(rounds, default=state.first_round or NO_ROUND)
    reached = max(signed, state.round)
    if wanted.height == state.height and NO_ROUND < wanted.round <= signed:
        return [Position(state.height, reached, wanted.round, state.locked)]
    return [Position(state.height, reached)]


def decided_at(application: Application, height: int) -> list[Message]:
    """DECIDED from the store, if it is there."""
    entry = application.load_block(height)
    return [] if entry is None else [Decided(*entry)]
