"""What a transfer costs as the ledger grows: python benchmarks/growth.py [TOKENS …] (10000 1000000).

The product's contracts run a block of transfers over a LevelDB that holds so many other tokens (a token row and its
range row each, random ids), and write it. Processor time of this process, caches of this program empty at the start.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from chainbill_node.engine.cached_view import CachedView
from chainbill_node.storage.batch import Batch
from chainbill_node.storage.database import LiveView
from chainbill_node.storage.leveldb import LevelStore

from chainbill.codec import encode_trusted
from chainbill.ids import make_id
from chainbill.ledger import core_rows
from chainbill.state import rows
from chainbill.state.tree import StateTree
from chainbill.state.view import RowChange

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from ledger.real_network import S1, S2, RealNetwork

TRANSFERS = 1_000
FILLED_AT_ONCE = 20_000
FIRST, LAST = 10_000, 1_000_000


def others(count: int) -> Iterator[RowChange]:
    """Rows of tokens that nobody touches."""
    salt, chance = bytes(32), random.Random(1)
    for number in range(count):
        token = make_id("T", number.to_bytes(8, "big"))
        bill = make_id("B", (number // 50).to_bytes(8, "big"))
        lo = number % 50 * 1_000
        row = {
            "id": token, "bill": bill, "currency": "CNY", "lo": lo, "hi": lo + 1_000, "holder": S1, "offered_to": "",
            "tier": 1, "financed_tier": 0, "parent": make_id("T", chance.randbytes(8)), "origin": token,
            "status": "live", "locks": [], "born": 1, "ended": 0, "claim": "none",
        }  # fmt: skip
        yield RowChange(core_rows.token_key(token), None, rows.pack(1, salt, encode_trusted(row)), None, row)
        leaf = rows.pack(1, b"", encode_trusted([lo + 1_000, token]))
        yield RowChange(core_rows.range_key(bill, lo), None, leaf)


def fill(store: LevelStore, tree: StateTree, changes: list[RowChange]) -> None:
    """Write rows and take them into the tree."""
    batch = Batch()
    delta = tree.stage(LiveView(store), changes)
    batch.add_state(1, changes, delta)
    store.write(batch.puts, batch.deletes)
    tree.commit(delta)


def cost_s(tokens: int) -> float:
    """Processor seconds a transfer, applied and written, on a ledger with so many tokens."""
    network = RealNetwork()
    _, token = network.accepted_bill(TRANSFERS * 1_000 + 1_000)
    recipients = [{"party": S2, "amount": 600}]
    pieces = network.pieces(token, TRANSFERS, 1_000)
    wires = [network.wire(S1, ("token", "transfer", {"tokens": [one], "recipients": recipients})) for one in pieces]
    with tempfile.TemporaryDirectory(prefix="chainbill-growth-") as folder:
        store, tree = LevelStore(Path(folder) / "data", create=True), StateTree()
        fill(store, tree, [RowChange(key, None, raw) for key, raw in sorted(network.view.rows.items())])
        waiting: list[RowChange] = []
        for change in others(tokens):
            waiting.append(change)
            if len(waiting) == FILLED_AT_ONCE:
                fill(store, tree, waiting)
                waiting = []
        fill(store, tree, waiting)
        store._db.compact_range()  # what filling left for later is not the transfers' cost
        view = CachedView(LiveView(store))
        network.view, network.tree = view, tree  # type: ignore[assignment]
        spent = 0.0
        for at in range(0, TRANSFERS, 250):
            block = network.block(*wires[at : at + 250])
            began = time.process_time()
            applied = network.apply(block)
            batch = Batch()
            batch.add_state(applied.height, applied.changes, applied.delta)
            store.write(batch.puts, batch.deletes)
            view.committed(applied.changes, applied.delta.buckets)
            tree.commit(applied.delta)
            spent += time.process_time() - began
            network.env = network.env.after(block, applied.receipts_root, applied.next_validators)
            network.time_ms = block.header.time_ms
            if not all(receipt.ok for receipt in applied.receipts):
                raise RuntimeError("a transfer was refused")
        store.close()
    return spent / TRANSFERS


def main() -> None:
    sizes = [int(argument) for argument in sys.argv[1:]] or [FIRST, LAST]
    costs = [cost_s(size) for size in sizes]
    for size, cost in zip(sizes, costs, strict=True):
        print(f"{size:>9,} tokens: {cost * 1e6:6.0f} us a transfer, signature included")
    print(f"ratio {costs[-1] / costs[0]:.2f}")


if __name__ == "__main__":
    main()
