"""Financing: requests and quotes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from chainbill_node.rest.access import sees_quote, sees_request
from chainbill_node.rest.declared import Asked, declared, declared_list
from chainbill_node.rest.lists import every, from_index
from chainbill_node.rest.problems import not_found
from chainbill_node.rest.reading import Opened
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.routes_invoices import doubts_about
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

router = router_of("finance", "/v1")


def request_shape(view: View, row: Row) -> dict[str, Any]:
    """Show a request; a bank sees of its rivals neither names nor quotes, only how many were asked.

    What a bank lost of what it financed is shown to that bank; until when an agreement stands, a freeze, and money of
    the debtor that waits, to it and the holder: by its end a rival would read when the other pays, and that it is put
    off.
    """
    shape = dict(row)
    freezes = shape.pop("suspended_by", [])
    shape["suspended_on"] = freezes[0]["on"] if freezes else row.get("suspended_on", "")
    shape["set_aside"] = [{"on": money["on"], "amount": money["amount"]} for money in row.get("set_aside", [])]
    parties = view.viewer.reads_for(str(row["bill"]))
    agreed = view.viewer.everything or _bank_of(view, str(row["agreed_quote"])) in parties
    if not agreed:
        shape["lost"] = None
    if _sees_all_banks(view, row):
        return shape
    if not agreed:
        shape |= {"suspended_on": "", "set_aside": []}
        if row["agreed_quote"]:
            shape |= {"until": "", "allowed_ms": 0, "held_days": 0}
    own_quotes = [name for name in row["quotes"] if _bank_of(view, name) in parties]
    shape["banks"] = shown_banks(view, row)
    shape["declined"] = [bank for bank in row["declined"] if bank in parties]
    shape["quotes"] = own_quotes
    if shape.get("agreed_quote") not in own_quotes:
        shape["agreed_quote"] = ""
    shape["hidden"] = {"banks": len(row["banks"]) - len(shape["banks"])}
    return shape


def shown_banks(view: View, row: Row) -> list[str]:
    """Give the banks that a request shows as asked: all to its holder, to others those they read for."""
    if _sees_all_banks(view, row):
        return list(row["banks"])
    parties = view.viewer.reads_for(str(row["bill"]))
    return [bank for bank in row["banks"] if bank in parties]


def _sees_all_banks(view: View, row: Row) -> bool:
    return view.viewer.everything or row["holder"] in view.viewer.reads_for(str(row["bill"]))


def _bank_of(view: View, quote_id: str) -> str:
    return str((view.row("finance", "quote", quote_id) or {}).get("bank", ""))


def _sees_request(view: View, row: Row) -> bool:
    return sees_request(view.viewer, row)


def _asked_bank(view: View, asked: Asked, row: Row) -> bool:
    return asked["bank"] is None or asked["bank"] in shown_banks(view, row)


def _concerned_requests(view: View) -> Iterator[str]:
    """Give the requests of the parties read for and to them: what others ask for costs nobody else a read."""
    for party in sorted(view.viewer.reads_for()):
        for index in ("request.holder", "request.bank"):
            yield from every(from_index(view.reader, index, (party,)))


declared_list(
    router, "requests", sees=_sees_request, shape=request_shape, fits=_asked_bank, concerned=_concerned_requests
)


@declared(router, "request")
def request(view: Opened, request_id: str) -> Response:
    """Show a request; ``quotes`` holds the quotes themselves, as far as the reader sees them.

    ``claimed_twice``, ``disputes``, ``over_occupied`` and ``struck`` say what is known against the invoices behind its
    bill.
    """
    row = view.row("finance", "request", request_id)
    if row is None or not sees_request(view.viewer, row):
        raise not_found("request", request_id, view.height)
    shape = request_shape(view, row)
    shape["quotes"] = [dict(found) for name in shape["quotes"] if (found := view.row("finance", "quote", name))]
    return view.answer(shape | doubts_about(view, str(row["bill"])))


@declared(router, "quote")
def quote(view: Opened, quote_id: str) -> Response:
    """Show a quote to the bank that made it and to the holder that asked for it."""
    row = view.row("finance", "quote", quote_id)
    asked = view.row("finance", "request", quote_id if row is None else str(row["request"]))
    if row is None or not sees_quote(view.viewer, row, str((asked or {}).get("holder", ""))):
        raise not_found("quote", quote_id, view.height)
    return view.answer(dict(row))
