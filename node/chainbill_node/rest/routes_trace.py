"""Traces: how far credit has reached, as JSON, as a graph, or as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from fastapi import Query
from starlette.responses import Response

from chainbill_node.rest.asked import known_party
from chainbill_node.rest.lists import every, from_index
from chainbill_node.rest.payments import shown_bill
from chainbill_node.rest.problems import not_found, parameter_problem
from chainbill_node.rest.reading import Valued
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.routes_bills import Depth
from chainbill_node.rest.routes_entries import defaults_of
from chainbill_node.rest.view import View
from chainbill_node.trace.anchor import GROUP_FIELDS, LeafGroups, trace_anchor
from chainbill_node.trace.bill import DEFAULT_DEPTH, leaf_of_cent, trace_bill, trace_path
from chainbill_node.trace.graph import Flow
from chainbill_node.trace.lineage import EVERYTHING, Lineage, Sight
from chainbill_node.trace.party import trace_party
from chainbill_node.trace.shapes import Shape
from chainbill_node.trace.table_text import csv_text

router = router_of("trace", "/v1/trace")

CSV_TYPE = "text/csv; charset=utf-8"
HIDDEN = "hidden"
"""Status or tier of the row for what a reader may not see."""

LEAF_COLUMNS = (
    "id", "bill", "lo", "hi", "amount", "currency", "holder", "offered_to", "tier", "financed_tier", "status", "parent",
    "born", "ended",
)  # fmt: skip
TIER_COLUMNS = (
    "currency", "tier", "parties", "reached", "penetration", "held", "financed", "settled", "diluted", "void", "amount",
    "financed_ever", "share_financed", "financings", "mean_rate", "mean_cost", "pledged",
)  # fmt: skip
PARTY_COLUMNS = (
    "currency", "direction", "kind", "other", "debtor", "tier", "amount", "count", "interest", "fees", "mean_rate",
    "mean_cost",
)  # fmt: skip

Form = Annotated[Literal["json", "graph", "csv"], Query(alias="format", description="json, graph or csv.")]
GroupBy = Annotated[
    str | None,
    Query(max_length=100, description=f"Also group the leaves by these, with commas: {', '.join(GROUP_FIELDS)}."),
]
Cent = Annotated[int | None, Query(ge=0, description="Trace the path of this one cent, counted from 0.")]


@router.get("/bills/{bill_id}", summary="Trace a bill, or one cent of it")
def bill_trace(
    view: Valued,
    bill_id: str,
    *,
    form: Form = "json",
    depth: Depth = DEFAULT_DEPTH,
    group_by: GroupBy = None,
    cent: Cent = None,
) -> Response:
    """Give tree, leaves, totals, by-tier table and hops of a bill; with ``cent`` the path of that cent.

    ``defaults``: in what banks recorded its debtor.
    """
    row = view.bill(bill_id)
    groups = _groups_asked(view, group_by)
    lineage, sight = view.lineage(bill_id), view.sight(bill_id) or EVERYTHING
    if cent is not None:
        leaf = leaf_of_cent(lineage, cent)
        if leaf is None or not sight.sees(leaf):
            raise not_found("cent", str(cent), view.height)
        return view.answer({"bill": bill_id, "cent": cent, **trace_path(lineage, leaf, sight)})
    if form == "graph":
        flow = Flow(view.is_bank)
        flow.add(lineage, sight)
        return view.answer({"bill": bill_id, **flow.graph(view.name_of), "other_moves": flow.other_moves()})
    trace = trace_bill(lineage, sight, view.is_bank, depth)
    if form == "csv":
        currency = str(trace["bill"]["currency"])
        rows = trace["leaves"] + _hidden_row(trace["totals"], {"bill": bill_id, "currency": currency, "status": HIDDEN})
        return view.text(csv_text(rows, LEAF_COLUMNS, view.currencies()), CSV_TYPE, f"bill-{bill_id}.csv")
    trace |= {"bill": shown_bill(view, row), "defaults": defaults_of(view, str(row["debtor"]))}
    if groups is not None:
        groups.add(lineage, sight)
    return view.answer(trace | _groups(groups))


@router.get("/anchors/{party}", summary="Trace an anchor: penetration by tier")
def anchor_trace(view: Valued, party: str, form: Form = "json", group_by: GroupBy = None) -> Response:
    """Give, per currency, totals, by-tier table with penetration, parties, banks and graph of an anchor's bills."""
    anchor = known_party(view, party)
    groups = _groups_asked(view, group_by)
    bills = _sighted(view, _owed_by(view, anchor))
    tables = trace_anchor(_grouping(bills, groups), view.is_bank, view.name_of)
    name_en, name_zh = view.name_of(anchor)
    head: dict[str, Any] = {"anchor": {"id": anchor, "name_en": name_en, "name_zh": name_zh}}
    if form == "graph":
        graphs = [{name: table[name] for name in ("currency", "other_moves")} | table["graph"] for table in tables]
        return view.answer(head | {"currencies": graphs})
    if form == "csv":
        rows = []
        for table in tables:
            rows += [{"currency": table["currency"], **row} for row in table["by_tier"]]
            rows += _hidden_row(table["totals"], {"currency": table["currency"], "tier": HIDDEN})
        return view.text(csv_text(rows, TIER_COLUMNS, view.currencies()), CSV_TYPE, f"anchor-{anchor}.csv")
    return view.answer(head | {"currencies": tables, "defaults": defaults_of(view, anchor)} | _groups(groups))


