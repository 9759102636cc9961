"""The search in a soak: bounds one after the other, each to its end, and between them walks into the depth and runs
without any reduction. Three hands, a moment each, until the time is over."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from search.plain import PlainRun
from search.search import Found, Led, Sweep, all_states
from search.space import Space
from search.stories import story
from search.words import Bounds, cheap_signatures
from soak.tally import Deadline, Tally

STATES = "states of the consensus function, all orders"
WALKS = "led walks through its states"
RUNS = "runs that its search must contain"
AT_ONCE_S = 2.0
STATES_AT_ONCE = 200
MOST_HELD = 6_000_000
"""States in memory (about a gigabyte): a space that needs more is left where it stands."""
HALF = 500_000_000
"""The numbers of the second core begin so much later: it begins with the other half of the bounds."""
LADDER = (
    Bounds(0, 2, 1), Bounds(1, 2, 1), Bounds(2, 2, 1), Bounds(0, 1, 3, torn=True),
    Bounds(0, 2, 1, older=True), Bounds(1, 2, 1, older=True), Bounds(0, 2, 1, former=True), Bounds(2, 2, 1, older=True),
    Bounds(3, 3, 0), Bounds(2, 3, 0), Bounds(1, 3, 0), Bounds(0, 3, 0),
    Bounds(0, 2, 2), Bounds(1, 2, 2), Bounds(2, 2, 2), Bounds(3, 3, 1),
    Bounds(2, 3, 1), Bounds(1, 3, 1), Bounds(0, 3, 1), Bounds(3, 4, 0),
)  # fmt: skip
"""Smaller spaces first. Larger ones contain smaller ones, whose states are counted again in them."""
DEEP = ((4, 0), (3, 1))
"""Rounds and restarts of the walks, in turns."""
CONTAINED = (
    Bounds(0, 1, 1, older=True),
    Bounds(0, 1, 2),
    Bounds(1, 1, 2),
    Bounds(0, 2, 0),
    Bounds(1, 2, 0),
    Bounds(2, 2, 0),
)
EVENTS = 80
RUNS_AT_ONCE = 100


def command(bounds: Bounds) -> str:
    """How to repeat a search."""
    line = f"python -m tests.search --turn {bounds.turn} --rounds {bounds.rounds} --restarts {bounds.restarts}"
    return line + "".join([f" --{what}" for what in ("torn", "older", "former") if getattr(bounds, what)])


def tell(tally: Tally, what: str, space: Space, found: Found, repeat: str) -> None:
    """A finding, with its transcript."""
    told = "\n".join("    " + line for line in story(space, found, "").split("\n"))
    tally.found(what, AssertionError("; ".join(found.broken)), f"{repeat}\n{told}")


def searched(tally: Tally, base: int) -> Iterator[None]:
    """One bound after the other; the summary names those that were searched to their end, and how far the last is."""
    mine = base // HALF % 2
    for bounds in itertools.chain(LADDER[mine::2], LADDER[1 - mine :: 2]):
        with cheap_signatures():
            sweep = Sweep(Space(bounds))
        tally.notes.append("")
        at, more = len(tally.notes) - 1, True
        while more and sweep.held < MOST_HELD:
            turn, before = Deadline.after(AT_ONCE_S), sweep.report.states
            with cheap_signatures():
                while more and not turn.over:
                    more = sweep.go_on(STATES_AT_ONCE)
            tally.tried(STATES, sweep.report.states - before)
            report = sweep.report
            far = "all" if report.exhausted else "so far"
            tally.notes[at] = f"{bounds}: {far} {report.states:,} states, {report.transitions:,} transitions"
            if report.found is not None:
                tell(tally, STATES, sweep.space, report.found, command(bounds))
            yield
    while True:
        yield


def led_walks(tally: Tally, base: int) -> Iterator[None]:
    """Walks to what was seen least, beyond the bounds that can be searched to their end."""
    for seed in itertools.count(base):
        with cheap_signatures():
            led = Led(Space(Bounds(seed // len(DEEP) % 4, *DEEP[seed % len(DEEP)])), random.Random(seed))
        for _ in range(100):
            turn, found = Deadline.after(AT_ONCE_S), None
            with cheap_signatures():
                while found is None and not turn.over:
                    found = led.walk()
                    tally.tried(WALKS)
            if found is not None:
                tell(tally, WALKS, led.space, found, f"{command(led.space.bounds)} --led {seed}")
            yield


def contained(tally: Tally, base: int) -> Iterator[None]:
    """Runs without any reduction: what they come to must be among the states of the search."""
    for bounds in itertools.cycle(CONTAINED):
        with cheap_signatures():
            space = Space(bounds)
            known = all_states(space)
        yield
        for number in range(base, base + 500):
            seed = f"{base} {number}"
            with cheap_signatures():
                run = PlainRun(space, random.Random(seed))
                strayed = any(_goes_astray(run, known) for _ in range(EVENTS))
            tally.tried(RUNS)
            if strayed:
                error = AssertionError("the search does not know this state: a reduction loses something")
                tally.found(
                    RUNS, error, f"PlainRun(Space({bounds!r}), random.Random({seed!r})) of tests/search/plain.py"
                )
            if (number + 1) % RUNS_AT_ONCE == 0:
                yield


def _goes_astray(run: PlainRun, known: set[int]) -> bool:
    run.go_on()
    return run.standing() not in known
