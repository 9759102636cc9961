"""Refusals of pledges, and of payments that came back."""

from __future__ import annotations

from contracts.pledging import act, enforce, offer_pledge, pledge, told
from contracts.refusals import refuses
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    MEMBERS,
    S1,
    World,
    accepted_bill,
    an_account,
    member,
    settle,
)  # fmt: skip

DEBTOR_IS_A_BANK = [*MEMBERS[1:], member(BANK1, "bank", "anchor", accounts=[an_account()], paying_bank=BANK1)]


def _token(world: World) -> str:
    return accepted_bill(world, face=1_000)[1]


@refuses("pledge_unknown")
def accept_nothing(world: World) -> None:
    act(world, BANK2, "accept", "K", registration="ZD-2")


@refuses("too_many_to_pledge")
def pledge_nothing(world: World) -> None:
    offer_pledge(world)


@refuses("too_many_to_pledge")
def pledge_twenty_one_tokens(world: World) -> None:
    offer_pledge(world, *[_token(world)] * 21)


@refuses("token_named_twice")
def pledge_one_token_twice(world: World) -> None:
    offer_pledge(world, *[_token(world)] * 2)


@refuses("recipient_is_the_sender")
def pledge_to_oneself(world: World) -> None:
    offer_pledge(world, _token(world), pledgee=S1)


@refuses("not_a_bank")
def pledge_to_a_supplier(world: World) -> None:
    offer_pledge(world, _token(world), pledgee=ANCHOR)


@refuses("pledgee_is_the_debtor", members=DEBTOR_IS_A_BANK)
def pledge_to_the_debtor(world: World) -> None:
    offer_pledge(world, accepted_bill(world, face=1_000, debtor=BANK1)[1], pledgee=BANK1)


@refuses("not_the_pledgee")
def accept_for_another_bank(world: World) -> None:
    act(world, BANK3, "accept", offer_pledge(world, _token(world)), registration="ZD-2")


@refuses("not_the_pledgor")
def withdraw_as_the_pledgee(world: World) -> None:
    act(world, BANK2, "withdraw", offer_pledge(world, _token(world)))


@refuses("pledge_transition")
def withdraw_what_was_accepted(world: World) -> None:
    act(world, S1, "withdraw", pledge(world, _token(world)))


@refuses("offer_lapsed")
def accept_after_the_last_day(world: World) -> None:
    made = offer_pledge(world, _token(world))
    world.time_ms += 30 * 86_400_000  # the item of that day has not run yet
    act(world, BANK2, "accept", made, registration="ZD-2")


@refuses("amount_above_secured")
def secure_more(world: World) -> None:
    act(world, BANK2, "release", pledge(world, _token(world), secured=300), secured=301)


@refuses("pledge_not_due")
def enforce_on_the_day_on_which_it_is_due(world: World) -> None:
    made = pledge(world, _token(world), secured=300)
    world.day(world.plus(30))
    enforce(world, made, 300)


@refuses("amount_above_secured")
def enforce_more_than_is_secured(world: World) -> None:
    made = pledge(world, _token(world), secured=300)
    world.day(world.plus(31))
    enforce(world, made, 301)


@refuses("set_aside_too_early")
def set_aside_on_the_thirtieth_day(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    settle(world, bill, 1_000)
    told(world, bill, token, "returned", "BACK")
    world.day(world.plus(30))
    told(world, bill, token, "set_aside", "ASIDE")


@refuses("payment_above_secured")
def instruct_what_the_pledgee_has_in_part(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    pledge(world, token, secured=300)
    first = settle(world, bill, 400, partial=True)["payments"][0]["token"]
    told(world, bill, first, "returned", "BACK")
    settle(world, bill, 100, partial=True)
    told(world, bill, first, "instructed", "AGAIN")
