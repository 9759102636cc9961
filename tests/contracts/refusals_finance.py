"""Refusals of finance and settlement."""

from __future__ import annotations

from typing import Any

from contracts.refusals import refuses
from contracts.world import (
    BANK1,
    BANK2,
    BANK3,
    MEMBERS,
    S1,
    S2,
    World,
    accepted_bill,
    an_account,
    as_two,
    ask,
    bid,
    change,
    disburse,
    key_of,
    member,
    order,
    settle,
)  # fmt: skip

from chainbill.state.keys import row_key

DAY_MS = 86_400_000


def asked(world: World, *banks: str, amount: int = 100_000_000, **bill: Any) -> str:
    return str(ask(world, accepted_bill(world, **bill)[1], *(banks or (BANK1,)), amount=amount)["request"])


def quoted(world: World, **fields: Any) -> str:
    return str(bid(world, asked(world), BANK1, **fields)["quote"])


def agreed(world: World, **fields: Any) -> str:
    quote = quoted(world, **fields)
    world.call(S1, "finance", "agree", quote=quote)
    return quote


# --- request
@refuses("token_unknown")
def ask_for_no_token(world: World) -> None:
    world.call(S1, "finance", "request", token="T0", banks=[BANK1], amount=1)


@refuses("not_the_holder")
def ask_for_what_others_hold(world: World) -> None:
    token = accepted_bill(world)[1]
    world.call(S2, "finance", "request", token=token, banks=[BANK1], amount=1)


@refuses("amount_not_positive")
def ask_for_nothing(world: World) -> None:
    asked(world, amount=0)


@refuses("too_many_banks")
def ask_nobody(world: World) -> None:
    ask(world, accepted_bill(world)[1], amount=1)


@refuses("bank_named_twice")
def ask_one_bank_twice(world: World) -> None:
    asked(world, BANK1, BANK1)


@refuses("not_a_bank")
def ask_a_supplier(world: World) -> None:
    asked(world, S2)


@refuses("too_close_to_payment")
def ask_on_the_last_business_day(world: World) -> None:
    token = accepted_bill(world, due_on=world.plus(7))[1]
    world.time_ms += 7 * DAY_MS
    ask(world, token, BANK1, amount=1)


@refuses("bill_not_active")
def ask_when_due(world: World) -> None:
    token = accepted_bill(world, due_on=world.plus(7))[1]
    world.day(world.plus(7))
    ask(world, token, BANK1, amount=1)


@refuses("account_missing")
def ask_after_the_account_is_gone(world: World) -> None:
    token = accepted_bill(world)[1]
    world.overlay.delete(row_key("account", "account", [S1, "CNY"]))
    ask(world, token, BANK1, amount=1)


# --- quote
@refuses("request_unknown")
def quote_for_nothing(world: World) -> None:
    bid(world, "R0", BANK1)


@refuses("bank_not_asked")
def quote_without_being_asked(world: World) -> None:
    bid(world, asked(world), BANK2)


@refuses("bank_has_declined")
def quote_after_declining(world: World) -> None:
    request = asked(world, BANK1, BANK2)
    world.call(BANK1, "finance", "decline", request=request)
    bid(world, request, BANK1)


@refuses("request_not_open")
def quote_after_the_holder_withdrew(world: World) -> None:
    request = asked(world)
    world.call(S1, "finance", "withdraw", request=request)
    bid(world, request, BANK1)


@refuses("request_expired")
def quote_too_late(world: World) -> None:
    request = asked(world)
    world.time_ms += 8 * DAY_MS
    bid(world, request, BANK1)


@refuses("rate_not_valid")
def quote_a_rate_above_the_whole(world: World) -> None:
    quoted(world, rate=1_000_001)


@refuses("recourse_not_said")
def quote_without_saying_recourse(world: World) -> None:
    quoted(world, recourse="no")


@refuses("basis_unknown")
def quote_on_an_odd_year(world: World) -> None:
    quoted(world, basis="act/364")


