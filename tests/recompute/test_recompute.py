"""Every figure that is read, recomputed from the transactions alone by code that shares nothing with the product."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from random import Random

import pytest
from recompute.comparison import differences
from recompute.histories import History
from served_chain import client_of

SEEDS = (1, 2, 3)
ACTS = 150
HEIGHTS = 6
BY_ITSELF = ("days.py", "book.py", "figures.py")


def compare(directory: Path, seed: int, acts: int = ACTS, heights: int = HEIGHTS) -> History:
    """Make a history and read it at random heights and at the newest."""
    history = History(directory, seed, acts)
    chosen = [*Random(seed).sample(history.heights, min(heights, len(history.heights))), history.heights[-1]]
    with client_of(history.chain) as client:

        def get(path: str) -> dict[str, object]:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.text)
            return answer.json()  # type: ignore[no-any-return]

        for height, today in chosen:
            assert differences(get, history, height, today) == [], f"seed {seed}"
    history.chain.store.close()
    return history


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_is_that_of_the_transactions(tmp_path: Path, seed: int) -> None:
    """reading: bills, leaves, tables by tier, positions, lists with sums at random heights of a random history."""
    history = compare(tmp_path, seed)
    assert len(history.records) > 60


@pytest.mark.parametrize("name", BY_ITSELF)
def test_what_recomputes_uses_nothing_of_the_product(name: str) -> None:
    """reading: a fault of the product cannot stand in its own check."""
    tree = ast.parse((Path(__file__).parent / name).read_text(encoding="utf-8"))
    named = {one.module or "" for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)}
    named |= {alias.name for one in ast.walk(tree) if isinstance(one, ast.Import) for alias in one.names}
    allowed = {f"recompute.{one.removesuffix('.py')}" for one in BY_ITSELF}
    assert {one for one in named if one.split(".")[0] not in sys.stdlib_module_names} <= allowed
