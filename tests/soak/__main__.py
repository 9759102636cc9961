"""`make soak MINUTES=n`: the long versions of everything that is tried against faults, within a time, and a summary.

Scenarios with numbers go on where the last soak ended (`counts`), so none is played twice; what is drawn otherwise
begins at other numbers every time, printed so that it can be repeated (`SEED=…`). Two lanes at a time, for two cores:
what needs no processes, and real nodes. SIGTERM ends it early, with all that it has played. Exit code 1 on any finding.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import random
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "node"), str(TESTS / "faults")]

from sim import twins  # noqa: E402
from soak import counts, numbered, processes, pure  # noqa: E402
from soak.numbered import Lane  # noqa: E402
from soak.tally import Tally, end_now  # noqa: E402

CLOSING_S = 10.0
KILLS = "kills"
DRILLS = "drills"
OTHER_NUMBERS = 500_000_000
KINDS = ("seeds", "led", "healing", "twins", "searches", "real", "joining")


def main() -> int:
    """Run for some minutes; the exit code."""
    parser = argparse.ArgumentParser(description="Long runs against faults")
    parser.add_argument("minutes", type=float)
    parser.add_argument("--part", choices=(*pure.PARTS, KILLS), default="", help="give all the time to one")
    parser.add_argument("--seed", type=int, default=0, help="where this soak's numbers begin; 0: anywhere")
    given = parser.parse_args()
    base = given.seed or random.SystemRandom().randrange(10**6, 10**9)
    begins = {} if given.seed else dict.fromkeys(KINDS, 0) | counts.all_counts().next
    seconds = max(30.0, given.minutes * 60 - CLOSING_S)
    print(f"soak of {given.minutes:g} minutes, SEED={base}", flush=True)
    began = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: end_now())
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
        tally = Tally()
        lanes = 1 if given.part in ("", KILLS, DRILLS) else 2
        first, second = (Lane(begins, base, at, lanes) for at in (0, 1))
        lane = None if given.part == KILLS else pool.submit(pure.run, base, seconds, given.part, first)
        try:
            if given.part in ("", KILLS):
                processes.run(tally, base, seconds)
            elif given.part == DRILLS:
                processes.recoveries(tally, base, seconds)
            else:  # the second core plays other numbers of the same
                tally.merge(pure.run(base + OTHER_NUMBERS, seconds, given.part, second))
            if lane is not None:
                tally.merge(lane.result())
        except Exception as error:
            tally.found("soak", error, f"make soak SEED={base}")
    took_s = time.monotonic() - began
    if not given.seed:
        note_down(tally, took_s)
    print(summary(tally, base, took_s))
    return 1 if tally.findings else 0


def note_down(tally: Tally, took_s: float) -> None:
    """Add what was played for the first time to all there was, and tell how many that are."""
    different = {name: tally.counts[name] for name in pure.ONCE if tally.counts[name]}
    counts.write(counts.BUILT, counts.read(counts.BUILT).with_soak(took_s / 60, different, tally.reached))
    told = counts.all_counts()
    tally.notes += told.told()
    tally.notes.append(f"{numbered.TWINS}: {told.different.get(numbered.TWINS, 0):,} of {twins.SCENARIOS:,}")


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
