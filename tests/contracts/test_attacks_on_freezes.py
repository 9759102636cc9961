"""Attacks with orders of courts and on them: what nobody ratifies ends, and what a court said is carried out."""

from __future__ import annotations

from contextlib import suppress
from itertools import combinations
from typing import Any

import pytest
from contracts.freezing import (
    acted,
    enter,
    freeze,
    frozen,
    order_of,
    ratified,
    refused_by,
    release,
    standing,
    transfer,
)
from contracts.invariants import check_all
from contracts.pledging import paid_out, pledge, row_of
from contracts.world import (
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    S1,
    S3,
    World,
    accepted_bill,
    decide_by_vote,
    finance,
    name_successor,
    order,
    ratify,
    settle,
)  # fmt: skip

from chainbill.errors import Refused


def part(world: World, bill: str, amount: int, reference: str) -> None:
    """The debtor pays a part, in as many steps as it takes."""
    settle(world, bill, amount, partial=True, reference=reference)
    while world.row("settlement", "step", bill):
        world.call(BANK1, "settlement", "proceed", bill=bill)


def in_many_pieces(world: World, tokens: int, parts: int) -> tuple[str, dict[str, Any]]:
    """A bill whose tokens one order freezes, paid in parts of a cent a token: bill, order."""
    bill, token = accepted_bill(world, face=tokens * 10_000)
    pieces = world.call(S1, "token", "split", token=token, amounts=[10_000] * (tokens - 1))["tokens"]
    items = [{"token": piece, "amount": 10_000} for piece in pieces]
    entered = enter(world, "freeze", *items, days=1_000)
    for number in range(parts):
        part(world, bill, tokens, f"{bill}-{number}")
    return bill, entered


def test_a_large_order_that_lapses_frees_live_cents_at_once_and_money_day_by_day(world: World) -> None:
    bill, entered = in_many_pieces(world, 60, 6)
    world.day(world.plus(5))
    assert world.row("legal", "order", entered["order"])["status"] == "lapsed"
    assert [leaf["locks"] for leaf in world.leaves(bill) if leaf["status"] == "live"] == [[]] * 60
    assert len(world.rows("settlement", "held")) == 60 * 6 - (200 - 60)
    check_all(world)
    part(world, bill, 60, "later")
    assert len(world.rows("settlement", "held")) == 60 * 6 - (200 - 60)
    world.day(world.plus(1))
    assert world.rows("settlement", "held") == []
    assert {standing(world, made) for made in entered["freezes"]} == {"ended"}
    check_all(world)


def test_a_large_order_can_be_refused_and_a_large_release_ratified(world: World) -> None:
    _, entered = in_many_pieces(world, 30, 8)
    refused_by(world, entered["order"])
    assert len(world.rows("settlement", "held")) == 30 * 8 - (200 - 30)
    world.day(world.plus(1))
    assert world.rows("settlement", "held") == []
    other, again = in_many_pieces(world, 30, 8)
    ratified(world, again["order"])
    freed = enter(world, "release", *[{"freeze": made, "amount": 0} for made in again["freezes"]])
    ratified(world, freed["order"])
    assert [leaf["locks"] for leaf in world.leaves(other) if leaf["status"] == "live"] == [[]] * 30
    world.day(world.plus(1))
    assert world.rows("settlement", "held") == []
    check_all(world)


@pytest.mark.parametrize("refused", [True, False])
def test_an_order_that_was_refused_or_lapsed_is_entered_again(world: World, refused: bool) -> None:
    _, token = accepted_bill(world, face=1_000)
    item = {"token": token, "amount": 1_000}
    entered = enter(world, "freeze", item, number="X")
    if refused:
        refused_by(world, entered["order"])
    world.day(world.plus(5))
    world.day(world.plus(8))
    again = enter(world, "freeze", item, number="X")
    ratified(world, again["order"])
    with pytest.raises(Refused, match="order_used"):
        enter(world, "freeze", item, number="X")
    check_all(world)


def test_money_for_a_beneficiary_that_became_insolvent_waits_for_its_administrator(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 400)
    settle(world, bill, 1_000)
    entered = enter(world, "transfer", {"freeze": made, "amount": 400}, beneficiary=S3)
    ratify(world, order(world, S3, "insolvent"))
    acted(world, entered["order"])
    given = [row for _, row in world.rows("settlement", "payment", (bill,)) if row["party"] == S3]
    assert [(row["amount"], row["status"], row["account"]) for row in given] == [(400, "set_aside", "")]
    check_all(world)


def test_a_renewal_of_a_freeze_that_is_over_renews_nothing(world: World) -> None:
    _, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 1_000, days=1)
    world.day(world.plus(1))
    renewed = enter(world, "renew", {"freeze": made}, days=1)
    world.day(world.plus(2))
    assert standing(world, made) == "ended"
    ratified(world, renewed["order"])
    assert standing(world, made) == "ended"
    check_all(world)


