"""`pledge`: reject, withdraw, agree, refuse, list, show; offer, accept, release and enforce are in `pledging`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainbill_cli.plain_acts import plain_commands
from chainbill_cli.plain_reads import plain_reads
from chainbill_cli.pledging import pledge
from chainbill_cli.session import Session


def _told(session: Session, row: Mapping[str, Any]) -> dict[str, Any]:
    """A pledge as people read it: where nobody asked for its enforcement nothing is asked for, and not 0.00."""
    del session
    return {**row, "owed": row["owed"] or None}


plain_commands(pledge)
plain_reads(pledge, told={"pledge": _told})
