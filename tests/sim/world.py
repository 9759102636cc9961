"""The simulated world: virtual time, a network that loses, delays, doubles and cuts, and disks that tear.

Everything random comes from one seeded generator, so a seed repeats a run exactly. Nodes run the very driver that the
node's process runs; only the ports differ.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from chainbill_node.consensus.timeouts import Timeouts
from chainbill_node.driver.events import PeerJoined, PeerLeft
from chainbill_node.driver.ports import Note, Settings
from chainbill_node.wire.messages import Message
from sim.checkers import Checkers
from sim.ledger import LightLedger, Store
from sim.losses import Losses
from sim.telling import Labels, decode, told

if TYPE_CHECKING:
    from sim.nodes import SimulatedNode

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.validators import Validator, ValidatorSet

NETWORK = b"simulated-1".ljust(32, b".")
START_MS = 1_000_000


@lru_cache(maxsize=64)
def keys(count: int) -> tuple[PrivateKey, ...]:
    """`count` keys, sorted as validator sets are: n0 has the smallest."""
    made = [PrivateKey.from_seed(bytes([number + 1]) * 32) for number in range(count)]
    return tuple(sorted(made, key=lambda key: key.public))


@dataclass(slots=True)
class Links:
    """How messages travel. `cut`: groups of names; messages between different groups are lost. `slow`: by (from, to),
    how much longer messages take on that way."""

    drop: float = 0.0
    double: float = 0.0
    slowest_ms: int = 20
    cut: list[set[str]] = field(default_factory=list)
    slow: dict[tuple[str, str], int] = field(default_factory=dict)

    def connected(self, one: str, other: str) -> bool:
        return not self.cut or any(one in group and other in group for group in self.cut)


Filter = Callable[[str, str, Message], bool]
"""(from, to, message) → whether it may pass; scripts use it to lose single messages."""


class World:
    """Time, links, nodes and checkers of one run."""

    def __init__(
        self,
        seed: int,
        validators: int,
        *,
        spare: int = 0,
        settings: Settings | None = None,
        start_ms: int = START_MS,
        names: Sequence[PrivateKey] = (),
        members: Sequence[int] | None = None,
    ) -> None:
        self.random = random.Random(seed)
        self.now_ms = self.start_ms = start_ms
        self.links = Links()
        self.filters: list[Filter] = []
        self.settings = settings or Settings(NETWORK, Timeouts(), idle_interval_ms=10_000)
        self.keys = tuple(names) or keys(validators + spare)
        self.names = {key.public: f"n{number}" for number, key in enumerate(self.keys)}
        self.known = {key.public: Validator(key.public, self.names[key.public], "", "") for key in self.keys}
        chosen: Sequence[int] = members if members is not None else range(validators)
        if spare and members is None:
            chosen = sorted(self.random.sample(range(validators + spare), validators))
        self.genesis = ValidatorSet.of([self.known[self.keys[number].public] for number in chosen])
        self.nodes: dict[str, SimulatedNode] = {}
        self._known_as: dict[str, str] = {}
        self.ids: dict[str, str] = {}  # by name: what the peers of a node know it by
        self.checkers = Checkers(self.settings.network, self.genesis, self.known)
        self._log: list[str] = []
        self._untold: list[tuple[int, str, Note]] = []
        self.labels = Labels()
        self.outstanding: list[bytes] = []
        self.lost: set[tuple[str, str, int]] = set()  # (from, to, number on that way), beside what chance takes
        self.losses = Losses()
        self.taken_by_chance: list[tuple[str, str, int]] = []
        self._sent_on: Counter[tuple[str, str]] = Counter()
        self.held: list[tuple[str, str, bytes]] | None = None  # what waits for a script to hand it over
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0
        self.steps = 0

    def add(self, node: Any) -> None:
        """A node, a liar or a puppet. Its id is that of its key, as a certificate proves it; a twin's has its name."""
        known_by = node.key.public.hex()
        self.nodes[node.name] = node
        self.ids[node.name] = known_by if known_by not in self.ids.values() else known_by + node.name
        self._known_as[self.ids[node.name]] = node.name

    def name_of(self, peer: str) -> str:
        """The name of the node with an id."""
        return self._known_as[peer]

    # ---- what the nodes run; another ledger overrides these two ----

    def new_store(self, node: SimulatedNode) -> Any:
        """The database of a new node."""
        return Store.genesis(self.genesis)

    def new_ledger(self, node: SimulatedNode) -> Any:
        """The application of a process that starts on a node's database."""
        return LightLedger(node.store, self.settings.network, self.known)

    # ---- time ----

    def at(self, delay_ms: int, action: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._heap, (self.now_ms + delay_ms, self._count, action))

    def run(self, for_ms: int, until: Callable[[], bool] | None = None) -> bool:
        """Let time pass; True as soon as `until` holds."""
        end = self.now_ms + for_ms
        while self._heap and self._heap[0][0] <= end:
            moment, _, action = heapq.heappop(self._heap)
            self.now_ms = moment
            self.steps += 1
            action()
            if until is not None and until():
                return True
        self.now_ms = end
        return until() if until is not None else False

    # ---- network ----

    def transmit(self, source: str, target: str, data: bytes, after_ms: int = 0) -> None:
        """One message on its way, or lost. `after_ms`: the sender's disk keeps it so long."""
        links, chance = self.links, self.random.random
        if target not in self.nodes or not links.connected(source, target):
            return
        self._sent_on[source, target] += 1
        number = (source, target, self._sent_on[source, target])
        if chance() < links.drop:
            self.taken_by_chance.append(number)
            return
        if number in self.lost:
            return
        if self.filters and not all(allowed(source, target, decode(data)) for allowed in self.filters):
            return
        if self.losses:
            passed = self.losses.pass_on(source, target, data)
            if passed is None:
                return
            data = passed
        if self.held is not None:
            self.held.append((source, target, data))
            return
        for _ in range(2 if chance() < links.double else 1):
            delay_ms = after_ms + self.random.randint(1, links.slowest_ms) + links.slow.get((source, target), 0)
            self.at(delay_ms, lambda: self.arrive(source, target, data))

    def arrive(self, source: str, target: str, data: bytes) -> None:
        """A message is there, if its way has not been cut meanwhile."""
        if self.links.connected(source, target):
            self.nodes[target].receive(source, data)

    def connect(self, joining: str) -> None:
        """A node is up: everyone who can reach it learns it, and it learns of them."""
        for name, node in self.nodes.items():
            if name != joining and node.alive and self.links.connected(name, joining):
                self.at(1, lambda node=node: node.deliver(PeerJoined(self.ids[joining])))  # type: ignore[misc]
                self.at(1, lambda name=name: self.nodes[joining].deliver(PeerJoined(self.ids[name])))  # type: ignore[misc]

    def disconnect(self, leaving: str) -> None:
        for name, node in self.nodes.items():
            if name != leaving:
                self.at(1, lambda node=node: node.deliver(PeerLeft(self.ids[leaving])))  # type: ignore[misc]

    # ---- clients ----

    def submit(self, transaction: bytes) -> None:
        """A client hands a transaction to every node that is up, and to the others when they come back."""
        self.outstanding.append(transaction)
        for node in self.nodes.values():
            node.submit(transaction)

    # ---- what is told of it ----

    @property
    def log(self) -> list[str]:
        """What happened, a line each. Notes of nodes become lines only here: most runs are never read."""
        untold, self._untold = self._untold, []
        for now_ms, name, note in untold:
            text = told(note, self.names, self.labels)
            if text:
                self._log.append(f"{now_ms:>6} {name:<4} {text}")
        return self._log

    def label(self, block_id: object) -> str:
        """A block's name, by the order in which the run has met them."""
        self.log  # noqa: B018  those of earlier notes come first
        return self.labels(block_id)

    def tell(self, name: str, text: str) -> None:
        self.log.append(f"{self.now_ms - self.start_ms:>6} {name:<4} {text}")

    def note(self, name: str, note: Note) -> None:
        """Something that a node notes now."""
        self._untold.append((self.now_ms - self.start_ms, name, note))
