"""A bank's money has left, and somebody keeps the bank from saying so: its agreement waits, and not for ever."""

from __future__ import annotations

from typing import Any

import pytest
from chainbill_contracts import source
from contracts.invariants import check_all
from contracts.test_money_that_left import FACE, MONDAY, agreed, status, until
from contracts.world import (
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    MEMBERS,
    PAPERS,
    World,
    a_key,
    accepted_bill,
    as_two,
    ask,
    bid,
    decide_by_vote,
    key_of,
    private_key,
    proof_of,
)

from chainbill.errors import Refused

FRIDAY = "2026-03-06"
MAKER, CHECKER, ADMIN, OTHER_ADMIN = (key_of(BANK2, number) for number in range(4))
NEW = private_key(77).public.hex()
HOW = {
    "halted": [MAKER, CHECKER],
    "suspended": [MAKER, CHECKER],
    "insolvent": [MAKER, CHECKER],
    "without a maker": [NEW, CHECKER],
    "without a checker": [MAKER, NEW],
}
"""What is done to the bank, and the keys with which it records its money once it can."""


@pytest.fixture
def world(backend: str) -> World:
    return network(backend)


def network(backend: str = "plain", *, above: int = 0, **changes: tuple[str, str]) -> World:
    """The bank's two admins are neither maker nor checker, who both sign for its money above this."""
    keys = [a_key(key, [name]) for key, name in ((MAKER, "maker"), (CHECKER, "checker"))]
    keys += [a_key(key, ["admin"]) for key in (ADMIN, OTHER_ADMIN)]
    policy = {"rules": [{"action": "finance.disburse", "currency": "CNY", "above": above}]}
    changed = {"keys": keys, "policy": policy}
    members = [{**one, **changed} if one["id"] == BANK2 else one for one in MEMBERS]
    return World(backend, members=members, changes=changes)


def of_bank(world: World, keys: list[str], contract: str, function: str, /, **arguments: Any) -> Any:
    return world.send(BANK2, (contract, function, arguments), keys=keys)[0]


def receipt(world: World, quote: str, keys: list[str]) -> bool:
    """Record on this day the money of Monday; whether it counts."""
    net = world.row("finance", "quote", quote)["agreed_net"]
    told = {"quote": quote, "reference": "P1", "value_date": MONDAY, "amount": net, "registration": ""}
    return str(of_bank(world, keys, "finance", "disburse", **told)["token"]) != ""


def stop(world: World, how: str) -> None:
    """One admin alone, or the validators."""
    if how == "halted":
        of_bank(world, [ADMIN], "party", "halt", reason="r")
    elif how.startswith("without"):
        of_bank(world, [ADMIN], "party", "revoke_key", key=MAKER if how == "without a maker" else CHECKER)
    else:
        voted_by_others(world, how)


def lift(world: World, how: str) -> None:
    """Two admins, or the validators. A new key acts after 72 hours."""
    admins = [ADMIN, OTHER_ADMIN]
    if how == "halted":
        of_bank(world, admins, "party", "lift_halt", party=BANK2)
    elif how.startswith("without"):
        key = a_key(NEW, [how.removeprefix("without a ")])
        of_bank(world, admins, "party", "add_key", key=key, proof=proof_of(BANK2, key, private_key(77)))
    else:
        voted_by_others(world, "active")


def voted_by_others(world: World, now: str) -> None:
    papers = {"party": BANK2, "status": now, "reason": "r", **PAPERS[now]}
    proposal = world.call(BANK1, "governance", "propose", kind="party_status", content=papers)["proposal"]
    for bank in (BANK1, BANK3, BANK4):
        world.call(bank, "governance", "vote", proposal=proposal, choice="yes")


@pytest.mark.parametrize("how", HOW)
def test_who_stops_a_bank_does_not_end_its_agreement(world: World, how: str) -> None:
    """attack: one admin key of the bank, or others' votes, stop it after its money has left: nobody could record the
    receipt, the agreement ran out, and the holder had money and token."""
    _, request, quote = agreed(world)
    stop(world, how)
    world.events.clear()
    world.day("2026-03-05")
    assert until(world, request) == "2026-03-05"
    told = {"quote": quote, "request": request, "until": "2026-03-05"}
    assert world.events == [("finance", "agreement_put_off", told)]
    check_all(world)
    lift(world, how)
    if how.startswith("without"):
        world.day("2026-03-07")  # a Saturday, on which the new key is there at last
        assert until(world, request) == "2026-03-09"
    world.day(until(world, request))
    assert receipt(world, quote, HOW[how])
    assert world.failed_items == []
    check_all(world)


