"""What one run may use, and has used.

The field's word: metering.
"""

from __future__ import annotations

from dataclasses import dataclass

from chainbill.vm.rules import STANDARD_RUN, RunBounds

__all__ = ["Meter"]

_STANDARD = STANDARD_RUN.bounds


@dataclass(slots=True)
class Meter:
    """Limits of one transaction (all its calls together) or one day item; `used` is the gas spent so far."""

    gas_limit: int = _STANDARD.gas_transaction
    allocation_limit: int = _STANDARD.run_allocation
    write_limit: int = _STANDARD.run_writes
    event_limit: int = _STANDARD.run_events
    used: int = 0
    allocated: int = 0
    writes: int = 0
    events: int = 0

    @classmethod
    def of(cls, bounds: RunBounds, gas_limit: int, used: int = 0) -> Meter:
        """The meter of a run by these rules, with a gas limit of its own."""
        return cls(gas_limit, bounds.run_allocation, bounds.run_writes, bounds.run_events, used)
