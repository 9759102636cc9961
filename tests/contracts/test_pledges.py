"""Pledges: who is paid, when a pledge is over, enforcement, and that no lock stops a settlement."""

from __future__ import annotations

import pytest
from contracts.invariants import check_all
from contracts.pledging import act, enforce, offer_pledge, paid_out, pledge, row_of, told
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    S1,
    S2,
    World,
    accepted_bill,
    as_two,
    finance,
    offer,
    order,
    pay,
    settle,
)  # fmt: skip

from chainbill.errors import Refused


def status(world: World, made: str) -> str:
    return str(row_of(world, made)["status"])


def leaves(world: World, bill: str) -> list[tuple[int, int, str, str]]:
    return [
        (leaf["lo"], leaf["hi"], leaf["status"], leaf["locks"][0]["kind"] if leaf["locks"] else "")
        for leaf in world.leaves(bill)
    ]


def example(world: World) -> tuple[str, str, str, str]:
    """ACTS 0 without its freezes: s1 holds Ta and Tb, pledged to bank2 for 250,000.00, s2 holds the rest."""
    bill, token = accepted_bill(world, face=100_000_000)
    _, rest = pay(world, token, S2, 40_000_000)
    low, high = world.call(S1, "token", "split", token=rest, amounts=[35_000_000])["tokens"]
    return bill, low, high, pledge(world, low, high)


def test_the_worked_example_without_its_freezes(world: World) -> None:
    bill, token = accepted_bill(world, face=100_000_000)
    own, other = world.call(S1, "token", "split", token=token, amounts=[60_000_000])["tokens"]
    pay(world, other, S2, 40_000_000)
    low, high = world.call(S1, "token", "split", token=own, amounts=[35_000_000])["tokens"]
    made = pledge(world, low, high)
    paid = settle(world, bill, 50_000_000, partial=True)["payments"]
    assert [(one["party"], one["amount"], one["status"]) for one in paid] == [
        (BANK2, 17_500_000, "instructed"), (BANK2, 7_500_000, "instructed"), (S1, 5_000_000, "instructed"),
        (S2, 20_000_000, "instructed"),
    ]  # fmt: skip
    assert leaves(world, bill) == [
        (0, 17_500_000, "settled", ""), (17_500_000, 35_000_000, "live", "pledged"),
        (35_000_000, 42_500_000, "settled", ""), (42_500_000, 47_500_000, "settled", ""),
        (47_500_000, 60_000_000, "live", "pledged"), (60_000_000, 80_000_000, "settled", ""),
        (80_000_000, 100_000_000, "live", ""),
    ]  # fmt: skip
    assert [world.token(one["token"])["holder"] for one in paid] == [S1, S1, S1, S2]
    row = row_of(world, made)
    assert (row["status"], row["received"], row["unpaid"]) == ("covered", 25_000_000, 2)
    check_all(world)
    paid_out(world, bill)
    assert status(world, made) == "covered"
    world.day("2026-03-04")
    assert status(world, made) == "paid"
    assert [one[3] for one in leaves(world, bill)] == [""] * 7
    assert world.rows("pledge", "agenda") == []
    assert [one["party"] for one in settle(world, bill, 50_000_000)["payments"]] == [S1, S1, S2]
    check_all(world)


def test_what_is_paid_while_covered_is_the_holders(world: World) -> None:
    bill, _, _, made = example(world)
    settle(world, bill, 50_000_000, partial=True)
    paid = settle(world, bill, 50_000_000)["payments"]
    assert BANK2 not in {one["party"] for one in paid}
    assert (status(world, made), row_of(world, made)["tokens"]) == ("covered", [])
    paid_out(world, bill)
    world.day("2026-03-04")
    assert status(world, made) == "paid"
    check_all(world)


def test_a_pledge_of_more_than_there_is_ends_with_its_cents(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=5_000)
    assert [(one["party"], one["amount"]) for one in settle(world, bill, 1_000)["payments"]] == [(BANK2, 1_000)]
    row = row_of(world, made)
    assert (row["status"], row["received"], row["tokens"]) == ("ended", 1_000, [])
    assert world.rows("pledge", "taken") == []
    check_all(world)


