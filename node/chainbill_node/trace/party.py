"""The trace of a party: what came from whom and at which tier, where it went, what was financed at which cost.

For a bank it is its exposure: what it holds of which debtor, how concentrated, and when it falls due.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from chainbill_node.trace.lineage import FINANCE_KIND, Lineage, Sight
from chainbill_node.trace.ratios import ratio_text
from chainbill_node.trace.shapes import LEAF_STATUSES, Row, Shape, amount_of
from chainbill_node.trace.tiers import Prices

MoveKey = tuple[str, str, str, int]
"""(kind, other party, debtor, tier)."""


@dataclass(slots=True)
class _Side:
    amounts: dict[MoveKey, list[int]] = field(default_factory=dict)
    prices: dict[MoveKey, Prices] = field(default_factory=dict)

    def add(self, other: str, debtor: str, hop: Row) -> None:
        tier = int(hop.get("financed_tier", 0)) or int(hop["tier"])
        key = (str(hop["kind"]), other, debtor, tier)
        entry = self.amounts.setdefault(key, [0, 0])
        entry[0] += amount_of(hop)
        entry[1] += 1
        if hop["kind"] == FINANCE_KIND and hop.get("price"):
            self.prices.setdefault(key, Prices()).add(hop)

    def rows(self, name: str, small_means: bool) -> list[Shape]:
        """Give the moves added up by kind, other party (under ``name``), debtor and tier."""
        return [self._row(key, name, small_means) for key in sorted(self.amounts)]

    def _row(self, key: MoveKey, name: str, small_means: bool) -> Shape:
        (kind, other, debtor, tier), (amount, count) = key, self.amounts[key]
        shape: Shape = {"kind": kind, name: other, "debtor": debtor, "tier": tier, "amount": amount, "count": count}
        if prices := self.prices.get(key):
            shape |= {
                "interest": prices.interest,
                "fees": prices.fees,
                "mean_rate": prices.mean_rate(small_means),
                "mean_cost": prices.mean_cost(small_means),
            }
        return shape


@dataclass(slots=True)
class _Money:
    received: _Side = field(default_factory=_Side)
    given: _Side = field(default_factory=_Side)
    holdings: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LEAF_STATUSES, 0))
    exposure: dict[str, int] = field(default_factory=dict)
    maturities: dict[str, int] = field(default_factory=dict)
    owed: int = 0
    small_means: bool = True


def trace_party(party: str, bills: Iterable[tuple[Lineage, Sight]]) -> list[Shape]:
    """Give one table per currency: ``received`` and ``given`` (by kind, other party, debtor, tier), ``holdings``
    (live, settled, diluted, void in the party's hands), ``exposure`` per debtor with ``concentration`` (HHI as a
    ratio of 1), ``maturities`` by month of payment, ``owed`` (live cents of its own bills as debtor).
    """
    tables: dict[str, _Money] = {}
    for lineage, sight in bills:
        bill = lineage.facts.bill
        money = tables.setdefault(str(bill["currency"]), _Money())
        money.small_means = money.small_means and sight.small_means
        _add_hops(money, party, lineage, sight)
        _add_leaves(money, party, lineage, sight)
    return [_table(currency, tables[currency]) for currency in sorted(tables)]


def _add_hops(money: _Money, party: str, lineage: Lineage, sight: Sight) -> None:
    debtor = str(lineage.facts.bill["debtor"])
    for token, hop in sorted(lineage.facts.hops.items()):
        if not sight.sees_hop(token, hop):
            continue
        shown = hop if sight.sees_price(hop) else {**hop, "price": {}}
        if hop["to"] == party:
            money.received.add(str(hop["from"]), debtor, shown)
        if hop["from"] == party:
            money.given.add(str(hop["to"]), debtor, shown)


def _add_leaves(money: _Money, party: str, lineage: Lineage, sight: Sight) -> None:
    bill = lineage.facts.bill
    for leaf in lineage.leaves:
        token = lineage.token(leaf)
        amount = amount_of(token)
        if bill["debtor"] == party and token["status"] == "live":
            money.owed += amount
        if token["holder"] != party or not sight.sees(leaf):
            continue
        money.holdings[str(token["status"])] += amount
        if token["status"] == "live":
            debtor, month = str(bill["debtor"]), str(bill["pay_on"])[:7]
            money.exposure[debtor] = money.exposure.get(debtor, 0) + amount
            money.maturities[month] = money.maturities.get(month, 0) + amount


def _table(currency: str, money: _Money) -> Shape:
    live = sum(money.exposure.values())
    return {
        "currency": currency,
        "received": money.received.rows("from", money.small_means),
        "given": money.given.rows("to", money.small_means),
        "holdings": dict(money.holdings),
        "exposure": [{"debtor": debtor, "amount": amount} for debtor, amount in sorted(money.exposure.items())],
        "concentration": ratio_text(sum(amount * amount for amount in money.exposure.values()), live * live),
        "maturities": [{"month": month, "amount": amount} for month, amount in sorted(money.maturities.items())],
        "owed": money.owed,
    }
