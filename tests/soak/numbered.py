"""What is played by number, each number once: a soak goes on where the last one ended, and never plays one again."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sim import healing, led, seeded, twins
from sim.findings import command, shrunk_transcript
from sim.plan import Plan
from sim.runs import DRAWS
from sim.search import Search, read_corpus
from soak.tally import Tally

SEEDS_AT_ONCE = 10
SHRINK_RUNS = {"light": 150, "led": 150, "healing": 150, "real": 25, "joining": 25}
SHRINK_WITHIN_S = 60.0  # each; the soak ends when it said it would
SHRUNK = 3  # findings of a kind that are shrunk; more of them are told by their seed
SEEDS, CONTESTED, HEALED = "simulator seeds", "contested heights", "healings with bounds"
TWINS, LED = "Twins scenarios", "plans of a led search"


@dataclass(frozen=True)
class Lane:
    """Every `of`-th number from `begins[kind] + at` on; a kind that is not there begins with `otherwise`."""

    begins: Mapping[str, int]
    otherwise: int = 0
    at: int = 0
    of: int = 1

    def numbers(self, tally: Tally, kind: str) -> Iterator[int]:
        """One after the other; the tally learns how far they have got."""
        number = self.begins.get(kind, self.otherwise) + self.at
        while True:
            tally.reached[kind] = number + 1
            yield number
            number += self.of


def attempt(tally: Tally, what: str, kind: str, number: int, play: Callable[[int], object]) -> None:
    """Play a seed; the first findings of a kind are shrunk and told as a transcript."""
    flag = "" if kind == "light" else f" --{kind}"
    held = tally.attempt(what, lambda: play(number), f"python -m tests.sim {number}{flag} -v")
    if not held:
        tell_shrunk(tally, kind, DRAWS[kind](number))


def tell_shrunk(tally: Tally, kind: str, plan: Plan) -> None:
    """Add to the newest finding the smallest plan that fails in the same way."""
    if sum(f"({kind}), shrunk" in finding for finding in tally.findings) < SHRUNK:
        told = shrunk_transcript(plan, kind, runs=SHRINK_RUNS[kind], within_s=SHRINK_WITHIN_S)
        tally.findings[-1] += "\n" + textwrap.indent(told, "    ")


def seeds(tally: Tally, lane: Lane) -> Iterator[None]:
    """The light simulator: faults of network, clocks, disks and members at random."""
    for count, number in enumerate(lane.numbers(tally, "seeds"), 1):
        attempt(tally, SEEDS, "light", number, lambda seed: seeded.play(seed))
        if count % SEEDS_AT_ONCE == 0:
            yield


def contested(tally: Tally, lane: Lane) -> Iterator[None]:
    """Short plans around contested heights."""
    for count, number in enumerate(lane.numbers(tally, "led"), 1):
        attempt(tally, CONTESTED, "led", number, lambda seed: seeded.play_plan(led.draw(seed)))
        if count % SEEDS_AT_ONCE == 0:
            yield


def healed(tally: Tally, lane: Lane) -> Iterator[None]:
    """Long trouble, and how soon a height is decided after it."""
    for count, number in enumerate(lane.numbers(tally, "healing"), 1):
        attempt(tally, HEALED, "healing", number, lambda seed: seeded.play_plan(healing.draw(seed)))
        if count % SEEDS_AT_ONCE == 0:
            yield


def scenarios(tally: Tally, lane: Lane) -> Iterator[None]:
    """Enumerated Twins scenarios."""
    for count, number in enumerate(lane.numbers(tally, "twins"), 1):
        repeat = f"python -c 'import sys; sys.path.insert(0, \"tests\"); from sim.twins import play; play({number})'"
        tally.attempt(TWINS, lambda number=number: twins.play(number), repeat)  # type: ignore[misc]
        if count % (5 * SEEDS_AT_ONCE) == 0:
            yield


def searched(tally: Tally, lane: Lane) -> Iterator[None]:
    """A search that is led by what has not been seen: it begins with the corpus, and goes its own way each time."""
    search = Search(next(lane.numbers(tally, "searches")))
    for found in search.go(read_corpus()):
        tally.tried(LED)
        if found.verdict.checker:
            tally.found(LED, AssertionError(found.verdict.text), command(found.plan))
            tell_shrunk(tally, "led", found.plan)
        if search.runs % SEEDS_AT_ONCE == 0:
            tally.notes[:] = [note for note in tally.notes if not note.startswith(LED)]
            late = sum(count for farthest, count in search.rounds.items() if farthest >= 2)
            tally.notes.append(
                f"{LED}: {len(search.shown):,} situations, {len(search.kept):,} plans that showed one first, "
                f"{late / search.runs:.0%} of the runs in round 2 or later"
            )
            yield
