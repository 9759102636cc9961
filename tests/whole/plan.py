"""What happens in a run, drawn from its seed: who trades and reads, and what breaks when."""

from __future__ import annotations

import random
from dataclasses import dataclass

TROUBLE_S = 20.0
QUIET_S = 240.0
"""So long all may take to come to their end when nothing breaks any more."""
MONTH_H = 30 * 24


@dataclass(frozen=True)
class Event:
    """Something that happens to a node, or ("") to the network, at a time. `number` and `seconds`: of what."""

    at_s: float
    kind: str
    node: str = ""
    number: int = 0
    seconds: float = 0.0
    groups: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True)
class Told:
    """A story somebody acts."""

    after_s: float
    story: str
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Plan:
    """One run."""

    seed: int
    size: int
    closed: bool = False
    stories: tuple[Told, ...] = ()
    registers: int = 2
    writes: int = 6
    readers: int = 2
    trusting: int = 2
    batches: int = 2
    key_lost_s: float = -1.0  # when the second key of a supplier is taken away
    keep_blocks: int = 0
    update_s: float = -1.0  # when the network begins to be updated
    events: tuple[Event, ...] = ()
    trouble_s: float = TROUBLE_S
    likely_pause: float = 0.02
    quiet_s: float = QUIET_S


def months_pass(plan: Plan) -> bool:
    """What people do may come too late then."""
    return any(one.story == "advance" and one.numbers[1] == MONTH_H for one in plan.stories)


KILLS = ("kill", "die_store", "die_signer", "die_step", "stop", "disk")


def draw(seed: int) -> Plan:
    """People and trouble of a seed."""
    chance = random.Random(f"whole {seed}")
    size = chance.choice((1, 2, 3, 4, 4))
    names = [f"n{number}" for number in range(size)]
    stories = [_bill(chance) for _ in range(chance.randint(1, 2))]
    total = chance.randint(100, 10**6)
    others = [
        Told(chance.random() * 8, "invoice", (total, chance.randint(1, total - 1))),
        Told(chance.random() * 8, "settlement", (total, chance.randint(1, total - 1))),
        Told(chance.random() * 8, "advance", (chance.randint(2, 7), chance.choice((5, 20, MONTH_H, MONTH_H)))),
    ]
    stories += chance.sample(others, chance.randint(1, 2))
    events = [_event(chance, names) for _ in range(chance.randint(2, 7))]
    if size > 1 and chance.random() < 0.3:
        events.append(
            Event(chance.uniform(5, TROUBLE_S), "lose", chance.choice(names[1:]), seconds=chance.uniform(0, 3))
        )
    events += [_network(chance, names) for _ in range(chance.randint(0, 4) if size > 1 else 0)]
    closed = chance.random() < 0.5
    return Plan(
        seed, size, closed, stories=tuple(stories), events=tuple(sorted(events, key=_when)),
        keep_blocks=chance.choice((0, 0, 1, 10)), update_s=chance.random() * 8 if chance.random() < 0.4 else -1.0,
        key_lost_s=chance.random() * 10 if closed else -1.0, likely_pause=chance.choice((0.0, 0.02, 0.2)),
    )  # fmt: skip


def _when(event: Event) -> float:
    return event.at_s


def _bill(chance: random.Random) -> Told:
    parts = [chance.randint(1, 100_000) for _ in range(chance.randint(1, 3))]
    return Told(chance.random() * 3, "bill", (chance.randint(500_000, 10**9), *parts))


def _event(chance: random.Random, names: list[str]) -> Event:
    """Something that ends a process, or its clock jumps."""
    kind = chance.choice((*KILLS, "clock"))
    at_s, node = chance.random() * TROUBLE_S, chance.choice(names)
    if kind == "clock":
        return Event(at_s, kind, node, seconds=chance.uniform(-3, 3))
    number = chance.randrange(12) if kind != "die_step" else chance.randrange(400)
    return Event(at_s, kind, node, number, seconds=chance.uniform(0.05, 5))


def _network(chance: random.Random, names: list[str]) -> Event:
    kind = chance.choice(("cut", "cut", "slow", "reset"))
    at_s, seconds = chance.random() * TROUBLE_S, chance.uniform(0.5, 8)
    shuffled = chance.sample(names, len(names))
    at = chance.randint(1, len(names) - 1)
    groups = (frozenset(shuffled[:at]), frozenset(shuffled[at:])) if kind == "cut" else ()
    return Event(at_s, kind, chance.choice(names), chance.randint(1, 4), seconds, groups)
