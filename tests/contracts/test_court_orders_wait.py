"""Orders of courts as safe as orders on a status: nobody alone, and no two banks alone, give or free what is frozen."""

from __future__ import annotations

import pytest
from contracts.freezing import (
    acted,
    enter,
    frozen,
    given_by,
    holders,
    objected,
    order_of,
    order_status,
    ratified,
    release,
    standing,
    transfer_of,
    transferred,
)
from contracts.invariants import check_all
from contracts.pledging import pledge
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK4,
    S1,
    S2,
    S3,
    World,
    accepted_bill,
    as_two,
    decide_by_vote,
    key_of,
    settle,
)  # fmt: skip

from chainbill.errors import Refused

FACE = 1_000


# --- a transfer waits, and is objected to -----------------------------------------------------------------------------
@pytest.mark.parametrize("money", [False, True])
def test_what_two_banks_give_is_given_72_hours_later(world: World, money: bool) -> None:
    """Two banks of two houses with forged papers gave tokens, and money, to whom they liked in one block."""
    bill, token = accepted_bill(world, face=FACE)
    made = frozen(world, token, 400)
    if money:
        settle(world, bill, FACE)
    order = transfer_of(world, made)
    acts_on = ratified(world, order)["acts_on"]
    assert (order_status(world, order), acts_on) == ("ratified", "2026-03-06")
    world.day("2026-03-05")
    assert given_by(world, order) == {"tokens": [], "payments": []}
    assert standing(world, made) == "in_force"
    check_all(world)
    world.day(acts_on)
    done = given_by(world, order)
    assert (len(done["tokens"]), len(done["payments"])) == ((0, 1) if money else (1, 0))
    assert (order_status(world, order), transferred(world)) == ("carried_out", [(400, 400)])
    check_all(world)


@pytest.mark.parametrize("by", [S1, BANK2])
def test_a_holder_and_a_pledgee_stop_a_transfer_and_what_is_frozen_stays_so_for_a_vote(world: World, by: str) -> None:
    bill, token = accepted_bill(world, face=FACE)
    pledge(world, token, secured=100)
    made = frozen(world, token, FACE, days=5)
    order = transfer_of(world, made)
    ratified(world, order)
    objected(world, order, by)
    row = world.row("legal", "order", order)
    assert (row["status"], row["objected_by"], row["acts_on"], row["until"]) == ("objected", by, "", "2026-03-16")
    assert world.events[-1][:2] == ("legal", "order_objected")
    check_all(world)
    world.day("2026-03-16")
    assert (standing(world, made), {leaf["holder"] for leaf in world.leaves(bill)}) == ("in_force", {S1})
    world.day("2026-03-17")
    assert (order_status(world, order), standing(world, made)) == ("stopped", "ended")
    assert {leaf["holder"] for leaf in world.leaves(bill)} == {S1}
    check_all(world)


def test_what_nobody_votes_on_is_stopped(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE)
    order = transfer_of(world, frozen(world, token, 400))
    ratified(world, order)
    objected(world, order)
    world.day(world.plus(20))
    assert (order_status(world, order), standing(world, world.row("legal", "order", order)["items"][0]["freeze"])) == (
        "stopped", "in_force"
    )  # fmt: skip
    assert holders(world, bill)[-1] == (600, FACE, "live", S1)
    assert enter(world, "transfer", {"token": token_of(world, bill), "amount": 1}, beneficiary=S3, days=9)
    check_all(world)


def token_of(world: World, bill: str) -> str:
    """The highest leaf of a bill."""
    return str(world.leaves(bill)[-1]["id"])


def test_a_vote_carries_out_what_was_objected_to(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE)
    order = transfer_of(world, frozen(world, token, 400))
    ratified(world, order)
    objected(world, order)
    decide_by_vote(world, "legal_order", order=order)
    assert order_status(world, order) == "ratified"
    with pytest.raises(Refused, match="objection_made"):
        objected(world, order)
    check_all(world)
    acts_on = world.row("legal", "order", order)["acts_on"]
    world.day(acts_on)
    assert holders(world, bill) == [(0, 600, "live", S1), (600, FACE, "live", S3)]
    check_all(world)


@pytest.mark.parametrize("number", [0, 1])
def test_any_key_of_the_holder_objects(world: World, number: int) -> None:
    _, token = accepted_bill(world, face=FACE)
    order = transfer_of(world, frozen(world, token, 400))
    ratified(world, order)
    said = {"order": order, "reason": "forged"}
    world.send(S1, ("legal", "object_to", said), keys=[key_of(S1, number)])
    assert order_status(world, order) == "objected"


