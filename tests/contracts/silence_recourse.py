"""Claims of recourse that wait for somebody who says nothing any more: they end by themselves, the bill is paid."""

from __future__ import annotations

from contracts.claiming import CLAIMED_FROM, FACE, agreed, claim, financed, row_of
from contracts.silence import QuietWorld, waits
from contracts.world import BANK1, S2, settle


@waits("claim", "recourse_asked", silent="asked")
def a_claim_that_nobody_answers_ends_by_itself(world: QuietWorld) -> None:
    bill, token = financed(world)
    world.day(CLAIMED_FROM)
    claim(world, token)
    world.silent = (S2,)
    world.day(world.plus(40))
    assert row_of(world, token)["status"] == "expired"
    settle(world, bill, FACE)


@waits("claim", "recourse_agreed", silent="asked")
def a_claim_that_nobody_pays_ends_by_itself(world: QuietWorld) -> None:
    bill, token = financed(world)
    world.day(CLAIMED_FROM)
    agreed(world, token)
    world.silent = (S2,)
    world.day(world.plus(40))
    assert row_of(world, token)["status"] == "expired"
    world.call(BANK1, "token", "split", token=token, amounts=[1, FACE - 1])
    settle(world, bill, FACE)
