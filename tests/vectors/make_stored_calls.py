"""What the row by which an approval asks for calls may say, and in whose name they run."""

from __future__ import annotations

from typing import Any

from chainbill.crypto.keys import PrivateKey
from chainbill.errors import ChainbillError
from chainbill.ledger.core_rows import party_key_key
from chainbill.ledger.stored_calls import asked_calls

PARTY = "S1"
KEYS = [PrivateKey.from_seed(bytes([number]) * 32).public for number in range(1, 6)]
MAKER, CHECKER, REVOKED, OTHERS, UNKNOWN = (one.hex() for one in KEYS)
ROWS: dict[str, dict[str, Any]] = {
    MAKER: {"party": PARTY, "capabilities": ["maker"], "status": "active"},
    CHECKER: {"party": PARTY, "capabilities": ["checker"], "status": "active"},
    REVOKED: {"party": PARTY, "capabilities": ["checker"], "status": "revoked"},
    OTHERS: {"party": "S2", "capabilities": ["maker"], "status": "active"},
}
NOTE = ["bill", "confirm", {"bill": "B1"}]
GOOD: dict[str, Any] = {"calls": [NOTE], "signers": [MAKER, CHECKER]}

CASES: list[tuple[str, Any]] = [
    ("maker and checker", GOOD),
    ("a revoked key is left out", {**GOOD, "signers": [MAKER, REVOKED, CHECKER]}),
    ("a hundred calls", {**GOOD, "calls": [NOTE] * 100}),
    ("no map", [NOTE]),
    ("a field more", {**GOOD, "party": PARTY}),
    ("a field less", {"calls": [NOTE]}),
    ("no call", {**GOOD, "calls": []}),
    ("a call too many", {**GOOD, "calls": [NOTE] * 101}),
    ("a call without arguments", {**GOOD, "calls": [NOTE[:2]]}),
    ("arguments that are a list", {**GOOD, "calls": [[*NOTE[:2], []]]}),
    ("an act of approvals", {**GOOD, "calls": [NOTE, ["approval", "approve", {"approval": "A1"}]]}),
    ("no signer", {**GOOD, "signers": []}),
    ("a signer twice", {**GOOD, "signers": [CHECKER, CHECKER]}),
    ("another party's key", {**GOOD, "signers": [CHECKER, OTHERS]}),
    ("an unknown key", {**GOOD, "signers": [CHECKER, UNKNOWN]}),
    ("nobody who signed now", {**GOOD, "signers": [MAKER]}),
    ("a key of other characters", {**GOOD, "signers": [CHECKER, "g" * 64]}),
    ("a key in capital letters", {**GOOD, "signers": [CHECKER.upper()]}),
]


def case(name: str, row: Any) -> dict[str, Any]:
    rows = {party_key_key(bytes.fromhex(one)): value for one, value in ROWS.items()}
    found: dict[str, Any] = {"name": name, "row": row}
    try:
        _, signers = asked_calls(row, PARTY, {CHECKER}, rows)
    except ChainbillError as error:
        return {**found, "reason": error.reason}
    return {**found, "signers": signers}


def make() -> dict[str, Any]:
    return {"party": PARTY, "signed_by": [CHECKER], "keys": ROWS, "cases": [case(*one) for one in CASES]}
