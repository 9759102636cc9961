"""Enumerated Twins scenarios: a doubled validator, and losses in every step of four rounds."""

from __future__ import annotations

import pytest
from sim import twins
from sim.checkers import ViolationError
from sim.mutants import MUTANTS
from sim.seen import Seen, watching
from sim.twins import SCENARIOS, play, scenario

COUNT = 900
CHUNK = 50


@pytest.mark.untraced
@pytest.mark.parametrize("first", range(0, COUNT, CHUNK))
def test_twins(first: int) -> None:
    for number in range(first, first + CHUNK):
        play(number)


def test_the_order_visits_every_scenario_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len({scenario(number) for number in range(5_000)}) == 5_000
    assert scenario(SCENARIOS + 7) == scenario(7)
    assert 4 * 10**19 < SCENARIOS < 5 * 10**19
    monkeypatch.setattr(twins, "SCENARIOS", 1_000)
    monkeypatch.setattr(twins, "HALF_BITS", 5)
    assert sorted(map(twins.mixed, range(1_000))) == list(range(1_000)), "a permutation, of any size"


def test_scenarios_that_differ_in_which_copy_is_which_are_one() -> None:
    assert {scenario(number).rounds[0].hears[0] for number in range(500)} == {"n3"}
    assert {scenario(number).rounds[1].hears[0] for number in range(500)} == {"n3", "n3'"}


def test_many_scenarios_get_to_late_rounds_with_locks() -> None:
    """Of 150 that cut the network in two every round only twelve reached round 2, and none met a lock there."""
    seen = Seen()
    late = 0
    with watching(seen):
        for number in range(30):
            seen.farthest = 0
            play(number)
            late += seen.farthest >= 2
    assert late >= 10
    assert sum(feature[0] == "locks" for feature in seen.features) >= 10


@pytest.mark.parametrize("mutant", ["no lock", "nil quorum unlocks", "lock not persisted", "no signer guard"])
def test_the_first_scenarios_kill_a_protocol_without_locks(mutant: str) -> None:
    def play_some() -> None:
        for number in range(50):
            play(number)

    with MUTANTS[mutant](), pytest.raises(ViolationError, match=r"lock|one signature"):
        play_some()
