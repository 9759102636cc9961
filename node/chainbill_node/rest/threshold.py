"""What is looked at before anything else of a request: whom it is for, and how large a body it announces.

Both are known from the headers. What is refused here is never routed, and none of its body is kept.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from chainbill_node.rest.bodies import too_large
from chainbill_node.rest.hosts import AllowedHosts, wrong_site
from chainbill_node.rest.problems import Problem, problem_response
from chainbill_node.rest.scope import NETWORK, Answering, identify


class Threshold:
    """ASGI before everything else; `app` has the texts of refusals in its state."""

    def __init__(self, app: Starlette, inner: ASGIApp, hosts: AllowedHosts, network: bytes) -> None:
        """network: the genesis hash, which every answer names."""
        self._network = network.hex().encode()
        self._app = app
        self._inner = inner
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        scope[NETWORK] = self._network
        refused = self._refusal(scope) if scope["type"] == "http" else None
        if refused is None:
            await self._inner(scope, receive, send)
            return
        scope["app"] = self._app
        identify(scope)
        await problem_response(Request(scope), refused)(scope, receive, Answering(send, scope))

    def _refusal(self, scope: Scope) -> Problem | None:
        """In one pass over the fields: every request pays for it."""
        hosts: list[bytes] = []
        origin, length = None, b""
        for name, value in scope["headers"]:
            if name == b"host":
                hosts.append(value)
            elif name == b"origin":
                origin = value
            elif name == b"content-length":
                length = value
        method: str = scope["method"]
        return wrong_site(method, hosts, origin, self._hosts) or too_large(method, scope["path"], length)
