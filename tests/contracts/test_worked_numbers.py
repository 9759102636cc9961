"""The numbers that stand beside the contracts' harder lines are those that come out."""

from __future__ import annotations

from typing import Any

import pytest
from chainbill_contracts import sources
from contracts.world import BANK1, S1, S2, World, accepted_bill, bid, issue, settle

from chainbill.vm.testing import Harness

ONE_DAY_MS = 86_400_000


def function(contract: str, name: str) -> Any:
    return Harness(sources()).function(contract, name)


def test_a_part_payment_is_shared_out_to_the_cent() -> None:
    assert function("general", "shared_out")(33, [50, 30, 20], 100, 33) == [16, 10, 7]
    assert 100 * 100 // 300 == 33
    assert 300 * 100 // 300 - 33 == 67


def test_pieces_of_a_cut_keep_their_order() -> None:
    pieces = [{"id": "a"}, {"id": "b"}]
    assert function("general", "replaced")(["a", "b", "c"], pieces, "joined") == ["joined", "c"]


def test_interest_and_net_of_a_quote() -> None:
    assert function("finance", "interest_half_up")(10_000_000, 38_500, 120, 360) == 128_333
    offer = {
        "pay_on": "2027-06-29", "basis": "act/360", "amount": 10_000_000, "rate": 38_500, "fee": 10_000,
        "interest_payer": "holder",
    }  # fmt: skip
    price = function("finance", "price")
    for payer, net in (("holder", 9_861_667), ("debtor", 9_990_000)):
        offer["interest_payer"] = payer
        price(offer, "2027-03-01")
        assert (offer["days"], offer["interest"], offer["net"]) == (120, 128_333, net)


def test_votes_and_sizes() -> None:
    assert [function("governance", "quorum")(count) for count in (4, 5, 7)] == [3, 4, 5]
    content = {"name": "pending_days", "value": 12}
    function("governance", "require_size")(content, 39)
    with pytest.raises(Exception, match="content_too_large"):
        function("governance", "require_size")(content, 38)
    assert function("calendar", "year_of")("2027-03-31") == 2027


def test_a_policy_asks_for_two_above_its_limit() -> None:
    row = {"policy": {"rules": [{"action": "any", "currency": "CNY", "above": 5_000_000}]}}
    above = function("general", "is_above_limit")
    assert not above(row, "bill.issue", "CNY", 5_000_000)
    assert above(row, "bill.issue", "CNY", 5_000_001)


def test_the_days_of_a_bill() -> None:
    world = World("plain", today="2027-03-01", parameters={"grace_business_days": 2})
    row = world.bill(issue(world, due_on="2027-03-06"))
    assert (row["pay_on"], row["last_offer_on"], row["overdue_after"]) == ("2027-03-08", "2027-03-05", "2027-03-10")
    assert row["expires_on"] == "2027-03-16", "the day after the last of an answer, Monday 03-15"


def test_an_offer_lasts_five_business_days_or_until_the_day_before_payment() -> None:
    for due_on, until in (("2027-06-29", "2027-03-12"), ("2027-03-10", "2027-03-09")):
        world = World("plain", today="2027-03-05")
        token = accepted_bill(world, due_on=due_on)[1]
        told = world.call(S1, "token", "transfer", tokens=[token], recipients=[{"party": S2, "amount": 5}])
        assert world.token(told["tokens"][0])["locks"][0]["until"] == until


def test_an_overdue_is_rescinded_by_money_that_came_in_time() -> None:
    world = World("plain", today="2027-03-01")
    bill = accepted_bill(world, due_on="2027-03-08", face=1_000)[0]
    for day in ("2027-03-08", "2027-03-09"):
        world.day(day)
    assert world.bill(bill)["overdue_on"] == "2027-03-09"
    world.day("2027-03-10")
    settle(world, bill, 1_000, value_date="2027-03-08")
    assert (world.bill(bill)["overdue_on"], world.bill(bill)["status"]) == ("", "settled")


def test_a_standstill_is_no_part_of_an_agreement() -> None:
    """To Monday, and the network stood still for 30 hours of it: to Wednesday."""
    world = World("plain", today="2027-03-03")
    token = accepted_bill(world)[1]
    request = world.call(S1, "finance", "request", token=token, banks=[BANK1], amount=1_000)["request"]
    world.call(S1, "finance", "agree", quote=bid(world, request, BANK1, disburse_by="2027-03-05")["quote"])
    assert world.row("finance", "request", request)["until"] == "2027-03-08"
    world.gap_ms = 30 * ONE_DAY_MS // 24
    world.day("2027-03-09")
    row = world.row("finance", "request", request)
    assert (row["status"], row["until"]) == ("agreed", "2027-03-10")
