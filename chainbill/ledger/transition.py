"""The ledger's transition: a state and a block give the next state, the same on every node.

`apply_block` is what a validator does before it prevotes and what everybody does who replays; `prepare` is the
proposer's way to a block; `admit` and `simulate` (in `admission`) answer before anything is in a
block. None of them changes the view, the tree or the environment they are given.

The field's word: state transition function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chainbill.crypto import merkle
from chainbill.dates import start_of_day_ms
from chainbill.errors import ChainbillError, Malformed, Reason, Refused
from chainbill.ledger import core_rows
from chainbill.ledger.authorisation import check_network, check_signatures, check_window
from chainbill.ledger.block import Block
from chainbill.ledger.days import next_date
from chainbill.ledger.environment import BlockEnv
from chainbill.ledger.evidence_rows import record_evidence
from chainbill.ledger.execution import Execution
from chainbill.ledger.governed_rows import validator_set
from chainbill.ledger.header_check import check_header, make_block
from chainbill.ledger.in_force import in_force
from chainbill.ledger.receipt import Kind, Receipt
from chainbill.ledger.tick import is_tick
from chainbill.ledger.tick_check import check_tick, tick_receipt
from chainbill.ledger.transaction import Transaction, decode_transaction
from chainbill.ledger.units import failed_transaction
from chainbill.ledger.validators import ValidatorSet
from chainbill.limits import MAX_BLOCK_TRANSACTIONS
from chainbill.state.tree import StateTree, TreeDelta
from chainbill.state.view import RowChange, View

BLOCK_OVERHEAD_BYTES = 4096
FRAME_BYTES = 8


@dataclass(frozen=True)
class Applied:
    """What a block did: everything to be stored and certified.

    receipts: `opening` of the block itself (activations, migrations, evidence, day items), then one a transaction in
    order; receipt_bytes: the same encoded, the leaves of receipts_root. app_hash: the state root after the block.
    next_validators: who acts from height + 2 on. has_more_work: day items or migrations wait for the next block.
    next_day_ms: when the earliest agenda item becomes due, UTC, None if there is none. used_ids: of its transactions.
    """

    height: int
    changes: tuple[RowChange, ...]
    receipts: tuple[Receipt, ...]
    receipt_bytes: tuple[bytes, ...]
    opening: int
    receipts_root: bytes
    app_hash: bytes
    delta: TreeDelta
    next_validators: ValidatorSet
    has_more_work: bool
    next_day_ms: int | None
    used_ids: tuple[bytes, ...]

    @property
    def receipts_count(self) -> int:
        """How many leaves receipts_root has."""
        return len(self.receipt_bytes)

    @property
    def changed_state(self) -> bool:
        """Whether the state root is another one than before."""
        return bool(self.changes)


@dataclass(frozen=True)
class Prepared:
    """A proposer's block, what it did, and the candidates that failed and are not in it, with their receipts."""

    block: Block
    applied: Applied
    left_out: tuple[tuple[Transaction, Receipt], ...]


def apply_block(view: View, tree: StateTree, block: Block, env: BlockEnv) -> Applied:
    """Execute a block on the state of its parent.

    Refused or Malformed: the block breaks a rule and no honest validator prevotes it. InternalFault: this node
    could not execute it. A transaction that fails is no error: it has a failed receipt and its id is used up.
    """
    holds = in_force(view, env.height, env.programs.protocols)
    check_header(block, env, tree.root, holds)
    transactions = _read_transactions(block, env, holds.rules.block.replay_window_ms)
    header = block.header
    run = Execution(view, env, time_ms=header.time_ms, proposer=header.proposer, holds=holds, known=env.known)
    if block.tick is not None:
        check_tick(block.tick, env.genesis, run.overlay, run.loaded, run.today)
    run.open(block.evidence)
    receipts = []
    gas = 0
    for transaction in transactions:
        if gas >= run.rules.block.gas_block:
            raise Refused(Reason.BLOCK_GAS, "the block's transactions use too much gas")
        receipt = run.run_transaction(transaction)
        gas += receipt.gas
        receipts.append(receipt)
    if block.tick is not None:
        receipts.append(tick_receipt(block.tick))
    return _close(view, tree, run, receipts)


