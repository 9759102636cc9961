"""What was written off of tokens: said of a token in one way wherever a token is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainbill_contracts.declared_reads import reads

from chainbill_cli.failure import Failure
from chainbill_cli.session import Session
from chainbill_cli.texts import text

Row = Mapping[str, Any]
SAID = {"live": "value.write_off_written_off", "settled": "value.write_off_recovered"}
"""Status of a token of which something was written off → what is said of it."""


def marks_on(session: Session, bill: str, at: str | None = None) -> list[Row]:
    """The write-offs on a bill that the reader may see; none where they cannot be read."""
    try:
        return list(session.client.pages(reads()["write_offs"].path, bill=bill, status="written_off,recovered", at=at))
    except Failure:
        return []


def mark_said(token: Row, marks: Sequence[Row]) -> str:
    """That cents of a token are written off by its holder, or were paid since, in words; "" if neither.

    token: as REST shows it, in a list or in a tree.
    """
    mine = (one for one in marks if one["holder"] == token["holder"])
    marked = token["status"] in SAID and any(one["lo"] < token["hi"] and token["lo"] < one["hi"] for one in mine)
    return text(SAID[token["status"]]) if marked else ""
