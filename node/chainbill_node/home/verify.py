"""Verification (`node verify`): a data directory replayed from its genesis, and all that is in it compared.

Every block is checked as a stranger would: its certificate against the validators of its height, then executed on a
state made from the genesis alone. Root and receipts are compared at every height; at the end every row, bucket, leaf,
history row, index entry, sum and transaction place on the disk with the replayed one; and the totals: the ranges of
every bill tile its face, every holding is the sum of its tokens.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import msgspec

from chainbill.errors import ChainbillError
from chainbill.ledger import core_rows
from chainbill.ledger.block import decode_block
from chainbill.ledger.certificate import decode_certificate, verify_certificate
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.whole_state import check_state
from chainbill.protocols import RELEASED, Protocols
from chainbill.state.rows import value as row_value
from chainbill_node.application.application import LedgerApplication
from chainbill_node.home.node_home import stopped_store
from chainbill_node.storage.chain import layout
from chainbill_node.storage.chain.database import ChainDatabase, LiveView, lowest_height
from chainbill_node.storage.chain.derived import sum_up
from chainbill_node.storage.chain.kept_blocks import check_blocks
from chainbill_node.storage.chain.rebuild import StateRebuild
from chainbill_node.storage.chain.sums import Mark, read_sum
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.store import Readable, Store, prefix_end

MOST_PROBLEMS = 100
TOTALS = ("face", "live", "settled", "diluted", "void")
SPACES = {
    "state": layout.STATE,
    "bucket": layout.BUCKET,
    "leaf": layout.LEAF,
    "history": layout.HISTORY,
    "index": layout.INDEX,
    "block": layout.BLOCK,
    "receipts": layout.RECEIPTS,
    "record": layout.RECORD,
    "transaction": layout.TRANSACTION,
    "block_id": layout.BLOCK_ID,
    "log": layout.LOG,
    "validators": layout.VALIDATORS,
    "meta": layout.META,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `height` is 0 where it belongs to no block; `what` names the space, `detail` the row or rule."""

    height: int
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was found. `rows` counts compared rows by space; `bills` the accepted bills whose ranges were walked;
    `totals` their amounts by currency and status, in minor units."""

    chain_id: str
    height: int
    app_hash: bytes
    blocks: int
    transactions: int
    rows: dict[str, int]
    bills: int
    totals: dict[str, dict[str, int]]
    problems: tuple[Problem, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def verify_home(
    home: Path, progress: Callable[[int, int], None] | None = None, protocols: Protocols = RELEASED
) -> VerifyReport:
    """Verify the data of a node that does not run. Raises ConfigError or DiskError when it cannot be opened.

    `progress(height, newest height)` is called once a block.
    """
    with stopped_store(home, protocols) as (_, genesis, store):
        return verify_store(store, genesis, progress, protocols)


def verify_store(
    store: Store,
    genesis: Genesis,
    progress: Callable[[int, int], None] | None = None,
    protocols: Protocols = RELEASED,
) -> VerifyReport:
    """Verify an opened store. Raises DiskError when it belongs to another chain or is not whole."""
    held = ChainDatabase(store)
    held.check_format(genesis.hash)
    newest = held.head().height
    if lowest_height(store):
        return verify_kept(store, genesis)
    replayed_store = MemoryStore()
    replayed = ChainDatabase(replayed_store)
    ledger = LedgerApplication(replayed, protocols=protocols)
    ledger.init_chain(genesis)
    problems: list[Problem] = []
    transactions = 0
    for height in range(1, newest + 1):
        try:
            transactions += _replay(held, ledger, height, genesis.hash, problems)
        except (ChainbillError, msgspec.MsgspecError, LookupError, TypeError, ValueError) as error:
            problems.append(Problem(height, "block", f"{type(error).__name__}: {error}"))
            break
        if progress is not None:
            progress(height, newest)
    rows: Counter[str] = Counter()
    if not problems:
        for name, prefix in SPACES.items():
            problems += _compare(name, prefix, store, replayed_store, rows)
        problems += compare_sums(store, rows, replayed_store)
    bills, totals = _totals(store, problems)
    info = ledger.info()
    return VerifyReport(
        chain_id=genesis.chain_id,
        height=newest,
        app_hash=info.app_hash,
        blocks=info.height,
        transactions=transactions,
        rows=dict(rows),
        bills=bills,
        totals=totals,
        problems=tuple(problems[:MOST_PROBLEMS]),
    )


def verify_kept(store: Store, genesis: Genesis) -> VerifyReport:
    """Verify a store that does not go back to the genesis: certified blocks in a row, and the rows under their root."""
    head = ChainDatabase(store).head()
    problems: list[Problem] = []
    try:
        blocks, transactions = check_blocks(store, genesis)
    except (ChainbillError, msgspec.MsgspecError, LookupError, TypeError, ValueError) as error:
        blocks = transactions = 0
        problems.append(Problem(0, "block", f"{type(error).__name__}: {error}"))
    rows: Counter[str] = Counter()
    scratch = MemoryStore()
    replayed = MemoryStore()
    rebuild = StateRebuild(scratch, replayed)
    for key, raw in store.range(layout.STATE, prefix_end(layout.STATE)):
        rebuild.add(key[1:], raw)
    if rebuild.finish() != head.app_hash:
        problems.append(Problem(head.height, "root", "the rows have another root than the newest record"))
    for name in ("bucket", "leaf"):
        problems += _compare(name, SPACES[name], store, replayed, rows)
    for name in ("state", "index"):  # an index keeps entries of what was
        prefix = SPACES[name]
        for key, value in replayed.range(prefix, prefix_end(prefix)):
            rows[name] += 1
            if store.get(key) != value:
                problems.append(Problem(0, name, f"row {key.hex()} differs from the one made from the state"))
    problems += compare_sums(store, rows)
    bills, totals = _totals(store, problems)
    return VerifyReport(
        chain_id=genesis.chain_id,
        height=head.height,
        app_hash=head.app_hash,
        blocks=blocks,
        transactions=transactions,
        rows=dict(rows),
        bills=bills,
        totals=totals,
        problems=tuple(problems[:MOST_PROBLEMS]),
    )


def _replay(
    held: ChainDatabase, ledger: LedgerApplication, height: int, network: bytes, problems: list[Problem]
) -> int:
    """Check and execute one block; the number of its transactions. ChainbillError: it does not follow."""
    found = held.block_bytes(height)
    record = held.record(height)
    if found is None or record is None:
        raise _missing(height)
    block, certificate = decode_block(found[0]), decode_certificate(found[1])
    if (certificate.height, certificate.block_id) != (height, block.id):
        problems.append(Problem(height, "certificate", "it is of another block"))
    verify_certificate(certificate, network, ledger.validators_of(height))
    finalized = ledger.finalize_block(block)
    ledger.commit(certificate)
    if finalized.app_hash != record.app_hash:
        problems.append(Problem(height, "root", f"{record.app_hash.hex()}, replayed {finalized.app_hash.hex()}"))
    if finalized.receipts_root != record.receipts_root:
        problems.append(Problem(height, "receipts", "the root of the receipts is another"))
    return len(block.transactions)


def _missing(height: int) -> ChainbillError:
    return ChainbillError("block_missing", f"block {height} or its certificate is not there")


def _compare(name: str, prefix: bytes, held: Readable, replayed: Readable, rows: Counter[str]) -> Iterator[Problem]:
    """Both sides in key order; the first differences of a space."""
    end = prefix_end(prefix)
    found = 0
    both = (_own(source.range(prefix, end)) for source in (held, replayed))
    for here, there in zip_longest(*both):
        rows[name] += 1
        if here == there:
            continue
        key = (here or there or (b"", b""))[0]
        yield Problem(0, name, f"row {key.hex()} differs from the replayed one")
        found += 1
        if found >= MOST_PROBLEMS or (here or (b"",))[0] != (there or (b"",))[0]:
            return  # from a missing or extra row on everything is shifted


def _own(rows: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """Rows but the mark of what is derived, which says since when this very node keeps sums."""
    return (row for row in rows if row[0] != layout.DERIVED_KEY)


def compare_sums(held: Readable, rows: Counter[str], replayed: Readable | None = None) -> list[Problem]:
    """Kept sums against those made from the rows, and their history against a replayed one, where it is whole.

    A store that another release wrote last has none that count: they are made anew at its next start.
    """
    try:
        return list(_sums_that_differ(held, rows, replayed))
    except (ChainbillError, msgspec.MsgspecError, LookupError, TypeError, ValueError) as error:
        return [Problem(0, "sum", f"{type(error).__name__}: {error}")]


def _sums_that_differ(held: Readable, rows: Counter[str], replayed: Readable | None) -> Iterator[Problem]:
    mark = Mark.read(held.get)
    head = int.from_bytes(held.get(layout.HEAD_KEY) or b"", "big")
    if mark is None or not mark.stands_at(head):
        return
    made = MemoryStore()
    sum_up(held, made, head)
    end = prefix_end(layout.SUM)
    both = (
        ((key, read_sum(raw)) for key, raw in held.range(layout.SUM, end)),
        ((key, read_sum(raw)) for key, raw in made.range(layout.SUM, end)),
    )
    for here, there in zip_longest(*both):
        rows["sum"] += 1
        if here != there:
            key = (here or there or (b"", b""))[0]
            yield Problem(0, "sum", f"sum {key.hex()} differs from the one made from the state")
            return
    if replayed is not None and not mark.since:
        yield from _compare("sum_history", layout.SUM_HISTORY, held, replayed, rows)


def _totals(store: Readable, problems: list[Problem]) -> tuple[int, dict[str, dict[str, int]]]:
    view = LiveView(store)
    totals: dict[str, Counter[str]] = {}
    try:
        checked = check_state(view)
        for bill, one in checked.items():
            currency = str(row_value(view.get(core_rows.bill_key(bill)) or b"")["currency"])
            totals.setdefault(currency, Counter()).update({name: getattr(one, name) for name in TOTALS})
    except (ChainbillError, msgspec.MsgspecError, LookupError, TypeError, ValueError) as error:
        problems.append(Problem(0, "totals", f"{type(error).__name__}: {error}"))
        return 0, {}
    return len(checked), {currency: dict(totals[currency]) for currency in sorted(totals)}
