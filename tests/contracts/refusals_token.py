"""Refusals of token."""

from __future__ import annotations

from contracts.refusals import refuses
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    MEMBERS,
    OTHER_ANCHOR,
    S1,
    S2,
    S3,
    World,
    accepted_bill,
    ask,
    bid,
    change,
    finance,
    key_of,
    member,
    offer,
    order,
    pay,
    settle,
    uscc,
)  # fmt: skip

DAY_MS = 86_400_000


def root(world: World) -> str:
    return accepted_bill(world)[1]


def split(world: World, token: str, *amounts: int) -> list[str]:
    holder = world.token(token)["holder"]
    return list(world.call(holder, "token", "split", token=token, amounts=list(amounts))["tokens"])


def merge(world: World, *tokens: str) -> str:
    return str(world.call(S1, "token", "merge", tokens=list(tokens))["token"])


def many(world: World, tokens: list[str], amount: int = 1) -> None:
    recipients = [{"party": S2, "amount": amount}]
    world.call(S1, "token", "transfer", tokens=tokens, recipients=recipients)


@refuses("token_unknown")
def transfer_nothing(world: World) -> None:
    many(world, ["T0"])


@refuses("token_unknown")
def accept_nothing(world: World) -> None:
    world.call(S1, "token", "accept", token="T0")


@refuses("not_the_holder")
def transfer_what_others_hold(world: World) -> None:
    world.call(S2, "token", "transfer", tokens=[root(world)], recipients=[{"party": S3, "amount": 1}])


@refuses("token_already_used")
def transfer_twice(world: World) -> None:
    token = root(world)
    offer(world, token, (S2, 10))
    many(world, [token])


@refuses("not_offered_to_you")
def accept_twice(world: World) -> None:
    token = offer(world, root(world), (S2, 10))["tokens"][0]
    world.call(S2, "token", "accept", token=token)
    world.call(S2, "token", "accept", token=token)


@refuses("token_locked")
def transfer_an_offered_token(world: World) -> None:
    many(world, offer(world, root(world), (S2, 10))["tokens"])


@refuses("token_already_financed")
def transfer_as_a_bank(world: World) -> None:
    token, _ = finance(world, root(world), BANK1, 1_000)
    world.call(BANK1, "token", "transfer", tokens=[token], recipients=[{"party": S3, "amount": 1}])


@refuses("token_already_financed")
def request_for_a_financed_token(world: World) -> None:
    token, _ = finance(world, root(world), BANK1, 1_000)
    ask(world, token, BANK2, amount=1_000)


@refuses("token_named_twice")
def transfer_one_token_named_twice(world: World) -> None:
    token = root(world)
    many(world, [token, token])


@refuses("too_many_tokens")
def transfer_without_tokens(world: World) -> None:
    many(world, [])


@refuses("too_many_recipients")
def transfer_to_a_crowd(world: World) -> None:
    offer(world, root(world), *[(S2, 1)] * 201)


@refuses("too_many_pieces")
def split_into_dust(world: World) -> None:
    split(world, root(world), *[1] * 101)


@refuses("amount_not_positive")
def transfer_nothing_to_somebody(world: World) -> None:
    offer(world, root(world), (S2, 0))


@refuses("amount_exceeds_tokens")
def transfer_more_than_there_is(world: World) -> None:
    offer(world, root(world), (S2, 100_000_001))


@refuses("amount_exceeds_tokens")
def split_more_than_there_is(world: World) -> None:
    split(world, root(world), 60_000_000, 60_000_000)


@refuses("amount_exceeds_tokens")
def request_for_more_than_there_is(world: World) -> None:
    ask(world, root(world), BANK1, amount=100_000_001)


@refuses("currencies_differ")
def transfer_two_currencies(world: World) -> None:
    many(world, [root(world), accepted_bill(world, currency="EUR")[1]])


@refuses("recipient_is_the_debtor")
def transfer_to_the_debtor(world: World) -> None:
    offer(world, root(world), (ANCHOR, 10))


