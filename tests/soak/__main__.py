"""`make soak MINUTES=n`: the long versions of everything that is tried against faults, within a time, and a summary.

Every run begins at other numbers, printed so that it can be repeated (`SEED=…`). Two lanes at a time, for two cores:
what needs no processes, and real nodes. Exit code 1 on any finding.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "node"), str(TESTS / "faults")]

from soak import processes, pure  # noqa: E402
from soak.tally import Tally  # noqa: E402

CLOSING_S = 10.0


def main() -> int:
    """Run for some minutes; the exit code."""
    parser = argparse.ArgumentParser(description="Long runs against faults")
    parser.add_argument("minutes", type=float)
    parser.add_argument("--seed", type=int, default=0, help="where this soak's numbers begin; 0: anywhere")
    given = parser.parse_args()
    base = given.seed or random.SystemRandom().randrange(10**6, 10**9)
    seconds = max(30.0, given.minutes * 60 - CLOSING_S)
    print(f"soak of {given.minutes:g} minutes, SEED={base}", flush=True)
    began = time.monotonic()
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
        lane = pool.submit(pure.run, base, seconds)
        tally = Tally()
        try:
            processes.run(tally, base, seconds)
            tally.merge(lane.result())
        except Exception as error:
            tally.found("soak", error, f"make soak SEED={base}")
    print(summary(tally, base, time.monotonic() - began))
    return 1 if tally.findings else 0


def summary(tally: Tally, base: int, took_s: float) -> str:
    """What a release note can carry."""
    width = max(map(len, tally.counts), default=0)
    lines = [
        "",
        f"soak: {took_s / 60:.1f} minutes on {platform.machine()}, Python {platform.python_version()}, SEED={base}",
    ]
    lines += [f"  {what:<{width}}  {count:>12,}" for what, count in sorted(tally.counts.items())]
    lines += [f"  {note}" for note in tally.notes]
    lines.append(f"findings: {len(tally.findings)}")
    lines += [f"  {finding}" for finding in tally.findings]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
