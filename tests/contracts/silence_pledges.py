"""Pledges that wait for somebody who says nothing any more: the bill is paid all the same, or its day ends it."""

from __future__ import annotations

from contracts.pledging import enforce, offer_pledge, pledge, row_of, told
from contracts.silence import QuietWorld, waits
from contracts.world import BANK1, BANK2, S1, accepted_bill, as_two, settle


@waits("pledge", "offered", silent="pledgee")
def an_offer_in_pledge_ends_by_itself(world: QuietWorld) -> None:
    token = accepted_bill(world, face=100)[1]
    offer_pledge(world, token, secured=60)
    world.silent = (BANK2,)
    world.day(world.plus(10))
    assert world.token(token)["locks"] == []


@waits("pledge", "active", silent="pledgee", frees="pledges")
def the_debtor_pays_the_pledgee_and_the_rest_is_free(world: QuietWorld) -> None:
    bill, token = accepted_bill(world, face=100)
    made = pledge(world, token, secured=60)
    world.silent = (BANK2,)
    for one in settle(world, bill, 80, partial=True)["payments"]:
        told(world, bill, one["token"], "paid", one["token"])
    world.day(world.plus(2))
    assert row_of(world, made)["status"] == "paid"
    assert not [leaf for leaf in world.leaves(bill) if leaf["locks"]]
    assert world.open_items(BANK2)["pledges"] == 0


@waits("pledge", "enforcing", silent="holder")
def an_enforcement_ends_by_itself_and_the_settlement_pays_the_pledgee(world: QuietWorld) -> None:
    bill, token = accepted_bill(world, face=100)
    made = pledge(world, token, secured=60)
    world.day(world.plus(31))
    enforce(world, made, 60)
    world.silent = (S1,)
    world.day(world.plus(10))
    assert row_of(world, made)["status"] == "active"
    assert [one["party"] for one in settle(world, bill, 100)["payments"]] == [BANK2, S1]


@waits("pledge", "covered", silent="bank")
def the_pledgee_says_what_it_was_paid(world: QuietWorld) -> None:
    bill, token = accepted_bill(world, face=100)
    made = pledge(world, token, secured=60)
    paid = settle(world, bill, 80, partial=True)["payments"][0]
    world.silent = (BANK1,)
    as_two(world, BANK2, "settlement", "acknowledge", bill=bill, token=paid["token"])
    world.day(world.plus(2))
    assert row_of(world, made)["status"] == "paid"