def test_a_returned_payment_opens_the_pledge_again(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=300)
    first = settle(world, bill, 400, partial=True)["payments"]
    assert [(one["party"], one["amount"]) for one in first] == [(BANK2, 300), (S1, 100)]
    paid_out(world, bill)
    told(world, bill, first[0]["token"], "returned", "BACK")
    row = row_of(world, made)
    assert (row["status"], row["received"], row["unpaid"]) == ("active", 0, 1)
    world.day("2026-03-05")
    assert leaves(world, bill)[-1][3] == "pledged"
    second = settle(world, bill, 600)["payments"]
    assert [(one["party"], one["amount"]) for one in second] == [(BANK2, 300), (S1, 300)]
    told(world, bill, first[0]["token"], "instructed", "AGAIN")
    payment = world.row("settlement", "payment", [bill, first[0]["token"]])
    assert (payment["party"], payment["kind"], payment["pledge"]) == (S1, "holder", "")
    assert row_of(world, made)["unpaid"] == 1
    told(world, bill, second[0]["token"], "paid", "OUT")
    world.day("2026-03-07")
    assert status(world, made) == "paid"
    check_all(world)


def test_a_returned_payment_is_made_again_to_the_pledgee(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=300)
    first = settle(world, bill, 400, partial=True)["payments"][0]["token"]
    told(world, bill, first, "returned", "BACK")
    assert (status(world, made), row_of(world, made)["received"]) == ("active", 0)
    told(world, bill, first, "instructed", "AGAIN")
    assert (status(world, made), row_of(world, made)["received"]) == ("covered", 300)
    told(world, bill, first, "paid", "OUT")
    world.day("2026-03-04")
    assert status(world, made) == "paid"


def test_a_payment_that_came_back_is_not_shared_out(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=300)
    first = settle(world, bill, 400, partial=True)["payments"][0]["token"]
    told(world, bill, first, "returned", "BACK")
    settle(world, bill, 100, partial=True)
    with pytest.raises(Refused, match="payment_above_secured"):
        told(world, bill, first, "instructed", "AGAIN")
    assert act(world, BANK2, "release", made, secured=100)["pledge_status"] == "covered"
    told(world, bill, first, "instructed", "AGAIN")
    assert world.row("settlement", "payment", [bill, first])["party"] == S1


def test_a_release_lowers_what_is_secured_and_in_the_end_frees(world: World) -> None:
    _, low, high, made = example(world)
    told_of = act(world, BANK2, "release", made, secured=10_000_000)
    assert (told_of["pledge_status"], told_of["tokens"]) == ("active", [])
    with pytest.raises(Refused, match="amount_above_secured"):
        act(world, BANK2, "release", made, secured=10_000_000)
    told_of = act(world, BANK2, "release", made, secured=0)
    assert (told_of["pledge_status"], told_of["tokens"]) == ("released", [low, high])
    assert world.token(low)["locks"] == world.token(high)["locks"] == []
    with pytest.raises(Refused, match="pledge_transition"):
        act(world, BANK2, "release", made, secured=0)


def test_what_was_cut_for_an_offer_is_whole_again_after_a_release(world: World) -> None:
    _, token = accepted_bill(world, face=1_000)
    offered = offer(world, token, (S2, 400))
    made = pledge(world, offered["remainder"], secured=300)
    world.call(S2, "token", "reject", token=offered["tokens"][0], reason="")
    [whole] = act(world, BANK2, "release", made, secured=0)["tokens"]
    assert (world.token(whole)["lo"], world.token(whole)["hi"]) == (0, 1_000)


def test_an_offer_ends_by_each_side_and_by_itself(world: World) -> None:
    _, token = accepted_bill(world, face=1_000)
    for number, (who, function, more) in enumerate(((BANK2, "reject", {"reason": "no"}), (S1, "withdraw", {}))):
        made = offer_pledge(world, token, secured=300, contract_no=f"L-{number}")
        assert world.token(token)["locks"][0]["ref"] == made
        assert act(world, who, function, made, **more)["pledge_status"] == "ended"
        assert world.token(token)["locks"] == []
    made = offer_pledge(world, token, secured=300)
    until = row_of(world, made)["until"]
    world.day(until)
    assert status(world, made) == "offered"
    world.day("2026-03-10")
    assert (until, status(world, made)) == ("2026-03-09", "ended")
    assert world.rows("token", "open_offers") == world.rows("pledge", "agenda") == []


def test_the_pledgee_takes_no_offered_token(world: World) -> None:
    _, token = accepted_bill(world, face=1_000)
    offer_pledge(world, token, secured=300)
    for party, function, more in ((BANK2, "accept", {}), (BANK2, "reject", {"reason": ""}), (S1, "recall", {})):
        with pytest.raises(Refused, match="not_offered"):
            world.call(party, "token", function, token=token, **more)


