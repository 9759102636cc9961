"""Changes and recoveries of a party: what its admins decided, and new keys that its sponsor or a vote announced."""

from __future__ import annotations

from functools import partial

from starlette.responses import Response

from chainbill_node.rest.asked import known_party
from chainbill_node.rest.declared import Asked, declared
from chainbill_node.rest.lists import Entry, from_index, list_body, matches
from chainbill_node.rest.reading import Listed
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View

router = router_of("parties", "/v1")


def sees_changes(view: View, party: str) -> bool:
    """Say whether the viewer sees what is announced for a party: it, its sponsor, supervisors, and its auditors."""
    row = view.party(party) or {}
    return view.viewer.is_or_reads_for(party, str(row.get("sponsor") or ""))


@declared(router, "changes")
def changes(page: Listed, party: str, asked: Asked) -> Response:
    """List the changes of a party, to itself, its sponsor and supervisors; each acts on the day it names."""
    return _listed(page, party, asked, ("party", "change"))


@declared(router, "recoveries")
def recoveries(page: Listed, party: str, asked: Asked) -> Response:
    """List recoveries and claims of a party, to itself, its sponsor and supervisors."""
    return _listed(page, party, asked, ("recovery", "recovery"))


def _listed(page: Listed, party: str, asked: Asked, table: tuple[str, str]) -> Response:
    view = page.view
    found = known_party(view, party)
    shows = sees_changes(view, found)

    def show(name: str) -> Entry | None:
        row = view.row(*table, name)
        return Entry(partial(dict, row)) if row is not None and shows and matches(asked, row) else None

    names = from_index(view.reader, f"{table[1]}.party", (found,))
    return view.answer(list_body(page.listing, view.height, names, show))
