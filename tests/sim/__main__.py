"""Replay seeds: `python -m tests.sim SEED [LAST] [-v]` prints what happened and whether the promises held.

`python -m tests.sim --write` writes the golden transcripts again.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sim.checkers import ViolationError
from sim.seeded import Run, remembered_signatures
from sim.transcripts import write


def main(arguments: list[str]) -> int:
    if "--write" in arguments:
        write()
        return 0
    numbers = [int(argument) for argument in arguments if argument.isdigit()]
    verbose = "-v" in arguments
    failed = 0
    began = time.monotonic()
    for seed in range(numbers[0], (numbers[1] if len(numbers) > 1 else numbers[0]) + 1):
        run = Run(seed)
        verdict = "holds"
        try:
            with remembered_signatures():
                run.play()
        except ViolationError as violation:
            verdict = str(violation)
            failed += 1
        if verbose:
            print("\n".join(run.world.log))
        if verbose or verdict != "holds" or len(numbers) == 1:
            print(f"seed {seed}: {verdict}; heights {[node.height for node in run.honest]}, {run.world.steps} events")
    if len(numbers) > 1:
        print(f"{failed} failed, {time.monotonic() - began:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
