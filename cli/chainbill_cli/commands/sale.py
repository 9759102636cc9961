"""`sale`: list, show; sell and buy are in `selling`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainbill_cli.plain_reads import plain_reads
from chainbill_cli.selling import sale
from chainbill_cli.session import Session


def _told(session: Session, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A sale as people read it: of what was not said nothing is paid, and not 0.00."""
    del session
    return {**row, "paid": row["paid"] or None}


plain_reads(sale, told={"sale": _told})
