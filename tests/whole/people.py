"""Who uses the simulated network: suppliers who trade, somebody who writes one register over and over, readers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from faults.history import Read
from ledger.real_network import ANCHOR, BANKS, CHECKERS, S1, S2, S3
from ledger.two_protocols import PROTOCOL_2
from sim.stories import STORIES
from whole.clients import Client
from whole.machine import NEWER
from writes import account_at, bank_of

if TYPE_CHECKING:
    from whole.machine import Machine
    from whole.world import World

LISTS = ("/v1/bills", "/v1/tokens", "/v1/parties", f"/v1/tokens?holder={S1}", f"/v1/parties/{S1}/bills")
PARTIES = (ANCHOR, S1, S2, S3, BANKS[0])


async def trade(world: World, name: str, story: str, numbers: tuple[int, ...], after_s: float) -> None:
    """One story from beginning to end."""
    client = Client(world, name, BANKS[0])
    await client.pause(after_s)
    told: Any = world
    await client.tell(STORIES[story](told, *numbers))


async def name_accounts(world: World, party: str, count: int) -> None:
    """The register of a party is its account's bank: written and read at changing nodes. One write in eight fails."""
    client = Client(world, f"writer {party[-4:]}", party)
    for number in range(count):
        bank = S1 if number % 8 == 7 else BANKS[world.chance.randrange(4)]
        await client.call(party, account_at(bank), (party, bank))
        for _ in range(2):
            await read_register(client, party)
        await client.pause(1.0)


async def read_register(client: Client, party: str) -> None:
    """What a node says where the account is."""
    world, machine = client.world, await client.some_node()
    began_s, node = world.loop.time(), machine.known_as
    answer = await client.get(machine, f"/v1/parties/{party}")
    if answer is not None and answer.status == 200:
        body = answer.json
        height = body["as_of"]["height"]
        told = bank_of(body) or ""
        world.book.events.append(Read(began_s, world.loop.time(), client.name, node, party, told, height))


async def lose_a_key(world: World, after_s: float) -> None:
    """The second key of a supplier reads until the supplier takes it away; then nobody answers it any more."""
    owner, reader = Client(world, "owner", S2), Client(world, "thief", S2)
    reader.key = CHECKERS[S2]
    taking = asyncio.ensure_future(_take_away(owner, reader.key.public.hex(), after_s))
    while not world.traded:
        await reader.get(await reader.some_node(), f"/v1/parties/{S2}")
        await reader.pause(1.0)
    await taking


async def _take_away(owner: Client, key: str, after_s: float) -> None:
    await asyncio.sleep(after_s)
    body = await owner.call(S2, ("party", "revoke_key", {"key": key}))
    if "result" not in body:
        owner.world.book.findings.append(f"the key is not taken away: {body}")
    else:
        owner.world.book.revoked[key] = body["height"]


async def hand_in_many(world: World, party: str, count: int) -> None:
    """Batches of announcements: many transactions in one block, one or two of which fail."""
    client = Client(world, f"crowd {party[-4:]}", party)
    for _ in range(count):
        await client.pause(6.0)
        banks = [world.chance.choice((*BANKS, S1)) for _ in range(world.chance.randint(3, 9))]
        await client.hand_in_together([client.sign(account_at(bank)) for bank in banks])


async def hand_in_once(world: World, party: str, count: int) -> None:
    """Somebody hands in, hears "pending", and trusts the node with it: asks now and then, but never hands in again
    unless the node was started anew."""
    client = Client(world, f"trusting {party[-4:]}", party)
    for _ in range(count):
        await client.trust(client.sign(account_at(BANKS[world.chance.randrange(4)])))
        await client.pause(2.0)


async def update(world: World, after_s: float) -> None:
    """The network goes on to the next protocol: the machines are updated one after the other, and in the middle of
    that the banks vote. One that comes too late stops before the height, and is updated then."""
    client = Client(world, "operators", BANKS[0])
    await asyncio.sleep(after_s)
    machines = list(world.machines.values())
    world.chance.shuffle(machines)
    early = world.chance.randint(0, len(machines))
    for machine in machines[:early]:
        await _update_one(client, machine)
    at = max(one.disk.height for one in machines) + world.chance.randint(8, 20)
    content = {"version": PROTOCOL_2.version, "digest": PROTOCOL_2.digest, "active_height": at}
    body = await client.call(BANKS[0], ("governance", "propose", {"kind": "protocol", "content": content}))
    if "result" in body:
        proposal = body["result"]["proposal"]
        for bank in BANKS[: len(machines)]:
            await client.call(bank, ("governance", "vote", {"proposal": proposal, "choice": "yes"}))
        world.tell("--", f"voted for protocol {PROTOCOL_2.version} from height {at}")
    for machine in machines[early:]:
        await _update_one(client, machine)
    while max(one.disk.height for one in machines) < at:
        bank = BANKS[world.chance.randrange(4)]
        await client.call(S2, account_at(bank), (S2, bank))


async def _update_one(client: Client, machine: Machine) -> None:
    await client.pause(2.0)
    machine.release = NEWER
    machine.away_s = client.chance.random() * 2
    machine.stop()


async def look_around(world: World, number: int) -> None:
    """Read whatever there is, now and at heights that are over, for as long as the others trade."""
    viewer = PARTIES[number % len(PARTIES)]
    client = Client(world, f"reader {number}", viewer)
    chance = world.chance
    etags: dict[str, str] = {}
    while not world.traded:
        machine = await client.some_node()
        asked = chance.choice(_places(world))
        match chance.randrange(4):
            case 0:
                await client.list_all(machine, chance.choice(LISTS), chance.randint(1, 3))
            case 1:
                at = chance.randint(0, max(world.seen_height, 1))
                answer = await client.get(machine, asked, at, etags.get(asked, ""))
                if answer is not None and answer.status == 200 and "etag" in answer.headers:
                    etags[asked] = answer.headers["etag"]
                    await client.get(machine, asked, at, etags[asked])
            case _:
                await client.get(machine, asked)
        await client.pause(1.5)


def _places(world: World) -> list[str]:
    """Addresses of what is known to be there, or may come to be."""
    found = [f"/v1/parties/{party}" for party in PARTIES]
    for bill in world.book.bills:
        found += [f"/v1/bills/{bill}", f"/v1/bills/{bill}/trace"]
    found += [f"/v1/transactions/{one.id}" for one in world.book.events[-20:] if not isinstance(one, Read)]
    return found