def test_who_may_object_and_to_what(world: World) -> None:
    _, token = accepted_bill(world, face=FACE)
    made = frozen(world, token, 400)
    with pytest.raises(Refused, match="order_transition"):
        objected(world, order_of(world, made))
    order = transfer_of(world, made)
    with pytest.raises(Refused, match="order_transition"):
        objected(world, order)
    ratified(world, order)
    for stranger in (S2, S3, ANCHOR, BANK1, BANK4):
        with pytest.raises(Refused, match="not_a_side_of_the_order"):
            objected(world, order, stranger)
    with pytest.raises(Refused, match="order_transition"):
        decide_by_vote(world, "legal_order", order=order)


def test_no_standstill_is_part_of_the_wait(world: World) -> None:
    """attack: two banks ratify a transfer and stop the network until it acts."""
    _, token = accepted_bill(world, face=FACE)
    order = transfer_of(world, frozen(world, token, 400))
    acts_on = ratified(world, order)["acts_on"]
    world.gap_ms = 70 * 3_600_000
    world.day(acts_on)
    assert order_status(world, order) == "ratified"
    assert world.row("legal", "order", order)["acts_on"] > acts_on
    objected(world, order)
    assert order_status(world, order) == "objected"
    check_all(world)


def test_a_transfer_that_cannot_be_carried_out_is_stopped(world: World) -> None:
    """A beneficiary cannot hold more than there are numbers for."""
    much, _ = accepted_bill(world, by=S3, face=2**53 - 1 - 100, creditor=S3)
    settle(world, much, 2**53 - 1 - 100)
    bill, token = accepted_bill(world, face=FACE)
    made = frozen(world, token, 400, days=3)
    order = transfer_of(world, made)
    world.day(ratified(world, order)["acts_on"])
    assert (order_status(world, order), standing(world, made)) == ("stopped", "ended")
    assert [item[0][0] for item in world.failed_items] == ["legal"]
    assert holders(world, bill)[-1][3] == S1
    world.failed_items.clear()
    check_all(world)


# --- a transfer holds its freeze and its amount -----------------------------------------------------------------------
@pytest.mark.parametrize("days", [1, 4])
def test_a_freeze_does_not_run_out_before_what_is_transferred_from_it(world: World, days: int) -> None:
    """Ratified, it gave nothing: the freeze had run out."""
    bill, token = accepted_bill(world, face=FACE)
    made = frozen(world, token, 400, days=days)
    world.day(world.plus(days))
    order = transfer_of(world, made)
    world.day(world.row("legal", "order", order)["until"])
    assert standing(world, made) == "in_force"
    world.day(ratified(world, order)["acts_on"])
    assert holders(world, bill) == [(0, 600, "live", S1), (600, FACE, "live", S3)]
    assert standing(world, made) == "ended"
    check_all(world)


def test_what_another_order_of_its_bank_lost_a_transfer_has_again_once_it_is_ratified(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE)
    made = frozen(world, token, 400, days=5)
    enter(world, "renew", {"freeze": made})
    world.day(world.plus(2))
    order = transfer_of(world, made)
    world.day(world.plus(2))
    assert world.row("legal", "freeze", made)["held_by"] == []
    acted(world, order)
    assert holders(world, bill)[-1] == (600, FACE, "live", S3)
    check_all(world)


def test_what_is_not_transferred_ends_with_its_freeze(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE)
    made = frozen(world, token, 400, days=1)
    acted(world, transfer_of(world, made, 100))
    assert standing(world, made) == "ended"
    assert holders(world, bill) == [(0, 600, "live", S1), (600, 900, "live", S1), (900, FACE, "live", S3)]
    assert world.rows("token", "frozen") == []
    check_all(world)


def test_a_token_that_an_order_freezes_and_transfers_stays_frozen_until_then(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE)
    entered = enter(world, "transfer", {"token": token, "amount": 400}, beneficiary=S3, days=1)
    world.day(entered["until"])
    acted(world, entered["order"])
    assert holders(world, bill)[-1] == (600, FACE, "live", S3)
    check_all(world)


@pytest.mark.parametrize("paid", [1, 500, FACE])
def test_the_amount_follows_its_cents_into_money(world: World, paid: int) -> None:
    """A cent that was paid meanwhile had the order refused, since the highest cents were then a part of a payment."""
    bill, token = accepted_bill(world, face=FACE)
    made = frozen(world, token, FACE)
    order = transfer_of(world, made, 300)
    settle(world, bill, paid, partial=paid < FACE)
    acted(world, order)
    live = sum(leaf["hi"] - leaf["lo"] for leaf in world.leaves(bill) if leaf["holder"] == S3)
    money = sum(row["amount"] for _, row in world.rows("settlement", "payment", (bill,)) if row["party"] == S3)
    assert (live + money, transferred(world)) == (300, [(300, 300)])
    check_all(world)


