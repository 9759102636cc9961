"""What one gas costs at worst, for everything a contract can write, beside a plain loop in the same process.

    python benchmarks/gas_prices.py [repetitions]

Each worst case is run until its gas is used up, over rows as a block has them; the least of the repetitions counts. The
unit is the price of a gas in a plain loop of arithmetic. Promised: at most PROMISED units for every case; what is
printed as ns depends on the machine. The table goes from the dearest case to the cheapest.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from time import process_time
from typing import NamedTuple

from worst_cases import CASES, CONTRACT, OTHER, Case, earlier_rows

from chainbill.errors import Refused
from chainbill.ledger.rules import BlockRules
from chainbill.state.overlay import Overlay
from chainbill.state.view import MemoryView
from chainbill.vm import Context, Machine, Meter, OutOfGas, Program, compile_contract, link

PROMISED = 10.0
"""Units a gas: docs/reference/contract-language.md, "What a gas is worth"."""
GAS = 4_000_000
REPETITIONS = 3
UNIT = Case("the unit: a plain loop", (), "x = x * 3 % 1000003 + 5 - 2", "x = 1")
SIGNATURE_GAS = BlockRules().gas_signature
NO_LIMIT = 1 << 60
VIEW = MemoryView(earlier_rows())
CONTEXT = Context(
    party="P", height=7, today="2026-01-01", network="00" * 32, recent_proposers=("ab" * 32,) * 400,
    signers=tuple([{"key": "ef" * 32, "capabilities": ["maker"], "operator": "", "unit": ""}] * 16),
)  # fmt: skip


class Cost(NamedTuple):
    """Least processor time of a run, in seconds, and its gas."""

    seconds: float
    gas: int


class Price(NamedTuple):
    """One measured case: nanoseconds a gas, and how many times the unit that is."""

    name: str
    nanoseconds: float
    units: float


def program_of(case: Case) -> Program:
    """The case's contract, linked with the one that it may invoke."""
    return link({CONTRACT: compile_contract(CONTRACT, case.source), "other": compile_contract("other", OTHER)})


def run(program: Program, case: Case, gas: int = GAS) -> Cost:
    """Run the case once, over rows that no run has read before."""
    meter = Meter(gas, NO_LIMIT, NO_LIMIT, NO_LIMIT)
    machine = Machine(program, Overlay(VIEW), CONTEXT, meter, b"")
    machine.rows.begin()  # type: ignore[attr-defined]  # the overlay's: a transaction's savepoint
    start = process_time()
    with suppress(OutOfGas, Refused):
        machine.call(CONTRACT, "go", case.args)
    return Cost(process_time() - start, meter.used)


def least(case: Case, repetitions: int) -> Cost:
    """The least of several runs."""
    program = program_of(case)
    return min(run(program, case) for _ in range(repetitions))


def nanoseconds_a_gas(case: Case, repetitions: int) -> float:
    """Of the turns of a case alone, or of a whole transaction that ends at once."""
    whole = least(case, repetitions)
    if not case.turn:
        return whole.seconds / (whole.gas + SIGNATURE_GAS) * 1e9
    start = least(Case(case.name, (), before=case.before or "pass", helpers=case.helpers, args=case.args), repetitions)
    return (whole.seconds - start.seconds) / (whole.gas - start.gas) * 1e9


def measure(cases: Iterable[Case], repetitions: int) -> list[Price]:
    """The price of every case, the dearest first; the unit is measured before, between and after."""
    found, unit = [], nanoseconds_a_gas(UNIT, repetitions)
    for number, case in enumerate(cases):
        if number % 40 == 39:
            unit = min(unit, nanoseconds_a_gas(UNIT, repetitions))
        found.append((case.name, nanoseconds_a_gas(case, repetitions)))
    unit = min(unit, nanoseconds_a_gas(UNIT, repetitions))
    prices = [Price(name, price, price / unit) for name, price in found]
    return sorted([Price(UNIT.name, unit, 1.0), *prices], key=lambda price: -price.units)


def table(prices: Iterable[Price]) -> str:
    """The prices as lines."""
    lines = [f"{price.units:8.2f} units {price.nanoseconds:9.1f} ns a gas  {price.name}" for price in prices]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(measure(CASES, int(sys.argv[1]) if len(sys.argv) > 1 else REPETITIONS)))