@pytest.mark.parametrize("how", HOW)
def test_a_stopped_bank_does_not_lock_a_token_for_ever(world: World, how: str) -> None:
    """attack: a bank agrees, stops itself and keeps the holder from its token: five business days more, no more."""
    _, request, quote = agreed(world)
    stop(world, how)
    for day in range(3, 12):
        world.day(f"2026-03-{day:02d}")
        assert status(world, request) == "agreed"
    assert (until(world, request), world.row("finance", "request", request)["held_days"]) == ("2026-03-11", 5)
    world.day("2026-03-12")
    assert status(world, request) == "expired"
    lift(world, how)
    world.day("2026-03-20")
    assert not receipt(world, quote, HOW[how])
    check_all(world)


def test_days_at_once_count_singly_while_a_bank_is_halted(world: World) -> None:
    _, request, _ = agreed(world)
    stop(world, "halted")
    world.day("2026-03-10")
    assert (until(world, request), world.row("finance", "request", request)["held_days"]) == ("2026-03-10", 4)
    world.day("2026-03-13")
    assert status(world, request) == "expired"


def test_a_halt_that_is_over_puts_nothing_off(world: World) -> None:
    _, request, quote = agreed(world)
    stop(world, "halted")
    lift(world, "halted")
    world.day("2026-03-05")
    assert status(world, request) == "expired"
    assert not receipt(world, quote, HOW["halted"])


def test_a_bank_takes_a_put_off_agreement_back(world: World) -> None:
    _, request, quote = agreed(world)
    stop(world, "halted")
    world.day(FRIDAY)
    of_bank(world, [MAKER, CHECKER], "finance", "cancel", quote=quote, reason="")
    assert status(world, request) == "withdrawn"
    check_all(world)
    world.day("2026-03-20")
    assert world.failed_items == []


def test_a_day_change_that_comes_late_ends_no_agreement_of_a_bank_that_was_halted(world: World) -> None:
    """attack: so much falls due on the day after the agreement's last that its end is not reached; the bank's admins
    lift the halt at midnight, and were told that the agreement is over."""
    _, request, quote = agreed(world)
    stop(world, "halted")
    world.time_ms += 3 * 86_400_000
    lift(world, "halted")
    assert status(world, request) == "agreed"
    assert receipt(world, quote, HOW["halted"])
    check_all(world)


@pytest.mark.parametrize(("gone", "then"), [(MAKER, "agreed"), (CHECKER, "expired")])
def test_a_bank_whose_policy_asks_for_one_key_waits_for_its_maker_alone(backend: str, gone: str, then: str) -> None:
    world = network(backend, above=FACE)
    _, request, _ = agreed(world)
    of_bank(world, [ADMIN], "party", "revoke_key", key=gone)
    world.day("2026-03-05")
    assert status(world, request) == then


def test_a_bank_that_is_closed_holds_no_agreement() -> None:
    """It says nothing any more: the holder's token is free when the agreement has run out."""
    world = World()
    _, token = accepted_bill(world, face=FACE)
    request = ask(world, token, BANK4, amount=FACE)["request"]
    quote = bid(world, request, BANK4, disburse_by=MONDAY)["quote"]
    holder = world.token(token)["holder"]
    world.call(holder, "finance", "agree", quote=quote)
    as_two(world, BANK4, "standing", "leave", party=BANK4)
    decide_by_vote(world, "validator_remove", key=f"{14:064x}")
    decide_by_vote(world, "party_close", party=BANK4)
    assert world.row("party", "party", BANK4)["status"] == "closed"
    assert until(world, request) == "2026-03-03"
    world.day("2026-03-04")
    assert status(world, request) == "expired"
    check_all(world)


def test_an_open_request_is_put_off_by_nothing(world: World) -> None:
    _, token = accepted_bill(world, face=FACE)
    request = ask(world, token, BANK2, amount=FACE)["request"]
    bid(world, request, BANK2)
    stop(world, "halted")
    world.gap_ms = 5 * 86_400_000
    world.day("2026-03-10")
    assert status(world, request) == "expired"


FAULTS: dict[str, tuple[str, str, str]] = {
    "a halt ends an agreement": (' or bank["halted_on"] != ""', "", "halted"),
    "a suspension ends an agreement": ('bank["status"] in PARTY_STOPPED', "False", "suspended"),
    "lost keys end an agreement": (
        ' or not has_keys_for(bank, "finance.disburse", offer["currency"], offer["amount"])', "", "without a maker"
    ),
    "a halt lasts for ever": (' and end["held_days"] < most', "", "halted"),
    "an agreement put off keeps its old end": ('        row["held_days"] = end["held_days"]\n', "", "halted"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(fault: str) -> None:
    before, after, how = FAULTS[fault]
    assert source("finance").count(before) == 1
    scenarios = (test_who_stops_a_bank_does_not_end_its_agreement, test_a_stopped_bank_does_not_lock_a_token_for_ever)
    noticed = 0
    for scenario in scenarios:
        scenario(network(), how)
        try:
            scenario(network(finance=(before, after)), how)
        except (AssertionError, Refused):
            noticed += 1
    assert noticed
