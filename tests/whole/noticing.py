"""Whether a broken node is noticed: by what holds for all runs, within a few seeds that unbroken nodes pass."""

from __future__ import annotations

from dataclasses import replace

from whole.mutants import MUTANTS
from whole.plan import draw
from whole.runs import play

QUIET_S = 40.0
SMALL = (2, 10, 1, 4, 11, 14, 15, 17, 18, 20, 29, 36)
"""One node or two. Which of them finds a fault changes with the order of steps, so a fault gets several."""


def noticed(mutant: str) -> tuple[int, str]:
    """The seed that finds it, and the first finding. AssertionError: nobody noticed."""
    for seed in SMALL:
        with MUTANTS[mutant]():
            findings = play(replace(draw(seed), quiet_s=QUIET_S)).findings
        if findings:
            return seed, findings[0]
    raise AssertionError(f"{mutant}: nobody noticed")