@refuses("fee_not_valid")
def quote_a_negative_fee(world: World) -> None:
    quoted(world, fee=-1)


@refuses("interest_payer_unknown")
def quote_at_the_cost_of_nobody(world: World) -> None:
    quoted(world, interest_payer="nobody")


@refuses("date_not_valid")
def quote_for_an_impossible_day(world: World) -> None:
    quoted(world, value_date="2026-13-01")


@refuses("validity_not_in_request")
def quote_beyond_the_request(world: World) -> None:
    quoted(world, valid_until=world.plus(60))


@refuses("value_date_not_in_order")
def quote_for_yesterday(world: World) -> None:
    quoted(world, value_date=world.plus(-1))


@refuses("disburse_by_too_late")
def quote_to_pay_on_the_day_of_payment(world: World) -> None:
    quoted(world, disburse_by=world.plus(120))


@refuses("net_not_positive")
def quote_a_fee_of_everything(world: World) -> None:
    quoted(world, fee=100_000_000)


@refuses("too_many_quotes")
def quote_without_end(world: World) -> None:
    request = asked(world)
    for _ in range(11):
        bid(world, request, BANK1)


@refuses("debtor_does_not_pay_interest")
def quote_at_the_debtors_cost_without_its_consent(world: World) -> None:
    quoted(world, interest_payer="debtor")


BANK_THAT_OWES = member(
    BANK1, "bank", "anchor", accounts=[an_account()], paying_bank=BANK1
)  # fmt: skip


@refuses("bank_is_the_debtor", members=[BANK_THAT_OWES, *(one for one in MEMBERS if one["id"] != BANK1)])
def ask_the_debtor_to_finance_its_own_debt(world: World) -> None:
    token = accepted_bill(world, debtor=BANK1)[1]
    ask(world, token, BANK1, amount=1)


# --- agree, decline, withdraw
@refuses("quote_unknown")
def agree_to_nothing(world: World) -> None:
    world.call(S1, "finance", "agree", quote="Q0")


@refuses("not_the_holder")
def agree_for_others(world: World) -> None:
    world.call(S2, "finance", "agree", quote=quoted(world))


@refuses("request_transition")
def agree_twice(world: World) -> None:
    world.call(S1, "finance", "agree", quote=agreed(world))


@refuses("quote_transition")
def agree_to_a_replaced_quote(world: World) -> None:
    request = asked(world)
    first = bid(world, request, BANK1)["quote"]
    bid(world, request, BANK1)
    world.call(S1, "finance", "agree", quote=first)


@refuses("quote_transition")
def decline_a_quote_twice(world: World) -> None:
    quote = quoted(world)
    for _ in range(2):
        world.call(S1, "finance", "decline_quote", quote=quote)


@refuses("quote_expired")
def agree_too_late(world: World) -> None:
    quote = quoted(world, valid_until=world.plus(1))
    world.time_ms += 2 * DAY_MS
    world.call(S1, "finance", "agree", quote=quote)


@refuses("quote_amount_outdated")
def agree_after_a_part_payment(world: World) -> None:
    bill, token = accepted_bill(world)
    request = ask(world, token, BANK2, amount=100_000_000)["request"]
    quote = bid(world, request, BANK2)["quote"]
    settle(world, bill, 1_000, partial=True)
    world.call(S1, "finance", "agree", quote=quote)


@refuses("quote_transition")
def take_back_what_was_agreed_without_a_reason(world: World) -> None:
    world.call(BANK1, "finance", "withdraw_quote", quote=agreed(world))


@refuses("quote_transition")
def cancel_what_was_not_agreed(world: World) -> None:
    world.call(BANK1, "finance", "cancel", quote=quoted(world), reason="")


@refuses("quote_transition")
def cancel_what_was_paid(world: World) -> None:
    quote = agreed(world)
    disburse(world, BANK1, quote)
    world.call(BANK1, "finance", "cancel", quote=quote, reason="")


