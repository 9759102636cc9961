"""Sales that wait for a bank that says nothing any more: their day ends them, and the bill is paid all the same."""

from __future__ import annotations

from contracts.selling import held, sell
from contracts.silence import QuietWorld, waits
from contracts.world import BANK2, settle


@waits("sale", "offered", silent="buyer")
def an_offer_for_sale_ends_by_itself(world: QuietWorld) -> None:
    bill, token = held(world)
    sell(world, token)
    world.silent = (BANK2,)
    world.day(world.plus(10))
    assert world.token(token)["locks"] == []
    settle(world, bill, 10_000_000)
