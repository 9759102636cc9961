"""Refusals of orders of courts, and of what is frozen."""

from __future__ import annotations

from contracts.freezing import enter, freeze, frozen, order_of, ratified, refused_by, release, transfer
from contracts.pledging import pledge
from contracts.refusals import refuses
from contracts.test_attacks_by_weight import requested
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK4,
    BANKS,
    MEMBERS,
    S1,
    S2,
    S3,
    World,
    accepted_bill,
    as_two,
    decide_by_vote,
    member,
    settle,
    uscc,
)  # fmt: skip


def _token(world: World) -> str:
    return accepted_bill(world, face=1_000)[1]


def _item(world: World, amount: int = 300) -> dict[str, object]:
    return {"token": _token(world), "amount": amount}


@refuses("order_unknown")
def ratify_nothing(world: World) -> None:
    ratified(world, "O")


@refuses("freeze_unknown")
def release_nothing(world: World) -> None:
    enter(world, "release", {"freeze": "F", "amount": 0})


@refuses("order_kind_unknown")
def an_order_to_seize(world: World) -> None:
    enter(world, "seize", _item(world))


@refuses("order_empty")
def an_order_on_nothing(world: World) -> None:
    enter(world, "freeze")


@refuses("order_empty")
def the_same_token_twice(world: World) -> None:
    item = _item(world)
    enter(world, "freeze", item, item)


@refuses("order_empty")
def a_freeze_of_a_freeze(world: World) -> None:
    enter(world, "freeze", {"freeze": freeze(world, _token(world), 300), "amount": 1})


@refuses("order_empty")
def a_share_of_more_than_all(world: World) -> None:
    enter(world, "freeze", {"token": _token(world), "percent": 1_000_001, "up": False})


@refuses("order_empty")
def a_transfer_of_both(world: World) -> None:
    made = freeze(world, _token(world), 300)
    enter(world, "transfer", _item(world), {"freeze": made, "amount": 0}, beneficiary=S3, days=9)


@refuses("freeze_too_long")
def a_freeze_for_ever(world: World) -> None:
    enter(world, "freeze", _item(world), days=1_096)


@refuses("freeze_too_long")
def a_release_with_days(world: World) -> None:
    enter(world, "release", {"freeze": freeze(world, _token(world), 300), "amount": 0}, days=1)


@refuses("documents_needed")
def three_papers(world: World) -> None:
    enter(world, "freeze", _item(world), documents=["5a" * 32] * 3)


@refuses("order_in_future")
def a_paper_of_tomorrow(world: World) -> None:
    enter(world, "freeze", _item(world), issued_on=world.plus(1))


@refuses("not_the_acting_bank")
def entered_by_a_bank_that_neither_pays_nor_sponsors(world: World) -> None:
    enter(world, "freeze", _item(world), by=BANK2)


@refuses("entered_by_own_house")
def ratified_by_who_entered_it(world: World) -> None:
    ratified(world, order_of(world, freeze(world, _token(world), 300)), by=BANK1)


@refuses("side_of_the_matter")
def ratified_by_the_beneficiary(world: World) -> None:
    entered = enter(world, "transfer", _item(world), beneficiary=BANK2, days=90)
    ratified(world, entered["order"], by=BANK2)


def _ratified_by_a_pledgee_of_one_of_two(world: World, first: bool) -> None:
    """A bank that has one of the tokens in pledge frees neither: whichever stands first in the order."""
    held, free = _token(world), _token(world)
    pledge(world, held, secured=100)
    freezes = [frozen(world, held, 1_000), frozen(world, free, 1_000)]
    items = [{"freeze": made, "amount": 0} for made in (freezes if first else freezes[::-1])]
    ratified(world, enter(world, "release", *items)["order"], by=BANK2)


@refuses("side_of_the_matter")
def ratified_by_the_pledgee_of_the_first_of_two(world: World) -> None:
    _ratified_by_a_pledgee_of_one_of_two(world, first=True)


@refuses("side_of_the_matter")
def ratified_by_the_pledgee_of_the_second_of_two(world: World) -> None:
    _ratified_by_a_pledgee_of_one_of_two(world, first=False)


