"""Refusals of guarantees."""

from __future__ import annotations

from contracts.guaranteeing import (
    FACE,
    GUARANTOR,
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    demand,
    guarantee,
    guaranteed,
    members,
    pay,
)
from contracts.refusals import refuses
from contracts.reversing import reverse
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK3,
    S1,
    S2,
    World,
    accepted_bill,
    an_account,
    issue,
    member,
    settle,
    uscc,
)
from contracts.world import pay as transfer

MEMBERS = members()
TEN = [*MEMBERS, *(member(uscc(80 + number), "guarantor") for number in range(11))]
CREDITOR = [*MEMBERS[:-2], member(uscc(90), "supplier", "guarantor")]
WITHOUT_ACCOUNT = [*MEMBERS[:-2], {**member(GUARANTOR, "guarantor"), "accounts": []}]
WITH_POLICY = [
    {**one, "policy": {"rules": [{"action": "settlement.pay_guarantee", "currency": "CNY", "above": 0}]}}
    if one["id"] == BANK3
    else one
    for one in MEMBERS
]


@refuses("document_not_valid", members=MEMBERS)
def guarantee_without_a_resolution(world: World) -> None:
    bill = accepted_bill(world)[0]
    world.call(GUARANTOR, "guarantee", "give_guarantee", bill=bill, until="2027-01-01", resolution="")


@refuses("date_not_valid", members=MEMBERS)
def guarantee_until_no_day(world: World) -> None:
    guarantee(world, accepted_bill(world)[0], until="soon")


@refuses("bill_unknown", members=MEMBERS)
def guarantee_nothing(world: World) -> None:
    guarantee(world, "B")


@refuses("role_missing")
def guarantee_as_a_supplier(world: World) -> None:
    guarantee(world, accepted_bill(world)[0], S2)


@refuses("guarantor_is_a_party", members=CREDITOR)
def guarantee_one_s_own_claim(world: World) -> None:
    bill = issue(world, creditor=uscc(90), by=uscc(90))
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    guarantee(world, bill, uscc(90))


@refuses("maker_and_checker_needed", members=MEMBERS)
def guarantee_alone(world: World) -> None:
    bill = accepted_bill(world)[0]
    world.call(GUARANTOR, "guarantee", "give_guarantee", bill=bill, until="2027-01-01", resolution="5a" * 32)


@refuses("bill_takes_no_guarantee", members=MEMBERS)
def guarantee_what_is_not_confirmed(world: World) -> None:
    guarantee(world, issue(world), until="2027-01-01")


@refuses("bill_takes_no_guarantee", members=MEMBERS)
def guarantee_what_is_due(world: World) -> None:
    bill = accepted_bill(world, due_on=MONDAY)[0]
    world.day(MONDAY)
    guarantee(world, bill)


@refuses("guarantee_transition", members=MEMBERS)
def guarantee_twice(world: World) -> None:
    guarantee(world, guaranteed(world)[0])


@refuses("guarantee_period_over", members=MEMBERS)
def guarantee_until_the_day_of_payment(world: World) -> None:
    guarantee(world, accepted_bill(world, due_on=MONDAY)[0], until=MONDAY)


@refuses("account_missing", members=WITHOUT_ACCOUNT)
def guarantee_without_an_account(world: World) -> None:
    guarantee(world, accepted_bill(world, due_on=MONDAY)[0])


@refuses("too_many_guarantors", members=TEN)
def guarantee_as_the_eleventh(world: World) -> None:
    bill = accepted_bill(world, due_on=MONDAY)[0]
    for number in range(11):
        guarantee(world, bill, uscc(80 + number))


@refuses("guarantee_unknown", members=MEMBERS)
def demand_of_nobody(world: World) -> None:
    demand(world, *accepted_bill(world))


@refuses("token_unknown", members=MEMBERS)
def demand_with_a_token_of_another_bill(world: World) -> None:
    demand(world, guaranteed(world)[0], accepted_bill(world)[1])


@refuses("not_the_holder", members=MEMBERS)
def demand_as_a_stranger(world: World) -> None:
    demand(world, *guaranteed(world), by=S2)


@refuses("bill_not_overdue", members=MEMBERS)
def demand_too_early(world: World) -> None:
    demand(world, *guaranteed(world))


@refuses("bill_overdue_too_short", members=MEMBERS)
def demand_on_the_business_day_after(world: World) -> None:
    made = guaranteed(world)
    world.day(TUESDAY)
    demand(world, *made)


