"""What this machine could do at most: a validator's work for a transfer without network, consensus and contracts.

    python benchmarks/ceiling.py [PROCESSES] [TRANSFERS] [TRANSFERS IN A BLOCK]

Each process decodes, hashes and verifies every transfer, makes the rows, history and index entries, receipts and the
state root that the transfer has on a network (recorded from a run of the product's contracts), and commits block by
block in a synced LevelDB batch. All processes do all the work, as validators do: the rate is that of one, while all
run. At the end the state root must be the recorded one.
"""

from __future__ import annotations

import json
import pickle
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from chainbill_node.application.cached_view import CachedView
from chainbill_node.storage.chain import layout
from chainbill_node.storage.chain.batch import Batch
from chainbill_node.storage.chain.database import LiveView
from chainbill_node.storage.leveldb import LevelStore
from cores import started_on

from chainbill import codec
from chainbill.crypto import merkle
from chainbill.ledger.envelope import verify_signatures
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import decode_transaction
from chainbill.state import rows
from chainbill.state.tree import StateTree
from chainbill.state.view import MemoryView, RowChange

BLOCK = 250


@dataclass(frozen=True)
class Work:
    """What the processes do: rows of the state before, and the transfers with what they change."""

    before: tuple[RowChange, ...]
    wires: list[bytes]
    changes: list[RowChange]
    receipts: list[Receipt]
    root: bytes


@dataclass(frozen=True)
class Ceiling:
    """Transfers a second, and processor seconds of one process for one transfer."""

    committed_per_s: float
    cpu_s_per_tx: float


def record(count: int) -> Work:
    """Run transfers with the product's contracts in memory, and note what each changes."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    from ledger.real_network import S1, S2, RealNetwork

    network = RealNetwork()
    _, token = network.accepted_bill(count * 1_000 + 1_000)
    recipients = [{"party": S2, "amount": 600}]
    wires = [
        network.wire(S1, ("token", "transfer", {"tokens": [piece], "recipients": recipients}))
        for piece in network.pieces(token, count, 1_000)
    ]
    before = tuple(RowChange(key, None, raw) for key, raw in sorted(network.view.rows.items()))
    applied = network.apply(network.block(*wires))
    assert all(receipt.ok for receipt in applied.receipts)
    changes = list(applied.changes)
    random.Random(1).shuffle(changes)
    return Work(before, wires, changes, list(applied.receipts[applied.opening :]), applied.app_hash)


def measure(work: Work, processes: int, block: int = BLOCK, cores: set[int] | None = None) -> Ceiling:
    """Run so many processes at once, on these cores (None: all)."""
    folder = Path(tempfile.mkdtemp(prefix="chainbill-ceiling-"))
    try:
        (folder / "work").write_bytes(pickle.dumps(work))
        command = [sys.executable, __file__, "--worker", str(folder), str(block)]
        with started_on(cores):
            running = [
                subprocess.Popen([*command, str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                for number in range(processes)
            ]
        for one in running:
            if one.stdout is None or one.stdout.readline() != b"ready\n":
                raise RuntimeError("a process of the ceiling did not start")
        for one in running:
            if one.stdin is not None:
                one.stdin.write(b"go\n")
                one.stdin.flush()
        answers = [json.loads(one.communicate()[0]) for one in running]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    count = len(work.wires)
    slowest = max(answer["wall_s"] for answer in answers)
    return Ceiling(count / slowest, sum(answer["cpu_s"] for answer in answers) / processes / count)


class Worker:
    """One process: a state on the disk and the blocks of the work."""

    def __init__(self, folder: Path, work: Work) -> None:
        self._work = work
        self._store = LevelStore(folder, create=True)
        self._tree = StateTree()
        self._view = CachedView(LiveView(self._store), self._tree)
        batch = Batch()
        delta = self._tree.stage(MemoryView(), work.before)
        batch.add_state(1, work.before, delta)
        self._store.write(batch.puts, batch.deletes)
        self._view.committed(work.before, delta.buckets)
        self._tree.commit(delta)

    def run(self, size: int) -> bytes:
        """All blocks of so many transfers; the state root."""
        work = self._work
        a_transfer = len(work.changes) / len(work.wires)
        for height, start in enumerate(range(0, len(work.wires), size), start=2):
            end = min(start + size, len(work.wires))
            changes = work.changes[round(start * a_transfer) : round(end * a_transfer)]
            self._block(height, work.wires[start:end], changes, work.receipts[start:end])
        return self._tree.root

    def _block(self, height: int, wires: list[bytes], changes: list[RowChange], receipts: list[Receipt]) -> None:
        transactions = [decode_transaction(wire) for wire in wires]
        if not all(verify_signatures(one) for one in transactions):
            raise RuntimeError("a signature is bad")
        made = sorted(written(change, height, transactions[0].nonce) for change in changes)
        delta = self._tree.stage(self._view, made)
        encoded = [receipt.encode() for receipt in receipts]
        roots = merkle.root([one.wire_id for one in transactions]) + merkle.root(encoded)
        batch = Batch()
        batch.add_state(height, made, delta)
        batch.put(layout.height_key(layout.BLOCK, height), codec.encode([roots, wires]))
        batch.put(layout.height_key(layout.RECEIPTS, height), layout.pack_list(encoded))
        for place, one in enumerate(transactions):
            batch.put(layout.TRANSACTION + one.id, layout.pack_location(height, place))
        self._store.write(batch.puts, batch.deletes)
        self._view.committed(made, delta.buckets)
        self._tree.commit(delta)


def written(change: RowChange, height: int, nonce: bytes) -> RowChange:
    """A recorded change made anew: the row read, its value encoded, its salt computed (and the recorded one taken)."""
    key, old, new, old_value, value = change
    if new is None:
        return change
    salt = rows.unpack(new).salt
    if rows.is_closed(key):
        rows.salt_for(nonce, key)
    return RowChange(key, old, rows.pack(height, salt, codec.encode_trusted(value)), old_value, value)


def work_off(folder: Path, size: int, number: str) -> None:
    """What one process does."""
    work: Work = pickle.loads((folder / "work").read_bytes())
    worker = Worker(folder / number, work)
    print("ready", flush=True)
    sys.stdin.readline()
    began, used = time.perf_counter(), time.process_time()
    root = worker.run(size)
    answer = {"wall_s": time.perf_counter() - began, "cpu_s": time.process_time() - used}
    if root != work.root:
        raise RuntimeError("the state root is another than that of the recorded run")
    print(json.dumps(answer), flush=True)


def main() -> None:
    if sys.argv[1:2] == ["--worker"]:
        sys.modules["ceiling"] = sys.modules["__main__"]  # the name under which the work was pickled
        work_off(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
        return
    sys.modules["ceiling"] = sys.modules["__main__"]
    Work.__module__ = "ceiling"
    given = [int(argument) for argument in sys.argv[1:]]
    processes, transfers, block = (*given, *(1, 2_000, BLOCK)[len(given) :])
    found = measure(record(transfers), processes, block)
    print(f"{processes} processes, blocks of {block}: {found.committed_per_s:.0f}/s")
    print(f"{found.cpu_s_per_tx * 1e6:.0f} us of each process a transfer")


if __name__ == "__main__":
    main()