@refuses("not_a_bank")
def ratified_by_a_supplier(world: World) -> None:
    ratified(world, order_of(world, freeze(world, _token(world), 300)), by=S2)


@refuses("maker_and_checker_needed")
def ratified_by_one(world: World) -> None:
    made = freeze(world, _token(world), 300)
    world.call(BANK2, "legal", "ratify", order=order_of(world, made))


@refuses("token_already_used")
def a_freeze_of_what_was_paid(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    settle(world, bill, 1_000)
    freeze(world, token, 300)


@refuses("too_many_freezes")
def a_twenty_first_freeze(world: World) -> None:
    token = _token(world)
    for _ in range(21):
        frozen(world, token, 1_000)


@refuses("too_many_orders", parameters={"open_orders": 10})
def more_orders_than_may_wait(world: World) -> None:
    for _ in range(11):
        freeze(world, _token(world), 300)


@refuses("freeze_transition")
def renew_what_waits(world: World) -> None:
    token = _token(world)
    frozen(world, token, 1_000)
    enter(world, "renew", {"freeze": freeze(world, token, 1_000)})


@refuses("freeze_transition")
def release_what_has_ended(world: World) -> None:
    made = frozen(world, _token(world), 300)
    release(world, made)
    release(world, made)


@refuses("order_open")
def renew_six_times(world: World) -> None:
    made = frozen(world, _token(world), 300)
    for number in range(6):
        enter(world, "renew", {"freeze": made}, days=90 + number)


@refuses("order_open")
def transfer_six_times(world: World) -> None:
    made = frozen(world, _token(world), 300)
    for number in range(6):
        enter(world, "transfer", {"freeze": made, "amount": 1 + number}, beneficiary=S3)


@refuses("beneficiary_is_the_holder")
def a_transfer_to_the_holder(world: World) -> None:
    enter(world, "transfer", {"freeze": frozen(world, _token(world), 300), "amount": 0}, beneficiary=S1)


@refuses("cannot_hold", members=[*MEMBERS, member(uscc(70), "regulator")])
def a_transfer_to_a_regulator(world: World) -> None:
    enter(world, "transfer", _item(world), beneficiary=uscc(70), days=90)


@refuses("beneficiary_unregistered")
def a_token_to_an_account(world: World) -> None:
    enter(world, "transfer", _item(world), account="7c" * 32, days=90)


@refuses("reason_needed")
def refuse_without_a_reason(world: World) -> None:
    as_two(world, BANK4, "legal", "refuse", order=order_of(world, freeze(world, _token(world), 300)), reason="")


@refuses("refusal_made")
def refuse_twice(world: World) -> None:
    made = freeze(world, _token(world), 300)
    refused_by(world, order_of(world, made), BANK4, BANK4)


@refuses("not_a_side_of_the_order")
def a_stranger_objects(world: World) -> None:
    given = enter(world, "transfer", _item(world), beneficiary=S3, days=90)["order"]
    ratified(world, given)
    world.call(S2, "legal", "object_to", order=given, reason="")


@refuses("order_transition")
def object_to_a_freeze(world: World) -> None:
    world.call(S1, "legal", "object_to", order=order_of(world, frozen(world, _token(world), 300)), reason="")


@refuses("objection_made")
def object_to_what_was_voted(world: World) -> None:
    given = enter(world, "transfer", _item(world), beneficiary=S3, days=90)["order"]
    ratified(world, given)
    world.call(S1, "legal", "object_to", order=given, reason="")
    decide_by_vote(world, "legal_order", order=given)
    world.call(S1, "legal", "object_to", order=given, reason="")


@refuses("order_open")
def a_second_freeze_of_one_bank(world: World) -> None:
    token = _token(world)
    freeze(world, token, 1_000)
    freeze(world, token, 1_000)


@refuses("freeze_too_soon")
def a_freeze_again_that_nobody_ratified(world: World) -> None:
    token = _token(world)
    freeze(world, token, 1_000)
    world.day(world.plus(5))
    freeze(world, token, 1_000)


@refuses("order_used")
def the_same_paper_twice(world: World) -> None:
    item = {"token": _token(world), "amount": 1_000}
    ratified(world, enter(world, "freeze", item, number="H-1")["order"])
    enter(world, "freeze", item, number="H-1")


@refuses("amount_exceeds_tokens")
def freeze_more_than_the_token(world: World) -> None:
    enter(world, "freeze", _item(world, 1_001))


@refuses("amount_not_positive")
def a_share_of_less_than_a_cent(world: World) -> None:
    enter(world, "freeze", {"token": _token(world), "percent": 1, "up": False})


@refuses("amount_above_frozen")
def release_more_than_is_frozen(world: World) -> None:
    release(world, frozen(world, _token(world), 300), 301)


@refuses("beneficiary_not_said")
def a_transfer_to_nobody(world: World) -> None:
    enter(world, "transfer", _item(world), days=90)


@refuses("beneficiary_not_said")
def a_freeze_for_somebody(world: World) -> None:
    enter(world, "freeze", _item(world), beneficiary=S3)


@refuses("beneficiary_unregistered")
def a_transfer_to_a_stranger(world: World) -> None:
    enter(world, "transfer", _item(world), beneficiary=uscc(999), days=90)


@refuses("beneficiary_unregistered")
def live_cents_to_an_account(world: World) -> None:
    made = frozen(world, _token(world), 300)
    transfer(world, made, 300, "", account="7c" * 32)


@refuses("recipient_is_the_debtor")
def a_transfer_to_the_debtor(world: World) -> None:
    enter(world, "transfer", _item(world), beneficiary=ANCHOR, days=90)


@refuses("order_transition")
def refuse_what_was_ratified(world: World) -> None:
    made = frozen(world, _token(world), 300)
    as_two(world, BANK4, "legal", "refuse", order=order_of(world, made), reason="late")


@refuses("order_over")
def ratify_late(world: World) -> None:
    made = order_of(world, freeze(world, _token(world), 300))
    world.time_ms += 9 * 86_400_000  # the day change has not come yet
    ratified(world, made)


@refuses("party_not_active")
def entered_by_a_stopped_bank(world: World) -> None:
    decide_by_vote(world, "party_status", party=BANK1, status="suspended", reason="", authority="", number="",
                   documents=["5a" * 32])  # fmt: skip
    freeze(world, _token(world), 300)


@refuses("payment_frozen")
def instruct_what_is_frozen(world: World) -> None:
    """By two orders, of which the second one waits."""
    bill, token = accepted_bill(world, face=1_000)
    frozen(world, token, 1_000)
    frozen(world, token, 1_000)
    paid = settle(world, bill, 1_000)["payments"][0]
    world.call(BANK1, "settlement", "pay_result", bill=bill, token=paid["token"], status="instructed", reference="P-1")


@refuses("payment_in_part")
def a_part_of_money_set_aside(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 1_000)
    settle(world, bill, 1_000)
    release(world, made, 300)


@refuses("payment_transition")
def instruct_money_for_a_courts_account(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 1_000)
    paid = settle(world, bill, 1_000)["payments"][0]
    transfer(world, made, 0, "", account="7c" * 32)
    world.call(BANK1, "settlement", "pay_result", bill=bill, token=paid["token"], status="instructed", reference="P-1")


@refuses("not_the_payee")
def acknowledge_what_a_court_took(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 1_000)
    paid = settle(world, bill, 1_000)["payments"][0]
    transfer(world, made, 0, "", account="7c" * 32)
    as_two(world, BANK1, "settlement", "acknowledge", bill=bill, token=paid["token"])


@refuses("order_too_large")
def a_freeze_that_ends_too_much_at_once(world: World) -> None:
    items = []
    for _ in range(17):  # each a request with 30 quotes
        piece = accepted_bill(world, face=2)[1]
        items.append({"token": piece, "amount": 2})
        requested(world, piece, BANKS[1:], 10)
    enter(world, "freeze", *items)
