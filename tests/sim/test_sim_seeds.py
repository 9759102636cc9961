"""200 seeds of the simulator: agreement, certificates, one signature each, evidence, liveness after healing.

A failing seed is printed with the command that repeats it, and shrunk to a short transcript with one of its own.
"""

from __future__ import annotations

import pytest
from sim.byzantine import BEHAVIOURS
from sim.findings import explain
from sim.plan import Clock, Crash, Join, Member, Net, SlowDisk
from sim.seeded import draw, play

SEEDS = 200
CHUNK = 10


@pytest.mark.untraced
@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_promises_hold_whatever_happens(first: int) -> None:
    for seed in range(first, first + CHUNK):
        try:
            play(seed)
        except Exception as error:
            raise explain(error, "light", seed) from error


def test_a_seed_repeats_exactly() -> None:
    assert play(11).world.log == play(11).world.log


def test_no_seed_asks_for_more_than_was_promised() -> None:
    """Once three of ten lied and an honest one was voted out: nine are left, and two may be faulty of those."""
    assert all(draw(seed).sound for seed in [*range(1_000), 863_102_889])
    assert any(isinstance(event, Member) and not event.votes for seed in range(SEEDS) for event in draw(seed).events)
    play(863_102_889)


def test_the_seeds_try_every_kind_of_fault() -> None:
    plans = [draw(seed) for seed in range(SEEDS)]
    events = [event for plan in plans for event in plan.events]
    for kind in (Clock, Crash, Join, Member, Net, SlowDisk):
        assert sum(isinstance(event, kind) for event in events) >= 20, kind
    assert {event.at for event in events if isinstance(event, Crash)} >= {"", "signer", "commit", "send"}
    nets = [event for event in events if isinstance(event, Net)]
    assert all(any(getattr(net, field) for net in nets) for field in ("drop", "double", "cut"))
    assert max(net.slowest_ms for net in nets) > 500, "slow enough that messages overtake each other"
    assert len({behaviour for plan in plans for _, behaviour in plan.liars}) == len(BEHAVIOURS)
    assert sum(bool(plan.twins) for plan in plans) >= 15
    assert {plan.size - len(plan.outside) for plan in plans} == set(range(1, 11))
