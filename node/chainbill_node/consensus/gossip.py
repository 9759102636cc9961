"""STATUS and its answers: without re-gossip most lossy runs stall.

A node says about once a second what it holds; a peer that holds more of what matters sends the missing votes, the
proposal of its round, or (from the driver) the decided block. Nothing here is signed: a lie costs only its teller.

The field's word: anti-entropy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chainbill.ledger.validators import ValidatorSet
from chainbill.ledger.vote import ProposalHeader, Vote, VoteType
from chainbill_node.consensus.book import RoundBook
from chainbill_node.consensus.limits import MAX_ANSWER_VOTES, MAX_SUMMARY_LINES, PATIENT_ATTEMPTS
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.state import HeightState
from chainbill_node.wire.limits import MAX_KNOWN_PROPOSALS, MAX_OWN_MESSAGES
from chainbill_node.wire.messages import Own, Proposal, Status, Votes, VoteSummary

TYPES = (VoteType.PREVOTE, VoteType.PRECOMMIT)
Line = tuple[int, VoteType, bytes | None]


def status(state: HeightState, rules: Rules, attempt: int) -> Status:
    """What this node holds: votes by value of its round, its valid round, and rounds with f + 1 precommits."""
    numbers = {state.round, state.valid_round, *_telling_rounds(state, rules)} - {-1}
    lines = [
        VoteSummary(number, kind, value, bitmap(votes, rules.validators))
        for number in sorted(numbers, reverse=True)
        for kind in TYPES
        for value, votes in state.book.at(number).tally(kind).by_value.items()
    ]
    known = [header.block_id for header in state.book.at(state.round).proposals if header.block_id in state.blocks]
    return Status(
        state.height, state.round, tuple(known[:MAX_KNOWN_PROPOSALS]), tuple(lines[:MAX_SUMMARY_LINES]), attempt
    )


def answer(state: HeightState, rules: Rules, theirs: Status) -> list[Proposal | Votes]:
    """What a peer at this height lacks: proposals of its round and of ours, and votes of every round that matters."""
    rounds = {theirs.round, state.round, state.valid_round, *_telling_rounds(state, rules)}
    rounds.update(line.round for line in theirs.summaries)
    held = {(line.round, line.type, line.block_id): line.voters for line in theirs.summaries}
    messages: list[Proposal | Votes] = []
    for number in sorted({theirs.round, max(theirs.round, state.round)} - {-1}):
        messages.extend(_missing_proposals(state, rules, theirs, number))
    votes: list[Vote] = []
    for number in sorted(rounds - {-1}, reverse=True):
        votes.extend(_missing_votes(number, state.book.at(number), held, rules.validators))
    if votes:
        messages.append(Votes(tuple(votes[:MAX_ANSWER_VOTES])))
    return messages


def messages_of(state: HeightState, validator: bytes) -> Own:
    """The answer to WANT_OWN: what this node holds of one validator's signed messages, newest rounds first."""
    proposals: list[ProposalHeader] = []
    votes: list[Vote] = []
    for number in sorted(state.book.rounds, reverse=True):
        here = state.book.rounds[number]
        proposals.extend(header for header in here.proposals if header.validator == validator)
        for kind in TYPES:
            votes.extend(held[validator] for held in here.tally(kind).by_value.values() if validator in held)
    far = state.book.far.get(validator)
    if isinstance(far, Vote):
        votes.insert(0, far)
    elif far is not None:
        proposals.insert(0, far)
    return Own(state.height, validator, tuple(proposals[:MAX_OWN_MESSAGES]), tuple(votes[:MAX_OWN_MESSAGES]))


def held_proposals(state: HeightState, number: int) -> Iterator[Proposal]:
    """What was proposed in a round, where the block is here, with the prevotes that it refers to."""
    for header in state.book.at(number).proposals:
        block = state.blocks.get(header.block_id)
        if block is not None:
            earlier = header.valid_round
            yield Proposal(header, block, state.book.at(earlier).prevotes.votes(block.id) if earlier >= 0 else ())


def missing_blocks(state: HeightState) -> list[bytes]:
    """Blocks that were asked for and have not come."""
    return sorted(state.asked_blocks - state.blocks.keys())


def bitmap(voters: Iterable[bytes], validators: ValidatorSet) -> bytes:
    """Which validators these are; strangers are left out."""
    positions = [validators.index(voter) for voter in voters]
    return bits_at([one for one in positions if one >= 0], len(validators))


def bits_at(positions: Iterable[int], count: int) -> bytes:
    """A bitmap over `count` entries: bit i of byte i // 8, lowest bit first, for position i."""
    bits = bytearray((count + 7) // 8)
    for position in positions:
        bits[position // 8] |= 1 << (position % 8)
    return bytes(bits)


def has_bit(bits: bytes, position: int) -> bool:
    """Whether a bitmap names the entry at `position`."""
    byte = position // 8
    return position >= 0 and byte < len(bits) and bool(bits[byte] >> (position % 8) & 1)


def _telling_rounds(state: HeightState, rules: Rules) -> Iterator[int]:
    for number, here in state.book.rounds.items():
        if len(here.precommits.senders) >= rules.skip_threshold:
            yield number


def _missing_proposals(state: HeightState, rules: Rules, theirs: Status, number: int) -> Iterator[Proposal]:
    """The proposer answers at once, the others when the peer has asked a few times: a block is large."""
    if rules.own != rules.proposer(number) and theirs.attempt < PATIENT_ATTEMPTS:
        return
    known = theirs.proposals if number == theirs.round else ()
    for proposal in held_proposals(state, number):
        if proposal.header.block_id not in known:
            yield proposal


def _missing_votes(number: int, here: RoundBook, held: dict[Line, bytes], validators: ValidatorSet) -> Iterator[Vote]:
    for kind in TYPES:
        for value, votes in here.tally(kind).by_value.items():
            bits = held.get((number, kind, value), b"")
            for sender, vote in votes.items():
                if not has_bit(bits, validators.index(sender)):
                    yield vote
