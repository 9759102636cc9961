"""Ledger application: `chainbill.ledger` over a chain database, behind the Application Protocol.

Keeps in memory what the next block needs: the state tree, the block environment, the results of blocks that were
executed and not yet decided. One thread calls it, but for `reader` and `simulate`, which read snapshots.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from chainbill.errors import ChainbillError, InternalFault, Reason, Refused
from chainbill.ledger.admission import admit, screen, simulate
from chainbill.ledger.authorisation import check_signatures
from chainbill.ledger.block import Block, decode_block
from chainbill.ledger.certificate import Certificate, decode_certificate
from chainbill.ledger.core_rows import party_key
from chainbill.ledger.envelope import Envelope, read_envelope
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.genesis_state import make_genesis_state
from chainbill.ledger.header_check import check_header
from chainbill.ledger.in_force import InForce, in_force
from chainbill.ledger.programs import ProgramCache
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import Transaction, open_envelope
from chainbill.ledger.transition import Applied, Prepared, apply_block, prepare
from chainbill.ledger.upgrades import UpgradeNeeded, upgrade_needed
from chainbill.ledger.validators import ValidatorSet
from chainbill.protocols import RELEASED, Protocols
from chainbill.state.overlay import Overlay
from chainbill.state.tree import StateTree
from chainbill_node.application.cached_view import CachedView, DecodedRows
from chainbill_node.application.environment import EnvKeeper
from chainbill_node.application.protocol import (
    Finalized,
    Info,
    Proposal,
    ProposalRequest,
    SnapshotInfo,
    SnapshotOffer,
    Verdict,
)
from chainbill_node.application.read_throttle import Enough
from chainbill_node.application.shared_readers import SnapshotReaders
from chainbill_node.application.snapshot_calls import SnapshotCalls
from chainbill_node.foundation.unavailable import Ending
from chainbill_node.storage.chain.database import BlockWrite, ChainDatabase
from chainbill_node.storage.chain.derived import make_anew
from chainbill_node.storage.chain.reader import HeightReader
from chainbill_node.storage.chain.records import HeightRecord
from chainbill_node.storage.snapshots.folder import SnapshotFolder

KEPT_RESULTS = 8
FINAL_GAS = 1_000_000
"""A failure that used as much goes into the block, however young: running it again holds everybody for 30 ms more."""
INTERNAL_ERRORS = (MemoryError, RecursionError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError)
NO_SNAPSHOTS = "this ledger takes no snapshots: it has a chain already, or no room for one"
NEVER_AGAIN = frozenset({Reason.TRANSACTION_EXPIRED, Reason.TRANSACTION_REPLAYED, Reason.NETWORK_WRONG})


class LedgerApplication:
    """`application.protocol.Application`, and what the node's own parts read of the ledger."""

    def __init__(
        self, database: ChainDatabase, snapshots: SnapshotCalls | None = None, protocols: Protocols = RELEASED
    ) -> None:
        self._database = database
        self._snapshots = snapshots
        self._programs = ProgramCache(protocols)
        self._tree = StateTree()
        self._lock = threading.Lock()  # tree and newest height change together under it
        self._results: dict[bytes, Applied] = {}
        self._finalized: tuple[Block, Applied] | None = None
        self._readers = SnapshotReaders(database, self._prove)

    def init_chain(self, genesis: Genesis) -> Info:
        """Make and store the state of height 0. Raises Refused when the genesis is not acceptable."""
        applied = make_genesis_state(genesis, self._programs)
        record = HeightRecord(
            height=0,
            block_id=genesis.hash,
            time_ms=genesis.time_ms,
            app_hash=applied.app_hash,
            receipts_count=applied.receipts_count,
            receipts_root=applied.receipts_root,
            changed_state=True,
            has_more_work=applied.has_more_work,
            next_day_ms=applied.next_day_ms,
        )
        self._database.write_genesis(
            genesis.hash, record, applied.changes, applied.delta, genesis.validators, receipts=applied.receipt_bytes
        )
        return self.open_chain(genesis)

    def open_chain(self, genesis: Genesis) -> Info:
        """Take up the chain that is in the database. Raises DiskError when it is not whole."""
        self._head = self._database.head()
        make_anew(self._database.store)
        self._tree = self._database.build_tree()
        self._view = CachedView(self._database.view, self._tree)
        self._rows = DecodedRows(self._view)
        self._env = EnvKeeper(genesis, self._database, self._head, self._programs)
        return self._stand()

    @property
    def verified(self) -> Mapping[bytes, Transaction]:
        """Transactions whose signatures have been verified here, by wire id."""
        return self._env.verified

    @verified.setter
    def verified(self, known: Mapping[bytes, Transaction]) -> None:
        self._env.verified = known

    def info(self) -> Info:
        """Where the ledger stands; asked with every message of a peer."""
        return self._info

    def _stand(self) -> Info:
        """The newest height is another one now."""
        head = self._head
        self._look_ahead()
        self._info = Info(
            height=head.height,
            block_id=head.block_id,
            time_ms=head.time_ms,
            app_hash=head.app_hash,
            receipts_root=head.receipts_root,
            changed_state=head.changed_state,
            has_more_work=head.has_more_work,
            next_day_ms=head.next_day_ms,
            clock_offset_ms=self._env.clock_offset_ms,
        )
        return self._info

    @property
    def in_force(self) -> InForce:
        """The rules of the next height."""
        return in_force(self._view, self._head.height + 1, self._programs.protocols)

    @property
    def upgrade_needed(self) -> UpgradeNeeded | None:
        """What is decided for a height to come and is not here, None if nothing is. Known from the vote on."""
        return self._upgrade_needed

    def _look_ahead(self) -> None:
        running = f"{sys.version_info.major}.{sys.version_info.minor}"
        following = self._head.height + 1
        self._upgrade_needed = upgrade_needed(self._view, following, self._programs.protocols, running)

    @property
    def parent_certificate(self) -> bytes | None:
        """The certificate of the newest block that the next one carries if this node makes it; None at height 0."""
        return self._env.current.parent_certificate

    def screen(self, envelope: Envelope, now_ms: int) -> Refused | None:
        """What the door asks before it has signatures verified, see `chainbill.ledger.admission.screen`."""
        return screen(self._rows, envelope, self._env.current, self._env.block_time(now_ms))

    def check_tx(self, transaction: Transaction, now_ms: int) -> None:
        """Whether a transaction with good signatures may wait for a block. Raises Malformed or Refused."""
        admit(self._rows, transaction, self._env.current, self._env.block_time(now_ms))

    def prepare_proposal(self, request: ProposalRequest) -> Proposal:
        """Build the block of the next height; its result is kept, so that it is not executed again."""
        prepared = self._prepare(request)
        never = tuple([one.id for one, receipt in prepared.left_out if receipt.reason in NEVER_AGAIN])
        left_out = {one.id: receipt.gas for one, receipt in prepared.left_out if receipt.reason not in NEVER_AGAIN}
        self._keep(prepared.block, prepared.applied)
        receipts = (*prepared.applied.receipts, *[receipt for _, receipt in prepared.left_out])
        return Proposal(prepared.block, left_out, never, sum([receipt.gas for receipt in receipts]))

    def _prepare(self, request: ProposalRequest) -> Prepared:
        env = self._env.current
        if request.parent_certificate is not None:
            env = replace(env, parent_certificate=request.parent_certificate)
        return prepare(
            self._view,
            self._tree,
            request.candidates,
            env,
            time_ms=request.time_ms,
            proposer=request.proposer,
            evidence=request.evidence,
            max_bytes=request.max_bytes,
            max_gas=request.max_gas,
            keep_failed=lambda transaction, receipt: (
                transaction.id not in request.may_leave_out or receipt.gas >= FINAL_GAS
            ),
            rather_failed_than_none=True,
        )

    def rehearse(self, request: ProposalRequest) -> str:
        """Run what another validator is about to propose, and keep the result under the block's id.

        Nothing is believed: the same request makes the same block by the same code, and `process_proposal` finds it
        only if that very block is proposed. Answers "run", "late" (a block of this height was run already) or
        "refused" (no block can follow so).
        """
        if self._results:
            return "late"
        try:
            prepared = self._prepare(request)
            check_header(prepared.block, self._env.current, self._tree.root, self.in_force)
        except (ChainbillError, *INTERNAL_ERRORS):
            return "refused"
        self._keep(prepared.block, prepared.applied)
        return "run"

    def process_proposal(self, block: Block) -> Verdict:
        """Execute a block on the newest state and keep the result. A fault of our own refuses the block too."""
        if block.id in self._results:
            return Verdict(True)
        try:
            self._keep(block, self._apply(block))
        except ChainbillError as error:
            return Verdict(False, str(error))
        except INTERNAL_ERRORS as error:
            return Verdict(False, f"{Reason.INTERNAL}: {type(error).__name__}: {error}")
        return Verdict(True)

    def _apply(self, block: Block) -> Applied:
        return apply_block(self._view, self._tree, block, self._env.current)

    def _keep(self, block: Block, applied: Applied) -> None:
        while len(self._results) >= KEPT_RESULTS:
            del self._results[next(iter(self._results))]
        self._results[block.id] = applied

    def finalize_block(self, block: Block) -> Finalized:
        """The results of a decided block. Raises InternalFault when it does not run here: this node has diverged."""
        applied = self._results.get(block.id)
        if applied is None:
            try:
                applied = self._apply(block)
            except ChainbillError as error:
                raise InternalFault(Reason.INTERNAL, f"a decided block does not run here: {error}") from error
        self._finalized = (block, applied)
        return Finalized(
            height=applied.height,
            receipts=applied.receipts,
            opening=applied.opening,
            app_hash=applied.app_hash,
            receipts_root=applied.receipts_root,
            validator_updates=applied.next_validators,
            changed_state=applied.changed_state,
            has_more_work=applied.has_more_work,
        )

    def commit(self, certificate: Certificate) -> Info:
        """Write the finalized block in one synced batch. Raises DiskError."""
        if self._finalized is None:
            raise InternalFault(Reason.INTERNAL, "commit without a finalized block")
        block, applied = self._finalized
        signed = certificate.encode()
        record = HeightRecord(
            height=applied.height,
            block_id=block.id,
            time_ms=block.header.time_ms,
            app_hash=applied.app_hash,
            receipts_count=applied.receipts_count,
            receipts_root=applied.receipts_root,
            changed_state=applied.changed_state,
            has_more_work=applied.has_more_work,
            next_day_ms=applied.next_day_ms,
        )
        write = BlockWrite(
            record=record,
            block=block.encoded,
            certificate=signed,
            history=self._env.current.history,
            receipts=applied.receipt_bytes,
            transaction_ids=applied.used_ids,
            changes=applied.changes,
            delta=applied.delta,
            next_validators=applied.next_validators,
        )
        with self._lock:
            self._database.write_block(write)
            self._view.committed(applied.changes, applied.delta.buckets)
            self._rows.forget()
            self._tree.commit(applied.delta)
            self._head = record
        self._env.advance(block, applied, signed)
        self._results.clear()
        self._finalized = None
        self._readers.committed(len(applied.used_ids))
        return self._stand()

    def query(self, height: int | None, contract: str, table: str, key: Any) -> Any | None:
        """One row as it was after a height (None: the newest). Raises Pruned or Future."""
        return self.reader(height).get(contract, table, key)

    @property
    def snapshot_folder(self) -> SnapshotFolder | None:
        """Where snapshots are made, None where none are."""
        folder = None if self._snapshots is None else self._snapshots.folder
        return folder if isinstance(folder, SnapshotFolder) else None

    def list_snapshots(self) -> tuple[SnapshotInfo, ...]:
        """The snapshots that are here, newest first."""
        return () if self._snapshots is None else self._snapshots.listed()

    def load_snapshot_chunk(self, height: int, format: int, chunk: int) -> bytes | None:  # noqa: A002  as in ABCI
        """One chunk, None where there is none."""
        return None if self._snapshots is None else self._snapshots.chunk(height, format, chunk)

    def offer_snapshot(self, genesis: Genesis, snapshot: SnapshotInfo) -> SnapshotOffer:
        """Whether to fetch this snapshot into the empty database."""
        if self._snapshots is None or not self._database.empty:
            return SnapshotOffer(False, NO_SNAPSHOTS)
        return self._snapshots.offer(genesis, snapshot, self._database.store)

    def apply_snapshot_chunk(self, index: int, chunk: bytes) -> SnapshotOffer:
        """The next chunk; after the last one the chain is opened."""
        if self._snapshots is None:
            return SnapshotOffer(False, NO_SNAPSHOTS)
        answer, genesis = self._snapshots.apply(index, chunk)
        if genesis is not None:
            self.open_chain(genesis)
        return answer

    # what the node's own parts read

    def reader(self, at: int | None) -> HeightReader:
        """The ledger at a height (None: the newest). Raises Pruned or Future. From any thread."""
        return self._readers.reader(at)

    def reading(self, source: str, enough: Enough) -> AbstractContextManager[None]:
        """Say that what is read in here, also in threads, is for a source; raises MakesRoom where it was enough."""
        return self._readers.reading(source, enough)

    def next_of(self, sources: Collection[str]) -> str:
        """Say which of these sources reads next: who has used least."""
        return self._readers.next_of(sources)

    def end_reads(self, why: Ending) -> None:
        """End what is read for others: whoever asks now, or waits, is told why."""
        self._readers.end(why)

    def forget_readers(self) -> None:
        """Old rows were taken away: later readers get a new view of the store."""
        self._readers.forget()

    @property
    def lowest_height(self) -> int:
        """The lowest height that can be read."""
        return self._readers.lowest()

    def checked(self, wire: bytes, now_ms: int) -> Transaction:
        """A transaction that would be admitted now, signatures verified. Raises Malformed or Refused. From any thread.

        As the door does: `screen`, signatures, and only then the calls and `admit`; but on a snapshot, and used ids are
        asked of the store: nothing here is shared.
        """
        rows, time_ms = Overlay(self._readers.view()), self._env.block_time(now_ms)
        env = replace(self._env.current, seen=self._database.is_used, verified={})
        envelope = read_envelope(wire)
        bar = screen(rows, envelope, env, time_ms)
        check_signatures(envelope)
        if bar is not None:
            raise bar
        transaction = open_envelope(envelope)
        admit(rows, transaction, replace(env, verified={envelope.wire_id: transaction}), time_ms)
        return transaction

    def simulate(self, transaction: Transaction, now_ms: int) -> Receipt:
        """What a transaction that was `checked` would bring on the newest state. From any thread."""
        env = self._env
        return simulate(self._readers.view(), transaction, env.current, env.block_time(now_ms))

    def sponsor_of(self, party: str) -> str:
        """The bank that vouches for a party, "" for one that needs none."""
        row = self._rows.get(party_key(party))
        return "" if row is None else str(row["sponsor"])

    def is_used(self, transaction_id: bytes) -> bool:
        """True when the id is in a block already."""
        return self._env.is_used(transaction_id)

    def validators_of(self, height: int) -> ValidatorSet:
        """The set that decides `height` (at most the newest height + 2)."""
        return self._database.validators(min(height, self._head.height + 2))

    def members(self) -> list[Any]:
        """Validators and candidates of the newest state: the nodes that may connect."""
        return self._env.members()

    def load_block(self, height: int) -> tuple[Block, Certificate] | None:
        """A committed block with its certificate."""
        found = self._database.block_bytes(height)
        return None if found is None else (decode_block(found[0]), decode_certificate(found[1]))

    def _prove(self, height: int, key: bytes) -> Any:
        """A state proof for one of the last 16 roots; tree and rows are read under the lock, so that they agree."""
        with self._lock:
            return self._tree.prove(self._database.view, key, self._head.height - height)
