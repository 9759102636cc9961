"""What every answer carries: a request id, the network it is of, and fields that keep browsers and caches from harm."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from anyio.to_thread import current_default_thread_limiter
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chainbill_node.rest.fair_reads import READS_AT_A_TIME
from chainbill_node.rest.problems import fault_response
from chainbill_node.rest.schema_parts import NETWORK_FIELD

_GIVEN_ID = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")

AWAITS_COMMIT = "chainbill_awaits_commit"
"""Stands in the scope of a request that is answered when a block is there, or its time is up."""

HANDED_IN = "chainbill_handed_in"
"""Stands in the scope of a request that may hand in: who is told what came of its transactions (`ports.Told`)."""

NETWORK = "chainbill_network"
"""Stands in the scope of every request: the genesis hash in hex, which its answer names."""

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


_ALWAYS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))

MAX_WORKERS = READS_AT_A_TIME + 8
"""Threads: one for each read that has a place, and some for what needs none, such as how the node is."""


def identify(scope: Scope) -> None:
    """Give a request its id: the client's own X-Request-Id where it is fit, else a new one."""
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    scope["chainbill_request_id"] = given.decode() if _GIVEN_ID.match(given) else secrets.token_hex(16)


def as_get(scope: Scope) -> Scope:
    """Give the scope in which a HEAD is answered: that of the GET whose fields are asked for."""
    return {**scope, "method": "GET", "chainbill_method": "HEAD"} if scope["method"] == "HEAD" else scope


def method_of(request: Request) -> str:
    """Give the method that a client sent, and signed."""
    return str(request.scope.get("chainbill_method", request.method))


class Answering:
    """Sends an answer with what every answer carries; `started`: some of it is out. bare: without its body."""

    def __init__(self, send: Send, scope: Scope, *, bare: bool = False) -> None:
        self._send = send
        self._scope = scope
        self._bare = bare
        self.started = False

    async def __call__(self, message: Message) -> None:
        """Send one part of it."""
        if message["type"] == "http.response.start":
            self.started = True
            there = message.get("headers", ())
            message["headers"] = [*there, *every_field(self._scope, dict(there))]
        elif self._bare:
            message = {**message, "body": b""}
        await self._send(message)


class RequestScope:
    """ASGI middleware: gives each request an id and answers with it.

    What nothing else has answered, a fault of our own, is answered here, so that it too carries the id.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._bounded = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not self._bounded:
            self._bounded = True
            current_default_thread_limiter().total_tokens = MAX_WORKERS
        identify(scope)
        answer = Answering(send, scope, bare=scope["method"] == "HEAD")
        scope = as_get(scope)
        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            if answer.started:
                raise
            await fault_response(Request(scope), error)(scope, receive, answer)


def every_field(scope: Scope, there: Mapping[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """Give the header fields that are added to an answer which has those of `there`; its request was identified."""
    fields = [(b"x-request-id", scope["chainbill_request_id"].encode()), *_ALWAYS]
    network = scope.get(NETWORK)
    if network:
        fields.append((NETWORK_FIELD.encode(), network))
    if b"cache-control" not in there:
        fields.append((b"cache-control", b"no-store"))
    if there.get(b"content-type", b"").startswith(b"text/html"):
        fields.append((b"content-security-policy", CONTENT_POLICY.encode()))
    return fields
