"""Labels of bills, and the schemes under which they are attested."""

from __future__ import annotations

from collections.abc import Iterator

from chainbill_node.rest.declared import Asked, declared_list
from chainbill_node.rest.lists import Names, every, from_index, from_pairs
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

router = router_of("bills", "/v1")


def sees_label(view: View, row: Row) -> bool:
    """Say whether a label shows: to those who see its bill, and to the attestor."""
    name = str(row["bill"])
    if view.viewer.everything or str(row["by"]) in view.viewer.reads_for(name):
        return True
    bill = view.row("bill", "bill", name)
    return bill is not None and view.sees_bill(bill)


def _of_bill(view: View, asked: Asked) -> Names | None:
    """Give the labels of the bill that was asked for: every key that begins with it."""
    return None if asked["bill"] is None else from_pairs(view.reader, "label", "label", asked["bill"])


def _concerned(view: View) -> Iterator[str]:
    """Give those of the bills in which the parties read for have a part, and those that they attested."""
    for bill in view.own_bills():
        yield from every(from_pairs(view.reader, "label", "label", bill))
    for party in sorted(view.viewer.reads_for()):
        yield from every(from_index(view.reader, "label.by", (party,)))


declared_list(router, "labels", sees=sees_label, names=_of_bill, concerned=_concerned)
declared_list(router, "label_schemes")
