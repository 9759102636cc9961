"""Scripted runs: each tells one story that chance rarely finds. They are golden transcripts and the mutants' gallows.

Proposers take turns: height 1 round 0 is n1's, round 1 n2's, round 2 n3's, round 3 n0's (four validators).
"""

from __future__ import annotations

from collections.abc import Callable

from chainbill_node import wire
from chainbill_node.wire.messages import (
    BlockAnswer,
    Blocks,
    Decided,
    Message,
    Own,
    Proposal,
    Status,
    Votes,
    WantBlocks,
    WantOwn,
)
from sim.checkers import ViolationError
from sim.ledger import build
from sim.nodes import SimulatedNode
from sim.world import START_MS, Filter, Links, World

from chainbill.ledger.certificate import Certificate
from chainbill.ledger.vote import Vote, VoteType, sign_proposal, sign_vote

SETTLE_MS = 120_000
PRECOMMIT = VoteType.PRECOMMIT
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
        elif self.react is not None:
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

    def send(self, peers: list[str], message: Message) -> None:
        for peer in peers:
            self.world.transmit(self.name, peer, wire.encode(message))


class Scene:
    """A world of few validators with the words that scripts need. `last`: the world of the latest scene."""

    last: World

    def __init__(
        self, validators: int = 4, *, puppet: int | None = None, react: Reaction | None = None, spare: int = 0,
        start_ms: int = START_MS,
    ) -> None:  # fmt: skip
        self.world = World(1, validators, spare=spare, start_ms=start_ms)
        Scene.last = self.world
        self.nodes: list[SimulatedNode] = []
        self.puppet: Puppet | None = None
        for number, key in enumerate(self.world.keys):
            if number == puppet:
                self.puppet = Puppet(self.world, number, react)
            else:
                self.nodes.append(SimulatedNode(self.world, f"n{number}", key))
        for node in self.nodes:
            node.restart_after_ms = -1

    def node(self, name: str) -> SimulatedNode:
        return next(node for node in self.nodes if node.name == name)

    def start(self, *names: str) -> None:
        for node in self.nodes:
            if not names or node.name in names:
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

    def crash(self, *names: str) -> None:
        for name in names:
            self.node(name).crash()

    def restart(self, *names: str) -> None:
        for name in names:
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

    def settle(self, within_ms: int = SETTLE_MS) -> None:
        """Everything is well now: all stand together with all transactions in, or liveness is broken."""

        def settled() -> bool:
            together = len({node.height for node in self.nodes}) == 1 and all(node.alive for node in self.nodes)
            done = self.nodes[0].application.committed if together else set()
            return together and all(transaction in done for transaction in self.world.outstanding)

        if not self.world.run(within_ms, until=settled):
            heights = ", ".join(f"{node.name} at {node.height}" for node in self.nodes)
            raise ViolationError("liveness", f"after {within_ms} ms of quiet: {heights}")
        self.say("all stand together: " + ", ".join(f"{node.name} at {node.height}" for node in self.nodes))


def is_vote(message: Message, kind: VoteType | None = None, block: bool | None = None) -> bool:
    """Whether a message carries votes of a type, for a block (True) or for nil (False)."""
    if not isinstance(message, Votes):
        return False
    return any(
        (kind is None or vote.type is kind) and (block is None or (vote.block_id is not None) is block)
        for vote in message.votes
    )


def one_block() -> World:
    """A transaction arrives; four validators propose, prevote, precommit, decide; one more block proves the state."""
    scene = Scene()
    scene.start()
    scene.run(50)
    scene.submit(b"transfer")
    scene.settle()
    scene.run(200)
    return scene.world


def proposer_away() -> World:
    """The proposer of round 0 is down: the others prevote and precommit nil and take the next proposer."""
    scene = Scene()
    scene.start("n0", "n2", "n3")
    scene.submit(b"transfer")
    scene.run(4_000)
    scene.restart("n1")
    scene.settle()
    return scene.world


