"""Refusals of onward sales."""

from __future__ import annotations

from contracts.refusals import refuses
from contracts.selling import buy, held, sell, sold
from contracts.world import BANK1, BANK2, BANK3, MEMBERS, S1, S2, World, accepted_bill, an_account, member

DEBTOR_IS_A_BANK = [*MEMBERS[1:], member(BANK1, "bank", "anchor", accounts=[an_account()], paying_bank=BANK1)]


@refuses("sale_unknown")
def buy_what_was_never_offered(world: World) -> None:
    buy(world, held(world)[1])


@refuses("sale_transition")
def buy_twice(world: World) -> None:
    token = held(world)[1]
    sold(world, token)
    buy(world, token, reference="AGAIN")


@refuses("sale_transition")
def buy_what_was_taken_back(world: World) -> None:
    token = held(world)[1]
    sell(world, token)
    world.call(BANK1, "token", "recall", token=token)
    buy(world, token)


@refuses("not_the_buyer")
def buy_what_another_bank_was_offered(world: World) -> None:
    token = held(world)[1]
    sell(world, token)
    buy(world, token, by=BANK3)


@refuses("not_the_buyer")
def buy_what_one_sells(world: World) -> None:
    token = held(world)[1]
    sell(world, token)
    buy(world, token, by=BANK1)


@refuses("value_date_before_offer")
def say_that_it_was_paid_before_it_was_offered(world: World) -> None:
    token = held(world)[1]
    world.day("2026-03-04")
    sell(world, token)
    buy(world, token, value_date="2026-03-03")


@refuses("value_date_in_future")
def say_that_it_will_be_paid(world: World) -> None:
    token = held(world)[1]
    sell(world, token)
    buy(world, token, value_date=world.plus(1))


@refuses("offer_of_other_kind")
def accept_what_is_for_sale(world: World) -> None:
    token = held(world)[1]
    sell(world, token)
    world.call(BANK2, "token", "accept", token=token)


@refuses("price_digest_not_valid")
def a_price_in_clear(world: World) -> None:
    sell(world, held(world)[1], price="98000.00")


@refuses("recourse_not_said")
def recourse_of_neither_kind(world: World) -> None:
    sell(world, held(world)[1], recourse="perhaps")


@refuses("too_many_tokens")
def sell_nothing(world: World) -> None:
    sell(world)


@refuses("too_many_tokens")
def sell_a_hundred_and_one(world: World) -> None:
    sell(world, *[held(world)[1]] * 101)


@refuses("token_named_twice")
def sell_one_token_twice(world: World) -> None:
    sell(world, *[held(world)[1]] * 2)


@refuses("not_a_bank")
def sell_as_a_supplier(world: World) -> None:
    sell(world, accepted_bill(world)[1], by=S1)


@refuses("not_a_bank")
def sell_to_a_supplier(world: World) -> None:
    sell(world, held(world)[1], buyer=S2)


@refuses("recipient_is_the_sender")
def sell_to_oneself(world: World) -> None:
    sell(world, held(world)[1], buyer=BANK1)


@refuses("recipient_is_the_debtor", members=DEBTOR_IS_A_BANK)
def sell_to_the_debtor(world: World) -> None:
    sell(world, held(world, bank=BANK2, debtor=BANK1)[1], by=BANK2, buyer=BANK1)


@refuses("currencies_differ")
def sell_euros_among_yuan(world: World) -> None:
    sell(world, held(world)[1], held(world, currency="EUR")[1])


@refuses("token_locked")
def sell_what_is_for_sale(world: World) -> None:
    token = held(world)[1]
    sell(world, token)
    sell(world, token, buyer=BANK3)
