"""Onward sales: tokens that a bank offers to another bank, and what became of it."""

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


def sees_sale(view: View, row: Row) -> bool:
    """Say whether a sale shows: to seller and buyer, and who reads for one of them in full."""
    return view.viewer.is_or_reads_for(str(row["seller"]), str(row["buyer"]))


def sale_now(view: View, row: Row) -> Row:
    """Give a sale as it stands: over as soon as its token is not locked for it any more, whatever ended it.

    Its contract writes so on the day after the last one, since tokens know of no sale.
    """
    if row["status"] != "offered":
        return row
    locks = (view.row("token", "token", str(row["token"])) or {"locks": ()})["locks"]
    stands = any((lock["kind"], lock["ref"]) == ("offered", "sale") for lock in locks)
    return row if stands else {**row, "status": "ended"}


def _concerned(view: View) -> Iterator[str]:
    """Give those of the parties read for."""
    for party in sorted(view.viewer.reads_for()):
        for index in ("sale.seller", "sale.buyer"):
            yield from every(from_index(view.reader, index, (party,)))


declared_list(router, "sales", sees=sees_sale, now=sale_now, concerned=_concerned)


@declared(router, "sale")
def sale(view: Opened, token_id: str) -> Response:
    """Show the newest offer of a token for sale. One that does not show costs what none costs."""
    row = view.row("sale", "sale", token_id)
    if not sees_sale(view, row or dict.fromkeys(("seller", "buyer"), token_id)) or row is None:
        raise not_found("sale", token_id, view.height)
    return view.answer(dict(sale_now(view, row)))
