"""By how much a party's policy counts an act of a pledge: at its limit one key does it, a cent above it two people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from contracts.guaranteeing import MONDAY, WEDNESDAY, guarantee, pay
from contracts.pledging import act, enforce, offer_pledge, pledge
from contracts.world import BANK2, MEMBERS, S1, World, accepted_bill

from chainbill.errors import Refused

Act = Callable[[World], object]


def offering(world: World) -> Act:
    """For a debt of 250,000.00."""
    _, token = accepted_bill(world)
    return lambda world: offer_pledge(world, token)


def accepting(world: World) -> Act:
    """The same."""
    _, token = accepted_bill(world)
    made = offer_pledge(world, token)
    return lambda world: act(world, BANK2, "accept", made, registration="ZD-2")


def lowering(world: World) -> Act:
    """From 250,000.00 to 180,000.00."""
    _, token = accepted_bill(world)
    made = pledge(world, token)
    return lambda world: act(world, BANK2, "release", made, secured=18_000_000)


def releasing(world: World) -> Act:
    """After it was lowered to 180,000.00."""
    _, token = accepted_bill(world)
    made = pledge(world, token)
    act(world, BANK2, "release", made, secured=18_000_000)
    return lambda world: act(world, BANK2, "release", made, secured=0)


def giving_up(world: World) -> Act:
    """Of what was pledged 200,000.00 are owed."""
    _, token = accepted_bill(world)
    made = pledge(world, token)
    world.day(world.plus(31))
    enforce(world, made, 20_000_000)
    return lambda world: act(world, S1, "agree_enforcement", made)


def paying_as_guarantor(world: World) -> Act:
    """For a holder of two tokens."""
    bill, token = accepted_bill(world, due_on=MONDAY)
    tokens = world.call(S1, "token", "split", token=token, amounts=[30_000_000])["tokens"]
    guarantee(world, bill, BANK2)
    world.day(WEDNESDAY)
    return lambda world: pay(world, bill, *tokens, by=BANK2, guarantor=BANK2)


COUNTED: list[tuple[str, str, int, Callable[[World], Act]]] = [
    ("pledge.offer", S1, 25_000_000, offering),
    ("pledge.accept", BANK2, 25_000_000, accepting),
    ("pledge.release", BANK2, 7_000_000, lowering),
    ("pledge.release", BANK2, 18_000_000, releasing),
    ("pledge.agree_enforcement", S1, 20_000_000, giving_up),
    ("settlement.pay_guarantee", BANK2, 100_000_000, paying_as_guarantor),
]
"""Act, whose, by how much it counts, and what comes before it."""


@pytest.mark.parametrize("one", COUNTED, ids=lambda one: one[3].__name__)
def test_an_act_counts_by_what_it_is_of(one: tuple[str, str, int, Callable[[World], Act]], backend: str) -> None:
    name, party, amount, before = one
    for above in (amount, amount - 1):
        rules = [{"action": name, "currency": "CNY", "above": above}]
        able = [{**it, "roles": ["bank", "guarantor"]} if it["id"] == BANK2 else it for it in MEMBERS]
        members = [{**it, "policy": {"rules": rules}} if it["id"] == party else it for it in able]
        world = World(backend, members=members)
        last = before(world)
        if above == amount:
            last(world)
            continue
        with pytest.raises(Refused, match="maker_and_checker"):
            last(world)
