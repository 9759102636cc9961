"""Freezes, their orders and forced transfers: who is paid, what comes into force when, and what ends."""

from __future__ import annotations

import pytest
from contracts.freezing import (
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
from contracts.pledging import enforce, offer_pledge, paid_out, pledge, row_of
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    S1,
    S2,
    S3,
    World,
    accepted_bill,
    as_two,
    ask,
    bid,
    name_paying_bank,
    offer,
    pay,
    settle,
)  # fmt: skip

from chainbill.errors import Refused


def locked(world: World, bill: str) -> list[tuple[int, int, str, list[str]]]:
    """The leaves of a bill, with the kinds of their locks."""
    return [
        (leaf["lo"], leaf["hi"], leaf["status"], [lock["kind"] for lock in leaf["locks"]])
        for leaf in world.leaves(bill)
    ]


def payments(world: World, bill: str) -> list[tuple[str, int, str]]:
    found = [row for _, row in world.rows("settlement", "payment", (bill,))]
    found.sort(key=lambda row: int(world.token(row["token"])["lo"]))
    return [(row["party"], row["amount"], row["status"]) for row in found]


def test_the_worked_example_of_a_share_in_percent(world: World) -> None:
    bill, token = accepted_bill(world, face=10_000_001, terms={"min_split": 5_000_000})
    item = {"token": token, "percent": 333_333, "up": True}
    made = enter(world, "freeze", item)["freezes"][0]
    ratified(world, order_of(world, made))
    assert locked(world, bill) == [(0, 6_666_670, "live", []), (6_666_670, 10_000_001, "live", ["frozen"])]
    check_all(world)
    world.day(world.plus(91))
    assert locked(world, bill) == [(0, 10_000_001, "live", [])]
    assert standing(world, made) == "ended"
    check_all(world)


