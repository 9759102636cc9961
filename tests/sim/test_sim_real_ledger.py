"""A few seeds of the simulator with the product's ledger and contracts under it, and of nodes that join it."""

from __future__ import annotations

import pytest
from sim import real
from sim.findings import explain
from sim.plan import Join, Wipe

SEEDS = 6
JOINING_SEEDS = 8


@pytest.mark.untraced
@pytest.mark.parametrize("seed", range(SEEDS))
def test_bills_survive_crashes_and_partitions(seed: int) -> None:
    try:
        run = real.play(seed)
    except Exception as error:
        raise explain(error, "real", seed) from error
    assert all(client.done for client in run.world.clients)
    assert len(run.world.clients) == 5
    assert len(run.world.checkers.decided) >= 5


@pytest.mark.untraced
@pytest.mark.parametrize("seed", range(JOINING_SEEDS))
def test_newcomers_end_where_the_others_are(seed: int) -> None:
    plan = real.draw_joining(seed)
    try:
        run = real.play_plan(plan)
    except Exception as error:
        raise explain(error, "joining", seed) from error
    newcomer = next(event for event in plan.events if isinstance(event, Join | Wipe))
    height = run.world.joined.get(newcomer.node, 0)
    print(f"{newcomer.node} began with {f'the snapshot of height {height}' if height else 'block 1'}")
    assert run.world.nodes[newcomer.node].height == run.world.reference.height


def test_the_seeds_try_snapshots_blocks_lost_disks_liars_members_and_pruning() -> None:
    plans = [real.draw_joining(seed) for seed in range(JOINING_SEEDS)]
    kinds = {type(event).__name__ for plan in plans for event in plan.events}
    assert {"Join", "Wipe", "Crash", "Net", "SlowDisk", "Clock"} <= kinds
    assert {bool(plan.snapshot_every) for plan in plans} == {True, False}
    assert any(plan.liars for plan in plans)
    assert any(plan.keep_blocks for plan in plans)
    assert any(getattr(event, "story", "") == "member" for plan in plans for event in plan.events)
