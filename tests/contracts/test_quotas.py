"""Rows that a party makes alone are bounded, and every way in which one ends gives its place back (security 16)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from contracts.invariants import check_all
from contracts.pledging import act, offer_pledge
from contracts.world import (
    ANCHOR,
    BANK1,
    S1,
    S2,
    World,
    accepted_bill,
    ask,
    bid,
    disburse,
    issue,
    offer,
    settle,
)

from chainbill.errors import Refused

MOST = 10
Exit = Callable[[World, str], object]


def confirmed(world: World, bill: str) -> str:
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    return bill


BILL_EXITS: dict[str, Exit] = {
    "rejected by the debtor": lambda world, bill: world.call(ANCHOR, "bill", "reject", bill=bill, reason=""),
    "accepted": lambda world, bill: world.call(S1, "bill", "accept", bill=confirmed(world, bill)),
    "cancelled": lambda world, bill: world.call(ANCHOR, "bill", "cancel", bill=confirmed(world, bill), reason=""),
    "expired": lambda world, _: world.day(world.plus(15)),
}


@pytest.mark.parametrize("how", BILL_EXITS)
def test_an_exit_of_a_draft_gives_its_place_back(backend: str, how: str) -> None:
    world = World(backend, parameters={"open_drafts": MOST, "open_drafts_with": MOST})
    bills = [issue(world) for _ in range(MOST)]
    with pytest.raises(Refused, match="too_many_drafts"):
        issue(world)
    issue(world, by=ANCHOR)  # each side has places of its own
    BILL_EXITS[how](world, bills[0])
    check_all(world)
    issue(world)
    assert not world.failed_items


OFFER_EXITS: dict[str, Exit] = {
    "accepted": lambda world, token: world.call(S2, "token", "accept", token=token),
    "rejected": lambda world, token: world.call(S2, "token", "reject", token=token, reason=""),
    "lapsed": lambda world, _: world.day(world.plus(10)),
    "paid": lambda world, token: settle(world, world.token(token)["bill"], 1_000),
}


@pytest.mark.parametrize("how", OFFER_EXITS)
def test_an_exit_of_an_offer_gives_its_place_back(backend: str, how: str) -> None:
    world = World(backend, parameters={"open_offers": 100})
    _, token = accepted_bill(world, face=1_000)
    _, other = accepted_bill(world, face=1_000)
    offered = offer(world, token, *[(S2, 2)] * 100)["tokens"]
    with pytest.raises(Refused, match="too_many_offers"):
        offer(world, other, (S2, 1))
    OFFER_EXITS[how](world, offered[0])
    check_all(world)
    offer(world, other, (S2, 1))
    assert not world.failed_items


def test_an_offer_that_is_paid_in_part_still_counts(backend: str) -> None:
    world = World(backend, parameters={"open_offers": 100})
    bill, token = accepted_bill(world, face=1_000)
    offer(world, token, (S2, 400))
    settle(world, bill, 500, partial=True)
    assert world.row("token", "open_offers", S1) == {"count": 1}
    check_all(world)


def test_an_offer_of_a_cent_that_a_part_payment_takes_whole_gives_its_place_back(world: World) -> None:
    """Largest remainder: of 2 cents for the leaves 1 and 2, the first gets 0.67 and so its whole cent."""
    bill, token = accepted_bill(world, face=3)
    offered = offer(world, token, (S2, 1))["tokens"][0]
    settle(world, bill, 2, partial=True)
    assert world.token(offered)["status"] == "settled"
    assert world.row("token", "open_offers", S1) is None
    check_all(world)


@pytest.mark.parametrize("taken_back", [1, 2, 3])
def test_places_of_pledges_that_were_taken_back_are_free_tomorrow(backend: str, taken_back: int) -> None:
    """One after the other on one day: all of them, and not before."""
    world = World(backend, parameters={"open_offers": 100})
    made = [offer_pledge(world, accepted_bill(world, face=1_000)[1]) for _ in range(3)]
    for one in made[:taken_back]:
        act(world, S1, "withdraw", one)
        assert world.row("token", "open_offers", S1) == {"count": 3}
    check_all(world)
    world.day(world.plus(1))
    assert (world.row("token", "open_offers", S1) or {"count": 0}) == {"count": 3 - taken_back}
    check_all(world)


def agreed(world: World, request: str) -> str:
    quote = str(bid(world, request, BANK1)["quote"])
    world.call(S1, "finance", "agree", quote=quote)
    return quote


REQUEST_EXITS: dict[str, Exit] = {
    "declined": lambda world, request: world.call(BANK1, "finance", "decline", request=request),
    "expired": lambda world, _: world.day(world.plus(15)),
    "disbursed": lambda world, request: disburse(world, BANK1, agreed(world, request)),
    "paid": lambda world, request: settle(world, world.row("finance", "request", request)["bill"], 1_000),
}


@pytest.mark.parametrize("how", REQUEST_EXITS)
def test_an_exit_of_a_request_gives_its_place_back(backend: str, how: str) -> None:
    world = World(backend, parameters={"open_requests": MOST})
    _, token = accepted_bill(world, face=1_000)
    _, other = accepted_bill(world, face=1_000)
    pieces = world.call(S1, "token", "split", token=token, amounts=[100] * 9)["tokens"]
    asked = [ask(world, piece, BANK1, amount=100)["request"] for piece in pieces]
    assert len(asked) == MOST
    with pytest.raises(Refused, match="too_many_open_requests"):
        ask(world, other, BANK1, amount=100)
    REQUEST_EXITS[how](world, asked[0])
    check_all(world)
    ask(world, other, BANK1, amount=100)
    assert not world.failed_items


def test_a_decided_proposal_gives_its_place_back(backend: str) -> None:
    world = World(backend, parameters={"open_proposals": 1})

    def propose() -> str:
        content = {"name": "min_split", "value": 2}
        return str(world.call(BANK1, "governance", "propose", kind="parameter", content=content)["proposal"])

    propose()
    with pytest.raises(Refused, match="too_many_proposals"):
        propose()
    world.day(world.plus(31))
    propose()
    check_all(world)
