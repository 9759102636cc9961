"""Request scheduling: while blocks are made, requests are answered in a share of the event loop's time, in turn.

A request that costs half a millisecond is nothing; but of 500 connections that each have one, the loop would answer 500
before it looks at the next vote, and a block takes many turns of the loop. So what requests take on the loop is
counted, and beyond the share the next one waits until that is paid for, unread; addresses take turns. One that waits
costs no task, and is gone with its connection. Handing in is what blocks are made of: it is paid for only where it is
in vain, and has turns of its own at its address; an address that handed in something good lately does not wait for one.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Generator, Hashable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from chainbill_node.foundation.fair_queue import InTurn
from chainbill_node.intake.outcomes import CameOf
from chainbill_node.mempool import KnownAddresses
from chainbill_node.network.door import address_of
from chainbill_node.rest.scope import HANDED_IN
from chainbill_node.rest.server.limits import REFUSED_S, REQUESTS_BURST_S, REQUESTS_PAUSE_S, REQUESTS_SHARE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HANDING_IN = frozenset({"/v1/transactions", "/v1/transactions/batch"})
HANDS_IN = re.compile(rb"POST /v1/transactions(?:/batch)?[ ?]")
"""How such a request begins."""
REFUSED_FROM = 400
NOTHING = CameOf(0, 0, 0)


class Clock(Protocol):
    """As much of an event loop as is needed here."""

    def time(self) -> float:
        """Seconds."""

    def call_at(self, when: float, callback: Callable[[], object]) -> object:
        """Call back then."""

    def call_soon(self, callback: Callable[[], object]) -> object:
        """Call back in the next turn."""


class Asker(NamedTuple):
    """Whose turn it is: an address, and whether it hands in."""

    address: str
    hands_in: bool


class RequestTurns:
    """Of one server; `busy` says whether blocks are being made. All calls from the event loop's thread.

    known: where something good was handed in lately; what is heard here of what is handed in is entered there.
    """

    def __init__(self, busy: Callable[[], bool], known: KnownAddresses) -> None:
        self._busy = busy
        self._known = known
        self._waiting: InTurn[Asker, Hashable] = InTurn()
        self._begins: dict[Hashable, tuple[Asker, Callable[[], None]]] = {}
        self._paid_at_s = 0.0
        self._handed_in = False  # whose turn it was last
        self._due = False
        self._closed = False

    def free(self, clock: Clock, asker: Asker) -> bool:
        """Whether one that comes now may begin at once. Strangers that hand in begin one in a turn of the loop."""
        if self._closed:
            return True
        if asker.hands_in:
            return asker.address in self._known or not self._busy()
        return not self._waiting and self._left_s(clock) <= 0

    def wait(self, place: Hashable, asker: Asker, begin: Callable[[], None], clock: Clock) -> None:
        """Begin when the turn has come, never from inside this call; each place waits for one thing at a time."""
        self._waiting.put(asker, place)
        self._begins[place] = asker, begin
        self._go_on(clock)

    def waits(self, place: Hashable) -> bool:
        """Whether its turn has not come yet."""
        return place in self._begins

    def leave(self, place: Hashable) -> None:
        """It is gone, or was told something else."""
        if place in self._begins:
            asker, _ = self._begins.pop(place)
            self._waiting.remove(asker, place)

    def close(self) -> None:
        """Let all begin: the server ends, and each is answered so."""
        self._closed = True
        begins, self._begins, self._waiting = self._begins, {}, InTurn()
        for _, begin in begins.values():
            begin()

    def pay(self, took_s: float, clock: Clock) -> None:
        """So much was used; for what took very long once nobody waits longer than REQUESTS_PAUSE_S."""
        now_s = clock.time()
        due_s = max(self._paid_at_s, now_s - REQUESTS_BURST_S) + took_s / REQUESTS_SHARE
        self._paid_at_s = min(due_s, now_s + REQUESTS_PAUSE_S)

    def metered(self, app: ASGIApp, clock: Clock) -> ASGIApp:
        """Give the application that pays for its requests."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if not hands_in(scope):
                await _Metered(app(scope, receive, send), clock.time, lambda took_s: self.pay(took_s, clock))
                return
            address = address_of(scope["client"][0]) if scope.get("client") else ""
            handing = _HandingIn(send, stranger=address not in self._known)

            def told(came: CameOf) -> None:
                if came.admitted:
                    self._known.admitted(address, came.admitted)
                if came.refused:
                    self._known.refused(address, came.refused)
                self.pay(handing.due_s(came), clock)

            scope[HANDED_IN] = told
            try:
                await _Metered(app(scope, receive, handing.send), clock.time, handing.took)
            finally:
                if not handing.told and not 0 < handing.status < REFUSED_FROM:  # no transaction came out of it
                    told(CameOf(0, 1, 0))
                if handing.in_vain:
                    self.pay(REFUSED_S + handing.due_s(), clock)
                del scope[HANDED_IN]  # it holds the request, with its body, which holds it

        return answer

    def _left_s(self, clock: Clock) -> float:
        left_s = self._paid_at_s - clock.time()
        return left_s if left_s > 0 and self._busy() else 0.0

    def _go_on(self, clock: Clock) -> None:
        """One in each turn of the loop: what it took is known then."""
        if not self._due and self._waiting:
            self._due = True
            left_s = self._left_s(clock)
            if left_s > 0:
                clock.call_at(clock.time() + left_s, lambda: self._next(clock))
            else:
                clock.call_soon(lambda: self._next(clock))

    def _whose_turn(self) -> Asker:
        """Those who hand in and those who do not take turns, the addresses of each in turn."""
        first = next(iter(self._waiting))
        asker = next((one for one in self._waiting if one.hands_in is not self._handed_in), first)
        self._handed_in = asker.hands_in
        return asker

    def _next(self, clock: Clock) -> None:
        self._due = False
        if self._waiting and self._left_s(clock) <= 0:
            _, begin = self._begins.pop(self._waiting.take(self._whose_turn()))
            begin()
        self._go_on(clock)


