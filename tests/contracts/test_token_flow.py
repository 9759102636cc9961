"""Tokens: cuts, offers, ways back, and what is put together again."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.invariants import check_all
from contracts.world import (
    ANCHOR,
    S1,
    S2,
    S3,
    S4,
    World,
    accepted_bill,
    change,
    issue,
    key_of,
    offer,
    order,
    pay,
    settle,
)

from chainbill.errors import Refused

FACE = 100_000_000


def ranges(world: World, bill: str) -> list[tuple[int, int, str, int]]:
    return [(leaf["lo"], leaf["hi"], leaf["holder"], leaf["tier"]) for leaf in world.leaves(bill)]


def span(world: World, token: str) -> tuple[int, int]:
    return world.token(token)["lo"], world.token(token)["hi"]


def test_a_whole_token_is_offered_in_place(world: World) -> None:
    _, token = accepted_bill(world)
    assert offer(world, token, (S2, FACE)) == {"tokens": [token], "remainder": "", "remainders": []}
    row = world.token(token)
    assert (row["offered_to"], row["status"], row["holder"]) == (S2, "live", S1)
    lock = {"kind": "offered", "ref": "transfer", "since": "2026-03-02", "height": 4, "until": "2026-03-09"}
    assert row["locks"] == [lock]
    child = world.call(S2, "token", "accept", token=token)["token"]
    assert (world.token(child)["tier"], world.token(child)["holder"]) == (2, S2)
    assert (world.token(token)["status"], world.token(token)["into"]) == ("moved", [child])
    hop = world.row("token", "hop", child)
    assert (hop["kind"], hop["from"], hop["to"], hop["tier"], hop["price"]) == ("transfer", S1, S2, 2, {})
    assert hop["height"] == world.height


def test_several_tokens_are_used_by_due_date_then_lo(world: World) -> None:
    _, late = accepted_bill(world, face=100, due_on=world.plus(90))
    early_bill, early = accepted_bill(world, face=100, due_on=world.plus(30))
    low, high = world.call(S1, "token", "split", token=early, amounts=[40])["tokens"]
    recipients = [{"party": S2, "amount": 50}, {"party": S3, "amount": 60}]
    result = world.call(S1, "token", "transfer", tokens=[late, high, low], recipients=recipients)
    spans = [(world.token(token)["bill"], *span(world, token)) for token in result["tokens"]]
    last = (world.token(late)["bill"], 0, 10)
    assert spans == [(early_bill, 0, 40), (early_bill, 40, 50), (early_bill, 50, 100), last]
    assert result["tokens"][0] == low
    assert span(world, result["remainder"]) == (10, 100)
    assert result["remainders"] == [result["remainder"]]
    check_all(world)


def test_a_token_that_is_not_needed_stays_as_it_is(world: World) -> None:
    _, first = accepted_bill(world, face=100, due_on=world.plus(30))
    _, second = accepted_bill(world, face=100, due_on=world.plus(90))
    world.call(S1, "token", "transfer", tokens=[second, first], recipients=[{"party": S2, "amount": 100}])
    assert (world.token(second)["status"], world.token(second)["locks"]) == ("live", [])


def test_rejected_pieces_rejoin_with_free_neighbours(world: World) -> None:
    bill, token = accepted_bill(world, face=100)
    offered = offer(world, token, (S2, 30), (S3, 20), (S4, 10))["tokens"]
    assert world.call(S3, "token", "reject", token=offered[1], reason="no")["token"] == offered[1]
    assert [leaf[:2] for leaf in ranges(world, bill)] == [(0, 30), (30, 50), (50, 60), (60, 100)]
    joined = world.call(S4, "token", "reject", token=offered[2], reason="no")["token"]
    assert (span(world, joined), world.token(joined)["parent"]) == ((30, 100), token)
    whole = world.call(S1, "token", "recall", token=offered[0])["token"]
    assert span(world, whole) == (0, 100)
    assert world.token(token)["into"] == [whole]
    assert offer(world, whole, (S2, 100))["remainder"] == ""
    check_all(world)


def test_an_accepted_piece_keeps_its_neighbours_apart(world: World) -> None:
    bill, token = accepted_bill(world, face=100)
    offered = offer(world, token, (S2, 30), (S3, 20), (S4, 10))["tokens"]
    world.call(S3, "token", "accept", token=offered[1])
    world.call(S2, "token", "reject", token=offered[0], reason="")
    world.call(S4, "token", "reject", token=offered[2], reason="")
    assert ranges(world, bill) == [(0, 30, S1, 1), (30, 50, S3, 2), (50, 100, S1, 1)]


def test_an_explicit_cut_is_not_undone_by_a_refused_offer(world: World) -> None:
    bill, token = accepted_bill(world, face=100)
    first, _ = world.call(S1, "token", "split", token=token, amounts=[30])["tokens"]
    offer(world, first, (S2, 30))
    world.call(S2, "token", "reject", token=first, reason="")
    assert [leaf[:2] for leaf in ranges(world, bill)] == [(0, 30), (30, 100)]


def test_an_offer_lapses_after_five_business_days(world: World) -> None:
    bill, token = accepted_bill(world, face=100)  # Monday
    offered = offer(world, token, (S2, 30))["tokens"][0]
    assert world.token(offered)["locks"][0]["until"] == "2026-03-09"
    world.day("2026-03-09")
    assert world.token(offered)["offered_to"] == S2
    world.day("2026-03-10")
    assert ranges(world, bill) == [(0, 100, S1, 1)]
    assert "token.lapsed" in world.topics()
    assert world.token(offered)["status"] == "moved"


def test_an_offer_lapses_at_latest_before_the_day_of_payment(world: World) -> None:
    _, token = accepted_bill(world, due_on="2026-03-09")
    offered = offer(world, token, (S2, 30))["tokens"][0]
    assert world.token(offered)["locks"][0]["until"] == "2026-03-06"
    assert not world.rows("token", "agenda", ("2026-03-10",))
    world.day("2026-03-07")
    assert world.token(offered)["status"] == "moved"


def test_answered_offers_leave_nothing_on_the_agenda(world: World) -> None:
    _, token = accepted_bill(world, face=100)
    offered = offer(world, token, (S2, 10), (S3, 10), (S4, 10))["tokens"]
    world.call(S2, "token", "accept", token=offered[0])
    world.call(S3, "token", "reject", token=offered[1], reason="")
    world.call(S1, "token", "recall", token=offered[2])
    assert [row for _, row in world.rows("token", "agenda")] == [{"holder": S1, "places": 1}], "of the recalled one"
    world.day("2026-03-03")
    assert world.rows("token", "agenda") == []
    assert world.row("token", "open_offers", S1) is None


def test_a_return_restores_tier_and_path(world: World) -> None:
    bill, token = accepted_bill(world, face=100)
    second, rest = pay(world, token, S2, 60)
    third, _ = pay(world, second, S3, 60)
    assert world.token(third)["tier"] == 3
    given = world.call(S3, "token", "give_back", token=third)
    assert (given["offered_to"], world.token(third)["locks"][0]["ref"]) == (S2, "return")
    back = world.call(S2, "token", "accept", token=third)["token"]
    row = world.token(back)
    assert (row["tier"], row["origin"], row["holder"]) == (2, second, S2)
    hop = world.row("token", "hop", back)
    assert (hop["kind"], hop["undoes"], hop["from"], hop["to"]) == ("return", third, S3, S2)
    world.call(S2, "token", "give_back", token=back)
    first = world.call(S1, "token", "accept", token=back)["token"]
    assert (world.token(first)["tier"], world.token(first)["origin"]) == (1, token)
    whole = world.call(S1, "token", "merge", tokens=[rest, first])["token"]
    assert (span(world, whole), world.token(whole)["parent"]) == ((0, 100), token)
    assert ranges(world, bill) == [(0, 100, S1, 1)]
    check_all(world)


def test_a_return_that_is_refused_stays_where_it_was(world: World) -> None:
    _, token = accepted_bill(world, face=100)
    second, _ = pay(world, token, S2, 60)
    world.call(S2, "token", "give_back", token=second)
    with pytest.raises(Refused, match="not_offered_to_you"):
        world.call(S3, "token", "accept", token=second)
    world.call(S1, "token", "reject", token=second, reason="keep it")
    assert (world.token(second)["holder"], world.token(second)["tier"], world.token(second)["locks"]) == (S2, 2, [])


def test_a_split_is_undone_by_merge_in_any_order(world: World) -> None:
    _, token = accepted_bill(world, face=100)
    first, second, third = world.call(S1, "token", "split", token=token, amounts=[20, 30])["tokens"]
    upper = world.call(S1, "token", "merge", tokens=[third, second])["token"]
    assert (span(world, upper), world.token(upper)["parent"]) == ((20, 100), token)
    whole = world.call(S1, "token", "merge", tokens=[upper, first])["token"]
    assert (span(world, whole), world.token(whole)["tier"], world.token(whole)["parent"]) == ((0, 100), 1, token)
    assert world.token(second)["into"] == [upper]


def test_pieces_of_nested_cuts_merge_below_the_token_that_covers_them(world: World) -> None:
    _, token = accepted_bill(world, face=100)
    left, right = world.call(S1, "token", "split", token=token, amounts=[50])["tokens"]
    _, inner = world.call(S1, "token", "split", token=left, amounts=[20])["tokens"]
    joined = world.call(S1, "token", "merge", tokens=[inner, right])["token"]
    assert (span(world, joined), world.token(joined)["parent"]) == ((20, 100), token)
    check_all(world)


def test_a_returned_piece_that_was_merged_with_the_rest_rejoins_with_a_lapsed_offer_beside_it(world: World) -> None:
    bill, token = accepted_bill(world, face=100)
    given = offer(world, token, (S2, 30), (S3, 20))
    lower, upper = given["tokens"]
    accepted = world.call(S3, "token", "accept", token=upper)["token"]
    world.call(S3, "token", "give_back", token=accepted)
    back = world.call(S1, "token", "accept", token=accepted)["token"]
    world.call(S1, "token", "merge", tokens=[back, given["remainder"]])
    assert [leaf[:2] for leaf in ranges(world, bill)] == [(0, 30), (30, 100)]
    whole = world.call(S2, "token", "reject", token=lower, reason="")["token"]
    assert (span(world, whole), world.token(whole)["parent"]) == ((0, 100), token)
    check_all(world)


def test_a_piece_that_was_passed_on_stays_a_gap_between_free_neighbours(world: World) -> None:
    bill, token = accepted_bill(world, face=100)
    given = offer(world, token, (S2, 30), (S3, 20))
    world.call(S3, "token", "accept", token=given["tokens"][1])
    assert world.call(S2, "token", "reject", token=given["tokens"][0], reason="")["token"] == given["tokens"][0]
    assert [leaf[:2] for leaf in ranges(world, bill)] == [(0, 30), (30, 50), (50, 100)]
    check_all(world)


def test_a_suspended_party_can_reject_and_be_paid_but_not_accept(world: World) -> None:
    bill, token = accepted_bill(world, face=100)
    second, _ = pay(world, token, S2, 60)
    offered = offer(world, world.leaves(bill)[1]["id"], (S2, 40))["tokens"][0]
    order(world, S2, "suspended")
    with pytest.raises(Refused, match="party_not_active"):
        world.call(S2, "token", "accept", token=offered)
    world.call(S2, "token", "reject", token=offered, reason="suspended")
    payments = settle(world, bill, 100)["payments"]
    assert {"party": S2, "token": second, "amount": 60, "status": "instructed"} in payments


def test_policy_asks_for_maker_and_checker_above_its_amount(world: World) -> None:
    rules = [{"action": "token.transfer", "currency": "CNY", "above": 50}]
    change(world, S1, "set_policy", policy={"rules": rules})
    _, token = accepted_bill(world, face=1_000)
    _, euros = accepted_bill(world, face=1_000, currency="EUR")
    pay(world, token, S2, 50)
    pay(world, euros, S2, 500)
    rest = world.leaves(world.token(token)["bill"])[1]["id"]
    arguments: dict[str, Any] = {"tokens": [rest], "recipients": [{"party": S2, "amount": 51}]}
    with pytest.raises(Refused, match="maker_and_checker_needed"):
        world.send(S1, ("token", "transfer", arguments))
    world.send(S1, ("token", "transfer", arguments), keys=[key_of(S1), key_of(S1, 1)])


def test_one_transaction_pays_many_suppliers(world: World) -> None:
    bill, token = accepted_bill(world, face=100_000)
    payees = [(party, 100) for party in (S2, S3, S4) for _ in range(30)]
    result = offer(world, token, *payees)
    assert len(result["tokens"]) == 90
    assert span(world, result["remainder"]) == (9_000, 100_000)
    check_all(world)
    world.day("2026-03-10")
    assert ranges(world, bill) == [(0, 100_000, S1, 1)]
    assert not world.failed_items
    check_all(world)


def test_terms_fix_the_least_split_at_issue(backend: str) -> None:
    world = World(backend, parameters={"min_split": 100})
    row = world.bill(issue(world, terms={"min_split": 5}))
    assert row["terms"]["min_split"] == 100
    assert {value for name, value in row["terms"].items() if name != "min_split"} == {False}
    assert world.bill(issue(world, terms={"min_split": 500}))["terms"]["min_split"] == 500
    assert world.bill(issue(world, debtor=ANCHOR))["terms"]["min_split"] == 100


def test_deep_cuts_merge_below_their_origin(world: World) -> None:
    _, token = accepted_bill(world, face=100)
    rest, pieces = token, []
    for _ in range(60):
        rest, piece = world.call(S1, "token", "split", token=rest, amounts=[span(world, rest)[1] - 1])["tokens"]
        pieces.append(piece)
    joined = world.call(S1, "token", "merge", tokens=[rest, *pieces])["token"]
    assert (span(world, joined), world.token(joined)["parent"]) == ((0, 100), token)
    check_all(world)


def test_a_merge_across_two_cuts_stands_for_itself(world: World) -> None:
    bill, token = accepted_bill(world, face=100)
    first = offer(world, token, (S2, 30))
    second = offer(world, first["remainder"], (S3, 20))
    alone = world.call(S2, "token", "reject", token=first["tokens"][0], reason="")["token"]
    _, tail = world.call(S1, "token", "split", token=alone, amounts=[10])["tokens"]
    rest = world.call(S3, "token", "reject", token=second["tokens"][0], reason="")["token"]
    joined = world.call(S1, "token", "merge", tokens=[tail, rest])["token"]
    assert (span(world, joined), world.token(joined)["parent"]) == ((10, 100), token)
    offer(world, joined, (S2, 90))
    assert world.call(S2, "token", "reject", token=joined, reason="")["token"] == joined
    check_all(world)
    assert [leaf[:2] for leaf in ranges(world, bill)] == [(0, 10), (10, 100)]
