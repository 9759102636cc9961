"""Receipts of banks, and payments to payees: two lists of money, one row each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from heapq import merge
from itertools import chain
from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response

from chainbill_node.rest.asked import asked_bill, asked_currency, asked_party, asked_token
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
)
from chainbill_node.rest.reading import DateFilter, ValuedList
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.routes_tokens import PartyFilter, TextFilter, between
from chainbill_node.rest.totals import kept_totals
from chainbill_node.rest.view import View

router = router_of("payments", "/v1")

OF_KIND = "/"
KINDS = "settlement"
"""What a list of receipts has unless told otherwise: money that came from debtors."""


@router.get("/receipts", summary="What banks reported: money that came, payments made, financings")
def receipts(
    page: ValuedList,
    *,
    bank: Annotated[str | None, Query(description="The bank that reported it.")] = None,
    bill: TextFilter = None,
    debtor: PartyFilter = None,
    kind: Annotated[str, Query(description="settlement, payment, finance, unmatched, with commas, or all.")] = KINDS,
    currency: TextFilter = None,
    value_from: DateFilter = None,
    value_to: DateFilter = None,
) -> Response:
    """List receipts, by default of debtors' money; ``sum`` is of the amounts of those that are listed.

    Money that came, payments and financings do not add up: of several kinds ``sum`` is empty, and ``sum_by_kind`` has
    the sums of each.
    """
    view = page.view
    reported, owed_by, of = asked_party(view, bank), asked_party(view, debtor), asked_bill(view.known, bill)
    filters = {"kind": None if kind == "all" else kind, "bill": of}
    asked_currency(view, currency)

    def show(name: str) -> Entry | None:
        by, reference = name.split(BETWEEN, 1)
        row = receipt_of(view, by, reference)
        if row is None or reported not in (None, by) or not matches(filters, row):
            return None
        paid = view.row("bill", "bill", str(row["bill"])) or {"currency": "", "debtor": ""}
        if owed_by not in (None, paid["debtor"]) or currency not in (None, paid["currency"]):
            return None
        if not between(row["value_date"], value_from, value_to) or not sees_receipt(view.known, name, row):
            return None
        of_kind = f"{row['kind']}{OF_KIND}{paid['currency']}" if several and paid["currency"] else str(paid["currency"])
        return Entry(partial(receipt_shape, view, name, row), of_kind, int(row["amount"]))

    several = kind == "all" or "," in kind
    names = _receipt_names(view.known, of, reported, owed_by)
    body = list_body(page.listing, view.height, names, show)
    return view.answer(_by_kind(body) if several else body)


def _by_kind(body: dict[str, Any]) -> dict[str, Any]:
    """Give a list whose sums are by "kind/currency" with them by kind, then currency."""
    sums: dict[str, dict[str, int]] = {}
    for name, amount in body["sum"].items():
        kind, _, currency = name.partition(OF_KIND)
        sums.setdefault(kind, {})[currency] = amount
    return {**body, "sum": {}, "sum_by_kind": sums}


def _receipt_names(view: View, bill: str | None, bank: str | None, debtor: str | None) -> Names:
    if bill is not None:
        return from_names(name for name, _ in receipts_of_bill(view, bill))
    if debtor is not None:
        bills = every(from_index(view.reader, "bill.debtor", (debtor,)))
        return from_names(name for one in bills for name, _ in receipts_of_bill(view, one))
    if bank is not None:
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
    return view.concerned_bills(sorted(view.viewer.reads_for()))


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


@router.get("/payments", summary="Payments to payees, and what became of them")
def payments(
    page: ValuedList,
    *,
    party: Annotated[str | None, Query(description="The payee.")] = None,
    bank: Annotated[str | None, Query(description="The bank that instructed it.")] = None,
    bill: TextFilter = None,
    token: TextFilter = None,
    status: Annotated[str | None, Query(description="Payment status, several with commas.")] = None,
    currency: TextFilter = None,
) -> Response:
    """List payments, one for each token that was paid; ``sum`` is of their amounts."""
    view = page.view
    payee, payer = asked_party(view, party), asked_party(view, bank)
    of, paid = asked_bill(view.known, bill), asked_token(view.known, token)
    filters = {
        "party": payee, "bank": payer, "bill": of, "token": paid, "status": status,
        "currency": asked_currency(view, currency),
    }  # fmt: skip

    def show(name: str) -> Entry | None:
        row = view.row("settlement", "payment", name.split(BETWEEN, 1))
        if row is None or not matches(filters, row) or not sees_payment(view.known, row):
            return None
        return Entry(partial(payment_shape, view, row), str(row["currency"]), int(row["amount"]))

    totals = None
    if (of, paid) == (None, None) and None in (payee, payer):
        index, value = ("bank", payer) if payee is None and payer is not None else ("party", payee)
        name = "payment.all" if value is None else f"payment.{index}"
        totals = kept_totals(view, name, value, status=status, currency=currency)
    return view.answer(list_body(page.listing, view.height, _payment_names(view.known, of, payee, payer), show, totals))


def _payment_names(view: View, bill: str | None, payee: str | None, bank: str | None) -> Names:
    if bill is not None:
        return _named(bill, from_index(view.reader, "payment.bill", (bill,)))
    if payee is not None:
        return from_index(view.reader, "payment.party", (payee,))
    if bank is not None:
        return from_index(view.reader, "payment.bank", (bank,))
    if view.viewer.everything:
        return from_pairs(view.reader, "settlement", "payment")
    of_bills = (
        f"{one}{BETWEEN}{token}"
        for one in _concerned_bills(view)
        for token in every(from_index(view.reader, "payment.bill", (one,)))
    )
    instructed = (name for one in _own_banks(view) for name in every(from_index(view.reader, "payment.bank", (one,))))
    return from_names(chain(instructed, of_bills))


def _named(bill: str, tokens: Callable[[str], Iterator[str]]) -> Names:
    """Give the payments of a bill as candidates, written "bill/token" in their own order."""

    def names(after: str) -> Iterator[str]:
        return (f"{bill}{BETWEEN}{token}" for token in tokens(after.rpartition(BETWEEN)[2]))

    return names
