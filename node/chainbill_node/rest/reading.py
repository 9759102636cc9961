"""How a read begins: the gate, the height, and for lists the page. Dependencies of every reading route."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import Depends, Query
from fastapi.dependencies.models import Dependant
from starlette.requests import Request

from chainbill.dates import is_date
from chainbill_node.rest.access import Viewer
from chainbill_node.rest.cursors import KEY_BYTES, Cursor, CursorSeal, query_digest
from chainbill_node.rest.filters import check_words
from chainbill_node.rest.gate import Gate
from chainbill_node.rest.heights import height_of
from chainbill_node.rest.hosts import ANY_HOST, AllowedHosts
from chainbill_node.rest.lists import DEFAULT_LIMIT, MAX_LIMIT, Listing
from chainbill_node.rest.problems import Problem, parameter_problem
from chainbill_node.rest.replies import reply_to
from chainbill_node.rest.valued_view import ValuedView, day_of
from chainbill_node.rest.view import View

if TYPE_CHECKING:
    from chainbill_node.rest.ports import NodePort
    from chainbill_node.storage.ledger_reader import Reader


def machine_clock_ms() -> int:
    """Give the machine's time: request signatures keep to the real clock."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class RestOptions:
    """How the interface is set up: the hosts it answers for, the clock, and bounds for what is handed in.

    cursor_key: seals cursors; one of its own for each start when left out.
    inside: it listens where the operator's own programs ask only, and tells them all about the node.
    """

    hosts: AllowedHosts = ANY_HOST
    inside: bool = False
    now_ms: Callable[[], int] = field(default=machine_clock_ms)
    max_batch: int = 200
    max_wait_ms: int = 60_000
    cursor_key: bytes = field(default_factory=partial(secrets.token_bytes, KEY_BYTES), repr=False)


@dataclass(frozen=True, slots=True)
class Rest:
    """What the routes of one app share."""

    node: NodePort
    gate: Gate
    options: RestOptions
    seal: CursorSeal

    @property
    def source(self) -> bytes:
        """Name the network, and the node whose cursors are in its answers."""
        return self.node.genesis.hash + self.seal.name


async def rest_of(request: Request) -> Rest:
    """Give what the routes share."""
    rest: Rest = request.app.state.rest
    return rest


async def known_parameters(request: Request) -> None:
    """Refuse query parameters that the route does not take: a misspelt filter must not widen an answer or empty it.

    One that is given twice is refused too: readers differ in which of them they take.
    """
    route = request.scope["route"]
    known = query_names(route.dependant)
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        fields = {"names": [name[:40] for name in unknown[:10]], "known": sorted(known)}
        raise Problem(400, "unknown_parameter", fields=fields)
    given = Counter(name for name, _ in request.query_params.multi_items())
    twice = sorted(name for name, times in given.items() if times > 1)
    if twice:
        raise parameter_problem(twice[0], "parameter_twice")
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
    view = view_at(request, rest, rest.gate.admit(request), at)
    view.evenly = not view.viewer.everything
    return view


def view_at(request: Request, rest: Rest, viewer: Viewer, at: str | None) -> View:
    """Open the ledger for a viewer. Problem 400, 404 or 410 where the height cannot be read; raises NotModified."""
    newest = rest.node.reader(None)
    reader = newest if at is None else rest.node.reader(_height(rest, newest, at))
    fixed = at is not None and (at.isdigit() or reader.height < newest.height)  # of a day: a block after it is there
    reply = reply_to(request, rest.source, viewer, reader.height, fixed=fixed, is_open=rest.gate.open)
    return View(rest.node, reader, viewer, reply)


@dataclass(frozen=True, slots=True)
class ValueTimes:
    """What a read by value date asks for: the day (``at``), as known when; `cursor` pins both on later pages."""

    at: str | None
    known_at: str | None
    cursor: Cursor | None = None


