"""The pages of the acts: each tells what its contract and its declarations say, and which tests try it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from chainbill_contracts import reasons
from chainbill_contracts.declared_acts import acts

DOCS = Path(__file__).resolve().parents[2] / "docs"
sys.path.insert(0, str(DOCS))
import act_pages  # noqa: E402
import acts_tested  # noqa: E402

HELPERS = """
def sold(world):
    return world.call("b", "sale", "buy")

def helped(world):
    return sold(world)
"""
MANY = """
from contracts.selling import helped as went

def test_a(world):
    went(world)

def test_b(world):
    world.call("s", "token", "merge")

def test_c(world):
    pass
"""
FEW = """
from contracts.world import sold

def test_a(world):
    sold(world)

@refuses("x", "token.merge")
def _b(world):
    world.send("token.merge")
"""


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    acts_tested.tested.cache_clear()
    yield
    acts_tested.tested.cache_clear()


def test_a_test_tries_what_it_and_its_helpers_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of merging: one of two in the one file, 500; one of three in the other, 333. The world counts for none."""
    for name, text in (("selling", HELPERS), ("world", HELPERS), ("test_many", MANY), ("test_few", FEW)):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(acts_tested, "TESTS", tmp_path)
    found = {act: names for act, names in acts_tested.tested().items() if names}
    assert found == {"token.merge": ("test_few", "test_many"), "sale.buy": ("test_many",)}


def test_every_act_is_tried() -> None:
    assert [act for act, names in acts_tested.tested().items() if not names] == []


@pytest.mark.parametrize("zh", [0, 1])
def test_the_page_of_an_act_says_who_why_not_and_what_then(zh: int) -> None:
    pages = {name: make("") for name, make in act_pages.generators().items() if name.endswith(".zh.md") == bool(zh)}
    assert len(pages) > 20
    for place, act in acts().items():
        page = pages[f"reference/acts/{place.split('.')[0]}{'.zh' * zh}.md"]
        part = page.split(f"## {place}\n")[1].split("\n## ")[0]
        assert act.who[zh] in part
        assert f"`chainbill {act.command}`" in part
    sale = pages[f"reference/acts/sale{'.zh' * zh}.md"]
    told = reasons()["not_the_buyer"]
    assert (told["hint_zh"] if zh else told["hint_en"]) in sale
