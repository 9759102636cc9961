"""Early payment at a discount: at its price if it comes in time, at par if the bill is paid first, else as if never."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.claiming import claim
from contracts.expected import refused
from contracts.freezing import freeze, frozen, release
from contracts.invariants import check_all
from contracts.pledging import pledge
from contracts.prepaying import FACE, LAST, PAY_BY, PRICE, agree, agreed, bill_of, offer, prepay, row_of
from contracts.reversing import reverse
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    S1,
    S2,
    World,
    administer,
    as_two,
    finance,
    name_successor,
    order,
    pay,
    settle,
)


def payments(world: World, bill: str) -> list[tuple[str, int, str, str]]:
    """Payee, amount, status and kind of a bill's payments."""
    rows = (row for _, row in world.rows("settlement", "payment", (bill,)))
    return sorted((row["party"], row["amount"], row["status"], row["kind"]) for row in rows)


def test_the_token_settles_whole_and_its_holder_is_paid_the_price(world: World) -> None:
    """100,000.00, payable on Tuesday 2026-06-30, for 98,500.00 by Friday 03-20: 1,500.00 are forgone."""
    bill, token = bill_of(world)
    assert offer(world, token) == {"token": token, "until": "2026-03-09"}
    row = world.token(token)
    assert (row["offered_to"], [(lock["kind"], lock["ref"]) for lock in row["locks"]]) == (
        ANCHOR,
        [("offered", "prepay")],
    )
    assert agree(world, token) == {"token": token, "until": LAST}
    assert world.token(token)["locks"][0]["until"] == LAST
    world.day(PAY_BY)
    done = prepay(world, token, reference="EP-1")
    entry = {"party": S1, "token": token, "amount": PRICE, "status": "instructed"}
    assert done == {"payment": entry, "forgone": FACE - PRICE, "outstanding": 0, "repeated": False}
    assert (world.token(token)["status"], world.bill(bill)["status"]) == ("settled", "settled")
    assert (world.bill(bill)["settled"], world.bill(bill)["settled_in_time"]) == (FACE, FACE)
    assert payments(world, bill) == [(S1, PRICE, "instructed", "prepaid")]
    kept = row_of(world, token)
    assert {name: kept[name] for name in ("status", "price", "forgone", "agreed_on", "value_date", "reference")} == {
        "status": "paid", "price": PRICE, "forgone": FACE - PRICE, "agreed_on": "2026-03-02", "value_date": PAY_BY,
        "reference": "EP-1",
    }  # fmt: skip
    receipt = world.row("settlement", "receipt", [BANK1, "EP-1"])
    assert (receipt["kind"], receipt["amount"], receipt["reversible_until"]) == ("prepaid", PRICE, "")
    assert "token.lapsed" not in world.topics()
    assert world.rows("token", "open_offers") == []
    check_all(world)


