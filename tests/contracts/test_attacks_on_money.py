"""Attacks on money, by whoever holds a key: what each tries, and what is left of it."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.expected import refused
from contracts.invariants import check_all
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    DIGEST,
    S1,
    S2,
    S4,
    World,
    accepted_bill,
    as_two,
    ask,
    bid,
    change,
    disburse,
    key_of,
    order,
    ratify,
    seat,
    settle,
)
from ledger.real_network import BANKS, RealNetwork

from chainbill.errors import ChainbillError, Refused

FACE = 100_000_000


# --- the debtor's cents against a bank's money ------------------------------------------------------------------------
def test_a_part_payment_does_not_take_the_token_from_a_bank_whose_money_has_left(world: World) -> None:
    """attack: anchor and supplier take a bank's money; a cent of the debtor made its receipt count for nothing."""
    bill, token = accepted_bill(world)
    request = ask(world, token, BANK2, amount=FACE)["request"]
    quoted = bid(world, request, BANK2, fee=500)
    world.call(S1, "finance", "agree", quote=quoted["quote"])
    settle(world, bill, 1, partial=True)
    with pytest.raises(Refused, match="amount_below_agreed_net"):  # nothing named: the net of what is left
        disburse(world, BANK2, quoted["quote"])
    paid = disburse(world, BANK2, quoted["quote"], amount=quoted["net"])
    bought = world.token(paid["token"])
    assert (bought["holder"], bought["hi"] - bought["lo"]) == (BANK2, FACE - 1)
    quote = world.row("finance", "quote", quoted["quote"])
    interest = (2 * (FACE - 1) * 38_500 * 120 + 360_000_000) // 720_000_000
    assert (quote["amount"], quote["interest"], quote["net"]) == (FACE - 1, interest, FACE - 1 - interest - 500)
    assert world.row("finance", "financed", paid["token"]) == {"request": request, "outstanding": FACE - 1}
    check_all(world)
    settle(world, bill, FACE - 1)
    assert world.row("finance", "request", request)["status"] == "repaid"
    check_all(world)


