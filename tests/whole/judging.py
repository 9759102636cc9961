"""What must hold when a run is over, whatever happened in it. Each finding is a line of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chainbill_node.home.verify import verify_store
from chainbill_node.storage.chain import layout
from faults.chains import chain_in
from faults.history import Acknowledged, Chain, Read, find_faults
from whole.clients import Client
from whole.notebook import Seen

if TYPE_CHECKING:
    from whole.machine import Machine
    from whole.world import World

MOMENT_S = 0.1
LEFT_WAITING_S = 1.0
SHOWN = 400
OF_THE_STATE = (layout.STATE, layout.BUCKET, layout.LEAF)
DIFFERS = (layout.DERIVED_KEY,)  # since when this very node keeps sums


def judge_disks(world: World) -> Iterator[str]:
    """Chains, acknowledgements, real time, registers and waits; and that all disks hold what the blocks make."""
    stores = {name: machine.disk.open("chain") for name, machine in world.machines.items()}
    whole = [name for name, machine in world.machines.items() if not machine.pruned]
    chains = {name: chain_in(stores[name]) for name in whole}
    registers = {event.register for event in world.book.events if isinstance(event, Read)}
    yield from find_faults(world.book.events, chains, dict.fromkeys(registers, ""))
    yield from _waits(world, chains)
    yield from _sessions(world)
    yield from _keys(world)
    rows = world.machines[whole[0]].disk.levels["chain"].rows
    for name, machine in world.machines.items():
        if name == whole[0] or machine.pruned:
            report = verify_store(stores[name], world.genesis, protocols=machine.release.protocols)
            yield from (f"{name} at height {one.height}: {one.what}: {one.detail}" for one in report.problems[:5])
        found = machine.disk.levels["chain"].rows
        keys = [key for key in rows.keys() | found.keys() if rows.get(key) != found.get(key)]
        keys = [key for key in sorted(keys) if not _may_differ(key, machine)]
        if keys:
            yield f"{whole[0]} and {name} differ in {len(keys)} rows, first {keys[0][:40]!r}"


def _may_differ(key: bytes, machine: Machine) -> bool:
    """Certificates may; where old blocks go, all but the state may."""
    return key[:1] == layout.CERTIFICATE or key in DIFFERS or (machine.pruned and key[:1] not in OF_THE_STATE)


def _waits(world: World, chains: dict[str, Chain]) -> Iterator[str]:
    """Nobody is left waiting for what the node has on its disk."""
    longest = max(chains.values(), key=len)
    heights = {identity: height for height, block in enumerate(longest, 1) for identity in block.transactions}
    for one in world.book.pending:
        height = heights.get(one.id, 0)
        start, at_s = world.machines[one.node.rstrip("'")].committed_s.get(height, (0, 0.0))
        if height and start == one.start and one.began_s < at_s < one.at_s - LEFT_WAITING_S:
            yield f"{one.node} let a client wait for {one.id[:12]}, in block {height}, until {one.at_s:.2f} s"


def _sessions(world: World) -> Iterator[str]:
    """For a client that waits for each answer no node goes back in height, nor behind what it acknowledged."""
    told = [(one.at_s, one.began_s, one.client, one.node, one.height) for one in world.book.seen if one.newest]
    acks = [event for event in world.book.events if isinstance(event, Acknowledged)]
    told += [(one.at, float("inf"), one.client, one.node, one.height) for one in acks]
    floors: dict[tuple[str, str], int] = {}
    for at_s, began_s, client, node, height in sorted(told):
        floor = floors.get((client, node), 0)
        if began_s <= at_s and 0 <= height < floor:
            yield f"{node} answered {client} for height {height} after height {floor}"
        floors[client, node] = max(floor, height)


def _keys(world: World) -> Iterator[str]:
    """A key that is taken away reads nothing at a node that has that block."""
    for one in world.book.seen:
        height = world.book.revoked.get(one.key)
        if world.closed and height is not None and one.status == 200:
            start, at_s = world.machines[one.node.rstrip("'")].committed_s.get(height, (0, 0.0))
            if start and start <= one.start and at_s < one.began_s - MOMENT_S:
                yield f"{one.node} answered a key at {one.began_s:.3f} s that was taken away in block {height}"


async def judge_reads(world: World, machine: Machine) -> None:
    """Every answer is what a process that has just been started says of that height; and that does not change."""
    answers: dict[tuple[str, str, int], Any] = {}
    kept = {one.etag: one.body for one in world.book.seen if one.etag and one.status == 200}
    for one in world.book.seen:
        if one.status == 304:
            one = replace(one, status=200, body=kept.get(one.etag))
        if one.status not in (200, 404) or one.height < 0 or one.key in world.book.revoked:
            continue
        key = (one.viewer, one.asked, one.height)
        if key not in answers:
            answers[key] = await _asked_again(world, machine, one)
        status, body = answers[key]
        if _plain(one) != (status, body):
            world.book.findings.append(
                f"{one.node} answered {one.client} at {one.at_s:.3f} s about {one.asked} as of {one.height}: "
                f"{one.status} {str(one.body)[:SHOWN]}, and it was {status} {str(body)[:SHOWN]}"
            )


async def _asked_again(world: World, machine: Machine, one: Seen) -> tuple[int, Any]:
    client = Client(world, "judge", one.viewer)
    mark = "&" if "?" in one.asked else "?"
    path = f"{one.asked}{mark}at={one.height}" + ("&limit=1000" if one.is_list else "")
    answer = await client.ask(machine, "GET", path, patient=True)
    assert answer is not None
    return answer.status, answer.json if answer.status == 200 else None


def _plain(one: Seen) -> tuple[int, Any]:
    """Of what waits at a node the chain knows nothing."""
    if one.status != 200 or one.body.get("status") == "pending":
        return 404, None
    return 200, one.body
