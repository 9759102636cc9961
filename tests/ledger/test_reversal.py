"""A settlement that is taken back: `reversed` is an inner node, its cents live again with who held them.

Also what later acts need of the core's rows: bills that end as `void`, and tokens that say which financing they
descend from.
"""

from __future__ import annotations

from typing import Any

import pytest
from ledger.token_world import TokenWorld, bill_row

from chainbill.errors import Reason, Refused
from chainbill.ledger import checks, token_rules
from chainbill.ledger.core_rows import bill_key, holding_key, range_key, token_key
from chainbill.ledger.whole_state import check_state

FIGURES = {"settled": 0, "diluted": 0, "void": 0}


@pytest.fixture
def paid() -> TokenWorld:
    """T2 [0, 400) was settled, T3 [400, 1000) lives; the bill states its figures."""
    world = TokenWorld()
    world.bill()
    world.act((bill_key("B1"), bill("active")))
    world.cut("T1", 400)
    world.act(world.end("T2", "settled"), (bill_key("B1"), bill("active", settled=400)))
    world.next_block()
    return world


def bill(status: str, **figures: int) -> dict[str, Any]:
    return {**bill_row("B1", 1000, "ANCHOR", status), **FIGURES, **figures}


def reverse(world: TokenWorld, token: str = "T2") -> tuple[bytes, Any]:
    return token_key(token), {**world.token(token), "status": "reversed", "reversed_at": world.height}


def refused(reason: Reason) -> pytest.RaisesContext[Refused]:
    return pytest.raises(Refused, match=f"^{reason}")


def test_a_reversed_token_has_a_live_child_of_the_same_cents(paid: TokenWorld) -> None:
    paid.act(reverse(paid), paid.new("B1", 0, 400, "S1", parent="T2"), (bill_key("B1"), bill("active")))
    before, after = paid.token("T2"), paid.token("T4")
    assert (before["status"], before["ended"], before["reversed_at"]) == ("reversed", 1, 2)
    assert (after["status"], after["ended"], after["reversed_at"]) == ("live", 0, 0)
    assert paid.overlay.get(range_key("B1", 0)) == [400, "T4"]
    assert paid.overlay.get(holding_key("S1", "CNY", "holder")) == [2, 1000]
    assert paid.overlay.get(holding_key("ANCHOR", "CNY", "debtor")) == [2, 1000]
    paid.next_block()
    totals = check_state(paid.view)["B1"]
    assert (totals.live, totals.settled, totals.tokens) == (1000, 0, 2)


def test_what_was_reversed_may_be_settled_again(paid: TokenWorld) -> None:
    paid.act(reverse(paid), paid.new("B1", 0, 400, "S1", parent="T2"), (bill_key("B1"), bill("active")))
    paid.act(paid.end("T4", "settled"), (bill_key("B1"), bill("active", settled=400)))
    paid.next_block()
    assert check_state(paid.view)["B1"].settled == 400


def test_the_child_may_move_on_in_the_same_transaction(paid: TokenWorld) -> None:
    back = paid.new("B1", 0, 400, "S1", parent="T2", status="moved", ended=paid.height)
    paid.act(reverse(paid), back, paid.new("B1", 0, 400, "S2", parent="T4"), (bill_key("B1"), bill("active")))
    assert paid.overlay.get(range_key("B1", 0)) == [400, "T5"]


@pytest.mark.parametrize("status", ["live", "diluted", "void", "split", "moved"])
def test_only_a_settled_token_is_reversed(status: str) -> None:
    world = TokenWorld()
    world.bill()
    if status != "live":
        children = [world.new("B1", 0, 1000, "S1", parent="T1")] if status in ("split", "moved") else []
        world.act(world.end("T1", status), *children)
    with refused(Reason.CORE_ROW_FIXED):
        world.act(reverse(world, "T1"), world.new("B1", 0, 1000, "S1", parent="T1"))


@pytest.mark.parametrize("status", ["live", "settled", "diluted", "void", "split", "moved"])
def test_nothing_follows_a_reversal(paid: TokenWorld, status: str) -> None:
    paid.act(reverse(paid), paid.new("B1", 0, 400, "S1", parent="T2"), (bill_key("B1"), bill("active")))
    with refused(Reason.CORE_ROW_FIXED):
        paid.act((token_key("T2"), {**paid.token("T2"), "status": status}))