def test_the_same_receipt_again_answers_the_first_result(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    first = prepay(world, token, reference="EP-1")
    assert prepay(world, token, reference="EP-1") == {**first, "repeated": True}
    world.day(world.plus(60))
    assert prepay(world, token, reference="EP-1", value_date="2026-03-02") == {**first, "repeated": True}
    refused("reference_used_otherwise", prepay, world, token, reference="EP-1")


def test_a_part_of_a_bill_is_paid_early_and_the_rest_at_par(world: World) -> None:
    bill, first = bill_of(world)
    second, rest = pay(world, first, S2, 4_000_000)
    agreed(world, second, price=3_900_000)
    assert prepay(world, second)["outstanding"] == 6_000_000
    assert (world.bill(bill)["status"], world.bill(bill)["settled"]) == ("active", 4_000_000)
    settle(world, bill, 6_000_000)
    assert payments(world, bill) == sorted([
        (S2, 3_900_000, "instructed", "prepaid"), (S1, 6_000_000, "instructed", "holder"),
    ])  # fmt: skip
    assert (world.token(rest)["status"], world.bill(bill)["status"]) == ("settled", "settled")
    check_all(world)


def test_paid_first_at_par_it_is_over(world: World) -> None:
    bill, token = bill_of(world)
    agreed(world, token)
    settle(world, bill, FACE)
    assert payments(world, bill) == [(S1, FACE, "instructed", "holder")]
    refused("prepayment_transition", prepay, world, token)
    world.day("2026-03-24")
    assert row_of(world, token)["status"] == "ended"
    assert world.rows("token", "open_offers") == world.rows("prepayment", "agenda") == []
    check_all(world)


@pytest.mark.parametrize("both", [False, True], ids=["offered", "agreed"])
def test_a_part_payment_ends_it_and_the_rest_is_free(world: World, both: bool) -> None:
    bill, token = bill_of(world)
    if both:
        agreed(world, token)
    else:
        offer(world, token)
    settle(world, bill, 4_000_000, partial=True)
    rest = next(leaf for leaf in world.leaves(bill) if leaf["status"] == "live")
    assert (rest["locks"], rest["offered_to"]) == ([], "")
    refused("prepayment_transition", prepay, world, token)
    agreed(world, rest["id"], price=6_000_000)
    assert prepay(world, rest["id"])["forgone"] == 0
    world.day(LAST)
    world.day("2026-03-24")
    assert world.failed_items == []
    check_all(world)


@pytest.mark.parametrize("both", [False, True], ids=["offered", "agreed"])
def test_a_freeze_ends_it_at_once(world: World, both: bool) -> None:
    bill, token = bill_of(world)
    if both:
        agreed(world, token)
    else:
        offer(world, token)
    made = frozen(world, token, FACE)
    row = world.token(token)
    assert ([lock["kind"] for lock in row["locks"]], row["offered_to"]) == (["frozen"], "")
    for act in (agree, prepay):
        refused("prepayment_transition", act, world, token)
    release(world, made)
    refused("prepayment_transition", prepay, world, token)
    check_all(world)
    agreed(world, token)
    world.day("2026-03-24")
    settle(world, bill, FACE)
    check_all(world)


def test_what_a_freeze_ended_stays_ended_where_no_second_bank_ratifies(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    freeze(world, token, FACE)
    world.day("2026-03-06")  # the order has lapsed after 72 hours
    assert world.token(token)["locks"] == []
    refused("prepayment_transition", prepay, world, token)
    check_all(world)


def test_refused_or_taken_back_it_is_over_at_once_and_offered_anew(world: World) -> None:
    token = bill_of(world)[1]
    offer(world, token)
    world.call(ANCHOR, "token", "reject", token=token, reason="no money")
    assert (world.token(token)["locks"], row_of(world, token)["status"]) == ([], "offered")
    refused("prepayment_transition", agree, world, token)
    offer(world, token, price=1)
    world.call(S1, "token", "recall", token=token)
    refused("prepayment_transition", agree, world, token)
    world.day("2026-03-10")
    assert row_of(world, token)["status"] == "ended"
    offer(world, token)
    assert row_of(world, token)["created"]["height"] < row_of(world, token)["offered"]["height"]
    check_all(world)


def test_agreed_neither_side_takes_it_back(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    refused("prepayment_agreed", world.call, S1, "token", "recall", token=token)
    refused("prepayment_agreed", world.call, ANCHOR, "token", "reject", token=token, reason="")
    refused("token_locked", world.call, S1, "token", "split", token=token, amounts=[1, FACE - 1])
    prepay(world, token)


def test_it_lapses_by_its_day_and_an_earlier_offers_day_ends_no_later_one(world: World) -> None:
    """Offered on Monday: until the Monday after. Offered again on Thursday: until the Thursday after that."""
    token = bill_of(world)[1]
    offer(world, token)
    world.call(S1, "token", "recall", token=token)
    world.day("2026-03-05")
    assert offer(world, token)["until"] == "2026-03-12"
    world.day("2026-03-10")
    assert row_of(world, token)["status"] == "offered"
    world.day("2026-03-12")
    assert world.token(token)["offered_to"] == ANCHOR
    world.day("2026-03-13")
    assert (world.token(token)["locks"], row_of(world, token)["status"]) == ([], "ended")
    check_all(world)


def test_it_never_stands_longer_than_the_money_may_come(world: World) -> None:
    token = bill_of(world)[1]
    assert offer(world, token, pay_by="2026-03-05")["until"] == "2026-03-05"
    assert agree(world, token)["until"] == "2026-03-06"


def test_what_came_in_time_is_recorded_up_to_the_next_business_day(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    world.day(LAST)
    prepay(world, token, value_date=PAY_BY)
    assert "settlement.late_receipt" not in world.topics()
    check_all(world)


def test_unpaid_the_token_is_free_on_the_day_after(world: World) -> None:
    bill, token = bill_of(world)
    agreed(world, token)
    world.day(LAST)
    assert world.token(token)["locks"] != []
    world.day("2026-03-24")
    assert (world.token(token)["locks"], row_of(world, token)["status"]) == ([], "ended")
    refused("prepayment_transition", prepay, world, token, value_date=PAY_BY)
    settle(world, bill, FACE)
    check_all(world)


def test_it_is_recorded_on_the_day_of_payment_where_the_last_day_of_offers_was_the_last_of_the_money(
    world: World,
) -> None:
    """Payable on Monday 2026-03-09: to pay by Friday 03-06, recorded up to Monday, when the bill is due."""
    bill, token = bill_of(world, due_on="2026-03-09")
    assert agreed(world, token, pay_by=world.bill(bill)["last_offer_on"]) == "2026-03-09"
    world.day("2026-03-09")
    assert world.bill(bill)["status"] == "due"
    prepay(world, token, value_date="2026-03-06")
    assert world.bill(bill)["status"] == "settled"
    check_all(world)


def test_the_end_of_a_chain_of_successors_records_it(world: World) -> None:
    bill, token = bill_of(world)
    agreed(world, token)
    as_two(world, BANK2, "succession", "accept", bank=BANK1)
    name_successor(world, BANK1, BANK2)
    refused("not_the_paying_bank", prepay, world, token)
    prepay(world, token, by=BANK2, reference="EP-2")
    assert payments(world, bill) == [(S1, PRICE, "instructed", "prepaid")]
    assert row_of(world, token)["bank"] == BANK2
    check_all(world)


def test_a_successor_says_again_what_its_predecessor_recorded(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    first = prepay(world, token, reference="EP-1")
    as_two(world, BANK2, "succession", "accept", bank=BANK1)
    name_successor(world, BANK1, BANK2)
    assert prepay(world, token, by=BANK2, reference="EP-1") == {**first, "repeated": True}


def test_a_bank_that_financed_is_repaid_the_face_and_gets_the_price(world: World) -> None:
    """What it forgoes is its own loss: nothing of the request stays open."""
    bill, first = bill_of(world)
    token = finance(world, first, BANK2, FACE)[0]
    agreed(world, token)
    prepay(world, token)
    assert payments(world, bill) == [(BANK2, PRICE, "instructed", "prepaid")]
    assert next(row for _, row in world.rows("finance", "request"))["status"] == "repaid"
    check_all(world)


def test_an_insolvent_debtor_agrees_to_nothing_but_money_is_recorded(world: World) -> None:
    bill, first = bill_of(world)
    second, rest = pay(world, first, S2, 4_000_000)
    offer(world, second, price=1)
    agreed(world, rest, price=1)
    administer(world, ANCHOR, 91)
    refused("debtor_insolvent", agree, world, second)
    prepay(world, rest)
    assert "settlement.paid_after_insolvency" in world.topics()
    assert payments(world, bill) == [(S1, 1, "instructed", "prepaid")]
    check_all(world)


def test_nobody_agrees_with_a_holder_that_was_stopped(world: World) -> None:
    token = bill_of(world)[1]
    offer(world, token)
    order(world, S1, "suspended")
    refused("maker_was_stopped", agree, world, token)


def test_what_is_agreed_is_paid_to_a_holder_that_was_stopped_since(world: World) -> None:
    bill, token = bill_of(world)
    agreed(world, token)
    order(world, S1, "insolvent")
    assert prepay(world, token)["payment"]["status"] == "set_aside"
    assert payments(world, bill) == [(S1, PRICE, "set_aside", "prepaid")]
    check_all(world)


def test_what_is_pledged_or_claimed_is_not_offered(world: World) -> None:
    token = bill_of(world)[1]
    pledge(world, token)
    refused("token_locked", offer, world, token)
    first = bill_of(world)[1]
    second = pay(world, first, S2, FACE)[0]
    claim(world, second, ground="agreed")
    refused("claim_open", offer, world, second)


def test_what_is_offered_is_neither_pledged_nor_claimed_nor_financed(world: World) -> None:
    token = bill_of(world)[1]
    agreed(world, token)
    for call in (
        ("token", "transfer", {"tokens": [token], "recipients": [{"party": S2, "amount": 1}]}),
        ("finance", "request", {"token": token, "banks": [BANK2], "amount": FACE}),
        ("prepayment", "offer_prepayment", {"token": token, "price": 1, "pay_by": PAY_BY}),
    ):
        contract, act, arguments = call
        refused("token_locked", world.call, S1, contract, act, **arguments)
    prepay(world, token)


def test_a_reversal_of_other_money_leaves_an_early_payment(world: World) -> None:
    bill, first = bill_of(world)
    second, _ = pay(world, first, S2, 4_000_000)
    agreed(world, second, price=3_900_000)
    settle(world, bill, 2_000_000, partial=True, reference="P-1")
    live = next(leaf["id"] for leaf in world.leaves(bill) if leaf["status"] == "live" and leaf["holder"] == S2)
    agreed(world, live, price=1)
    prepay(world, live)
    settle(world, bill, world.bill(bill)["face"] - world.bill(bill)["settled"], reference="P-2")
    assert world.bill(bill)["status"] == "settled"
    reverse(world, "P-2")
    assert world.token(live)["status"] == "settled"
    reverse(world, "P-1")
    assert (world.token(live)["status"], world.bill(bill)["settled"]) == ("settled", FACE - 6_800_000)
    check_all(world)


def test_money_that_came_back_is_instructed_again(world: World) -> None:
    bill, token = bill_of(world)
    agreed(world, token)
    prepay(world, token)
    for number, status in enumerate(("paid", "returned", "instructed", "paid")):
        arguments: dict[str, Any] = {"bill": bill, "token": token, "status": status, "reference": f"W-{number}"}
        world.call(BANK1, "settlement", "pay_result", **arguments)
    assert payments(world, bill) == [(S1, PRICE, "paid", "prepaid")]
    check_all(world)


def test_nothing_is_recorded_while_a_settlement_is_under_way(world: World) -> None:
    bill, rest = bill_of(world, FACE)
    for _ in range(4):
        tokens = world.call(S1, "token", "transfer", tokens=[rest], recipients=[{"party": S2, "amount": 10}] * 200)
        rest = tokens["remainder"]
    agreed(world, rest, price=1)
    done = settle(world, bill, 1_000_000, partial=True)
    assert not done["complete"]
    refused("settlement_under_way", prepay, world, rest)
