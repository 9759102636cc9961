"""Refusals of recourse."""

from __future__ import annotations

from contracts.claiming import CLAIMED_FROM, FACE, TOO_EARLY, agreed, bought_back, claim, financed
from contracts.freezing import freeze
from contracts.refusals import refuses
from contracts.test_recourse import passed_on
from contracts.world import BANK1, BANK2, S1, S2, World, accepted_bill, settle


@refuses("ground_unknown")
def ask_because_one_wants_to(world: World) -> None:
    claim(world, financed(world)[1], ground="need")


@refuses("bill_not_overdue")
def ask_before_it_is_due(world: World) -> None:
    claim(world, financed(world)[1])


@refuses("recourse_too_early")
def ask_on_the_day_after_the_day_of_payment(world: World) -> None:
    token = financed(world)[1]
    world.day(TOO_EARLY)
    claim(world, token)


@refuses("debtor_not_insolvent")
def ask_because_of_an_insolvency_that_is_none(world: World) -> None:
    claim(world, financed(world)[1], ground="insolvent")


@refuses("no_recourse")
def ask_where_it_was_financed_without(world: World) -> None:
    token = financed(world, recourse=False)[1]
    world.day(CLAIMED_FROM)
    claim(world, token)


@refuses("no_recourse")
def ask_back_what_the_debtor_gave(world: World) -> None:
    claim(world, accepted_bill(world)[1], ground="agreed")


@refuses("claim_open")
def ask_twice(world: World) -> None:
    token = financed(world)[1]
    claim(world, token, ground="agreed")
    claim(world, token, ground="agreed")


@refuses("claim_unknown")
def agree_to_what_nobody_asked(world: World) -> None:
    world.call(S2, "recourse", "accept_recourse", token=financed(world)[1])


@refuses("not_asked")
def agree_for_another(world: World) -> None:
    token = financed(world)[1]
    claim(world, token, ground="agreed")
    world.call(S1, "recourse", "accept_recourse", token=token)


@refuses("claim_transition")
def agree_to_what_was_withdrawn(world: World) -> None:
    token = financed(world)[1]
    claim(world, token, ground="agreed")
    world.call(BANK1, "recourse", "withdraw_recourse", token=token)
    world.call(S2, "recourse", "accept_recourse", token=token)


@refuses("claim_transition")
def pay_before_it_is_agreed(world: World) -> None:
    token = financed(world)[1]
    claim(world, token, ground="agreed")
    bought_back(world, token)


@refuses("not_the_holder")
def withdraw_for_another(world: World) -> None:
    token = financed(world)[1]
    claim(world, token, ground="agreed")
    world.call(S2, "recourse", "withdraw_recourse", token=token)


@refuses("not_the_holders_bank")
def say_for_another_bank_that_it_was_paid(world: World) -> None:
    token = financed(world)[1]
    agreed(world, token, ground="agreed")
    bought_back(world, token, by=BANK2)


@refuses("amount_below_asked")
def pay_a_cent_less(world: World) -> None:
    token = financed(world)[1]
    agreed(world, token, ground="agreed")
    bought_back(world, token, amount=FACE - 1)


@refuses("claim_lapsed")
def pay_after_the_thirty_days(world: World) -> None:
    token = financed(world)[1]
    world.day(CLAIMED_FROM)
    agreed(world, token)
    world.day("2026-04-13")
    bought_back(world, token)


@refuses("value_date_before_agreement")
def pay_before_one_agreed(world: World) -> None:
    token = financed(world)[1]
    agreed(world, token, ground="agreed")
    bought_back(world, token, value_date="2026-03-01")


@refuses("value_date_in_future")
def say_that_it_will_be_paid(world: World) -> None:
    token = financed(world)[1]
    agreed(world, token, ground="agreed")
    bought_back(world, token, value_date=world.plus(1))


@refuses("token_already_used")
def buy_back_what_the_debtor_has_paid_in_part(world: World) -> None:
    bill, token = financed(world)
    agreed(world, token, ground="agreed")
    settle(world, bill, 1, partial=True)
    bought_back(world, token)


@refuses("token_locked")
def buy_back_what_a_court_froze(world: World) -> None:
    token = passed_on(world)[1]
    freeze(world, token, FACE)
    bought_back(world, token, by=BANK1)


@refuses("claim_in_pieces")
def buy_back_what_a_court_left(world: World) -> None:
    token = passed_on(world)[1]
    freeze(world, token, 1)
    bought_back(world, world.token(token)["into"][0], by=BANK1)


@refuses("reference_used_otherwise")
def pay_under_a_reference_that_is_used(world: World) -> None:
    bill, _ = financed(world)
    settle(world, bill, 1, partial=True, reference="USED")
    [rest] = [one["id"] for one in world.tokens(bill) if one["status"] == "live"]
    agreed(world, rest, ground="agreed")
    bought_back(world, rest, reference="USED")
