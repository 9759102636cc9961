"""Message validation: what peers send is checked for height, membership and signatures before it is an event.

Messages of the next height are kept for a moment (another validator was faster), bounded by peer; anything further
ahead is only a reason to sync. A bad signature costs the peer its connection: honest nodes pass on only what they have
verified.
"""

from __future__ import annotations

from collections.abc import Iterator

from chainbill.ledger.vote import ProposalHeader, Vote, VoteType
from chainbill_node.consensus.limits import PEERS_AHEAD, PROPOSALS_AHEAD_PER_PEER, VOTES_AHEAD_PER_PEER
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.state import HeightState
from chainbill_node.wire.messages import Choice, Own, PeerId, Proposal, Votes


class BadPeerError(Exception):
    """A peer sent what no honest node sends; the text is the reason given to it."""


def fresh_votes(message: Votes, state: HeightState, rules: Rules) -> Iterator[Vote]:
    """The votes of this height that are new, their signatures verified once."""
    for vote in message.votes:
        if vote.height != state.height or vote.validator not in rules.validators:
            continue
        if is_known(vote, state):
            continue
        if not vote.verify(rules.network):
            raise BadPeerError("vote_signature_bad")
        yield vote


def is_known(vote: Vote, state: HeightState) -> bool:
    """Whether the book holds this very vote, so that its signature needs no second look."""
    held = state.book.at(vote.round).tally(vote.type).by_value.get(vote.block_id)
    return held is not None and held.get(vote.validator) == vote


def checked_proposal(message: Proposal, state: HeightState, rules: Rules) -> Proposal | None:
    """The proposal if its sender and its prevotes signed; None if it is of another height or from no validator."""
    header = message.header
    if header.height != state.height or header.validator not in rules.validators:
        return None
    known = header in state.book.at(header.round).proposals
    if not known and not header.verify(rules.network):
        raise BadPeerError("proposal_signature_bad")
    if len({vote.validator for vote in message.prevotes}) != len(message.prevotes):
        raise BadPeerError("proposal_prevotes_bad")
    for vote in message.prevotes:
        if vote.height != header.height or vote.validator not in rules.validators:
            raise BadPeerError("proposal_prevotes_bad")
        if not is_known(vote, state) and not vote.verify(rules.network):
            raise BadPeerError("vote_signature_bad")
    return message


def checked_own(message: Own, rules: Rules) -> tuple[ProposalHeader | Vote, ...] | None:
    """A report about own messages; None where one of them does not carry the own signature.

    Whoever is a height behind passes on what it has not verified, forgeries of others among it: such a report counts
    for nothing, since what was forged may have crowded out what was said, and costs its sender nothing.
    """
    found: tuple[ProposalHeader | Vote, ...] = (*message.proposals, *message.votes)
    for said in found:
        if said.height != message.height or said.validator != rules.own or not said.verify(rules.network):
            return None
    return found


def is_proven(locked: Choice, rules: Rules) -> bool:
    """Whether a quorum of this height's validators has prevoted the block that is said to be locked."""
    prevoted = {vote.validator for vote in locked.prevotes if vote.validator in rules.validators}
    said = (VoteType.PREVOTE, rules.height, locked.round, locked.block.id)
    same = all((vote.type, vote.height, vote.round, vote.block_id) == said for vote in locked.prevotes)
    enough = len(prevoted) == len(locked.prevotes) >= rules.quorum
    return same and enough and all(vote.verify(rules.network) for vote in locked.prevotes)


class Ahead:
    """Messages of the next height, unverified, bounded by peer."""

    def __init__(self) -> None:
        self.height = 0
        self._by_peer: dict[PeerId, list[Proposal | Votes]] = {}

    def keep(self, height: int, peer: PeerId, message: Proposal | Votes) -> None:
        """Keep a message of `height`, the next one, unless its peer has filled its share."""
        if height != self.height:
            self._by_peer.clear()
            self.height = height
        if peer not in self._by_peer and len(self._by_peer) >= PEERS_AHEAD:
            return
        kept = self._by_peer.setdefault(peer, [])
        if isinstance(message, Proposal):
            room = sum(isinstance(other, Proposal) for other in kept) < PROPOSALS_AHEAD_PER_PEER
        else:
            votes = sum(len(other.votes) for other in kept if isinstance(other, Votes))
            room = votes + len(message.votes) <= VOTES_AHEAD_PER_PEER
        if room:
            kept.append(message)

    def own_of(self, height: int, validator: bytes) -> Own:
        """What is here of one validator's messages (it verifies its own signatures itself)."""
        votes: list[Vote] = []
        headers: list[ProposalHeader] = []
        for message in (entry for kept in self._by_peer.values() for entry in kept):
            if isinstance(message, Proposal):
                headers.extend([message.header] if message.header.validator == validator else [])
            else:
                votes.extend(vote for vote in message.votes if vote.validator == validator)
        right = [vote for vote in dict.fromkeys(votes) if vote.height == height]
        return Own(height, validator, tuple(dict.fromkeys(headers))[:64], tuple(right[:64]))

    def take(self) -> list[tuple[PeerId, Proposal | Votes]]:
        """Everything, in order of arrival by peer; nothing is left."""
        taken = [(peer, message) for peer, kept in self._by_peer.items() for message in kept]
        self._by_peer.clear()
        self.height = 0
        return taken
