"""What was typed as the filters of a list, as a node takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainbill_cli.session import Session

PARTIES = (
    "debtor",
    "creditor",
    "holder",
    "financed_by",
    "bank",
    "seller",
    "buyer",
    "by",
    "asked",
    "party",
    "initiator",
    "to",
    "from",
)
DATES = ("due_from", "due_to", "issued_from", "issued_to", "value_from", "value_to")


def filters_of(session: Session, filters: Mapping[str, Any]) -> dict[str, Any]:
    """Filters with parties and dates written out."""
    ready = dict(filters)
    for name in PARTIES:
        if ready.get(name):
            ready[name] = session.party_id(ready[name])
    for name in DATES:
        if ready.get(name):
            ready[name] = session.date(ready[name])
    return ready
