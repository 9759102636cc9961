"""Random lives of a contract's rows: how many are lived, and that they got somewhere."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

LIFE = settings(
    max_examples=50,
    stateful_step_count=40,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
MOST_ROUNDS = 24
"""What 15 lives reach once in two is missed by 24 rounds of them once in 10^7 runs; most reach all in the first."""


def live(machine: Any, search: settings, *must_reach: str | tuple[str, str, str]) -> None:
    """Run random lives; go on, in rounds, until each row (or arrow: name, from, to) that must be reached was reached.

    What a draw reaches is chance, so one round that missed an arrow is no fault; that no round reaches it is one.
    Later rounds have a seed each: where draws are derandomized (Hypothesis does so wherever `CI` is set) a second
    round would else be the first one again.
    """
    machine.reached = frozenset()
    missed: set[Any] = set(must_reach)
    for turn in range(MOST_ROUNDS):
        if turn:
            seed(turn)(machine)
        run_state_machine_as_test(machine, settings=search)
        missed -= machine.reached | {name for name, _, _ in machine.reached}
        if not missed:
            return
    raise AssertionError(f"lives that never reach {missed} show nothing about it")
