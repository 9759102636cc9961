"""Onward sales for tests: what a bank holds, offered to another bank, and bought."""

from __future__ import annotations

from typing import Any

from contracts.world import BANK1, BANK2, World, accepted_bill, finance

from chainbill.vm.natives import digest

SALT = "5a" * 32


def price_of(amount: int = 9_800_000) -> str:
    """The digest under which a price stands on the ledger."""
    return str(digest([SALT, amount]))


def held(world: World, amount: int = 10_000_000, *, bank: str = BANK1, **fields: Any) -> tuple[str, str]:
    """A bill that a bank has financed whole, by default 100,000.00 with BANK1: bill and the bank's token."""
    bill, token = accepted_bill(world, face=amount, **fields)
    return bill, finance(world, token, bank, amount)[0]


def sell(world: World, *tokens: str, by: str = BANK1, **given: Any) -> Any:
    """Offer tokens for sale, by default of BANK1 to BANK2 without recourse."""
    arguments = {"tokens": list(tokens), "buyer": BANK2, "recourse": False, "price": price_of(), **given}
    return world.call(by, "sale", "sell", **arguments)


def buy(world: World, token: str, by: str = BANK2, **given: Any) -> Any:
    """Record that the buyer paid, today."""
    arguments = {"reference": f"BUY-{token}", "value_date": world.today, "amount": 0, "registration": "ZD-3", **given}
    return world.call(by, "sale", "buy", token=token, **arguments)


def sold(world: World, token: str, by: str = BANK1, to: str = BANK2, **given: Any) -> str:
    """Sell and buy; the buyer's token."""
    sell(world, token, by=by, buyer=to, **given)
    return str(buy(world, token, to)["token"])


def row_of(world: World, token: str) -> dict[str, Any]:
    return dict(world.row("sale", "sale", token))
