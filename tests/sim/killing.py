"""Which generator kills which broken protocol, and at which run: `python -m sim.killing` in tests/ measures it.

A mutant that no generator kills says that the generators see nothing there. Scripts and drills are no measure of that:
they were written to kill.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

from sim import healing, led, seeded, twins
from sim.checkers import ViolationError
from sim.mutants import MUTANTS
from sim.plan import Plan
from sim.runs import judged

Generator = Callable[[], Iterator[str]]
"""Runs one after the other; of each the checker that fired, "" for none."""


def of_plans(draw: Callable[[int], Plan]) -> Iterator[str]:
    """Plans by number."""
    for number in itertools.count():
        yield judged(draw(number)).checker


def of_twins() -> Iterator[str]:
    """Twins scenarios in the order of their enumeration."""
    for number in itertools.count():
        try:
            twins.play(number)
        except ViolationError as violation:
            yield violation.checker
        else:
            yield ""


GENERATORS: dict[str, Generator] = {
    "seeds": partial(of_plans, seeded.draw),
    "led": partial(of_plans, led.draw),
    "healing": partial(of_plans, healing.draw),
    "twins": of_twins,
}


def killed_at(mutant: str, generator: str, most: int) -> tuple[int, str] | None:
    """The number of the first run in which a checker fires, counted from 1, and which; None if none does."""
    with MUTANTS[mutant]():
        for number, checker in enumerate(itertools.islice(GENERATORS[generator](), most), 1):
            if checker:
                return number, checker
    return None


def main(arguments: list[str]) -> int:
    """Print a line for each mutant and generator."""
    parser = argparse.ArgumentParser("python -m sim.killing", description=__doc__)
    parser.add_argument("--most", type=int, default=5_000)
    parser.add_argument("--generator", choices=GENERATORS, action="append")
    parser.add_argument("mutants", nargs="*")
    given = parser.parse_args(arguments)
    for mutant in given.mutants or MUTANTS:
        for generator in given.generator or GENERATORS:
            began = time.process_time()
            found = killed_at(mutant, generator, given.most)
            told = f"run {found[0]} ({found[1]})" if found else f"lives through {given.most}"
            print(f"{mutant:34} {generator:8} {told}  {time.process_time() - began:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
