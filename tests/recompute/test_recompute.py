"""Every figure that is read, recomputed from the transactions alone by code that shares nothing with the product."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from recompute.reading import compared

SEEDS = (1, 2, 3)
BY_ITSELF = ("days.py", "book.py", "figures.py")


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_is_that_of_the_transactions(tmp_path: Path, seed: int) -> None:
    """reading: bills, leaves, tables by tier, positions, lists with sums at random heights of a random history."""
    history = compared(tmp_path, seed)
    assert len(history.records) > 60


@pytest.mark.parametrize("name", BY_ITSELF)
def test_what_recomputes_uses_nothing_of_the_product(name: str) -> None:
    """reading: a fault of the product cannot stand in its own check."""
    tree = ast.parse((Path(__file__).parent / name).read_text(encoding="utf-8"))
    named = {one.module or "" for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)}
    named |= {alias.name for one in ast.walk(tree) if isinstance(one, ast.Import) for alias in one.names}
    allowed = {f"recompute.{one.removesuffix('.py')}" for one in BY_ITSELF}
    assert {one for one in named if one.split(".")[0] not in sys.stdlib_module_names} <= allowed
