"""Everything is well at last: rounds meet and a height is decided within bounds; broken liveness is seen by them."""

from __future__ import annotations

from itertools import count

import pytest
from msgspec.structs import replace
from sim import healing
from sim import plan as plans
from sim.findings import explain
from sim.mutants import MUTANTS
from sim.plan import Clock, Healing, Join, Pace, Plan
from sim.promptness import decided_within_ms
from sim.runs import judged
from sim.seeded import play_plan
from sim.shrinking import without_node

SEEDS = 24
CHUNK = 8
PACE = Pace(100, 50, 50, 50, idle_ms=0, gossip_ms=300)


@pytest.mark.untraced
@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_a_height_is_decided_soon_after_all_is_well(first: int) -> None:
    for number in range(first, first + CHUNK):
        try:
            play_plan(healing.draw(number))
        except Exception as error:
            raise explain(error, "healing", number) from error


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("mutant", "checker", "most"),
    [
        ("no skipping", "rounds", 5),
        ("exponential timers", "promptness", 10),
        ("allowed delay never grows", "promptness", 15),
    ],
)
def test_broken_liveness_is_seen_at_random(mutant: str, checker: str, most: int) -> None:
    with MUTANTS[mutant]():
        found = next(number for number in count() if judged(healing.draw(number)).checker == checker)
    print(f"{mutant}: run {found + 1}")
    assert found < most


def test_every_plan_is_sound_and_the_kinds_of_trouble_are_there() -> None:
    drawn = [healing.draw(number) for number in range(300)]
    assert all(plan.sound and plans.decode(plans.encode(plan)) == plan for plan in drawn)
    healings = [plan.healing for plan in drawn if plan.healing is not None]
    assert len(healings) == len(drawn)
    assert sum(bool(one.gone) for one in healings) >= 80
    assert {one.takes_ms for one in healings} == {20, 200, 400}
    assert sum(bool(plan.liars) for plan in drawn) >= 40


def test_the_bound_of_a_worked_number() -> None:
    plan = Plan(seed=1, size=4, pace=PACE)
    assert decided_within_ms(plan, 2, Healing()) == 340 + 5 * 280 + 150 * (2 + 3 + 4 + 5 + 6) == 4_740


def test_where_messages_take_longer_the_bound_waits_until_timers_and_allowed_delay_have_grown() -> None:
    pace = replace(PACE, propose_growth_ms=200, vote_growth_ms=200, delay_ms=100, drift_ms=50)
    plan = Plan(seed=1, size=4, pace=pace)  # propose 100 + 200 r ≥ 1,200 and votes 50 + 200 r ≥ 800: from round 6 on
    rounds = sum(200 + 600 * number + 4 * 400 for number in range(6 + 4))
    assert decided_within_ms(plan, 0, Healing(takes_ms=400)) == 300 + 2 * 400 + rounds == 46_100


def test_no_bound_is_promised_to_more_absent_ones_or_to_who_comes_in_late() -> None:
    assert Plan(seed=1, size=4, healing=Healing(("n1",))).sound
    for unfair in (
        Plan(seed=1, size=4, healing=Healing(("n1", "n2"))),
        Plan(seed=1, size=4, liars=(("n0", "silent"),), healing=Healing(("n1",))),
        Plan(seed=1, size=4, events=(Clock(5, "n1", 100),), healing=Healing()),
        Plan(seed=1, size=5, outside=("n4",), events=(Join(5, "n4"),), healing=Healing()),
    ):
        assert not unfair.sound


def test_a_plan_without_a_node_has_nobody_else_away() -> None:
    plan = Plan(seed=1, size=4, healing=Healing(("n3",)))
    assert without_node(plan, "n0").healing == Healing(("n2",))
    assert without_node(plan, "n3").healing == Healing()
