"""Taking in messages: into the book, with evidence where a validator contradicts itself."""

from __future__ import annotations

from msgspec.structs import replace

from chainbill.ledger.evidence import DuplicateProposal, DuplicateVote
from chainbill.ledger.vote import ProposalHeader, Vote, VoteType
from chainbill_node.consensus.effects import Abstain, Effect, ReportEvidence
from chainbill_node.consensus.limits import ROUND_WINDOW
from chainbill_node.consensus.rounds import Outcome
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.state import HeightState, Said, Signing
from chainbill_node.wire.messages import Proposal

OWN_MESSAGE_MISSING = "own_message_missing"


def take_vote(state: HeightState, vote: Vote, rules: Rules, *, capped: bool = True) -> Outcome:
    """A verified vote of this height: kept if its round is near, beyond the window if it is its sender's newest."""
    if vote.validator not in rules.validators:
        return state, ()
    if vote.round > max(state.round, 0) + ROUND_WINDOW:
        return replace(state, book=state.book.with_far(vote), wake=True), ()
    book = state.book.with_vote(vote, capped=capped)
    if book is state.book:
        return state, ()
    evidence = _contradiction(state, vote)
    return replace(state, book=book, wake=True), evidence


def take_proposal(state: HeightState, proposal: Proposal, rules: Rules) -> Outcome:
    """A verified proposal: only from the proposer of its round; its prevotes pass the cap."""
    header = proposal.header
    if header.validator != rules.proposer(header.round):
        return state, ()
    if header.round > max(state.round, 0) + ROUND_WINDOW:
        return replace(state, book=state.book.with_far(header), wake=True), ()
    known = state.book.at(header.round).proposals
    effects: tuple[Effect, ...] = ()
    book = state.book.with_proposal(header)
    if book is state.book and header not in known:
        return state, ()
    if known and header not in known:
        effects = (ReportEvidence(DuplicateProposal.of(known[0], header)),)
    state = replace(state, book=book, blocks={**state.blocks, header.block_id: proposal.block}, wake=True)
    for vote in proposal.prevotes:
        if (vote.type, vote.round, vote.block_id) == (VoteType.PREVOTE, header.valid_round, header.block_id):
            state, more = take_vote(state, vote, rules, capped=False)
            effects += more
    return state, effects


def take_own(state: HeightState, message: Proposal | Vote) -> HeightState:
    """An own message that is stored and sent: counted like anyone's."""
    if isinstance(message, Vote):
        return replace(state, book=state.book.with_vote(message, capped=False))
    header = message.header
    book = state.book.with_proposal(header, capped=False)
    return replace(state, book=book, blocks={**state.blocks, header.block_id: message.block})


def take_report(state: HeightState, peer: str, messages: tuple[ProposalHeader | Vote, ...], rules: Rules) -> Outcome:
    """A peer's answer about own messages: one that the file lacks forbids signing; q − 1 clean answers allow it."""
    if state.signing is not Signing.ASKING:
        return state, ()
    if any(said(message) not in state.own_messages for message in messages):
        state = replace(state, signing=Signing.ABSTAINING, why=OWN_MESSAGE_MISSING)
        return state, (Abstain(OWN_MESSAGE_MISSING),)
    answered = state.answered | {peer}
    signing = Signing.ALLOWED if len(answered) >= rules.quorum - 1 else Signing.ASKING
    return replace(state, answered=answered, signing=signing), ()


def said(message: ProposalHeader | Vote) -> Said:
    """What a message says."""
    if isinstance(message, Vote):
        return (int(message.type), message.round, message.block_id, 0)
    return (int(VoteType.PROPOSAL), message.round, message.block_id, message.valid_round)


def _contradiction(state: HeightState, vote: Vote) -> tuple[Effect, ...]:
    other = state.book.at(vote.round).tally(vote.type).other_vote(vote)
    return () if other is None else (ReportEvidence(DuplicateVote.of(other, vote)),)
