"""Application Protocol: the calls of ABCI 2.0 that a consensus engine may make of the ledger, in plain Python types.

Order, for every height: any number of `prepare_proposal` and `process_proposal`, then one `finalize_block` with the
decided block, then one `commit`. `check_tx`, `query` and the snapshot calls may come at any time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import Transaction
from chainbill.ledger.validators import ValidatorSet


@dataclass(frozen=True, slots=True)
class Info:
    """Where the ledger stands. `block_id` of height 0 is the genesis hash; `next_day_ms`: when day work is due."""

    height: int
    block_id: bytes
    time_ms: int
    app_hash: bytes
    receipts_root: bytes
    changed_state: bool
    has_more_work: bool
    next_day_ms: int | None
    clock_offset_ms: int


@dataclass(frozen=True, slots=True)
class ProposalRequest:
    """What the engine gives for a new block: its time, who proposes, evidence, and candidates in order.

    may_leave_out: ids of candidates that are left out if they fail in the run, unless that used much gas; others that
    fail go in as failed.
    max_gas: after how much no further one is run, None: as the rules say.
    parent_certificate: what the block is to carry, None: the one that this node committed the parent with.
    """

    height: int
    time_ms: int
    proposer: bytes
    evidence: tuple[bytes, ...]
    candidates: Sequence[Transaction]
    max_bytes: int
    may_leave_out: frozenset[bytes] = frozenset()
    parent_certificate: bytes | None = None
    max_gas: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A block ready to be proposed, and what came of making it.

    left_out: the candidates that failed in the run and were left out this time, with the gas that they used.
    never: those that no later block may carry either (used up, expired). gas: of all that was run to make the block.
    """

    block: Block
    left_out: Mapping[bytes, int]
    never: tuple[bytes, ...]
    gas: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Answer of `process_proposal`: accepted, or why not."""

    accepted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finalized:
    """What a decided block brings. `receipts`: `opening` of the block itself, then one a transaction.

    `validator_updates` is the whole set that acts from height + 2 on.
    """

    height: int
    receipts: tuple[Receipt, ...]
    opening: int
    app_hash: bytes
    receipts_root: bytes
    validator_updates: ValidatorSet
    changed_state: bool
    has_more_work: bool

    @property
    def transaction_receipts(self) -> tuple[Receipt, ...]:
        """Receipts of the transactions, in the order of the block."""
        return self.receipts[self.opening :]


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """One snapshot that can be fetched. `metadata` is its manifest (docs/reference/snapshots.md), `hash` its hash."""

    height: int
    format: int
    chunks: int
    hash: bytes
    metadata: bytes


@dataclass(frozen=True, slots=True)
class SnapshotOffer:
    """Answer to an offered snapshot or a chunk of it: accepted, or why not."""

    accepted: bool
    reason: str


class Application(Protocol):
    """The ledger as an engine sees it. Not thread-safe: one thread calls it."""

    def info(self) -> Info:
        """Where the ledger stands."""

    def init_chain(self, genesis: Genesis) -> Info:
        """Make the state of height 0. Raises Refused when the genesis is not acceptable."""

    def check_tx(self, transaction: Transaction, now_ms: int) -> None:
        """Whether a transaction with good signatures may wait for a block. Raises Malformed or Refused."""

    def prepare_proposal(self, request: ProposalRequest) -> Proposal:
        """Build the block of the next height from the candidates that run."""

    def process_proposal(self, block: Block) -> Verdict:
        """Execute a block on the newest state and keep the result, so that `finalize_block` has it ready."""

    def finalize_block(self, block: Block) -> Finalized:
        """The results of a decided block. Raises InternalFault when it does not run here: this node has diverged."""

    def commit(self, certificate: Certificate) -> Info:
        """Write the finalized block in one synced batch. Raises DiskError."""

    def query(self, height: int | None, contract: str, table: str, key: Any) -> Any | None:
        """One row as it was after a height (None: the newest)."""

    def list_snapshots(self) -> Sequence[SnapshotInfo]:
        """The snapshots that are here, newest first."""

    def load_snapshot_chunk(self, height: int, format: int, chunk: int) -> bytes | None:  # noqa: A002  the word of ABCI
        """One chunk, None where there is none."""

    def offer_snapshot(self, genesis: Genesis, snapshot: SnapshotInfo) -> SnapshotOffer:
        """Whether to fetch this snapshot; only before `init_chain`. What was taken of an earlier one is given up."""

    def apply_snapshot_chunk(self, index: int, chunk: bytes) -> SnapshotOffer:
        """The next chunk of the accepted snapshot. After the last one the ledger stands at the snapshot's height."""
