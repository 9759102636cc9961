"""What a changed key costs in the state tree, in µs: stage, commit and (with --leveldb) the synced write.

    python benchmarks/state_tree.py [--keys 100000,1000000] [--blocks 20] [--changes 1000] [--leveldb]

Stage and commit are processor time of the thread, the store is wall time. Blocks of --changes keys, half of them
overwritten, half new, on a state that already holds --keys rows.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from statistics import median

from chainbill_node.storage.chain.layout import BUCKET, LEAF, bucket_key

from chainbill.codec import encode
from chainbill.state.buckets import BUCKETS, hash_of_row
from chainbill.state.keys import row_key
from chainbill.state.rows import pack
from chainbill.state.tree import StateTree, TreeDelta
from chainbill.state.view import MemoryView, RowChange


def change(number: int, height: int) -> RowChange:
    value = {
        "id": f"T{number:017d}",
        "bill": "B0123456789ABCDEFG",
        "lo": number,
        "hi": number + height,
        "status": "live",
    }
    return RowChange(row_key("bench", "row", f"T{number:017d}"), None, pack(height, b"", encode(value)))


class LevelView(MemoryView):
    """Buckets and leaf hashes in LevelDB, rows left out."""

    def __init__(self, path: Path) -> None:
        import plyvel

        super().__init__()
        self.database = plyvel.DB(str(path), create_if_missing=True, bloom_filter_bits=10, lru_cache_size=256 << 20)

    def bucket(self, node: int) -> bytes:
        found: bytes = self.database.get(bucket_key(BUCKET, node), b"")
        return found

    def store(self, delta: TreeDelta) -> None:
        with self.database.write_batch(sync=True) as batch:
            for node, row in delta.buckets.items():
                batch.put(bucket_key(BUCKET, node), row)
            for node, leaf in delta.leaves.items():
                batch.put(bucket_key(LEAF, node), leaf)


def blocks(keys: int, count: int, changes: int) -> Iterator[list[RowChange]]:
    chance = random.Random(1)
    for height in range(2, count + 2):
        old = chance.sample(range(keys), changes // 2)
        new = range(keys + height * changes, keys + height * changes + changes - len(old))
        yield sorted(change(number, height) for number in (*old, *new))


def measure(view: MemoryView, keys: int, count: int, changes: int) -> None:
    tree = StateTree()
    start = time.perf_counter()
    for first in range(0, keys, 100_000):
        delta = tree.stage(view, [change(number, 1) for number in range(first, min(keys, first + 100_000))])
        tree.commit(delta)
        store(view, delta)
    filled = time.perf_counter() - start
    spent: dict[str, list[float]] = {"stage": [], "commit": [], "store": []}
    for block in blocks(keys, count, changes):
        t0 = time.thread_time()
        delta = tree.stage(view, block)
        t1 = time.thread_time()
        tree.commit(delta)
        t2 = time.thread_time()
        started = time.perf_counter()
        store(view, delta)
        stored = time.perf_counter() - started
        for name, part in zip(spent, (t1 - t0, t2 - t1, stored), strict=True):
            spent[name].append(1e6 * part / changes)
    figures = "  ".join(f"{name} {median(parts):6.2f}" for name, parts in spent.items())
    total = sum(median(parts) for parts in spent.values())
    print(f"{keys:>9,} keys  {type(view).__name__:<10}  {figures}  total {total:6.2f}  (filled in {filled:.1f} s)")
    if type(view) is MemoryView:
        start = time.perf_counter()
        rebuilt = StateTree()
        rebuilt.build((node, hash_of_row(row)) for node, row in view.buckets.items() if node < 2 * BUCKETS)
        seconds = time.perf_counter() - start
        print(f"{'':>9}       rebuilt from leaf hashes in {seconds:.2f} s, same root: {rebuilt.root == tree.root}")


def hash_cost() -> float:
    data = bytes(75)
    start = time.thread_time()
    for _ in range(100_000):
        sha256(data).digest()
    return 10 * (time.thread_time() - start)


def store(view: MemoryView, delta: TreeDelta) -> None:
    if isinstance(view, LevelView):
        view.store(delta)
    else:
        view.apply((), delta)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", default="100000,1000000")
    parser.add_argument("--blocks", type=int, default=20)
    parser.add_argument("--changes", type=int, default=1000)
    parser.add_argument("--leveldb", action="store_true", help="also with buckets in LevelDB, in a temporary folder")
    options = parser.parse_args()
    print("µs a changed key, median over blocks; one sha256 of 75 bytes takes", f"{hash_cost():.2f} µs just now")
    for keys in map(int, options.keys.split(",")):
        measure(MemoryView(), keys, options.blocks, options.changes)
        if options.leveldb:
            with tempfile.TemporaryDirectory() as folder:
                measure(LevelView(Path(folder)), keys, options.blocks, options.changes)


if __name__ == "__main__":
    main()