def test_a_bank_that_has_not_paid_yet_takes_its_quote_back_after_a_part_payment(world: World) -> None:
    """attack: the debtor pays a part to hold the holder to an agreement that is no longer worth it to the bank."""
    bill, token = accepted_bill(world)
    request = ask(world, token, BANK1, amount=FACE)["request"]
    quote = bid(world, request, BANK1)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    settle(world, bill, FACE // 2, partial=True)
    world.call(BANK1, "finance", "cancel", quote=quote, reason="")
    [live] = [leaf for leaf in world.leaves(bill) if leaf["status"] == "live"]
    assert (live["holder"], live["locks"], live["hi"] - live["lo"]) == (S1, [], FACE // 2)


def test_one_clerk_of_a_bank_does_not_cancel_what_its_money_has_left_for(world: World) -> None:
    """attack: the money has left, two people are about to record it, and one clerk takes the agreed quote back: the
    supplier has money and token. Neither the discount makes the amount smaller, nor what the debtor pays meanwhile."""
    limit = {"action": "finance.disburse", "currency": "CNY", "above": 9_999}
    change(world, BANK2, "set_policy", policy={"rules": [limit]})
    bill, token = accepted_bill(world, face=10_000)
    request = ask(world, token, BANK2, amount=10_000)["request"]
    world.call(BANK2, "finance", "withdraw_quote", quote=bid(world, request, BANK2)["quote"])
    quote = bid(world, request, BANK2)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    settle(world, bill, 9_995, partial=True)
    with pytest.raises(Refused, match="maker_and_checker_needed"):
        world.call(BANK2, "finance", "cancel", quote=quote, reason="")
    as_two(world, BANK2, "finance", "cancel", quote=quote, reason="")
    check_all(world)


# --- one bank's word against another bank's money ---------------------------------------------------------------------
@pytest.mark.parametrize("insolvent", [S1, ANCHOR])
def test_one_bank_does_not_stop_the_receipt_of_another_s_money(world: World, insolvent: str) -> None:
    """attack: the holder agrees on the last day. Its sponsor sees the money of another bank arrive on that day and
    enters an insolvency, of the holder or of the debtor, before the receipt. After 72 hours it lapsed, as if it had
    never been; the agreement had run out, and the holder had the money and the token."""
    _, token = accepted_bill(world)
    request = ask(world, token, BANK2, amount=FACE)["request"]
    quoted = bid(world, request, BANK2)["quote"]
    world.day(world.row("finance", "request", request)["until"])
    net = world.call(S1, "finance", "agree", quote=quoted)["net"]
    order(world, insolvent, "insolvent")
    new = disburse(world, BANK2, quoted, amount=net)["token"]
    assert world.token(new)["holder"] == BANK2
    check_all(world)


@pytest.mark.parametrize(("insolvent", "code"), [(S1, "holder_insolvent"), (ANCHOR, "debtor_insolvent")])
@pytest.mark.parametrize("then", ["a day later", "a second bank"])
def test_money_that_leaves_after_an_insolvency_buys_nothing(world: World, insolvent: str, code: str, then: str) -> None:
    _, token = accepted_bill(world)
    request = ask(world, token, BANK2, amount=FACE)["request"]
    quoted = bid(world, request, BANK2, disburse_by=world.plus(3))["quote"]
    world.call(S1, "finance", "agree", quote=quoted)
    entered = order(world, insolvent, "insolvent")
    if then == "a second bank":
        ratify(world, entered, by=BANK3)
    else:
        world.day(world.plus(1))
    refused(code, disburse, world, BANK2, quoted)


def test_an_insolvency_of_the_block_of_the_request_came_after_it(world: World) -> None:
    """Request, quote, agreement and the order on the holder are of one block: money that leaves later buys nothing."""
    _, token = accepted_bill(world)
    before = world.height

    def in_one_block(answer: Any) -> Any:
        world.height = before
        return answer

    request = in_one_block(ask(world, token, BANK2, amount=FACE))["request"]
    quoted = in_one_block(bid(world, request, BANK2, disburse_by=world.plus(3)))["quote"]
    in_one_block(world.call(S1, "finance", "agree", quote=quoted))
    entered = order(world, S1, "insolvent")
    made = world.row("finance", "request", request)["created"]["height"]
    assert made == world.row("standing", "order", entered["order"])["stopped_at"]
    world.day(world.plus(1))
    refused("holder_insolvent", disburse, world, BANK2, quoted)


def test_a_bank_that_declines_takes_its_quote_back(world: World) -> None:
    _, token = accepted_bill(world)
    request = ask(world, token, BANK2, BANK3, amount=FACE)["request"]
    quoted = bid(world, request, BANK2)["quote"]
    world.call(BANK2, "finance", "decline", request=request)
    assert world.row("finance", "quote", quoted)["status"] == "withdrawn"
    refused("quote_transition", world.call, S1, "finance", "agree", quote=quoted)


def test_who_is_stopped_in_the_block_of_its_request_is_not_quoted_for(world: World) -> None:
    _, token = accepted_bill(world)
    before = world.height
    request = ask(world, token, BANK2, amount=FACE)["request"]
    world.height = before
    order(world, S1, "suspended")
    refused("maker_was_stopped", bid, world, request, BANK2)


def test_who_is_stopped_does_not_say_that_it_was_paid(world: World) -> None:
    bill, token = accepted_bill(world, face=100)
    settle(world, bill, 100)
    order(world, S1, "suspended")
    refused("party_not_active", as_two, world, S1, "settlement", "acknowledge", bill=bill, token=token)


# --- settlement in steps ----------------------------------------------------------------------------------------------
def test_a_settlement_in_steps_ends_with_the_last_live_cent() -> None:
    """attack: a supplier cuts its token so that the top cent is paid first, and the last step ends before it; the next
    step settled the bill once more, and its bank counted as having one bill less to pay than it has."""
    network = RealNetwork()
    bill, token = network.accepted_bill(3 * 1500 + 1)
    other, _ = network.accepted_bill(100)
    network.pieces(token, 1500, 3)
    pay = {"bill": bill, "value_date": "2026-02-25"}
    network.ok(BANKS[0], "settlement", "settle", **pay, amount=3001, reference="P1", partial=True)
    for _ in range(2):
        paid = network.ok(BANKS[0], "settlement", "proceed", bill=bill)
    assert (paid["complete"], paid["outstanding"]) == (True, 1500)
    top = network.row("core", "range", [bill, 3 * 1500])[1]
    assert network.row("token", "token", top)["status"] == "settled"
    network.ok(BANKS[0], "settlement", "settle", **pay, amount=1500, reference="P2", partial=False)
    paid = network.ok(BANKS[0], "settlement", "proceed", bill=bill)
    assert (paid["complete"], paid["outstanding"]) == (True, 0)
    receipt = network.run(BANKS[0], ("settlement", "proceed", {"bill": bill}))
    assert receipt.reason == "nothing_to_proceed"
    assert network.row("bill", "to_pay", BANKS[0]) == {"count": 1}
    assert network.row("bill", "bill", other)["status"] == "active"


# --- a name in another writing ----------------------------------------------------------------------------------------
OTHERWISE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a transfer to another": (S1, "token.transfer", {"recipients": [{"party": [S2], "amount": 10}]}),
    "a transfer to the debtor": (S1, "token.transfer", {"recipients": [{"party": [ANCHOR], "amount": 10}]}),
    "a transfer to oneself": (S1, "token.transfer", {"recipients": [{"party": [S1], "amount": 10}]}),
    "a bank asked twice": (S1, "finance.request", {"banks": [BANK1, [BANK1]], "amount": 5}),
    "an account at a bank": (
        S1, "account.announce", {"currency": "USD", "bank": [BANK1], "alg": "sha256", "digest_hex": DIGEST}
    ),
    "a new name": (BANK1, "party.rename", {"party": [S4], "name_zh": "", "name_en": "x"}),
    "a party that leaves": (BANK1, "standing.leave", {"party": [S4]}),
    "a candidate for a seat": (BANK1, "governance.propose", {"kind": "validator_add", "content": seat(party=[BANK4])}),
    "an identifier": (
        BANK1, "governance.propose",
        {"kind": "identifier", "content": {"scheme": "vat", "value": "DE1234", "party": [S4]}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", OTHERWISE)
def test_nobody_is_named_by_a_list_of_one(world: World, what: str) -> None:
    """attack: ["X"] stood for the row of "X" and yet was unlike "X". One seat proposed a candidate of such a party, and
    while that was open, closing a party and governance.ready failed for all: they compare with every candidate's."""
    _, token = accepted_bill(world, face=100)
    sender, act, arguments = OTHERWISE[what]
    contract, function = act.split(".")
    if act == "token.transfer":
        arguments = {"tokens": [token], **arguments}
    elif act == "finance.request":
        arguments = {"token": token, **arguments}
    with pytest.raises(ChainbillError, match=r"bad_key|wrong_type"):
        world.send(sender, (contract, function, arguments), keys=[key_of(sender), key_of(sender, 1)])
