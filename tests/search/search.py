"""The searches: nearest states first, everything within bounds with little memory, and led into the depth."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from search.local import UNDECIDED, Graph
from search.space import BITS, MASK, Move, Space

NO_STATE = -1
LEVELS_A_RESTART = 128
LEVELS_A_ROUND = 16


@dataclass
class Found:
    """A broken promise: which, and the moves that lead to it."""

    broken: tuple[str, ...]
    moves: list[Move]


@dataclass
class Report:
    """What a search has covered. depth: the longest of the shortest ways; exhausted: everything within the bounds;
    most_at_once: states that were held in memory."""

    states: int = 0
    transitions: int = 0
    depth: int = 0
    exhausted: bool = False
    most_at_once: int = 0
    found: Found | None = None


def breadth_first(space: Space, most: int = 10**9, *, only: str = "") -> Report:
    """Every state, nearest first, until a promise is broken (one that begins with `only`)."""
    report = Report()
    came_from: dict[int, int] = {space.first: NO_STATE}
    frontier = [space.first]
    while frontier and len(came_from) < most:
        following: list[int] = []
        for at in frontier:
            for to, move in space.following(at):
                report.transitions += 1
                if move.broken and any(one.startswith(only) for one in move.broken):
                    report.states = report.most_at_once = len(came_from)
                    report.found = Found(move.broken, [*path(space, came_from, at), move])
                    return report
                if to not in came_from:
                    came_from[to] = at
                    following.append(to)
        frontier = following
        report.depth += 1
    report.states = report.most_at_once = len(came_from)
    report.exhausted = not frontier
    return report


def all_states(space: Space) -> set[int]:
    """Every state within the bounds, whatever is broken in it."""
    found, frontier = {space.first}, [space.first]
    while frontier:
        following: list[int] = []
        for at in frontier:
            for to, _ in space.following(at):
                if to not in found:
                    found.add(to)
                    following.append(to)
        frontier = following
    return found


def path(space: Space, came_from: dict[int, int], at: int) -> list[Move]:
    """The moves from the first state to this one."""
    states = [at]
    while came_from[states[-1]] != NO_STATE:
        states.append(came_from[states[-1]])
    moves = []
    for before, after in zip(reversed(states[1:]), reversed(states[:-1]), strict=True):
        moves.append(next(move for to, move in space.following(before) if to == after))
    return moves


class Sweep:
    """Every state within the bounds once, by progress: whatever happens to a node brings it on (`progress`), so a state
    that has been looked at is not met again, and is forgotten with all others of its level. Exact: no hashes."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.report = Report()
        self._levels: dict[int, set[int]] = {level_of(space, space.first): {space.first}}
        self.held = 1

    def go_on(self, most: int) -> bool:
        """Some states more; False where there is nothing more to do."""
        until = self.report.states + most
        while self._levels and self.report.found is None and self.report.states < until:
            level = min(self._levels)
            states = self._levels[level]
            while states and self.report.found is None and self.report.states < until:
                self._look(states.pop(), level)
            if not states:
                del self._levels[level]
                self.report.depth += 1
        self.report.exhausted = not self._levels and self.report.found is None
        return bool(self._levels) and self.report.found is None

    def _look(self, at: int, level: int) -> None:
        report = self.report
        report.states += 1
        self.held -= 1
        for to, move in self.space.following(at):
            report.transitions += 1
            if move.broken:
                report.found = found_way(self.space, at, move)
                return
            ahead = level_of(self.space, to)
            if ahead <= level:
                raise AssertionError("an event brought a node back: `progress` is wrong")
            there = self._levels.setdefault(ahead, set())
            if to not in there:
                there.add(to)
                self.held += 1
        report.most_at_once = max(report.most_at_once, self.held)


def everything(space: Space) -> Report:
    """The whole of it at once."""
    sweep = Sweep(space)
    while sweep.go_on(10**6):
        pass
    return sweep.report


def level_of(space: Space, number: int) -> int:
    """How far the nodes have come together; the first state is at 0 or more."""
    first, second, third = space.graphs
    return (
        progress(first, number & MASK) + progress(second, number >> BITS & MASK) + progress(third, number >> 2 * BITS)
    )  # fmt: skip