def lock_survives_a_crash() -> World:
    """n0 alone sees the decision and is cut off; n1 and n2 are locked and crash; n3 has seen no proposal.

    With their locks on disk, n1 and n2 stay with the block that n0 has. Without them they would take a new one.
    """
    scene = Scene()
    scene.lose(lambda source, target, message: target == "n3" and isinstance(message, Proposal | BlockAnswer))
    scene.lose(lambda source, target, message: source == "n0" and is_vote(message) and target == "n3")
    scene.lose(lambda source, target, message: source == "n0" and is_vote(message, PRECOMMIT))
    scene.lose(lambda source, target, message: isinstance(message, Status))
    scene.start()
    scene.submit(b"transfer")
    scene.run(150)
    scene.cut("n0", "n1 n2 n3")
    scene.crash("n1", "n2")
    scene.restart("n1", "n2")
    scene.submit(b"another")
    scene.run(3_000)
    scene.world.filters[0:1] = [lambda source, target, message: not of_round_zero(target, message)]
    scene.run(10_000)
    scene.heal()
    scene.settle()
    return scene.world


def of_round_zero(target: str, message: Message) -> bool:
    """The proposal of height 1 round 0 on its way to n3."""
    return target == "n3" and isinstance(message, Proposal) and (message.header.height, message.header.round) == (1, 0)


def locked_ones_refuse_another_block() -> World:
    """n0 alone decides and is cut off; n1 and n2 are locked; n3, which never saw the block, proposes something else."""
    scene = Scene()
    scene.lose(lambda source, target, message: target == "n3" and isinstance(message, Proposal | BlockAnswer))
    scene.lose(lambda source, target, message: source == "n0" and is_vote(message, PRECOMMIT))
    scene.lose(lambda source, target, message: isinstance(message, Status))
    scene.lose(lambda source, target, message: isinstance(message, Proposal) and is_by_locked(source, message))
    scene.start()
    scene.submit(b"transfer")
    scene.run(150)
    scene.cut("n0", "n1 n2 n3")
    scene.submit(b"another")
    scene.run(40_000)
    scene.heal()
    scene.settle()
    return scene.world


def is_by_locked(source: str, message: Message) -> bool:
    """A proposal of n1 or n2 after round 0 of height 1."""
    return isinstance(message, Proposal) and source in ("n1", "n2") and message.header.round > 0


def same_bytes_after_a_restart() -> World:
    """n3 prevotes a block and crashes; it comes back deaf to the proposal, times out, and must not say nil instead."""
    scene = Scene()
    scene.lose(lambda source, target, message: is_vote(message, VoteType.PREVOTE) and source != "n3")
    scene.lose(lambda source, target, message: isinstance(message, Status))
    scene.start()
    scene.submit(b"transfer")
    scene.run(150)
    scene.crash("n3")
    scene.lose(lambda source, target, message: isinstance(message, Proposal) and target == "n3")
    scene.restart("n3")
    scene.run(3_000)
    scene.heal()
    scene.settle()
    return scene.world


def halves_of_an_equivocation() -> World:
    """n3 shows n0 a prevote for the block and the others nil; n0 locks alone and must bring the others over."""

    def react(puppet: Puppet, source: str, message: Message) -> None:
        if isinstance(message, Proposal) and message.header.round == 0 and source == "n1" and not said:
            said.append(True)
            puppet.vote(VoteType.PREVOTE, 1, 0, None, ["n1", "n2"])
            puppet.vote(VoteType.PREVOTE, 1, 0, message.header.block_id, ["n0"])

    said: list[bool] = []
    scene = Scene(puppet=3, react=react)
    scene.lose(lambda source, target, message: isinstance(message, Proposal) and target == "n2")
    scene.lose(lambda source, target, message: isinstance(message, Status))
    scene.start()
    scene.submit(b"transfer")
    scene.run(1_800)
    scene.world.filters.clear()
    scene.heal()
    scene.settle(60_000)
    return scene.world


