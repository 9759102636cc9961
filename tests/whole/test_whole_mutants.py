"""Every broken node is found by what holds for all runs, within a few seeds that unbroken nodes pass."""

from __future__ import annotations

import pytest
from whole.mutants import MUTANTS
from whole.noticing import noticed

pytestmark = pytest.mark.untraced

IN_EVERY_TEST = ("answered before it is on the disk", "half a block for a moment", "keys remembered")


def marked(mutant: str) -> object:
    return pytest.param(mutant, id=mutant, marks=[] if mutant in IN_EVERY_TEST else [pytest.mark.slow])


@pytest.mark.parametrize("mutant", [marked(one) for one in MUTANTS])
def test_a_mutant_is_killed(mutant: str) -> None:
    seed, finding = noticed(mutant)
    print(f"{mutant}: seed {seed}: {finding}")


def test_those_of_every_test_are_there() -> None:
    assert set(IN_EVERY_TEST) <= MUTANTS.keys()
