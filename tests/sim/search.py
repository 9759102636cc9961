"""A search that is led: plans that show a situation not seen before are kept, and varied.

Everything follows from the number that it begins with, and each plan can be played by itself, so whatever is found
repeats without the search. `python -m sim.search 2000` in tests/ writes the corpus again: few plans that together show
what a search has seen.
"""

from __future__ import annotations

import argparse
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim import led
from sim import plan as plans
from sim.plan import Plan
from sim.runs import Verdict, judged
from sim.seen import Feature, Seen, watching
from sim.variation import vary

CORPUS = Path(__file__).resolve().parent / "corpus.jsonl"
FRESH = 0.25
"""How many plans are drawn anew instead of varied."""


@dataclass
class Found:
    """One run of the search. `seen`: the situations that it has shown; `new`: how many of them it was the first to."""

    plan: Plan
    verdict: Verdict
    new: int
    seen: frozenset[Feature]


@dataclass
class Search:
    """Where a search stands: its plans, those that have shown something, and all that was shown."""

    number: int
    kept: list[Plan] = field(default_factory=list)
    shown: dict[Feature, Plan] = field(default_factory=dict)
    rounds: dict[int, int] = field(default_factory=dict)
    runs: int = 0
    _chance: random.Random = field(init=False)
    _order: list[Feature] = field(default_factory=list)
    _played: set[Plan] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._chance = random.Random(f"search {self.number}")

    def go(self, begin: Sequence[Plan] = ()) -> Iterator[Found]:
        """Runs without end; first those of `begin`."""
        for plan in begin:
            yield self._play(plan)
        while True:
            plan = self._next()
            if plan not in self._played:
                yield self._play(plan)

    def _next(self) -> Plan:
        chance = self._chance
        if not self.kept or chance.random() < FRESH:
            return led.draw(chance.randrange(2**40))
        # a situation is drawn, not a plan: rare ones are as many as their neighbours in depth make them
        plan = self.shown[chance.choice(self._order)] if chance.random() < 0.8 else chance.choice(self.kept)
        return vary(plan, chance.choice(self.kept), chance)

    def _play(self, plan: Plan) -> Found:
        self._played.add(plan)
        self.runs += 1
        seen = Seen()
        with watching(seen):
            verdict = judged(plan)
        new = [feature for feature in seen.features if feature not in self.shown]
        if new:
            self.kept.append(plan)
            self.shown.update(dict.fromkeys(new, plan))
            self._order += new
        self.rounds[seen.farthest] = self.rounds.get(seen.farthest, 0) + 1
        return Found(plan, verdict, len(new), frozenset(seen.features))


def read_corpus() -> list[Plan]:
    """The plans that are kept beside the code."""
    lines = CORPUS.read_text(encoding="utf-8").splitlines() if CORPUS.exists() else []
    return [plans.decode(line) for line in lines]


CORPUS_KINDS = ("pair", "locks", "note", "start")
"""What the corpus has to show; single steps are too many, and come along."""


def cover(found: Sequence[tuple[Plan, set[Feature]]]) -> list[Plan]:
    """Few of the plans that together show what all of them do: the one that adds most, again and again."""
    left = {feature for _, features in found for feature in features}
    chosen: list[Plan] = []
    while left:
        plan, features = max(found, key=lambda one: len(one[1] & left))
        left -= features
        chosen.append(plan)
    return chosen


def write_corpus(number: int, runs: int) -> list[Plan]:
    """Search so many runs, and keep what covers them."""
    search = Search(number)
    found: list[tuple[Plan, set[Feature]]] = []
    for one in itertools.islice(search.go(read_corpus()), runs):
        if one.verdict.checker:
            raise AssertionError(f"{one.verdict.text}: {plans.encode(one.plan)}")
        if one.new:
            found.append((one.plan, {feature for feature in one.seen if feature[0] in CORPUS_KINDS}))
    chosen = cover(found)
    CORPUS.write_text("".join(plans.encode(plan) + "\n" for plan in chosen), encoding="utf-8")
    return chosen


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m sim.search", description=__doc__)
    parser.add_argument("runs", type=int)
    parser.add_argument("--number", type=int, default=1)
    given = parser.parse_args()
    print(f"{len(write_corpus(given.number, given.runs))} plans")
