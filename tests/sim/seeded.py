"""One seed, one run: a network, its faults, a quiet end, and what must hold then.

First a time of trouble (loss, delay, doubling, partitions, crashes at persist and send points, liars, twins, wrong
clocks, validator changes), then everything heals, and within a bounded time every transaction is in and all honest
nodes stand at the same height.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from unittest.mock import patch

from sim.byzantine import BEHAVIOURS, Liar
from sim.checkers import ViolationError
from sim.nodes import SimulatedNode
from sim.world import Links, World

from chainbill.crypto import signing

TROUBLE_MS = 15_000
HEAL_WITHIN_MS = 120_000
TRANSACTIONS = 12


class Run:
    """What a seed stands for."""

    def __init__(self, seed: int) -> None:
        self.world = world = World(seed, _size(seed), spare=(seed % 3 == 0 and 1) or 0)
        random = world.random
        self.honest: list[SimulatedNode] = []
        members = len(world.genesis)
        liars = random.randint(0, world.genesis.max_faulty) if random.random() < 0.6 else 0
        faulty = set(random.sample(world.genesis.keys, liars))
        for key in world.keys:
            name = world.names[key.public]
            if key.public not in faulty:
                skew_ms = random.choice((0, 0, 0, random.randint(-3_000, 3_000)))
                self.honest.append(SimulatedNode(world, name, key, skew_ms=skew_ms))
            elif random.random() < 0.4:
                world.checkers.guilty.add(key.public)
                SimulatedNode(world, name, key, honest=False)
                SimulatedNode(world, name + "'", key, honest=False)
            else:
                Liar(world, name, key, random.choice(BEHAVIOURS))
        self.changes = members > 1 and random.random() < 0.3

    def play(self) -> None:
        """Trouble, healing, judgement; ViolationError if a promise is broken."""
        world = self.world
        for node in self._processes():
            node.boot()
        self._plan_work()
        self._plan_trouble()
        world.run(TROUBLE_MS)
        self._heal()
        if not world.run(HEAL_WITHIN_MS, until=self._is_settled):
            raise ViolationError("liveness", self._standing())

    def _processes(self) -> Iterator[SimulatedNode]:
        return (node for node in self.world.nodes.values() if isinstance(node, SimulatedNode))

    def _plan_work(self) -> None:
        world, random = self.world, self.world.random
        for number in range(TRANSACTIONS):
            transaction = b"tx%d" % number
            world.at(random.randint(0, TROUBLE_MS), lambda transaction=transaction: world.submit(transaction))  # type: ignore[misc]
        if self.changes:
            leaving = random.choice([key for key in world.genesis.keys if key not in world.checkers.guilty])
            joining = [key.public for key in world.keys if key.public not in world.genesis]
            for change in [b"V+" + key for key in joining] + [b"V-" + leaving] * (len(world.genesis) > 4):
                world.at(random.randint(0, TROUBLE_MS), lambda change=change: world.submit(change))  # type: ignore[misc]

    def _plan_trouble(self) -> None:
        world, random = self.world, self.world.random
        for _ in range(random.randint(0, 6)):
            world.at(random.randint(0, TROUBLE_MS), self._change_links)
        nodes = list(self._processes())
        for _ in range(random.randint(0, 8)):
            node = random.choice(nodes)
            world.at(random.randint(0, TROUBLE_MS), lambda node=node: self._doom(node))  # type: ignore[misc]

    def _change_links(self) -> None:
        random = self.world.random
        links = Links(random.choice((0.0, 0.1, 0.4)), random.choice((0.0, 0.2)), random.choice((5, 50, 800)))
        if random.random() < 0.5:
            names = list(self.world.nodes)
            random.shuffle(names)
            cut = random.randint(0, len(names))
            links.cut = [set(names[:cut]), set(names[cut:])]
        self.world.links = links
        self.world.tell(
            "net", f"loses {links.drop}, slowest {links.slowest_ms} ms, cut {[sorted(g) for g in links.cut]}"
        )

    def _doom(self, node: SimulatedNode) -> None:
        """The next so many persist and send points are survived, the one after is not."""
        node.restart_after_ms = self.world.random.randint(50, 5_000)
        node.crash_in = self.world.random.randint(0, 30)

    def _heal(self) -> None:
        self.world.links = Links()
        self.world.tell("net", "heals")
        for node in self._processes():
            node.crash_in = None
            node.restart_after_ms = 100
            if not node.alive:
                node.boot()
            self.world.connect(node.name)

    def _is_settled(self) -> bool:
        """Every transaction is in, and all honest nodes stand together."""
        heights = {node.height for node in self.honest}
        if len(heights) != 1 or not all(node.alive for node in self.honest):
            return False
        committed = self.honest[0].application.committed
        return all(transaction in committed for transaction in self.world.outstanding)

    def _standing(self) -> str:
        """Who stands where, and what for."""
        told = [f"{node.name}: {node.height}" for node in self.honest]
        told += [node.driver.waiting_for().text("en", node.now_ms()) for node in self.honest if node.driver is not None]
        return "; ".join(told)


def _size(seed: int) -> int:
    """1 to 10 validators, four most often."""
    return (4, 4, 4, 1, 2, 3, 5, 4, 7, 10, 4, 6, 4, 4, 8, 4, 9, 4, 5, 4)[seed % 20]


@contextmanager
def remembered_signatures() -> Iterator[None]:
    """Verify each signature once for all nodes: the simulation's only shortcut, a pure function remembered."""
    once = lru_cache(maxsize=65_536)(signing.verify)
    with (
        patch("chainbill.ledger.vote.verify", once),
        patch("chainbill.ledger.certificate.verify", once),
        patch("sim.checkers.verify", once),
    ):
        yield


def play(seed: int) -> Run:
    """Run one seed; ViolationError if a promise is broken."""
    run = Run(seed)
    with remembered_signatures():
        run.play()
    return run
