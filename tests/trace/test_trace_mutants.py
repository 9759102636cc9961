"""The property tests can fail: each of these one-place mutants is caught by them within a few seeds."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.trace import anchor, graph, lineage, tiers
from chainbill_node.trace.lineage import Sight
from rest.bill_book import SUPPLIERS

_SPEC = importlib.util.spec_from_file_location("trace_properties", Path(__file__).with_name("test_trace_properties.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
properties: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(properties)

whole = properties.test_totals_add_up_over_random_histories.hypothesis.inner_test
partial = properties.test_a_partial_view_still_adds_up_and_names_nobody_beyond_the_own_hop.hypothesis.inner_test


def caught() -> bool:
    """Say whether one of the first seeds fails."""
    try:
        for seed in range(40):
            whole(seed=seed, steps=40)
            partial(seed=seed, steps=40, viewer=SUPPLIERS[seed % 6])
    except (AssertionError, KeyError, IndexError):
        return True
    return False


def test_unpatched_code_passes() -> None:
    assert not caught()


def _keeps_returns(chain: Any, token_id: str, hop: Any) -> Any:
    return chain if hop is None else lineage.Step(token_id, hop, chain)


def _sees_every_hop(self: Sight, token_id: str, hop: Any) -> bool:
    return True


def _sees_every_price(self: Sight, hop: Any) -> bool:
    return True


MUTANTS = {
    "returns count as reached": (lineage, "_extend", _keeps_returns),
    "hops of others show": (Sight, "sees_hop", _sees_every_hop),
    "prices of others show": (Sight, "sees_price", _sees_every_price),
    "diluted cents are no leaves": (lineage, "LEAF_STATUSES", ("live", "settled", "void")),
    "transfers are no acceptance": (tiers, "ACCEPTANCE_KINDS", frozenset({"issue"})),
    "links forget transfers": (graph, "ACCEPTANCE_KINDS", frozenset({"issue", "transfer", "sale"})),
    "groups forget an amount": (anchor, "amount_of", lambda row: row["hi"] - row["lo"] - 1),
    "the table forgets an amount": (tiers, "amount_of", lambda row: row["hi"] - row["lo"] - 1),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_each_mutant_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, what, broken = MUTANTS[name]
    monkeypatch.setattr(where, what, broken)
    assert caught()


def test_hidden_amounts_that_are_left_out_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiers.TierTable, "hidden", lambda self: {"amount": 0, "tokens": 0})
    assert caught()
