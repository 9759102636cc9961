"""A failing run told to a person: shrunk, as a transcript, with the command that repeats it."""

from __future__ import annotations

import math
import shlex

from sim import mutants, storage_mutants
from sim import plan as plans
from sim.plan import Plan
from sim.runs import DRAWS, judged, transcript
from sim.shrinking import RUNS, shrink

MUTANTS = {**mutants.MUTANTS, **storage_mutants.MUTANTS}


def command(plan: Plan, mutant: str = "") -> str:
    """What plays a plan again."""
    switched_on = f" --mutant {shlex.quote(mutant)}" if mutant else ""
    return f"python -m tests.sim --plan {shlex.quote(plans.encode(plan))}{switched_on}"


def shrunk_transcript(plan: Plan, kind: str, mutant: str = "", runs: int = RUNS, within_s: float = math.inf) -> str:
    """The smallest plan found that fails in the same way, told."""
    small = shrink(plan, runs, within_s)
    title = f"Seed {plan.seed} ({kind}), shrunk from {plan.weight} to {small.weight}:"
    return transcript(small, title, command(small, mutant))


def explain(error: Exception, kind: str, seed: int, runs: int = RUNS) -> Exception:
    """Add to an error of a seed what a person needs to see and repeat it."""
    flag = "" if kind == "light" else f" --{kind}"
    error.add_note(f"repeat with: python -m tests.sim {seed}{flag} -v (or --shrink)")
    plan = DRAWS[kind](seed)
    if judged(plan).checker:
        error.add_note(shrunk_transcript(plan, kind, runs=runs))
    return error
