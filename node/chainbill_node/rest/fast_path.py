"""Handing in transactions, without the framework's routing and parameter checks: the same functions, called directly.

Only requests that need neither go this way: the two paths, and no query but a known `wait` and a whole number of
seconds as `timeout`. Everything else, each misspelt or unusual request too, is the framework's. Answers are the same.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from chainbill_node.rest.problems import fault_response, problem_of, problem_response
from chainbill_node.rest.routes_transactions import submit, submit_batch
from chainbill_node.rest.scope import RequestScope

_QUERY = re.compile(rb"(?:wait=(accepted|committed))?(?:(?:^|&)timeout=([0-9]|[1-5][0-9]|60))?")
_ROUTES: dict[str, Callable[..., Awaitable[Response]]] = {
    "/v1/transactions": submit,
    "/v1/transactions/batch": submit_batch,
}


class FastPath:
    """ASGI before an application: answers the plain form of the two hottest requests itself."""

    def __init__(self, app: Starlette) -> None:
        self._app = app
        self._short = RequestScope(_hand_in)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        query = _plain_query(scope)
        if query is None:
            await self._app(scope, receive, send)
            return
        scope["app"], scope["chainbill_query"] = self._app, query
        await self._short(scope, receive, send)


def _plain_query(scope: Scope) -> re.Match[bytes] | None:
    """`wait` and `timeout` of a request that goes this way, None for any other."""
    if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in _ROUTES:
        return _QUERY.fullmatch(scope["query_string"])
    return None


async def _hand_in(scope: Scope, receive: Receive, send: Send) -> None:
    response = await _answer(_ROUTES[scope["path"]], scope["chainbill_query"], Request(scope, receive))
    await response(scope, receive, send)


async def _answer(route: Callable[..., Awaitable[Response]], query: re.Match[bytes], request: Request) -> Response:
    given: dict[str, Any] = {}
    if query[1] is not None:
        given["wait"] = query[1].decode()
    if query[2] is not None:
        given["timeout"] = float(query[2])
    try:
        return await route(request, request.app.state.rest, None, **given)
    except Exception as error:
        problem = problem_of(error)
        return problem_response(request, problem) if problem else fault_response(request, error)