def test_an_offer_of_the_whole_token_ends_on_both(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    offered = offer(world, token, (S2, 1_000))["tokens"][0]
    frozen(world, offered, 300)
    assert locked(world, bill) == [(0, 700, "live", []), (700, 1_000, "live", ["frozen"])]
    assert world.rows("token", "agenda") == []
    with pytest.raises(Refused, match="not_offered_to_you"):
        world.call(S2, "token", "accept", token=offered)
    check_all(world)


def test_frozen_money_is_set_aside_and_instructed_when_it_is_released(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 400)
    assert payments(world, bill) == []
    settle(world, bill, 1_000)
    assert payments(world, bill) == [(S1, 600, "instructed"), (S1, 400, "set_aside")]
    check_all(world)
    held = next(row for _, row in world.rows("settlement", "payment", (bill,)) if row["status"] == "set_aside")
    with pytest.raises(Refused, match="payment_frozen"):
        world.call(
            BANK1, "settlement", "pay_result", bill=bill, token=held["token"], status="instructed", reference="P-1"
        )
    with pytest.raises(Refused, match="payment_frozen"):
        as_two(world, S1, "settlement", "acknowledge", bill=bill, token=held["token"])
    release(world, made)
    assert payments(world, bill) == [(S1, 600, "instructed"), (S1, 400, "instructed")]
    assert standing(world, made) == "ended"
    assert world.rows("settlement", "held") == world.rows("token", "frozen") == []
    check_all(world)


def test_an_order_that_nobody_ratifies_lapses_as_if_it_had_never_been(world: World) -> None:
    name_paying_bank(world, ANCHOR, BANK4)
    bill, token = accepted_bill(world, face=1_000)
    made = freeze(world, token, 400)
    second = freeze(world, world.leaves(bill)[1]["id"], 400, by=BANK4)
    assert (standing(world, made), standing(world, second)) == ("in_force", "waiting")
    ratified(world, order_of(world, second))
    world.day(world.row("legal", "order", order_of(world, made))["until"])
    assert standing(world, made) == "in_force"
    world.day(world.plus(1))
    assert (standing(world, made), standing(world, second)) == ("ended", "in_force")
    row = world.row("legal", "freeze", second)
    assert (row["since"], row["until"]) == (world.today, world.plus(90))
    assert world.row("legal", "order", order_of(world, made))["status"] == "lapsed"
    check_all(world)


def test_an_order_that_two_houses_refused_frees_at_once(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = freeze(world, token, 400)
    assert refused_by(world, order_of(world, made), BANK4)["order_status"] == "entered"
    assert locked(world, bill) == [(0, 600, "live", []), (600, 1_000, "live", ["frozen"])]
    refused_by(world, order_of(world, made), BANK2)
    assert locked(world, bill) == [(0, 1_000, "live", [])]
    with pytest.raises(Refused, match="order_transition"):
        ratified(world, order_of(world, made))
    check_all(world)


def test_a_request_ends_and_of_an_agreed_one_its_quotes_too_once_it_is_over(world: World) -> None:
    _, token = accepted_bill(world, face=1_000)
    asked = ask(world, token, BANK2, BANK3, amount=1_000)
    quoted = bid(world, asked["request"], BANK2)["quote"]
    bid(world, asked["request"], BANK3)
    world.call(S1, "finance", "agree", quote=quoted)
    made = frozen(world, asked["token"], 1_000)
    world.day(world.row("finance", "request", asked["request"])["until"])
    world.day(world.plus(1))
    request = world.row("finance", "request", asked["request"])
    assert (request["status"], request["ended_by"]) == ("withdrawn", "freeze")
    assert world.row("finance", "quote", quoted)["status"] == "expired"
    assert standing(world, made) == "in_force"
    check_all(world)


def test_an_offer_in_pledge_ends_and_an_accepted_pledge_stays(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    low, high = world.call(S1, "token", "split", token=token, amounts=[500])["tokens"]
    offered = offer_pledge(world, low, high, secured=300)
    made = frozen(world, high, 200)
    assert row_of(world, offered)["status"] == "ended"
    assert locked(world, bill) == [(0, 500, "live", []), (500, 800, "live", []), (800, 1_000, "live", ["frozen"])]
    release(world, made)
    assert locked(world, bill) == [(0, 500, "live", []), (500, 1_000, "live", [])]
    _, other = accepted_bill(world, face=1_000)
    stays = pledge(world, other, secured=300)
    world.day(world.plus(40))
    enforce(world, stays, 300)
    frozen(world, other, 200)
    assert row_of(world, stays)["status"] == "active"
    assert len(row_of(world, stays)["tokens"]) == 2
    with pytest.raises(Refused, match="token_locked"):
        enforce(world, stays, 300)
    check_all(world)


def worked(world: World) -> tuple[str, str, str, str]:
    """ACTS 0, second example, up to the part payment: bill, pledge, F1, F2."""
    bill, token = accepted_bill(world, face=100_000_000)
    own, other = world.call(S1, "token", "split", token=token, amounts=[60_000_000])["tokens"]
    pay(world, other, S2, 40_000_000)
    made = pledge(world, own)
    first = frozen(world, own, 25_000_000)
    high = next(leaf["id"] for leaf in world.leaves(bill) if leaf["lo"] == 35_000_000)
    second = frozen(world, high, 25_000_000)
    assert [leaf[:2] for leaf in locked(world, bill)] == [
        (0, 35_000_000), (35_000_000, 60_000_000), (60_000_000, 100_000_000)
    ]  # fmt: skip
    settle(world, bill, 50_000_000, partial=True)
    return bill, made, first, second


def test_the_worked_example_of_a_pledge_and_two_freezes(world: World) -> None:
    bill, made, first, second = worked(world)
    assert payments(world, bill) == [
        (BANK2, 17_500_000, "instructed"), (BANK2, 7_500_000, "instructed"), (S1, 5_000_000, "set_aside"),
        (S2, 20_000_000, "instructed"),
    ]  # fmt: skip
    assert row_of(world, made)["status"] == "covered"
    assert (standing(world, first), standing(world, second)) == ("in_force", "waiting")
    aside = next(row for _, row in world.rows("settlement", "payment", (bill,)) if row["status"] == "set_aside")
    assert [one["freeze"] for one in aside["freezes"]] == [first, second]
    check_all(world)
    world.day("2026-05-31")
    assert standing(world, first) == "in_force"
    world.day("2026-06-01")
    assert (standing(world, first), standing(world, second)) == ("ended", "in_force")
    done = transfer(world, second, 6_000_000, S3)
    given = world.token(done["tokens"][0])
    assert (given["lo"], given["hi"], given["holder"]) == (54_000_000, 60_000_000, S3)
    assert world.row("token", "hop", given["id"])["kind"] == "force"
    assert payments(world, bill)[2] == (S1, 5_000_000, "set_aside")
    check_all(world)
    world.day("2026-08-30")
    assert standing(world, second) == "in_force"
    world.day("2026-08-31")
    assert standing(world, second) == "ended"
    assert payments(world, bill)[2] == (S1, 5_000_000, "instructed")
    check_all(world)


def test_a_waiting_freeze_ends_with_its_cents(world: World) -> None:
    """Its cents were paid to a pledgee, so that nothing ever comes into force."""
    bill, token = accepted_bill(world, face=1_000)
    pledge(world, token, secured=1_000)
    first = frozen(world, token, 1_000)
    second = frozen(world, token, 1_000)
    settle(world, bill, 1_000)
    assert payments(world, bill) == [(BANK2, 1_000, "instructed")]
    world.day(world.plus(91))
    assert (standing(world, first), standing(world, second)) == ("ended", "ended")
    assert world.rows("legal", "agenda") == []
    check_all(world)


def test_money_goes_to_a_courts_account(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 1_000)
    paid = settle(world, bill, 1_000)["payments"][0]["token"]
    transfer(world, made, 0, "", account="7c" * 32)
    row = world.row("settlement", "payment", [bill, paid])
    assert (row["status"], row["kind"], row["account"], row["party"]) == ("set_aside", "court", "7c" * 32, BANK1)
    assert standing(world, made) == "ended"
    world.call(BANK1, "settlement", "pay_result", bill=bill, token=paid, status="paid", reference="P-1")
    assert world.row("settlement", "payment", [bill, paid])["status"] == "paid"
    check_all(world)


def test_money_goes_to_a_registered_beneficiary(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 400)
    settle(world, bill, 1_000)
    done = transfer(world, made, 400, S3)
    assert [(one["party"], one["amount"], one["status"]) for one in done["payments"]] == [(S3, 400, "instructed")]
    assert payments(world, bill) == [(S1, 600, "instructed"), (S3, 400, "instructed")]
    check_all(world)


def test_a_transfer_of_a_token_freezes_at_once_and_gives_72_hours_after_ratification(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    entered = enter(world, "transfer", {"token": token, "amount": 400}, beneficiary=S3, days=90)
    assert locked(world, bill) == [(0, 600, "live", []), (600, 1_000, "live", ["frozen"])]
    assert ratified(world, entered["order"])["acts_on"] == "2026-03-06"
    assert locked(world, bill)[1][3] == ["frozen"]
    world.day("2026-03-05")
    assert {leaf["holder"] for leaf in world.leaves(bill)} == {S1}
    world.day("2026-03-06")
    assert [leaf["holder"] for leaf in world.leaves(bill)] == [S1, S3]
    assert standing(world, entered["freezes"][0]) == "ended"
    check_all(world)


def test_a_release_in_part_frees_the_low_cents_and_joins_them(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 400)
    release(world, made, 100)
    assert locked(world, bill) == [(0, 600, "live", []), (600, 700, "live", []), (700, 1_000, "live", ["frozen"])]
    release(world, made)
    assert locked(world, bill) == [(0, 1_000, "live", [])]
    check_all(world)


def test_a_renewal_acts_at_once_and_ends_with_its_order(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 400, days=30)
    world.day(world.plus(30))
    renewed = enter(world, "renew", {"freeze": made}, days=60)
    world.day(world.plus(2))
    assert standing(world, made) == "in_force"
    ratified(world, renewed["order"])
    assert world.row("legal", "freeze", made)["until"] == "2026-05-31"
    world.day("2026-05-31")
    assert locked(world, bill)[1][3] == ["frozen"]
    enter(world, "renew", {"freeze": made}, days=60)
    world.day("2026-06-03")
    assert standing(world, made) == "in_force"
    world.day("2026-06-04")
    assert standing(world, made) == "ended"
    check_all(world)


def test_a_pledge_stays_on_what_a_court_gives(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    stays = pledge(world, token, secured=300)
    made = frozen(world, token, 1_000)
    transfer(world, made, 1_000, S3)
    given = row_of(world, stays)["tokens"][0]
    assert world.token(given)["holder"] == S3
    check_all(world)
    settle(world, bill, 1_000)
    assert payments(world, bill) == [(BANK2, 300, "instructed"), (S3, 700, "instructed")]
    check_all(world)


def test_the_freezes_move_to_what_the_pledge_frees(world: World) -> None:
    """AMENDMENTS 6: bank2 was paid 75,000.00 of frozen cents, and as many of Ta come under F1 and F2."""
    bill, made, first, second = worked(world)
    paid_out(world, bill)
    world.day("2026-03-04")
    assert row_of(world, made)["status"] == "paid"
    live = [leaf for leaf in locked(world, bill) if leaf[2] == "live"]
    assert live == [
        (17_500_000, 27_500_000, "live", []), (27_500_000, 35_000_000, "live", ["frozen"] * 2),
        (47_500_000, 60_000_000, "live", ["frozen"] * 2), (80_000_000, 100_000_000, "live", []),
    ]  # fmt: skip
    moved = next(leaf for leaf in world.leaves(bill) if leaf["lo"] == 27_500_000)
    assert [(lock["ref"], lock["until"]) for lock in moved["locks"]] == [(first, "2026-05-31"), (second, "")]
    check_all(world)
    world.day("2026-06-01")
    assert standing(world, second) == "in_force"
    world.day("2026-08-31")
    assert world.rows("token", "frozen") == []
    assert (17_500_000, 35_000_000, "live", []) in locked(world, bill)
    check_all(world)


def test_a_freeze_that_waited_for_cents_paid_to_the_pledgee_comes_into_force_on_others(world: World) -> None:
    """All it waited for was paid to the pledgee, and what it waited behind is over when the pledge sets others free."""
    bill, token = accepted_bill(world, face=100)
    other, rest = accepted_bill(world, face=1_000)
    made = pledge(world, token, rest, secured=100)
    first, second = frozen(world, token, 100, days=1), frozen(world, token, 100, days=30)
    settle(world, bill, 100)
    paid_out(world, bill)
    world.day("2026-03-04")
    assert (standing(world, first), row_of(world, made)["status"]) == ("ended", "paid")
    assert locked(world, other) == [(0, 900, "live", []), (900, 1_000, "live", ["frozen"])]
    check_all(world)
    world.day("2026-04-03")
    assert standing(world, second) == "in_force"
    check_all(world)
    world.day("2026-04-04")
    assert standing(world, second) == "ended"
    assert locked(world, other) == [(0, 1_000, "live", [])]
    check_all(world)


def test_the_freezes_move_to_the_highest_of_several_tokens(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    low, middle, high = world.call(S1, "token", "split", token=token, amounts=[300, 300])["tokens"]
    made = pledge(world, low, middle, high, secured=100)
    frozen(world, low, 300)
    settle(world, bill, 200, partial=True)
    paid_out(world, bill)
    world.day("2026-03-04")
    assert row_of(world, made)["status"] == "paid"
    assert [leaf for leaf in locked(world, bill) if leaf[2] == "live"] == [
        (60, 300, "live", ["frozen"]), (360, 600, "live", []), (680, 940, "live", []), (940, 1_000, "live", ["frozen"])
    ]  # fmt: skip
    check_all(world)


def test_a_renewal_that_is_refused_on_the_last_day_leaves_that_day(world: World) -> None:
    _, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 400, days=30)
    world.day(world.plus(30))
    entered = enter(world, "renew", {"freeze": made})
    refused_by(world, entered["order"])
    assert standing(world, made) == "in_force"
    check_all(world)
    world.day(world.plus(1))
    assert standing(world, made) == "ended"


def test_what_a_reversal_takes_back_from_the_pledgee_moves_no_freeze(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    low, high = world.call(S1, "token", "split", token=token, amounts=[500])["tokens"]
    made = pledge(world, low, high, secured=100)
    frozen(world, low, 500)
    settle(world, bill, 400, partial=True, reference="PAY-1")
    assert [move["amount"] for move in row_of(world, made)["moves"]] == [100]
    as_two(world, BANK1, "settlement", "reverse", reference="PAY-1", reason="another debtor's")
    assert [move["amount"] for move in row_of(world, made)["moves"]] == [0]
    world.call(BANK2, "pledge", "release", pledge=made, secured=0)
    assert [leaf[3] for leaf in locked(world, bill) if leaf[0] >= 500] == [[]]
    check_all(world)


@pytest.mark.parametrize("taken", [400, 1_000])
def test_what_a_court_gave_to_somebody_else_its_former_holder_gives_to_nobody(world: World, taken: int) -> None:
    """The pledge stays on it: the pledgor, who held nothing of it any more, agreed that the pledgee should have it."""
    bill, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=1_000, due_on=world.plus(1))
    transfer(world, frozen(world, token, taken), 0, S3)
    world.day(world.plus(3))
    enforce(world, made, 1_000)
    with pytest.raises(Refused, match="not_the_holder"):
        world.call(S1, "pledge", "agree_enforcement", pledge=made)
    assert {one["holder"] for one in world.leaves(bill)} == ({S3} if taken == 1_000 else {S1, S3})
    world.call(S1, "pledge", "refuse_enforcement", pledge=made)
    check_all(world)
