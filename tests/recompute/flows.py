"""Who passed credit to whom: the graph of bills, and what a party received and gave (rest.md: Traces)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from recompute.book import Book
from recompute.figures import means, ratio
from recompute.pieces import ACCEPTED, Hop
from recompute.sight import Sight

Key = tuple[str, ...]
NODE = ("received", "passed_on", "financed", "live", "settled", "diluted", "void")


def ends(hop: Hop) -> tuple[str, str]:
    """Ids of the nodes between which a hop is a link."""
    if hop.kind == "finance":
        return f"{hop.tier}:{hop.giver}", f"bank:{hop.tier}:{hop.to}"
    return f"{hop.tier - 1}:{hop.giver}", f"{hop.tier}:{hop.to}"


def graph(book: Book, seen: Iterable[Sight], *, auditor: bool) -> dict[str, Any]:
    """Nodes, links and other moves: links are the hops that count, with the cents that took them."""
    nodes: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(NODE, 0))
    priced: dict[str, dict[str, Hop]] = defaultdict(dict)
    links: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    others: dict[tuple[str, str, str, int], list[int]] = defaultdict(lambda: [0, 0])
    for one in seen:
        for piece in one.leaves:
            bank = "bank:" if piece.holder in book.banks else ""
            nodes[f"{bank}{piece.tier}:{piece.holder}"][piece.status] += piece.amount
        cents: dict[str, int] = defaultdict(int)
        for piece in one.bill.pieces:
            for hop in piece.path:
                cents[hop.token] += piece.amount
        for hop in one.hops:
            if hop.token not in cents:
                _add(others[hop.kind, hop.giver, hop.to, hop.tier], hop.amount)
                continue
            source, target = ends(hop)
            amount = cents[hop.token]
            _add(links[source, target, hop.kind], amount)
            nodes[source]["financed" if hop.kind == "finance" else "passed_on"] += amount
            nodes[target]["received"] += amount
            if hop.kind == "finance" and one.sees_price(hop):
                priced[source][hop.token] = priced[target][hop.token] = hop
    return {
        "nodes": {name: {**row, **means(priced[name].values(), auditor=auditor)} for name, row in nodes.items()},
        "links": {key: tuple(both) for key, both in links.items()},
        "other_moves": {key: tuple(both) for key, both in others.items()},
    }


def _add(both: list[int], amount: int) -> None:
    both[0] += amount
    both[1] += 1


def moves(seen: Sequence[Sight], party: str, side: str, *, auditor: bool) -> dict[Key, dict[str, Any]]:
    """What came to a party or went from it, all moves, by kind, other party, debtor and tier."""
    found: dict[tuple[str, str, str, int], list[tuple[Hop, Sight]]] = defaultdict(list)
    for one in seen:
        for hop in one.hops:
            other, own = (hop.giver, hop.to) if side == "received" else (hop.to, hop.giver)
            if own == party:
                found[hop.kind, other, one.bill.debtor, hop.tier].append((hop, one))
    rows: dict[Key, dict[str, Any]] = {}
    for key, hops in found.items():
        row: dict[str, Any] = {"amount": sum(hop.amount for hop, _ in hops), "count": len(hops)}
        prices = [hop for hop, one in hops if hop.price and one.sees_price(hop)]
        if prices:
            row |= {
                "interest": sum(hop.price.interest for hop in prices if hop.price),
                "fees": sum(hop.price.fee for hop in prices if hop.price), **means(prices, auditor=auditor),
            }  # fmt: skip
        rows[tuple(map(str, key))] = row
    return rows


def position(seen: Sequence[Sight], party: str) -> dict[str, Any]:
    """What a party holds and owes in one currency."""
    exposure: dict[str, int] = defaultdict(int)
    months: dict[str, int] = defaultdict(int)
    holdings = {"live": 0, "settled": 0, "diluted": 0, "void": 0}
    for one in seen:
        for piece in one.leaves:
            if piece.holder != party:
                continue
            holdings[piece.status] += piece.amount
            if piece.status == "live":
                exposure[one.bill.debtor] += piece.amount
                months[one.bill.pay_on[:7]] += piece.amount
    live = holdings["live"]
    bills = [one.bill for one in seen]
    return {
        "holdings": holdings, "exposure": dict(exposure), "maturities": dict(months),
        "concentration": ratio(sum(amount**2 for amount in exposure.values()), live**2),
        "owed": sum(bill.outstanding for bill in bills if bill.debtor == party and bill.status in ACCEPTED),
    }  # fmt: skip
