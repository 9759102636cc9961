"""Count and sum of a whole list from sums that are kept, where its filters ask for no more than those know.

Such a list is not counted through. The rows that a reader may not see are in the sums too, so they serve for readers
who see all that a list can have: supervisors, and a party (or its auditor) of what is its own.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import LEAF_STATUSES


@dataclass(frozen=True, slots=True)
class Totals:
    """Of a whole list: how many rows, and the sum of those that add to it, by currency."""

    count: int
    sums: dict[str, int]


def kept_totals(
    view: View,
    name: str,
    value: str | None,
    *,
    status: str | None = None,
    currency: str | None = None,
    adding: Container[str] | None = None,
    anybody: bool = False,
) -> Totals | None:
    """Give the totals of what the index `name` lists under a value (None: everything); None where none are kept.

    status: words with commas. adding: the statuses whose amounts add to the sum, None: all. anybody: every reader sees
    all of it. By value date there are none of what money changes.
    """  # fmt: skip
    if view.by_value and (status is not None or name.startswith("payment.")):
        return None
    if not (anybody or _sees_all_of(view, value)):
        return None
    kept = view.reader.sums(name, () if value is None else (value,))
    if kept is None:
        return None
    wanted = None if status is None else status.split(",")
    found = [
        (code if adding is None or of in adding else "", count, amount)
        for (of, code), (count, amount) in kept.items()
        if (wanted is None or of in wanted) and currency in (None, code)
    ]
    return _added_up(found)


def held_totals(view: View, holder: str) -> Totals | None:
    """Give the totals of the live tokens in a party's hands, as the state commits to them (core/holding)."""
    return _holdings(view, holder, "holder") if _sees_all_of(view, holder) else None


def owed_totals(view: View, debtor: str) -> Totals | None:
    """Give the totals of the live tokens of a debtor's bills, likewise, to those who see all of them."""
    return _holdings(view, debtor, "debtor") if view.viewer.everything else None


def token_totals(view: View, status: str | None) -> Totals | None:
    """Give the totals of all tokens of a status; only leaves add to the sum."""
    return kept_totals(view, "token.all", None, status=status, adding=LEAF_STATUSES)


def _sees_all_of(view: View, party: str | None) -> bool:
    return view.viewer.everything or (party is not None and view.viewer.reads_all_of(party))


def _holdings(view: View, party: str, role: str) -> Totals | None:
    if not view.is_key((party,)):
        return Totals(0, {})
    rows = view.reader.scan("core", "holding", (party,))
    return _added_up((str(key[1]), share[0], share[1]) for key, share in rows if key[2] == role)


def _added_up(found: Iterable[tuple[str, int, int]]) -> Totals:
    sums: dict[str, int] = {}
    total = 0
    for currency, count, amount in found:
        total += count
        if currency:
            sums[currency] = sums.get(currency, 0) + amount
    return Totals(total, dict(sorted(sums.items())))