@refuses("token_already_used", members=MEMBERS)
def demand_with_what_was_cut(world: World) -> None:
    bill, token = guaranteed(world)
    world.day(WEDNESDAY)
    world.call(S1, "token", "split", token=token, amounts=[1])
    demand(world, bill, token)


@refuses("guarantee_transition", members=MEMBERS)
def demand_of_a_settled_bill(world: World) -> None:
    bill, token = guaranteed(world)
    settle(world, bill, FACE)
    demand(world, bill, token)


@refuses("guarantee_period_over", members=MEMBERS)
def demand_too_late(world: World) -> None:
    bill, token = guaranteed(world)
    world.day("2026-09-10")
    demand(world, bill, token)


@refuses("token_of_a_guarantor", members=MEMBERS)
def demand_as_a_guarantor(world: World) -> None:
    bill, token = guaranteed(world)
    world.day(WEDNESDAY)
    demand(world, bill, pay(world, bill, token)["tokens"][0])


@refuses("too_many_tokens", members=MEMBERS)
def pay_nothing(world: World) -> None:
    pay(world, guaranteed(world)[0])


@refuses("guarantee_unknown", members=MEMBERS)
def pay_what_is_not_guaranteed(world: World) -> None:
    pay(world, *accepted_bill(world))


@refuses("token_unknown", members=MEMBERS)
def pay_a_token_of_another_bill(world: World) -> None:
    pay(world, guaranteed(world)[0], accepted_bill(world)[1])


@refuses("not_the_guarantors_bank", members=MEMBERS)
def pay_as_the_paying_bank(world: World) -> None:
    bill, token = guaranteed(world)
    world.day(WEDNESDAY)
    pay(world, bill, token, by=BANK1)


@refuses("guarantee_transition", members=MEMBERS)
def pay_on_a_settled_bill(world: World) -> None:
    bill, token = guaranteed(world)
    settle(world, bill, FACE)
    pay(world, bill, token)


@refuses("bill_not_overdue", members=MEMBERS)
def pay_before_it_is_overdue(world: World) -> None:
    pay(world, *guaranteed(world))


@refuses("bill_overdue_too_short", members=MEMBERS)
def pay_on_the_business_day_after(world: World) -> None:
    made = guaranteed(world)
    world.day(TUESDAY)
    pay(world, *made)


@refuses("token_named_twice", members=MEMBERS)
def pay_a_token_twice(world: World) -> None:
    bill, token = guaranteed(world)
    world.day(WEDNESDAY)
    pay(world, bill, token, token)


@refuses("token_already_used", members=MEMBERS)
def pay_what_was_cut(world: World) -> None:
    bill, token = guaranteed(world)
    world.day(WEDNESDAY)
    world.call(S1, "token", "split", token=token, amounts=[1])
    pay(world, bill, token)


@refuses("value_date_in_future", members=MEMBERS)
def pay_tomorrow(world: World) -> None:
    bill, token = guaranteed(world)
    world.day(WEDNESDAY)
    pay(world, bill, token, value_date="2026-03-12")


@refuses("value_date_before_overdue", members=MEMBERS)
def pay_on_the_day_of_payment(world: World) -> None:
    bill, token = guaranteed(world)
    world.day(WEDNESDAY)
    pay(world, bill, token, value_date=MONDAY)


@refuses("maker_and_checker_needed", members=WITH_POLICY)
def pay_alone_above_the_limit(world: World) -> None:
    bill, token = guaranteed(world)
    world.day(WEDNESDAY)
    pay(world, bill, token)


@refuses("reversal_too_late", members=MEMBERS)
def reverse_what_a_guarantor_paid(world: World) -> None:
    bill, token = guaranteed(world)
    world.day(WEDNESDAY)
    pay(world, bill, token, reference="G-1")
    reverse(world, "G-1", by=BANK3)


BOTH = [*MEMBERS[:-2], member(GUARANTOR, "supplier", "guarantor", accounts=[an_account("CNY", BANK3)])]


@refuses("token_of_a_guarantor", members=BOTH)
def pay_what_it_holds(world: World) -> None:
    bill, token = guaranteed(world)
    own, _ = transfer(world, token, GUARANTOR, 30_000_000)
    world.day(WEDNESDAY)
    pay(world, bill, own)
