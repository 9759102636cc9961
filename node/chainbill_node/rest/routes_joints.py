"""Joint acts: what one party asks about a bill and others answer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from chainbill_node.rest.asked import asked_bill, asked_party
from chainbill_node.rest.lists import Entry, every, from_index, from_names, from_table, list_body, matches
from chainbill_node.rest.problems import not_found
from chainbill_node.rest.reading import Listed, Opened
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

router = router_of("bills", "/v1")


@router.get("/joints", summary="What parties ask each other about bills")
def joints(
    page: Listed,
    *,
    bill: Annotated[str | None, Query(description="The bill that it is about.")] = None,
    by: Annotated[str | None, Query(description="The party that asks.")] = None,
    asked: Annotated[str | None, Query(description="A party that is to answer.")] = None,
    kind: Annotated[str | None, Query(description="What is asked, several with commas.")] = None,
    status: Annotated[str | None, Query(description="Status, several with commas.")] = None,
) -> Response:
    """List joint acts: to those who ask and are asked, and to those who read for them."""
    view = page.view
    about, asks, answers = asked_bill(view, bill), asked_party(view, by), asked_party(view, asked)
    filters = {"bill": about, "by": asks, "kind": kind, "status": status}

    def show(name: str) -> Entry | None:
        row = view.row("bill", "joint", name)
        if row is None or not matches(filters, row) or answers not in (None, *row["others"]):
            return None
        return Entry(partial(dict, row)) if sees_joint(view, row) else None

    if about is not None:
        names = from_index(view.reader, "joint.bill", (about,))
    elif asks is not None or answers is not None:
        names = from_index(view.reader, "joint.by" if asks else "joint.asked", (str(asks or answers),))
    elif view.viewer.everything:
        names = from_table(view.reader, "bill", "joint")
    else:
        names = from_names(_concerned(view))
    return view.answer(list_body(page.listing, view.height, names, show))


def _concerned(view: View) -> Iterator[str]:
    """Give what the parties read for ask or are asked: what others ask each other costs nobody else a read."""
    for party in sorted(view.viewer.reads_for()):
        for index in ("joint.by", "joint.asked"):
            yield from every(from_index(view.reader, index, (party,)))


@router.get("/joints/{joint_id}", summary="One joint act")
def joint(view: Opened, joint_id: str) -> Response:
    """Show what was asked about a bill and what became of it."""
    row = view.row("bill", "joint", joint_id)
    if row is None or not sees_joint(view, row):
        raise not_found("joint", joint_id, view.height)
    return view.answer(dict(row))


def sees_joint(view: View, row: Row) -> bool:
    """Say whether a joint act shows: to who asks and who answers, and to those who read for one of them."""
    sides = {str(row["by"]), *map(str, row["others"])}
    return view.viewer.everything or not view.viewer.reads_for(str(row["bill"])).isdisjoint(sides)