def hands_in(scope: Scope) -> bool:
    """Whether a request hands in transactions."""
    return scope["method"] == "POST" and scope["path"] in HANDING_IN


class _HandingIn:
    """One request that hands in: what of it was in vain, and what the loop worked for that."""

    def __init__(self, send: Send, *, stranger: bool) -> None:
        self._send = send
        self._stranger = stranger
        self._took_s = 0.0
        self._count = self.in_vain = self.status = 0

    @property
    def told(self) -> bool:
        """Whether anything is known of its transactions."""
        return self._count > 0

    def send(self, message: Message) -> Awaitable[None]:
        """Some of the answer, whose status is seen on its way."""
        self.status = message.get("status", self.status)
        return self._send(message)

    def took(self, took_s: float) -> None:
        """One step of it."""
        self._took_s += took_s

    def due_s(self, came: CameOf = NOTHING) -> float:
        """What is to be paid for since this was asked last: as large a part as was in vain.

        Nothing for a stranger's batch, which is held up by turns of its own (`intake.submission`): who hands in one
        would wait for a batch of each.
        """
        self._count += sum(came)
        self.in_vain += came.refused + came.neither
        took_s, self._took_s = self._took_s, 0.0
        return 0.0 if self._stranger and self._count > 1 else took_s * self.in_vain / self._count


class _Metered:
    """An awaitable that says after each of its steps how many seconds that took."""

    def __init__(self, inner: Awaitable[None], now_s: Callable[[], float], took: Callable[[float], None]) -> None:
        self._inner, self._now_s, self._took = inner, now_s, took

    def __await__(self) -> Generator[Any, Any, None]:
        steps: Any = self._inner.__await__()
        step, value = steps.send, None
        while True:
            began_s = self._now_s()
            try:
                awaited = step(value)
            except StopIteration:
                return
            finally:
                self._took(self._now_s() - began_s)
            try:
                step, value = steps.send, (yield awaited)
            except BaseException as error:
                step, value = steps.throw, error
