"""Grants: which auditor reads for which party, and whether it does so still."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from starlette.responses import Response

from chainbill_node.rest.asked import known_party
from chainbill_node.rest.declared import Asked, declared
from chainbill_node.rest.grants import is_in_force
from chainbill_node.rest.lists import Entry, every, from_index, from_names, list_body, matches
from chainbill_node.rest.reading import Listed
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

router = router_of("parties", "/v1")

BETWEEN = "/"
"""Stands between auditor and party in the name of a grant; no id contains it."""


@declared(router, "grants")
def grants(page: Listed, party: str, asked: Asked) -> Response:
    """List the grants that a party gave, and of an auditor those that it was given; each shows to the two of them."""
    view = page.view
    found = known_party(view, party)

    def show(name: str) -> Entry | None:
        auditor, giver = name.split(BETWEEN)
        row = view.row("audit", "grant", (auditor, giver))
        if row is None or not matches(asked, row) or not view.viewer.is_one_of(auditor, giver):
            return None
        return Entry(partial(_shape, view, auditor, giver, row))

    return view.answer(list_body(page.listing, view.height, from_names(_names(view, found)), show))


def _shape(view: View, auditor: str, party: str, row: Row) -> dict[str, Any]:
    """Show a grant, and whether the auditor reads by it on the day of this height."""
    shown = {name: row[name] for name in ("scope", "from", "until", "status")}
    return {"auditor": auditor, "party": party, **shown, "in_force": is_in_force(view.reader, party, row, view.day)}


def _names(view: View, party: str) -> Iterator[str]:
    for key, _ in view.reader.scan("audit", "grant", (party,)):
        yield f"{party}{BETWEEN}{key[-1]}"
    for auditor in every(from_index(view.reader, "party.role", ("auditor",))):
        if view.row("audit", "grant", (auditor, party)) is not None:
            yield f"{auditor}{BETWEEN}{party}"
