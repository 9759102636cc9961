"""Settlement: every cent to its holder, once, whatever locks there are."""

from __future__ import annotations

from fractions import Fraction

import pytest
from chainbill_contracts import sources
from contracts.invariants import check_all
from contracts.refusals_finance import agreed
from contracts.refusals_token import dust, split
from contracts.world import (
    ANCHOR,
    BANK1,
    DIGEST,
    S1,
    S2,
    S3,
    World,
    accepted_bill,
    ask,
    bid,
    disburse,
    issue,
    offer,
    pay,
    settle,
)  # fmt: skip
from hypothesis import given, settings
from hypothesis import strategies as st

from chainbill.errors import Refused
from chainbill.state.keys import row_key
from chainbill.vm.testing import Harness

SHARED_OUT = Harness(sources()).function("general", "shared_out")


@settings(max_examples=200)
@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=20), st.data())
def test_parts_are_by_largest_remainder_and_ties_by_lo(amounts: list[int], data: st.DataObject) -> None:
    total = sum(amounts)
    amount = data.draw(st.integers(1, total))
    shares = [Fraction(size * amount, total) for size in amounts]
    floors = [share.numerator // share.denominator for share in shares]
    order = sorted(range(len(amounts)), key=lambda i: (floors[i] - shares[i], i))
    expected = list(floors)
    for i in order[: amount - sum(floors)]:
        expected[i] += 1
    parts = SHARED_OUT(amount, amounts, total, amount)
    assert parts == expected
    assert sum(parts) == amount
    assert all(0 <= part <= size for part, size in zip(parts, amounts, strict=True))


@pytest.mark.parametrize("status", ["suspended", "insolvent"])
def test_nothing_stops_a_settlement_not_even_the_standing_of_its_bank(world: World, status: str) -> None:
    bill, _ = accepted_bill(world, face=100)
    world.overlay.put(row_key("party", "party", BANK1), {**world.row("party", "party", BANK1), "status": status})
    world.checked = False
    paid = settle(world, bill, 100)["payments"][0]
    arguments = {"bill": bill, "token": paid["token"], "status": "paid", "reference": "R-1"}
    assert world.call(BANK1, "settlement", "pay_result", **arguments)["status"] == "paid"


def test_a_part_payment_is_shared_by_amount(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    second, rest = pay(world, token, S2, 333)
    offered = offer(world, rest, (S3, 300))["tokens"][0]
    result = settle(world, bill, 100, partial=True)
    assert [(entry["party"], entry["amount"]) for entry in result["payments"]] == [(S2, 33), (S1, 30), (S1, 37)]
    assert (result["outstanding"], world.bill(bill)["settled"]) == (900, 100)
    assert world.bill(bill)["status"] == "active"
    leaves = [(leaf["lo"], leaf["hi"], leaf["status"], leaf["offered_to"]) for leaf in world.leaves(bill)]
    assert leaves == [
        (0, 33, "settled", ""), (33, 333, "live", ""), (333, 363, "settled", ""), (363, 633, "live", S3),
        (633, 670, "settled", ""), (670, 1_000, "live", ""),
    ]  # fmt: skip
    assert world.token(second)["cut_for"] == world.token(offered)["cut_for"] == "payment"
    check_all(world)
    accepted = world.call(S3, "token", "accept", token=world.leaves(bill)[3]["id"])["token"]
    assert world.token(accepted)["tier"] == 2
    last = settle(world, bill, 900)
    assert sum(entry["amount"] for entry in last["payments"]) == 900
    assert world.bill(bill)["status"] == "settled"
    check_all(world)


def test_the_rest_of_an_offer_lapses_on_its_day(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    offer(world, token, (S2, 500))
    settle(world, bill, 100, partial=True)
    world.day("2026-03-10")
    assert all(leaf["offered_to"] == "" for leaf in world.leaves(bill))
    assert world.rows("token", "agenda") == []


def test_a_cent_can_be_paid(world: World) -> None:
    bill, token = accepted_bill(world, face=3)
    world.call(S1, "token", "split", token=token, amounts=[1, 1])
    assert [entry["amount"] for entry in settle(world, bill, 1, partial=True)["payments"]] == [1]
    assert [leaf["status"] for leaf in world.leaves(bill)] == ["settled", "live", "live"]


def test_the_same_receipt_again_pays_nothing_twice(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    first = settle(world, bill, 400, partial=True, reference="A")
    assert settle(world, bill, 400, partial=True, reference="A") == {**first, "repeated": True}
    assert world.bill(bill)["settled"] == 400
    with pytest.raises(Refused, match="reference_used_otherwise"):
        settle(world, bill, 401, partial=True, reference="A")
    assert settle(world, bill, 400, partial=True, reference="B")["repeated"] is False


def test_a_full_amount_said_to_be_partial_settles(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    settle(world, bill, 1_000, partial=True)
    assert world.bill(bill)["status"] == "settled"


def test_one_returned_payment_disturbs_nobody_else(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    pay(world, token, S2, 400)
    entries = settle(world, bill, 1_000)["payments"]
    mine, other = entries[0], entries[1]

    def report(status: str, reference: str) -> dict[str, object]:
        place = {"bill": bill, "token": mine["token"]}
        return dict(world.call(BANK1, "settlement", "pay_result", **place, status=status, reference=reference))

    assert report("returned", "X1")["repeated"] is False
    assert report("returned", "X1")["repeated"] is True
    assert world.row("settlement", "payment", [bill, other["token"]])["status"] == "instructed"
    report("instructed", "X2")
    report("paid", "X3")
    payment = world.row("settlement", "payment", [bill, mine["token"]])
    assert (payment["status"], payment["party"], payment["account"], payment["amount"]) == ("paid", S2, DIGEST, 400)


def test_a_receipt_recorded_late_raises_an_alert(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    world.day("2026-03-06")
    settle(world, bill, 100, partial=True, value_date="2026-03-05")
    assert "settlement.late_receipt" not in world.topics()
    settle(world, bill, 100, partial=True, value_date="2026-03-04")
    assert "settlement.late_receipt" in world.topics()


def test_a_bill_of_many_holders_is_settled_in_one_step(world: World) -> None:
    bill, token = accepted_bill(world, face=100_000)
    pieces = world.call(S1, "token", "split", token=token, amounts=[100] * 99)["tokens"]
    for piece in pieces[:5]:
        world.call(S1, "token", "split", token=piece, amounts=[1] * 99)
    result = settle(world, bill, 100_000)
    assert len(result["payments"]) == 595
    check_all(world)


def test_a_bill_of_very_many_pieces_is_settled_in_steps(world: World) -> None:
    bill = dust(world)
    first = settle(world, bill, 100_000_000, reference="A")
    assert (first["complete"], len(first["payments"])) == (False, 1_500)
    assert world.bill(bill)["status"] == "active"
    moved = world.leaves(bill)[-1]["id"]
    pay(world, moved, S2, 400_000)
    last = world.call(BANK1, "settlement", "proceed", bill=bill)
    assert (last["complete"], last["outstanding"], world.bill(bill)["status"]) == (True, 0, "settled")
    assert settle(world, bill, 100_000_000, reference="A") == {**first, "repeated": True}
    assert {"party": S2, "amount": 400_000} in [
        {name: entry[name] for name in ("party", "amount")} for entry in last["payments"]
    ]
    assert world.rows("settlement", "step") == []
    check_all(world)


def test_a_part_of_very_many_pieces_is_paid_in_steps_to_the_cent(world: World) -> None:
    bill = dust(world)
    before = {leaf["id"]: leaf["hi"] - leaf["lo"] for leaf in world.leaves(bill)}
    step = settle(world, bill, 33_333_333, reference="A", partial=True)
    payments = step["payments"]
    last = world.leaves(bill)[-1]["id"]
    moved = world.call(S1, "token", "split", token=last, amounts=[1])["tokens"]
    while not step["complete"]:
        with pytest.raises(Refused, match="settlement_under_way"):
            settle(world, bill, 1, partial=True)
        step = world.call(BANK1, "settlement", "proceed", bill=bill)
        payments += step["payments"]
    check_all(world)
    assert sum(entry["amount"] for entry in payments) == world.bill(bill)["settled"] == 33_333_333
    assert step["outstanding"] == 100_000_000 - 33_333_333
    assert world.rows("settlement", "step") == []
    paid: dict[str, int] = {}
    for entry in payments:
        whole = entry["token"] if entry["token"] in before else world.token(entry["token"])["parent"]
        paid[last if whole in moved else whole] = entry["amount"]
    assert all(abs(amount / 3 - paid.get(token, 0)) < 2 for token, amount in before.items() if token != last)


def test_tokens_with_many_quotes_make_a_step_shorter(world: World) -> None:
    bill, token = accepted_bill(world, face=2_000)
    pieces = world.call(S1, "token", "split", token=token, amounts=[100] * 19)["tokens"]
    for piece in pieces:
        request = ask(world, piece, BANK1, amount=100)["request"]
        quote = bid(world, request, BANK1)["quote"]
        row = world.row("finance", "request", request)
        world.overlay.begin()
        world.overlay.put(row_key("finance", "request", request), {**row, "quotes": [quote] * 200})
        world.overlay.commit()
    first = settle(world, bill, 2_000)
    assert (first["complete"], len(first["payments"])) == (False, 8)  # each counts as 202 of 1,500
    assert not world.call(BANK1, "settlement", "proceed", bill=bill)["complete"]
    assert world.call(BANK1, "settlement", "proceed", bill=bill)["complete"]
    check_all(world)


def test_a_lapse_leaves_the_cent_where_a_settlement_goes_on(world: World) -> None:
    bill = dust(world)
    settle(world, bill, 33_333_333, partial=True)
    following = world.row("settlement", "step", bill)["next"]
    left, right = (
        next(leaf for leaf in world.leaves(bill) if leaf[end] == following) for end in ("hi", "lo")
    )  # fmt: skip
    assert left["status"] == right["status"] == "live"
    piece = offer(world, right["id"], (S2, 1))["tokens"][0]
    world.call(S2, "token", "reject", token=piece, reason="")
    assert world.row("core", "range", [bill, following])[1] == piece
    while world.row("settlement", "step", bill):
        world.call(BANK1, "settlement", "proceed", bill=bill)
    check_all(world)


def test_an_offer_that_lapses_before_that_cent_is_not_joined_over_it(world: World) -> None:
    """Of one cent nothing is paid: it is still what was cut off for the offer when the settlement stops behind it."""
    bill, token = accepted_bill(world, face=100_000)
    *blocks, rest = split(world, token, *[100] * 7, 48)
    for block in blocks:
        split(world, block, *[1] * (world.token(block)["hi"] - world.token(block)["lo"] - 1))
    cent = offer(world, rest, (S2, 1))["tokens"][0]
    settle(world, bill, 50_000, partial=True)
    following = world.row("settlement", "step", bill)["next"]
    assert (world.token(cent)["hi"], world.token(cent)["status"]) == (following, "live")
    world.call(S2, "token", "reject", token=cent, reason="")
    assert world.row("core", "range", [bill, following])
    while world.row("settlement", "step", bill):
        world.call(BANK1, "settlement", "proceed", bill=bill)
    assert world.bill(bill)["settled"] == 50_000
    check_all(world)


def test_a_reference_of_a_settlement_pays_no_financing(world: World) -> None:
    bill, _ = accepted_bill(world)
    settle(world, bill, 1_000, reference="ONE", partial=True)
    quote = agreed(world)
    with pytest.raises(Refused, match="reference_used_otherwise"):
        disburse(world, BANK1, quote, reference="ONE")
    disburse(world, BANK1, quote, reference="TWO")


def test_money_that_came_before_the_acceptance_is_refused_though_the_debt_was_confirmed(world: World) -> None:
    bill = issue(world)
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    confirmed_on = world.today
    world.day(world.plus(1))
    world.call(S1, "bill", "accept", bill=bill)
    with pytest.raises(Refused, match="value_date_before_acceptance"):
        settle(world, bill, 1_000, value_date=confirmed_on, partial=True)
    settle(world, bill, 1_000, partial=True)


def test_a_reference_reports_one_payment_only(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    pay(world, token, S2, 400)
    entries = settle(world, bill, 1_000, reference="A")["payments"]
    paid = {"bill": bill, "token": entries[0]["token"], "status": "paid"}
    with pytest.raises(Refused, match="reference_used_otherwise"):
        world.call(BANK1, "settlement", "pay_result", **paid, reference="A")
    world.call(BANK1, "settlement", "pay_result", **paid, reference="X")
    with pytest.raises(Refused, match="reference_used_otherwise"):
        world.call(BANK1, "settlement", "pay_result", **{**paid, "token": entries[1]["token"]}, reference="X")


def test_pending_bills_cannot_be_paid(world: World) -> None:
    bill = issue(world)
    with pytest.raises(Refused, match="not_the_paying_bank"):  # none is fixed yet
        settle(world, bill, 1, partial=True)
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    with pytest.raises(Refused, match="bill_not_payable"):
        settle(world, bill, 1, partial=True)
