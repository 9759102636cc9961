"""`recourse`: accept, refuse, withdraw, list, show; ask and paid are in `claiming`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainbill_cli.claiming import recourse
from chainbill_cli.contract_constants import contract_constant
from chainbill_cli.described import asked_now
from chainbill_cli.plain_acts import plain_commands
from chainbill_cli.plain_reads import plain_reads
from chainbill_cli.session import Session

UNANSWERED = ("withdrawn", "expired")
"""Statuses of a claim that is over, though the party that was asked may never have answered."""


def _told(session: Session, row: Mapping[str, Any]) -> dict[str, Any]:
    """A claim as people read it: what it asks for now while it stands; else neither that nor until when."""
    if session.out.form == "table" and row["now"] == row["token"]:
        row = {**row, "now": ""}
    if row["status"] in contract_constant("general", "CLAIM_OPEN"):
        return {**row, "asked_now": asked_now(row), "paid": row["paid"] or None}
    over = {**row, "paid": row["paid"] or None, "until": "", "stands_until": ""}
    return {**over, "answered_on": ""} if row["status"] in UNANSWERED else over


plain_commands(recourse)
plain_reads(recourse, told={"claims": _told, "claim": _told})
