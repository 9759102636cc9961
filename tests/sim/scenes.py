"""A world of few validators with the words that scripts and scenes need, and validators that say what they are told.

Proposers take turns: height 1 round 0 is n1's, round 1 n2's, round 2 n3's, round 3 n0's (four validators).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chainbill_node import wire
from chainbill_node.wire.messages import Blocks, Decided, Message, Own, Proposal, Status, Votes, WantOwn
from sim.checkers import ViolationError
from sim.ledger import build
from sim.nodes import SimulatedNode
from sim.plan import names
from sim.world import START_MS, Filter, Links, World

from chainbill.ledger.certificate import Certificate
from chainbill.ledger.vote import Vote, VoteType, sign_proposal, sign_vote

SETTLE_MS = 120_000
Reaction = Callable[["Puppet", str, Message], None]


class Puppet:
    """A validator in the hands of the script: it says only what the scene makes it say."""

    honest = False
    alive = True

    def __init__(self, world: World, number: int, react: Reaction | None = None) -> None:
        self.world = world
        self.key = world.keys[number]
        self.name = f"n{number}"
        self.react = react
        self.heard: list[Vote] = []
        world.add(self)
        world.checkers.guilty.add(self.key.public)

    def deliver(self, event: object) -> None:
        """Connections and timers mean nothing to it."""

    def submit(self, transaction: bytes) -> None:
        """Nor do clients."""

    def receive(self, source: str, data: bytes) -> None:
        message = wire.decode(data)
        if isinstance(message, WantOwn):
            self.send([source], Own(message.height, message.validator))
        elif isinstance(message, Votes):
            self.heard += message.votes
        if self.react is not None:
            self.react(self, source, message)

    def vote(self, kind: VoteType, height: int, round_: int, block_id: bytes | None, peers: list[str]) -> None:
        """Say a vote to some."""
        network = self.world.settings.network
        vote = sign_vote(self.key, network, type=kind, height=height, round=round_, block_id=block_id)
        told = f"{kind.name} {self.world.label(block_id)} (height {height} round {round_})"
        self.world.tell(self.name, f"says {told} to {', '.join(peers)} only")
        self.send(peers, Votes((vote,)))

    def propose(
        self, height: int, round_: int, wires: tuple[bytes, ...], peers: list[str], *, ahead_ms: int = 0
    ) -> bytes:
        """Propose a new block to some, on what any honest node has."""
        world = self.world
        parent = next(node.store.tip for node in world.nodes.values() if node.honest)
        block = build(parent, world.settings.network, world.now_ms + ahead_ms, self.key.public, wires, ())
        header = sign_proposal(self.key, world.settings.network, height=height, round=round_, block_id=block.id)
        world.tell(
            self.name,
            f"says PROPOSAL {world.label(block.id)} (height {height} round {round_}) to {', '.join(peers)} only",
        )
        self.send(peers, Proposal(header, block))
        return block.id

    def relabel(self, peers: list[str]) -> None:
        """Pass on every prevote for a block that it has heard as a precommit: with the signature of the prevote."""
        found = [vote for vote in self.heard if vote.type is VoteType.PREVOTE and vote.block_id is not None]
        forged = [Vote(VoteType.PRECOMMIT, v.height, v.round, v.block_id, v.validator, v.signature) for v in found]
        self.world.tell(self.name, f"passes {len(forged)} prevotes on as precommits to {', '.join(peers)} only")
        self.send(peers, Votes(tuple(forged)))

    def claim(self, height: int, peers: list[str]) -> None:
        """Say that it is so far, which makes others ask it for blocks."""
        self.world.tell(self.name, f"claims to be at height {height} to {', '.join(peers)} only")
        self.send(peers, Status(height, 0, (), ()))

    def forge(self, peer: str) -> None:
        """Hand to one node the next block that it lacks, with a certificate that nobody else has signed."""
        world, parent = self.world, self.world.nodes[peer].store.tip
        block = build(parent, world.settings.network, world.now_ms, self.key.public, (b"forged",), ())
        vote = sign_vote(
            self.key, world.settings.network, type=VoteType.PRECOMMIT, height=block.height, round=0, block_id=block.id
        )
        world.tell(self.name, f"hands {peer} a forged block {world.label(block.id)} of height {block.height}")
        self.send([peer], Blocks(block.height, (Decided(block, Certificate.from_votes([vote])),)))

    def send(self, peers: list[str], message: Message) -> None:
        for peer in peers:
            self.world.checkers.overheard(self.key.public, wire.encode(message))
            self.world.transmit(self.name, peer, wire.encode(message))


class Scene:
    """A world of few validators with the words that scripts need."""

    def __init__(
        self, size: int = 4, *, outside: Sequence[str] = (), puppet: str | None = None, react: Reaction | None = None,
        start_ms: int = START_MS,
    ) -> None:  # fmt: skip
        members = [number for number, name in enumerate(names(size)) if name not in outside]
        self.world = World(1, len(members), spare=len(outside), members=members, start_ms=start_ms)
        self.nodes: list[SimulatedNode] = []
        self.puppet: Puppet | None = None
        for number, key in enumerate(self.world.keys):
            if f"n{number}" == puppet:
                self.puppet = Puppet(self.world, number, react)
            else:
                self.nodes.append(SimulatedNode(self.world, f"n{number}", key))
        for node in self.nodes:
            node.restart_after_ms = -1

    def node(self, name: str) -> SimulatedNode:
        return next(node for node in self.nodes if node.name == name)

    def start(self, *named: str) -> None:
        for node in self.nodes:
            if not named or node.name in named:
                node.boot()

    def say(self, text: str) -> None:
        self.world.tell("--", text)

    def cut(self, *groups: str) -> None:
        """Only nodes in the same group hear each other: "n0 n1", "n2"."""
        self.say("the network is cut: " + " | ".join(groups))
        self.world.links = Links(cut=[set(group.split()) for group in groups])

    def lose(self, what: Filter) -> None:
        """Messages of which `what` is true are lost."""
        self.world.filters.append(lambda source, target, message: not what(source, target, message))

    def heal(self) -> None:
        self.say("the network heals")
        self.world.links = Links()
        self.world.filters.clear()
        for node in self.nodes:
            if node.alive:
                self.world.connect(node.name)

    def crash(self, *named: str) -> None:
        for name in named:
            self.node(name).crash()

    def restart(self, *named: str) -> None:
        for name in named:
            self.world.tell(name, "restarted")
            self.node(name).boot()

    def run(self, for_ms: int) -> None:
        self.world.run(for_ms)

    def submit(self, transaction: bytes) -> None:
        self.say(f"a client sends {transaction.decode()}")
        self.world.submit(transaction)

    def waits(self, name: str) -> None:
        """What a node says about why it waits."""
        node = self.node(name)
        if node.driver is not None:
            for language in ("en", "zh"):
                self.world.tell(name, node.driver.waiting_for().text(language, node.now_ms()))

    def settle(self, *named: str, within_ms: int = SETTLE_MS) -> None:
        """Everything is well now: all, or these, stand together with all transactions in, or liveness is broken."""
        nodes = [node for node in self.nodes if not named or node.name in named]

        def settled() -> bool:
            together = len({node.height for node in nodes}) == 1 and all(node.alive for node in nodes)
            done = nodes[0].application.committed if together else set()
            return together and all(transaction in done for transaction in self.world.outstanding)

        settled_in_time = self.world.run(within_ms, until=settled)
        heights = ", ".join(f"{node.name} at {node.height}" for node in nodes)
        if not settled_in_time:
            raise ViolationError("liveness", f"after {within_ms} ms of quiet: {heights}")
        self.say(f"all stand together: {heights}")


def is_vote(message: Message, kind: VoteType | None = None, block: bool | None = None) -> bool:
    """Whether a message carries votes of a type, for a block (True) or for nil (False)."""
    if not isinstance(message, Votes):
        return False
    return any(
        (kind is None or vote.type is kind) and (block is None or (vote.block_id is not None) is block)
        for vote in message.votes
    )