def test_a_settlement_ends_an_offer_and_frees_all_its_tokens(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    _, elsewhere = accepted_bill(world, face=1_000)
    made = offer_pledge(world, token, elsewhere, secured=300)
    assert [one["party"] for one in settle(world, bill, 100, partial=True)["payments"]] == [S1]
    assert status(world, made) == "ended"
    assert world.token(elsewhere)["locks"] == []
    assert [one[3] for one in leaves(world, bill)] == ["", ""]
    check_all(world)


def test_a_settlement_of_all_gives_the_places_of_an_offer_back(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    offer_pledge(world, token, secured=300)
    settle(world, bill, 1_000)
    assert world.rows("token", "open_offers") == []
    check_all(world)


def test_enforcement_takes_over_cents_of_what_is_owed_and_frees_the_rest(world: World) -> None:
    bill, low, high, made = example(world)
    with pytest.raises(Refused, match="pledge_not_due"):
        enforce(world, made, 20_000_000)
    world.day(world.plus(31))
    with pytest.raises(Refused, match="amount_above_secured"):
        enforce(world, made, 25_000_001)
    asked = enforce(world, made, 20_000_000)
    assert (asked["pledge_status"], asked["until"]) == ("enforcing", "2026-04-09")
    done = act(world, S1, "agree_enforcement", made)
    assert (done["pledge_status"], len(done["moved"]), len(done["freed"])) == ("enforced", 1, 2)
    moved = world.token(done["moved"][0])
    assert (moved["holder"], moved["lo"], moved["hi"]) == (BANK2, 40_000_000, 60_000_000)
    assert (moved["tier"], moved["financed_tier"], moved["financing"]) == (1, 1, "")
    assert world.row("token", "hop", moved["id"])["kind"] == "enforce"
    assert world.token(low)["cut_for"] == "legal"
    assert [one[:2] for one in leaves(world, bill)] == [
        (0, 40_000_000), (40_000_000, 60_000_000), (60_000_000, 75_000_000), (75_000_000, 100_000_000),
    ]  # fmt: skip
    assert not any(one[3] for one in leaves(world, bill))
    assert world.token(high)["status"] == "live"
    assert BANK2 in {one["party"] for one in settle(world, bill, 100_000_000)["payments"]}
    check_all(world)


def test_enforcement_is_refused_lapses_and_counts_what_was_paid_meanwhile(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=300)
    world.day(world.plus(31))
    enforce(world, made, 300)
    assert act(world, S1, "refuse_enforcement", made)["pledge_status"] == "active"
    enforce(world, made, 300)
    world.day("2026-04-10")
    assert (status(world, made), row_of(world, made)["owed"]) == ("active", 0)
    enforce(world, made, 300)
    settle(world, bill, 200, partial=True)
    assert status(world, made) == "enforcing"
    done = act(world, S1, "agree_enforcement", made)
    [moved] = done["moved"]
    assert world.token(moved)["hi"] - world.token(moved)["lo"] == 100
    check_all(world)


def test_a_covered_pledge_is_enforced_no_more(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=300)
    world.day(world.plus(31))
    enforce(world, made, 300)
    settle(world, bill, 500, partial=True)
    assert status(world, made) == "covered"
    assert [item for item, _ in world.rows("pledge", "agenda") if item[1] == "enforcement"] == []
    with pytest.raises(Refused, match="pledge_transition"):
        act(world, S1, "agree_enforcement", made)


def test_a_bank_pledges_what_it_financed(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    bought, _ = finance(world, token, BANK3, 600)
    pledge(world, bought, by=BANK3, secured=200)
    paid = settle(world, bill, 1_000)["payments"]
    assert [(one["party"], one["amount"]) for one in paid] == [(BANK2, 200), (BANK3, 400), (S1, 400)]
    [(_, request)] = world.rows("finance", "request")
    assert request["status"] == "repaid"
    check_all(world)


def test_pledged_tokens_are_nobodys_to_use(world: World) -> None:
    _, token = accepted_bill(world, face=1_000)
    pledge(world, token, secured=300)
    for contract, function, arguments in (
        ("token", "transfer", {"tokens": [token], "recipients": [{"party": S2, "amount": 1}]}),
        ("token", "split", {"token": token, "amounts": [1]}),
        ("finance", "request", {"token": token, "banks": [BANK3], "amount": 1}),
    ):
        with pytest.raises(Refused, match="token_locked"):
            world.call(S1, contract, function, **arguments)
    with pytest.raises(Refused, match="token_locked"):
        offer_pledge(world, token)


def test_a_settlement_in_steps_pays_the_pledgee_once(world: World) -> None:
    bill, rest = accepted_bill(world, face=1_000_000)
    pledged = []
    for _ in range(20):
        own, rest = world.call(S1, "token", "split", token=rest, amounts=[1_000])["tokens"]
        pledged += [own]
    for _ in range(4):
        rest = offer(world, rest, *[(S2, 10)] * 100)["remainder"]
    made = pledge(world, *pledged, secured=15_000)
    result = settle(world, bill, 800_000, partial=True)
    payments = result["payments"]
    while not result["complete"]:
        result = world.call(BANK1, "settlement", "proceed", bill=bill)
        payments += result["payments"]
    assert sum(one["amount"] for one in payments if one["party"] == BANK2) == 15_000
    assert sum(one["amount"] for one in payments) == 800_000
    assert (status(world, made), len(row_of(world, made)["tokens"])) == ("covered", 20)
    check_all(world)


def test_a_bank_with_a_pledge_is_not_closed(world: World) -> None:
    _, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=300)
    assert world.view("standing", "open_items", party=BANK2)["pledges"] == 1
    act(world, BANK2, "release", made, secured=0)
    assert world.view("standing", "open_items", party=BANK2)["pledges"] == 0


def test_a_payment_comes_back_after_it_was_paid_and_is_set_aside_in_the_end(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    settle(world, bill, 1_000)
    told(world, bill, token, "paid", "OUT")
    told(world, bill, token, "returned", "BACK")
    payment = world.row("settlement", "payment", [bill, token])
    assert payment["waits_since"] == "2026-03-02"
    with pytest.raises(Refused, match="set_aside_too_early"):
        told(world, bill, token, "set_aside", "ASIDE")
    world.day("2026-04-01")
    assert world.row("settlement", "payment", [bill, token])["status"] == "returned"
    world.day("2026-04-02")
    payment = world.row("settlement", "payment", [bill, token])
    assert (payment["status"], payment["waits_since"]) == ("set_aside", "2026-03-02")
    told(world, bill, token, "instructed", "AGAIN")
    told(world, bill, token, "paid", "OUT-2")
    payment = world.row("settlement", "payment", [bill, token])
    assert (payment["status"], payment["waits_since"]) == ("paid", "")
    assert world.rows("settlement", "agenda") == []
    check_all(world)


def test_what_the_payee_said_arrived_does_not_come_back(world: World) -> None:
    bill, token = accepted_bill(world, face=1_000)
    settle(world, bill, 1_000)
    as_two(world, S1, "settlement", "acknowledge", bill=bill, token=token)
    with pytest.raises(Refused, match="payment_transition"):
        told(world, bill, token, "returned", "BACK")


def test_the_debtor_takes_no_pledge(world: World) -> None:
    _, token = accepted_bill(world, face=1_000)
    with pytest.raises(Refused, match="not_a_bank"):
        offer_pledge(world, token, pledgee=ANCHOR)


def due_pledge(world: World, secured: int = 300) -> tuple[str, str]:
    """A bill of 1,000 and a pledge of it whose debt is overdue."""
    bill, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=secured)
    world.day(world.plus(31))
    return bill, made


@pytest.mark.parametrize("enforcing", [False, True])
def test_a_release_to_what_was_paid_for_good_ends_it(world: World, enforcing: bool) -> None:
    bill, made = due_pledge(world)
    settle(world, bill, 200, partial=True)
    paid_out(world, bill)
    world.day(world.plus(3))
    if enforcing:
        enforce(world, made, 50)
    freed = act(world, BANK2, "release", made, secured=200)
    assert (freed["pledge_status"], len(freed["tokens"])) == ("paid", 1)
    check_all(world)


def test_what_is_asked_for_or_covered_is_released(world: World) -> None:
    bill, made = due_pledge(world)
    enforce(world, made, 50)
    assert act(world, BANK2, "release", made, secured=0)["pledge_status"] == "released"
    bill, made = due_pledge(world)
    settle(world, bill, 400, partial=True)
    assert status(world, made) == "covered"
    assert act(world, BANK2, "release", made, secured=0)["pledge_status"] == "released"
    assert not any(one[3] for one in leaves(world, bill))
    check_all(world)


def test_what_is_asked_for_ends_with_its_cents(world: World) -> None:
    bill, made = due_pledge(world, 5_000)
    enforce(world, made, 50)
    settle(world, bill, 1_000)
    assert status(world, made) == "ended"
    check_all(world)


def test_money_that_comes_back_when_no_cents_are_left_ends_it(world: World) -> None:
    bill, made = due_pledge(world)
    paid = settle(world, bill, 1_000)["payments"][0]["token"]
    assert status(world, made) == "covered"
    told(world, bill, paid, "returned", "BACK")
    assert status(world, made) == "ended"
    told(world, bill, paid, "instructed", "AGAIN")
    payment = world.row("settlement", "payment", [bill, paid])
    assert (payment["party"], row_of(world, made)["received"]) == (BANK2, 300)
    check_all(world)


def test_what_was_pledged_is_paid_to_nobody_else_when_the_holder_stops(world: World) -> None:
    bill, made = due_pledge(world)
    order(world, S1, "suspended")
    assert [one["party"] for one in settle(world, bill, 1_000)["payments"]] == [BANK2, S1]
    assert status(world, made) == "covered"
