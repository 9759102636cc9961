"""The soak measures what a gas costs, and tells what is too dear."""

from __future__ import annotations

import pytest
from soak import prices
from soak.tally import Tally
from worst_cases import CASES


def test_a_case_that_is_too_dear_is_told_once_it_was_measured_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def price(case: object, _repetitions: int) -> float:
        asked.append(case)
        return 10.0 if case is prices.gas_prices.UNIT else 10.0 * 16

    monkeypatch.setattr(prices.gas_prices, "nanoseconds_a_gas", price)
    tally = Tally()
    rounds = prices.measured(tally, CASES[:2])
    for _ in range(3):
        next(rounds)
    assert len(asked) == 2 * 2 * 3
    assert tally.counts == {prices.NAME: 3}
    assert len(tally.findings) == 3
    assert "16.0 units a gas, promised are 10" in tally.findings[0]
    assert tally.notes == [f"dearest gas: 16.0 of 10 units promised, {CASES[0].name}"]


@pytest.mark.slow
def test_no_case_is_too_dear() -> None:
    """Least of seven processor times of each, in units of a plain loop; prints them all."""
    measured = prices.gas_prices.measure(CASES, prices.REPETITIONS)
    print(prices.gas_prices.table(measured))
    assert [price for price in measured if price.units > prices.ALLOWED * prices.PROMISED] == []
