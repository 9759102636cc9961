"""One seed, one plan, one run: a network, its faults, a quiet end, and what must hold then.

First a time of trouble (loss, delay, doubling, partitions, crashes at persist and send points, slow disks, liars,
twins, wrong and jumping clocks, validator changes, latecomers), then everything heals, and within a bounded time every
transaction is in and all honest nodes stand at the same height.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from unittest.mock import patch

from chainbill_node.consensus.timeouts import Timeouts
from chainbill_node.driver.ports import Settings
from sim.byzantine import BEHAVIOURS, Liar
from sim.cheap import cheap_signatures, keys
from sim.checkers import ViolationError
from sim.losses import Losses
from sim.nodes import SimulatedNode
from sim.plan import AnyEvent, Clock, Crash, Hand, Join, Member, Net, OldFile, Plan, SlowDisk, groups, names
from sim.promptness import judge
from sim.world import NETWORK, START_MS, Links, World

from chainbill.crypto import signing
from chainbill.crypto.keys import PrivateKey

TROUBLE_MS = 15_000
HEAL_WITHIN_MS = 120_000
TRANSACTIONS = 12
POINTS = ("", "", "", "signer", "commit", "send", "store")
SIZES = (4, 4, 4, 1, 2, 3, 5, 4, 7, 10, 4, 6, 4, 4, 8, 4, 9, 4, 5, 4)
"""1 to 10 validators, four most often."""


def draw(seed: int) -> Plan:
    """The plan that a seed stands for."""
    chance = random.Random(f"plan {seed}")
    voters = SIZES[seed % 20]
    outside = (chance.choice(names(voters + 1)),) if seed % 3 == 0 else ()
    everyone = names(voters + len(outside))
    members = [name for name in everyone if name not in outside]
    count = chance.randint(0, (voters - 1) // 3) if chance.random() < 0.6 else 0
    faulty = chance.sample(members, count)
    twins = tuple(name for name in faulty if chance.random() < 0.4)
    liars = tuple((name, chance.choice(BEHAVIOURS)) for name in faulty if name not in twins)
    skews = [(name, chance.choice((0, 0, 0, chance.randint(-3_000, 3_000)))) for name in everyone]
    processes = [name for name in everyone if name not in dict(liars)] + [name + "'" for name in twins]
    events: list[AnyEvent] = [Hand(chance.randint(0, TROUBLE_MS), f"tx{number}") for number in range(TRANSACTIONS)]
    if voters > 1 and chance.random() < 0.3:
        events += [Member(chance.randint(0, TROUBLE_MS), name, votes=True) for name in outside]
        honest = [name for name in members if name not in faulty]
        if voters > 4 and count <= (voters - 2) // 3:  # as few are faulty of those who are left
            events.append(Member(chance.randint(0, TROUBLE_MS), chance.choice(honest), votes=False))
    events += [Join(chance.randint(0, TROUBLE_MS), name) for name in outside if chance.random() < 0.5]
    events += draw_trouble(chance, processes, [*processes, *dict(liars)], TROUBLE_MS)
    return Plan(
        seed=seed, size=len(everyone), outside=outside, twins=twins, liars=liars,
        skews=tuple(one for one in skews if one[1] and one[0] not in faulty), events=tuple(events),
        trouble_ms=TROUBLE_MS,
    )  # fmt: skip


def draw_trouble(
    chance: random.Random, processes: Sequence[str], everyone: Sequence[str], for_ms: int, *, most_crashes: int = 8
) -> list[AnyEvent]:
    """Faults of the network, of processes, of disks and of clocks."""
    events: list[AnyEvent] = []
    for _ in range(chance.randint(0, 6)):
        shuffled = chance.sample(list(everyone), len(everyone))
        at = chance.randint(0, len(shuffled))
        cut = (tuple(shuffled[:at]), tuple(shuffled[at:])) if chance.random() < 0.5 else ()
        drop, double = chance.choice((0.0, 0.1, 0.4)), chance.choice((0.0, 0.2))
        events.append(Net(chance.randint(0, for_ms), drop, double, chance.choice((5, 50, 800)), cut))
    for _ in range(chance.randint(0, most_crashes)):
        after, away_ms = chance.randint(0, 30), chance.randint(50, 5_000)
        node, at = chance.choice(processes), chance.choice(POINTS)
        events.append(Crash(chance.randint(0, for_ms), node, after // 4 if at else after, away_ms, at))
    for _ in range(chance.choice((0, 0, 1, 2))):
        at_ms, node = chance.randint(0, for_ms), chance.choice(processes)
        events.append(SlowDisk(at_ms, node, chance.choice((20, 200, 1_500))))
        events.append(SlowDisk(at_ms + chance.randint(500, 5_000), node, 0))
    jumps = range(chance.choice((0, 0, 1, 3)))
    return events + [
        Clock(chance.randint(0, for_ms), chance.choice(processes), chance.randint(-3_000, 3_000)) for _ in jumps
    ]


class Run:
    """A plan played on the light ledger."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        members = [number for number, name in enumerate(names(plan.size)) if name not in plan.outside]
        self.world = self.make_world(members)
        self.honest: list[SimulatedNode] = []
        self.processes: list[SimulatedNode] = []
        self._copies: dict[str, bytes] = {}
        liars, skews = dict(plan.liars), dict(plan.skews)
        for key in self.world.keys:
            name = self.world.names[key.public]
            if name in plan.faulty:
                self.world.checkers.guilty.add(key.public)
            if name in plan.twins:
                self.processes += [
                    SimulatedNode(self.world, one, key, honest=False, skew_ms=skews.get(name, 0))
                    for one in (name, name + "'")
                ]
            elif name in liars:
                self.make_liar(name, liars[name])
            else:
                self.honest.append(self.make_node(name, skews.get(name, 0)))
        self.processes = [*self.honest, *self.processes]
        self.world.lost = set(plan.lost)
        self.world.losses = Losses(plan.losses)
        self.world.checkers.strict = True

    # ---- another ledger overrides these ----

    def make_world(self, members: list[int]) -> World:
        """The world of the run."""
        plan, pace = self.plan, self.plan.pace
        timeouts = Timeouts(pace.propose_ms, pace.propose_growth_ms, pace.vote_ms, pace.vote_growth_ms)
        settings = Settings(
            NETWORK, timeouts, clock_drift_ms=pace.drift_ms, message_delay_ms=pace.delay_ms,
            idle_interval_ms=pace.idle_ms, gossip_interval_ms=pace.gossip_ms,
        )  # fmt: skip
        return World(
            plan.seed, len(members), spare=plan.size - len(members), members=members, settings=settings,
            start_ms=START_MS + plan.age_ms, names=keys(plan.size),
        )  # fmt: skip

    def make_node(self, name: str, skew_ms: int) -> SimulatedNode:
        """An honest node."""
        return SimulatedNode(self.world, name, self.key_of(name), skew_ms=skew_ms)

    def make_liar(self, name: str, behaviour: str) -> None:
        """A faulty one."""
        Liar(self.world, name, self.key_of(name), behaviour)

    def act(self, event: AnyEvent) -> None:
        """What a client does."""
        if isinstance(event, Hand):
            self.world.tell("--", f"a client sends {event.transaction}")
            self.world.submit(event.transaction.encode())
        elif isinstance(event, Member):
            self.world.tell("--", f"a decision: {event.node} {'joins' if event.votes else 'leaves'}")
            self.world.submit((b"V+" if event.votes else b"V-") + self.key_of(event.node).public)

    def is_settled(self) -> bool:
        """Every transaction is in, and all honest nodes stand together."""
        heights = {node.height for node in self.honest}
        if len(heights) != 1 or not all(node.driver is not None for node in self.honest):
            return False
        committed = self.honest[0].application.committed
        return all(transaction in committed for transaction in self.world.outstanding)

    def judge(self) -> None:
        """What must hold at the end beside standing together."""

    # ---- playing ----

    def key_of(self, name: str) -> PrivateKey:
        """The key of a node."""
        return self.world.keys[int(name[1:])]

    def play(self) -> None:
        """Trouble, healing, judgement; ViolationError if a promise is broken."""
        world = self.world
        late = {event.node for event in self.plan.events if isinstance(event, Join)}
        for event in self.plan.events:
            world.at(event.at_ms, lambda event=event: self.happen(event))  # type: ignore[misc]
            if isinstance(event, OldFile):
                world.at(max(0, event.at_ms - event.back_ms), lambda event=event: self._copy(event))  # type: ignore[misc]
        for node in self.processes:
            if node.name not in late:
                node.boot()
        world.run(self.plan.trouble_ms)
        if self.plan.healing is not None:
            self._heal(away=self.plan.healing.gone)
            judge(self, self.plan.healing)
        self._heal()
        if not world.run(HEAL_WITHIN_MS, until=self.is_settled):
            raise ViolationError("liveness", self._standing())
        self.judge()

    def happen(self, event: AnyEvent) -> None:
        """One event of the plan."""
        world = self.world
        if isinstance(event, Net):
            world.links = Links(event.drop, event.double, event.slowest_ms, [set(group) for group in event.cut])
            cut = f", cut {groups(event.cut)}" if event.cut else ""
            world.tell("net", f"loses {event.drop:.0%}, slowest {event.slowest_ms} ms{cut}")
            return
        if isinstance(event, Hand | Member) or not hasattr(event, "node"):
            self.act(event)
            return
        node = next((one for one in self.processes if one.name == event.node), None)
        if node is not None:
            self.happen_to(node, event)

    def happen_to(self, node: SimulatedNode, event: AnyEvent) -> None:
        """A fault of one node."""
        match event:
            case Crash(after=after, away_ms=away_ms, at=at):
                node.crash_in, node.crash_at, node.restart_after_ms = after, at, away_ms
            case SlowDisk(persist_ms=persist_ms):
                self.world.tell(node.name, f"persists in {persist_ms} ms from now on")
                node.slow_ms = persist_ms
            case Clock(skew_ms=skew_ms):
                self.world.tell(node.name, f"has a clock that is wrong by {skew_ms} ms")
                node.skew_ms = skew_ms
            case OldFile(away_ms=away_ms):
                self._put_back(node, away_ms)
            case Join():
                self.world.tell(node.name, "starts for the first time")
                node.boot()

    def _copy(self, event: OldFile) -> None:
        """Somebody copies a signer file."""
        node = next((one for one in self.processes if one.name == event.node), None)
        if node is not None:
            self._copies[node.name] = node.signer_bytes

    def _put_back(self, node: SimulatedNode, away_ms: int) -> None:
        """A node dies, and finds an older signer file."""
        node.restart_after_ms = away_ms
        node.fetches = True  # what its file lacks is to be found out
        node.crash()
        node.signer_bytes = self._copies.get(node.name, node.signer_bytes)
        self.world.tell(node.name, "gets an older copy of its signer file")

    def _heal(self, away: Sequence[str] = ()) -> None:
        self.world.links = Links()
        self.world.losses = Losses()
        self.world.lost = set()
        self.world.tell("net", "heals")
        for node in self.processes:
            node.crash_in, node.slow_ms = None, 0
            node.restart_after_ms = 100
            if node.name in away:
                node.restart_after_ms = -1
                node.crash()
                continue
            if not node.alive:
                node.boot()
            self.world.connect(node.name)

    def _standing(self) -> str:
        """Who stands where, and what for."""
        told = [f"{node.name}: {node.height}" for node in self.honest]
        told += [node.driver.waiting_for().text("en", node.now_ms()) for node in self.honest if node.driver is not None]
        return "; ".join(told)


@contextmanager
def remembered_signatures() -> Iterator[None]:
    """Verify each signature once for all nodes: the simulation's only shortcut, a pure function remembered."""
    once: Callable[..., bool] = lru_cache(maxsize=65_536)(signing.verify)
    with (
        patch("chainbill.ledger.vote.verify", once),
        patch("chainbill.ledger.certificate.verify", once),
        patch("chainbill.ledger.envelope.verify", once),
        patch("sim.checkers.verify", once),
    ):
        yield


def play(seed: int) -> Run:
    """Run one seed; ViolationError if a promise is broken."""
    return play_plan(draw(seed))


def play_plan(plan: Plan, made: Callable[[Run], object] = lambda _: None) -> Run:
    """Run one plan; ViolationError if a promise is broken. `made` hears of the run before it begins."""
    run = Run(plan)
    made(run)
    with cheap_signatures():
        run.play()
    return run