@pytest.mark.parametrize("status", ["live", "diluted", "void", "split", "moved"])
def test_a_settled_token_is_reversed_or_stays(paid: TokenWorld, status: str) -> None:
    with refused(Reason.CORE_ROW_FIXED):
        paid.act((token_key("T2"), {**paid.token("T2"), "status": status}))


def test_a_new_token_is_not_reversed(paid: TokenWorld) -> None:
    made = paid.new("B1", 400, 1000, "S1", parent="T3", status="reversed", ended=2, reversed_at=2)
    with refused(Reason.CORE_ROW_SCHEMA):
        paid.act(paid.end("T3", "moved"), made, paid.new("B1", 400, 1000, "S1", parent="T4"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reversed_at": 0}, Reason.CORE_ROW_SCHEMA),
        ({"reversed_at": 1}, Reason.CORE_ROW_SCHEMA),
        ({"reversed_at": True}, Reason.CORE_ROW_SCHEMA),
        ({"ended": 2}, Reason.CORE_ROW_FIXED),
        ({"ended": 0}, Reason.CORE_ROW_FIXED),
    ],
)
def test_a_reversal_says_when_and_keeps_when_it_ended(paid: TokenWorld, changes: Any, reason: Reason) -> None:
    key, row = reverse(paid)
    back = paid.new("B1", 0, 400, "S1", parent="T2")
    with refused(reason):
        paid.act((key, {**row, **changes}), back, (bill_key("B1"), bill("active")))


@pytest.mark.parametrize("status", ["live", "settled"])
def test_reversed_at_is_not_set_in_advance(paid: TokenWorld, status: str) -> None:
    token = "T2" if status == "settled" else "T3"
    with refused(Reason.CORE_ROW_FIXED):
        paid.act((token_key(token), {**paid.token(token), "reversed_at": 2}))
    with refused(Reason.CORE_ROW_SCHEMA):
        paid.act(paid.end("T3", "moved"), paid.new("B1", 400, 1000, "S1", parent="T3", reversed_at=2))


@pytest.mark.parametrize(
    "children",
    [
        [],
        [(0, 400, "S2", "T2")],
        [(0, 200, "S1", "T2"), (200, 400, "S1", "T2")],
        [(0, 400, "S1", "T1")],
    ],
)
def test_the_cents_come_back_whole_and_to_their_holder(paid: TokenWorld, children: Any) -> None:
    made = [paid.new("B1", lo, hi, holder, parent=parent) for lo, hi, holder, parent in children]
    with refused(Reason.CORE_CONSERVATION):
        paid.act(reverse(paid), *made, (bill_key("B1"), bill("active")))


@pytest.mark.parametrize("status", ["settled", "diluted", "void"])
def test_what_comes_back_lives(paid: TokenWorld, status: str) -> None:
    back = paid.new("B1", 0, 400, "S1", parent="T2", status=status, ended=2)
    with refused(Reason.CORE_CONSERVATION):
        paid.act(reverse(paid), back, (bill_key("B1"), bill("active", **{status: 400})))


@pytest.mark.parametrize("settled", [400, 399, 1, -400])
def test_the_figure_of_the_bill_falls_with_the_reversal(paid: TokenWorld, settled: int) -> None:
    back = paid.new("B1", 0, 400, "S1", parent="T2")
    with refused(Reason.CORE_CONSERVATION):
        paid.act(reverse(paid), back, (bill_key("B1"), bill("active", settled=settled)))


def test_a_reversal_behind_the_back_of_the_bill_is_refused(paid: TokenWorld) -> None:
    with refused(Reason.CORE_CONSERVATION):
        paid.act(reverse(paid), paid.new("B1", 0, 400, "S1", parent="T2"))


