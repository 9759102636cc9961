"""Receipts of banks, and payments to payees: two lists of money, one row each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from heapq import merge
from itertools import chain
from typing import Any

from starlette.responses import Response

from chainbill_node.rest.declared import Asked, declared, declared_list
from chainbill_node.rest.lists import Entry, Names, every, from_index, from_names, from_pairs, list_body, matches
from chainbill_node.rest.payments import (
    BETWEEN,
    RECEIPT_TABLES,
    payment_shape,
    receipt_of,
    receipt_shape,
    receipts_of_bill,
    sees_payment,
    sees_receipt,
    stands,
)
from chainbill_node.rest.reading import ValuedList
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.routes_tokens import between
from chainbill_node.rest.view import View

router = router_of("payments", "/v1")

OF_KIND = "/"


@declared(router, "receipts")
def receipts(page: ValuedList, asked: Asked) -> Response:
    """List receipts, by default of debtors' money; ``sum`` is of the amounts of those that are listed, without what was
    reversed unless a status is asked for.

    Money that came and financings do not add up: of several kinds ``sum`` is empty, and ``sum_by_kind`` has the sums of
    each. Reports on payments are in no sum: several are on one payment, and `/v1/payments` has each once.
    """
    view, kind = page.view, asked["kind"]
    filters = {"kind": None if kind == "all" else kind, "bill": asked["bill"], "status": asked["status"]}

    def show(name: str) -> Entry | None:
        by, reference = name.split(BETWEEN, 1)
        row = receipt_of(view, by, reference)
        if row is None or asked["bank"] not in (None, by) or asked["reference"] not in (None, reference):
            return None
        if not matches(filters, row):
            return None
        paid = view.row("bill", "bill", str(row["bill"])) or {"currency": "", "debtor": ""}
        if asked["debtor"] not in (None, paid["debtor"]) or asked["currency"] not in (None, paid["currency"]):
            return None
        dated = between(row["value_date"], asked["value_from"], asked["value_to"])
        if not dated or not sees_receipt(view.known, name, row):
            return None
        if row["kind"] == "payment":
            return Entry(partial(receipt_shape, view, name, row))
        of_kind = f"{row['kind']}{OF_KIND}{paid['currency']}" if several and paid["currency"] else str(paid["currency"])
        counts = stands(row) or asked["status"] is not None
        return Entry(partial(receipt_shape, view, name, row), of_kind, int(row["amount"]) if counts else 0)

    several = kind == "all" or "," in kind
    body = list_body(page.listing, view.height, _receipt_names(view.known, asked), show)
    return view.answer(_by_kind(body) if several else body)


def _by_kind(body: dict[str, Any]) -> dict[str, Any]:
    """Give a list whose sums are by "kind/currency" with them by kind, then currency."""
    sums: dict[str, dict[str, int]] = {}
    for name, amount in body["sum"].items():
        kind, _, currency = name.partition(OF_KIND)
        sums.setdefault(kind, {})[currency] = amount
    return {**body, "sum": {}, "sum_by_kind": sums}


def _receipt_names(view: View, asked: Asked) -> Names:
    bill, bank, debtor = (asked[name] for name in ("bill", "bank", "debtor"))
    if bank is not None and asked["reference"] is not None:
        return from_names([f"{bank}{BETWEEN}{asked['reference']}"])
    if bill is not None:
        return from_names(name for name, _ in receipts_of_bill(view, bill))
    if debtor is not None and view.found_by(debtor):
        bills = every(from_index(view.reader, "bill.debtor", (debtor,)))
        return from_names(name for one in bills for name, _ in receipts_of_bill(view, one))
    if bank is not None and (view.viewer.everything or bank in _own_banks(view)):
        return from_names(_reported_by(view, (bank,)))
    if view.viewer.everything:
        return _both_tables(view)
    of_bills = (name for one in _concerned_bills(view) for name, _ in receipts_of_bill(view, one))
    return from_names(chain(_reported_by(view, _own_banks(view)), of_bills))


def _reported_by(view: View, banks: Iterable[str]) -> Iterator[str]:
    """Give the receipts of banks: every key that begins with one of them."""
    for bank in banks:
        for table in RECEIPT_TABLES:
            yield from every(from_pairs(view.reader, table, "receipt", bank))


def _concerned_bills(view: View) -> set[str]:
    return view.own_bills()


def _own_banks(view: View) -> list[str]:
    """Give whom the viewer reads for, and the banks in whose place they stand: what these reported shows to it, also of
    a bill in which it has no part any more, or never had one.
    """
    parties = view.viewer.reads_for()
    return sorted(parties.union(*map(view.pays_as, parties)))


def _both_tables(view: View) -> Names:
    """Give all receipts in the order of their keys; no reference of a bank is in both tables."""

    def names(after: str) -> Iterator[str]:
        tables = (from_pairs(view.reader, table, "receipt")(after) for table in RECEIPT_TABLES)
        return merge(*tables, key=_parts)

    return names


def _parts(name: str) -> list[str]:
    return name.split(BETWEEN, 1)


def _payment_names(view: View, asked: Asked) -> Names | None:
    if asked["bill"] is None:
        return None
    return _named(asked["bill"], from_index(view.reader, "payment.bill", (asked["bill"],)))


def _concerned_payments(view: View) -> Iterator[str]:
    for one in _concerned_bills(view):
        yield from (f"{one}{BETWEEN}{token}" for token in every(from_index(view.reader, "payment.bill", (one,))))
    for one in _own_banks(view):
        yield from every(from_index(view.reader, "payment.bank", (one,)))


def _named(bill: str, tokens: Callable[[str], Iterator[str]]) -> Names:
    """Give the payments of a bill as candidates, written "bill/token" in their own order."""

    def names(after: str) -> Iterator[str]:
        return (f"{bill}{BETWEEN}{token}" for token in tokens(after.rpartition(BETWEEN)[2]))

    return names


declared_list(
    router, "payments", sees=sees_payment, shape=payment_shape, names=_payment_names, concerned=_concerned_payments
)