@refuses("not_the_quoting_bank")
def withdraw_the_quote_of_another_bank(world: World) -> None:
    world.call(BANK2, "finance", "withdraw_quote", quote=quoted(world))


# --- disburse
@refuses("quote_not_agreed")
def pay_before_agreement(world: World) -> None:
    disburse(world, BANK1, quoted(world))


@refuses("not_the_quoting_bank")
def pay_for_another_bank(world: World) -> None:
    disburse(world, BANK2, agreed(world))


@refuses("reference_not_valid")
def pay_without_a_reference(world: World) -> None:
    disburse(world, BANK1, agreed(world), reference="")


@refuses("text_not_one_line")
def pay_with_a_reference_of_two_lines(world: World) -> None:
    disburse(world, BANK1, agreed(world), reference="R1\nR2")


@refuses("reference_used_otherwise")
def pay_with_the_reference_of_another_payment(world: World) -> None:
    disburse(world, BANK1, agreed(world), reference="ONE")
    disburse(world, BANK1, agreed(world), reference="ONE")


@refuses("reference_used_otherwise")
def settle_with_the_reference_of_a_financing(world: World) -> None:
    disburse(world, BANK1, agreed(world), reference="ONE")
    settle(world, accepted_bill(world)[0], 100_000_000, reference="ONE")


@refuses("value_date_before_agreement")
def pay_before_the_day_of_agreement(world: World) -> None:
    disburse(world, BANK1, agreed(world), value_date=world.plus(-1))


@refuses("value_date_in_future")
def pay_tomorrow(world: World) -> None:
    disburse(world, BANK1, agreed(world), value_date=world.plus(1))


@refuses("amount_not_positive")
def pay_a_negative_amount(world: World) -> None:
    disburse(world, BANK1, agreed(world), amount=-1)


@refuses("amount_below_net")
def pay_less_than_a_later_day_asks(world: World) -> None:
    quote = agreed(world)
    agreed_net = world.row("finance", "quote", quote)["net"]
    world.day(world.plus(2))
    disburse(world, BANK1, quote, amount=agreed_net)


@refuses("amount_below_agreed_net")
def pay_less_than_agreed(world: World) -> None:
    quote = agreed(world)
    disburse(world, BANK1, quote, amount=world.row("finance", "quote", quote)["net"] - 1)


@refuses("amount_below_agreed_net")
def pay_earlier_and_therefore_less_than_agreed(world: World) -> None:
    quote = agreed(world, value_date=world.plus(3), disburse_by=world.plus(3))
    disburse(world, BANK1, quote)


