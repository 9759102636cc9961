"""Handing in transactions, without the framework's routing and parameter checks: the same functions, called directly.

Only requests that need neither go this way: the two paths, and no query but a known `wait` and a whole number of
seconds as `timeout`. Everything else, each misspelt or unusual request too, is the framework's. Answers are the same.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from chainbill_node.rest.problems import error_response
from chainbill_node.rest.reading import Rest
from chainbill_node.rest.routes_transactions import ACCEPTED, WAIT_S, Handed, hand_in, hand_in_batch
from chainbill_node.rest.scope import Answering, every_field, identify

_QUERY = re.compile(rb"(?:wait=(accepted|committed))?(?:(?:^|&)timeout=([0-9]|[1-5][0-9]|60))?")
_ROUTES: dict[str, Callable[[Request, Rest, str, float], Awaitable[Handed]]] = {
    "/v1/transactions": hand_in,
    "/v1/transactions/batch": hand_in_batch,
}
_JSON = (b"content-type", b"application/json")


class FastPath:
    """ASGI before an application: answers the plain form of the two hottest requests itself."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        query = _plain_query(scope)
        if query is None:
            await self._app(scope, receive, send)
            return
        scope["app"] = self._app
        identify(scope)
        request = Request(scope, receive)
        wait = ACCEPTED if query[1] is None else query[1].decode()
        timeout_s = WAIT_S if query[2] is None else float(query[2])
        try:
            handed = await _ROUTES[scope["path"]](request, self._app.state.rest, wait, timeout_s)
        except Exception as error:
            await error_response(request, error)(scope, receive, Answering(send, scope))
            return
        length = (b"content-length", b"%d" % len(handed.content))
        headers = [*handed.headers, length, _JSON, *every_field(scope, {})]
        await send({"type": "http.response.start", "status": handed.status, "headers": headers})
        await send({"type": "http.response.body", "body": handed.content})


def _plain_query(scope: Scope) -> re.Match[bytes] | None:
    """`wait` and `timeout` of a request that goes this way, None for any other."""
    if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in _ROUTES:
        return _QUERY.fullmatch(scope["query_string"])
    return None
