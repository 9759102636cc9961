"""What a step asks of the driver, which carries out each effect fully before the next one.

The field's word: state machine.
"""

from __future__ import annotations

from dataclasses import dataclass

from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.evidence import Evidence
from chainbill.ledger.vote import Vote, VoteType
from chainbill_node.consensus.timeouts import Timer
from chainbill_node.wire.messages import Choice


@dataclass(frozen=True, slots=True)
class UnsignedProposal:
    """A proposal to sign: its block, and the round and prevotes that made it valid (−1 and none for a new one)."""

    round: int
    block: Block
    valid_round: int
    prevotes: tuple[Vote, ...]


@dataclass(frozen=True, slots=True)
class UnsignedVote:
    """A prevote or precommit to sign; block_id None is nil."""

    type: VoteType
    round: int
    block_id: bytes | None


@dataclass(frozen=True, slots=True)
class SignAndSend:
    """Sign, append to the signer file, sync, broadcast, feed back as OwnMessageStored.

    `lock`: what the message locks this validator on; it is stored before the message, in the same sync.
    """

    message: UnsignedProposal | UnsignedVote
    lock: Choice | None = None


@dataclass(frozen=True, slots=True)
class KeepValid:
    """Store a valid value that was learnt without a message of our own (line 42 in step precommit)."""

    valid: Choice


@dataclass(frozen=True, slots=True)
class ScheduleTimeout:
    """Arm a timer."""

    timer: Timer
    after_ms: int


@dataclass(frozen=True, slots=True)
class BuildBlock:
    """Have the application build a block; feed it back as BlockBuilt."""

    round: int


@dataclass(frozen=True, slots=True)
class AskForBlock:
    """A quorum voted for a block that is not here: ask everyone for it by its id."""

    block_id: bytes


@dataclass(frozen=True, slots=True)
class AskForOwnMessages:
    """Ask everyone what they hold of this node's own signed messages."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The height is decided: finalize and store the block with its certificate."""

    block: Block
    certificate: Certificate
    synced: bool = False


@dataclass(frozen=True, slots=True)
class ReportEvidence:
    """A validator contradicted itself."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class TellRefused:
    """A proposed block was found wanting; the reason is for the trace."""

    block_id: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Abstain:
    """This node will not sign at this height; the reason is for the trace and for waiting_for."""

    reason: str


@dataclass(frozen=True, slots=True)
class Halt:
    """A quorum decided what this node cannot execute: its state has diverged, it must stop."""

    reason: str


Effect = (
    SignAndSend
    | KeepValid
    | ScheduleTimeout
    | BuildBlock
    | AskForBlock
    | AskForOwnMessages
    | Commit
    | ReportEvidence
    | TellRefused
    | Abstain
    | Halt
)
