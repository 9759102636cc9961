"""What one run may use, and has used."""

from __future__ import annotations

from dataclasses import dataclass

from chainbill.vm import bounds

__all__ = ["Meter"]


@dataclass(slots=True)
class Meter:
    """Limits of one transaction (all its calls together) or one day item; `used` is the gas spent so far."""

    gas_limit: int = bounds.DEFAULT_GAS
    allocation_limit: int = bounds.MAX_ALLOCATION
    write_limit: int = bounds.MAX_WRITES
    event_limit: int = bounds.MAX_EVENTS
    used: int = 0
    allocated: int = 0
    writes: int = 0
    events: int = 0
