"""Which acts a party may send in which standing."""

from __future__ import annotations

from typing import Any

from chainbill.errors import Refused
from chainbill.ledger.open_acts import ALWAYS_OPEN, OPEN_ANSWERS, check_standing
from chainbill.ledger.transaction import Call

STATUSES = ("active", "leaving", "suspended", "insolvent", "closed", "")
ADMINISTERED_ON = "2026-03-02"
HALTED_ON = "2026-03-03"
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


def case(
    status: str, act: str, arguments: dict[str, Any], administered_on: str = "", halted_on: str = ""
) -> dict[str, Any]:
    contract, function = act.split(".")
    row = {"status": status, "administered_on": administered_on, "halted_on": halted_on}
    found: dict[str, Any] = {**row, "contract": contract, "function": function, "arguments": arguments}
    try:
        check_standing("P", row if status else None, [Call(contract, function, arguments)])
    except Refused as error:
        return {**found, "reason": error.reason}
    return found


def make() -> dict[str, Any]:
    return {
        "always_open": sorted(ALWAYS_OPEN),
        "open_with": [{"act": act, "argument": name, "value": value} for act, (name, value) in OPEN_ANSWERS.items()],
        "cases": [
            *(case(status, *one) for status in STATUSES for one in CALLS),
            *(case(status, *CALLS[0], ADMINISTERED_ON) for status in STATUSES),
            *(case(status, *one, halted_on=HALTED_ON) for status in STATUSES for one in CALLS[:2]),
            *(case(status, *one, ADMINISTERED_ON, HALTED_ON) for status in STATUSES for one in CALLS[:2]),
        ],
    }
