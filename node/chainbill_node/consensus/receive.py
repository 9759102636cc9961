"""Taking in messages: into the book, with evidence where a validator contradicts itself."""

from __future__ import annotations

from msgspec.structs import replace

from chainbill.ledger.evidence import DuplicateProposal, DuplicateVote
from chainbill.ledger.vote import NO_ROUND, ProposalHeader, Vote, VoteType
from chainbill_node.consensus.effects import Abstain, Effect, ReportEvidence, ScheduleTimeout
from chainbill_node.consensus.events import OwnMessagesReported, SigningFound
from chainbill_node.consensus.limits import LISTEN_MS, LONE_START_MS, ROUND_WINDOW
from chainbill_node.consensus.rounds import Outcome
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.state import HeightState, Said, Signing, Step
from chainbill_node.consensus.timeouts import Timer, TimerKind
from chainbill_node.wire.messages import Choice, Proposal

OWN_MESSAGE_MISSING = "own_message_missing"
ASKING_PEERS = "asking_peers_for_own_messages"


def take_vote(state: HeightState, vote: Vote, rules: Rules, *, capped: bool = True) -> Outcome:
    """A verified vote of this height: kept if its round is near, beyond the window if it is its sender's newest."""
    if vote.validator not in rules.validators:
        return state, ()
    if vote.round > max(state.round, 0) + ROUND_WINDOW:
        return noticed(replace(state, book=state.book.with_far(vote)), rules)
    book = state.book.with_vote(vote, capped=capped)
    if book is state.book:
        return state, ()
    evidence = _contradiction(state, vote)
    state, effects = noticed(replace(state, book=book), rules)
    return state, evidence + effects


def noticed(state: HeightState, rules: Rules) -> Outcome:
    """A message has come of a height that waits: it starts where more validators than may lie have spoken, else late.

    One of f + 1 is honest and has a reason. Fewer may have none, and could make a chain grow by nothing but votes.
    """
    if state.wake or state.step is not Step.WAIT:
        return state, ()
    if len(state.book.senders() - {rules.own}) >= rules.skip_threshold:
        return replace(state, wake=True), ()
    return waiting_noticed(state)


def waiting_noticed(state: HeightState) -> Outcome:
    """A height that waits has heard from one: it starts in a while."""
    if state.wake or state.noticed:
        return state, ()
    return replace(state, noticed=True), (ScheduleTimeout(Timer(TimerKind.START, state.height, 0), LONE_START_MS),)


def take_proposal(state: HeightState, proposal: Proposal, rules: Rules) -> Outcome:
    """A verified proposal: only from the proposer of its round; its prevotes pass the cap."""
    header = proposal.header
    if header.validator != rules.proposer(header.round):
        return state, ()
    if header.round > max(state.round, 0) + ROUND_WINDOW:
        return noticed(replace(state, book=state.book.with_far(header)), rules)
    known = state.book.at(header.round).proposals
    effects: tuple[Effect, ...] = ()
    book = state.book.with_proposal(header)
    if book is state.book and header not in known:
        return state, ()
    if known and header not in known:
        effects = (ReportEvidence(DuplicateProposal.of(known[0], header)),)
    blocks = {**state.blocks, header.block_id: proposal.block}
    received_ms = {(header.round, header.block_id): state.now_ms, **state.received_ms}
    first = header.round == 0  # it is its sender's turn to start the height, whatever its reason
    state = replace(state, book=book, blocks=blocks, received_ms=received_ms, wake=state.wake or first)
    state, more = noticed(state, rules)
    effects += more
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


def with_choice(state: HeightState, choice: Choice | None) -> HeightState:
    """The prevotes and the block of what is locked or valid."""
    if choice is None:
        return state
    book = state.book
    for vote in choice.prevotes:
        book = book.with_vote(vote, capped=False)
    return replace(state, book=book, blocks={**state.blocks, choice.block.id: choice.block})


def take_report(state: HeightState, report: OwnMessagesReported, rules: Rules) -> Outcome:
    """A peer's answer about own messages: one that the file lacks forbids signing, whoever shows it (it is signed).

    That nothing is missing, only another validator can witness: an observer need not have been sent anything. What is
    of earlier rounds than this node signs in was said before it lost its memory.
    """
    if state.signing is not Signing.ASKING:
        return state, ()
    later = [message for message in report.messages if message.round >= state.first_round]
    if any(said(message) not in state.own_messages for message in later):
        state = replace(state, signing=Signing.ABSTAINING, why=OWN_MESSAGE_MISSING)
        return state, (Abstain(OWN_MESSAGE_MISSING),)
    if report.peer not in rules.witnesses:
        return state, ()
    effects: tuple[Effect, ...] = ()
    if not state.answered:
        effects = (ScheduleTimeout(Timer(TimerKind.LISTEN, state.height, 0), LISTEN_MS),)
    knowing = state.knowing | {report.peer} if report.whole else state.knowing - {report.peer}
    return allow(replace(state, answered=state.answered | {report.peer}, knowing=knowing), rules), effects


def take_signing(state: HeightState, found: SigningFound, rules: Rules) -> HeightState:
    """It is known in which round nothing can have been signed: begin the height anew there, with what is here."""
    choice = found.locked
    newer = state.valid_round > (NO_ROUND if choice is None else choice.round)
    return replace(
        with_choice(state, choice),
        round=NO_ROUND,
        step=Step.WAIT,
        wake=True,
        locked=choice,
        valid=state.valid if newer else choice,
        signing=Signing.ASKING if rules.quorum > 1 else Signing.ALLOWED,
        why=ASKING_PEERS if rules.quorum > 1 else "",
        first_round=found.round,
        resume_round=found.round,
    )


def allow(state: HeightState, rules: Rules) -> HeightState:
    """Signing is allowed once q − 1 other validators that have listened since the height began lack nothing of ours.

    After a power cut nobody has, and the network must go on all the same: then the answers of all others are enough,
    or those of q − 1 of them after LISTEN_MS, in which one that knows more would have spoken.
    Example: of 4 (q = 3) two that know are enough at once; one that knows and one that has restarted, after 2 s.
    """
    if state.signing is not Signing.ASKING:
        return state
    needed = rules.quorum - 1
    everyone = len(state.answered) == len(rules.witnesses)
    enough = len(state.knowing) >= needed or everyone or (state.listened and len(state.answered) >= needed)
    return replace(state, signing=Signing.ALLOWED) if enough else state


def said(message: ProposalHeader | Vote) -> Said:
    """What a message says."""
    if isinstance(message, Vote):
        return (int(message.type), message.round, message.block_id, 0)
    return (int(VoteType.PROPOSAL), message.round, message.block_id, message.valid_round)


def _contradiction(state: HeightState, vote: Vote) -> tuple[Effect, ...]:
    other = state.book.at(vote.round).tally(vote.type).other_vote(vote)
    return () if other is None else (ReportEvidence(DuplicateVote.of(other, vote)),)
