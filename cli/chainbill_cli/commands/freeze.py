"""`freeze`: list and show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from chainbill_cli.kit import noun
from chainbill_cli.plain_reads import plain_reads
from chainbill_cli.session import Session

freeze = noun("freeze")


def _told(session: Session, row: Mapping[str, Any]) -> dict[str, Any]:
    """A freeze with the amount that was frozen at first; `frozen` is what it is on now."""
    del session
    return {**row, "amount": row["hi"] - row["lo"]}


def _sums(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """What is frozen now in each currency; an ended freeze is on nothing."""
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row["currency"]] += row["frozen"]
    return {"": dict(sums)}


plain_reads(freeze, told={"freezes": _told, "freeze": _told}, summed={"freezes": _sums})