def two_proposals() -> World:
    """n1 proposes one block to n0 and n2 and another to n3; one misdeed, one piece of evidence, one block."""
    scene = Scene(puppet=1)
    scene.start()
    scene.run(100)
    puppet = scene.puppet
    if puppet is not None:
        first = puppet.propose(1, 0, (b"one",), ["n0", "n2"])
        second = puppet.propose(1, 0, (b"other",), ["n3"])
        for kind in (VoteType.PREVOTE, VoteType.PRECOMMIT):
            puppet.vote(kind, 1, 0, first, ["n0", "n2"])
            puppet.vote(kind, 1, 0, second, ["n3"])
            puppet.vote(kind, 1, 0, None, ["n0", "n3"])
    scene.run(5_000)
    scene.submit(b"transfer")
    scene.settle()
    scene.run(12_000)
    return scene.world


def away_and_back() -> World:
    """n3 was away for many blocks; it takes them over in batches, by their certificates."""
    scene = Scene()
    scene.start("n0", "n1", "n2")
    scene.world.log.append("       (n0, n1 and n2 decide twenty blocks)")
    before = len(scene.world.log)
    for number in range(10):
        scene.submit(b"transfer-%d" % number)
        scene.run(4_000)
    del scene.world.log[before:]
    scene.restart("n3")
    scene.settle()
    scene.crash("n3")
    scene.restart("n3")
    scene.submit(b"transfer")
    scene.settle()
    return scene.world


def liar_about_blocks() -> World:
    """n1, faulty, answers a node that was away with a block that only it has signed."""

    def react(puppet: Puppet, source: str, message: Message) -> None:
        world = puppet.world
        if isinstance(message, Status) and source == "n3":
            puppet.send([source], Status(1_000_000, 0, (), ()))
        elif isinstance(message, WantBlocks):
            block = build(
                world.nodes["n3"].store.tip, world.settings.network, world.now_ms, puppet.key.public, (b"forged",), ()
            )
            network = world.settings.network
            vote = sign_vote(
                puppet.key, network, type=VoteType.PRECOMMIT, height=block.height, round=0, block_id=block.id
            )
            world.tell(puppet.name, f"answers {source} with a forged block {world.label(block.id)}")
            puppet.send([source], Blocks(message.first, (Decided(block, Certificate.from_votes([vote])),)))

    scene = Scene(puppet=1, react=react)
    scene.cut("n0 n2", "n1 n3")
    scene.start()
    scene.run(3_000)
    scene.heal()
    scene.submit(b"transfer")
    scene.settle()
    return scene.world


def two_and_two() -> World:
    """A partition into halves: nobody decides, everybody says whose votes are missing; then it heals."""
    scene = Scene()
    scene.start()
    scene.run(100)
    scene.cut("n0 n1", "n2 n3")
    scene.submit(b"transfer")
    scene.run(41_000)
    scene.waits("n0")
    scene.waits("n3")
    scene.heal()
    scene.settle()
    return scene.world


def forged_precommits() -> World:
    """n3, faulty, passes on honest prevotes relabelled as precommits: the signature says what kind it is."""

    def react(puppet: Puppet, source: str, message: Message) -> None:
        if isinstance(message, Votes):
            votes = [vote for vote in message.votes if vote.type is VoteType.PREVOTE and vote.block_id is not None]
            forged = tuple(
                [Vote(VoteType.PRECOMMIT, v.height, v.round, v.block_id, v.validator, v.signature) for v in votes]
            )
            if forged:
                puppet.send(["n0"], Votes(forged))

    scene = Scene(puppet=3, react=react)
    scene.start()
    scene.submit(b"transfer")
    scene.lose(lambda source, target, message: is_vote(message, VoteType.PRECOMMIT) and source in ("n0", "n1", "n2"))
    scene.lose(lambda source, target, message: is_vote(message, VoteType.PREVOTE) and (source, target) == ("n0", "n2"))
    scene.run(900)
    scene.heal()
    scene.settle()
    return scene.world


def out_of_turn() -> World:
    """n3, faulty, proposes in round 0 of height 1, which is n1's, and n1 is down."""
    scene = Scene(puppet=3)
    scene.start("n0", "n2")
    scene.run(2_500)
    if scene.puppet is not None:
        block_id = scene.puppet.propose(1, 0, (b"out-of-turn",), ["n0", "n2"])
        for kind in (VoteType.PREVOTE, VoteType.PRECOMMIT):
            scene.puppet.vote(kind, 1, 0, block_id, ["n0", "n2"])
    scene.submit(b"transfer")
    scene.run(800)
    scene.restart("n1")
    scene.settle()
    return scene.world


