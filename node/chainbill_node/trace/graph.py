"""The graph of an anchor's credit: who passed it to whom, and which bank first financed it, without a cycle.

Nodes: the debtor (tier 0), suppliers keyed (party, tier), banks keyed (bank, financed tier). Links: issues and
transfers, each one tier deeper, and the first financing of each cent. Every other move (return and the transfer it
undid, later financings, onward sale, buyback, recourse, enforcement, forced transfer) is in ``other_moves``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from chainbill_node.trace.lineage import ACCEPTANCE_KINDS, FINANCE_KIND, Lineage, Sight, Step
from chainbill_node.trace.shapes import Row, Shape, amount_of, resting_tier
from chainbill_node.trace.tiers import IsBank, Prices

NodeKey = tuple[str, str, int]
"""(kind: anchor, supplier or bank; party; tier)."""

NameOf = Callable[[str], tuple[str, str]]
"""Gives the (English, Chinese) name of a party, empty where it may not be seen."""


@dataclass(slots=True)
class _Node:
    received: int = 0
    passed_on: int = 0
    financed: int = 0
    live: int = 0
    settled: int = 0
    diluted: int = 0
    void: int = 0
    prices: Prices = field(default_factory=Prices)


@dataclass(slots=True)
class Flow:
    """Adds up lineages into nodes, links and other moves."""

    is_bank: IsBank
    small_means: bool = True
    nodes: dict[NodeKey, _Node] = field(default_factory=dict)
    links: dict[tuple[NodeKey, NodeKey, str], list[int]] = field(default_factory=dict)
    others: dict[tuple[str, str, str, int], list[int]] = field(default_factory=dict)

    def add(self, lineage: Lineage, sight: Sight) -> None:
        """Add one bill as far as the reader sees it."""
        self.small_means = self.small_means and sight.small_means
        linked: set[str] = set()
        for leaf in lineage.leaves:
            token = lineage.token(leaf)
            steps = [step for step in lineage.steps(leaf) if sight.sees_hop(step.token, step.hop)][::-1]
            self._add_steps(lineage, steps, amount_of(token), linked, sight)
            if sight.sees(leaf):
                self._add_rest(token)
        for token_id, hop in lineage.facts.hops.items():
            if token_id not in linked and sight.sees_hop(token_id, hop):
                key = (str(hop["kind"]), str(hop["from"]), str(hop["to"]), _hop_tier(hop))
                _count(self.others, key, amount_of(hop))

    def _add_steps(self, lineage: Lineage, steps: list[Step], amount: int, linked: set[str], sight: Sight) -> None:
        financed = False
        for step in steps:
            hop = step.hop
            first_financing = hop["kind"] == FINANCE_KIND and not financed
            financed = financed or first_financing
            if not (first_financing or hop["kind"] in ACCEPTANCE_KINDS):
                continue
            source, target = self._ends(lineage, hop)
            counted = step.token in linked
            linked.add(step.token)
            entry = self.links.setdefault((source, target, str(hop["kind"])), [0, 0])
            entry[0] += amount
            entry[1] += 0 if counted else 1
            giver = self._node(source)
            self._node(target).received += amount
            if not first_financing:
                giver.passed_on += amount
                continue
            giver.financed += amount
            if not counted:
                shown = hop if sight.sees_price(hop) else {**hop, "price": {}}
                giver.prices.add(shown)
                self._node(target).prices.add(shown)

    def _ends(self, lineage: Lineage, hop: Row) -> tuple[NodeKey, NodeKey]:
        tier, giver, taker = _hop_tier(hop), str(hop["from"]), str(hop["to"])
        if hop["kind"] == "issue":
            return ("anchor", str(lineage.facts.bill["debtor"]), 0), ("supplier", taker, tier)
        if hop["kind"] == FINANCE_KIND:
            return ("supplier", giver, tier), ("bank", taker, tier)
        return ("supplier", giver, tier - 1), ("supplier", taker, tier)

    def _add_rest(self, token: Row) -> None:
        kind = "bank" if self.is_bank(str(token["holder"])) else "supplier"
        node = self._node((kind, str(token["holder"]), resting_tier(token)))
        setattr(node, token["status"], getattr(node, token["status"]) + amount_of(token))

    def _node(self, key: NodeKey) -> _Node:
        return self.nodes.setdefault(key, _Node())

    def graph(self, name_of: NameOf) -> Shape:
        """Give ``nodes`` and ``links``: node ids are "tier:party" for suppliers and "bank:tier:party" for banks."""
        nodes = [self._node_shape(key, name_of) for key in sorted(self.nodes, key=lambda key: (key[2], key[0], key[1]))]
        links = [
            {"source": node_id(source), "target": node_id(target), "kind": kind, "amount": amount, "count": count}
            for (source, target, kind), (amount, count) in sorted(self.links.items(), key=_link_order)
        ]
        return {"nodes": nodes, "links": links}

    def _node_shape(self, key: NodeKey, name_of: NameOf) -> Shape:
        kind, party, tier = key
        node, (name_en, name_zh) = self.nodes[key], name_of(party)
        shape: Shape = {
            "id": node_id(key), "kind": kind, "party": party, "name_en": name_en, "name_zh": name_zh, "tier": tier,
        }  # fmt: skip
        for name in ("received", "passed_on", "financed", "live", "settled", "diluted", "void"):
            shape[name] = getattr(node, name)
        shape["mean_rate"] = node.prices.mean_rate(self.small_means)
        shape["mean_cost"] = node.prices.mean_cost(self.small_means)
        return shape

    def parties(self, name_of: NameOf) -> list[Shape]:
        """Give the supplier nodes as a table, by tier, then party."""
        return self._table("supplier", name_of)

    def banks(self, name_of: NameOf) -> list[Shape]:
        """Give the bank nodes as a table, by financed tier, then bank."""
        return self._table("bank", name_of)

    def _table(self, kind: str, name_of: NameOf) -> list[Shape]:
        keys = sorted((key for key in self.nodes if key[0] == kind), key=lambda key: (key[2], key[1]))
        rows = [self._node_shape(key, name_of) for key in keys]
        for row in rows:
            del row["id"], row["kind"]
        return rows

    def other_moves(self) -> list[Shape]:
        """Give the moves that are no links: kind, from, to, tier, amount, count."""
        return [
            {"kind": kind, "from": giver, "to": taker, "tier": tier, "amount": amount, "count": count}
            for (kind, giver, taker, tier), (amount, count) in sorted(self.others.items())
        ]


def node_id(key: NodeKey) -> str:
    """Give the id of a node in the graph."""
    kind, party, tier = key
    return f"bank:{tier}:{party}" if kind == "bank" else f"{tier}:{party}"


def _link_order(item: tuple[tuple[NodeKey, NodeKey, str], list[int]]) -> tuple[int, str, int, str]:
    (source, target, _), _counts = item
    return source[2], source[1], target[2], target[1]


def _hop_tier(hop: Row) -> int:
    return int(hop.get("financed_tier", 0)) or int(hop["tier"])


def _count(counts: dict[tuple[str, str, str, int], list[int]], key: tuple[str, str, str, int], amount: int) -> None:
    entry = counts.setdefault(key, [0, 0])
    entry[0] += amount
    entry[1] += 1
