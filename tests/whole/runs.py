"""A plan played from the first start of the nodes to the judgement."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ledger.real_network import ANCHOR, BANKS, S2, S3
from whole.judging import judge_disks, judge_reads
from whole.machine import OLDER
from whole.people import hand_in_many, hand_in_once, look_around, lose_a_key, name_accounts, trade, update
from whole.plan import Plan, draw, months_pass
from whole.trouble import calm, make_trouble
from whole.world import World

REGISTERS = (ANCHOR, S2)


@dataclass
class Outcome:
    """What came of a run."""

    seed: int
    findings: list[str]
    digest: str
    steps: int
    heights: list[int]
    counts: dict[str, int] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)


def play(plan: Plan, level: str = "warning", made: Callable[[World], object] = lambda _: None) -> Outcome:
    """Run one plan. `made` hears of its world before it begins."""
    with tempfile.TemporaryDirectory(prefix="chainbill-whole-") as home:
        world = World(plan.seed, plan.size, Path(home), closed=plan.closed, keep_blocks=plan.keep_blocks)
        world.loop.jobs.likely = plan.likely_pause
        world.too_late = months_pass(plan)
        made(world)
        try:
            world.run(lambda: _acts(world, plan), level)
        except Exception as error:
            world.book.findings.append(f"{type(error).__name__}: {error}")
    heights = [machine.disk.height for machine in world.machines.values()]
    counts = {"events": len(world.book.events), "reads": len(world.book.seen), "pending": len(world.book.pending)}
    findings = [*world.book.findings, *world.loop.complaints]
    return Outcome(plan.seed, findings, world.digest, world.loop.steps, heights, counts, world.log)


def held(seed: int) -> None:
    """Play a seed. AssertionError where a promise is broken."""
    outcome = play(draw(seed))
    assert not outcome.findings, "\n".join(outcome.findings[:10])


async def _acts(world: World, plan: Plan) -> None:
    told = [trade(world, f"trade {n}", one.story, one.numbers, one.after_s) for n, one in enumerate(plan.stories)]
    told += [name_accounts(world, party, plan.writes) for party in REGISTERS[: plan.registers]]
    told += [hand_in_once(world, S3, plan.trusting), hand_in_many(world, BANKS[0], plan.batches)]
    if plan.update_s >= 0:
        for machine in world.machines.values():
            machine.release = OLDER
        told.append(update(world, plan.update_s))
    for machine in world.machines.values():
        machine.start()
    busy = [asyncio.ensure_future(one) for one in told]
    around = [asyncio.ensure_future(look_around(world, number)) for number in range(plan.readers)]
    if plan.key_lost_s >= 0:
        around.append(asyncio.ensure_future(lose_a_key(world, plan.key_lost_s)))
    await make_trouble(world, plan.events)
    await asyncio.sleep(max(0.0, plan.trouble_s - world.loop.time()))
    calm(world)
    world.tell("--", "nothing breaks any more")
    _, left = await asyncio.wait(busy, timeout=plan.quiet_s)
    world.book.findings += [f"{len(left)} of those who trade are not done after {plan.quiet_s:g} quiet seconds"] * bool(
        left
    )
    world.traded = True
    _, staying = await asyncio.wait(around, timeout=plan.quiet_s)
    if staying:
        world.book.findings.append("a reader does not come to an end")
    for task in [*busy, *around]:
        if task.done():
            task.result()
        else:
            task.cancel()
    await _rest(world, plan.quiet_s)
    world.over = True
    for machine in world.machines.values():
        machine.stop()
    await _all(world, lambda machine: not machine.alive, "do not stop")
    world.book.findings += judge_disks(world)
    whole = [one for one in world.machines.values() if not one.pruned]
    chosen = world.chance.choice(whole)
    chosen.start()
    await _all(world, lambda machine: machine is not chosen or machine.serves, "do not start")
    await judge_reads(world, chosen)


async def _rest(world: World, within_s: float) -> None:
    """All stand together and nothing waits any more."""

    def rests() -> bool:
        machines = world.machines.values()
        return all(one.serves and not one.waits for one in machines) and len({one.disk.height for one in machines}) == 1

    for _ in range(int(within_s)):
        if rests():
            return
        await asyncio.sleep(1)
    standing = {one.name: (one.disk.height, one.serves, one.waits) for one in world.machines.values()}
    world.book.findings.append(f"the nodes do not come together: {standing}")


async def _all(world: World, holds: Callable[..., bool], otherwise: str) -> None:
    for _ in range(600):
        if all(map(holds, world.machines.values())):
            return
        await asyncio.sleep(0.1)
    stuck = [one.name for one in world.machines.values() if not holds(one)]
    world.book.findings.append(f"{stuck} {otherwise}")
