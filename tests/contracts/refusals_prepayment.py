"""Refusals of early payments."""

from __future__ import annotations

from contracts.freezing import freeze
from contracts.prepaying import FACE, LAST, PAY_BY, agree, agreed, bill_of, offer, prepay
from contracts.refusals import refuses
from contracts.reversing import reverse
from contracts.world import ANCHOR, BANK2, S1, S2, World, name_paying_bank, order, settle

from contracts import selling


@refuses("price_not_valid")
def offer_above_the_amount(world: World) -> None:
    offer(world, bill_of(world)[1], price=FACE + 1)


@refuses("amount_not_positive")
def offer_for_nothing(world: World) -> None:
    offer(world, bill_of(world)[1], price=0)


@refuses("pay_by_not_valid")
def offer_to_pay_by_yesterday(world: World) -> None:
    offer(world, bill_of(world)[1], pay_by=world.plus(-1))


@refuses("pay_by_not_valid")
def offer_to_pay_on_the_day_of_payment(world: World) -> None:
    bill, token = bill_of(world)
    offer(world, token, pay_by=world.bill(bill)["pay_on"])


@refuses("not_the_holder")
def offer_what_another_holds(world: World) -> None:
    offer(world, bill_of(world)[1], by=S2)


@refuses("token_unknown")
def offer_what_is_not_there(world: World) -> None:
    offer(world, "T-none", by=S1)


@refuses("bill_not_active")
def offer_on_the_day_of_payment(world: World) -> None:
    bill, token = bill_of(world, due_on="2026-03-09")
    world.day(world.bill(bill)["pay_on"])
    offer(world, token, pay_by=world.today)


@refuses("token_locked")
def offer_twice(world: World) -> None:
    token = bill_of(world)[1]
    offer(world, token)
    offer(world, token)


@refuses("token_locked")
def offer_what_is_frozen(world: World) -> None:
    token = bill_of(world)[1]
    freeze(world, token, FACE)
    offer(world, token)


@refuses("debtor_insolvent")
def offer_to_an_insolvent_debtor(world: World) -> None:
    token = bill_of(world)[1]
    order(world, ANCHOR, "insolvent")
    offer(world, token)


@refuses("prepayment_unknown")
def agree_to_what_was_never_offered(world: World) -> None:
    agree(world, bill_of(world)[1])


@refuses("not_the_debtor")
def agree_for_the_debtor(world: World) -> None:
    token = bill_of(world)[1]
    offer(world, token)
    agree(world, token, by=S2)


@refuses("prepayment_transition")
def agree_twice(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    agree(world, token)


@refuses("prepayment_transition")
def agree_to_what_was_taken_back(world: World) -> None:
    token = bill_of(world)[1]
    offer(world, token)
    world.call(S1, "token", "recall", token=token)
    agree(world, token)


@refuses("prepayment_lapsed")
def agree_before_the_day_change_but_after_its_day(world: World) -> None:
    token = bill_of(world)[1]
    offer(world, token)
    world.time_ms += 10 * 86_400_000
    agree(world, token)


@refuses("offer_of_other_kind")
def accept_what_is_to_be_paid_early(world: World) -> None:
    token = bill_of(world)[1]
    offer(world, token)
    world.call(ANCHOR, "token", "accept", token=token)


@refuses("prepayment_agreed")
def take_back_what_the_debtor_agreed_to(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    world.call(S1, "token", "recall", token=token)


@refuses("prepayment_agreed")
def refuse_what_one_agreed_to(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    world.call(ANCHOR, "token", "reject", token=token, reason="")


@refuses("prepayment_unknown")
def record_what_was_never_offered(world: World) -> None:
    prepay(world, bill_of(world)[1])


@refuses("prepayment_transition")
def record_what_nobody_agreed_to(world: World) -> None:
    token = bill_of(world)[1]
    offer(world, token)
    prepay(world, token)


@refuses("prepayment_transition")
def record_what_was_paid_at_par(world: World) -> None:
    bill, token = bill_of(world)
    agreed(world, token)
    settle(world, bill, FACE)
    prepay(world, token)


@refuses("prepayment_transition")
def record_it_twice(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    prepay(world, token)
    prepay(world, token, reference="AGAIN")


@refuses("not_the_paying_bank")
def record_as_another_bank(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    prepay(world, token, by=BANK2)


@refuses("not_the_paying_bank")
def record_as_the_bank_of_later_bills(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    name_paying_bank(world, ANCHOR, BANK2)
    prepay(world, token, by=BANK2)


@refuses("value_date_in_future")
def record_the_money_of_tomorrow(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    prepay(world, token, value_date=world.plus(1))


@refuses("value_date_before_agreement")
def record_money_that_came_before_one_agreed(world: World) -> None:
    token = bill_of(world)[1]
    world.day(world.plus(1))
    agreed(world, token)
    prepay(world, token, value_date=world.plus(-1))


@refuses("value_date_after_pay_by")
def record_money_of_the_day_after(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    world.day(LAST)
    prepay(world, token)


@refuses("prepayment_lapsed")
def record_after_the_last_day(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    world.day(LAST)
    world.time_ms += 86_400_000  # as if the day change had not come yet: dates decide
    prepay(world, token, value_date=PAY_BY)


@refuses("reversal_too_late")
def reverse_an_early_payment(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    prepay(world, token, reference="EP-1")
    reverse(world, "EP-1")


@refuses("reference_used_otherwise")
def record_under_a_used_reference(world: World) -> None:
    token, other = bill_of(world)[1], selling.held(world)[0]
    settle(world, other, FACE, reference="R-1")
    agreed(world, token)
    prepay(world, token, reference="R-1")
