"""Every figure that is read, recomputed from the transactions alone by code that shares nothing with the product."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from recompute import comparison, reading
from recompute.histories import History
from recompute.mutants import FAULTS, Fault, planted

SEEDS = (11, 8, 15, 12, 22, 25, 34)
BY_ITSELF = (
    "days.py", "records.py", "pieces.py", "book.py", "financing.py", "money.py", "office.py", "sight.py", "figures.py",
    "flows.py", "valued.py", "story.py", "paths.py", "sheets.py", "joint.py", "production.py", "labelling.py",
)  # fmt: skip
Pasts = dict[int, History]


@pytest.fixture(scope="module")
def pasts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pasts]:
    """One history of each seed: that of a fault is how it is read."""
    found = {seed: History(tmp_path_factory.mktemp("past"), seed, reading.ACTS) for seed in SEEDS}
    yield found
    for history in found.values():
        history.chain.store.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_is_that_of_the_transactions(seed: int, pasts: Pasts) -> None:
    """reading: bills, tokens, hops, graphs, tables and lists, by height, day and time, for several readers."""
    assert len(pasts[seed].records) > 60
    compared = reading.compared(pasts[seed], seed)
    assert sum(compared.values()) > 8_000
    assert min(compared[kind] for kind in ("history", "cents", "csv", "bills by value", "receipts by value")) > 20


@pytest.mark.parametrize("name", BY_ITSELF)
def test_what_recomputes_uses_nothing_of_the_product(name: str) -> None:
    """reading: a fault of the product cannot stand in its own check."""
    tree = ast.parse((Path(__file__).parent / name).read_text(encoding="utf-8"))
    named = {one.module or "" for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)}
    named |= {alias.name for one in ast.walk(tree) if isinstance(one, ast.Import) for alias in one.names}
    allowed = {f"recompute.{one.removesuffix('.py')}" for one in BY_ITSELF}
    assert {one for one in named if one.split(".")[0] not in sys.stdlib_module_names} <= allowed


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_noticed(name: str, pasts: Pasts, monkeypatch: pytest.MonkeyPatch) -> None:
    """reading: figures that are wrong in one place are not those of the books."""
    monkeypatch.setattr(comparison, "ASKED", 1.0)
    with planted(FAULTS[name]):
        assert any(noticed(FAULTS[name], history, seed) for seed, history in pasts.items())


def noticed(fault: Fault, history: History, seed: int) -> bool:
    """A read that is refused is noticed, too."""
    with reading.served(history) as desk:
        for of, parts in reading.readings(history, desk, seed):
            try:
                if fault.by in parts:
                    fault.by(of, history)
            except AssertionError:
                return True
            if of.found:
                return True
    return False
