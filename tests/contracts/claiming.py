"""Recourse for tests: what a bank financed with recourse, overdue, and what is asked back of it."""

from __future__ import annotations

from typing import Any

from contracts.selling import sold
from contracts.world import BANK1, S2, World, accepted_bill, finance, pay

DUE, TOO_EARLY, CLAIMED_FROM = "2026-03-09", "2026-03-10", "2026-03-11"
"""A Monday; the business day after it; the day from which on recourse is asked because the bill is overdue."""
DEMAND = "7a" * 32
FACE = 10_000_000


def financed(world: World, *, recourse: bool = True, **fields: Any) -> tuple[str, str]:
    """100,000.00 that S1 passed on to S2 and BANK1 financed for it, due on DUE: bill and the bank's token."""
    bill, first = accepted_bill(world, face=FACE, due_on=DUE, **fields)
    second = pay(world, first, S2, FACE)[0]
    return bill, finance(world, second, BANK1, FACE, recourse=recourse)[0]


def sold_on(world: World, **fields: Any) -> tuple[str, str]:
    """The same, sold on to BANK2 with recourse: bill and its token."""
    bill, token = financed(world, **fields)
    return bill, sold(world, token, recourse=True)


def claim(world: World, token: str, **given: Any) -> Any:
    """Ask for recourse as the holder, by default because the bill is overdue and for the face of the token."""
    row = world.token(token)
    arguments = {"ground": "overdue", "amount": row["hi"] - row["lo"], "document": DEMAND, **given}
    return world.call(row["holder"], "recourse", "ask_recourse", token=token, **arguments)


def row_of(world: World, token: str) -> dict[str, Any]:
    return dict(world.row("recourse", "claim", token))


def agreed(world: World, token: str, **given: Any) -> Any:
    """Ask, and agree as the party that is asked."""
    asked = claim(world, token, **given)["asked"]
    return world.call(asked, "recourse", "accept_recourse", token=token)


def bought_back(world: World, token: str, by: str = BANK1, **given: Any) -> Any:
    """Record that the party which was asked has paid; by default what was asked, today."""
    arguments = {"reference": f"BACK-{token}", "value_date": world.today, "amount": FACE, **given}
    return world.call(by, "recourse", "bought_back", token=token, **arguments)
