"""An artificial second protocol, which no release has: Sundays are day 0, a price is another, one more currency."""

from __future__ import annotations

from typing import Any

from chainbill.protocols import PROTOCOL_1, Protocol, Protocols
from chainbill.vm.natives import weekday


def weekday_from_sunday(date: str) -> int:
    """0 for Sunday .. 6 for Saturday."""
    return weekday(date) % 7


def upgrade(row: dict[str, Any]) -> dict[str, Any]:
    """A dearer put and one more currency."""
    rules = {**row["rules"], "gas_put": row["rules"]["gas_put"] + 40}
    return {**row, "rules": rules, "currencies": {**row["currencies"], "XTS": 3}}


PROTOCOL_2 = Protocol(2, "2" * 64, {**PROTOCOL_1.natives, "n_weekday": weekday_from_sunday}, upgrade)
BOTH = Protocols(PROTOCOL_1, PROTOCOL_2)
