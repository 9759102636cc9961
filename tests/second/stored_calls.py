"""Calls that an approval has the core run. Written from core-checks.md, "Calls that an approval stores"."""

from __future__ import annotations

import re

from second.codec import encode
from second.refused import RefusedError, must
from second.transaction import Call, read_call

REASON = "core_approval"
MAX_BYTES = 65_536
KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)

KeyRow = dict[str, object]


def read_calls(value: object) -> list[Call]:
    """1 to 100 calls in the form of a transaction's, none of them an approval's."""
    must(isinstance(value, list) and 1 <= len(value) <= 100, REASON, "1 to 100 calls")
    assert isinstance(value, list)
    try:
        calls = [read_call(call) for call in value]
    except RefusedError as error:
        raise RefusedError(REASON, "a call") from error
    must(len(encode(value)) <= MAX_BYTES, REASON, "65,536 bytes")
    must(all(contract != "approval" for contract, _, _ in calls), REASON, "an act of approvals")
    return calls


def signers(row: object, keys: dict[str, KeyRow], party: str, signed_by: list[str]) -> list[dict[str, object]]:
    """ctx.signers of the stored calls, or the reason why they do not run."""
    must(isinstance(row, dict) and set(row) == {"calls", "signers"}, REASON, "a map of two fields")
    assert isinstance(row, dict)
    read_calls(row["calls"])
    listed = row["signers"]
    must(isinstance(listed, list) and 1 <= len(listed) <= 16, REASON, "1 to 16 signers")
    must(all(isinstance(key, str) and KEY.fullmatch(key) for key in listed), REASON, "64 lowercase hex digits")
    must(len(set(listed)) == len(listed), REASON, "distinct")
    must(all(key in keys and keys[key]["party"] == party for key in listed), REASON, "keys of the party")
    active = [key for key in listed if keys[key]["status"] == "active"]
    must(set(active) & set(signed_by), REASON, "one signed this transaction")
    return [
        {
            "key": key,
            "capabilities": keys[key].get("capabilities", []),
            "operator": keys[key].get("operator", ""),
            "unit": keys[key].get("unit", ""),
        }
        for key in active
    ]
