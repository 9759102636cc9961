"""Tokens: the list with all its filters, one token, and its path."""

from __future__ import annotations

from functools import cache
from typing import Any

from starlette.responses import Response

from chainbill_node.rest.declared import Asked, declared
from chainbill_node.rest.lists import Names, Totals, from_index, from_names, from_table, list_body
from chainbill_node.rest.reading import Listed, Opened
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.routes_parties import token_shown, tokens_of
from chainbill_node.rest.totals import held_totals, owed_totals, token_totals
from chainbill_node.rest.view import View
from chainbill_node.trace.bill import trace_path
from chainbill_node.trace.lineage import EVERYTHING
from chainbill_node.trace.shapes import Row

router = router_of("tokens", "/v1")


def between(day: Any, first: str | None, last: str | None) -> bool:
    """Say whether a date lies from first to last, both inclusive, either open."""
    return (first is None or str(day) >= first) and (last is None or str(day) <= last)


@declared(router, "tokens")
def tokens(page: Listed, asked: Asked) -> Response:
    """List tokens; the sum counts leaves only, so that no cent counts twice. With `holder` they are live by default."""
    view, wanted, owed_by, bill = page.view, asked["holder"], asked["debtor"], asked["bill"]
    due_from, due_to, tier, lock = (asked[name] for name in ("due_from", "due_to", "tier", "lock"))
    by_bill = (owed_by, due_from, due_to) != (None, None, None)

    @cache
    def bill_fits(bill_id: str) -> bool:
        of = view.row("bill", "bill", bill_id) or {}
        return owed_by in (None, of.get("debtor")) and between(of.get("pay_on"), due_from, due_to)

    def fits(row: Row) -> bool:
        if wanted is not None and row["holder"] != wanted:
            return False
        if (bill is not None and row["bill"] != bill) or (tier is not None and row["tier"] != tier):
            return False
        if lock is not None and not _locked_by(view, row, lock):
            return False
        return not by_bill or bill_fits(str(row["bill"]))

    chosen = asked["status"] or ("live" if wanted is not None else None)
    narrower = (bill, lock, tier, due_from, due_to) != (None,) * 5
    totals = None if narrower else _totals(view, wanted, owed_by, None if chosen == "all" else chosen)
    names = _token_names(view, wanted, bill, owed_by)
    show = token_shown(view, chosen, fits=fits)
    return view.answer(list_body(page.listing, view.height, names, show, totals))


def _totals(view: View, holder: str | None, debtor: str | None, status: str | None) -> Totals | None:
    if holder is None and debtor is None:
        return token_totals(view, status)
    if status != "live" or None not in (holder, debtor):
        return None
    return owed_totals(view, debtor) if debtor is not None else held_totals(view, holder or "")


def _locked_by(view: View, row: Row, lock: str) -> bool:
    if lock not in {entry["kind"] for entry in row["locks"]}:
        return False
    return view.sees_token(row) and view.sees_offer(row)


def _token_names(view: View, holder: str | None, bill: str | None, debtor: str | None) -> Names:
    if bill is not None:
        return from_index(view.reader, "token.bill", (bill,))
    if holder is not None and view.found_by(holder):
        return from_index(view.reader, "token.holder", (holder,))
    if debtor is not None and view.found_by(debtor):
        return tokens_of(view, from_index(view.reader, "bill.debtor", (debtor,)))
    if not view.viewer.everything:
        return tokens_of(view, from_names(view.own_bills()))
    return from_table(view.reader, "token", "token")


@declared(router, "token")
def token(view: Opened, token_id: str) -> Response:
    """Show a token."""
    return view.answer(view.shown_token(view.token(token_id)))


@router.get("/tokens/{token_id}/path", summary="How a token came to its holder")
def token_path(view: Opened, token_id: str) -> Response:
    """Give the tokens and hops from the root to a token, and the chain of holders with returns undone."""
    row = view.token(token_id)
    bill_id = str(row["bill"])
    return view.answer(trace_path(view.lineage(bill_id), token_id, view.sight(bill_id) or EVERYTHING))
