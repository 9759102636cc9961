"""A failing plan made small: everything goes without which the same checker still fires.

Delta debugging (Zeller, Hildebrandt 2002) over the plan's parts, then simpler values, over and over until nothing
changes or the runs (in the soak also the seconds) are used up. The order of attempts and each run are fixed, so a plan
always shrinks to the same one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from msgspec.structs import replace
from sim.plan import AnyEvent, Clock, Crash, Join, Member, Net, Plan, SlowDisk, Wipe, names
from sim.runs import judged

RUNS = 250
Item = TypeVar("Item")
Fails = Callable[[Plan], bool]


class Shrinker:
    """Counts its runs; `fails` is asked at most so many times and seconds, and never twice about one plan."""

    def __init__(self, fails: Fails, runs: int, within_s: float = math.inf) -> None:
        self._fails = fails
        self._known: dict[Plan, bool] = {}
        self._until_s = time.monotonic() + within_s
        self.left = runs

    @property
    def over(self) -> bool:
        """Whether nothing more may be tried."""
        return self.left <= 0 or time.monotonic() >= self._until_s

    def holds(self, plan: Plan) -> bool:
        """Whether a smaller plan still fails in the same way."""
        if plan not in self._known:
            if self.over or not plan.sound:
                return False
            self.left -= 1
            self._known[plan] = self._fails(plan)
        return self._known[plan]

    def fewest(self, items: Sequence[Item], rebuilt: Callable[[tuple[Item, ...]], Plan]) -> tuple[Item, ...]:
        """ddmin: as few of the items as possible."""
        kept = tuple(items)
        pieces = 1
        while kept:
            size = max(1, len(kept) // pieces)
            for start in range(0, len(kept), size):
                fewer = kept[:start] + kept[start + size :]
                if self.holds(rebuilt(fewer)):
                    kept, pieces = fewer, max(1, pieces - 1)
                    break
            else:
                if size == 1:
                    break
                pieces = min(len(kept), pieces * 2)
        return kept

    def first(self, plans: Iterator[Plan], otherwise: Plan) -> Plan:
        """The first of some simpler plans that still fails."""
        return next((plan for plan in plans if self.holds(plan)), otherwise)


def shrink(plan: Plan, runs: int = RUNS, within_s: float = math.inf) -> Plan:
    """A plan that fails with the same checker, and of which hardly anything can be left out."""
    checker = judged(plan).checker
    shrinker = Shrinker(lambda smaller: judged(smaller).checker == checker, runs, within_s)
    before = None
    while plan != before and not shrinker.over:
        before = plan
        plan = _round(plan, shrinker)
    return plan


def _round(plan: Plan, shrinker: Shrinker) -> Plan:
    """One pass over everything that can be smaller."""
    plan = replace(plan, events=shrinker.fewest(plan.events, lambda kept: replace(plan, events=kept)))
    plan = replace(plan, skews=shrinker.fewest(plan.skews, lambda kept: replace(plan, skews=kept)))
    plan = replace(plan, liars=shrinker.fewest(plan.liars, lambda kept: replace(plan, liars=kept)))
    plan = replace(plan, twins=shrinker.fewest(plan.twins, lambda kept: replace(plan, twins=kept)))
    if plan.healing is not None:
        healing = plan.healing
        plan = replace(plan, healing=None) if shrinker.holds(replace(plan, healing=None)) else plan
        gone = shrinker.fewest(healing.gone, lambda kept: replace(plan, healing=replace(healing, gone=kept)))
        plan = plan if plan.healing is None else replace(plan, healing=replace(healing, gone=gone))
    if plan.ledger == "light":
        for name in reversed(names(plan.size)):
            smaller = without_node(plan, name)
            plan = smaller if shrinker.holds(smaller) else plan
    for number in range(len(plan.events)):
        plan = shrinker.first(_with_simpler_event(plan, number), plan)
    plan = shrinker.first(_sooner(plan), plan)
    plan = _with_named_losses(plan, shrinker)
    return replace(plan, lost=shrinker.fewest(plan.lost, lambda kept: replace(plan, lost=kept)))


def without_node(plan: Plan, name: str) -> Plan:
    """The plan without one node; those behind it move up."""
    renamed = {}
    for old, new in zip([one for one in names(plan.size) if one != name], names(plan.size - 1), strict=True):
        renamed |= {old: new, old + "'": new + "'"}

    def moved(found: Any) -> Any:
        if isinstance(found, str):
            return renamed.get(found, found)
        return tuple(moved(one) for one in found if one != name) if isinstance(found, tuple) else found

    events = [event for event in plan.events if getattr(event, "node", "").rstrip("'") != name]
    return replace(
        plan,
        size=plan.size - 1,
        outside=moved(plan.outside),
        twins=moved(plan.twins),
        liars=tuple((renamed[node], how) for node, how in plan.liars if node != name),
        skews=tuple((renamed[node], skew) for node, skew in plan.skews if node != name),
        events=tuple(_renamed(event, renamed, moved) for event in events),
        lost=tuple(moved(one) for one in plan.lost if name not in one),
        healing=plan.healing and replace(plan.healing, gone=moved(plan.healing.gone)),
    )


def _renamed(event: AnyEvent, renamed: dict[str, str], moved: Callable[[Any], Any]) -> AnyEvent:
    if isinstance(event, Net):
        return replace(event, cut=moved(event.cut))
    if isinstance(event, Crash | SlowDisk | Clock | Member | Join | Wipe):
        return replace(event, node=renamed[event.node])
    return event


def _with_simpler_event(plan: Plan, number: int) -> Iterator[Plan]:
    """The plan with one event made quieter, rounder or earlier; the boldest first."""
    event = plan.events[number]
    for simpler in _simpler(event):
        yield replace(plan, events=(*plan.events[:number], simpler, *plan.events[number + 1 :]))


def _simpler(event: AnyEvent) -> Iterator[AnyEvent]:
    if isinstance(event, Net):
        quiet = replace(event, drop=0.0, double=0.0, slowest_ms=5)
        for one in (quiet, replace(event, cut=()), replace(event, double=0.0), replace(event, slowest_ms=5)):
            if one != event:
                yield one
    for field in ("after", "persist_ms", "skew_ms", "away_ms", "at_ms"):
        value = getattr(event, field, 0)
        for less in (0, value // 2, value // 1_000 * 1_000):
            if value and less != value and not (field == "persist_ms" and less == 0):
                yield replace(event, **{field: less})


def _sooner(plan: Plan) -> Iterator[Plan]:
    """Everything heals earlier."""
    last = max((event.at_ms for event in plan.events), default=0)
    for trouble_ms in (last + 1, last + 1_000, plan.trouble_ms // 2):
        if last <= trouble_ms < plan.trouble_ms:
            yield replace(plan, trouble_ms=trouble_ms)


def _with_named_losses(plan: Plan, shrinker: Shrinker) -> Plan:
    """The messages that chance took, by name, so that it can be asked which of them matter."""
    if not any(isinstance(event, Net) and event.drop for event in plan.events):
        return plan
    events = tuple(replace(event, drop=0.0) if isinstance(event, Net) else event for event in plan.events)
    named = replace(plan, events=events, lost=(*plan.lost, *judged(plan).taken_by_chance))
    return named if len(named.lost) < 2_000 and shrinker.holds(named) else plan
