"""Guarantees of bills, and what holders demanded of guarantors."""

from __future__ import annotations

from collections.abc import Iterator

from chainbill_node.rest.declared import declared_list
from chainbill_node.rest.lists import every, from_index
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

router = router_of("bills", "/v1")


def sees_guarantee(view: View, row: Row) -> bool:
    """Say whether a guarantee shows: to those who see its bill, the guarantor and the bank of its account among them.

    Every holder is to know of whom it may demand.
    """
    bill = view.row("bill", "bill", str(row["bill"]))
    return bill is not None and view.sees_bill(bill)


def sees_demand(view: View, row: Row) -> bool:
    """Say whether a demand shows: to the holder and the guarantor, and to who reads for one of them on the bill."""
    parties = view.viewer.reads_for(str(row["bill"]))
    return view.viewer.everything or not parties.isdisjoint({row["holder"], row["guarantor"]})


def _concerned(view: View) -> Iterator[str]:
    """Give those of the bills in which the parties read for have a part."""
    for bill in view.own_bills():
        yield from every(from_index(view.reader, "guarantee.bill", (bill,)))


def _demanded(view: View) -> Iterator[str]:
    """Give those from and to the parties read for."""
    for party in sorted(view.viewer.reads_for()):
        for index in ("demand.holder", "demand.guarantor"):
            yield from every(from_index(view.reader, index, (party,)))


declared_list(router, "guarantees", sees=sees_guarantee, concerned=_concerned)
declared_list(router, "demands", sees=sees_demand, concerned=_demanded)
