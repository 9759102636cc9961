"""Broken contracts: a text of a source is another, and a scenario that holds for the real one must notice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from chainbill_contracts import source
from contracts.world import World

from chainbill.errors import Refused

Scenario = Callable[[World], object]
Mutant = tuple[str, str, str, Scenario]
"""Contract, the text that stands in it once, what stands there instead, and the scenario."""


def assert_it_dies(mutant: Mutant, *crashes: type[Exception]) -> None:
    """The scenario passes on the real contracts and not on the broken one; `crashes`: in what else it may end there."""
    name, before, after, scenario = mutant
    assert source(name).count(before) == 1
    scenario(World())
    with pytest.raises((AssertionError, Refused, pytest.fail.Exception, *crashes)):
        scenario(World(changes={name: (before, after)}))


def is_refused(provoke: Scenario) -> Scenario:
    """The scenario that these acts end with a refusal."""

    def scenario(world: World) -> None:
        with pytest.raises(Refused):
            provoke(world)

    return scenario
