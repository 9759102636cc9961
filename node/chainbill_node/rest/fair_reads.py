"""ASGI middleware: every read of the ledger gets its place first, and the node is told for whom it works.

A read may take long, and it cannot be known before which one will. So there are rooms of places for ever longer ones:
each read begins in the first, and where others wait for a place there, one that has used what a room allows gives up
its place, and what it has done, and begins again in the next room. Who reads little waits behind little only, and a
long read does at most 0.26 s of a processor in vain (decision 0082).

The field's words: multilevel feedback queue, shortest job first by trial.
"""

from __future__ import annotations

import math
import re
from collections import deque
from contextlib import ExitStack
from typing import NamedTuple

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chainbill_node.application.read_throttle import Enough, MakesRoom
from chainbill_node.foundation.unavailable import Ending
from chainbill_node.network.door import address_of
from chainbill_node.rest.places import PLACES, ClientGone, NoPlace, Places
from chainbill_node.rest.ports import NodePort
from chainbill_node.rest.problems import error_response

READS = "/v1/"


class _Allows(NamedTuple):
    """How many reads are in a room, and what processor time each may use while others wait for it, in seconds."""

    places: int
    most_s: float


_ROOMS = (_Allows(PLACES, 0.01), _Allows(4, 0.25), _Allows(2, math.inf))
READS_AT_A_TIME = sum(room.places for room in _ROOMS)
"""More of them do not make a node faster, and take time from consensus."""
_KEY = re.compile(rb'keyid="([0-9A-Fa-f]{64})"')


class FairReads:
    """Around the routes. What hands in has turns of its own, and what says how the node is needs no place."""

    def __init__(self, app: ASGIApp, node: NodePort) -> None:
        self._app = app
        self._node = node
        self._rooms = [(Places(room.places, node.next_of), room.most_s) for room in _ROOMS]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on when there is a place for it."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(READS):
            await self._app(scope, receive, send)
            return
        address = address_of(scope["client"][0]) if scope.get("client") else ""
        received = _Received(receive)
        for places, most_s in self._rooms:
            try:
                async with places.place(address, said_key(scope), received.gone) as leave:
                    with ExitStack() as work:
                        work.callback(leave)
                        work.enter_context(self._node.reading(address, _enough(places, most_s)))
                        await self._app(scope, received, _until_answered(send, work))
                return
            except MakesRoom:
                received.again()
            except (NoPlace, Ending) as error:
                await error_response(Request(scope), error)(scope, receive, send)
                return
            except ClientGone:
                return


def _enough(places: Places, most_s: float) -> Enough:
    return lambda used_s: used_s > most_s and places.waiting > 0


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
        self._taken: list[Message] = []

    async def __call__(self) -> Message:
        self._taken.append(self._seen.popleft() if self._seen else await self._receive())
        return self._taken[-1]

    def again(self) -> None:
        """The request is answered once more, from its beginning."""
        self._seen.extendleft(reversed(self._taken))
        self._taken.clear()

    async def gone(self) -> None:
        """End when the client has left. What it sends meanwhile is bounded as every body is."""
        while True:
            message = await self._receive()
            self._seen.append(message)
            if message["type"] == "http.disconnect":
                return
