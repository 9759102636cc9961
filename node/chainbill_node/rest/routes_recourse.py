"""Claims of recourse: who asks whom to take a token back, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from chainbill_contracts.declared_rows import rows
from starlette.responses import Response

from chainbill_node.rest.declared import declared, declared_list
from chainbill_node.rest.lists import every, from_index
from chainbill_node.rest.problems import not_found
from chainbill_node.rest.reading import Opened
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

router = router_of("bills", "/v1")
OPEN = next(one.words for one in rows()["recourse/claim"].together if one.name == "open")
"""Statuses of a claim that still asks for money."""


def sees_claim(view: View, row: Row) -> bool:
    """Say whether a claim shows: to who asks, to who is asked, to the bank with the account of the one that asks, and
    to who reads for one of these parties in full.
    """
    if view.viewer.is_or_reads_for(str(row["holder"]), str(row["asked"])):
        return True
    account = view.row("account", "account", (str(row["holder"]), str(row["currency"])))
    return account is not None and view.viewer.party == view.successor_of(str(account["bank"]))


def asked_now(row: Row) -> int:
    """Give what a claim asks for now, in minor units: less what the debtor has paid since; 0 of one that is over."""
    now = int(row["amount"]) - int(row["principal"]) + int(row["left"])
    return max(now, 0) if row["status"] in OPEN else 0


def _concerned(view: View) -> Iterator[str]:
    """Give those of the parties read for."""
    for party in sorted(view.viewer.reads_for()):
        for index in ("claim.holder", "claim.asked"):
            yield from every(from_index(view.reader, index, (party,)))


declared_list(router, "claims", sees=sees_claim, concerned=_concerned, adding=asked_now)


@declared(router, "claim")
def claim(view: Opened, token_id: str) -> Response:
    """Show the newest claim on a token. One that does not show costs what none costs."""
    row = view.row("recourse", "claim", token_id)
    nobodys = {"holder": token_id, "asked": token_id, "currency": ""}
    if not sees_claim(view, row or nobodys) or row is None:
        raise not_found("claim", token_id, view.height)
    return view.answer(dict(row))
