"""What can happen to a height. Every event carries `now_ms`, the own wall clock when it was handled.

Signatures of received messages have been verified, and their height is the state's, before an event is made.
"""

from __future__ import annotations

from dataclasses import dataclass

from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.vote import ProposalHeader, Vote
from chainbill_node.consensus.timeouts import Timer
from chainbill_node.wire.messages import Choice, Proposal


@dataclass(frozen=True, slots=True)
class ProposalReceived:
    """A signed proposal with its block, and with valid_round ≥ 0 the prevotes it came with."""

    proposal: Proposal
    now_ms: int


@dataclass(frozen=True, slots=True)
class VoteReceived:
    """A signed prevote or precommit of a validator of this height."""

    vote: Vote
    now_ms: int


@dataclass(frozen=True, slots=True)
class TimeoutFired:
    """A timer has run out: START begins the height, the others are those of lines 57-67."""

    timer: Timer
    now_ms: int


@dataclass(frozen=True, slots=True)
class BlockBuilt:
    """The application has built the block asked for with BuildBlock."""

    round: int
    block: Block
    now_ms: int


@dataclass(frozen=True, slots=True)
class BlockArrived:
    """A block of this height that was asked for by its id."""

    block: Block
    now_ms: int


@dataclass(frozen=True, slots=True)
class BlockSynced:
    """A block of this height with a certificate that has been verified."""

    block: Block
    certificate: Certificate
    now_ms: int


@dataclass(frozen=True, slots=True)
class OwnMessageStored:
    """An own message is in the signer file and has been sent."""

    message: Proposal | Vote
    now_ms: int


@dataclass(frozen=True, slots=True)
class OwnMessagesReported:
    """A peer's answer: the messages with this node's own signature that it holds for this height.

    `peer`: its node id, the hex of the key that its connection has proved. `whole`: it has listened ever since the
    height began.
    """

    peer: str
    messages: tuple[ProposalHeader | Vote, ...]
    whole: bool
    now_ms: int


@dataclass(frozen=True, slots=True)
class RoundWanted:
    """Another validator asks for a later round of this height (−1: for none), or is in one.

    since_ms: since when enough others are in this node's round or later ones (`Company`); None where they are not.
    """

    round: int
    now_ms: int
    since_ms: int | None = 0


@dataclass(frozen=True, slots=True)
class SigningFound:
    """From this round of this height on nothing can be signed twice, with this lock (`coming_back`)."""

    round: int
    locked: Choice | None
    now_ms: int


Event = (
    ProposalReceived
    | VoteReceived
    | TimeoutFired
    | BlockBuilt
    | BlockArrived
    | BlockSynced
    | OwnMessageStored
    | OwnMessagesReported
    | RoundWanted
    | SigningFound
)
