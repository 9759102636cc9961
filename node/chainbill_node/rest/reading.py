"""How a read begins: the gate, the height, and for lists the page. Dependencies of every reading route."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Query
from fastapi.dependencies.models import Dependant
from starlette.requests import Request

from chainbill_node.rest.access import Viewer
from chainbill_node.rest.filters import check_words
from chainbill_node.rest.gate import Gate
from chainbill_node.rest.heights import height_of
from chainbill_node.rest.hosts import ANY_HOST, AllowedHosts
from chainbill_node.rest.lists import DEFAULT_LIMIT, MAX_LIMIT, Listing, query_digest, read_cursor
from chainbill_node.rest.problems import Problem
from chainbill_node.rest.replies import reply_to
from chainbill_node.rest.view import View

if TYPE_CHECKING:
    from chainbill_node.rest.ports import NodePort, Reader


def machine_clock_ms() -> int:
    """Give the machine's time: request signatures keep to the real clock."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class RestOptions:
    """How the interface is set up: the hosts it answers for, the clock, and bounds for what is handed in.

    inside: it listens where the operator's own programs ask only, and tells them all about the node.
    """

    hosts: AllowedHosts = ANY_HOST
    inside: bool = False
    now_ms: Callable[[], int] = field(default=machine_clock_ms)
    max_batch: int = 200
    max_wait_ms: int = 60_000


@dataclass(frozen=True, slots=True)
class Rest:
    """What the routes of one app share."""

    node: NodePort
    gate: Gate
    options: RestOptions


async def rest_of(request: Request) -> Rest:
    """Give what the routes share."""
    rest: Rest = request.app.state.rest
    return rest


async def known_parameters(request: Request) -> None:
    """Refuse query parameters that the route does not take: a misspelt filter must not widen an answer or empty it."""
    route = request.scope["route"]
    known = query_names(route.dependant)
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        listed = ", ".join(sorted(known)) or "-"
        fields = {"names": ", ".join(name[:40] for name in unknown[:10]), "known": listed}
        raise Problem(400, "unknown_parameter", fields=fields)
    check_words(route.path, request.query_params)


def query_names(dependant: Dependant) -> set[str]:
    """Give the names of the query parameters that a route and its dependencies take."""
    names = {parameter.alias for parameter in dependant.query_params}
    return names.union(*(query_names(inner) for inner in dependant.dependencies))


Shared = Annotated[Rest, Depends(rest_of)]
"""The shared parts, in a route's arguments."""


Checked = Annotated[None, Depends(known_parameters)]
"""That the query is understood, in a route's arguments."""

At = Annotated[
    str | None,
    Query(description="Read as of a height, a date (2027-03-31: last block of that day) or an RFC 3339 time."),
]


def open_view(request: Request, rest: Shared, _: Checked, at: At = None) -> View:
    """Let the request through the gate and open the ledger at the height that ``at`` names. Raises NotModified."""
    return view_at(request, rest, rest.gate.admit(request), at)


def view_at(request: Request, rest: Rest, viewer: Viewer, at: str | None) -> View:
    """Open the ledger for a viewer. Problem 400, 404 or 410 where the height cannot be read; raises NotModified."""
    newest = rest.node.reader(None)
    reader = newest if at is None else rest.node.reader(_height(rest, newest, at))
    fixed = at is not None and (at.isdigit() or reader.height < newest.height)  # of a day: a block after it is there
    network = rest.node.genesis.hash
    reply = reply_to(request, network, viewer, reader.height, fixed=fixed, is_open=rest.gate.open)
    return View(rest.node, reader, viewer, reply)


def _height(rest: Rest, newest: Reader, at: str) -> int:
    genesis = rest.node.genesis

    def time_of(height: int) -> int | None:
        if height == 0:
            return genesis.time_ms
        header = newest.header(height)
        return header.time_ms if header else None

    return height_of(
        at, head=newest.height, time_of=time_of, zone_offset_minutes=genesis.zone_offset_minutes,
        now_ms=rest.options.now_ms(),
    )  # fmt: skip


Opened = Annotated[View, Depends(open_view)]
"""The ledger at the height asked for, in a route's arguments."""


@dataclass(frozen=True, slots=True)
class ListView:
    """A view and the page of a list asked for."""

    view: View
    listing: Listing


def open_list(
    request: Request,
    rest: Shared,
    _: Checked,
    *,
    at: At = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Entries on a page.")] = DEFAULT_LIMIT,
    after: Annotated[str | None, Query(description="next of the page before; it pins the height.")] = None,
) -> ListView:
    """Let the request through the gate and open the ledger at the height of the cursor, or at the one ``at`` names."""
    viewer = rest.gate.admit(request)
    query = query_digest(request.url.path, request.query_params.multi_items())
    cursor = read_cursor(after, query) if after is not None else None
    view = view_at(request, rest, viewer, str(cursor.height) if cursor else at)
    return ListView(view, Listing(limit, query, cursor))


Listed = Annotated[ListView, Depends(open_list)]
"""The ledger and the page asked for, in a route's arguments."""

DateFilter = Annotated[str | None, Query(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
"""A date in a filter."""
