"""Each fault of the simulator does what it says: a fault that does nothing finds nothing."""

from __future__ import annotations

import random

import pytest
from sim.disks import Level, SimulatedStore
from sim.nodes import SimulatedNode
from sim.plan import AnyEvent, Clock, Crash, Hand, Join, Net, Plan, SlowDisk
from sim.runs import judged
from sim.seeded import Run, play_plan
from sim.snapshot_lies import CHANGES, LIES
from sim.storage_mutants import MUTANTS
from sim.world import World


def played(*events: AnyEvent, size: int = 4, **more: object) -> Run:
    plan = Plan(seed=1, size=size, events=(Hand(100, "tx"), *events), trouble_ms=3_000, **more)  # type: ignore[arg-type]
    return play_plan(plan)


def decided_ms(run: Run, name: str) -> int:
    """When a node decided height 1."""
    line = next(line for line in run.world.log if f" {name} " in line and "height 1:" in line)
    return int(line.split()[0])


def test_a_slow_disk_keeps_back_what_is_said_and_nothing_else() -> None:
    quick, slow = played(), played(SlowDisk(0, "n1", 200))
    assert decided_ms(quick, "n0") < 200
    assert decided_ms(slow, "n0") > 300, "n1 proposes, and persists before it speaks"
    other = played(SlowDisk(0, "n3", 200))
    assert decided_ms(other, "n0") < 200, "three are enough"
    assert decided_ms(other, "n3") > 300


def test_a_clock_that_jumps_is_what_the_node_writes() -> None:
    true, ahead = (run.world.checkers.decided[1].header.time_ms for run in (played(), played(Clock(0, "n1", 2_500))))
    assert 2_000 < ahead - true < 3_000


@pytest.mark.parametrize("at", ["signer", "commit", "send"])
def test_a_crash_comes_at_the_point_that_is_named(at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    died_at: list[str] = []

    def watched(node: SimulatedNode, kind: str) -> bool:
        dies = point(node, kind)
        if dies:
            died_at.append(kind)
        return dies

    point = SimulatedNode.point
    monkeypatch.setattr(SimulatedNode, "point", watched)
    run = played(Crash(50, "n1", 1, 300, at))
    assert died_at == [at]
    told = [line.split(maxsplit=2)[2] for line in run.world.log if " n1 " in line]
    assert told.index("crashed") < told.index("restarted")


def test_the_network_cuts_loses_and_doubles() -> None:
    arrived: list[str] = []

    def count(world: World, of: Net) -> int:
        arrived.clear()
        run = Run(Plan(seed=1, size=2))
        world = run.world
        run.happen(of)
        for node in run.honest:
            node.receive = lambda source, data: arrived.append(source)  # type: ignore[assignment, method-assign]
        for _ in range(200):
            world.transmit("n0", "n1", b"message")
        world.run(10_000)
        return len(arrived)

    world = World(1, 2)
    assert count(world, Net(0)) == 200
    assert count(world, Net(0, cut=(("n0",), ("n1",)))) == 0
    assert 60 < count(world, Net(0, drop=0.5)) < 140
    assert 240 < count(world, Net(0, double=0.5)) < 360


def test_messages_overtake_each_other() -> None:
    run = Run(Plan(seed=1, size=2))
    run.happen(Net(0, slowest_ms=800))
    arrived: list[bytes] = []
    run.honest[1].receive = lambda source, data: arrived.append(data)  # type: ignore[assignment, method-assign]
    sent = [b"%03d" % number for number in range(100)]
    for data in sent:
        run.world.transmit("n0", "n1", data)
    run.world.run(1_000)
    assert sorted(arrived) == sent
    assert arrived != sent


def test_what_was_not_synced_may_be_gone_and_what_was_is_there() -> None:
    lost = set()
    for seed in range(20):
        level = Level(lambda: None, lambda: None)
        store = SimulatedStore(level)
        store.write([(b"a", b"1"), (b"b", b"1")])
        with MUTANTS["batch not synced"]():
            store.write([(b"a", b"2")], [b"b"])
            store.write([(b"a", b"3")])
        level.crash(random.Random(seed))
        lost.add((store.get(b"a"), store.get(b"b")))
    assert lost == {(b"1", b"1"), (b"2", None), (b"3", None)}
    store.write([(b"c", b"1")])
    level.crash(random.Random(0))
    assert [key for key, _ in store.range(b"", b"\xff")][-1] == b"c"
    assert next(key for key, _ in store.range(b"", b"\xff", reverse=True)) == b"c"


def test_a_latecomer_begins_with_block_one() -> None:
    run = played(Join(2_000, "n4"), size=5, outside=("n4",))
    told = [line for line in run.world.log if " n4 " in line]
    assert "starts for the first time" in told[0]
    assert any("takes over height 1" in line for line in told)


def test_a_broken_program_is_a_finding_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Run) -> None:
        raise KeyError("no such thing")

    monkeypatch.setattr(Run, "play", broken)
    assert judged(Plan(seed=1, size=4)).checker == "KeyError"


def test_every_lie_is_told_apart() -> None:
    assert set(CHANGES) < set(LIES)
    assert len(set(LIES)) == len(LIES)
