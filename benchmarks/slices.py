"""The work of a transfer in several commits, slice by slice in turns: python benchmarks/slices.py BASE [HEAD …].

For a machine that others use too, where no run of some seconds is undisturbed. A process of each commit does the same
small work, some milliseconds at a time, one after the other; of each figure the lowest of all turns counts: processor
time of that one thread, with the garbage collector set as a node sets it. Worked: with some 15 other programs ready to
run on two cores, two rounds of 400 slices of `apply` of one commit came to 361 and 365 µs.

    apply       apply_block of transfers whose signatures are known, rows in memory
    commit      decode, verify, run and commit in a ledger of 10⁴ tokens on the disk, as `growing_cost` does

Each commit is measured on the ledgers of its own tests/ and benchmarks/.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from pathlib import Path
from typing import Any

from figures import ratio, table
from pair import PACKAGES, checked_out, python_of, remove

RUN = Path(__file__).parent / "slices_run.py"


class Commit:
    """A commit, its process, and the lowest that was seen of each figure, in µs."""

    def __init__(self, revision: str, turns: int) -> None:
        self.name, folder = checked_out(revision)
        self._folder = folder
        self.lowest: dict[str, float] = {}
        paths = os.pathsep.join(str((folder / part).resolve()) for part in (*PACKAGES, "tests", "benchmarks"))
        self._process = subprocess.Popen(
            [python_of(folder), "-P", RUN, str(turns)],  # -P: with its own scripts, not these
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
        """Let the process end by itself, and take its worktree away."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()
        remove(self._folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revisions", nargs="*", help="the first one is what the others are compared with")
    parser.add_argument("--turns", type=int, default=60, help="of `commit`; `apply` has five for one of these")
    given = parser.parse_args()
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
