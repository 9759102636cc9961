"""Timers: what a node does later on its event loop; all of it is called off when the node ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Timetable:
    """The timers of one node. After `close` nothing rings and nothing is entered any more."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._entered: set[asyncio.TimerHandle] = set()
        self._closed = False

    def later(self, after_s: float, act: Callable[[], object]) -> None:
        """Call once, after so many seconds, never from inside this call."""
        if self._closed:
            return

        def ring() -> None:
            self._entered.discard(handle)
            act()

        handle = self._loop.call_later(after_s, ring)
        self._entered.add(handle)

    def close(self) -> None:
        """Call everything off."""
        self._closed = True
        for handle in self._entered:
            handle.cancel()
        self._entered.clear()
