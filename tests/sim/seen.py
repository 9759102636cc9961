"""Which situations a run has shown, in the abstract: what leads the search, and what a soak counts.

A situation is what a validator went through in one step: the kind of event, where it stood before and after (step,
round up to 4 and whether later, signing, how its lock and its valid value lie to each other and to the round), which
arms of the rules applied, and after which arms before; how a process came back after a crash; what it noted; and how
the locks of all honest validators of a height lie to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from chainbill_node.consensus import voting
from chainbill_node.consensus.events import VoteReceived
from chainbill_node.consensus.state import HeightState
from chainbill_node.driver import engine
from sim.nodes import SimulatedNode

FAR = 4
Feature = tuple[Hashable, ...]


def stands(state: HeightState) -> Feature:
    """Where a validator stands, in the abstract."""
    locked, valid = state.locked, state.valid
    lock = "" if locked is None else "here" if locked.round == state.round else "earlier"
    better = valid is not None and state.valid_round > state.locked_round
    other = valid is not None and locked is not None and valid.block.id != locked.block.id
    here = state.book.rounds.get(state.round)
    heard = (
        (0, 0, 0) if here is None else (len(here.proposals), len(here.prevotes.by_value), len(here.precommits.by_value))
    )
    far = min(state.round, FAR)
    return (int(state.step), far, int(state.signing), lock, better, other, heard, state.first_round > 0, state.why)


class Seen:
    """The situations of one run, or of many."""

    def __init__(self) -> None:
        self.features: dict[Feature, None] = {}
        self._applied: list[str] = []
        self._arms: dict[bytes, tuple[str, ...]] = {}
        self._locks: dict[int, dict[bytes, tuple[int, bytes]]] = {}
        self.farthest = 0

    def step(self, take: Callable[..., Any], state: HeightState, event: Any, rules: Any) -> Any:
        """One step of a validator, watched."""
        self._applied.clear()
        after, effects = take(state, event, rules)
        kind = type(event).__name__
        if isinstance(event, VoteReceived):
            vote = event.vote
            kind += (
                f" {vote.type} {vote.block_id is not None} {(vote.round > state.round) - (vote.round < state.round)}"
            )
        arms = (kind, *self._applied)
        own = rules.own or b""
        if after is not state:
            self.features.setdefault(("step", kind, stands(state), stands(after)))
        if self._applied:
            self.features.setdefault(("pair", self._arms.get(own, ()), arms))
            self._arms[own] = arms
        if after.locked is not state.locked and after.locked is not None:
            self._locked(after, own)
        self.farthest = max(self.farthest, after.round)
        return after, effects

    def _locked(self, state: HeightState, own: bytes) -> None:
        """How the locks of a height lie to each other: who holds which, without names."""
        assert state.locked is not None
        locks = self._locks.setdefault(state.height, {})
        locks[own] = (min(state.locked.round, FAR), state.locked.block.id)
        labels: dict[bytes, int] = {}
        told = [(round_, labels.setdefault(block, len(labels))) for round_, block in sorted(locks.values())]
        self.features.setdefault(("locks", *told))

    def applied(self, rule: voting.Rule) -> voting.Rule:
        """A rule that leaves its name when it applies."""

        def watched(state: HeightState, rules: Any) -> Any:
            outcome = rule(state, rules)
            if outcome is not None:
                self._applied.append(rule.__name__)
            return outcome

        return watched

    def noted(self, node: SimulatedNode, note: Any) -> None:
        """What a node has to say beside the usual."""
        if node.honest and note.kind not in ("round", "signed", "built"):
            reason = str(note.fields.get("reason", ""))[:24]
            state = node.driver.state if node.driver is not None else None
            round_ = -1 if state is None else min(state.round, FAR)
            self.features.setdefault(
                ("note", note.kind, reason.split(":")[0], round_, state is not None and state.locked is not None)
            )

    def came_back(self, node: SimulatedNode) -> None:
        """How a process begins: with what in its signer file, after dying where."""
        if node.driver is not None and node.honest:
            state = node.driver.state
            said = tuple(sorted((kind, value is not None) for kind, _, value, _ in state.own_messages))
            self.features.setdefault(("start", node.crash_at, stands(state), min(state.resume_round, FAR), said[:6]))


@contextmanager
def watching(seen: Seen) -> Iterator[None]:
    """Every step, note and start of all nodes is looked at."""
    step, note, start = engine.step, SimulatedNode.note, SimulatedNode._start

    def noted(self: SimulatedNode, said: Any) -> None:
        seen.noted(self, said)
        note(self, said)

    def started(self: SimulatedNode) -> None:
        start(self)
        seen.came_back(self)

    with ExitStack() as stack:
        stack.enter_context(patch.object(engine, "step", lambda *given: seen.step(step, *given)))
        stack.enter_context(patch.object(voting, "RULES", tuple([seen.applied(rule) for rule in voting.RULES])))
        stack.enter_context(patch.object(SimulatedNode, "note", noted))
        stack.enter_context(patch.object(SimulatedNode, "_start", started))
        yield
