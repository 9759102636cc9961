"""Service unavailable: why a node does not do now what a client asks, and when to come back. RFC 9110, 15.6.4."""

from __future__ import annotations


class Busy(Exception):  # noqa: N818 - an outcome a client is told about, not a fault
    """The node takes no more transactions at the moment; ``retry_after_s`` says when to come back (503).

    ``party``: no more of this party, which has its share waiting already; others are taken (429).
    """

    def __init__(self, detail: str, retry_after_s: int = 1, *, party: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.party = party


class Ending(Busy):
    """The node is about to end (503). ``disk``: because of its disk, else because it was asked to, say."""

    def __init__(self, *, disk: bool) -> None:
        super().__init__("the node is ending", 2)
        self.disk = disk


class ClockNotKnown(Busy):
    """By the node's own clock alone the transaction is not valid now (503): another node may know better."""


class TooManyTries(Exception):  # noqa: N818 - an outcome a client is told about, not a fault
    """More is tried out than the node has room for (503), or by this address or party alone (429, ``of_one``)."""

    def __init__(self, retry_after_s: int, *, of_one: bool) -> None:
        super().__init__("of one" if of_one else "in all")
        self.retry_after_s = retry_after_s
        self.of_one = of_one
