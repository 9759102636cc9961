"""Sealed quotes in a world: keys to seal to, what a bank seals and what a holder opens."""

from __future__ import annotations

from typing import Any

from contracts.world import NETWORK, S1, World, accepted_bill, ask

from chainbill.crypto.sealing import EncryptionKey
from chainbill.sealed_bid import Bid, opened
from chainbill.state.keys import row_key

HOLDERS_KEY = EncryptionKey(bytes(range(1, 33)))
TERMS: dict[str, Any] = {
    "rate": 38_500, "recourse": False, "basis": "act/360", "fee": 0, "value_date": "2026-03-02",
    "interest_payer": "holder",
}  # fmt: skip
SEALED = {"bids": "sealed"}
NEVER = {"salt": "00" * 32, "commitment": "00" * 32, "envelope": "00" * 304}


def give_key(world: World, party: str = S1) -> None:
    """Let a party have HOLDERS_KEY as its encryption key."""
    row = {**world.row("party", "party", party), "encryption_key": HOLDERS_KEY.public.hex()}
    world.overlay.put(row_key("party", "party", party), row)


def bid_for(world: World, request: str, bank: str, **terms: Any) -> Bid:
    """Terms of a bank for a request, under a salt of their own. terms: other ones than TERMS, which have today."""
    return Bid.of(NETWORK, request, bank, {**TERMS, "value_date": world.today, **terms})


def seal_arguments(bid: Bid, **fields: Any) -> dict[str, Any]:
    """What `finance.seal` takes for a bid. fields: other ones."""
    return {
        "request": bid.request, "commitment": bid.commitment, "envelope": bid.sealed_to(HOLDERS_KEY.public).hex(),
        "disburse_by": "", "valid_until": "", "needs_label": {}, **fields,
    }  # fmt: skip


def seal(world: World, request: str, bank: str, /, terms: dict[str, Any] | None = None, **fields: Any) -> Any:
    """Seal a quote, and answer its id with the bid."""
    bid = bid_for(world, request, bank, **(terms or {}))
    return world.call(bank, "finance", "seal", **seal_arguments(bid, **fields))["quote"], bid


def agree_arguments(quote: str, bid: Bid, **fields: Any) -> dict[str, Any]:
    """What `finance.agree_sealed` takes for a bid. fields: other ones."""
    return {"quote": quote, "terms": dict(bid.terms), "salt": bid.salt, **fields}


def open_quote(world: World, quote: str) -> Bid:
    """What the holder finds in the envelope of a quote."""
    row = world.row("finance", "quote", quote)
    return opened(
        HOLDERS_KEY, bytes.fromhex(row["envelope"]), network=NETWORK, request=row["request"],
        bank=row["bank"], commitment=row["commitment"],
    )  # fmt: skip


def sealed_world(backend: str = "plain") -> World:
    """A network where bids are sealed and S1 has a key."""
    world = World(backend, parameters=SEALED)
    give_key(world)
    return world


def asked(world: World, *banks: str, amount: int = 10_000_000, **bill: Any) -> str:
    """A request of S1 to these banks."""
    return str(ask(world, accepted_bill(world, **bill)[1], *banks, amount=amount)["request"])
