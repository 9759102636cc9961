"""Write-offs: overdue claims whose money the holder does not expect any more."""

from __future__ import annotations

from collections.abc import Iterator

from chainbill_node.rest.declared import declared_list
from chainbill_node.rest.lists import every, from_index
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

router = router_of("tokens", "/v1")


def sees_write_off(view: View, row: Row) -> bool:
    """Say whether a write-off shows: to who made it, and to who reads for that one on its bill.

    Not to the debtor, nor to others on the bill: it is the holder's own book, and would weaken its claim.
    """
    return view.viewer.everything or str(row["holder"]) in view.viewer.reads_for(str(row["bill"]))


def _concerned(view: View) -> Iterator[str]:
    """Give those of the parties read for."""
    for party in sorted(view.viewer.reads_for()):
        yield from every(from_index(view.reader, "mark.holder", (party,)))


declared_list(router, "write_offs", sees=sees_write_off, concerned=_concerned)
