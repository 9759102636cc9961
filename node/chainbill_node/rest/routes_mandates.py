"""Mandates: which bank pays, or was asked to pay, the bills of which debtor."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from starlette.responses import Response

from chainbill_node.rest.asked import known_party
from chainbill_node.rest.declared import Asked, declared
from chainbill_node.rest.lists import Entry, every, from_index, from_names, list_body, matches
from chainbill_node.rest.reading import Listed
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row, Shape

router = router_of("parties", "/v1")

BETWEEN = "/"
"""Stands between debtor and bank in the name of a mandate; no id contains it."""


def mandate_shape(debtor: str, bank: str, row: Row) -> Shape:
    """Show a mandate; ``until`` is the last day of an answer, or the day on which it ended."""
    return {"debtor": debtor, "bank": bank, **{name: row[name] for name in ("status", "asked_on", "from", "until")}}


@declared(router, "mandates")
def mandates(page: Listed, party: str, asked: Asked) -> Response:
    """List the mandates of a debtor, and of a bank those that are asked or active; each shows to the two of them."""
    view = page.view
    found = known_party(view, party)

    def show(name: str) -> Entry | None:
        debtor, bank = name.split(BETWEEN)
        row = view.row("party", "mandate", (debtor, bank))
        if row is None or not matches(asked, row) or not view.viewer.is_or_reads_for(debtor, bank):
            return None
        return Entry(partial(mandate_shape, debtor, bank, row))

    return view.answer(list_body(page.listing, view.height, from_names(_names(view, found)), show))


def _names(view: View, party: str) -> Iterator[str]:
    for key, _ in view.reader.scan("party", "mandate", (party,)):
        yield f"{party}{BETWEEN}{key[-1]}"
    for field in ("paying_bank", "asked_bank"):
        for debtor in every(from_index(view.reader, f"party.{field}", (party,))):
            row = view.party(debtor)
            if row is not None and row[field] == party:
                yield f"{debtor}{BETWEEN}{party}"
