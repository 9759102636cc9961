"""What holds for all tests: nothing depends on how fast the machine is, and a contract is compiled once a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from chainbill.ledger import programs
from chainbill.vm.compiler import compile_contract

settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

# The compiler is a function of the source and the prices; what it made for one node here serves the next.
programs.compile_contract = lru_cache(maxsize=512)(compile_contract)  # type: ignore[assignment]

HERE = Path(__file__).parent
UNTRACED = (
    "contracts",  # compiled from their text, where a tracer of files sees nothing
    "recompute",  # reads by the thousand what other tests read, too
    "second",  # shares nothing with the product
    "faults/test_faults_fuzz.py",  # these repeat by the hundred what other tests run too
    "rest/test_rest_fuzz.py",
    "rest/test_rest_schemathesis.py",
    "vm/test_vm_differential.py",
    "vm/test_vm_fuzz.py",
)
"""Folders and files outside coverage, under which they take two to three times as long."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(item.path.is_relative_to(HERE / one) for one in UNTRACED):
            item.add_marker("untraced")
