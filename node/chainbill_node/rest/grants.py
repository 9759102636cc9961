"""Grants to auditors that are in force: rows audit/grant [auditor, granting party]."""

from __future__ import annotations

from collections.abc import Iterator

from chainbill_node.rest.access import Grant, Row, grant_of
from chainbill_node.storage.ledger_reader import Reader

MAX_GRANTS = 1_000
"""That one auditor reads by at once."""


def grants_in_force(reader: Reader, auditor: str, today: str) -> Iterator[Grant]:
    """Give the grants that an auditor reads by on a date, those of the first MAX_GRANTS rows."""
    for key, row in reader.scan("audit", "grant", (auditor,), None, MAX_GRANTS):
        if is_in_force(reader, str(key[-1]), row, today):
            yield grant_of({"party": key[-1], **row})


def is_in_force(reader: Reader, party: str, row: Row, today: str) -> bool:
    """Say whether a party's grant counts on a date: not revoked, within its days, its keys still the party's."""
    return row["status"] == "active" and grant_of(row).holds(today) and _sign_for(reader, party, row)


def _sign_for(reader: Reader, party: str, row: Row) -> bool:
    """Say whether the keys that gave a grant still sign for the party: what they gave ends with them."""
    keys = (reader.get("party", "key", key) or {} for key in row.get("by", ()))
    return all(key.get("party") == party and key.get("status") == "active" for key in keys)