def from_the_future() -> World:
    """n1, faulty, proposes a block whose time is an hour ahead."""
    scene = Scene(puppet=1)
    scene.start()
    scene.run(50)
    if scene.puppet is not None:
        scene.puppet.propose(1, 0, (b"from-the-future",), ["n0", "n2", "n3"], ahead_ms=3_600_000)
    scene.submit(b"transfer")
    scene.settle()
    return scene.world


def from_the_past() -> World:
    """n1, faulty, proposes a block whose time is an hour ago, when there was no other block yet."""
    scene = Scene(puppet=1, start_ms=5_000_000)
    scene.start()
    scene.run(50)
    if scene.puppet is not None:
        scene.puppet.propose(1, 0, (b"from-the-past",), ["n0", "n2", "n3"], ahead_ms=-3_600_000)
    scene.submit(b"transfer")
    scene.settle()
    return scene.world


def two_clocks_ahead() -> World:
    """Two of four clocks are ten minutes ahead, more than may be wrong: it gets slow, and goes on all the same."""
    scene = Scene()
    for name in ("n0", "n2"):
        scene.node(name).skew_ms = 600_000
    scene.start()
    scene.submit(b"transfer")
    scene.world.log.append("       (rounds fail, and each allows a proposal more delay)")
    before = len(scene.world.log)
    scene.settle(240_000)
    del scene.world.log[before:-20]
    return scene.world


def nine_rounds_fail() -> World:
    """The proposals of nine rounds are lost: rounds grow longer, but only linearly, so the tenth comes soon."""
    scene = Scene()
    scene.lose(lambda source, target, message: isinstance(message, Proposal) and message.header.round < 9)
    scene.start()
    scene.submit(b"transfer")
    scene.run(5_000)
    scene.waits("n0")
    scene.world.log.append("       (rounds 3 to 8 pass in the same way)")
    before = len(scene.world.log)
    scene.run(34_000)
    del scene.world.log[before:]
    scene.settle(60_000)
    return scene.world


def laggard_skips_rounds() -> World:
    """n3 was cut off while the others went through nine rounds; when n0 dies they need it, and it comes at once."""
    scene = Scene()
    scene.start()
    scene.run(50)
    scene.cut("n0 n1 n2", "n3")
    scene.lose(lambda source, target, message: isinstance(message, Proposal) and message.header.round < 9)
    scene.submit(b"transfer")
    scene.world.log.append("       (n0, n1 and n2 go through nine rounds)")
    before = len(scene.world.log)
    scene.run(40_000)
    del scene.world.log[before:]
    scene.waits("n1")
    scene.crash("n0")
    scene.nodes = [node for node in scene.nodes if node.name != "n0"]
    scene.heal()
    scene.settle(5_000)
    return scene.world


def first_precommits_lost() -> World:
    """Every precommit is lost once; nobody repeats a vote by itself: STATUS and its answers bring them."""
    scene = Scene()
    lost: set[tuple[str, str]] = set()

    def first_time(source: str, target: str, message: Message) -> bool:
        if is_vote(message, VoteType.PRECOMMIT) and (source, target) not in lost:
            lost.add((source, target))
            return True
        return False

    scene.lose(first_time)
    scene.start()
    scene.submit(b"transfer")
    scene.settle(20_000)
    return scene.world


def old_copy_of_the_signer_file() -> World:
    """n3's signer file is put back to an old copy: it asks its peers, learns that it has signed, and abstains."""
    scene = Scene()
    scene.lose(lambda source, target, message: is_vote(message, VoteType.PREVOTE) and source != "n3")
    scene.lose(lambda source, target, message: isinstance(message, Status))
    scene.start()
    copy = scene.node("n3").signer_bytes
    scene.submit(b"transfer")
    scene.run(150)
    scene.crash("n3")
    scene.say("n3's signer file is replaced by an older copy")
    scene.node("n3").signer_bytes = copy
    scene.lose(lambda source, target, message: isinstance(message, Proposal) and target == "n3")
    scene.restart("n3")
    scene.run(2_500)
    scene.heal()
    scene.settle()
    return scene.world


