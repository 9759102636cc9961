"""What a search made `step` do: which events it took, and which of its rules fired, how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, get_args
from unittest.mock import patch

from chainbill_node.consensus import voting
from chainbill_node.consensus.events import Event, TimeoutFired
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.state import HeightState
from chainbill_node.consensus.timeouts import ROUND_TIMERS
from chainbill_node.driver import engine
from search.local import Graph
from search.space import Space

NOT_HERE = {
    "BlockArrived": "every block is here",
    "BlockSynced": "nobody makes a certificate that a quorum has not signed",
    "SigningFound": "what was signed is known after a restart",
}
"""Events that a search leaves out, with the reason."""


@dataclass
class Cover:
    """Counts by the names of events and rules."""

    events: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)

    def missing(self) -> list[str]:
        """Rules and events of `step` that never came up."""
        events = {one.__name__ for one in get_args(Event)} - {TimeoutFired.__name__} - set(NOT_HERE)
        events |= {f"timeout {kind.name.lower()}" for kind in ROUND_TIMERS}
        return sorted(events - set(self.events)) + [
            one.__name__ for one in voting.RULES if one.__name__ not in self.rules
        ]  # fmt: skip


@contextmanager
def covered() -> Iterator[Cover]:
    """Count what happens meanwhile."""
    cover = Cover()
    step = engine.step

    def counted(state: HeightState, event: Event, rules: Rules) -> Any:
        name = type(event).__name__
        cover.events[f"timeout {event.timer.kind.name.lower()}" if isinstance(event, TimeoutFired) else name] += 1
        return step(state, event, rules)

    def watched(rule: Callable[..., Any]) -> Callable[..., Any]:
        def asked(state: HeightState, rules: Rules) -> Any:
            outcome = rule(state, rules)
            if outcome is not None:
                cover.rules[rule.__name__] += 1
            return outcome

        asked.__name__ = rule.__name__
        return asked

    with ExitStack() as stack:
        stack.enter_context(patch.object(engine, "step", counted))
        stack.enter_context(patch.object(voting, "RULES", tuple([watched(one) for one in voting.RULES])))
        yield cover


def outline(space: Space) -> dict[str, int]:
    """How many different things the nodes came to: states, events tried, rounds, locks, decisions, restarts."""
    graphs = list({id(graph): graph for graph in space.graphs}.values())
    situations = [graph.situation(at) for graph in graphs for at in graph.known()]
    return {
        "states of one node": sum(len(graph.known()) for graph in graphs),
        "events tried on one node": sum(graph.events for graph in graphs),
        "rounds": len({situation[0] for situation in situations}),
        "locks": len({situation[2] for situation in situations if situation[2] is not None}),
        "blocks decided": len({at for graph in graphs for at in _decided(graph)}),
        "restarts of one node": max(graph.restarts[at] for graph in graphs for at in graph.known()),
    }


def _decided(graph: Graph) -> set[int]:
    return {graph.decided[at] for at in graph.known() if graph.decided[at] >= 0}
