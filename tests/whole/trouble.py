"""What the events of a plan do to a world."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from whole.machine import Machine
from whole.plan import Event

if TYPE_CHECKING:
    from whole.world import World

QUICK_S = 0.02


async def make_trouble(world: World, events: tuple[Event, ...]) -> None:
    """All of them, each at its time."""
    for event in events:
        await asyncio.sleep(max(0.0, event.at_s - world.loop.time()))
        if event.kind in ("cut", "slow"):
            _to_links(world, event)
        else:
            _to_machine(world, world.machines[event.node], event)


def _to_links(world: World, event: Event) -> None:
    if event.kind == "cut":
        world.cables.cut = [set(group) for group in event.groups]
        world.tell("--", f"cut into {[sorted(group) for group in event.groups]}")
        world.loop.call_later(event.seconds, heal, world)
    else:
        world.cables.slowest_s = event.seconds / 4
        world.tell("--", f"everything takes up to {event.seconds / 4:.2f} s")
        world.loop.call_later(event.seconds, quicken, world)


def heal(world: World) -> None:
    """The network is whole."""
    world.cables.cut = []


def quicken(world: World) -> None:
    """The network is as quick as before."""
    world.cables.slowest_s = QUICK_S


def _to_machine(world: World, machine: Machine, event: Event) -> None:
    machine.away_s = event.seconds
    match event.kind:
        case "kill":
            machine.kill(silently=bool(event.number % 2))
        case "die_store" | "die_signer":
            machine.deaths[event.kind.removeprefix("die_")] = event.number
        case "die_step":
            machine.life.dies_in = event.number
        case "lose":
            machine.lose_data()
        case "stop":
            machine.stop()
        case "disk":
            machine.failing = 1
        case "clock":
            machine.clock_s = machine.life.clock_s = event.seconds
            world.tell(machine.name, f"its clock is {event.seconds:+.2f} s off")
        case "reset":
            for end in world.cables.ends_of(machine.life)[: event.number]:
                end.reset()


def calm(world: World) -> None:
    """Nothing breaks any more."""
    world.calm_s = world.loop.time()
    heal(world)
    quicken(world)
    for machine in world.machines.values():
        machine.deaths.clear()
        machine.failing = 0
        machine.life.dies_in = -1
        machine.clock_s = machine.life.clock_s = 0.0