def test_what_can_be_taken_is_taken_and_the_ledger_says_how_much_of_what(world: World) -> None:
    _, token = accepted_bill(world, face=FACE)
    made = frozen(world, token, 400)
    order = transfer_of(world, made, 300)
    ratified(world, order)
    release(world, made, 250)
    world.day(world.row("legal", "order", order)["acts_on"])
    assert transferred(world) == [(150, 300)]
    assert world.row("legal", "order", order)["items"][0]["given"] == 150
    check_all(world)


def test_two_orders_on_the_same_cents_take_one_after_the_other(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE)
    made = frozen(world, token, FACE)
    first, second = transfer_of(world, made, 300), transfer_of(world, made, 200, S2)
    ratified(world, first)
    acted(world, second)
    gone = {S2: 0, S3: 0}
    for leaf in world.leaves(bill):
        if leaf["holder"] in gone:
            gone[leaf["holder"]] += leaf["hi"] - leaf["lo"]
            assert leaf["lo"] >= 500, "high end first"
    assert gone == {S2: 200, S3: 300}
    check_all(world)


def test_live_cents_stay_where_the_beneficiary_may_take_on_nothing_new(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE)
    made = frozen(world, token, FACE)
    settle(world, bill, 400, partial=True)
    order = transfer_of(world, made)
    ratified(world, order)
    decide_by_vote(
        world, "party_status", party=S3, status="suspended", reason="x", authority="", number="",
        documents=["5a" * 32],
    )  # fmt: skip
    world.day(world.row("legal", "order", order)["acts_on"])
    assert transferred(world) == [(400, 400)]
    assert holders(world, bill)[-1] == (400, FACE, "live", S1)
    check_all(world)


def test_an_order_of_very_many_pieces_is_carried_out_in_several_days(world: World) -> None:
    bill, token = accepted_bill(world, face=100_000)
    made = frozen(world, token, 100_000, days=500)
    for amount in (30_000, 30_000):
        leaf = world.leaves(bill)[0]
        frozen(world, leaf["id"], amount, days=1)
    pieces = 75
    for number in range(pieces):
        settle(world, bill, 10, partial=True, reference=f"P-{number}")
    world.day(world.plus(2))
    order = transfer_of(world, made)
    world.day(ratified(world, order)["acts_on"])
    assert (order_status(world, order), len(given_by(world, order)["payments"])) == ("ratified", 200 - 3)
    check_all(world)
    world.day(world.plus(1))
    assert (order_status(world, order), len(given_by(world, order)["payments"])) == ("carried_out", 3 * pieces)
    check_all(world)


def test_money_that_a_reversal_takes_back_in_steps_is_given_once_that_is_over(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE)
    for _ in range(2):
        token = world.call(S1, "token", "split", token=token, amounts=[5] * 98)["tokens"][-1]
    order = transfer_of(world, frozen(world, token, 10))
    ratified(world, order)
    world.day("2026-03-05")
    settle(world, bill, FACE, reference="B")
    done = as_two(world, BANK1, "settlement", "reverse", reference="B", reason="another debtor's")
    assert not done["complete"]
    world.day("2026-03-06")
    assert (order_status(world, order), given_by(world, order)["payments"]) == ("ratified", [])
    while world.row("settlement", "step", bill):
        world.call(BANK1, "settlement", "proceed", bill=bill)
    world.day("2026-03-07")
    assert (order_status(world, order), transferred(world)) == ("carried_out", [(10, 10)])
    check_all(world)


def test_one_bank_alone_keeps_no_freeze_beyond_its_date_by_one_order_after_the_other(world: World) -> None:
    _, token = accepted_bill(world, face=FACE)
    made = frozen(world, token, FACE, days=10)
    last = world.plus(10)
    for number in range(20):
        kind, more = ("renew", {"days": 90}) if number % 2 else ("transfer", {"beneficiary": S3})
        item = {"freeze": made, **({} if kind == "renew" else {"amount": 0})}
        try:
            enter(world, kind, item, number=f"N-{number}", **more)
        except Refused:
            assert standing(world, made) == "ended"
        world.day(world.plus(1))
    row = world.row("legal", "freeze", made)
    assert last < row["ended_on"] <= "2026-03-18", "72 hours behind its last day"
    check_all(world)
