"""What holds for all tests: nothing depends on how fast the machine is, and a contract is compiled once a process."""

from __future__ import annotations

from functools import lru_cache

from hypothesis import HealthCheck, settings

from chainbill.ledger import programs
from chainbill.vm.compiler import compile_contract

settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

# The compiler is a function of the source and the prices; what it made for one node here serves the next.
programs.compile_contract = lru_cache(maxsize=512)(compile_contract)  # type: ignore[assignment]
