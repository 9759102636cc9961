"""A network whose nodes lose something, in the simulator, and how it has to end: all sign, all stand together."""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field
from typing import Any

from chainbill_node.consensus.timeouts import Timeouts
from chainbill_node.driver.ports import Settings
from sim.checkers import ViolationError
from sim.nodes import SimulatedNode
from sim.world import NETWORK, Links, World, keys

from chainbill.crypto.keys import PrivateKey

SETTLE_MS = 240_000


@dataclass(slots=True)
class Kept:
    """What was copied of a node's disk while it ran: store and signer file."""

    store: Any
    signer: bytes


@dataclass(slots=True)
class Drill:
    """One network whose nodes lose something. `loaded`: transactions keep coming, and messages get lost meanwhile."""

    size: int
    seed: int
    loaded: bool = True
    world: World = field(init=False)
    nodes: list[SimulatedNode] = field(init=False)
    random: random.Random = field(init=False)
    sent: int = 0

    def __post_init__(self) -> None:
        settings = Settings(NETWORK, Timeouts(), idle_interval_ms=10_000, signer_file_limit_bytes=6_000)
        members = keys(self.size)
        spare = [key for key in keys(2 * self.size - 1) if key not in members]
        self.world = World(self.seed, self.size, settings=settings, names=(*members, *spare), members=range(self.size))
        self.random = random.Random(self.seed)
        self.nodes = []
        for key in members:
            self.add(key)

    def add(self, key: PrivateKey) -> SimulatedNode:
        """One more node, not yet up."""
        node = SimulatedNode(self.world, f"n{len(self.nodes)}", key)
        node.restart_after_ms = -1
        self.nodes.append(node)
        return node

    def begin(self) -> None:
        """All are up and have made some blocks."""
        for node in self.nodes:
            node.boot()
        for _ in range(self.random.randint(1, 6)):
            self.submit()
            self.world.run(self.random.randint(1, 400))

    def submit(self) -> None:
        """A client's transaction, unlike any other."""
        self.sent += 1
        self.world.submit(f"transfer {self.sent}".encode())

    def trouble(self, drops: tuple[float, ...] = (0.0, 0.1, 0.4)) -> None:
        """Some time under load with messages lost, so that the loss comes in the middle of a height."""
        if not self.loaded:
            self.world.run(15_000)
            return
        self.world.links = Links(drop=self.random.choice(drops), slowest_ms=self.random.choice((5, 20, 200)))
        for _ in range(self.random.randint(1, 4)):
            self.submit()
            self.world.run(self.random.randint(1, 900))

    def keep(self) -> dict[str, Kept]:
        """A copy of every disk as it is now."""
        return {node.name: Kept(copy.deepcopy(node.store), node.signer_bytes) for node in self.nodes}

    def crash(self, *nodes: SimulatedNode) -> None:
        for node in nodes:
            node.crash()

    def put_back(self, node: SimulatedNode, kept: Kept, *, signer: bool) -> None:
        node.store = copy.deepcopy(kept.store)
        node.acknowledged = node.height
        if signer:
            node.signer_bytes = kept.signer
        self.world.tell(node.name, f"gets an old {'image' if signer else 'backup'} of height {node.height} back")

    def slow_down(self, one: SimulatedNode, other: SimulatedNode, by_ms: int) -> None:
        """Both ways between two take so much longer from now on."""
        self.world.links.slow |= {(one.name, other.name): by_ms, (other.name, one.name): by_ms}

    def restart(self, *nodes: SimulatedNode) -> None:
        for node in nodes:
            self.world.tell(node.name, "restarted")
            node.boot()
            self.world.run(self.random.choice((1, 50, 1_500)))

    def with_a_word(self, *nodes: SimulatedNode) -> None:
        """Where nothing goes on for long their operators say that who is silent stays so."""
        self.world.run(20_000)
        for node in nodes:
            if why(node) != "signs":
                node.crash()
                node.word = node.height + 1
                self.restart(node)
                node.word = None

    def settle(self) -> None:
        """Messages get through again: all stand together with everything that was sent, or liveness is broken."""
        self.world.links = Links()
        for node in self.nodes:
            if node.alive:
                self.world.connect(node.name)
        self.submit()

        def settled() -> bool:
            together = len({node.height for node in self.nodes}) == 1 and all(node.alive for node in self.nodes)
            done = self.nodes[0].application.committed if together else set()
            return together and all(one in done for one in self.world.outstanding) and self._all_sign()

        if not self.world.run(SETTLE_MS, until=settled):
            told = ", ".join(f"{node.name} at {node.height}: {why(node)}" for node in self.nodes)
            raise ViolationError("liveness", f"seed {self.seed}: after {SETTLE_MS} ms of quiet: {told}")

    def _all_sign(self) -> bool:
        return not any(node.driver is not None and node.driver.not_signing() for node in self.nodes)


def why(node: SimulatedNode) -> str:
    return "down" if node.driver is None else node.driver.waiting_for().reason or "signs"
