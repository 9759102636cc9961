"""Refusals of standing, and of acts that a status stops."""

from __future__ import annotations

from typing import Any

from contracts.refusals import refuses
from contracts.refusals_governance import propose, vote
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    PAPERS,
    S1,
    S2,
    World,
    accepted_bill,
    add_key,
    administer,
    administrator_keys,
    as_two,
    ask,
    bid,
    disburse,
    offer,
    order,
    ratify,
    settle,
)  # fmt: skip

from chainbill.state.keys import row_key


def name_administrator(world: World, party: str = S1, **fields: Any) -> dict[str, Any]:
    arguments = {
        "party": party, "keys": administrator_keys(party, 901), "authority": "Court of H", "number": "H-1",
        "documents": ["5e" * 32], **fields,
    }  # fmt: skip
    return dict(as_two(world, BANK1, "standing", "name_administrator", **arguments))


@refuses("status_unknown")
def order_that_a_party_is_closed(world: World) -> None:
    papers = PAPERS["suspended"]
    as_two(world, BANK1, "standing", "set_status", party=S1, status="closed", reason="", **papers)


@refuses("not_the_sponsor")
def suspend_a_party_of_another_bank(world: World) -> None:
    order(world, S1, "suspended", by=BANK2)


@refuses("not_the_sponsor")
def suspend_a_bank(world: World) -> None:
    order(world, BANK2, "suspended")


@refuses("party_unknown")
def suspend_a_stranger(world: World) -> None:
    order(world, "X", "suspended")


@refuses("maker_and_checker_needed")
def suspend_with_one_key(world: World) -> None:
    """security 9: nobody alone."""
    arguments = {"party": S1, "status": "suspended", "reason": "", **PAPERS["suspended"]}
    world.call(BANK1, "standing", "set_status", **arguments)


@refuses("party_transition")
def suspend_twice(world: World) -> None:
    order(world, S1, "suspended")
    order(world, S1, "suspended")


@refuses("party_transition")
def suspend_an_insolvent_party(world: World) -> None:
    order(world, S1, "insolvent")
    order(world, S1, "suspended")


@refuses("party_transition")
def lift_nothing(world: World) -> None:
    order(world, S1, "active")


@refuses("court_not_named")
def insolvency_without_a_number(world: World) -> None:
    order(world, S1, "insolvent", number="")


@refuses("documents_needed")
def insolvency_on_one_paper(world: World) -> None:
    order(world, S1, "insolvent", documents=["5a" * 32])


@refuses("documents_needed")
def suspension_without_a_paper(world: World) -> None:
    order(world, S1, "suspended", documents=[])


@refuses("document_not_valid")
def suspension_on_a_paper_in_words(world: World) -> None:
    order(world, S1, "suspended", documents=["the letter"])


@refuses("status_order_open")
def order_once_more_what_waits(world: World) -> None:
    order(world, S1, "suspended")
    order(world, S1, "active")
    order(world, S1, "suspended")
    order(world, S1, "suspended")


@refuses("status_order_unknown")
def ratify_nothing(world: World) -> None:
    ratify(world, {"order": "S0"})