def view_by_value(request: Request, rest: Rest, viewer: Viewer, times: ValueTimes) -> ValuedView:
    """Open the ledger by value date for a viewer: the day of ``at``, with receipts that are known at ``known_at``.

    The day is read as a whole, at its last height up to the known one. Problem known_before_at (400) where the day was
    not there yet, bad_cursor, and those of `view_at`.
    """
    newest, cursor = rest.node.reader(None), times.cursor
    if cursor is not None and not cursor.height <= cursor.known <= newest.height:
        raise Problem(400, "bad_cursor")
    wanted = times.known_at if cursor is None else str(cursor.known)
    known = newest if wanted is None else rest.node.reader(_height(rest, newest, wanted))
    today = day_of(rest.node, known)
    asked = _day(rest, newest, times.at) if times.at is not None else today
    if asked > today and wanted is not None and cursor is None:
        raise Problem(400, "known_before_at", fields={"at": asked, "known_at": today})
    day = min(asked, today)
    reader = rest.node.reader(min(known.height, _height(rest, newest, day)))
    fixed = wanted is not None and (wanted.isdigit() or known.height < newest.height)
    reply = reply_to(request, rest.source, viewer, reader.height, fixed=fixed, is_open=rest.gate.open)
    return ValuedView(rest.node, (reader, known), viewer, reply, day)


def _day(rest: Rest, newest: Reader, at: str) -> str:
    height = _height(rest, newest, at)  # of a date too: it may lie before the genesis or after today
    return at if is_date(at) else day_of(rest.node, rest.node.reader(height))


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


@dataclass(frozen=True, slots=True)
class Page:
    """The page of a list as it is asked for, before it is known who asks."""

    limit: int
    after: str | None

    def listing(self, request: Request, rest: Rest, viewer: Viewer) -> Listing:
        """Read the cursor that the reader brings. Problem bad_cursor or cursor_mismatch (400)."""
        query = query_digest(request.url.path, request.query_params.multi_items())
        cursor = None if self.after is None else rest.seal.read(self.after, query, viewer)
        return Listing(self.limit, query, cursor, partial(rest.seal.write, viewer=viewer))


def page_of(
    *,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Entries on a page.")] = DEFAULT_LIMIT,
    after: Annotated[str | None, Query(description="next of the page before; it pins the height.")] = None,
) -> Page:
    """Give the page of a list that is asked for."""
    return Page(limit, after)


PageAsked = Annotated[Page, Depends(page_of)]
"""The page asked for."""


def open_list(request: Request, rest: Shared, _: Checked, page: PageAsked, at: At = None) -> ListView:
    """Let the request through the gate and open the ledger at the height of the cursor, or at the one ``at`` names."""
    return _list_at(request, rest, (rest.gate.admit(request), page), at)


def _list_at(request: Request, rest: Rest, asked: tuple[Viewer, Page], at: str | None) -> ListView:
    viewer, page = asked
    listing = page.listing(request, rest, viewer)
    return ListView(view_at(request, rest, viewer, str(listing.cursor.height) if listing.cursor else at), listing)


Listed = Annotated[ListView, Depends(open_list)]
"""The ledger and the page asked for, in a route's arguments."""

Basis = Annotated[
    Literal["recorded", "value"],
    Query(description="recorded: figures by what was recorded. value: receipts count by value date."),
]

KnownAt = Annotated[
    str | None,
    Query(description="With basis=value: what was known at a height, a date or a time; the newest when left out."),
]


def open_valued(
    request: Request, rest: Shared, _: Checked, *, at: At = None, basis: Basis = "recorded", known_at: KnownAt = None
) -> View:
    """Let the request through the gate and open the ledger at a height, or by value date."""
    viewer = rest.gate.admit(request)
    if basis == "value":
        return view_by_value(request, rest, viewer, ValueTimes(at, known_at))
    _only_by_value(known_at)
    return view_at(request, rest, viewer, at)


def open_valued_list(
    request: Request,
    rest: Shared,
    _: Checked,
    page: PageAsked,
    *,
    at: At = None,
    basis: Basis = "recorded",
    known_at: KnownAt = None,
) -> ListView:
    """Likewise for a list; the cursor pins both heights."""
    viewer = rest.gate.admit(request)
    if basis == "value":
        listing = page.listing(request, rest, viewer)
        view = view_by_value(request, rest, viewer, ValueTimes(at, known_at, listing.cursor))
        return ListView(view, replace(listing, known=view.known.height))
    _only_by_value(known_at)
    return _list_at(request, rest, (viewer, page), at)


def _only_by_value(known_at: str | None) -> None:
    if known_at is not None:
        raise parameter_problem("known_at", "parameter_by_value")


Valued = Annotated[View, Depends(open_valued)]
"""The ledger at the height asked for, by value date where that is asked for, in a route's arguments."""

ValuedList = Annotated[ListView, Depends(open_valued_list)]
"""Likewise with the page asked for."""
