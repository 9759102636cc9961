"""Orders of courts and authorities, and freezes: who sees them, and what a freeze is on now."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from chainbill_node.rest.declared import declared, declared_list
from chainbill_node.rest.lists import every, from_index
from chainbill_node.rest.problems import not_found
from chainbill_node.rest.reading import Opened
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

router = router_of("bills", "/v1")

NOBODYS = {"by": "", "second": "", "concerned": [], "beneficiary": "", "status": "", "order": ""}
"""An order, or a freeze, that is not there: it costs what one costs that does not show."""


def sees_court_order(view: View, row: Row) -> bool:
    """Say whether an order shows: to those whom it concerns, both banks, and its beneficiary once it is ratified.

    One that waits for a second bank shows to every bank, for any may be the second.
    """
    sides = [str(row["by"]), str(row["second"]), *map(str, row["concerned"])]
    if row["status"] == "ratified":
        sides.append(str(row["beneficiary"]))
    if view.viewer.is_or_reads_for(*sides):
        return True
    return row["status"] == "entered" and "bank" in view.viewer.roles


def sees_freeze(view: View, row: Row) -> bool:
    """Say whether a freeze shows: as its order does."""
    return sees_court_order(view, view.row("legal", "order", str(row["order"]) or "O") or NOBODYS)


def _orders(view: View) -> Iterator[str]:
    """Give the orders that concern the parties read for, and to a bank those that wait for a second one."""
    for party in sorted(view.viewer.reads_for()):
        for index in ("order.concerned", "order.by", "order.second", "order.beneficiary"):
            yield from every(from_index(view.reader, index, (party,)))
    if "bank" in view.viewer.roles:
        yield from every(from_index(view.reader, "order.status", ("entered",)))


def _freezes(view: View) -> Iterator[str]:
    """Give the freezes of those orders."""
    for name in _orders(view):
        yield from map(str, (view.row("legal", "order", name) or {"freezes": []})["freezes"])


declared_list(router, "orders", sees=sees_court_order, concerned=_orders)
declared_list(router, "freezes", sees=sees_freeze, concerned=_freezes)


@declared(router, "order")
def court_order(view: Opened, court_order_id: str) -> Response:
    """Show an order: its papers, what it is on, who entered and who ratified it."""
    row = view.row("legal", "order", court_order_id)
    if not sees_court_order(view, row or NOBODYS) or row is None:
        raise not_found("order", court_order_id, view.height)
    return view.answer(dict(row))


@declared(router, "freeze")
def freeze(view: Opened, freeze_id: str) -> Response:
    """Show a freeze: its cents, and since and until when it is in force."""
    row = view.row("legal", "freeze", freeze_id)
    if not sees_freeze(view, row or NOBODYS) or row is None:
        raise not_found("freeze", freeze_id, view.height)
    return view.answer(dict(row))
