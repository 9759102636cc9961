"""A few seeds of the simulator with the real ledger and the product's contracts under it."""

from __future__ import annotations

import pytest
from sim.real import STORIES, play


@pytest.mark.simulation
@pytest.mark.parametrize("seed", range(6))
def test_bills_survive_crashes_and_partitions(seed: int) -> None:
    world = play(seed)
    assert all(client.done for client in world.clients)
    assert len(world.clients) == STORIES
    assert len(world.checkers.decided) >= 5
