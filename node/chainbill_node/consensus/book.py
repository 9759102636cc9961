"""The message book of one height, keyed by (type, round, sender, value).

Both halves of an equivocation are kept, capped at `VALUES_PER_SENDER`: keeping only the first one stalls the network,
because honest nodes may have counted the other half. Votes from a proposal's set or a certificate pass the cap.
Nothing is edited: adding gives a new book that shares what did not change.
"""

from __future__ import annotations

import msgspec

from chainbill.ledger.vote import ProposalHeader, Vote, VoteType
from chainbill_node.consensus.limits import VALUES_PER_SENDER

Value = bytes | None
"""What a vote is for: a block id, or None for nil."""


class Tally(msgspec.Struct, frozen=True):
    """Votes of one type in one round: by value and sender, and how many values each sender gave."""

    by_value: dict[Value, dict[bytes, Vote]] = {}
    senders: dict[bytes, int] = {}

    def count(self, value: Value) -> int:
        """How many validators voted for a value."""
        votes = self.by_value.get(value)
        return 0 if votes is None else len(votes)

    def quorum_block(self, quorum: int) -> bytes | None:
        """The block id that has a quorum, if one has."""
        for value, votes in self.by_value.items():
            if value is not None and len(votes) >= quorum:
                return value
        return None

    def votes(self, value: Value) -> tuple[Vote, ...]:
        """The votes for a value, in order of the senders' keys."""
        votes = self.by_value.get(value, {})
        return tuple([votes[sender] for sender in sorted(votes)])

    def add(self, vote: Vote, *, capped: bool) -> Tally:
        """With the vote; the same tally if it is known or above the cap."""
        known = self.by_value.get(vote.block_id, {})
        values = self.senders.get(vote.validator, 0)
        if vote.validator in known or (capped and values >= VALUES_PER_SENDER):
            return self
        by_value = {**self.by_value, vote.block_id: {**known, vote.validator: vote}}
        return Tally(by_value, {**self.senders, vote.validator: values + 1})

    def other_vote(self, vote: Vote) -> Vote | None:
        """A vote of the same sender for another value, if there is one."""
        if vote.validator not in self.senders:
            return None
        for value, votes in self.by_value.items():
            if value != vote.block_id and vote.validator in votes:
                return votes[vote.validator]
        return None


class RoundBook(msgspec.Struct, frozen=True):
    """The messages of one round. `proposals`: the proposer's headers, at most two, in order of arrival."""

    proposals: tuple[ProposalHeader, ...] = ()
    prevotes: Tally = Tally()
    precommits: Tally = Tally()

    def tally(self, type: VoteType) -> Tally:  # noqa: A002  the word of the protocol
        """Prevotes or precommits."""
        return self.prevotes if type is VoteType.PREVOTE else self.precommits

    def senders(self) -> set[bytes]:
        """Everyone of whom there is a message in this round."""
        found = set(self.prevotes.senders) | set(self.precommits.senders)
        found.update(header.validator for header in self.proposals)
        return found


EMPTY_ROUND = RoundBook()


class Book(msgspec.Struct, frozen=True):
    """All messages of a height: by round, and beyond the window each sender's newest message only."""

    rounds: dict[int, RoundBook] = {}
    far: dict[bytes, Vote | ProposalHeader] = {}

    def at(self, round: int) -> RoundBook:  # noqa: A002  the word of the protocol
        """The messages of one round."""
        return self.rounds.get(round, EMPTY_ROUND)

    def with_vote(self, vote: Vote, *, capped: bool = True) -> Book:
        """With the vote in its round; the same book if nothing changes."""
        here = self.at(vote.round)
        tally = here.tally(vote.type).add(vote, capped=capped)
        if tally is here.tally(vote.type):
            return self
        if vote.type is VoteType.PREVOTE:
            changed = RoundBook(here.proposals, tally, here.precommits)
        else:
            changed = RoundBook(here.proposals, here.prevotes, tally)
        return Book({**self.rounds, vote.round: changed}, self.far)

    def with_proposal(self, header: ProposalHeader, *, capped: bool = True) -> Book:
        """With the proposal in its round; the same book if it is known or a third one."""
        here = self.at(header.round)
        if header in here.proposals or (capped and len(here.proposals) >= VALUES_PER_SENDER):
            return self
        changed = RoundBook((*here.proposals, header), here.prevotes, here.precommits)
        return Book({**self.rounds, header.round: changed}, self.far)

    def with_far(self, message: Vote | ProposalHeader) -> Book:
        """With a message beyond the window, unless its sender's kept one is as new."""
        kept = self.far.get(message.validator)
        if kept is not None and kept.round >= message.round:
            return self
        return Book(self.rounds, {**self.far, message.validator: message})

    def absorb(self, last_round: int) -> Book:
        """Move far messages up to `last_round` into their rounds."""
        near = [message for message in self.far.values() if message.round <= last_round]
        if not near:
            return self
        book = Book(self.rounds, {sender: kept for sender, kept in self.far.items() if kept.round > last_round})
        for message in near:
            book = book.with_vote(message) if isinstance(message, Vote) else book.with_proposal(message)
        return book

    def senders(self) -> set[bytes]:
        """Everyone of whom there is a message."""
        return set(self.far).union(*[here.senders() for here in self.rounds.values()])

    def keep(self, rounds: set[int]) -> Book:
        """Only the messages of these rounds."""
        return Book({number: here for number, here in self.rounds.items() if number in rounds}, self.far)
