"""Written from the specification: what is always open, whatever the party's status, and that nothing stops a payment.

ACTS 0 (always open), 13 (what a status stops); DOMAIN 2 (a stopped party can still be paid), 3 (no lock stops it).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from contracts.acts_ready import ACTS, ADMIN, MAKER, OTHER_ADMIN, SIGNERS, sent, voted, world_of_people
from contracts.expected import door, refused, status
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK4,
    BANKS,
    PAPERS,
    S1,
    S2,
    World,
    accepted_bill,
    ask,
    bid,
    finance,
    offer,
    order,
    pay,
    ratify,
    settle,
)

from chainbill.ledger.open_acts import check_standing
from chainbill.ledger.transaction import Call

OPEN = [act for act, spec in ACTS.items() if spec.open]


def suspended(world: World, party: str, kind: str = "suspended") -> None:
    if party in BANKS:
        voted(world, "party_status", {"party": party, "status": kind, "reason": "review", **PAPERS[kind]})
    else:
        ratify(world, order(world, party, kind), by=BANK4)


def insolvent(world: World, party: str) -> None:
    suspended(world, party, "insolvent")


def halted(world: World, party: str) -> None:
    sent(world, party, "party.halt", [ADMIN], reason="a stolen card")


def leaving(world: World, party: str) -> None:
    sent(world, party, "standing.leave", [ADMIN, OTHER_ADMIN], party=party)


STOPS = [suspended, insolvent, halted, leaving]
MEETS_ITSELF = {
    *((act, stop) for act in ("standing.object_to", "standing.stay") for stop in (suspended, insolvent, leaving)),
    ("party.halt", halted), ("party.lift_halt", halted), ("party.lift_halt", leaving), ("recovery.veto", insolvent),
}  # fmt: skip
"""Where the act itself is about that stop, or the stop has done it: tested where these acts are."""


@pytest.fixture
def place(backend: str) -> World:
    return world_of_people(backend)


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("act", OPEN)
def test_what_is_always_open(place: World, act: str, stop: Callable[[World, str], None]) -> None:
    spec = ACTS[act]
    ready = spec.ready(place)
    if (act, stop) in MEETS_ITSELF:
        return
    stop(place, ready.sender)
    door(place, ready.sender, act, **ready.arguments)
    sent(place, ready.sender, act, SIGNERS[spec.signs], **ready.arguments)


@pytest.mark.parametrize("stop", STOPS[:3])
@pytest.mark.parametrize("act", [act for act in ACTS if act not in OPEN])
def test_what_is_not_always_open_is_stopped_at_the_door(
    place: World, act: str, stop: Callable[[World, str], None]
) -> None:
    ready = ACTS[act].ready(place)
    if act == "standing.name_administrator" or not place.row("party", "party", ready.sender):
        stop(place, BANK2)
        ready = ready._replace(sender=BANK2)
    else:
        stop(place, ready.sender)
    code = "party_halted" if stop is halted else "party_not_active"
    said = refused(code, door, place, ready.sender, act, **ready.arguments)
    assert (said["party"], f"{said['contract']}.{said['function']}") == (ready.sender, act)


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("whose", ["debtor", "holder", "other holder", "bank", "paying bank"])
def test_nothing_stops_a_settlement(place: World, whose: str, stop: Callable[[World, str], None]) -> None:
    """One bill: tokens of two holders, one of a bank, one that is offered and one on which a bank is to pay. What is
    paid on the last waits for that bank."""
    bill, token = accepted_bill(place, face=10_000)
    rest = pay(place, token, S2, 2_000)[1]
    rest = finance(place, rest, BANK2, 1_000)[1]
    rest = offer(place, rest, (S2, 1_000))["remainder"]
    asked = ask(place, rest, BANK2, amount=3_000)
    quote = bid(place, asked["request"], BANK2)["quote"]
    sent(place, S1, "finance.agree", [MAKER], quote=quote)
    who = {"debtor": ANCHOR, "holder": S1, "other holder": S2, "bank": BANK2, "paying bank": BANK1}[whose]
    stop(place, who)
    door(place, BANK1, "settlement.settle", bill=bill)
    result = settle(place, bill, 10_000)
    assert result["complete"]
    assert place.bill(bill)["status"] == "settled"
    payments = [row for _, row in place.rows("settlement", "payment", (bill,))]
    assert sum(row["amount"] for row in payments) == 10_000
    for row in payments:
        waits = (stop is insolvent and row["party"] == who) or row.get("request", "") == asked["request"]
        assert row["status"] == ("set_aside" if waits else "instructed"), row


@pytest.mark.parametrize("stop", STOPS[:3])
def test_a_stopped_party_is_paid_and_stays_stopped(place: World, stop: Callable[[World, str], None]) -> None:
    bill, _ = accepted_bill(place, face=5_000)
    stop(place, S1)
    before = status(place, S1)
    settle(place, bill, 5_000)
    assert status(place, S1) == before


def test_one_closed_call_shuts_the_door_for_the_whole_transaction(place: World) -> None:
    """The details name the first call that is not open."""
    suspended(place, S1)
    calls = [Call("bill", "reject", {}), Call("token", "transfer", {}), Call("bill", "accept", {})]
    row = place.row("party", "party", S1)
    assert refused("party_not_active", check_standing, S1, row, calls) == {
        "party": S1, "status": "suspended", "call": 1, "contract": "token", "function": "transfer",
    }  # fmt: skip
    check_standing(S1, row, calls[:1])


def test_what_votes_decide_a_halted_bank_votes_on(place: World) -> None:
    """A halt stops business; a validator's bank goes on to vote (members reference)."""
    halted(place, BANK1)
    content = {"name": "pending_days", "value": 12}
    proposal = sent(place, BANK2, "governance.propose", [ADMIN], kind="parameter", content=content)["proposal"]
    for bank in BANKS[:3]:
        door(place, bank, "governance.vote", proposal=proposal, choice="yes")
        answer: dict[str, Any] = sent(place, bank, "governance.vote", [ADMIN], proposal=proposal, choice="yes")
    assert answer["status"] == "accepted"
