"""When requests are read and answered: while blocks are made, together in a share of the event loop's time, in turn.

A request that costs half a millisecond is nothing; but of 500 connections that each have one, the loop would answer 500
before it looks at the next vote, and a block takes many turns of the loop. So what requests take on the loop is
counted, and beyond the share the next one waits until that is paid for, unread; addresses take turns. One that waits
costs no task, and is gone with its connection. Handing in is what blocks are made of: it is paid for only where it is
refused, and has turns of its own at its address.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Hashable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from chainbill_node.limits import REFUSED_S, REQUESTS_BURST_S, REQUESTS_PAUSE_S, REQUESTS_SHARE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HANDING_IN = frozenset({"/v1/transactions", "/v1/transactions/batch"})
HANDS_IN = b"POST /v1/transactions"
REFUSED_FROM = 400


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
    """Of one server; `busy` says whether blocks are being made. All calls from the event loop's thread."""

    def __init__(self, busy: Callable[[], bool]) -> None:
        self._busy = busy
        self._waiting: dict[Asker, dict[Hashable, Callable[[], None]]] = {}  # whose turn is next stands first
        self._asker: dict[Hashable, Asker] = {}
        self._paid_at_s = 0.0
        self._handed_in = False  # whose turn it was last
        self._due = False
        self._closed = False

    def free(self, clock: Clock) -> bool:
        """Whether one that comes now may begin at once."""
        return self._closed or (not self._waiting and self._left_s(clock) <= 0)

    def wait(self, place: Hashable, asker: Asker, begin: Callable[[], None], clock: Clock) -> None:
        """Begin when the turn has come, never from inside this call; each place waits for one thing at a time."""
        self._waiting.setdefault(asker, {})[place] = begin
        self._asker[place] = asker
        self._go_on(clock)

    def waits(self, place: Hashable) -> bool:
        """Whether its turn has not come yet."""
        return place in self._asker

    def leave(self, place: Hashable) -> None:
        """It is gone, or was told something else."""
        asker = self._asker.pop(place, None)
        if asker is not None:
            del self._waiting[asker][place]
            if not self._waiting[asker]:
                del self._waiting[asker]

    def close(self) -> None:
        """Let all begin: the server ends, and each is answered so."""
        self._closed = True
        begins = [begin for places in self._waiting.values() for begin in places.values()]
        self._waiting.clear()
        self._asker.clear()
        for begin in begins:
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
            status = 0

            async def seen(message: Message) -> None:
                nonlocal status
                status = message.get("status", status)
                await send(message)

            try:
                await app(scope, receive, seen)
            finally:
                if not 0 < status < REFUSED_FROM:
                    self.pay(REFUSED_S, clock)

        return answer

    def _left_s(self, clock: Clock) -> float:
        return self._paid_at_s - clock.time() if self._busy() else 0.0

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
            asker = self._whose_turn()
            places = self._waiting.pop(asker)
            place = next(iter(places))
            begin = places.pop(place)
            del self._asker[place]
            if places:
                self._waiting[asker] = places  # behind the others
            begin()
        self._go_on(clock)


def hands_in(scope: Scope) -> bool:
    """Whether a request hands in transactions."""
    return scope["method"] == "POST" and scope["path"] in HANDING_IN


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
