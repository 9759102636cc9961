"""Whole nodes under seeded trouble: whatever breaks, what clients were told is true, and all come together again."""

from __future__ import annotations

import pytest
from whole.plan import draw
from whole.runs import held, play

pytestmark = pytest.mark.untraced

SEEDS = (10, 14, 15, 22)
"""One node, two, and four; with pruning, an update, months that pass. More: make soak PART=whole."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seed(seed: int) -> None:
    print(f"replay: python -m tests.whole {seed} -v")
    held(seed)


def test_a_seed_repeats_exactly() -> None:
    first, again = (play(draw(SEEDS[0])) for _ in range(2))
    assert first.log == again.log
    assert first.digest == again.digest
