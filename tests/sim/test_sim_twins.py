"""2,000 enumerated Twins scenarios: agreement and liveness with a doubled validator and a partition in every round."""

from __future__ import annotations

import pytest
from sim.checkers import ViolationError
from sim.mutants import MUTANTS
from sim.twins import SCENARIOS, play, scenario

COUNT = 2_000
CHUNK = 100


@pytest.mark.untraced
@pytest.mark.parametrize("first", range(0, COUNT, CHUNK))
def test_twins(first: int) -> None:
    for number in range(first, first + CHUNK):
        play(number)


def test_the_enumeration_visits_every_scenario_once() -> None:
    assert len({scenario(number) for number in range(5_000)}) == 5_000
    assert SCENARIOS == 4 * 16**4


def test_the_enumeration_can_fail() -> None:
    with MUTANTS["first vote wins"](), pytest.raises(ViolationError, match="liveness"):
        play(54)
    play(54)
