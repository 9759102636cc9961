"""Submission outcomes: what is answered to each transaction that a client hands in, and who hears what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from chainbill.errors import ChainbillError
from chainbill_node.foundation.unavailable import Busy

if TYPE_CHECKING:
    from chainbill.ledger.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Submission:
    """What came of handing in a transaction.

    ``committed``: it is in block ``height`` at ``index``; ``receipt`` says whether the ledger carried it out (its
    status may still be refused). ``pending``: admitted and not yet in a block when the wait was over.
    ``repeated``: it had been committed before this call.
    """

    status: Literal["committed", "pending"]
    id: bytes
    height: int | None = None
    index: int | None = None
    receipt: Receipt | None = None
    repeated: bool = False


Answer: TypeAlias = Submission | ChainbillError | Busy
"""What comes of one transaction that a client hands in: an error where it is not admitted, Busy to come back later."""


class CameOf(NamedTuple):
    """How many of a request's transactions were admitted, how many refused; neither: known before, or no room."""

    admitted: int
    refused: int
    neither: int


Told: TypeAlias = Callable[[CameOf], None]
"""Hears what came of some of them."""


def unheard(_: CameOf) -> None:
    """For whom nothing depends on it."""