@refuses("value_date_not_before_payment")
def pay_on_the_day_of_payment(world: World) -> None:
    request = asked(world, due_on=world.plus(7))
    quote = bid(world, request, BANK1, disburse_by=world.plus(4), value_date=world.plus(3))["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    world.day(world.plus(7))
    disburse(world, BANK1, quote)


# --- settlement
@refuses("bill_unknown")
def settle_nothing(world: World) -> None:
    settle(world, "B0", 1)


@refuses("not_the_paying_bank")
def settle_as_another_bank(world: World) -> None:
    bill = accepted_bill(world)[0]
    arguments = {"bill": bill, "amount": 1, "reference": "X", "value_date": world.today, "partial": True}
    world.call(BANK2, "settlement", "settle", **arguments)


@refuses("bill_not_payable")
def settle_a_settled_bill(world: World) -> None:
    bill = accepted_bill(world)[0]
    settle(world, bill, 100_000_000)
    settle(world, bill, 1, partial=True)


@refuses("value_date_before_acceptance")
def settle_before_acceptance(world: World) -> None:
    settle(world, accepted_bill(world)[0], 100_000_000, value_date=world.plus(-1))


@refuses("value_date_in_future")
def settle_tomorrow(world: World) -> None:
    settle(world, accepted_bill(world)[0], 100_000_000, value_date=world.plus(1))


@refuses("amount_exceeds_outstanding")
def settle_too_much(world: World) -> None:
    settle(world, accepted_bill(world)[0], 100_000_001)


@refuses("amount_below_outstanding")
def settle_too_little(world: World) -> None:
    settle(world, accepted_bill(world)[0], 99_999_999)


@refuses("partial_not_said")
def settle_without_saying_part_or_whole(world: World) -> None:
    settle(world, accepted_bill(world)[0], 100_000_000, partial="no")


def paid(world: World) -> dict[str, Any]:
    bill = accepted_bill(world)[0]
    entry = settle(world, bill, 100_000_000)["payments"][0]
    return {"bill": bill, "token": entry["token"]}


@refuses("not_the_instructing_bank")
def report_on_no_payment(world: World) -> None:
    world.call(BANK1, "settlement", "pay_result", bill="B0", token="T0", status="paid", reference="X")


@refuses("not_the_instructing_bank")
def report_on_the_payment_of_another_bank(world: World) -> None:
    world.call(BANK3, "settlement", "pay_result", **paid(world), status="paid", reference="X")


@refuses("payment_transition")
def return_a_payment_that_its_payee_has_received(world: World) -> None:
    payment = paid(world)
    as_two(world, S1, "settlement", "acknowledge", **payment)
    world.call(BANK1, "settlement", "pay_result", **payment, status="returned", reference="Y")


@refuses("capability_missing")
def pay_with_a_checker_alone(world: World) -> None:
    money = {"reference": "A", "value_date": world.today, "amount": 0, "registration": ""}
    world.send(BANK1, ("finance", "disburse", {"quote": agreed(world), **money}), keys=[key_of(BANK1, 1)])


@refuses("capability_missing")
def settle_with_a_checker_alone(world: World) -> None:
    money = {"bill": accepted_bill(world)[0], "amount": 1, "reference": "A", "value_date": world.today, "partial": True}
    world.send(BANK1, ("settlement", "settle", money), keys=[key_of(BANK1, 1)])


@refuses("maker_and_checker_needed")
def settle_alone_above_the_limit(world: World) -> None:
    rules = [{"action": "settlement.settle", "currency": "CNY", "above": 99_999_999}]
    change(world, BANK1, "set_policy", policy={"rules": rules})
    bill = accepted_bill(world)[0]
    settle(world, bill, 50_000_000, partial=True)
    settle(world, accepted_bill(world)[0], 100_000_000)


@refuses("too_many_open_requests", parameters={"open_requests": 10})
def ask_without_end(world: World) -> None:
    """security 16"""
    _, token = accepted_bill(world, face=100)
    for piece in world.call(S1, "token", "split", token=token, amounts=[1] * 11)["tokens"][:11]:
        ask(world, piece, BANK1, amount=1)


@refuses("too_many_unmatched")
def record_payments_for_an_ended_agreement_without_end(world: World) -> None:
    """security 16"""
    quote = agreed(world)
    world.day(world.plus(30))
    for number in range(11):
        disburse(world, BANK1, quote, reference=f"LATE-{number}")


@refuses("not_the_payee")
def say_that_another_s_payment_has_arrived(world: World) -> None:
    bill, token = accepted_bill(world)
    settle(world, bill, 100_000_000)
    as_two(world, S2, "settlement", "acknowledge", bill=bill, token=token)


@refuses("payment_transition")
def say_twice_that_a_payment_has_arrived(world: World) -> None:
    bill, token = accepted_bill(world)
    settle(world, bill, 100_000_000)
    for _ in range(2):
        as_two(world, S1, "settlement", "acknowledge", bill=bill, token=token)


@refuses("party_not_active")
def say_as_an_insolvent_party_without_administrator_that_a_payment_has_arrived(world: World) -> None:
    bill, token = accepted_bill(world)
    order(world, S1, "insolvent")
    settle(world, bill, 100_000_000)
    as_two(world, S1, "settlement", "acknowledge", bill=bill, token=token)
