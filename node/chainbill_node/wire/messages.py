"""The messages: frozen data, one class a kind. Blocks, votes and certificates are the core's own types."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from chainbill.ledger.block import Block, Header
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.vote import NO_ROUND, ProposalHeader, Vote, VoteType

PeerId = str
"""The authenticated name of a connected node (the node id of its TLS certificate); opaque to the driver."""


class Kind(IntEnum):
    """The first field of every message."""

    PROPOSAL = 1
    VOTES = 2
    STATUS = 3
    DECIDED = 4
    WANT_BLOCK = 5
    BLOCK = 6
    WANT_OWN = 7
    OWN = 8
    EVIDENCE = 9
    WANT_BLOCKS = 10
    BLOCKS = 11
    TRANSACTIONS = 12
    WANT_SNAPSHOTS = 13
    SNAPSHOTS = 14
    WANT_CHUNK = 15
    CHUNK = 16
    COMPACT_PROPOSAL = 17
    WANT_PROPOSAL = 18
    PLAN = 19
    OWN_IN_PART = 20
    BOUNDED_PLAN = 21
    WANT_POSITION = 22
    POSITION = 23


@dataclass(frozen=True, slots=True)
class Proposal:
    """PROPOSAL: the signed header, the full block, and with valid_round ≥ 0 the quorum of prevotes of that round."""

    header: ProposalHeader
    block: Block
    prevotes: tuple[Vote, ...] = ()


@dataclass(frozen=True, slots=True)
class CompactProposal:
    """COMPACT_PROPOSAL: a PROPOSAL whose transactions are named by wire id; the receiver has most of them already."""

    header: ProposalHeader
    block_header: Header
    wire_ids: tuple[bytes, ...]
    evidence: tuple[bytes, ...] = ()
    parent_certificate: bytes | None = None
    prevotes: tuple[Vote, ...] = ()


@dataclass(frozen=True, slots=True)
class WantProposal:
    """Asks for the whole PROPOSAL of a round: the receiver lacks transactions of its compact form."""

    height: int
    round: int


@dataclass(frozen=True, slots=True)
class Plan:
    """PLAN, BOUNDED_PLAN (unsigned): what a height's proposer is about to run, so that others run it at the same time.

    It binds nobody: the proposal that follows counts. `wire_ids`: all candidates, in order; `time_ms`: of the block.
    `may_leave_out` is a bitmap over the candidates like that of a STATUS: those that are left out if they fail in the
    run; others that fail stand in the block. `max_bytes`: how large the proposer makes the block. `parent_certificate`:
    what the block will carry, None for block 1; without it the others would make a block of another id. `max_gas`:
    after how much the proposer takes no further transaction; None in a PLAN, which knows only the bound of the rules.
    """

    height: int
    time_ms: int
    wire_ids: tuple[bytes, ...]
    may_leave_out: bytes
    max_bytes: int
    parent_certificate: bytes | None = None
    max_gas: int | None = None


@dataclass(frozen=True, slots=True)
class Votes:
    """PREVOTE and PRECOMMIT, one or many: a fresh vote, or the votes that a STATUS lacked."""

    votes: tuple[Vote, ...]


@dataclass(frozen=True, slots=True)
class VoteSummary:
    """One line of a STATUS: which validators voted for one value (None: nil) in one round.

    `voters` is a bitmap over the validator set of that height, bit i of byte i // 8 (lowest bit first).
    """

    round: int
    type: VoteType
    block_id: bytes | None
    voters: bytes


@dataclass(frozen=True, slots=True)
class Status:
    """STATUS (unsigned): where a node stands and what it holds, so that others can send what it lacks.

    `height` is the one it works on (last committed + 1), `round` −1 before its first round. `proposals` are the ids
    proposed in `round` that it holds; `attempt` counts its STATUS messages within this round.
    """

    height: int
    round: int
    proposals: tuple[bytes, ...]
    summaries: tuple[VoteSummary, ...]
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Decided:
    """DECIDED: a block with its commit certificate."""

    block: Block
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class WantBlock:
    """Asks for a block of this height by its id (its votes are there, the block is not)."""

    height: int
    block_id: bytes


@dataclass(frozen=True, slots=True)
class BlockAnswer:
    """BLOCK: the answer to WANT_BLOCK."""

    block: Block


@dataclass(frozen=True, slots=True)
class WantOwn:
    """A restarted validator asks what it signed itself at this height."""

    height: int
    validator: bytes


@dataclass(frozen=True, slots=True)
class Own:
    """The answer to WANT_OWN: what the sender holds, maybe nothing.

    `whole`: the sender has listened ever since that height began (OWN). One that started in the middle of it, or is not
    there yet, may have missed or forgotten some (OWN_IN_PART): that it holds nothing says nothing.
    """

    height: int
    validator: bytes
    proposals: tuple[ProposalHeader, ...] = ()
    votes: tuple[Vote, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class WantPosition:
    """Asked by a validator that does not know what it signed before: how far have you signed, and what is locked?

    `round`: the sender will sign from this round of this height on and asks the others to get there; −1: it only asks.
    """

    height: int
    round: int = NO_ROUND


@dataclass(frozen=True, slots=True)
class Choice:
    """A block with the round in which a quorum prevoted it, and those prevotes: what is locked, or valid."""

    block: Block
    round: int
    prevotes: tuple[Vote, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """The answer to WANT_POSITION: the sender's height, the last round in which it is or has signed there (−1).

    `round` None: it does not know itself what it signed before. `bar`: the round that it was asked to come to, once it
    has signed there or in a later one; only then does it say what it has locked. −1: nothing is said of a lock.
    """

    height: int
    round: int | None
    bar: int = NO_ROUND
    locked: Choice | None = None


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """EVIDENCE: two signatures that contradict each other (chainbill.ledger.evidence, encoded)."""

    evidence: bytes


@dataclass(frozen=True, slots=True)
class WantBlocks:
    """Asks for `count` decided blocks from height `first` on."""

    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Blocks:
    """The answer to WANT_BLOCKS: blocks in order from `first` on, as many as fit.

    None if the sender has none; `pruned` says that it once had them.
    """

    first: int
    blocks: tuple[Decided, ...]
    pruned: bool = False


@dataclass(frozen=True, slots=True)
class Transactions:
    """TRANSACTIONS: wire bytes of transactions for the mempool (the shell routes them; the driver ignores them)."""

    wires: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class WantSnapshots:
    """Asks which snapshots a node has."""


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The answer to WANT_SNAPSHOTS: canonical manifests, newest first (docs/reference/snapshots.md)."""

    manifests: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class WantChunk:
    """Asks for one chunk of the snapshot of a height."""

    height: int
    index: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """The answer to WANT_CHUNK; None if it is not there (any more)."""

    height: int
    index: int
    data: bytes | None


Message = (
    Proposal
    | CompactProposal
    | WantProposal
    | Plan
    | Votes
    | Status
    | Decided
    | WantBlock
    | BlockAnswer
    | WantOwn
    | Own
    | WantPosition
    | Position
    | EvidenceFound
    | WantBlocks
    | Blocks
    | Transactions
    | WantSnapshots
    | Snapshots
    | WantChunk
    | Chunk
)
