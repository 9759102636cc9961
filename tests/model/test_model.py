"""The ledger and the model do the same random acts; and the model notices what is otherwise."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from contracts.world import World
from model import network, play
from model.acts import ACTS
from model.days import Calendar, interest, interest_days
from model.ledger import Disagreement
from model.settlement import share
from model.words import STAGES

FIRST = 70_001
"""The seeds of the quick runs; the soak draws others."""
ERRORS = Path(__file__).resolve().parents[2] / "docs" / "reference" / "errors.md"


@pytest.mark.parametrize("seed", range(FIRST, FIRST + 12))
def test_ledger_and_model_say_the_same(seed: int) -> None:
    met = play.Run(seed).play(play.STEPS)
    assert sum(met.values()) > play.STEPS // 2


PURE = (
    "words", "days", "records", "pieces", "bills", "invoices", "tokens", "financing", "quotes", "settlement", "joint",
    "standing", "passing", "acts", "pledges", "prepayments", "sales", "write_offs", "claims",
    "guarantees", "entries",
)  # fmt: skip


@pytest.mark.parametrize("name", PURE)
def test_the_model_knows_nothing_of_the_product(name: str) -> None:
    tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8"))
    named = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named += [one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names]
    for module in map(str, named):
        first, _, second = module.partition(".")
        assert second in ("", *PURE) if first == "model" else first in sys.stdlib_module_names


def test_every_act_is_drawn() -> None:
    assert set(play.ACTS_DRAWN) == set(ACTS)


def test_every_reason_of_the_model_is_one_of_the_ledger_s() -> None:
    known = set(re.findall(r"^\| `(\w+)` \| `(?:\w+)`", ERRORS.read_text(encoding="utf-8"), re.MULTILINE))
    assert play.reasons() <= known


def test_the_stages_are_the_ledger_s() -> None:
    assert tuple(re.findall(r"^\| \d+ \| `(\w+)` \|", ERRORS.read_text(encoding="utf-8"), re.MULTILINE)) == STAGES


MUTANTS = {
    "a tier that does not grow": ("token", 'child["tier"] += 1', 'child["tier"] += 0'),
    "offers up to the day of payment": ("token", 'min(horizon["until"], bill["last_offer_on"])', 'horizon["until"]'),
    "a quote that pays nothing": ("finance", 'require(offer["net"] > 0', 'require(offer["net"] > -10**9'),
    "a second receipt for one financing": (
        "finance",
        'if row["status"] != "agreed":  # it',
        'if row["status"] == "":  # it',
    ),
}
"""What is changed in which contract."""


@pytest.mark.parametrize("name", MUTANTS)
def test_the_model_notices(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    contract, before, after = MUTANTS[name]

    def changed(**arguments: object) -> World:
        return World(changes={contract: (before, after)}, **arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(network, "World", changed)
    with pytest.raises(Disagreement):
        play.play(FIRST, 40 * play.STEPS)


def test_the_table_tells_what_was_not_met() -> None:
    told = play.table(Counter({("bill.issue", "ok"): 2, ("bill.issue", "amount_not_positive"): 1}))
    assert "amount_not_positive 1" in told
    never = told.split("acts that never succeeded: ")[1].split("\n")[0].split(", ")
    assert "bill.confirm" in never
    assert "bill.issue" not in never


def test_the_worked_numbers_of_the_specification() -> None:
    """DOMAIN 5 and INTERFACES."""
    assert interest(100_000_000, 20_000, 90, "act/360") == 500_000
    assert interest(25_000_000, 38_500, 120, "act/360") == 320_833
    assert interest_days("30/360", "2027-01-31", "2027-03-31") == 60
    assert interest_days("30/360", "2027-02-28", "2027-03-31") == 33
    assert share([350_000, 250_000, 400_000], 500_000) == [175_000, 125_000, 200_000]
    assert share([1, 1, 1], 2) == [1, 1, 0]
    assert Calendar().later("2026-03-02", 5) == "2026-03-09"
