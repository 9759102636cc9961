"""Short plans around one contested height: what random faults over many heights rarely lead to.

A network that waits briefly for everything, a few seconds of trouble, and losses by step and directed link, so that
validators lock, miss each other's words, come back, and meet again rounds later. Which kinds of fault a plan has at
all is drawn first (swarm testing, Groce et al. 2012): a run in which everything happens shows less than many in which
one or two things do.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from sim.byzantine import BEHAVIOURS
from sim.forgeries import FORGERIES
from sim.losses import STEPS
from sim.plan import AnyEvent, Clock, Crash, Hand, Join, Loss, Member, Net, OldFile, Pace, Plan, SlowDisk, names
from sim.seeded import POINTS

SIZES = (4, 4, 4, 4, 4, 4, 4, 3, 5, 7, 2, 6, 4, 4, 4, 4)
LIES = (*BEHAVIOURS, *FORGERIES, "proposes at wrong times")
QUICK = Pace(200, 50, 100, 50, idle_ms=0, gossip_ms=300)
AGE_MS = 3_600_000
WAYS = ("none", "to one", "to some", "to all but one", "from some", "any", "all", "few")
CORE = {"proposal": ("to one", "to one", "to some"), "prevote": ("few",), "precommit": ("few",), "status": ("all",)}
SCHEMES: tuple[dict[str, tuple[str, ...]], ...] = (
    CORE,
    CORE,
    CORE,
    {"proposal": ("to all but one", "to some", "all"), "status": ("all", "none")},
    {
        "proposal": ("to one", "few"),
        "prevote": ("to some", "from some", "any"),
        "precommit": ("few",),
        "status": ("all",),
    },
    dict.fromkeys(STEPS, WAYS),
)
"""What may be lost in a round. Where each misses few, a quorum of something arrives, and rounds end by their timers:
who misses more waits, and nothing happens."""
KINDS = ("losses", "noise", "cuts", "crashes", "slow disks", "clocks", "members", "faulty")


def draw(seed: int) -> Plan:
    """The plan that a number stands for."""
    chance = random.Random(f"led {seed}")
    on = {kind for kind in KINDS if chance.random() < (0.8 if kind == "losses" else 0.35)}
    if chance.random() < 0.08:
        return draw_old_file(seed, chance)
    voters = SIZES[seed % len(SIZES)]
    outside = (f"n{chance.randint(0, voters)}",) if "members" in on and voters > 1 else ()
    everyone = names(voters + len(outside))
    members = [name for name in everyone if name not in outside]
    twins, liars = draw_faulty(chance, members) if "faulty" in on else ((), ())
    processes = [name for name in everyone if name not in dict(liars)] + [name + "'" for name in twins]
    speakers = [*processes, *dict(liars)]
    trouble_ms = chance.choice((1_000, 2_000, 3_000, 5_000))
    events: list[AnyEvent] = [Hand(at_ms, f"tx{at_ms}") for at_ms in range(0, trouble_ms, chance.choice((300, 700)))]
    moments = Moments(chance, trouble_ms)
    if outside:
        events.append(Member(moments.draw(), outside[0], votes=True))
        leaving = [name for name in members if name not in twins and name not in dict(liars)]
        if chance.random() < 0.5 and len(twins) + len(liars) <= (voters - 2) // 3 and voters > 2:
            events.append(Member(moments.draw(), chance.choice(leaving), votes=False))
    if "noise" in on:
        drop, double = chance.choice((0.0, 0.2, 0.5)), chance.choice((0.0, 0.3))
        events.append(Net(moments.draw(), drop, double, chance.choice((5, 60, 300))))
    if "cuts" in on:
        events += [draw_cut(chance, speakers, moments.draw()) for _ in range(chance.randint(1, 4))]
    if "crashes" in on:
        mortal = processes if chance.random() < 0.6 else [chance.choice(processes)]
        events += [draw_crash(chance, mortal, moments.draw()) for _ in range(chance.randint(1, 5))]
    if "slow disks" in on:
        events.append(SlowDisk(moments.draw(), chance.choice(processes), chance.choice((20, 200))))
    if "clocks" in on:
        events.append(Clock(moments.draw(), chance.choice(processes), chance.randint(-3_000, 3_000)))
    losses = draw_losses(chance, speakers, chance.randint(1, 6)) if "losses" in on else ()
    age_ms = AGE_MS if chance.random() < (0.8 if "proposes at wrong times" in dict(liars).values() else 0.05) else 0
    return Plan(
        seed=seed, size=len(everyone), outside=outside, twins=twins, liars=liars, events=tuple(events),
        trouble_ms=trouble_ms, losses=losses, pace=draw_pace(chance), age_ms=age_ms,
    )  # fmt: skip


class Moments:
    """When something happens: half of it in the middle of the first heights."""

    def __init__(self, chance: random.Random, within_ms: int) -> None:
        self._chance, self._within_ms = chance, within_ms

    def draw(self) -> int:
        """A moment in ms."""
        return self._chance.randint(0, self._chance.choice((60, 600, self._within_ms, self._within_ms)))


def draw_pace(chance: random.Random) -> Pace:
    """Quick, with more or less gossip; sometimes blocks without a reason."""
    return Pace(
        chance.choice((100, 200, 400)), 50, chance.choice((50, 100, 200)), 50,
        idle_ms=chance.choice((0, 0, 0, 500)), gossip_ms=chance.choice((300, 1_000, 4_000)),
    )  # fmt: skip


def draw_faulty(chance: random.Random, members: Sequence[str]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """As many as may be: twins, or liars of any kind."""
    faulty = chance.sample(list(members), (len(members) - 1) // 3)
    twins = tuple(name for name in faulty if chance.random() < 0.4)
    return twins, tuple((name, chance.choice(LIES)) for name in faulty if name not in twins)


def draw_cut(chance: random.Random, speakers: Sequence[str], at_ms: int) -> Net:
    """Two groups that do not hear each other."""
    shuffled = chance.sample(list(speakers), len(speakers))
    at = chance.randint(0, len(shuffled) // 2)
    return Net(at_ms, 0.0, 0.0, chance.choice((5, 30)), (tuple(shuffled[:at]), tuple(shuffled[at:])))


def draw_crash(chance: random.Random, processes: Sequence[str], at_ms: int) -> Crash:
    """A process dies at a point, and is back soon."""
    at, after = chance.choice(POINTS), chance.choice((0, 1, 2, 4, 8, 12))
    return Crash(at_ms, chance.choice(processes), after, chance.choice((10, 100, 400, 1_500, 3_000)), at)


def draw_losses(chance: random.Random, speakers: Sequence[str], rounds: int) -> tuple[Loss, ...]:
    """For each step of each round who does not hear whom; what is lost in a round is mostly not made up for in it."""
    found: list[Loss] = []
    for height in range(1, 1 + chance.choice((1, 2, 3))):
        for number in range(rounds):
            for step, ways in chance.choice(SCHEMES).items():
                links = draw_links(chance, speakers, chance.choice(ways))
                found += [Loss(step, height, number, source, target) for source, target in links]
    return tuple(found)


def draw_links(chance: random.Random, speakers: Sequence[str], how: str) -> list[tuple[str, str]]:
    """Directed links that fail, in one of `WAYS`. "few": each misses as many as may be faulty, or fewer."""
    every = [(source, target) for source in speakers for target in speakers if source != target]
    some = set(chance.sample(list(speakers), chance.randint(1, max(1, len(speakers) // 2))))
    one = chance.choice(list(speakers))
    share = chance.choice((0.2, 0.5, 0.8))
    few = (len(speakers) - 1) // 3
    return {
        "none": list,
        "to one": lambda: [link for link in every if link[1] == one],
        "to some": lambda: [link for link in every if link[1] in some],
        "to all but one": lambda: [link for link in every if link[1] != one],
        "from some": lambda: [link for link in every if link[0] in some],
        "any": lambda: [link for link in every if chance.random() < share],
        "all": lambda: every,
        "few": lambda: [
            (source, target)
            for target in speakers
            for source in chance.sample(
                [name for name in speakers if name != target], few if chance.random() < 0.8 else 0
            )
        ],
    }[how]()


def draw_old_file(seed: int, chance: random.Random) -> Plan:
    """One comes back with an older copy of its signer file: the others, whom it hears badly, remember."""
    voters, late = 4, ("n4", "n5")
    victim = f"n{chance.randint(0, voters - 1)}"
    at_ms = chance.randint(15, 300)
    away_ms = chance.randint(1_000, 1_500)
    others = [name for name in names(voters) if name != victim]
    events: list[AnyEvent] = [Hand(0, "tx0"), OldFile(at_ms, victim, chance.choice((at_ms, 100)), away_ms)]
    cut_ms = at_ms + chance.randint(101, 400)
    events += [Join(at_ms + chance.randint(0, away_ms), name) for name in late]
    how = chance.choice(("cut", "drop", "late"))
    if how == "cut":
        events.append(Net(cut_ms, cut=((victim, *late), tuple(others))))
    elif how == "drop":
        events.append(Net(cut_ms, chance.choice((0.2, 0.5)), 0.0, 20))
    return Plan(
        seed=seed, size=voters + len(late), outside=late, events=tuple(events), trouble_ms=at_ms + away_ms + 4_000,
        pace=Pace(1_500, 50, 400, 50, idle_ms=0, gossip_ms=chance.choice((300, 2_000))),
    )  # fmt: skip
