"""All global states: one number for each honest node, in every order of what can happen to them.

What the faulty validator says needs no state: it may say anything at any time. What honest nodes have said stays said,
and may come to anybody at any time or never.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from search.local import UNDECIDED, Edge, Graph
from search.promises import Promises
from search.words import Bounds, Language

BITS = 21
MASK = (1 << BITS) - 1
MOST_REMEMBERED = 1_000_000
"""Moves of one slot that are looked up and not found again."""
SLOTS = ((0, 1, 2), (1, 2, 0), (2, 0, 1))


class Move(NamedTuple):
    """One step of one honest node: which one, its edge, and the promises that are broken by it."""

    slot: int
    edge: Edge
    broken: tuple[str, ...]


Known = tuple[int, int, int, Move]
"""A move as it is looked up: the state it leads to, in its slot's place, how many restarts more, the value decided."""


@dataclass
class Space:
    """The global states within bounds. `graphs`: by slot; two slots with one graph are interchangeable."""

    bounds: Bounds
    language: Language = field(init=False)
    graphs: list[Graph] = field(init=False)

    def __post_init__(self) -> None:
        self.language = Language(self.bounds)
        self.promises = Promises(self.language)
        silent: Graph | None = None
        self.graphs = []
        turns = [self.language.proposer(round_) for round_ in range(self.bounds.rounds)]
        for place in self.language.honest:
            if place in turns:
                self.graphs.append(Graph(self.language, place))
            else:
                silent = silent or Graph(self.language, place)
                self.graphs.append(silent)
        self.graphs.sort(key=lambda graph: graph is silent)
        self.alike = [slot for slot in range(2) if self.graphs[slot] is self.graphs[slot + 1]]
        self.alike += self.alike[:1] if len(self.alike) == 2 else []  # three are in order after a third comparison
        self._moves: list[dict[tuple[int, int, int], list[Known]]] = [{}, {}, {}]
        self._looked_at: list[dict[int, int]] = [{}, {}, {}]

    @property
    def first(self) -> int:
        return self.ordered(sum(graph.first << slot * BITS for slot, graph in enumerate(self.graphs)))

    @staticmethod
    def unpack(number: int) -> tuple[int, int, int]:
        return number & MASK, number >> BITS & MASK, number >> 2 * BITS

    def following(self, number: int) -> list[tuple[int, Move]]:
        """Each state that one event at one node leads to. `agreement` is among what is broken where two differ."""
        at = (number & MASK, number >> BITS & MASK, number >> 2 * BITS)
        first, second, third = self.graphs
        sent = (first.sent[at[0]], second.sent[at[1]], third.sent[at[2]])
        decided = (first.decided[at[0]], second.decided[at[1]], third.decided[at[2]])
        left = self.bounds.restarts
        if left:
            left -= first.restarts[at[0]] + second.restarts[at[1]] + third.restarts[at[2]]
        found = []
        for slot, one, other in SLOTS:
            here = at[slot]
            if decided[slot] != UNDECIDED:
                continue
            looked_at = self._looked_at[slot].get(here)
            if looked_at is None:
                looked_at = self._find_looked_at(slot, here)
            said, also = sent[one] & looked_at, sent[other] & looked_at
            moves = self._moves[slot].get((here, said, also))
            if moves is None:
                moves = self._find_moves(slot, here, said, also)
            rest = number - (here << slot * BITS)
            for to, more, value, move in moves:
                if more > left:
                    continue
                if value != UNDECIDED and (
                    decided[one] not in (UNDECIDED, value) or decided[other] not in (UNDECIDED, value)
                ):
                    move = Move(slot, move.edge, (*move.broken, "agreement"))
                found.append((self.ordered(rest + to), move))
        return found

    def ordered(self, number: int) -> int:
        """The same number for states that differ only in the names of nodes without a turn."""
        for slot in self.alike:
            low, high = number >> slot * BITS & MASK, number >> (slot + 1) * BITS & MASK
            if low > high:
                number += (high - low << slot * BITS) + (low - high << (slot + 1) * BITS)
        return number

    def _find_looked_at(self, slot: int, at: int) -> int:
        """The words of others that make a difference to what can happen to a node."""
        graph = self.graphs[slot]
        found = 0
        for edge in graph.edges(at):
            found |= self.promises.looks_at(graph.sent[at], graph.sent[edge.to], edge.decided)
            for need in edge.needs:
                found |= need.words
        self._looked_at[slot][at] = found
        return found

    def _find_moves(self, slot: int, at: int, one: int, other: int) -> list[Known]:
        """What can happen to the node of a slot, when the two others have said this."""
        graph = self.graphs[slot]
        if len(self._moves[slot]) >= MOST_REMEMBERED:
            self._moves[slot].clear()
        known = [
            (
                edge.to << slot * BITS,
                graph.restarts[edge.to] - graph.restarts[at],
                graph.decided[edge.to],
                Move(slot, edge, self._broken(graph, at, edge, (one, other))),
            )
            for edge in graph.edges(at)
            if all((one & need.words != 0) + (other & need.words != 0) >= need.count for need in edge.needs)
        ]
        self._moves[slot][at, one, other] = self._moves[slot][at, other, one] = known
        return known

    def _broken(self, graph: Graph, at: int, edge: Edge, others: tuple[int, int]) -> tuple[str, ...]:
        found = self.promises.of_step(graph.sent[at], graph.sent[edge.to], others, edge.decided)
        return (*graph.faults[edge.to], *found)
