"""Attacks on money, by whoever holds a key: what each tries, and what is left of it."""

from __future__ import annotations

import pytest
from contracts.invariants import check_all
from contracts.world import (
    BANK1,
    BANK2,
    S1,
    World,
    accepted_bill,
    ask,
    bid,
    disburse,
    settle,
)

from chainbill.errors import Refused

FACE = 100_000_000


# --- the debtor's cents against a bank's money ------------------------------------------------------------------------
def test_a_part_payment_does_not_take_the_token_from_a_bank_whose_money_has_left(world: World) -> None:
    """attack: anchor and supplier take a bank's money; a cent of the debtor made its receipt count for nothing."""
    bill, token = accepted_bill(world)
    request = ask(world, token, BANK2, amount=FACE)["request"]
    quoted = bid(world, request, BANK2, fee=500)
    world.call(S1, "finance", "agree", quote=quoted["quote"])
    settle(world, bill, 1, partial=True)
    with pytest.raises(Refused, match="amount_below_agreed_net"):  # nothing named: the net of what is left
        disburse(world, BANK2, quoted["quote"])
    paid = disburse(world, BANK2, quoted["quote"], amount=quoted["net"])
    bought = world.token(paid["token"])
    assert (bought["holder"], bought["hi"] - bought["lo"]) == (BANK2, FACE - 1)
    quote = world.row("finance", "quote", quoted["quote"])
    interest = (2 * (FACE - 1) * 38_500 * 120 + 360_000_000) // 720_000_000
    assert (quote["amount"], quote["interest"], quote["net"]) == (FACE - 1, interest, FACE - 1 - interest - 500)
    assert world.row("finance", "financed", paid["token"]) == {"request": request, "outstanding": FACE - 1}
    check_all(world)
    settle(world, bill, FACE - 1)
    assert world.row("finance", "request", request)["status"] == "repaid"
    check_all(world)


def test_a_bank_that_has_not_paid_yet_takes_its_quote_back_after_a_part_payment(world: World) -> None:
    """attack: the debtor pays a part to hold the holder to an agreement that is no longer worth it to the bank."""
    bill, token = accepted_bill(world)
    request = ask(world, token, BANK1, amount=FACE)["request"]
    quote = bid(world, request, BANK1)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    settle(world, bill, FACE // 2, partial=True)
    world.call(BANK1, "finance", "withdraw_quote", quote=quote)
    [live] = [leaf for leaf in world.leaves(bill) if leaf["status"] == "live"]
    assert (live["holder"], live["locks"], live["hi"] - live["lo"]) == (S1, [], FACE // 2)
