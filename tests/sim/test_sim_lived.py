"""Faults of others that once lived through every quick suite: each is caught by a checker that knows nothing of it."""

from __future__ import annotations

import pytest
from sim.lived_mutants import MUTANTS
from sim.lived_scenes import LIVED_SCENES
from sim.storage_scenes import SCENES

pytestmark = pytest.mark.untraced

KILLED_BY = {
    "older lock wins": ("twins 71", "lock"),
    "early messages not verified": ("contested height 14", "peers"),
    "evidence judged by todays set": ("evidence of one that has left", "peers"),
    "evidence in blocks judged by todays set": ("a-newcomer-votes", "sets"),
    "reach of a snapshot not checked": ("a-liar-that-leaves-out-old-blocks", "kept"),
    "snapshot forgets the next day": ("a newcomer where bills fall due", "day"),
    "new set acts a height early": ("a-newcomer-votes", "sets"),
}
"""In which scene, and which checker fires. Those on the product's ledger pass unbroken in `test_sim_storage`."""


@pytest.mark.parametrize("mutant", MUTANTS)
def test_what_once_lived_is_killed(mutant: str) -> None:
    scene, checker = KILLED_BY[mutant]
    with MUTANTS[mutant]():
        assert LIVED_SCENES[scene]() == checker


@pytest.mark.parametrize("scene", [name for name in LIVED_SCENES if name not in SCENES])
def test_the_unbroken_protocol_passes(scene: str) -> None:
    assert LIVED_SCENES[scene]() == ""


def test_every_one_is_listed_with_its_checker() -> None:
    assert KILLED_BY.keys() == MUTANTS.keys()
    assert {scene for scene, _ in KILLED_BY.values()} == LIVED_SCENES.keys()
