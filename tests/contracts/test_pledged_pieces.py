"""Pieces of a pledge that orders cut are one token again when the orders are over, under the pledge all the while."""

from __future__ import annotations

import pytest
from contracts.freezing import enter, freeze, frozen, order_of, ratified, refused_by, release, transfer
from contracts.invariants import check_all
from contracts.pledging import pledge, row_of
from contracts.world import S1, S2, World, accepted_bill, settle

Leaf = tuple[int, int, list[str]]


def leaves(world: World, bill: str) -> list[Leaf]:
    return [
        (leaf["lo"], leaf["hi"], [lock["kind"] for lock in leaf["locks"]])
        for leaf in world.leaves(bill) if leaf["status"] == "live"
    ]  # fmt: skip


def under(world: World, made: str) -> list[tuple[int, int]]:
    """The cents that a pledge is on, token by token in its own order."""
    tokens = [world.token(token) for token in row_of(world, made)["tokens"]]
    assert all(token["status"] == "live" for token in tokens)
    return [(token["lo"], token["hi"]) for token in tokens]


@pytest.fixture
def pledged(world: World) -> tuple[str, str, str]:
    """A bill of 1,000 in pledge: (bill, token, pledge)."""
    bill, token = accepted_bill(world, face=1_000)
    return bill, token, pledge(world, token, secured=600)


def test_they_are_one_token_again_when_the_freeze_is_released(world: World, pledged: tuple[str, str, str]) -> None:
    bill, token, made = pledged
    held = frozen(world, token, 300)
    assert leaves(world, bill) == [(0, 700, ["pledged"]), (700, 1_000, ["pledged", "frozen"])]
    check_all(world)
    release(world, held)
    assert leaves(world, bill) == [(0, 1_000, ["pledged"])]
    assert under(world, made) == [(0, 1_000)]
    check_all(world)
    world.call(world.row("pledge", "pledge", made)["pledgee"], "pledge", "release", pledge=made, secured=0)
    assert leaves(world, bill) == [(0, 1_000, [])]
    check_all(world)


def test_when_it_runs_out_lapses_or_is_refused(world: World, pledged: tuple[str, str, str]) -> None:
    bill, token, made = pledged
    frozen(world, token, 300, days=5)
    world.day(world.plus(6))
    assert leaves(world, bill) == [(0, 1_000, ["pledged"])]
    freeze(world, world.leaves(bill)[0]["id"], 300)
    world.day(world.plus(10))
    assert leaves(world, bill) == [(0, 1_000, ["pledged"])]
    world.day(world.plus(10))
    held = freeze(world, world.leaves(bill)[0]["id"], 300)
    refused_by(world, order_of(world, held))
    assert leaves(world, bill) == [(0, 1_000, ["pledged"])]
    assert under(world, made) == [(0, 1_000)]
    check_all(world)


def test_only_neighbours_that_no_order_is_on(world: World, pledged: tuple[str, str, str]) -> None:
    bill, token, made = pledged
    first = frozen(world, token, 300)
    second = frozen(world, world.leaves(bill)[0]["id"], 200)
    assert [leaf[:2] for leaf in leaves(world, bill)] == [(0, 500), (500, 700), (700, 1_000)]
    release(world, first)
    assert [leaf[:2] for leaf in leaves(world, bill)] == [(0, 500), (500, 700), (700, 1_000)]
    release(world, second)
    assert leaves(world, bill) == [(0, 1_000, ["pledged"])]
    assert under(world, made) == [(0, 1_000)]
    check_all(world)


def test_a_part_that_is_released_joins_when_the_rest_is_too(world: World, pledged: tuple[str, str, str]) -> None:
    bill, token, made = pledged
    held = frozen(world, token, 300)
    release(world, held, 100)
    assert [leaf[:2] for leaf in leaves(world, bill)] == [(0, 700), (700, 800), (800, 1_000)], "not yet: of another cut"
    check_all(world)
    release(world, held)
    assert leaves(world, bill) == [(0, 1_000, ["pledged"])]
    assert under(world, made) == [(0, 1_000)]
    check_all(world)


@pytest.mark.parametrize("first", [0, 1])
def test_free_cents_that_two_courts_had_cut_are_one_token_again(world: World, first: int) -> None:
    bill, token = accepted_bill(world, face=1_000)
    high = frozen(world, token, 300)
    low = frozen(world, world.leaves(bill)[0]["id"], 200)
    for one in ((high, low), (low, high))[first]:
        release(world, one)
        check_all(world)
    assert leaves(world, bill) == [(0, 1_000, [])]


def test_what_a_court_gave_away_stays_apart(world: World, pledged: tuple[str, str, str]) -> None:
    bill, token, _ = pledged
    held = frozen(world, token, 300)
    transfer(world, held, 100, S2)
    release(world, held)
    assert [leaf[:2] for leaf in leaves(world, bill)] == [(0, 700), (700, 900), (900, 1_000)]
    assert [leaf["holder"] for leaf in world.leaves(bill)] == [S1, S1, S2]
    check_all(world)


def test_not_across_what_the_holder_cut_nor_with_another_pledge(world: World) -> None:
    _, token = accepted_bill(world, face=1_000)
    low, high = world.call(S1, "token", "split", token=token, amounts=[500])["tokens"]
    one = pledge(world, low, secured=300)
    other = pledge(world, high, secured=300)
    for of in (low, high):
        release(world, frozen(world, of, 200))
    assert (under(world, one), under(world, other)) == ([(0, 500)], [(500, 1_000)])
    check_all(world)


def test_a_pledge_of_a_hundred_pieces_is_frozen_in_part_again_and_again(world: World) -> None:
    """What orders cut no longer uses up the pieces that a pledge may have."""
    bill, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=300)
    items = [{"token": token, "amount": 10}]
    for _ in range(3):
        items[0]["token"] = world.leaves(bill)[0]["id"]
        entered = enter(world, "freeze", *items)
        ratified(world, entered["order"])
        release(world, entered["freezes"][0])
    assert under(world, made) == [(0, 1_000)]
    settle(world, bill, 400, partial=True)
    check_all(world)
