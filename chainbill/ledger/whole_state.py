"""Whole-state checks: what the cheap checks after each transaction must add up to.

They read everything, so they belong to verification, simulation and tests. Each raises InternalFault with reason
`core_conservation` or `core_holdings`: a state that fails was not made by this ledger's rules.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chainbill.errors import InternalFault, Reason
from chainbill.ledger import core_rows
from chainbill.ledger.holdings import SHARES, Share, token_shares
from chainbill.ledger.token_rules import ACCEPTED, LEAVES, LIVE
from chainbill.limits import MAX_SCAN
from chainbill.state import rows
from chainbill.state.keys import split_key, table_prefix
from chainbill.state.view import View


@dataclass(frozen=True, slots=True)
class BillTotals:
    """Amounts of a bill's leaves by status, in minor units; they add up to its face."""

    face: int
    live: int
    settled: int
    diluted: int
    void: int
    tokens: int


def check_bill(view: View, bill: str) -> BillTotals | None:
    """Walk the ranges of one bill from cent 0 to its face: its totals, None if it is not accepted.

    Every range's token is a leaf of this bill with just that range, and the next range begins where it ends.
    """
    row = _value(view, core_rows.bill_key(bill))
    if row is None:
        raise _broken(bill, "there is no such bill")
    amounts: Counter[str] = Counter()
    tokens = end = 0
    for key, (hi, token_id) in _scan(view, table_prefix(core_rows.CORE, "range", [bill])):
        lo = split_key(key)[2][1]
        token = _value(view, core_rows.token_key(token_id))
        if lo != end:
            raise _broken(bill, f"cent {end} is in no range or in two")
        if token is None or token["status"] not in LEAVES:
            raise _broken(bill, f"the range at {lo} is of {token_id}, which is no leaf")
        if (token["bill"], token["lo"], token["hi"], token["currency"]) != (bill, lo, hi, row["currency"]):
            raise _broken(bill, f"the range at {lo} is not that of {token_id}")
        amounts[token["status"]] += hi - lo
        tokens += 1
        end = hi
    if tokens == 0:
        if row["status"] in ACCEPTED:
            raise _broken(bill, "the bill is accepted and has no range")
        return None
    if end != row["face"]:
        raise _broken(bill, f"the ranges end at {end}, the face is {row['face']}")
    return BillTotals(row["face"], amounts[LIVE], amounts["settled"], amounts["diluted"], amounts["void"], tokens)


def check_state(view: View) -> dict[str, BillTotals]:
    """Check every bill, that each leaf stands in its bill's ranges, and every holding: totals by accepted bill."""
    totals: dict[str, BillTotals] = {}
    debtors: dict[str, str] = {}
    for _, row in _scan(view, core_rows.BILLS):
        debtors[row["id"]] = row["debtor"]
        checked = check_bill(view, row["id"])
        if checked is not None:
            totals[row["id"]] = checked
    leaves: Counter[str] = Counter()
    holdings: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for _, token in _scan(view, core_rows.TOKENS):
        if token["status"] in LEAVES:
            leaves[token["bill"]] += 1
        if token["status"] == LIVE:
            _count(holdings, token_shares(token, debtors[token["bill"]]))
    for table, shares_of in SHARES.items():
        for _, row in _scan(view, table):
            _count(holdings, shares_of(row))
    if leaves != Counter({bill: one.tokens for bill, one in totals.items()}):
        raise _broken("", "a leaf stands in no range")
    recorded = {tuple(split_key(key)[2]): value for key, value in _scan(view, core_rows.HOLDINGS)}
    if recorded != dict(holdings):
        raise InternalFault(Reason.CORE_HOLDINGS, "the holdings are not the sums of the rows they follow from")
    return totals


def _count(holdings: dict[tuple[Any, ...], list[int]], shares: tuple[Share, ...]) -> None:
    for party, currency, role, amount in shares:
        held = holdings[(party, currency, role)]
        held[0] += 1
        held[1] += amount


def _broken(bill: str, detail: str) -> InternalFault:
    return InternalFault(Reason.CORE_CONSERVATION, detail, bill=bill)


def _value(view: View, key: bytes) -> Any:
    raw = view.get(key)
    return None if raw is None else rows.value(raw)


def _scan(view: View, prefix: bytes) -> Iterator[tuple[bytes, Any]]:
    after = b""
    while True:
        page = view.scan(prefix, after, MAX_SCAN)
        for key, raw in page:
            yield key, rows.value(raw)
        if len(page) < MAX_SCAN:
            return
        after = page[-1][0]