@refuses("entered_by_own_house")
def ratify_what_one_ordered(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"), by=BANK1)


@refuses("not_a_bank")
def ratify_as_a_supplier(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"), by=S2)


@refuses("maker_and_checker_needed")
def ratify_with_one_key(world: World) -> None:
    world.call(BANK2, "standing", "ratify", order=order(world, S1, "suspended")["order"])


@refuses("status_order_transition")
def ratify_twice(world: World) -> None:
    entered = order(world, S1, "suspended")
    ratify(world, entered)
    ratify(world, entered, by=BANK3)


@refuses("status_order_over")
def ratify_on_a_day_too_late(world: World) -> None:
    """Rules compare dates: the day item may come late."""
    entered = order(world, S1, "insolvent")
    world.time_ms += 4 * 86_400_000
    ratify(world, entered)


@refuses("quote_to_the_party")
def ratify_with_a_quote_under_way(world: World) -> None:
    """A bank that waits for an answer would win or lose by the status."""
    _, token = accepted_bill(world)
    bid(world, ask(world, token, BANK2, amount=10)["request"], BANK2)
    ratify(world, order(world, S1, "insolvent"))


@refuses("quote_to_the_party")
def order_with_an_agreed_financing(world: World) -> None:
    _, token = accepted_bill(world)
    quote = bid(world, ask(world, token, BANK1, amount=10)["request"], BANK1)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    order(world, S1, "suspended")


@refuses("voted_status")
def lift_as_a_bank_what_a_vote_set(world: World) -> None:
    content = {"party": S1, "status": "suspended", "reason": "", **PAPERS["suspended"]}
    vote(world, propose(world, "party_status", **content), BANK1, BANK2, BANK3)
    order(world, S1, "active")


@refuses("not_who_set_it")
def lift_alone_what_a_former_sponsor_set(world: World) -> None:
    order(world, S1, "suspended")
    world.overlay.put(row_key("party", "party", S1), {**world.row("party", "party", S1), "sponsor": BANK2})
    order(world, S1, "active", by=BANK2)


@refuses("order_on_another_party")
def object_to_an_order_on_another(world: World) -> None:
    world.call(S2, "standing", "object_to", order=order(world, S1, "suspended")["order"], reason="")


@refuses("objection_made")
def object_twice(world: World) -> None:
    entered = order(world, S1, "suspended")["order"]
    for _ in range(2):
        world.call(S1, "standing", "object_to", order=entered, reason="wrong")


@refuses("insolvency_not_ratified")
def name_an_administrator_before_the_second_bank(world: World) -> None:
    order(world, S1, "insolvent")
    name_administrator(world)


@refuses("status_order_transition")
def ratify_an_administrator_of_a_party_that_is_active_again(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"))
    entered = name_administrator(world)
    ratify(world, order(world, S1, "active"))
    ratify(world, entered)


@refuses("administrator_objected")
def name_an_administrator_again_after_an_objection(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"))
    world.call(S1, "standing", "object_to", order=name_administrator(world)["order"], reason="forged")
    name_administrator(world)


@refuses("possession_not_proved")
def name_an_administrator_by_keys_for_another_party(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"))
    name_administrator(world, keys=administrator_keys(S2, 901))


@refuses("no_key")
def name_an_administrator_without_a_key(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"))
    name_administrator(world, keys=[])


@refuses("open_items")
def close_a_party_that_holds_a_token(world: World) -> None:
    accepted_bill(world)
    as_two(world, BANK1, "standing", "leave", party=S1)
    world.day(world.plus(4))
    as_two(world, BANK1, "standing", "close", party=S1)


@refuses("leaving_under_way")
def close_a_party_that_began_to_leave_on_the_day_before_yesterday(world: World) -> None:
    as_two(world, BANK1, "standing", "leave", party=S1)
    world.day(world.plus(2))
    as_two(world, BANK1, "standing", "close", party=S1)


@refuses("left_while_stopped")
def stay_after_a_suspension(world: World) -> None:
    order(world, S1, "suspended")
    as_two(world, BANK1, "standing", "leave", party=S1)
    world.call(S1, "standing", "stay")


@refuses("party_transition")
def stay_without_leaving(world: World) -> None:
    world.call(S1, "standing", "stay")


@refuses("capability_missing")
def stay_by_a_maker(world: World) -> None:
    maker = add_key(world, S1, 31, ["maker"])
    as_two(world, BANK1, "standing", "leave", party=S1)
    world.send(S1, ("standing", "stay", {}), keys=[maker])


@refuses("party_stays")
def let_a_party_leave_that_stayed(world: World) -> None:
    as_two(world, BANK1, "standing", "leave", party=S1)
    world.call(S1, "standing", "stay")
    as_two(world, BANK1, "standing", "leave", party=S1)


@refuses("party_transition")
def close_a_party_that_does_not_leave(world: World) -> None:
    as_two(world, BANK1, "standing", "close", party=S1)


@refuses("open_items")
def leave_out_of_a_suspension_with_a_debt(world: World) -> None:
    """Leaving is no way out of a status."""
    accepted_bill(world)
    order(world, ANCHOR, "suspended")
    as_two(world, BANK1, "standing", "leave", party=ANCHOR)


@refuses("capability_missing")
def leave_without_an_admin(world: World) -> None:
    maker = add_key(world, S1, 34, ["maker"])
    world.send(S1, ("standing", "leave", {"party": S1}), keys=[maker])


@refuses("size_unknown")
def attest_an_odd_size(world: World) -> None:
    world.call(BANK1, "party", "attest_size", party=S1, size="huge", document="ab" * 32)


@refuses("not_the_sponsor")
def attest_the_size_of_another_banks_party(world: World) -> None:
    world.call(BANK2, "party", "attest_size", party=S1, size="small", document="ab" * 32)


# --- what a status stops ----------------------------------------------------------------------------------------------
@refuses("maker_was_stopped")
def accept_an_offer_of_a_suspended_holder(world: World) -> None:
    """security 12: offers of a suspended or insolvent holder were accepted."""
    _, token = accepted_bill(world)
    offered = offer(world, token, (S2, 10))["tokens"][0]
    order(world, S1, "suspended")
    world.call(S2, "token", "accept", token=offered)


@refuses("maker_was_stopped")
def accept_an_offer_from_before_a_suspension_that_was_lifted(world: World) -> None:
    _, token = accepted_bill(world)
    offered = offer(world, token, (S2, 10))["tokens"][0]
    ratify(world, order(world, S1, "suspended"))
    order(world, S1, "active")
    world.call(S2, "token", "accept", token=offered)


@refuses("maker_was_stopped")
def quote_for_a_request_of_an_insolvent_holder(world: World) -> None:
    _, token = accepted_bill(world)
    asked = ask(world, token, BANK2, amount=10)["request"]
    order(world, S1, "insolvent")
    bid(world, asked, BANK2)


@refuses("maker_was_stopped")
def agree_on_a_request_from_before_a_suspension(world: World) -> None:
    _, token = accepted_bill(world)
    quote = bid(world, ask(world, token, BANK2, amount=10)["request"], BANK2)["quote"]
    ratify(world, order(world, S1, "suspended"), by=BANK3)
    order(world, S1, "active")
    world.call(S1, "finance", "agree", quote=quote)


@refuses("holder_insolvent")
def disburse_to_an_insolvent_holder(world: World) -> None:
    """security 12: an agreed financing was disbursed to an insolvent holder."""
    _, token = accepted_bill(world)
    quote = bid(world, ask(world, token, BANK2, amount=10)["request"], BANK2)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    ratify(world, order(world, S1, "insolvent"), by=BANK3)
    disburse(world, BANK2, quote)


@refuses("debtor_insolvent")
def offer_a_token_of_an_insolvent_debtor(world: World) -> None:
    """security 12: an insolvent debtor's tokens went on down the tiers."""
    _, token = accepted_bill(world)
    order(world, ANCHOR, "insolvent")
    offer(world, token, (S2, 10))


@refuses("administrator_account_missing")
def instruct_a_payment_before_the_administrator_has_an_account(world: World) -> None:
    bill, token = accepted_bill(world)
    administer(world, S1)
    settle(world, bill, 100_000_000)
    place = {"bill": bill, "token": token, "reference": "P-1"}
    world.call(BANK1, "settlement", "pay_result", **place, status="instructed")


@refuses("party_not_active")
def transfer_to_a_leaving_party(world: World) -> None:
    _, token = accepted_bill(world)
    as_two(world, BANK1, "standing", "leave", party=S2)
    offer(world, token, (S2, 10))


@refuses("party_not_active")
def accept_as_an_administrator(world: World) -> None:
    """The administrator does all but issue, confirm and accept a transfer."""
    _, token = accepted_bill(world)
    offered = offer(world, token, (S2, 10))["tokens"][0]
    keys = administer(world, S2)
    world.send(S2, ("token", "accept", {"token": offered}), keys=keys)


@refuses("nothing_to_attest")
def attest_an_account_that_ended(world: World) -> None:
    administer(world, S1)
    world.call(BANK1, "account", "attest", party=S1, currency="CNY", alg="sha256", digest_hex="ab" * 32)
