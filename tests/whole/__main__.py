"""Replay seeds of whole nodes: `python -m tests.whole SEED [LAST] [-v]` says what was found; -v also what happened."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import nullcontext
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

from whole.mutants import MUTANTS  # noqa: E402
from whole.plan import draw  # noqa: E402
from whole.runs import play  # noqa: E402


def main(arguments: list[str]) -> int:
    """The exit code: 1 where a promise is broken."""
    parser = argparse.ArgumentParser("python -m tests.whole", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("last", type=int, nargs="?")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("--mutant", choices=sorted(MUTANTS), default="")
    parser.add_argument("--log-level", default="warning")
    given = parser.parse_args(arguments)
    failed = 0
    clock = time.perf_counter
    for seed in range(given.seed, (given.last or given.seed) + 1):
        began_s = clock()
        with MUTANTS[given.mutant]() if given.mutant else nullcontext():
            outcome = play(draw(seed), given.log_level)
        failed += bool(outcome.findings)
        if given.verbose:
            print("\n".join(outcome.log))
        print("\n".join(outcome.findings[:5]))
        print(
            f"seed {seed}: {len(outcome.findings)} findings; heights {outcome.heights}, {outcome.steps} steps, "
            f"{outcome.counts}, digest {outcome.digest[:16]}, {clock() - began_s:.1f} s"
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
