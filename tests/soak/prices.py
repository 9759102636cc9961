"""What a gas costs by the clock, for the worst case of everything that a contract can do: round and round."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))

import gas_prices
from gas_prices import PROMISED, Price
from soak.tally import Tally
from worst_cases import CASES, Case

NAME = "prices of a gas"
REPETITIONS = 7
ALLOWED = 1.5
"""Times what is promised: other work on the machine may add so much to the least of seven runs."""


def measured(tally: Tally, cases: Sequence[Case] = CASES) -> Iterator[None]:
    """Measure case after case; a finding is one that is too dear twice. The dearest of each round is noted."""
    while True:
        dearest = Price("", 0.0, 0.0)
        for case in cases:
            price = units(case)
            if price.units > ALLOWED * PROMISED:
                price = min(price, units(case), key=lambda one: one.units)
            if price.units > ALLOWED * PROMISED:
                told = AssertionError(f"{price.units:.1f} units a gas, promised are {PROMISED:g}")
                tally.found(f"price of {case.name}", told, "python benchmarks/gas_prices.py 7")
            tally.tried(NAME)
            dearest = max(dearest, price, key=lambda one: one.units)
            yield
        tally.notes.append(f"dearest gas: {dearest.units:.1f} of {PROMISED:g} units promised, {dearest.name}")


def units(case: Case) -> Price:
    """The price of a case in units of a plain loop that is measured beside it."""
    unit = gas_prices.nanoseconds_a_gas(gas_prices.UNIT, REPETITIONS)
    price = gas_prices.nanoseconds_a_gas(case, REPETITIONS)
    return Price(case.name, price, price / unit)
