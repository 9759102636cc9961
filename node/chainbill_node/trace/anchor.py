"""The trace of an anchor: over all its bills, per currency, how far its credit has reached and where it rests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chainbill_node.trace.graph import Flow, NameOf
from chainbill_node.trace.lineage import Lineage, Sight
from chainbill_node.trace.shapes import Row, Shape, amount_of, resting_tier
from chainbill_node.trace.tiers import IsBank, TierTable

GROUP_FIELDS = ("tier", "bank", "party", "status", "bill")
"""What leaves can be grouped by."""


def trace_anchor(bills: Iterable[tuple[Lineage, Sight]], is_bank: IsBank, name_of: NameOf) -> list[Shape]:
    """Give one table per currency, by currency code.

    Each has ``currency, totals, by_tier`` (with ``penetration``)``, parties_total, parties, banks, graph``
    ({"nodes", "links"}) and ``other_moves``; a partial view has ``hidden`` in its totals, so that they add up.
    """
    tables: dict[str, TierTable] = {}
    flows: dict[str, Flow] = {}
    for lineage, sight in bills:
        currency = str(lineage.facts.bill["currency"])
        tables.setdefault(currency, TierTable(is_bank)).add(lineage, sight)
        flows.setdefault(currency, Flow(is_bank)).add(lineage, sight)
    return [
        {
            "currency": currency,
            "totals": tables[currency].totals(),
            "by_tier": tables[currency].rows(with_penetration=True),
            "parties_total": tables[currency].parties_total(),
            "parties": flows[currency].parties(name_of),
            "banks": flows[currency].banks(name_of),
            "graph": flows[currency].graph(name_of),
            "other_moves": flows[currency].other_moves(),
        }
        for currency in sorted(tables)
    ]


class LeafGroups:
    """Leaves that show, grouped per currency by ``fields`` of GROUP_FIELDS.

    ``bank`` is the holding bank or "", ``party`` the holder. What does not show is one last group with
    ``hidden: {amount, tokens}``, so that the groups of a currency still add up to its face.
    """

    def __init__(self, is_bank: IsBank, fields: Sequence[str]) -> None:
        self._is_bank = is_bank
        self._fields = tuple(fields)
        self._groups: dict[str, dict[tuple[int | str, ...], list[int]]] = {}
        self._hidden: dict[str, list[int]] = {}

    def add(self, lineage: Lineage, sight: Sight) -> None:
        """Add the leaves of a bill."""
        currency = str(lineage.facts.bill["currency"])
        for leaf in lineage.leaves:
            token = lineage.token(leaf)
            if sight.sees(leaf):
                entry = self._groups.setdefault(currency, {}).setdefault(self._key(token), [0, 0])
            else:
                entry = self._hidden.setdefault(currency, [0, 0])
            entry[0] += amount_of(token)
            entry[1] += 1

    def _key(self, token: Row) -> tuple[int | str, ...]:
        holder = str(token["holder"])
        values: dict[str, int | str] = {
            "tier": resting_tier(token),
            "bank": holder if self._is_bank(holder) else "",
            "party": holder,
            "status": str(token["status"]),
            "bill": str(token["bill"]),
        }
        return tuple(values[name] for name in self._fields)

    def shown(self) -> dict[str, list[Shape]]:
        """Give, per currency, the groups: the fields, amount, tokens."""
        shown: dict[str, list[Shape]] = {}
        for currency in sorted({*self._groups, *self._hidden}):
            ordered = sorted(self._groups.get(currency, {}).items(), key=lambda item: item[0])
            shown[currency] = [
                dict(zip(self._fields, key, strict=True)) | {"amount": amount, "tokens": tokens}
                for key, (amount, tokens) in ordered
            ]
            if currency in self._hidden:
                amount, tokens = self._hidden[currency]
                shown[currency].append({"hidden": {"amount": amount, "tokens": tokens}})
        return shown
