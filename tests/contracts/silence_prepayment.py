"""Early payments that wait for somebody who says nothing any more: their day ends them, the bill is paid at par."""

from __future__ import annotations

from contracts.prepaying import FACE, agreed, bill_of, offer, row_of
from contracts.silence import QuietWorld, waits
from contracts.world import ANCHOR, BANK1, S1, settle


@waits("prepayment", "offered", silent="debtor")
def an_offer_that_the_debtor_does_not_answer_ends_by_itself(world: QuietWorld) -> None:
    bill, token = bill_of(world)
    offer(world, token)
    world.silent = (ANCHOR,)
    world.day(world.plus(10))
    assert (world.token(token)["locks"], row_of(world, token)["status"]) == ([], "ended")
    settle(world, bill, FACE)


@waits("prepayment", "agreed", silent="debtor")
def an_agreement_that_nobody_pays_ends_by_itself(world: QuietWorld) -> None:
    bill, token = bill_of(world)
    agreed(world, token)
    world.silent = (ANCHOR,)
    world.day(world.plus(30))
    assert (world.token(token)["locks"], row_of(world, token)["status"]) == ([], "ended")
    world.call(S1, "token", "split", token=token, amounts=[1, FACE - 1])
    settle(world, bill, FACE, by=BANK1)