def observers_are_no_witnesses() -> World:
    """As before, but the validators are out of reach, and two observers, which were sent nothing, hold nothing."""
    scene = Scene(4, spare=2)
    world = scene.world
    voters = [world.names[key] for key in world.genesis.keys]
    observers = [name for name in world.nodes if name not in voters]
    victim = voters[3]
    scene.lose(lambda source, target, message: is_vote(message, VoteType.PREVOTE) and source != victim)
    scene.lose(lambda source, target, message: source == victim and target in observers and is_vote(message))
    scene.lose(lambda source, target, message: isinstance(message, Status))
    scene.start()
    copy = scene.node(victim).signer_bytes
    scene.submit(b"transfer")
    scene.run(150)
    scene.crash(victim)
    scene.say(f"{victim}'s signer file is replaced by an older copy, and it reaches {' and '.join(observers)} only")
    scene.node(victim).signer_bytes = copy
    scene.cut(" ".join(voters[:3]), " ".join([victim, *observers]))
    scene.lose(lambda source, target, message: isinstance(message, Proposal | BlockAnswer) and target == victim)
    scene.restart(victim)
    scene.run(6_000)
    scene.waits(victim)
    scene.heal()
    scene.settle()
    return scene.world


def power_cut_for_all_but_one() -> World:
    """All four lose power and three come back: none of them remembers what it was sent, and they go on all the same."""
    scene = Scene()
    scene.start()
    scene.submit(b"transfer")
    scene.settle()
    scene.crash("n0", "n1", "n2", "n3")
    scene.restart("n0", "n1", "n3")
    scene.submit(b"another")
    scene.run(8_000)
    scene.restart("n2")
    scene.settle()
    return scene.world


def everyone_signs_twice_delivered() -> World:
    """Two of four are cut off, and the network doubles every message: a vote that comes twice counts once."""
    scene = Scene()
    scene.start()
    scene.run(100)
    scene.cut("n0 n1", "n2 n3")
    scene.world.links.double = 1.0
    scene.submit(b"transfer")
    scene.run(8_000)
    scene.heal()
    scene.settle()
    return scene.world


def torn_signer_frame() -> World:
    """n3 dies in the middle of a write to its signer file, comes back, signs, and comes back again."""
    scene = Scene()
    scene.start()
    scene.submit(b"transfer")
    scene.node("n3").tear_at = 20
    scene.run(300)
    scene.restart("n3")
    scene.submit(b"another")
    scene.run(3_000)
    scene.crash("n3")
    scene.restart("n3")
    scene.submit(b"third")
    scene.settle()
    return scene.world


def validators_change() -> World:
    """Block h takes n4 in and n0 out: both act from h + 2, and n4, which followed along, votes."""
    scene = Scene(4, spare=1)
    world = scene.world
    joining = next(key.public for key in world.keys if key.public not in world.genesis)
    leaving = world.genesis.keys[0]
    scene.start()
    scene.run(100)
    scene.say(f"a decision: {world.names[joining]} joins, {world.names[leaving]} leaves")
    world.submit(b"V+" + joining)
    world.submit(b"V-" + leaving)
    scene.settle()
    scene.submit(b"transfer")
    scene.settle()
    scene.run(300)
    return world


SCENARIOS: dict[str, Callable[[], World]] = {
    play.__name__.replace("_", "-"): play
    for play in (
        one_block,
        proposer_away,
        lock_survives_a_crash,
        locked_ones_refuse_another_block,
        same_bytes_after_a_restart,
        halves_of_an_equivocation,
        two_proposals,
        away_and_back,
        liar_about_blocks,
        two_and_two,
        forged_precommits,
        out_of_turn,
        from_the_future,
        from_the_past,
        two_clocks_ahead,
        nine_rounds_fail,
        laggard_skips_rounds,
        first_precommits_lost,
        old_copy_of_the_signer_file,
        observers_are_no_witnesses,
        power_cut_for_all_but_one,
        everyone_signs_twice_delivered,
        torn_signer_frame,
        validators_change,
    )
}
