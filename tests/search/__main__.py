"""Search all states of the consensus function within bounds: `python -m tests.search [--turn 0 --rounds 2 …]`.

--turn N        the round in which the faulty validator proposes (3: later than all others)
--rounds N      how many rounds there are; --restarts N   how many in all; --torn   crashes leave half of a frame, too
--older         a restart may find an older copy of the signer file, or none
--former        beside the faulty validator somebody lies who voted until the height before
--led SEED      walks into the depth instead of everything; --most N   until so many states
--mutant NAME   with a broken protocol: nearest first, or led where it is listed as deep; --only PROMISE
--table         all broken protocols: how many states until each is found
--write         write the transcripts of what was found again
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import nullcontext
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from search.broken import BROKEN, name
from search.cover import covered, outline
from search.search import Report, breadth_first, everything, led
from search.space import Space
from search.stories import story, write
from search.words import Bounds, cheap_signatures

MOST = 10**9
MOST_LED = 400_000


def main(arguments: list[str]) -> int:
    """The exit code: 1 if a promise is broken."""
    parser = argparse.ArgumentParser(
        "python -m tests.search", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    for option, usual in (("turn", 0), ("rounds", 2), ("restarts", 0), ("most", MOST), ("led", -1)):
        parser.add_argument(f"--{option}", type=int, default=usual)
    for option in ("torn", "older", "former", "table", "write"):
        parser.add_argument(f"--{option}", action="store_true")
    parser.add_argument("--mutant", choices=sorted(map(name, BROKEN)), default="")
    parser.add_argument("--only", default="", help="a promise, by how its name begins")
    given = parser.parse_args(arguments)
    if given.write:
        write()
        return 0
    if given.table:
        return table()
    return one(given)


def bounds_of(given: argparse.Namespace) -> Bounds:
    """What the options say."""
    return Bounds(given.turn, given.rounds, given.restarts, given.torn, given.older, given.former)


def one(given: argparse.Namespace) -> int:
    """One search."""
    broken = next((one for one in BROKEN if name(one) == given.mutant), None)
    bounds = broken.bounds if broken else bounds_of(given)
    began = time.process_time()
    with broken.mutant() if broken else nullcontext(), cheap_signatures():
        with covered() as cover:
            space = Space(bounds)
            if given.led >= 0 or (broken is not None and broken.deep):
                report = led(space, max(given.led, 1), min(given.most, MOST_LED))
            elif broken or given.most < MOST:
                report = breadth_first(space, given.most, only=given.only)
            else:
                report = everything(space)
        took = time.process_time() - began
        print(told(space, report, took))
        print("  events: " + ", ".join(f"{what} {count:,}" for what, count in sorted(cover.events.items())))
        print("  rules: " + ", ".join(f"{what} {count:,}" for what, count in sorted(cover.rules.items())))
        print("  never: " + (", ".join(cover.missing()) or "none"))
    if report.found is not None:
        with broken.mutant() if broken else nullcontext():
            print("\n" + story(space, report.found, given.mutant))
    return 1 if report.found else 0


def told(space: Space, report: Report, took: float) -> str:
    """What was covered."""
    end = "everything within these bounds" if report.exhausted else "not everything within these bounds"
    if report.found:
        end = "broken: " + "; ".join(report.found.broken)
    parts = ", ".join(f"{what} {count:,}" for what, count in outline(space).items())
    return (
        f"{space.bounds}: {end}\n"
        f"  {report.states:,} states, {report.transitions:,} transitions, {report.depth} levels, "
        f"{report.most_at_once:,} states at once, {took:.1f} s of a processor, "
        f"{report.states / max(took, 0.01):,.0f} a second\n"
        f"  {parts}"
    )


def table() -> int:
    """All broken protocols, as rows of a table."""
    lives = 0
    for broken in BROKEN:
        with broken.mutant(), cheap_signatures():
            space = Space(broken.bounds)
            report = led(space, 1, MOST_LED) if broken.deep else breadth_first(space, MOST_LED)
        found = report.found
        lives += found is None
        how = "led" if broken.deep else "nearest first"
        what = "lives" if found is None else f"{found.broken[0]}, {len(found.moves)} moves"
        print(f"| {name(broken)} | {broken.bounds} | {how} | {report.states:,} | {what} |", flush=True)
    return 1 if lives else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
