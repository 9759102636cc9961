"""Attacks that reach a party through what others may do: fill its sums, its tables, or what waits for its day."""

from __future__ import annotations

from contracts.expected import refused
from contracts.world import (
    BANK2,
    OTHER_ANCHOR,
    S4,
    World,
    accepted_bill,
    issue,
    name_paying_bank,
    pay,
    settle,
)

LARGEST = 2**53 - 1


# --- sums -------------------------------------------------------------------------------------------------------------
def test_a_payee_cannot_fill_its_sum_so_that_nobody_is_paid(world: World) -> None:
    """attack: a supplier holds ten cents of a bill. A debtor and a bank that work with it settle bills over the largest
    amount and report no payment. Its sum was full then, and the honest bill could be settled for nobody any more."""
    honest, token = accepted_bill(world, face=1_000)
    pay(world, token, S4, 10)
    name_paying_bank(world, OTHER_ANCHOR, BANK2)
    theirs = {"debtor": OTHER_ANCHOR, "creditor": S4, "by": S4}
    large, _ = accepted_bill(world, face=LARGEST - 10, **theirs)
    settle(world, large, LARGEST - 10, by=BANK2)
    small = issue(world, face=10, **theirs)
    world.call(OTHER_ANCHOR, "bill", "confirm", bill=small)
    refused("core_holdings", world.call, S4, "bill", "accept", bill=small)
    assert settle(world, honest, 1_000)["outstanding"] == 0
    [owed] = [row for _, row in world.rows("settlement", "payment", (honest,)) if row["party"] == S4]
    assert (owed["amount"], world.row("core", "holding", [S4, "CNY", "payee_open"])) == (10, [2, LARGEST])
