"""The work of a transfer in several commits, slice by slice in turns: python benchmarks/slices.py BASE [HEAD …].

For a machine that others use too, where no run of some seconds is undisturbed. A process of each commit does the same
small work, some milliseconds at a time, one after the other; of each figure the lowest of all turns counts: processor
time of that one thread, with the garbage collector set as a node sets it. Worked: with 13 to 17 other programs ready to
run on two cores, two rounds of 400 slices of one commit came to 361 and 365 µs, and runs of ten seconds to 405.

    apply       apply_block of transfers whose signatures are known, rows in memory
    commit      decode, verify, run and commit in a ledger of 10⁴ tokens on the disk, as `growing_cost` does

Each commit is measured on the ledgers of its own tests/ and benchmarks/.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import thread_time
from typing import Any

SMALL, LARGE = 20, 250  # transfers in a slice of `apply` and of `commit`
FILLED = 10_000
Work = Callable[[], float]
"""One slice; processor seconds a transfer."""


def applying() -> Work:
    """`apply_block` over and over on one state."""
    from ledger.real_network import S1, S2, RealNetwork

    from chainbill.ledger.transaction import decode_transaction

    network = RealNetwork()
    _, token = network.accepted_bill((SMALL + 1) * 1_000)
    to = [{"party": S2, "amount": 600}]
    pieces = network.pieces(token, SMALL, 1_000)
    wires = [network.wire(S1, ("token", "transfer", {"tokens": [one], "recipients": to})) for one in pieces]
    block = network.block(*wires)
    known = {one.wire_id: one for one in map(decode_transaction, wires)}
    network.env.verified.update(known)  # type: ignore[attr-defined]
    if not all(receipt.ok for receipt in network.apply(block).receipts):
        raise RuntimeError("a transfer was refused")

    def work() -> float:
        began_s = thread_time()
        network.apply(block)
        return (thread_time() - began_s) / SMALL

    return work


def committing(folder: Path, turns: int) -> Work:
    """A block of transfers, and of what they left, over and over."""
    from local_ledger import PIECE_MINOR, LocalLedger

    ledger = LocalLedger(folder)
    ledger.fill(FILLED)
    tokens = [bill.pop() for bill in ledger.bills for _ in range(1 + LARGE // len(ledger.bills))][:LARGE]
    amount = PIECE_MINOR // (turns + 2)

    def work() -> float:
        nonlocal tokens
        wires = ledger.transfers(tokens, amount)
        began_s = thread_time()
        answers = ledger.commit(wires, verify=True)
        spent_s = thread_time() - began_s
        tokens = [answer["remainder"] for answer in answers]
        return spent_s / LARGE

    return work


def serve(turns: int) -> None:
    """A process of one commit: a slice of the work that each line of its input names, until that ends."""
    with tempfile.TemporaryDirectory(prefix="chainbill-slices-") as folder:
        works = {"apply": applying(), "commit": committing(Path(folder) / "net", turns)}
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        print(json.dumps("ready"), flush=True)
        for line in sys.stdin:
            print(json.dumps(works[line.strip()]()), flush=True)


class Commit:
    """A commit, its process, and the lowest that was seen of each figure, in µs."""

    def __init__(self, revision: str, turns: int) -> None:
        from pair import PACKAGES, checked_out, python_of

        self.name, folder = checked_out(revision)
        self.lowest: dict[str, float] = {}
        paths = os.pathsep.join(str((folder / part).resolve()) for part in (*PACKAGES, "tests", "benchmarks"))
        self._process = subprocess.Popen(
            [python_of(folder), "-P", Path(__file__), "--serve", str(turns)],  # -P: its own scripts, not these
            cwd=folder,
            env={**os.environ, "PYTHONPATH": paths},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, what: str = "") -> Any:
        """The answer to one line; RuntimeError when the process has failed."""
        if what and self._process.stdin is not None:
            self._process.stdin.write(f"{what}\n")
            self._process.stdin.flush()
        line = "" if self._process.stdout is None else self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process of {self.name} failed")
        return json.loads(line)

    def turn(self, what: str) -> None:
        """One slice."""
        micro = self.ask(what) * 1e6
        self.lowest[what] = min(micro, self.lowest.get(what, micro))

    def end(self) -> None:
        """Let the process end by itself."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revisions", nargs="*", help="the first one is what the others are compared with")
    parser.add_argument("--turns", type=int, default=60, help="of `commit`; `apply` has five for one of these")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        serve(given.serve)
        return
    from figures import ratio, table

    commits = [Commit(one, given.turns) for one in given.revisions or ["HEAD"]]
    try:
        for commit in commits:
            commit.ask()
        for _ in range(given.turns):
            for what in (*["apply"] * 5, "commit"):
                for commit in commits:
                    commit.turn(what)
    finally:
        for commit in commits:
            commit.end()
    base = commits[0].lowest
    rows = []
    for what in base:
        figures = [f"{one.lowest[what]:.0f} ({ratio(one.lowest[what], base[what]):.2f})" for one in commits]
        rows.append((f"{what}, µs a transfer", *figures))
    print(table(("the lowest of all turns", *[commit.name for commit in commits]), rows))


if __name__ == "__main__":
    main()
