"""All that one honest node can do, as a graph that is made once: its states are numbered, and each event that changes
one leads to another. An event needs words of the others; the faulty validator's words cost nothing.

Global states are three such numbers. So `step` runs once for each state of a node and event, not for each global one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

from chainbill_node.consensus.events import Event, RoundWanted, TimeoutFired
from chainbill_node.consensus.state import Step
from chainbill_node.consensus.timeouts import ROUND_TIMERS, Timer, TimerKind
from chainbill_node.wire.messages import Proposal
from search.canon import choice_key, forgetful, key, still_told
from search.nodes import Held, Node, Process, older_files
from search.words import FORMER, HEIGHT, NIL, NOW_MS, VOTES, Language, Word

from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.vote import NO_ROUND, Vote, VoteType

LATE_MS = 10**9
UNDECIDED = -2
FAULTY = -1
OUTSIDE = -2
OWN = -3
"""Who says something: the faulty validator, the former one, anybody that passes on what this node has said itself, or
the first (0) or second (1) of the others that have said the word. Only the last two cost something."""


class Need(NamedTuple):
    """At least `count` of the two other honest nodes have said a word of `words`."""

    words: int
    count: int


class Heard(NamedTuple):
    """A message that comes: by whom, which word, and who stands behind it as a prevoter where it is a proposal."""

    by: int
    word: Word
    prevoters: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """What happens to a node: messages that come, a timer, a restart; crash_at ≥ 0: it ends at that point of it.
    instead: the number of the file that it finds instead of its own, see `nodes.older_files`."""

    heard: tuple[Heard, ...] = ()
    timer: Timer | None = None
    wanted: int = NO_ROUND
    restart: bool = False
    lone_certificate: int | None = None
    crash_at: int = -1
    restart_crashes_at: int = -1
    instead: int = -1


class Edge(NamedTuple):
    """Under `needs` a node can come to state `to`, by what happens. decided: the value and round that it decides."""

    needs: tuple[Need, ...]
    to: int
    how: Happening
    decided: tuple[int, int] | None = None


Outcome = tuple[int, Happening, tuple[int, int] | None]
Sendable = Vote | Proposal | tuple[Block, Certificate]


class Graph:
    """The states of one node. `sent`, `decided` (the value, or UNDECIDED), `restarts` and `faults`: what the whole
    search looks at, by number."""

    def __init__(self, language: Language, place: int) -> None:
        self.language = language
        self.node = Node(language, place)
        self.others = [other for other in language.honest if other != place]
        self._liars = (FAULTY, FAULTY, OUTSIDE, OUTSIDE) if language.bounds.former else (FAULTY, FAULTY)
        self._backers = ((FAULTY, OUTSIDE), (FAULTY,)) if language.bounds.former else ((FAULTY,),)
        self.held: list[Held] = []
        self.sent: list[int] = []
        self.decided: list[int] = []
        self.restarts: list[int] = []
        self.faults: list[tuple[str, ...]] = []
        self.progress: dict[int, int] = {}
        self._situations: dict[int, tuple[object, ...]] = {}
        self.events = 0
        self._numbers: dict[Hashable, int] = {}
        self._edges: dict[int, tuple[Edge, ...]] = {}
        self.first = self._start()

    def _start(self) -> int:
        """Waiting; or in round 0 already, where that is nothing that anybody could see: who waits can do no more."""
        start = Happening(timer=Timer(TimerKind.START, HEIGHT, 0))
        after, points, _ = self.node.carry_out(self.node.first, self.action(start))
        return self.number(self.node.first if points else after)

    def number(self, held: Held) -> int:
        """The number of a state."""
        held = forgetful(held, self.node)
        found = key(held, self.node)
        if found not in self._numbers:
            self._numbers[found] = len(self.held)
            self.held.append(held)
            self.sent.append(still_told(held, self.language))
            self.decided.append(UNDECIDED if held.decided is None else held.decided[0])
            self.restarts.append(held.restarts)
            self.faults.append(held.faults)
        return self._numbers[found]

    def number_of(self, found: Hashable) -> int | None:
        """The number of the state with a key, None where there is none so far."""
        return self._numbers.get(found)

    def edges(self, number: int) -> tuple[Edge, ...]:
        """What can happen to a state."""
        if number not in self._edges:
            self._edges[number] = tuple(self._find_edges(number))
        return self._edges[number]

    def _find_edges(self, number: int) -> list[Edge]:
        held = self.held[number]
        if held.faults or held.decided is not None or held.state.step is Step.HALTED:
            return []
        found: list[Edge] = []
        for needs, how in self._happenings(held):
            found += [Edge(needs, *outcome) for outcome in self._outcomes(held, how)]
        if held.restarts < self.language.bounds.restarts and held.file != self.held[self.first].file:
            found += [Edge((), *outcome) for outcome in self._restarts(held, Happening(restart=True))]
        return merged([edge for edge in found if edge.to != number])

    def known(self) -> range:
        """The numbers of the states that were found so far."""
        return range(len(self.held))

    def known_edges(self) -> Iterator[tuple[int, int]]:
        """From and to, of all that was found so far."""
        return ((at, edge.to) for at, edges in self._edges.items() for edge in edges)

    def situation(self, number: int) -> tuple[object, ...]:
        """The outline of a state: where the node is, what it has locked, what it has decided."""
        if number not in self._situations:
            state = self.held[number].state
            locked = choice_key(state.locked, self.language)
            self._situations[number] = (state.round, int(state.step), locked, self.decided[number])
        return self._situations[number]

    # ---- what may happen ----

    def _happenings(self, held: Held) -> Iterator[tuple[tuple[Need, ...], Happening]]:
        """Everything that makes a rule fire, by the least that it needs."""
        state, language = held.state, self.language
        last = language.bounds.rounds - 1
        kinds = (TimerKind.START,) if state.step is Step.WAIT else ROUND_TIMERS
        for kind in kinds:
            if kind is not TimerKind.PRECOMMIT or state.round < last:
                yield (), Happening(timer=Timer(kind, HEIGHT, max(0, state.round)))
        if state.running:
            for wanted in range(state.round + 1, last + 1):
                yield (), Happening(wanted=wanted)
        if not language.lone_certificates_are_refused:
            yield (), Happening(lone_certificate=0)
        for word in language.words:
            if word.type is not VoteType.PROPOSAL:
                yield from self._votes(held, word)
            yield from self._later_rounds(held, word)
        for word in language.words:
            if word.type is VoteType.PROPOSAL:
                yield from self._proposals(held, word)

    def _votes(self, held: Held, word: Word) -> Iterator[tuple[tuple[Need, ...], Happening]]:
        """Votes for one value, the faulty validator's first, each twice."""
        line = [Heard(by, word) for by in (*self._liars, *self._again(held, word), 0, 0, 1, 1)]
        needed = self.language.bit[word]
        if not self.language.types_are_signed:
            other = VOTES[0] if word.type is VOTES[1] else VOTES[1]
            needed |= self.language.bit[word._replace(type=other)]
        fires = self._first_that_fires(held, line)
        if fires:
            count = len({one.by for one in fires if one.by >= 0})
            yield self._needs(needed, count), Happening(fires)

    def _later_rounds(self, held: Held, word: Word) -> Iterator[tuple[tuple[Need, ...], Happening]]:
        """Another in a later round, and the faulty validator in one up to that."""
        for round_ in range(max(0, held.state.round) + 1, word.round + 1):
            line = [Heard(by, Word(VoteType.PREVOTE, round_, NIL)) for by in self._liars[::2]]
            by_others = word.type is not VoteType.PROPOSAL or self.language.proposer(word.round) in self.others
            for by in (*self._again(held, word), *([0] if by_others else [])):
                fires = self._first_that_fires(held, [*line, Heard(by, word)])
                if len(fires) > 1:
                    yield self._needs(self.language.bit[word], max(0, fires[-1].by + 1)), Happening(fires)

    def _proposals(self, held: Held, word: Word) -> Iterator[tuple[tuple[Need, ...], Happening]]:
        """A proposal of the faulty validator, in any round, or of the honest one whose turn it is, with prevotes."""
        language = self.language
        said = Word(VoteType.PREVOTE, word.valid_round, word.value)
        backed = language.bit.get(said, 0)
        again = self._again(held, said)
        senders: list[tuple[int, tuple[Need, ...]]] = [(by, ()) for by in (*self._liars[::2], *self._again(held, word))]
        if language.proposer(word.round) in self.others:
            senders.append((0, self._needs(language.bit[word], 1)))
        for by, needs in senders:
            for liars, count in product(self._backers, range(1 if word.valid_round == NO_ROUND else 3)):
                prevoters = (*liars, *again, *range(count)) if backed else ()
                fires = self._first_that_fires(held, [Heard(by, word, prevoters)])
                if fires:
                    yield needs + self._needs(backed, count), Happening(fires)
                    break
            else:
                if word.valid_round != NO_ROUND and word.round == held.state.round:
                    yield from self._after_other_prevotes(held, Heard(by, word), needs)

    def _after_other_prevotes(
        self, held: Held, proposal: Heard, needs: tuple[Need, ...]
    ) -> Iterator[tuple[tuple[Need, ...], Happening]]:
        """A proposal that is backed too little, to one that has heard what was said for other values in the round that
        it names: by the faulty validator, and by one or both of the others."""
        named, value = proposal.word.valid_round, proposal.word.value
        prevotes = [one for one in self.language.words if (one.type, one.round) == (VOTES[0], named)]
        others = [one for one in prevotes if one.value != value]
        lies = [Heard(by, Word(VOTES[0], named, NIL)) for by in self._liars[::2]]
        for said in [(one,) for one in others] + list(product(others, repeat=2)):
            line = [*lies, *[Heard(by, one) for by, one in enumerate(said)], proposal]
            fires = self._first_that_fires(held, line)
            if len(fires) == len(line):
                heard = tuple([Need(self.language.bit[one], said.count(one)) for one in dict.fromkeys(said)])
                yield needs + heard, Happening(fires)

    def _again(self, held: Held, word: Word) -> tuple[int, ...]:
        """What this node has said may come back to it; it is news only to one whose file was older."""
        return (OWN,) if self.language.bounds.older and held.sent & self.language.bit.get(word, 0) else ()

    @staticmethod
    def _needs(words: int, count: int) -> tuple[Need, ...]:
        return (Need(words, count),) if count else ()

    # ---- what comes of it ----

    def _first_that_fires(self, held: Held, line: list[Heard]) -> tuple[Heard, ...]:
        """The messages up to the one that changes more than the book; () where none does."""
        process = Process(self.node, held)
        process.resume(held)
        before = mark(process)
        self.events += len(line)
        for count, one in enumerate(line, 1):
            try:
                process.hear(self.message(one))
            except Exception:  # decided, or a fault of its own that `carry_out` will meet again
                return tuple(line[:count])
            if mark(process) != before:
                return tuple(line[:count])
        return ()

    def _outcomes(self, held: Held, how: Happening) -> Iterator[Outcome]:
        """The state after it; and those after a crash at any point of it and a restart."""
        action = self.action(how)
        self.events += 1
        after, points, _ = self.node.carry_out(held, action)
        yield self.number(after), how, after.decided
        if held.restarts >= self.language.bounds.restarts:
            return
        for point in range(points):
            crashed, _, _ = self.node.carry_out(held, action, point)
            yield from self._restarts(crashed, Happening(how.heard, how.timer, how.wanted, crash_at=point))

    def _restarts(self, held: Held, how: Happening) -> Iterator[Outcome]:
        self.events += 1
        after, points, _ = self.node.restart(held)
        yield self.number(after), how, after.decided
        if self.language.bounds.older:
            for instead, file in enumerate(older_files(held.file, self.node.key.public)):
                self.events += 1
                after, _, _ = self.node.restart(replace(held, file=file))
                yield self.number(after), replace(how, instead=instead), after.decided
        if held.restarts + 1 >= self.language.bounds.restarts:
            return
        for point in range(points):
            crashed, _, _ = self.node.restart(held, point)
            again, _, _ = self.node.restart(crashed)
            how = Happening(how.heard, how.timer, how.wanted, how.restart, None, how.crash_at, point)
            yield self.number(again), how, again.decided

    def action(self, how: Happening) -> Callable[[Process], None]:
        """What happens, as something to do to a process."""
        event: Event | None = None
        if how.timer is not None:
            event = TimeoutFired(how.timer, NOW_MS)
        elif how.wanted != NO_ROUND:
            event = RoundWanted(how.wanted, NOW_MS + LATE_MS, 0)

        def act(process: Process) -> None:
            if event is not None:
                process.engine.step(event)
            for one in how.heard:
                process.hear(self.message(one))
            if how.lone_certificate is not None:
                process.hear(self.lone_certificate(how.lone_certificate))

        return act

    def message(self, heard: Heard) -> Vote | Proposal:
        """The message itself, said by those who stand for the others here."""
        language = self.language
        places = {FAULTY: language.faulty, OUTSIDE: FORMER, OWN: self.node.place, 0: self.others[0], 1: self.others[1]}
        if heard.word.type is not VoteType.PROPOSAL:
            return language.vote(places[heard.by], heard.word)
        by = language.proposer(heard.word.round) if heard.by == 0 else places[heard.by]
        return language.proposal(by, heard.word, tuple([places[one] for one in heard.prevoters]))

    def lone_certificate(self, value: int) -> tuple[Block, Certificate]:
        """A certificate that the faulty validator alone has signed."""
        language = self.language
        vote = language.vote(language.faulty, Word(VoteType.PRECOMMIT, language.born[value], value))
        return language.blocks[value], Certificate.from_votes([vote])


def mark(process: Process) -> tuple[object, ...]:
    """What changes when a rule fires."""
    state = process.engine.state
    return (
        state.round, state.step, state.locked, state.valid, state.signing, process.sent, len(process.file),
        process.decided, process.faults,
    )  # fmt: skip


def merged(edges: list[Edge]) -> list[Edge]:
    """What needs nothing is enough for a state; of what needs a word of one other, any of the words is."""
    kept: dict[tuple[int, tuple[int, int] | None], Edge] = {}
    for edge in edges:
        if not edge.needs:
            kept.setdefault((edge.to, edge.decided), edge)
    several: dict[Edge, None] = {}
    for edge in edges:
        if (edge.to, edge.decided) not in kept:
            several.setdefault(edge)
    return [*kept.values(), *several]
