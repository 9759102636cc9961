"""Refusals of sealed quotes."""

from __future__ import annotations

from contracts.refusals import refuses
from contracts.sealing import NEVER, SEALED, agree_arguments, asked, bid_for, give_key, seal, seal_arguments
from contracts.world import BANK1, BANK2, S1, World, accepted_bill, ask, bid


@refuses("bids_sealed", parameters=SEALED)
def quote_in_clear_where_bids_are_sealed(world: World) -> None:
    give_key(world)
    bid(world, asked(world, BANK1), BANK1)


@refuses("encryption_key_missing", parameters=SEALED)
def ask_without_a_key_where_bids_are_sealed(world: World) -> None:
    ask(world, accepted_bill(world)[1], BANK1, amount=1)


@refuses("encryption_key_missing")
def seal_to_a_holder_without_a_key(world: World) -> None:
    seal(world, asked(world, BANK1), BANK1)


@refuses("envelope_not_valid")
def seal_an_envelope_that_is_longer(world: World) -> None:
    give_key(world)
    told = seal_arguments(bid_for(world, asked(world, BANK1), BANK1))
    world.call(BANK1, "finance", "seal", **{**told, "envelope": told["envelope"] + "00"})


@refuses("envelope_not_valid")
def seal_with_a_commitment_in_words(world: World) -> None:
    give_key(world)
    told = seal_arguments(bid_for(world, asked(world, BANK1), BANK1))
    world.call(BANK1, "finance", "seal", **{**told, "commitment": "three percent"})


@refuses("envelope_not_valid")
def open_with_a_salt_that_is_none(world: World) -> None:
    give_key(world)
    quote, sealed = seal(world, asked(world, BANK1), BANK1)
    world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, sealed, salt="00"))


@refuses("terms_not_as_sealed")
def agree_to_a_lower_rate_than_was_sealed(world: World) -> None:
    give_key(world)
    quote, sealed = seal(world, asked(world, BANK1), BANK1)
    lower = {**sealed.terms, "rate": sealed.terms["rate"] - 1}
    world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, sealed, terms=lower))


@refuses("terms_not_as_sealed")
def agree_with_another_salt(world: World) -> None:
    give_key(world)
    quote, sealed = seal(world, asked(world, BANK1), BANK1)
    world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, sealed, salt=NEVER["salt"]))


@refuses("terms_not_as_sealed")
def agree_to_a_bid_that_another_bank_copied(world: World) -> None:
    give_key(world)
    request = asked(world, BANK1, BANK2)
    _, sealed = seal(world, request, BANK1)
    quote = world.call(BANK2, "finance", "seal", **seal_arguments(sealed))["quote"]
    world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, sealed))


@refuses("terms_not_as_sealed")
def agree_to_a_sealed_quote_unopened(world: World) -> None:
    give_key(world)
    quote, _ = seal(world, asked(world, BANK1), BANK1)
    world.call(S1, "finance", "agree", quote=quote)


@refuses("terms_not_as_sealed")
def open_a_quote_that_is_clear(world: World) -> None:
    request = asked(world, BANK1)
    quote = bid(world, request, BANK1)["quote"]
    world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, bid_for(world, request, BANK1)))


@refuses("value_date_not_in_order")
def open_terms_of_a_day_after_the_last_to_pay(world: World) -> None:
    give_key(world)
    quote, sealed = seal(world, asked(world, BANK1), BANK1, {"value_date": world.plus(30)})
    world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, sealed))


@refuses("debtor_does_not_pay_interest")
def open_terms_that_charge_a_debtor_who_did_not_agree(world: World) -> None:
    give_key(world)
    quote, sealed = seal(world, asked(world, BANK1), BANK1, {"interest_payer": "debtor"})
    world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, sealed))


@refuses("net_not_positive")
def open_terms_that_leave_nothing(world: World) -> None:
    give_key(world)
    quote, sealed = seal(world, asked(world, BANK1), BANK1, {"fee": 10_000_000})
    world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, sealed))


@refuses("fields_not_valid")
def open_terms_with_more_than_terms(world: World) -> None:
    give_key(world)
    quote, sealed = seal(world, asked(world, BANK1), BANK1)
    more = {**sealed.terms, "note": "x"}
    world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, sealed, terms=more))


@refuses("parameter_out_of_range")
def have_bids_be_neither_clear_nor_sealed(world: World) -> None:
    content = {"name": "bids", "value": "open"}
    world.call(BANK1, "governance", "propose", kind="parameter", content=content)
