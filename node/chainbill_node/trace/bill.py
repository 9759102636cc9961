"""The trace of one bill: its tree, leaves, totals, by-tier table and hops."""

from __future__ import annotations

from chainbill_node.trace.lineage import Lineage, Sight
from chainbill_node.trace.shapes import LEAF_STATUSES, Shape, amount_of, bill_shape, hop_shape, token_shape
from chainbill_node.trace.tiers import IsBank, TierTable

DEFAULT_DEPTH = 64
"""Levels of the nested tree unless told otherwise; deeper parts are folded into their sums."""

MAX_DEPTH = 200
"""Levels of the nested tree at most: JSON readers recurse."""


def trace_bill(lineage: Lineage, sight: Sight, is_bank: IsBank, depth: int = DEFAULT_DEPTH) -> Shape:
    """Give ``bill, tree, leaves, totals, by_tier, parties_total, hops``; a partial view adds ``hidden`` to the totals.

    ``tree`` is the root token with ``children`` (null before acceptance). Where the reader may not see children, their
    node carries ``hidden``; below ``depth`` levels it carries ``folded``: both {"amount", "tokens"} of leaf cents.
    """
    table = TierTable(is_bank)
    table.add(lineage, sight)
    totals = table.totals()
    del totals["bills"], totals["by_status"]
    return {
        "bill": bill_shape(lineage.facts.bill),
        "tree": tree_of(lineage, sight, depth),
        "leaves": [_token(lineage, leaf, sight) for leaf in lineage.leaves if sight.sees(leaf)],
        "totals": totals,
        "by_tier": table.rows(),
        "parties_total": table.parties_total(),
        "hops": hops_of(lineage, sight),
    }


def _token(lineage: Lineage, token_id: str, sight: Sight) -> Shape:
    token = lineage.token(token_id)
    return token_shape(token, with_offer=sight.sees_offer(token))


def hops_of(lineage: Lineage, sight: Sight) -> list[Shape]:
    """Give the hops that show, in the order in which they were made."""
    seen = [(token, hop) for token, hop in lineage.facts.hops.items() if sight.sees_hop(token, hop)]
    seen.sort(key=lambda pair: (int(pair[1]["height"]), int(pair[1]["lo"]), pair[0]))
    return [hop_shape(hop, with_price=sight.sees_price(hop)) for _, hop in seen]


def tree_of(lineage: Lineage, sight: Sight, depth: int) -> Shape | None:
    """Give the nested tree as far as it shows, ``depth`` levels of it; None for a bill without tokens.

    A token that shows stands below the nearest one above it that shows.
    """
    if not lineage.roots:
        return None
    nodes: dict[str, Shape] = {}
    levels: dict[str, int] = {}
    shown: dict[str, str] = {}
    hidden: dict[str, list[int]] = {}
    folded: dict[str, list[int]] = {}
    for token_id in lineage.order:
        token = lineage.token(token_id)
        above = shown.get(str(token["parent"]), "")
        level = levels[above] + 1 if above else 1
        if sight.sees(token_id) and level <= depth:
            node = _token(lineage, token_id, sight) | {"children": []}
            nodes[token_id], levels[token_id], shown[token_id] = node, level, token_id
            if above:
                nodes[above]["children"].append(node)
            continue
        shown[token_id] = above
        if token["status"] in LEAF_STATUSES:
            _count(folded if sight.sees(token_id) else hidden, above, amount_of(token))
    for name, counts in (("hidden", hidden), ("folded", folded)):
        for anchor, (amount, tokens) in counts.items():
            if anchor in nodes:
                nodes[anchor][name] = {"amount": amount, "tokens": tokens}
    return nodes.get(lineage.roots[0]) or _unseen_root(hidden.get("", [0, 0]))


def _unseen_root(counted: list[int]) -> Shape:
    return {"children": [], "hidden": {"amount": counted[0], "tokens": counted[1]}}


def _count(counts: dict[str, list[int]], anchor: str, amount: int) -> None:
    entry = counts.setdefault(anchor, [0, 0])
    entry[0] += amount
    entry[1] += 1


def trace_path(lineage: Lineage, token_id: str, sight: Sight) -> Shape:
    """Give the path of a token from the root: ``token``, ``path`` (tokens that show), ``hops`` on it, ``chain``.

    ``chain`` names the holders that count, returns undone: [{"party", "tier", "kind"}] from the first creditor on.
    """
    path = list(lineage.ancestors(token_id))[::-1]
    hops = [(token, lineage.facts.hops[token]) for token in path if token in lineage.facts.hops]
    steps = [step for step in lineage.steps(token_id) if sight.sees_hop(step.token, step.hop)][::-1]
    return {
        "token": _token(lineage, token_id, sight),
        "path": [_token(lineage, token, sight) for token in path if sight.sees(token)],
        "hops": [hop_shape(hop, with_price=sight.sees_price(hop)) for token, hop in hops if sight.sees_hop(token, hop)],
        "chain": [
            {"party": step.hop["to"], "tier": step.hop["financed_tier"] or step.hop["tier"], "kind": step.hop["kind"]}
            for step in steps
        ],
    }


def leaf_of_cent(lineage: Lineage, cent: int) -> str | None:
    """Give the leaf that covers one cent (0 ≤ cent < face), or None."""
    for leaf in lineage.leaves:
        token = lineage.token(leaf)
        if int(token["lo"]) <= cent < int(token["hi"]):
            return leaf
    return None