def test_a_core_that_forgets_the_child_lets_a_reversal_take_the_cents(
    paid: TokenWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    stolen = [reverse(paid), paid.new("B1", 0, 400, "THIEF", parent="T2"), (bill_key("B1"), bill("active"))]
    with refused(Reason.CORE_CONSERVATION):
        paid.act(*stolen)
    monkeypatch.setattr(checks, "check_reversed", lambda *_: None)
    paid.act(*stolen)
    assert paid.token("T4")["holder"] == "THIEF"


def test_a_core_to_which_reversed_is_a_leaf_counts_cents_twice(
    paid: TokenWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "LEAVES", token_rules.LEAVES | {"reversed"})
    with refused(Reason.CORE_CONSERVATION):
        paid.act(reverse(paid), paid.new("B1", 0, 400, "S1", parent="T2"), (bill_key("B1"), bill("active")))


def test_a_void_bill_is_an_accepted_one() -> None:
    """All its cents ended, it still has its ranges, and it is no way to be accepted."""
    world = TokenWorld()
    world.bill()
    world.act((bill_key("B1"), bill("active")))
    world.act(world.end("T1", "void"), (bill_key("B1"), bill("void", void=1000)))
    world.next_block()
    assert check_state(world.view)["B1"].void == 1000
    world.act((bill_key("B2"), bill_row("B2", 1000, "ANCHOR", "pending_accept")))
    with refused(Reason.CORE_CONSERVATION):
        world.act((bill_key("B2"), bill_row("B2", 1000, "ANCHOR", "void")))
    with refused(Reason.CORE_ROW_SCHEMA):
        world.act((bill_key("B3"), bill_row("B3", 1000, "ANCHOR", "void")))


def test_a_financed_token_keeps_its_financing_through_cuts_and_moves() -> None:
    world = TokenWorld()
    world.bill()
    world.act(world.end("T1", "moved"), world.new("B1", 0, 1000, "BANK", parent="T1", financing="T2"))
    low = world.new("B1", 0, 400, "BANK", parent="T2", financing="T2")
    world.act(world.end("T2", "split"), low, world.new("B1", 400, 1000, "BANK", parent="T2", financing="T2"))
    world.act(world.end("T3", "moved"), world.new("B1", 0, 400, "BANK2", parent="T3", financing="T2"))
    world.act(world.end("T5", "moved"), world.new("B1", 0, 400, "S1", parent="T5", financing=""))
    world.act(world.end("T6", "moved"), world.new("B1", 0, 400, "BANK", parent="T6", financing="T2"))


@pytest.mark.parametrize("financing", ["T404", "T1", "T3", "T9", 7, None])
def test_financing_names_a_token_of_the_bill_that_a_financing_made(financing: Any) -> None:
    world = TokenWorld()
    world.bill()
    low = world.new("B1", 0, 400, "BANK", parent="T1", financing="T2")
    world.act(world.end("T1", "split"), low, world.new("B1", 400, 1000, "S1", parent="T1"))
    world.counter = 7
    world.bill("B2")
    world.act(world.end("T8", "moved"), world.new("B2", 0, 1000, "BANK", parent="T8", financing="T9"))
    with refused(Reason.CORE_ROW_SCHEMA):
        world.act(world.end("T2", "moved"), world.new("B1", 0, 400, "BANK", parent="T2", financing=financing))


def test_a_financing_covers_its_descendants() -> None:
    world = TokenWorld()
    world.bill()
    low = world.new("B1", 0, 400, "BANK", parent="T1", financing="T2")
    world.act(world.end("T1", "split"), low, world.new("B1", 400, 1000, "BANK", parent="T1"))
    with refused(Reason.CORE_ROW_SCHEMA):
        joined = world.new("B1", 0, 1000, "BANK", parent="T1", financing="T2")
        world.act(world.end("T2", "moved"), world.end("T3", "moved"), joined)
    with refused(Reason.CORE_ROW_SCHEMA):
        world.act(world.end("T3", "moved"), world.new("B1", 400, 1000, "BANK", parent="T3", financing="T2"))


def test_the_financing_of_a_token_never_changes() -> None:
    world = TokenWorld()
    world.bill()
    with refused(Reason.CORE_ROW_FIXED):
        world.act((token_key("T1"), {**world.token("T1"), "financing": "T1"}))
