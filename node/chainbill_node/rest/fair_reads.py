"""ASGI middleware: every read of the ledger gets its place first, and the node is told for whom it works."""

from __future__ import annotations

import re
from collections import deque
from contextlib import ExitStack

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chainbill_node.foundation.unavailable import Ending
from chainbill_node.network.door import address_of
from chainbill_node.rest.places import ClientGone, NoPlace, Places
from chainbill_node.rest.ports import NodePort
from chainbill_node.rest.problems import error_response

READS = "/v1/"
_KEY = re.compile(rb'keyid="([0-9A-Fa-f]{64})"')


class FairReads:
    """Around the routes. What hands in has turns of its own, and what says how the node is needs no place."""

    def __init__(self, app: ASGIApp, node: NodePort) -> None:
        self._app = app
        self._node = node
        self._places = Places()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on when there is a place for it."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(READS):
            await self._app(scope, receive, send)
            return
        address = address_of(scope["client"][0]) if scope.get("client") else ""
        received = _Received(receive)
        try:
            async with self._places.place(address, said_key(scope), received.gone) as leave:
                with ExitStack() as work:
                    work.callback(leave)
                    work.enter_context(self._node.reading(address))
                    await self._app(scope, received, _until_answered(send, work))
        except (NoPlace, Ending) as error:
            await error_response(Request(scope), error)(scope, receive, send)
        except ClientGone:
            return


def said_key(scope: Scope) -> str:
    """Give the key that a request says it is signed by; "" for none. Nothing is verified here."""
    for name, value in scope["headers"]:
        if name == b"signature-input" and (found := _KEY.search(value)) is not None:
            return found[1].decode().lower()
    return ""


def _until_answered(send: Send, work: ExitStack) -> Send:
    """The work is over with the first word of the answer: how fast a client takes it concerns no other reader."""

    async def answer(message: Message) -> None:
        work.close()
        await send(message)

    return answer


class _Received:
    """What a client sends, which may be looked at while it waits and is there again afterwards."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._seen: deque[Message] = deque()

    async def __call__(self) -> Message:
        return self._seen.popleft() if self._seen else await self._receive()

    async def gone(self) -> None:
        """End when the client has left. What it sends meanwhile is bounded as every body is."""
        while True:
            message = await self._receive()
            self._seen.append(message)
            if message["type"] == "http.disconnect":
                return