def prepare(
    view: View,
    tree: StateTree,
    candidates: Iterable[Transaction],
    env: BlockEnv,
    *,
    time_ms: int,
    proposer: bytes,
    evidence: Iterable[bytes] = (),
    max_bytes: int,
    max_transactions: int = MAX_BLOCK_TRANSACTIONS,
    max_gas: int | None = None,
    keep_failed: Callable[[Transaction, Receipt], bool] = lambda _transaction, _receipt: False,
    rather_failed_than_none: bool = False,
    tick: bytes | None = None,
) -> Prepared:
    """Make the next block of candidates whose signatures are good, in their order.

    Those that fail, expire or repeat are left out, so is evidence that does not belong into it. `max_bytes` bounds the
    block, and after `max_gas` no further one is run, or after that of the rules. Where several parties ask, one that
    has used as much gas as is left waits for the next block: of 16 million one that floods gets 8, two together 12, and
    there is room for whoever stands behind them (dynamic thresholds, as in the mempool). keep_failed: whether one that
    a rule or a contract refused goes in all the same, with its failed receipt (so that its sender has an answer that
    everybody can see). rather_failed_than_none: where nothing else would be in the block, they all go in. tick: stands
    last if work is due. The result is what `apply_block` gives for the block.
    """
    run = Execution(view, env, time_ms=time_ms, proposer=proposer, known=env.known)
    proofs = _usable_evidence(run, evidence)
    ticks = _usable_tick(run, tick)
    run.open(proofs)
    taken: list[Transaction] = []
    receipts: list[Receipt] = []
    left_out: list[tuple[Transaction, Receipt]] = []
    used: set[bytes] = set()
    rules = run.rules.block
    most = min(max_transactions, rules.block_transactions) - len(ticks)
    room = min(max_bytes, rules.block_bytes) - BLOCK_OVERHEAD_BYTES - len(env.parent_certificate or b"")
    room -= sum([len(proof) + FRAME_BYTES for proof in proofs])
    candidates = list(candidates)
    several = len({one.party for one in candidates}) > 1
    gas = 0  # of all that were tried: candidates that fail must not cost more time than a full block
    most_gas = rules.gas_block if max_gas is None else min(max_gas, rules.gas_block)
    gas_of: dict[str, int] = {}
    may_fail: list[tuple[Transaction, Receipt]] = []
    for transaction in candidates:
        if gas >= most_gas or len(taken) >= most:
            break
        spent = gas_of.get(transaction.party, 0)
        if several and spent >= most_gas - gas:
            continue
        size = len(transaction.wire) + FRAME_BYTES
        if size > room:
            continue
        receipt, fits = _try(run, transaction, used)
        gas += receipt.gas
        gas_of[transaction.party] = spent + receipt.gas
        if not receipt.ok and not (fits and keep_failed(transaction, receipt)):
            left_out.append((transaction, receipt))
            if fits:
                may_fail.append((transaction, receipt))
            continue
        taken.append(transaction)
        receipts.append(receipt)
        used.add(transaction.id)
        room -= size
    if rather_failed_than_none and not taken:
        taken, receipts = _those_that_failed(may_fail, most, room)
        left_out = [one for one in left_out if one[0] not in taken]
    block = make_block(
        env,
        tree.root,
        protocol=run.in_force.protocol.version,
        time_ms=time_ms,
        proposer=proposer,
        transactions=[*[transaction.wire for transaction in taken], *ticks],
        evidence=proofs,
        wire_ids=[transaction.wire_id for transaction in taken],
    )
    receipts += [tick_receipt(one) for one in ticks]
    return Prepared(block, _close(view, tree, run, receipts), tuple(left_out))


