"""Standing of parties: orders on a status, and what of a party is still open."""

from __future__ import annotations

from starlette.responses import Response

from chainbill_node.rest.asked import known_party
from chainbill_node.rest.declared import declared, declared_list
from chainbill_node.rest.problems import not_found
from chainbill_node.rest.reading import Opened
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

router = router_of("parties", "/v1")


@declared(router, "status_order")
def status_order(view: Opened, order_id: str) -> Response:
    """Show an order with its papers and, of an administrator, the keys that come."""
    row = view.row("standing", "order", order_id)
    if not sees_order(view, row or dict.fromkeys(("party", "by", "second", "status"), order_id)) or row is None:
        raise not_found("status_order", order_id, view.height)
    return view.answer(dict(row))


@router.get("/parties/{party}/open-items", summary="What of a party is still open")
def open_items(view: Opened, party: str) -> Response:
    """Show what keeps a party from being closed, as view ``standing.open_items``: to it, its sponsor, supervisors."""
    found = known_party(view, party)
    row = view.party(found) or {}
    if not view.viewer.is_or_reads_for(found, str(row.get("sponsor") or "")):
        raise not_found("party", party, view.height)
    holdings = [
        {"currency": key[1], "role": key[2], "count": share[0], "sum": share[1]}
        for key, share in view.reader.scan("core", "holding", (found,))
    ]
    seats = sum(1 for _, seat in view.reader.scan("governance", "validator") if seat["party"] == found)
    pays_as = view.pays_as(found)
    counts = {
        "sponsored": _counted(view, "party", "sponsored", found),
        "seats": seats,
        "debtors": sum(_counted(view, "party", "pays_for", bank) for bank in pays_as),
        "bills": sum(_counted(view, "bill", "to_pay", bank) for bank in pays_as),
        "pledges": _counted(view, "pledge", "taken", found),
    }
    return view.answer({"party": found, "holdings": holdings, **counts})


def _counted(view: View, contract: str, table: str, party: str) -> int:
    return int((view.row(contract, table, party) or {"count": 0})["count"])


def sees_order(view: View, row: Row) -> bool:
    """Say whether an order shows; one that waits for a second bank does to every bank."""
    sponsor = str((view.party(str(row["party"])) or {}).get("sponsor", ""))
    if view.viewer.is_or_reads_for(str(row["party"]), sponsor, str(row["by"]), str(row["second"])):
        return True
    return row["status"] == "entered" and "bank" in view.viewer.roles


declared_list(router, "status_orders", sees=sees_order)