@router.get("/parties/{party}", summary="Trace a party: what came from whom, and where it went")
def party_trace(view: Valued, party: str, form: Form = "json") -> Response:
    """Give, per currency, what a party received and gave by tier, what it cost, and for a bank its exposure."""
    found = known_party(view, party)
    among = view.concerned_bills([found]) if view.found_by(found) else view.own_bills()
    concerned = (name for name in sorted(among) if _sees_part_of(view, name, found))
    bills = _sighted(view, concerned)
    name_en, name_zh = view.name_of(found)
    head: dict[str, Any] = {"party": {"id": found, "name_en": name_en, "name_zh": name_zh}}
    if form == "graph":
        return view.answer(head | {"currencies": _graphs(view, bills)})
    tables = trace_party(found, bills)
    if form == "csv":
        return view.text(
            csv_text(_party_rows(tables), PARTY_COLUMNS, view.currencies()), CSV_TYPE, f"party-{found}.csv"
        )
    return view.answer(head | {"currencies": tables})


def _owed_by(view: View, anchor: str) -> Iterator[str]:
    """Give the bills of a debtor, or those of the viewer's that are its."""
    if view.found_by(anchor):
        return every(from_index(view.reader, "bill.debtor", (anchor,)))
    return (one for one in sorted(view.own_bills()) if (view.row("bill", "bill", one) or {}).get("debtor") == anchor)


def _hidden_row(totals: Shape, head: Shape) -> list[Shape]:
    """Give the row of a partial view that makes its amounts add up to the face."""
    amount = int((totals.get("hidden") or {}).get("amount", 0))
    return [{**head, "amount": amount}] if amount else []


def _sees_part_of(view: View, bill_id: str, party: str) -> bool:
    row = view.row("bill", "bill", bill_id)
    return row is not None and view.sees_part_of(row, party)


def _sighted(view: View, bill_ids: Iterable[str]) -> Iterator[tuple[Lineage, Sight]]:
    """Give bills one by one: of a trace over many, one lineage at a time is in memory."""
    for bill_id in bill_ids:
        if view.row("bill", "bill", bill_id) is None:
            continue
        sight = view.sight(bill_id)
        if sight is not None:
            yield view.lineage(bill_id), sight


def _graphs(view: View, bills: Iterable[tuple[Lineage, Sight]]) -> list[Shape]:
    flows: dict[str, Flow] = {}
    for lineage, sight in bills:
        flows.setdefault(str(lineage.facts.bill["currency"]), Flow(view.is_bank)).add(lineage, sight)
    return [
        {"currency": currency, "other_moves": flow.other_moves(), **flow.graph(view.name_of)}
        for currency, flow in sorted(flows.items())
    ]


def _party_rows(tables: list[Shape]) -> list[Shape]:
    rows: list[Shape] = []
    for table in tables:
        for direction, other in (("received", "from"), ("given", "to")):
            rows += [
                {**move, "currency": table["currency"], "direction": direction, "other": move[other]}
                for move in table[direction]
            ]
    return rows


def _groups_asked(view: View, group_by: str | None) -> LeafGroups | None:
    if group_by is None:
        return None
    fields = tuple(dict.fromkeys(name.strip() for name in group_by.split(",")))
    if not set(fields) <= set(GROUP_FIELDS):
        raise parameter_problem("group_by", "parameter_choice", known=tuple(GROUP_FIELDS))
    return LeafGroups(view.is_bank, fields)


def _grouping(bills: Iterable[tuple[Lineage, Sight]], groups: LeafGroups | None) -> Iterator[tuple[Lineage, Sight]]:
    """Give bills on, and add each to the groups in passing."""
    for lineage, sight in bills:
        if groups is not None:
            groups.add(lineage, sight)
        yield lineage, sight


def _groups(groups: LeafGroups | None) -> Shape:
    return {} if groups is None else {"groups": groups.shown()}
