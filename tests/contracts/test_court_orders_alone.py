"""Orders of courts: nobody alone frees what is frozen, bars another court, or has it go where it may not."""

from __future__ import annotations

import pytest
from contracts.freezing import (
    acted,
    enter,
    freeze,
    frozen,
    holders,
    order_of,
    order_status,
    ratified,
    refused_by,
    release,
    standing,
    transfer_of,
)
from contracts.invariants import check_all
from contracts.pledging import pledge, row_of, told
from contracts.world import ANCHOR, BANK2, BANK3, BANK4, S1, World, accepted_bill, name_paying_bank, settle

from chainbill.errors import Refused

FACE = 1_000
COURT = "7c" * 32


# --- renewals stand beside each other ---------------------------------------------------------------------------------
@pytest.mark.parametrize("short_first", [True, False])
def test_the_longest_renewal_wins_whichever_is_ratified_first(world: World, short_first: bool) -> None:
    """While a renewal of one day waited no other court's renewal was taken, and the freeze ran out."""
    name_paying_bank(world, ANCHOR, BANK4)
    _, token = accepted_bill(world, face=FACE)
    made = frozen(world, token, 400, days=10)
    world.day(world.plus(10))
    short = enter(world, "renew", {"freeze": made}, days=1)["order"]
    long = enter(world, "renew", {"freeze": made}, days=60, by=BANK4)["order"]
    check_all(world)
    for order in (short, long) if short_first else (long, short):
        ratified(world, order)
    assert world.row("legal", "freeze", made)["until"] == world.plus(60)
    world.day(world.plus(60))
    assert standing(world, made) == "in_force"
    world.day(world.plus(1))
    assert standing(world, made) == "ended"
    check_all(world)


def test_a_renewal_stays_where_that_of_another_house_lapses(world: World) -> None:
    name_paying_bank(world, ANCHOR, BANK4)
    _, token = accepted_bill(world, face=FACE)
    made = frozen(world, token, 400, days=3)
    world.day(world.plus(2))
    enter(world, "renew", {"freeze": made}, days=60)
    world.day(world.plus(1))
    later = enter(world, "renew", {"freeze": made}, days=60, by=BANK4)
    world.day(world.plus(3))
    assert standing(world, made) == "in_force"
    ratified(world, later["order"])
    check_all(world)


# --- who frees --------------------------------------------------------------------------------------------------------
def test_one_bank_frees_nothing_by_refusing_and_another_may_ratify(world: World) -> None:
    """A bank of another house freed at once what a court had frozen."""
    _, token = accepted_bill(world, face=FACE)
    made = freeze(world, token, 400)
    order = order_of(world, made)
    refused_by(world, order, BANK4)
    row = world.row("legal", "order", order)
    assert [(one["bank"], one["reason"]) for one in row["refusals"]] == [(BANK4, "a forged paper")]
    assert (row["status"], standing(world, made)) == ("entered", "in_force")
    with pytest.raises(Refused, match="refusal_made"):
        refused_by(world, order, BANK4)
    ratified(world, order)
    assert order_status(world, order) == "ratified"
    check_all(world)


def test_what_one_bank_refused_and_nobody_ratified_lapses_on_its_day(world: World) -> None:
    _, token = accepted_bill(world, face=FACE)
    made = freeze(world, token, 400)
    refused_by(world, order_of(world, made), BANK4)
    world.day(world.row("legal", "order", order_of(world, made))["until"])
    assert standing(world, made) == "in_force"
    world.day(world.plus(1))
    assert (order_status(world, order_of(world, made)), standing(world, made)) == ("lapsed", "ended")
    check_all(world)


def returned(world: World, *tokens: str, secured: int, bill: str, frozen_one: str) -> tuple[str, str, str]:
    """What a pledgee was paid of frozen cents comes back to its bank: pledge, freeze, token."""
    made = pledge(world, *tokens, secured=secured)
    stopped = frozen(world, frozen_one, secured)
    first = settle(world, bill, secured)["payments"][0]["token"]
    told(world, bill, first, "returned", "BACK")
    return made, stopped, first


def test_what_comes_back_to_a_pledgee_that_has_its_money_stays_frozen_for_the_holder(world: World) -> None:
    """It went to the holder at once, free of the freeze that its cents were under."""
    bill, token = accepted_bill(world, face=250)
    other, rest = accepted_bill(world, face=250)
    made, stopped, first = returned(world, token, rest, secured=250, bill=bill, frozen_one=token)
    second = settle(world, other, 250)["payments"][0]["token"]
    told(world, other, second, "paid", "OUT")
    assert row_of(world, made)["status"] == "covered"
    assert told(world, bill, first, "instructed", "AGAIN")["status"] == "set_aside"
    row = world.row("settlement", "payment", [bill, first])
    assert (row["party"], row["status"], [one["freeze"] for one in row["freezes"]]) == (S1, "set_aside", [stopped])
    with pytest.raises(Refused, match="payment_frozen"):
        told(world, bill, first, "instructed", "ONCE-MORE")
    check_all(world)
    release(world, stopped)
    assert world.row("settlement", "payment", [bill, first])["status"] == "instructed"
    check_all(world)


def test_what_comes_back_is_free_once_its_freeze_has_moved_to_other_cents(world: World) -> None:
    bill, token = accepted_bill(world, face=250)
    other, rest = accepted_bill(world, face=250)
    made, stopped, first = returned(world, token, rest, secured=250, bill=bill, frozen_one=token)
    world.call(BANK2, "pledge", "release", pledge=made, secured=0)
    assert [lock["ref"] for lock in world.leaves(other)[0]["locks"]] == [stopped]
    assert told(world, bill, first, "instructed", "AGAIN")["status"] == "instructed"
    check_all(world)


# --- to whom ----------------------------------------------------------------------------------------------------------
def test_a_transfer_to_the_holder_does_not_free_it_of_the_freezes_of_other_courts(world: World) -> None:
    _, token = accepted_bill(world, face=FACE)
    made = frozen(world, token, 400)
    for item, days in (({"freeze": made, "amount": 0}, 0), ({"token": token, "amount": 1}, 9)):
        item = {**item, "token": world.leaves(world.row("legal", "freeze", made)["bill"])[0]["id"]} if days else item
        with pytest.raises(Refused, match="beneficiary_is_the_holder"):
            enter(world, "transfer", item, beneficiary=S1, days=days)


def test_to_an_account_outside_goes_money_alone(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE)
    made = frozen(world, token, FACE)
    with pytest.raises(Refused, match="beneficiary_unregistered"):
        transfer_of(world, made, 300, "", account=COURT)
    settle(world, bill, 400, partial=True)
    with pytest.raises(Refused, match="amount_above_frozen"):
        transfer_of(world, made, 401, "", account=COURT)
    acted(world, transfer_of(world, made, 400, "", account=COURT), by=BANK3)
    [row] = [one for _, one in world.rows("settlement", "payment", (bill,))]
    assert (row["kind"], row["account"], row["amount"]) == ("court", COURT, 400)
    assert holders(world, bill)[-1] == (400, FACE, "live", S1)
    check_all(world)