def test_a_freeze_that_ran_out_on_one_piece_ends_where_the_rest_is_paid_away(world: World) -> None:
    """It waits on several pieces; on one it comes into force and runs out, the others still wait."""
    _, token = accepted_bill(world, face=1_000)
    long = frozen(world, token, 1_000, days=1_000)
    made = frozen(world, token, 1_000, days=5)
    release(world, long, 300)
    assert standing(world, made) == "in_force"
    world.day(world.plus(10))
    assert standing(world, made) == "in_force"
    assert order_of(world, made) != order_of(world, long)
    check_all(world)


def in_270_pieces(world: World) -> tuple[str, str]:
    """A freeze of 100,000 on three tokens that were paid in 90 parts: bill, freeze."""
    bill, token = accepted_bill(world, face=100_000)
    made = frozen(world, token, 100_000, days=500)
    frozen(world, token, 40_000, days=1)
    frozen(world, world.leaves(bill)[0]["id"], 30_000, days=1)
    for number in range(90):
        part(world, bill, 10, f"{bill}-{number}")
    world.day(world.plus(2))
    assert len(world.rows("settlement", "held", (made,))) == 270
    return bill, made


def test_a_freeze_of_more_pieces_than_a_run_frees_is_renewed_and_its_cents_are_given(world: World) -> None:
    bill, made = in_270_pieces(world)
    renewed = enter(world, "renew", {"freeze": made}, days=600)
    ratified(world, renewed["order"])
    transfer(world, made, 45_000, S3)
    given = sum(leaf["hi"] - leaf["lo"] for leaf in world.leaves(bill) if leaf["holder"] == S3)
    money = sum(row["amount"] for _, row in world.rows("settlement", "payment", (bill,)) if row["party"] == S3)
    assert given + money == 45_000
    release(world, made, 3)
    world.day("2027-09-01")
    assert standing(world, made) == "in_force"
    assert len(world.rows("settlement", "held", (made,))) >= 180
    world.day("2027-11-01")
    assert standing(world, made) == "ended"


def test_one_bank_alone_does_not_keep_a_token_frozen(world: World) -> None:
    _, token = accepted_bill(world, face=1_000)
    enter(world, "freeze", {"token": token, "amount": 1_000}, number="1")
    days = 0
    for number in range(30):
        with suppress(Refused):
            enter(world, "freeze", {"token": token, "amount": 1_000}, number=f"N-{number}")
        days += len(world.token(token)["locks"])
        world.day(world.plus(1))
    assert days <= 12
    check_all(world)


@pytest.mark.parametrize("also", [False, True])
def test_a_bank_with_a_seat_freezes_nothing_by_naming_another_as_beneficiary_or_holder(
    world: World, *, also: bool
) -> None:
    """Any bank froze anybody's tokens at once: an order for the bank that pays the bill took that bank out of the way,
    and so did a cent of a token that it held."""
    _, token = accepted_bill(world, face=1_000)
    items = [{"token": token, "amount": 1_000}]
    if also:
        _, other = accepted_bill(world, face=50)
        held, _ = finance(world, other, BANK1, 50)
        items.append({"token": held, "amount": 1})
    kind, given = ("freeze", {}) if also else ("transfer", {"beneficiary": BANK1})
    with pytest.raises(Refused, match="not_the_acting_bank"):
        enter(world, kind, *items, days=1_000, by=BANK4, **given)
    assert not world.token(token)["locks"]


def test_what_is_frozen_goes_to_the_bank_that_pays_by_the_order_of_one_with_a_seat(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 1_000)
    entered = enter(world, "transfer", {"freeze": made, "amount": 0}, beneficiary=BANK1, by=BANK4)
    acted(world, entered["order"])
    assert {one["holder"] for one in world.leaves(bill)} == {BANK1}


@pytest.mark.parametrize(("old", "new"), [(BANK1, BANK4), (BANK4, BANK1)])
def test_the_house_of_a_beneficiary_enters_nothing_for_it(world: World, old: str, new: str) -> None:
    """A successor gave frozen tokens to the bank in whose place it stands, or the other way round."""
    _, token = accepted_bill(world, face=1_000)
    name_successor(world, old, new)
    with pytest.raises(Refused, match="side_of_the_matter"):
        enter(world, "transfer", {"token": token, "amount": 1_000}, days=5, beneficiary=old, by=new)
    with pytest.raises(Refused, match="side_of_the_matter"):
        enter(world, "transfer", {"token": token, "amount": 1_000}, days=5, beneficiary=new, by=old)


