"""Which acts a party may send in which standing."""

from __future__ import annotations

from typing import Any

from chainbill.errors import Refused
from chainbill.ledger.open_acts import ALWAYS_OPEN, OPEN_ANSWERS, check_standing
from chainbill.ledger.transaction import Call

STATUSES = ("active", "leaving", "suspended", "insolvent", "pending", "closed", "")
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("bill.issue", {}),
    ("token.reject", {}),
    ("token.rejects", {}),
    ("settlement.settle", {}),
    ("bill.answer", {"answer": "no"}),
    ("bill.answer", {"answer": "yes"}),
    ("bill.answer", {}),
    ("approval.approve", {}),
]


def case(status: str, act: str, arguments: dict[str, Any]) -> dict[str, Any]:
    contract, function = act.split(".")
    found: dict[str, Any] = {"status": status, "contract": contract, "function": function, "arguments": arguments}
    try:
        check_standing("P", {"status": status} if status else None, [Call(contract, function, arguments)])
    except Refused as error:
        return {**found, "reason": error.reason}
    return found


def make() -> dict[str, Any]:
    return {
        "always_open": sorted(ALWAYS_OPEN),
        "open_with": [{"act": act, "argument": name, "value": value} for act, (name, value) in OPEN_ANSWERS.items()],
        "cases": [case(status, *one) for status in STATUSES for one in CALLS],
    }
