"""Plans that end in a healing with bounds: long trouble around one height, then what `promptness` looks at."""

from __future__ import annotations

import random

from sim import led
from sim.plan import AnyEvent, Hand, Healing, Loss, Net, Pace, Plan, names

ROUNDS = 40
SIZES = (4, 4, 4, 4, 5, 7, 3, 2)


def draw(seed: int) -> Plan:
    """The plan that a number stands for: a height that nobody decides for many rounds, some behind the others, and a
    healing that leaves as many away as may fail, or in which messages take longer than anybody expects."""
    chance = random.Random(f"healing {seed}")
    everyone = names(chance.choice(SIZES))
    left = few = (len(everyone) - 1) // 3
    trouble_ms = chance.randint(6_000, 16_000)
    contested = chance.choice((0, 0, 1, 2))
    losses = [loss for loss in led.draw_losses(chance, everyone, contested) if loss.height == 1] if contested else []
    losses += [
        Loss("proposal", 0, number, source, target)
        for number in range(contested, ROUNDS) for source in everyone for target in everyone if source != target
    ]  # fmt: skip
    events: list[AnyEvent] = [Hand(at_ms, f"tx{at_ms}") for at_ms in range(0, trouble_ms, 3_000)]
    behind = chance.sample(everyone, few) if chance.random() < 0.6 else []
    if behind:
        cut = (tuple(behind), tuple(name for name in everyone if name not in behind))
        events.append(Net(chance.randint(0, trouble_ms // 2), cut=cut))
    liars: tuple[tuple[str, str], ...] = ()
    if few and chance.random() < 0.3:
        chosen = chance.sample([name for name in everyone if name not in behind], chance.randint(1, few))
        liars = tuple((name, chance.choice(led.LIES)) for name in chosen)
        left -= len(liars)
    honest = [name for name in everyone if name not in dict(liars)]
    gone = chance.sample([name for name in honest if name not in behind], left) if chance.random() < 0.7 else []
    if chance.random() < 0.3:
        events += [led.draw_crash(chance, honest, chance.randint(0, trouble_ms)) for _ in range(chance.randint(1, 3))]
    takes_ms = chance.choice((20, 20, 20, 200, 400))
    return Plan(
        seed=seed, size=len(everyone), liars=liars, events=tuple(events), trouble_ms=trouble_ms, losses=tuple(losses),
        pace=draw_pace(chance, takes_ms), healing=Healing(tuple(gone), takes_ms),
    )  # fmt: skip


def draw_pace(chance: random.Random, takes_ms: int) -> Pace:
    """Where messages take long, timers grow faster, and less is expected than they take."""
    pace = led.draw_pace(chance)
    if takes_ms <= 20:
        return pace
    return Pace(
        pace.propose_ms, 200, pace.vote_ms, 200, pace.idle_ms, pace.gossip_ms, chance.choice((50, 100)), drift_ms=50
    )  # fmt: skip