def test_the_house_of_a_holder_frees_nothing_of_its_own(world: World) -> None:
    _, token = accepted_bill(world, face=1_000)
    held, _ = finance(world, token, BANK2, 1_000)
    made = frozen(world, held, 1_000)
    name_successor(world, BANK2, BANK4)
    with pytest.raises(Refused, match="side_of_the_matter"):
        enter(world, "release", {"freeze": made, "amount": 0}, by=BANK4)
    entered = enter(world, "release", {"freeze": made, "amount": 0})
    with pytest.raises(Refused, match="side_of_the_matter"):
        ratified(world, entered["order"], by=BANK4)


def test_an_order_of_a_bank_that_was_stopped_since_is_not_ratified(world: World) -> None:
    """Whoever had a bank's keys for a moment had its orders ratified after they were taken away."""
    _, token = accepted_bill(world, face=1_000)
    entered = enter(world, "transfer", {"token": token, "amount": 1_000}, days=5, beneficiary=S3)
    decide_by_vote(
        world, "party_status", party=BANK1, status="suspended", reason="x", authority="", number="",
        documents=["5a" * 32],
    )  # fmt: skip
    with pytest.raises(Refused, match="maker_was_stopped"):
        ratified(world, entered["order"])


SUCCESSIONS = {
    "named while it waits": ([(BANK1, BANK4)], []),
    "named after it has lapsed": ([], [(BANK1, BANK4)]),
    "the second of two named while it waits": ([(BANK1, BANK2), (BANK2, BANK4)], []),
    "the second of two named after it has lapsed": ([(BANK1, BANK2)], [(BANK2, BANK4)]),
    "both of two named after it has lapsed": ([], [(BANK1, BANK2), (BANK2, BANK4)]),
}


@pytest.mark.parametrize("named", SUCCESSIONS.values(), ids=SUCCESSIONS)
@pytest.mark.parametrize("refused", [False, True])
def test_a_house_freezes_nothing_again_that_no_second_bank_ratified(world: World, named: Any, refused: bool) -> None:
    """Else two banks that stand for one let a freeze last that nobody else has seen a paper for."""
    world = World()
    before, after = named
    _, token = accepted_bill(world, face=1_000)
    made = freeze(world, token, 1_000)
    if refused:
        refused_by(world, order_of(world, made), BANK2)
    for bank, successor in before:
        name_successor(world, bank, successor)
    if refused:
        refused_by(world, order_of(world, made), BANK3)
    else:
        world.day(world.plus(5))
    assert standing(world, made) == "ended"
    for bank, successor in after:
        name_successor(world, bank, successor)
    for _ in range(8):
        with pytest.raises(Refused, match="freeze_too_soon"):
            freeze(world, token, 1_000, by=BANK4)
        world.day(world.plus(1))
    assert standing(world, freeze(world, token, 1_000, by=BANK4)) == "in_force"
    check_all(world)


GIVEN = [given for size in range(4) for given in combinations(range(3), size)]


@pytest.mark.parametrize("target", range(3))
@pytest.mark.parametrize("given", GIVEN, ids=str)
def test_a_freeze_goes_on_on_cents_of_whom_it_is_against_alone(
    world: World, given: tuple[int, ...], target: int
) -> None:
    """Of three pledged tokens a court gave some to s3; one is frozen, of which the pledgee is paid, too."""
    bill, token = accepted_bill(world, face=900)
    tokens = world.call(S1, "token", "split", token=token, amounts=[300, 300])["tokens"]
    made = pledge(world, *tokens, secured=100)
    for number in given:
        transfer(world, frozen(world, tokens[number], 300), 0, S3)
    whole = world.leaves(bill)[target]
    frozen(world, whole["id"], 300)
    settle(world, bill, 180, partial=True)
    paid_out(world, bill)
    world.day(world.plus(4))
    assert row_of(world, made)["status"] == "paid"
    of_pledgee = [row["token"] for _, row in world.rows("settlement", "payment") if row["party"] == BANK2]
    ranges = [(row["lo"], row["hi"]) for row in map(world.token, of_pledgee)]
    moved = sum(hi - lo for lo, hi in ranges if whole["lo"] <= lo < whole["hi"])
    live = [leaf for leaf in world.leaves(bill) if leaf["status"] == "live"]
    others = [
        leaf for leaf in live if leaf["holder"] == whole["holder"] and not whole["lo"] <= leaf["lo"] < whole["hi"]
    ]
    on = [leaf for leaf in live if leaf["locks"]]
    assert {leaf["holder"] for leaf in on} == {whole["holder"]}
    assert sum(leaf["hi"] - leaf["lo"] for leaf in on) == 240 + (moved if others else 0)
    check_all(world)
