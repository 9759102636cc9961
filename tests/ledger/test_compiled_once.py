"""What keeps the tests fast is tried, too: it was lost once without a word."""

from __future__ import annotations

from chainbill_contracts import sources

from chainbill.ledger import programs
from chainbill.vm.rules import STANDARD_RUN, CodePrices


def test_a_contract_is_compiled_once_a_process_whatever_genesis_names_its_prices() -> None:
    name, source = next(iter(sorted(sources().items())))
    first, again = (programs.compile_contract(name, source, CodePrices(STANDARD_RUN.code.values)) for _ in range(2))
    assert first is again
    dear = CodePrices({**STANDARD_RUN.code.values, next(iter(STANDARD_RUN.code.values)): 77})
    assert programs.compile_contract(name, source, dear) is not first