@refuses("recipient_is_the_debtor")
def transfer_to_the_debtor_of_the_second_token_used(world: World) -> None:
    tokens = [root(world), accepted_bill(world, debtor=OTHER_ANCHOR, due_on=world.plus(200), face=50)[1]]
    recipients = [{"party": S2, "amount": 100_000_000}, {"party": OTHER_ANCHOR, "amount": 50}]
    world.call(S1, "token", "transfer", tokens=tokens, recipients=recipients)


@refuses("recipient_is_the_sender")
def transfer_to_oneself(world: World) -> None:
    offer(world, root(world), (S1, 10))


@refuses("recipient_is_a_bank")
def transfer_to_a_bank(world: World) -> None:
    offer(world, root(world), (BANK1, 10))


@refuses("cannot_hold", members=[*MEMBERS, member(uscc(70), "regulator")])
def transfer_to_a_regulator(world: World) -> None:
    """Use 9: an offer to a regulator stood until it lapsed."""
    offer(world, root(world), (uscc(70), 10))


@refuses("cannot_hold", members=[*MEMBERS, member(uscc(71), "guarantor")])
def transfer_to_a_guarantor(world: World) -> None:
    offer(world, root(world), (uscc(71), 10))


@refuses("party_unknown")
def transfer_to_a_stranger(world: World) -> None:
    offer(world, root(world), (uscc(999), 10))


@refuses("party_not_active")
def transfer_to_a_suspended_party(world: World) -> None:
    token = root(world)
    order(world, S2, "suspended")
    offer(world, token, (S2, 10))


@refuses("capability_missing")
def transfer_with_a_checker_alone(world: World) -> None:
    arguments = {"tokens": [root(world)], "recipients": [{"party": S2, "amount": 1}]}
    world.send(S1, ("token", "transfer", arguments), keys=[key_of(S1, 1)])


@refuses("bill_not_transferable")
def transfer_what_is_not_transferable(world: World) -> None:
    offer(world, accepted_bill(world, terms={"non_transferable": True})[1], (S2, 10))


@refuses("too_close_to_payment")
def transfer_on_the_last_business_day(world: World) -> None:
    token = accepted_bill(world, due_on=world.plus(7))[1]
    world.time_ms += 7 * DAY_MS
    offer(world, token, (S2, 10))


@refuses("bill_not_active")
def transfer_when_due(world: World) -> None:
    token = accepted_bill(world, due_on=world.plus(7))[1]
    world.day(world.plus(7))
    offer(world, token, (S2, 10))


@refuses("piece_too_small")
def transfer_less_than_the_least_split(world: World) -> None:
    offer(world, accepted_bill(world, terms={"min_split": 1_000})[1], (S2, 999))


@refuses("piece_too_small")
def leave_less_than_the_least_split(world: World) -> None:
    offer(world, accepted_bill(world, terms={"min_split": 1_000})[1], (S2, 99_999_001))


@refuses("piece_too_small", parameters={"min_split": 10})
def split_below_the_least_split_of_the_network(world: World) -> None:
    split(world, root(world), 9)


@refuses("nothing_to_cut")
def split_into_itself(world: World) -> None:
    split(world, root(world), 100_000_000)


@refuses("not_offered_to_you")
def accept_what_is_offered_to_others(world: World) -> None:
    world.call(S3, "token", "accept", token=offer(world, root(world), (S2, 10))["tokens"][0])


@refuses("not_offered_to_you")
def reject_what_was_never_offered(world: World) -> None:
    world.call(S3, "token", "reject", token=root(world), reason="")


@refuses("too_many_offers", parameters={"open_offers": 100})
def offer_without_end(world: World) -> None:
    """security 16"""
    offer(world, root(world), *[(S2, 1)] * 101)


@refuses("offer_lapsed")
def accept_too_late(world: World) -> None:
    token = offer(world, root(world), (S2, 10))["tokens"][0]
    world.time_ms += 8 * DAY_MS
    world.call(S2, "token", "accept", token=token)


@refuses("account_missing")
def accept_without_an_account(world: World) -> None:
    token = offer(world, accepted_bill(world, currency="EUR")[1], (OTHER_ANCHOR, 10))["tokens"][0]
    world.call(OTHER_ANCHOR, "token", "accept", token=token)


