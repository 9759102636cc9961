"""What is lost, at a random moment."""

from __future__ import annotations

from collections.abc import Callable

from sim.checkers import ViolationError
from sim.drill_kit import SETTLE_MS, Drill, why
from sim.nodes import SimulatedNode
from sim.world import Links

Play = Callable[[Drill], None]
Loss = Callable[[SimulatedNode], None]


def loses(*what: Loss, count: int = 1) -> Play:
    """One, or so many at once, lose this in the middle of a height; what is whole stays in use."""

    def play(drill: Drill) -> None:
        chosen = [drill.random.choice(drill.nodes)] if count == 1 else drill.random.sample(drill.nodes, count)
        drill.begin()
        drill.trouble()
        drill.crash(*chosen)
        for node in chosen:
            for part in what:
                part(node)
        drill.restart(*chosen)
        drill.settle()

    return play


def gets_a_backup(drill: Drill) -> None:
    """A backup of any age, with or without the signer file of the disk."""
    node = drill.random.choice(drill.nodes)
    drill.begin()
    kept = drill.keep()
    drill.trouble()
    drill.crash(node)
    drill.put_back(node, kept[node.name], signer=False)
    if drill.random.random() < 0.5:
        node.lose_signer()
    drill.restart(node)
    drill.settle()


def gets_an_old_image(drill: Drill) -> None:
    """The whole disk of one comes back as it was: data and signer file fit each other.

    What it had said since has reached somebody: of what reached nobody nobody can tell it.
    """
    node = drill.random.choice(drill.nodes)
    drill.begin()
    kept = drill.keep()
    drill.trouble(drops=(0.0,))
    drill.crash(node)
    drill.world.run(drill.world.links.slowest_ms)
    drill.put_back(node, kept[node.name], signer=True)
    drill.restart(node)
    drill.settle()


def one_after_the_other(drill: Drill) -> None:
    """Two lose everything, the second once the first one signs again."""
    first, second = drill.random.sample(drill.nodes, 2)
    drill.begin()
    for node in (first, second):
        drill.trouble()
        drill.crash(node)
        node.lose_data()
        node.lose_signer()
        drill.restart(node)
        drill.settle()


def all_but_one_lose_data(drill: Drill) -> None:
    """With whole signer files; what the last one does not have was signed, and is signed again, byte for byte."""
    drill.begin()
    drill.trouble()
    kept = drill.random.choice(drill.nodes)
    lost = [node for node in drill.nodes if node is not kept]
    drill.crash(*drill.nodes)
    for node in lost:
        node.lose_data()
    drill.restart(*drill.random.sample(drill.nodes, len(drill.nodes)))
    drill.settle()


def more_than_may_fail_lose_everything(drill: Drill) -> None:
    """f + 1 lose data and signer file for good, and their operators say that those who are silent stay so.

    What one of them had decided is decided again, although nobody has the block with its certificate any more: some of
    the others have locked it.
    """
    drill.begin()
    drill.trouble(drops=(0.2, 0.4, 0.6))
    lost = drill.random.sample(drill.nodes, drill.world.genesis.max_faulty + 1)
    drill.crash(*lost)
    for node in lost:
        node.lose_data()
        node.lose_signer()
    drill.restart(*lost)
    drill.world.links = Links()
    drill.with_a_word(*lost)
    drill.settle()


def some_are_gone_for_good(drill: Drill) -> None:
    """One loses everything while so many others are gone that a quorum is left with it, and none without it."""
    drill.begin()
    drill.trouble()
    gone = len(drill.nodes) - drill.world.genesis.quorum
    lost, *away = drill.random.sample(drill.nodes, 1 + gone)
    drill.crash(lost, *away)
    lost.lose_data()
    lost.lose_signer()
    drill.restart(lost)
    drill.world.links = Links()
    drill.with_a_word(lost)
    drill.submit()
    left = [node for node in drill.nodes if node not in away]
    height = max(node.height for node in left)
    if not drill.world.run(SETTLE_MS, until=lambda: min(node.height for node in left) > height):
        raise ViolationError("liveness", f"seed {drill.seed}: the word was not taken: {why(lost)}")
    drill.restart(*away)
    drill.settle()
