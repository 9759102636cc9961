"""Early payments for tests: a token of 100,000.00 that is payable on 2026-06-30, offered to its debtor for less."""

from __future__ import annotations

from typing import Any

from contracts.world import ANCHOR, BANK1, World, accepted_bill

FACE, PRICE = 10_000_000, 9_850_000
PAY_BY, LAST = "2026-03-20", "2026-03-23"
"""A Friday, and the Monday after it: the last day on which what came by then is recorded."""


def bill_of(world: World, face: int = FACE, **given: Any) -> tuple[str, str]:
    """A bill and its token."""
    return accepted_bill(world, face=face, **given)


def offer(world: World, token: str, by: str = "", **given: Any) -> Any:
    """Offer a token for early payment as its holder."""
    arguments = {"price": PRICE, "pay_by": PAY_BY, **given}
    return world.call(by or world.token(token)["holder"], "prepayment", "offer_prepayment", token=token, **arguments)


def agree(world: World, token: str, by: str = ANCHOR) -> Any:
    return world.call(by, "prepayment", "agree_prepayment", token=token)


def agreed(world: World, token: str, **given: Any) -> str:
    """A token whose early payment both sides agreed on; the last day on which it is recorded."""
    offer(world, token, **given)
    return str(agree(world, token)["until"])


def prepay(world: World, token: str, by: str = BANK1, **given: Any) -> dict[str, Any]:
    """Record as the paying bank that the money came, today."""
    arguments = {"reference": f"EP-{token}", "value_date": world.today, **given}
    return dict(world.call(by, "settlement", "settle_prepaid", token=token, **arguments))


def row_of(world: World, token: str) -> dict[str, Any]:
    return dict(world.row("prepayment", "prepayment", token))
