"""What a contract may know about the transaction that runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import msgspec

__all__ = ["CONTEXT_FIELDS", "Context", "Signer"]


class Signer(TypedDict):
    """A key that signed the transaction: hex of the public key, what it may do, its holder's hash and branch, or ""."""

    key: str
    capabilities: list[str]
    operator: str
    unit: str


class Context(msgspec.Struct, frozen=True):
    """Facts of the block and the transaction; `party` is the transaction's party throughout.

    network: 64 hex digits, the hash of the genesis; chain_id is only its name for people.
    """

    party: str = ""
    height: int = 0
    time_ms: int = 0
    today: str = "1970-01-01"
    gap_ms: int = 0
    transaction: str = ""
    signers: Sequence[Signer] = ()
    chain_id: str = ""
    network: str = "00" * 32
    zone_offset_minutes: int = 0
    proposer: str = ""
    recent_proposers: Sequence[str] = ()
    clock: str = "real"


#: The fields that contracts read as `ctx.field`; `caller` is the calling contract, "" for the outside.
CONTEXT_FIELDS: tuple[str, ...] = (
    "party",
    "height",
    "time_ms",
    "today",
    "gap_ms",
    "transaction",
    "signers",
    "chain_id",
    "network",
    "zone_offset_minutes",
    "proposer",
    "recent_proposers",
    "clock",
    "caller",
)