def _read_transactions(block: Block, env: BlockEnv, window_ms: int) -> list[Transaction]:
    """The block's transactions, their signatures good, none used before; the first broken rule is raised."""
    transactions = []
    used: set[bytes] = set()
    for wire, wire_id in zip(block.signed, block.wire_ids, strict=False):  # a tick has a wire id too
        if is_tick(wire):
            raise Refused(Reason.TICK_NOT_HERE, "a tick stands last in its block, once")
        transaction = env.verified.get(wire_id)
        if transaction is None:
            transaction = decode_transaction(wire)
            check_signatures(transaction)
        check_network(transaction, env.genesis.hash)
        check_window(transaction, block.header.time_ms, window_ms)
        if transaction.id in used:
            raise Refused(Reason.BLOCK_DUPLICATE_TRANSACTION, "a transaction stands twice in the block")
        if env.seen(transaction.id):
            raise Refused(Reason.TRANSACTION_REPLAYED, "a transaction of the block was used before")
        used.add(transaction.id)
        transactions.append(transaction)
    return transactions


def _usable_evidence(run: Execution, evidence: Iterable[bytes]) -> list[bytes]:
    """The evidence that may stand in this block, at most as much as the rules allow, each misdeed once."""
    usable: list[bytes] = []
    run.overlay.begin()
    for data in evidence:
        if len(usable) == run.rules.block.block_evidence:
            break
        try:
            record_evidence(data, run.overlay, run.env, run.rules.block, run.time_ms)
        except (Malformed, Refused):
            continue
        usable.append(data)
    run.overlay.rollback()
    return usable


def _usable_tick(run: Execution, tick: bytes | None) -> list[bytes]:
    """The tick, if it may stand in this block."""
    if tick is None:
        return []
    try:
        check_tick(tick, run.env.genesis, run.overlay, run.loaded, run.today)
    except (Malformed, Refused):
        return []
    return [tick]


def _those_that_failed(
    found: list[tuple[Transaction, Receipt]], most: int, room: int
) -> tuple[list[Transaction], list[Receipt]]:
    """Those of them that make a block, each id once: they changed nothing, so their receipts hold in any company."""
    taken: dict[bytes, tuple[Transaction, Receipt]] = {}
    for transaction, receipt in found:
        size = len(transaction.wire) + FRAME_BYTES
        if len(taken) < most and size <= room and transaction.id not in taken:
            room -= size
            taken[transaction.id] = transaction, receipt
    return [one for one, _ in taken.values()], [receipt for _, receipt in taken.values()]


def _try(run: Execution, transaction: Transaction, used: set[bytes]) -> tuple[Receipt, bool]:
    """Run a candidate: (receipt, whether it may stand in the block). Our own mistakes are its failure here too."""
    try:
        check_network(transaction, run.env.genesis.hash)
        check_window(transaction, run.time_ms, run.rules.block.replay_window_ms)
        if transaction.id in used or run.env.seen(transaction.id):
            raise Refused(Reason.TRANSACTION_REPLAYED, "the transaction was used before")
        return run.run_transaction(transaction), True
    except ChainbillError as error:
        return failed_transaction(transaction, error, 0), False


def _close(view: View, tree: StateTree, run: Execution, receipts: list[Receipt]) -> Applied:
    run.close()
    everything = (*run.opening, *receipts)
    encoded = tuple([receipt.encode() for receipt in everything])
    receipts_root = merkle.root(encoded)
    if encoded:
        run.overlay.put(core_rows.LAST_RECEIPTS, core_rows.receipts_row(run.height, len(encoded), receipts_root))
    changes = run.overlay.finish(run.height)
    delta = tree.stage(view, changes)
    day = next_date(run.overlay, run.loaded)
    changed_set = any(change.key.startswith(core_rows.VALIDATORS) for change in changes)
    return Applied(
        height=run.height,
        changes=changes,
        receipts=everything,
        receipt_bytes=encoded,
        opening=len(run.opening),
        receipts_root=receipts_root,
        app_hash=delta.root,
        delta=delta,
        next_validators=validator_set(run.overlay) if changed_set else run.env.next_validators,
        has_more_work=run.has_more_work,
        next_day_ms=None if day is None else start_of_day_ms(day, run.env.genesis.zone_offset_minutes),
        used_ids=tuple([receipt.id for receipt in receipts if receipt.kind == Kind.TRANSACTION]),
    )
