"""What a million transactions take on the disk and in memory: python benchmarks/disk_use.py [--transfers N] [--keep B].

Real contracts, real blocks with certificates and indexes over LevelDB, in this process. Each transfer cuts a piece off
a token and offers it; the rest is cut again by a later one. Blocks of 250 stand a minute of block time apart, so that a
million transfers span almost three days. --keep: also take away blocks and history as a node with `storage.keep_blocks`
does (never the last 24 hours). Prints a line every tenth of the way, and writes build/disk-use.json with both.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from chainbill_node.storage.chain.pruning import Pruner
from figures import table
from local_ledger import BLOCK, LocalLedger
from processes import disk_bytes, memory_bytes

ROOTS = 2_500
OFFERED_MINOR = 1
STEP_MS = 60_000
DAY_MS = 86_400_000


def run(transfers: int, keep: int) -> list[dict[str, Any]]:
    """Points on the way: transactions, blocks, bytes, bytes a transaction (without what was there at the start)."""
    days = transfers // BLOCK * STEP_MS // DAY_MS + 2
    points: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="chainbill-disk-") as folder:
        ledger = LocalLedger(Path(folder) / "net", step_ms=STEP_MS, age_ms=days * DAY_MS)
        roots = ledger.accepted(ROOTS, transfers // ROOTS + 2)
        pruner = Pruner(ledger.store, keep) if keep else None
        first, at_start = ledger.transactions, disk_bytes(ledger.home / "data")
        began = time.monotonic()
        for number in range(0, transfers, BLOCK):
            roots = _block(ledger, roots)
            while pruner is not None and number % (BLOCK * 100) == 0 and pruner.step():
                pass
            if (number + BLOCK) % (transfers // 10) < BLOCK:
                done, taken = ledger.transactions - first, disk_bytes(ledger.home / "data")
                own, mapped = memory_bytes(os.getpid())
                points.append(
                    {
                        "transactions": done,
                        "blocks": ledger.height,
                        "mib": round(taken / 2**20, 1),
                        "bytes_per_tx": round((taken - at_start) / done),
                        "own_mib": round(own / 2**20, 1),
                        "mapped_mib": round(mapped / 2**20, 1),
                        "seconds": round(time.monotonic() - began),
                    }
                )
                print(points[-1], flush=True)
        ledger.close()
    return points


def _block(ledger: LocalLedger, roots: list[str]) -> list[str]:
    """One block of transfers of the first tokens; the rests of these stand last."""
    recipients = [{"party": ledger.recipient, "amount": OFFERED_MINOR}]
    calls = [("token", "transfer", {"tokens": [root], "recipients": recipients}) for root in roots[:BLOCK]]
    answers = ledger.commit([ledger.sign(call) for call in calls])
    return roots[BLOCK:] + [answer["remainder"] for answer in answers]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transfers", type=int, default=1_000_000)
    parser.add_argument("--keep", type=int, default=0, help="blocks that stay, 0: all")
    parser.add_argument("--out", type=Path, default=Path("build/disk-use.json"))
    given = parser.parse_args()
    points = run(given.transfers, given.keep)
    known = json.loads(given.out.read_text()) if given.out.exists() else {}
    known["pruned" if given.keep else "all"] = {"keep_blocks": given.keep, "points": points}
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(known, indent=2) + "\n")
    print(table(tuple(points[0]), [tuple(point.values()) for point in points]))


if __name__ == "__main__":
    main()