@refuses("text_too_long")
def reject_at_length(world: World) -> None:
    token = offer(world, root(world), (S2, 10))["tokens"][0]
    world.call(S2, "token", "reject", token=token, reason="x" * 201)


@refuses("text_not_one_line")
def reject_on_two_lines(world: World) -> None:
    token = offer(world, root(world), (S2, 10))["tokens"][0]
    world.call(S2, "token", "reject", token=token, reason="no\nyes")


@refuses("not_offered")
def recall_what_is_not_offered(world: World) -> None:
    world.call(S1, "token", "recall", token=root(world))


@refuses("token_not_whole")
def give_back_a_part(world: World) -> None:
    token, _ = pay(world, root(world), S2, 1_000)
    world.call(S2, "token", "give_back", token=split(world, token, 400)[0])


@refuses("nothing_to_give_back")
def give_back_to_the_debtor(world: World) -> None:
    world.call(S1, "token", "give_back", token=root(world))


@refuses("too_few_to_merge")
def merge_one(world: World) -> None:
    merge(world, root(world))


@refuses("tokens_not_neighbours")
def merge_over_a_gap(world: World) -> None:
    pieces = split(world, root(world), 10, 10)
    merge(world, pieces[0], pieces[2])


@refuses("tokens_of_different_paths")
def merge_what_came_on_different_ways(world: World) -> None:
    offered = offer(world, root(world), (S2, 10), (S2, 20))["tokens"]
    tokens = [world.call(S2, "token", "accept", token=token)["token"] for token in offered]
    world.call(S2, "token", "merge", tokens=tokens)


@refuses("settle_in_its_own_transaction")
def settle_beside_a_disbursement(world: World) -> None:
    bill, token = accepted_bill(world)
    asked = ask(world, token, BANK1, amount=1_000)
    quote = bid(world, asked["request"], BANK1)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    money = {"reference": "A", "value_date": world.today}
    world.send(
        BANK1,
        ("finance", "disburse", {"quote": quote, "amount": 0, "registration": "", **money}),
        ("settlement", "settle", {"bill": bill, "amount": 100_000_000, "partial": False, **money, "reference": "B"}),
    )


def dust(world: World) -> str:
    """A bill of 1,585 pieces."""
    bill, token = accepted_bill(world)
    pieces = split(world, token, *[1_000_000] * 99)
    for piece in pieces[:15]:
        split(world, piece, *[1] * 99)
    return bill


@refuses("settlement_under_way")
def merge_while_a_settlement_goes_on(world: World) -> None:
    bill = dust(world)
    settle(world, bill, 50_000_000, partial=True)
    last = [leaf["id"] for leaf in world.leaves(bill)[-2:]]
    world.call(S1, "token", "merge", tokens=last)


@refuses("party_not_active")
def split_while_suspended(world: World) -> None:
    token = accepted_bill(world)[1]
    order(world, S1, "suspended")
    split(world, token, 1)


@refuses("maker_and_checker_needed")
def give_back_with_one_key_above_the_limit(world: World) -> None:
    rules = [{"action": "token.give_back", "currency": "CNY", "above": 50}]
    change(world, S2, "set_policy", policy={"rules": rules})
    taken, _ = pay(world, accepted_bill(world)[1], S2, 51)
    world.call(S2, "token", "give_back", token=taken)


@refuses("settlement_under_way")
def settle_again_while_a_settlement_goes_on(world: World) -> None:
    bill = dust(world)
    settle(world, bill, 100_000_000)
    settle(world, bill, 1, partial=True)


@refuses("not_the_paying_bank")
def proceed_as_another_bank(world: World) -> None:
    bill = dust(world)
    settle(world, bill, 100_000_000)
    world.call(BANK2, "settlement", "proceed", bill=bill)


@refuses("nothing_to_proceed")
def proceed_with_nothing(world: World) -> None:
    world.call(BANK1, "settlement", "proceed", bill=accepted_bill(world)[0])
