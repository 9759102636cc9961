"""Pledges: tokens that secure a holder's debt to a bank."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from chainbill_node.rest.declared import Asked, declared, declared_list
from chainbill_node.rest.lists import every, from_index
from chainbill_node.rest.problems import not_found
from chainbill_node.rest.reading import Opened
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

router = router_of("bills", "/v1")


def sees_pledge(view: View, row: Row) -> bool:
    """Say whether a pledge shows: to holder and pledgee, the holder's sponsor, and who reads for one of them in full.

    A pledgee is a bank, and has no sponsor.
    """
    holder = str(row["holder"])
    if view.viewer.is_or_reads_for(holder, str(row["pledgee"])):
        return True
    return view.viewer.is_or_reads_for(str((view.party(holder) or {}).get("sponsor") or ""))


def _concerned(view: View) -> Iterator[str]:
    """Give those of the parties read for, and of the parties that they sponsor."""
    for party in sorted(view.viewer.reads_for()):
        for side in (party, *every(from_index(view.reader, "party.sponsor", (party,)))):
            for index in ("pledge.holder", "pledge.pledgee"):
                yield from every(from_index(view.reader, index, (side,)))


def _is_on(view: View, asked: Asked, row: Row) -> bool:
    """Say whether a pledge is on cents of the bill that was asked for."""
    del view
    return asked["bill"] is None or any(one["bill"] == asked["bill"] for one in row["ranges"])


declared_list(router, "pledges", sees=sees_pledge, fits=_is_on, concerned=_concerned)


@declared(router, "pledge")
def pledge(view: Opened, pledge_id: str) -> Response:
    """Show a pledge: holder, pledgee, what is secured and received. One that does not show costs what none costs."""
    row = view.row("pledge", "pledge", pledge_id)
    if not sees_pledge(view, row or dict.fromkeys(("holder", "pledgee"), pledge_id)) or row is None:
        raise not_found("pledge", pledge_id, view.height)
    return view.answer(dict(row))
