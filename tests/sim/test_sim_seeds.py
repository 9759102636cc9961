"""300 seeds of the simulator: agreement, certificates, one signature each, evidence, liveness after healing.

A failing seed is in the test's name; `python -m tests.sim SEED -v` repeats it and prints what happened.
"""

from __future__ import annotations

import pytest
from sim.seeded import play

SEEDS = 300
CHUNK = 10


@pytest.mark.simulation
@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_promises_hold_whatever_happens(first: int) -> None:
    for seed in range(first, first + CHUNK):
        try:
            play(seed)
        except Exception as error:
            error.add_note(f"repeat with: python -m tests.sim {seed} -v")
            raise


def test_a_seed_repeats_exactly() -> None:
    assert play(11).world.log == play(11).world.log
