"""What the books are kept from: calls that went through, and the days on which blocks came."""

from __future__ import annotations

from typing import Any, NamedTuple


class Record(NamedTuple):
    """A call that went through. places: {token named in it: (bill, lo, hi)}; result: what the ledger answered."""

    height: int
    today: str
    sender: str
    act: str
    args: dict[str, Any]
    places: dict[str, tuple[str, int, int]]
    result: dict[str, Any]
    transaction: str


class Block(NamedTuple):
    """A height, its day and its time in milliseconds."""

    height: int
    today: str
    time_ms: int
