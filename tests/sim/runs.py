"""Every kind of run by name: how a seed becomes a plan, how a plan is played, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim import healing, led, real, seeded
from sim import plan as plans
from sim.checkers import ViolationError
from sim.plan import Plan
from sim.world import World

DRAWS: dict[str, Callable[[int], Plan]] = {
    "light": seeded.draw,
    "real": real.draw,
    "joining": real.draw_joining,
    "led": led.draw,
    "healing": healing.draw,
}
MOST_LINES = 90


@dataclass(frozen=True)
class Verdict:
    """What came of a run. `checker`: who fired, or the kind of error; "" where every promise holds."""

    checker: str
    text: str
    heights: tuple[int, ...] = ()
    events: int = 0
    taken_by_chance: tuple[tuple[str, str, int], ...] = ()
    world: World | None = None

    @property
    def log(self) -> list[str]:
        """What happened, a line each."""
        return [] if self.world is None else self.world.log


def judged(plan: Plan) -> Verdict:
    """Play a plan."""
    made: list[seeded.Run] = []
    checker = text = ""
    try:
        (real.play_plan if plan.ledger == "real" else seeded.play_plan)(plan, made.append)
    except ViolationError as violation:
        checker, text = violation.checker, str(violation)
    except Exception as error:
        checker, text = type(error).__name__, f"{type(error).__name__}: {error}"
    if not made:
        return Verdict(checker, text)
    run = made[0]
    lost = tuple(run.world.taken_by_chance)
    return Verdict(checker, text, tuple(node.height for node in run.honest), run.world.steps, lost, run.world)


def transcript(plan: Plan, title: str, repeat: str) -> str:
    """A run as a story, as in tests/transcripts/: the plan, who did what and when, what the checkers say."""
    verdict = judged(plan)
    log = verdict.log
    if len(log) > MOST_LINES:
        half = MOST_LINES // 2
        log = [*log[:half], f"       ({len(log) - MOST_LINES} lines)", *log[-half:]]
    end = f"a promise is broken: {verdict.text}" if verdict.checker else "every promise holds"
    head = [f"# {title}", *[f"# {line}" for line in plans.told(plan)], "# Columns: virtual ms, who, what."]
    return "\n".join([*head, "", *log, "", end, f"repeat: {repeat}", ""])
