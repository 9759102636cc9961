"""Holdings by role: who is owed money that is under way, and which bank owes it, provably and at every height."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger.token_world import TokenWorld

from chainbill.errors import InternalFault, Reason, Refused
from chainbill.ledger import holdings
from chainbill.ledger.core_rows import HOLDINGS, holding_key
from chainbill.ledger.holdings import HoldingChange
from chainbill.ledger.whole_state import check_state
from chainbill.state.keys import row_key, split_key

OPEN = ("instructed", "returned", "set_aside")
STATUSES = (*OPEN, "paid", "cancelled")


def payment(number: int, **fields: Any) -> tuple[bytes, Any]:
    row = {"party": "S1", "bank": "BANK1", "amount": 100, "currency": "CNY", "status": "instructed"}
    return row_key("settlement", "payment", ["B1", f"T{number}"]), {**row, **fields}


def held(world: TokenWorld) -> dict[tuple[Any, ...], list[int]]:
    return {tuple(split_key(key)[2]): row for key, row in world.overlay.scan(HOLDINGS, b"", 100)}


def test_a_payment_under_way_counts_for_its_payee_and_its_bank() -> None:
    world = TokenWorld()
    world.act(payment(1), payment(2, amount=50), payment(3, party="S2"))
    assert world.overlay.get(holding_key("S1", "CNY", "payee_open")) == [2, 150]
    assert world.overlay.get(holding_key("S2", "CNY", "payee_open")) == [1, 100]
    assert world.overlay.get(holding_key("BANK1", "CNY", "paying_bank_open")) == [3, 250]
    world.act(payment(1, status="paid"), payment(2, amount=50, status="cancelled"))
    assert world.overlay.get(holding_key("S1", "CNY", "payee_open")) is None
    assert world.overlay.get(holding_key("BANK1", "CNY", "paying_bank_open")) == [1, 100]
    world.next_block()
    check_state(world.view)


@pytest.mark.parametrize("status", OPEN)
def test_money_that_came_back_or_waits_is_still_owed(status: str) -> None:
    world = TokenWorld()
    world.act(payment(1))
    world.act(payment(1, status=status))
    assert held(world)["S1", "CNY", "payee_open"] == held(world)["BANK1", "CNY", "paying_bank_open"] == [1, 100]


def test_a_payment_that_goes_takes_its_shares_along() -> None:
    world = TokenWorld()
    world.act(payment(1))
    world.act((payment(1)[0], None))
    assert held(world) == {}


def guarantee(**fields: Any) -> tuple[bytes, Any]:
    row = {"guarantor": "BANK1", "amount": 100, "currency": "CNY", "status": "active"}
    return row_key("guarantee", "guarantee", ["BANK1", "B1"]), {**row, **fields}


OPEN_ROWS = {
    holdings.PAYMENTS: (partial(payment, 1), ("party", "bank")),
    holdings.GUARANTEES: (guarantee, ("guarantor",)),
}
"""Of each table that gives shares an open row, and whom it names."""


@pytest.mark.parametrize("table", holdings.SHARES)
def test_what_is_open_says_whom_who_and_how_much(table: bytes) -> None:
    row, parties = OPEN_ROWS[table]
    wrong = [{name: value} for name in (*parties, "currency") for value in ("", 7, None)]
    for fields in (*wrong, *({"amount": amount} for amount in (0, -1, True, "100", 2**53, None))):
        world = TokenWorld()
        with pytest.raises(Refused, match=f"^{Reason.CORE_ROW_SCHEMA}"):
            world.act(row(**fields))
        assert held(world) == {}
    with pytest.raises(Refused, match=f"^{Reason.CORE_ROW_SCHEMA}"):
        world.act((row()[0], [1]))
    world.act(row(amount=2**53 - 1))


def test_a_sum_of_payments_has_a_bound_too() -> None:
    world = TokenWorld()
    world.act(payment(1, amount=2**53 - 1))
    with pytest.raises(Refused, match=f"^{Reason.CORE_HOLDINGS}"):
        world.act(payment(2, amount=1))


def test_who_is_owed_much_comes_to_hold_no_more_than_the_rest() -> None:
    """Case: settling moved a holder's cents to what it is owed, and that sum was full: nobody was paid."""
    world = TokenWorld()
    world.act(payment(1, party="S1", amount=2**53 - 100))
    with pytest.raises(Refused, match=f"^{Reason.CORE_HOLDINGS}"):
        world.bill(face=100)
    world.bill("B2", face=99)


changes = st.lists(
    st.tuples(
        st.integers(0, 4), st.sampled_from(["S1", "S2"]), st.sampled_from(["BANK1", "BANK2"]),
        st.sampled_from(["CNY", "EUR"]), st.integers(1, 9), st.sampled_from([*STATUSES, "gone"]),
    ),
    max_size=30,
)  # fmt: skip


@given(changes)
@settings(max_examples=100, deadline=None)
def test_holdings_are_what_a_naive_count_gives(history: list[tuple[int, str, str, str, int, str]]) -> None:
    world = TokenWorld()
    rows: dict[int, dict[str, Any]] = {}
    for number, party, bank, currency, amount, status in history:
        key, row = payment(number, party=party, bank=bank, currency=currency, amount=amount, status=status)
        rows.pop(number, None)
        if status != "gone":
            rows[number] = row
        world.act((key, rows.get(number)))
    expected: dict[tuple[str, str, str], list[int]] = {}
    for row in rows.values():
        if row["status"] in OPEN:
            for party, role in ((row["party"], "payee_open"), (row["bank"], "paying_bank_open")):
                one = expected.setdefault((party, row["currency"], role), [0, 0])
                one[0] += 1
                one[1] += row["amount"]
    assert held(world) == expected
    world.next_block()
    check_state(world.view)


@pytest.mark.parametrize("role", ["guarantor", "pledgee", "payee_open", "owner"])
def test_a_holding_that_no_row_gives_is_found(role: str) -> None:
    """Whoever wrote it: the state that holds it was not made by these rules."""
    world = TokenWorld()
    world.bill()
    world.next_block()
    world.view.rows[holding_key("S1", "CNY", role)] = world.view.rows[holding_key("S1", "CNY", "holder")]
    with pytest.raises(InternalFault, match="core_holdings"):
        check_state(world.view)


def test_the_walk_over_the_state_kills_a_core_that_forgets_returned_payments(monkeypatch: pytest.MonkeyPatch) -> None:
    world = TokenWorld()
    world.act(payment(1))
    with monkeypatch.context() as broken:
        broken.setattr(holdings, "OPEN_PAYMENTS", frozenset({"instructed"}))
        world.act(payment(1, status="returned"))
    world.next_block()
    with pytest.raises(InternalFault, match="core_holdings"):
        check_state(world.view)


def test_the_walk_over_the_state_kills_a_core_that_only_adds(monkeypatch: pytest.MonkeyPatch) -> None:
    right = HoldingChange.add
    world = TokenWorld()
    world.act(payment(1))
    monkeypatch.setattr(HoldingChange, "add", lambda self, shares, sign: right(self, shares, 1))
    world.act(payment(1, status="paid"))
    world.next_block()
    with pytest.raises(InternalFault, match="core_holdings"):
        check_state(world.view)
