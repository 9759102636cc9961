"""Enumerated Twins scenarios (Bano et al., arXiv 2004.10617): one of four validators doubled, a partition a round.

The doubled validator runs twice with one key, each copy honest by itself, so together it equivocates in every way that
the protocol allows. In each of the first rounds of height 1 the five processes are cut into two groups; messages of
that round pass only inside a group, until after a while everything passes. All combinations of partitions are the
scenarios, taken with a fixed stride so that any number of them is spread over all.
"""

from __future__ import annotations

from itertools import combinations

from chainbill_node.consensus.timeouts import Timeouts
from chainbill_node.driver_ports import Settings
from chainbill_node.wire.messages import Message, Proposal, Status, Votes
from sim.checkers import ViolationError
from sim.nodes import SimulatedNode
from sim.seeded import remembered_signatures
from sim.world import NETWORK, World

NAMES = ("n0", "n1", "n2", "n3", "n3'")
ROUNDS = 4
PARTITIONS = tuple(frozenset(group) for size in range(3) for group in combinations(NAMES, size))
"""All ways to cut five processes in two, by the smaller group: 16."""
SCENARIOS = len(PARTITIONS) ** ROUNDS * 4
"""Times the four places that the doubled validator can have among the proposers."""
STRIDE = 104_729
"""A prime, so that every scenario comes up once."""
TROUBLE_MS = 2_000
SETTLE_MS = 30_000


def scenario(number: int) -> tuple[int, tuple[frozenset[str], ...]]:
    """The place of the doubled validator and the smaller group of each round."""
    place, code = divmod(number * STRIDE % SCENARIOS, len(PARTITIONS) ** ROUNDS)
    groups = []
    for _ in range(ROUNDS):
        code, at = divmod(code, len(PARTITIONS))
        groups.append(PARTITIONS[at])
    return place, tuple(groups)


def round_of(message: Message) -> int:
    """The round of height 1 that a message belongs to, −1 for none."""
    if isinstance(message, Proposal) and message.header.height == 1:
        return message.header.round
    if isinstance(message, Votes) and message.votes and message.votes[0].height == 1:
        return min(vote.round for vote in message.votes)
    if isinstance(message, Status) and message.height == 1:
        return message.round
    return -1


def play(number: int) -> World:
    """Run one scenario; ViolationError if a promise is broken."""
    place, groups = scenario(number)
    timeouts = Timeouts(propose_ms=200, propose_growth_ms=50, vote_ms=100, vote_growth_ms=50)
    world = World(number, 4, settings=Settings(NETWORK, timeouts, idle_interval_ms=0, gossip_interval_ms=300))
    honest = []
    for index, key in enumerate(world.keys):
        name = f"n{(index - place - 1) % 4}"
        if name == "n3":
            world.checkers.guilty.add(key.public)
            SimulatedNode(world, name, key, honest=False)
            SimulatedNode(world, "n3'", key, honest=False)
        else:
            honest.append(SimulatedNode(world, name, key))

    def passes(source: str, target: str, message: Message) -> bool:
        number_of_round = round_of(message)
        if not 0 <= number_of_round < ROUNDS:
            return True
        group = groups[number_of_round]
        return (source in group) == (target in group)

    world.filters.append(passes)
    with remembered_signatures():
        for node in list(world.nodes.values()):
            node.boot()
        world.submit(b"transfer")
        world.run(TROUBLE_MS)
        world.filters.clear()
        if not world.run(SETTLE_MS, until=lambda: all(node.height >= 2 for node in honest)):
            raise ViolationError("liveness", f"twins {number}: heights {[node.height for node in honest]}")
    return world
