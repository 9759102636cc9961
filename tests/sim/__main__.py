"""Replay seeds: `python -m tests.sim SEED [LAST] [-v]` prints what happened and whether the promises held.

--led, --healing      short plans around contested heights; long trouble, and how soon a height is decided after it
--real, --joining     the product's ledger; nodes that join it
--shrink              make a failing run small: its plan, its transcript, and the command that repeats it
--plan JSON           play a plan that --shrink printed
--mutant NAME         with a broken protocol or storage (sim.mutants, sim.storage_mutants)
--write               run the text scripts of tests/transcripts and write their output again
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import nullcontext
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sim import plan as plans
from sim.findings import MUTANTS, command, shrunk_transcript
from sim.plan import Plan
from sim.runs import DRAWS, Verdict, judged, transcript
from sim.scripts import write


def main(arguments: list[str]) -> int:
    """The exit code: 1 if a promise is broken."""
    parser = argparse.ArgumentParser(
        "python -m tests.sim", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("seed", type=int, nargs="?")
    parser.add_argument("last", type=int, nargs="?")
    parser.add_argument("-v", "--verbose", action="store_true")
    for kind in ("led", "healing", "real", "joining"):
        parser.add_argument(f"--{kind}", dest="kind", action="store_const", const=kind, default="light")
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--plan")
    parser.add_argument("--mutant", choices=sorted(MUTANTS), default="")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    if given.write:
        write()
        return 0
    with MUTANTS[given.mutant]() if given.mutant else nullcontext():
        if given.plan:
            plan = plans.decode(given.plan)
            repeat = command(plan, given.mutant)
            print(transcript(plan, "A plan", repeat))
            return 1 if judged(plan).checker else 0
        if given.seed is None:
            parser.error("a seed, or --plan, or --write")
        return play(given)


def play(given: argparse.Namespace) -> int:
    """Seeds from the first to the last."""
    last = given.last or given.seed
    failed = 0
    began = time.monotonic()
    for seed in range(given.seed, last + 1):
        plan = DRAWS[given.kind](seed)
        verdict = judged(plan)
        failed += bool(verdict.checker)
        if verdict.checker and given.shrink:
            print(shrunk_transcript(plan, given.kind, given.mutant))
        elif given.verbose:
            print("\n".join([*plans.told(plan), "", *verdict.log]))
        if given.verbose or verdict.checker or seed == last == given.seed:
            print(said(plan, verdict))
    if last > given.seed:
        print(f"{failed} failed, {time.monotonic() - began:.1f} s")
    return 1 if failed else 0


def said(plan: Plan, verdict: Verdict) -> str:
    """One line about a run."""
    return f"seed {plan.seed}: {verdict.text or 'holds'}; heights {list(verdict.heights)}, {verdict.events} events"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
