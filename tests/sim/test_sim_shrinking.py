"""A failing seed becomes a short plan that fails in the same way, always the same one, and can be played again."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sim import plan as plans
from sim.__main__ import main
from sim.findings import MUTANTS, command, explain, shrunk_transcript
from sim.plan import Clock, Crash, Hand, Member, Net, Plan, Story
from sim.runs import judged
from sim.seeded import draw
from sim.shrinking import Shrinker, shrink, without_node
from sim.storage_scenes import of_real

pytestmark = pytest.mark.untraced
TORN = "torn frame left in place"
TORN_SEED = 17


@pytest.fixture(scope="module")
def torn() -> Plan:
    with MUTANTS[TORN]():
        return shrink(draw(TORN_SEED))


def test_a_failing_seed_shrinks_to_something_clearly_smaller(torn: Plan) -> None:
    plan = draw(TORN_SEED)
    with MUTANTS[TORN]():
        before, after = judged(plan), judged(torn)
    assert before.checker == after.checker == "recovery"
    assert torn.weight * 4 < plan.weight
    assert (torn.size, len(torn.events)) == (2, 3)
    assert len(after.log) * 5 < len(before.log)
    assert judged(torn).checker == "", "without the mutant it passes"


def test_a_plan_always_shrinks_to_the_same_one() -> None:
    with MUTANTS["quorum minus one"]():
        small = shrink(draw(0))
        assert shrink(draw(0)) == small
        assert judged(small).checker == "lock"
    assert small.events == ()


def test_shrinking_ends_when_its_time_is_over() -> None:
    plan = draw(0)
    asked: list[Plan] = []

    def fails(smaller: Plan) -> bool:
        asked.append(smaller)
        return True

    shrinker = Shrinker(fails, 100, within_s=0)
    assert shrinker.fewest(plan.events, lambda kept: replace(plan, events=kept)) == plan.events
    assert asked == []


def test_a_finding_on_the_real_ledger_shrinks_too() -> None:
    plan = of_real(Story(0, "changes", (2,)), Clock(10, "n1", 50), Story(300, "again", (1,)), trouble_ms=600)
    with MUTANTS["history not written"]():
        small = shrink(plan, runs=6)
        assert judged(small).checker == judged(plan).checker == "history"
    assert len(small.events) == 1


def test_what_is_printed_repeats_it(torn: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    assert plans.decode(plans.encode(torn)) == torn
    with MUTANTS[TORN]():
        told = shrunk_transcript(torn, "light", TORN, runs=10)
    assert "2 validators" in told
    assert "a promise is broken: [recovery]" in told
    assert told.splitlines()[-1] == f"repeat: {command(torn, TORN)}"
    assert len(told.splitlines()) < 40
    assert main(["--plan", plans.encode(torn), "--mutant", TORN]) == 1
    assert "[recovery]" in capsys.readouterr().out
    assert main(["--plan", plans.encode(torn)]) == 0
    assert main(["0", "--shrink", "--mutant", "quorum minus one"]) == 1
    assert "shrunk from" in capsys.readouterr().out
    assert main(["0"]) == 0
    assert "holds" in capsys.readouterr().out


def test_a_test_that_fails_tells_the_seed_and_the_shrunk_run() -> None:
    with MUTANTS[TORN]():
        error = explain(ValueError("found"), "light", TORN_SEED, runs=20)
    assert "python -m tests.sim 17 -v" in error.__notes__[0]
    assert "repeat: python -m tests.sim --plan" in error.__notes__[1]


def test_messages_that_chance_took_can_be_named() -> None:
    plan = replace(draw(8), events=(Net(0, drop=0.3, slowest_ms=50), *draw(8).events))
    before = judged(plan)
    quiet = tuple(replace(event, drop=0.0) if isinstance(event, Net) else event for event in plan.events)
    after = judged(replace(plan, events=quiet, lost=before.taken_by_chance))
    assert len(before.taken_by_chance) > 20
    assert (after.heights, after.events) == (before.heights, before.events)
    assert [line for line in after.log if "net" not in line] == [line for line in before.log if "net" not in line]


def test_delta_debugging_keeps_only_what_is_needed() -> None:
    events = tuple(Hand(number, f"tx{number}") for number in range(40))

    def fails(plan: Plan) -> bool:
        return {"tx7", "tx31"} <= {event.transaction for event in plan.events if isinstance(event, Hand)}

    shrinker = Shrinker(fails, 200)
    kept = shrinker.fewest(events, lambda fewer: Plan(seed=1, size=4, events=fewer))
    assert [event.transaction for event in kept] == ["tx7", "tx31"]
    assert Shrinker(fails, 3).fewest(events, lambda fewer: Plan(seed=1, size=4, events=fewer)) == events


def test_a_node_is_taken_out_and_the_others_move_up() -> None:
    plan = Plan(
        seed=1, size=5, outside=("n4",), liars=(("n3", "silent"),), skews=(("n1", 5), ("n2", 7)),
        events=(Crash(1, "n1", 2, 3), Clock(2, "n2", 9), Net(3, cut=(("n0", "n1"), ("n2", "n3", "n4")))),
        lost=(("n0", "n1", 3), ("n2", "n3", 4)),
    )  # fmt: skip
    assert without_node(plan, "n1") == Plan(
        seed=1, size=4, outside=("n3",), liars=(("n2", "silent"),), skews=(("n1", 7),),
        events=(Clock(2, "n1", 9), Net(3, cut=(("n0",), ("n1", "n2", "n3")))), lost=(("n1", "n2", 4),),
    )  # fmt: skip


def test_a_plan_with_too_many_liars_is_not_asked_about() -> None:
    assert not Plan(seed=1, size=3, liars=(("n0", "silent"),)).sound
    assert Plan(seed=1, size=4, liars=(("n0", "silent"),)).sound
    assert not Plan(seed=1, size=1, outside=("n0",)).sound
    leaving = (Member(5, "n1", votes=False),)
    assert Plan(seed=1, size=5, liars=(("n0", "silent"),), events=leaving).sound
    assert not Plan(seed=1, size=4, liars=(("n0", "silent"),), events=leaving).sound
