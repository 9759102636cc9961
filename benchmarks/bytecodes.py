"""Bytecodes that a transfer takes in several commits: python benchmarks/bytecodes.py BASE [HEAD …] [--validators 1,4].

For a machine that others use too: what is counted hardly depends on how long it takes, until rounds time out. Real
nodes, TLS, synced commits; of each node the event loop's thread is counted, by function. One at a time, a block holds
one transfer, and what a block takes is counted; in requests of 50, what a transfer does. What C code takes (hashing,
LevelDB, encoding) is not seen: a function that leaves more to it counts less. Prints the sums, and the functions that
differ most from the first commit. Each commit is measured by its own load client.
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

RUN = Path(__file__).parent / "bytecodes_run.py"
WITHIN_S = 1_800

Found = dict[str, Any]


def counted(revision: str, validators: int, transfers: int) -> Found:
    """What `bytecodes_run` prints for a commit."""
    _, folder = checked_out(revision)
    paths = os.pathsep.join(str((folder / part).resolve()) for part in (*PACKAGES, "benchmarks"))
    try:
        done = subprocess.run(
            [python_of(folder), "-P", RUN, str(validators), str(transfers)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": paths},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=WITHIN_S,
        )
    finally:
        remove(folder)
    found: Found = json.loads(done.stdout)
    return found


def sums(revisions: list[str], found: list[Found]) -> list[tuple[str, ...]]:
    """Rows: load, and of each commit the bytecodes a transfer with their ratio to the first one's, and the blocks."""
    rows = []
    for load in found[0]:
        totals = [sum(one[load]["bytecodes"].values()) for one in found]
        blocks = ", ".join(str(one[load]["blocks"]) for one in found)
        shown = [f"{total:,.0f} ({ratio(total, totals[0]):.2f})" for total in totals]
        rows.append((load, *shown[: len(revisions)], blocks))
    return rows


def differences(base: Found, other: Found, load: str, most: int) -> list[tuple[str, ...]]:
    """Rows: function, and its bytecodes a transfer in both: those that differ most."""
    before, after = base[load]["bytecodes"], other[load]["bytecodes"]
    names = sorted(before.keys() | after.keys(), key=lambda name: -abs(after.get(name, 0) - before.get(name, 0)))
    return [(name, f"{before.get(name, 0):,.0f}", f"{after.get(name, 0):,.0f}") for name in names[:most]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revisions", nargs="+", help="the first one is what the others are compared with")
    parser.add_argument("--validators", default="1,4")
    parser.add_argument("--transfers", type=int, default=40)
    parser.add_argument("--most", type=int, default=20, help="how many functions to show")
    given = parser.parse_args()
    for validators in map(int, given.validators.split(",")):
        found = [counted(one, validators, given.transfers) for one in given.revisions]
        print(f"\n{validators} validator(s), all nodes together, bytecodes a transfer\n")
        print(table(("load", *given.revisions, "blocks"), sums(given.revisions, found)))
        for load in found[0] if len(found) > 1 else ():
            print(f"\n{load}\n")
            print(
                table(
                    ("function", given.revisions[0], given.revisions[-1]),
                    differences(found[0], found[-1], load, given.most),
                )
            )


if __name__ == "__main__":
    main()
