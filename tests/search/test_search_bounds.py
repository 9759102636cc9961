"""Everything within bounds is searched, and no promise is broken; and nothing is lost by the reductions."""

from __future__ import annotations

import random

import pytest
from chainbill_node.consensus.opening import SAFE_HEIGHT_UNKNOWN
from chainbill_node.consensus.receive import OWN_MESSAGE_MISSING
from chainbill_node.consensus.state import HeightState
from search.canon import COMPARED, SET_ASIDE
from search.local import Graph
from search.plain import PlainRun
from search.search import all_states, everything
from search.space import Space
from search.words import Bounds, cheap_signatures

QUICK = [Bounds(turn, 1, 1) for turn in (0, 1)] + [Bounds(turn, 2, 0) for turn in (0, 1)]
QUICK += [Bounds(turn, 1, 1, older=True) for turn in (0, 1)]
LONG = [
    Bounds(2, 2, 0),
    Bounds(2, 2, 0, former=True),
    Bounds(1, 2, 1, older=True),
    Bounds(0, 1, 2, torn=True),
    *[Bounds(turn, 2, 1) for turn in range(3)],
]
EVENTS = 60


@pytest.mark.parametrize("bounds", [*QUICK, *[pytest.param(one, marks=pytest.mark.slow) for one in LONG]], ids=str)
def test_no_promise_is_broken_within_bounds(bounds: Bounds) -> None:
    with cheap_signatures():
        report = everything(Space(bounds))
    print(f"{bounds}: {report.states} states, {report.transitions} transitions, {report.most_at_once} at once")
    assert report.found is None
    assert report.exhausted


def test_who_finds_an_older_or_lost_file_signs_no_more() -> None:
    with cheap_signatures():
        space = Space(QUICK[4])
        all_states(space)
    held = [held for graph in space.graphs for held in graph.held]
    assert {one.state.why for one in held} >= {OWN_MESSAGE_MISSING, SAFE_HEIGHT_UNKNOWN}


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_what_a_former_validator_says_makes_no_difference(turn: int) -> None:
    with cheap_signatures():
        alone, beside = (everything(Space(Bounds(turn, 1, 1, former=former))) for former in (False, True))
    assert beside.exhausted
    assert (beside.found, beside.states, beside.transitions) == (None, alone.states, alone.transitions)


@pytest.mark.parametrize("bounds", [QUICK[0], QUICK[1], QUICK[3], QUICK[4]], ids=str)
def test_runs_without_any_reduction_stay_within_what_is_searched(bounds: Bounds) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    with cheap_signatures():
        space = Space(bounds)
        known = all_states(space)
        assert strayed(space, known, seed, runs=20) == []


def test_a_reduction_that_loses_something_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Graph, "_votes", lambda self, held, word: iter(()))
    with cheap_signatures():
        space = Space(QUICK[1])
        assert strayed(space, all_states(space), 1, runs=20)


@pytest.mark.parametrize("comes_back", [True, False])
def test_what_a_node_said_comes_back_to_it(comes_back: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an older file a node hears its own prevote from others, and it counts: once the search did not know that."""
    if not comes_back:
        monkeypatch.setattr(Graph, "_again", lambda self, held, word: ())
    with cheap_signatures():
        space = Space(QUICK[4])
        known = all_states(space)
        run = PlainRun(space, random.Random("987631835 987631954"))
        assert goes_astray(run, known) is not comes_back


def strayed(space: Space, known: set[int], seed: int, runs: int) -> list[int]:
    """The numbers of those runs that came to a state which is not known."""
    runs_of_seed = [PlainRun(space, random.Random(f"{seed} {number}")) for number in range(runs)]
    return [number for number, run in enumerate(runs_of_seed) if goes_astray(run, known)]


def goes_astray(run: PlainRun, known: set[int]) -> bool:
    """Whether it comes to a state that is not known."""
    for _ in range(EVENTS):
        run.go_on()
        if run.standing() not in known:
            return True
    return False


def test_each_field_of_a_state_is_compared_or_set_aside_for_a_reason() -> None:
    assert set(SET_ASIDE) | COMPARED == set(HeightState.__struct_fields__)
    assert not set(SET_ASIDE) & COMPARED