def progress(graph: Graph, at: int) -> int:
    """How far a node has come: restarts, then rounds, then steps, then the valid value of the round."""
    known = graph.progress.get(at)
    if known is None:
        state = graph.held[at].state
        known = (state.round + 1) * LEVELS_A_ROUND + int(state.step) * 2 + (state.valid_round == state.round)
        if graph.decided[at] != UNDECIDED:
            known = LEVELS_A_RESTART - 1
        known += graph.restarts[at] * LEVELS_A_RESTART
        graph.progress[at] = known
    return known


def found_way(space: Space, target: int, move: Move) -> Found:
    """A way to a state, looked for among those only from which each node can still come to its part of it."""
    behind = [ancestors(graph, target >> slot * BITS & MASK) for slot, graph in enumerate(space.graphs)]
    for slot in space.alike:  # the two may have changed places on the way
        behind[slot] = behind[slot + 1] = behind[slot] | behind[slot + 1]
    came_from: dict[int, int] = {space.first: NO_STATE}
    frontier = [space.first]
    while target not in came_from:
        following: list[int] = []
        for at in frontier:
            for to, _ in space.following(at):
                inside = all(to >> slot * BITS & MASK in behind[slot] for slot in range(3))
                if inside and to not in came_from:
                    came_from[to] = at
                    following.append(to)
        frontier = following
    return Found(move.broken, [*path(space, came_from, target), move])


def ancestors(graph: Graph, target: int) -> set[int]:
    """The states of a node from which it can come to one, as far as they are known."""
    before: dict[int, list[int]] = {}
    for at, to in graph.known_edges():
        before.setdefault(to, []).append(at)
    found, waiting = {target}, [target]
    while waiting:
        for at in before.get(waiting.pop(), ()):
            if at not in found:
                found.add(at)
                waiting.append(at)
    return found


@dataclass
class Led:
    """Walks into the depth, each led to what was seen least: the situation of a state is what its nodes have locked and
    decided, and in which round and step they are. `seen`: by situation, how often."""

    space: Space
    chance: random.Random
    seen: Counter[tuple[object, ...]] = field(default_factory=Counter)
    states: int = 0
    transitions: int = 0

    def walk(self) -> Found | None:
        """One walk from the first state to an end."""
        at, moves = self.space.first, []
        while True:
            choices = self.space.following(at)
            self.transitions += len(choices)
            if not choices:
                return None
            bad = next((move for _, move in choices if move.broken), None)
            if bad is not None:
                return Found(bad.broken, [*moves, bad])
            at, move = self._choose(choices)
            moves.append(move)
            self.states += 1
            self.seen[self.situation(at)] += 1

    def _choose(self, choices: list[tuple[int, Move]]) -> tuple[int, Move]:
        for rarely in (decides, comes_back):  # who has decided does nothing more, and restarts are few
            others = [one for one in choices if not rarely(one[1])]
            if others and self.chance.random() < 0.9:
                choices = others
        if self.chance.random() < 0.3:
            return self.chance.choice(choices)
        rare = min(self.seen[self.situation(to)] for to, _ in choices)
        return self.chance.choice([one for one in choices if self.seen[self.situation(one[0])] == rare])

    def situation(self, number: int) -> tuple[object, ...]:
        """What is looked at of a state."""
        return tuple([graph.situation(number >> slot * BITS & MASK) for slot, graph in enumerate(self.space.graphs)])


def decides(move: Move) -> bool:
    return move.edge.decided is not None


def comes_back(move: Move) -> bool:
    return move.edge.how.restart or move.edge.how.crash_at >= 0


def led(space: Space, seed: int, most: int) -> Report:
    """Led walks until a promise is broken, or so many states were come to (some of them more than once)."""
    walks = Led(space, random.Random(seed))
    report = Report()
    while report.found is None and walks.states < most:
        report.found = walks.walk()
    report.states, report.transitions = walks.states, walks.transitions
    report.most_at_once = len(walks.seen)
    return report
