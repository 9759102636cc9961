"""Written from the specification: what one party makes alone is counted, and every end gives its one place back.

Decision 0035 and the table of the state reference, "How many a party can make alone".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from contracts.expected import both, refused
from contracts.freezing import enter, ratified, refused_by
from contracts.invariants import check_all
from contracts.world import (
    ALL,
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANKS,
    OTHER_ANCHOR,
    S1,
    S2,
    S3,
    World,
    a_key,
    accepted_bill,
    ask,
    bid,
    decide_by_vote,
    disburse,
    issue,
    key_of,
    offer,
    private_key,
    settle,
    signed_application,
    uscc,
)  # fmt: skip

MOST = 2


class Room(NamedTuple):
    """parameter: how many; full: what is said of one more; make: one more, what it is called."""

    parameter: str
    full: str
    make: Callable[[World], str]


def _offer(world: World) -> str:
    return str(offer(world, accepted_bill(world, face=5_000)[1], (S2, 500))["tokens"][0])


def _request(world: World) -> str:
    return str(ask(world, accepted_bill(world, face=5_000)[1], BANK2, BANK3, amount=5_000)["request"])


def _dispute(world: World) -> str:
    named = {"fingerprint": f"{world.height:064x}", "seller": S1, "document": "5a" * 32}
    return str(world.call(S3, "invoice", "dispute", **named)["dispute"])


def _order(world: World) -> str:
    return str(enter(world, "freeze", {"token": accepted_bill(world, face=5_000)[1], "amount": 500})["order"])


def _proposal(world: World) -> str:
    content = {"name": "pending_days", "value": 12}
    return str(world.call(BANK1, "governance", "propose", kind="parameter", content=content)["proposal"])


def _party(world: World) -> str:
    private = private_key(50_000 + world.height)
    party = uscc(50_000 + world.height)
    statement = {
        "id": party, "name_zh": "新公司", "name_en": "New", "roles": ["supplier"], "identifiers": [],
        "keys": [a_key(private.public.hex(), ALL)], "accounts": [], "sponsor": BANK2, "until": "2027-12-31",
    }  # fmt: skip
    both(world, BANK2, "party.register", applications=[signed_application(statement, private)])
    return party


ROOMS = {
    "drafts": Room("open_drafts", "too_many_drafts", issue),
    "drafts with": Room("open_drafts_with", "too_many_drafts", issue),
    "offers": Room("open_offers", "too_many_offers", _offer),
    "requests": Room("open_requests", "too_many_open_requests", _request),
    "disputes": Room("open_disputes", "too_many_disputes", _dispute),
    "orders": Room("open_orders", "too_many_orders", _order),
    "proposals": Room("open_proposals", "too_many_proposals", _proposal),
    "parties": Room("sponsored_parties", "too_many_sponsored", _party),
}


def small_world(backend: str, room: str) -> World:
    """A network where only so many fit, fewer than its rules allow to decide."""
    world = World(backend)
    world.seed((("governance", "parameter", ROOMS[room].parameter), {"value": MOST}))
    return world


# --- ways in which each of them ends ----------------------------------------------------------------------------------
def _confirmed(world: World, bill: str) -> str:
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    return bill


def _agreed(world: World, request: str) -> str:
    quote = bid(world, request, BANK2)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    return str(quote)


def _bill_of(world: World, request: str) -> str:
    return str(world.row("finance", "request", request)["bill"])


def _close(world: World, party: str) -> None:
    both(world, BANK2, "standing.leave", party=party)
    world.day(world.plus(10))
    both(world, BANK2, "standing.close", party=party)


def _all(world: World, proposal: str, choice: str) -> None:
    for bank in BANKS[:3] if choice == "yes" else BANKS[:2]:
        world.call(bank, "governance", "vote", proposal=proposal, choice=choice)


DRAFT_ENDS: dict[str, Callable[[World, str], Any]] = {
    "accepted": lambda world, bill: world.call(S1, "bill", "accept", bill=_confirmed(world, bill)),
    "rejected by the debtor": lambda world, bill: world.call(ANCHOR, "bill", "reject", bill=bill, reason="no"),
    "cancelled": lambda world, bill: world.call(ANCHOR, "bill", "cancel", bill=_confirmed(world, bill), reason="no"),
}
ENDS: dict[str, dict[str, Callable[[World, str], Any]]] = {
    "drafts": DRAFT_ENDS,
    "drafts with": DRAFT_ENDS,
    "offers": {
        "accepted": lambda world, token: world.call(S2, "token", "accept", token=token),
        "rejected": lambda world, token: world.call(S2, "token", "reject", token=token, reason="no"),
        "paid": lambda world, token: settle(world, world.token(token)["bill"], 5_000),
    },
    "requests": {
        "declined": lambda world, request: [
            world.call(bank, "finance", "decline", request=request) for bank in (BANK2, BANK3)
        ],
        "disbursed": lambda world, request: disburse(world, BANK2, _agreed(world, request)),
        "paid": lambda world, request: settle(world, _bill_of(world, request), 5_000),
    },
    "disputes": {
        "upheld": lambda world, dispute: both(world, BANK1, "invoice.uphold", dispute=dispute),
        "ended by vote": lambda world, dispute: decide_by_vote(world, "dispute", dispute=dispute),
    },
    "orders": {
        "ratified": lambda world, order: ratified(world, order),
        "refused": lambda world, order: refused_by(world, order),
    },
    "proposals": {
        "accepted": lambda world, proposal: _all(world, proposal, "yes"),
        "rejected": lambda world, proposal: _all(world, proposal, "no"),
    },
    "parties": {"closed": _close},
}  # fmt: skip
WAYS = [(room, way) for room, ways in ENDS.items() for way in ways]

DRAFTS_BACK: dict[str, Callable[[World, str], Any]] = {
    "withdrawn": lambda world, bill: world.call(S1, "bill", "withdraw", bill=bill, reason="no"),
    "rejected by the creditor": lambda world, bill: world.call(
        S1, "bill", "reject", bill=_confirmed(world, bill), reason="no"
    ),
}
TAKEN_BACK: dict[str, dict[str, Callable[[World, str], Any]]] = {
    "drafts": DRAFTS_BACK,
    "drafts with": DRAFTS_BACK,
    "offers": {"recalled": lambda world, token: world.call(S1, "token", "recall", token=token)},
    "requests": {
        "withdrawn": lambda world, request: world.call(S1, "finance", "withdraw", request=request),
        "cancelled by the bank": lambda world, request: world.call(
            BANK2, "finance", "cancel", quote=_agreed(world, request), reason=""
        ),
    },
    "disputes": {"withdrawn": lambda world, dispute: world.call(S3, "invoice", "withdraw_dispute", dispute=dispute)},
    "proposals": {"withdrawn": lambda world, proposal: world.call(BANK1, "governance", "withdraw", proposal=proposal)},
}
BACK = [(room, way) for room, ways in TAKEN_BACK.items() for way in ways]


@pytest.mark.parametrize(("room", "way"), WAYS)
def test_an_end_gives_one_place_back(backend: str, room: str, way: str) -> None:
    world = small_world(backend, room)
    _, full, make = ROOMS[room]
    first, _ = make(world), make(world)
    refused(full, make, world)
    ENDS[room][way](world, first)
    make(world)
    refused(full, make, world)


@pytest.mark.parametrize(("room", "way"), BACK)
def test_what_its_maker_takes_back_gives_its_place_back_on_the_next_day(backend: str, room: str, way: str) -> None:
    """Else one party makes and takes back as many as there are blocks, and others' lists hold them for ever."""
    world = small_world(backend, room)
    _, full, make = ROOMS[room]
    for _ in range(MOST):
        TAKEN_BACK[room][way](world, make(world))
    refused(full, make, world)
    check_all(world)
    world.day(world.plus(1))
    check_all(world)
    first, _ = make(world), make(world)
    refused(full, make, world)
    TAKEN_BACK[room][way](world, first)
    refused(full, make, world)
    assert not world.failed_items


def test_twenty_joint_acts_of_a_kind_and_bill_are_taken_back_a_day(backend: str) -> None:
    """What the other side refuses, and what is asked for another bill, does not count."""
    world = World(backend)
    bill, other = accepted_bill(world)[0], accepted_bill(world)[0]

    def ask_void(of: str) -> str:
        return str(world.call(ANCHOR, "bill", "ask_void", bill=of, reason="")["joint"])

    world.call(S1, "bill", "answer", joint=ask_void(bill), answer="no")
    for _ in range(20):
        world.call(ANCHOR, "bill", "withdraw_joint", joint=ask_void(bill))
    refused("too_many_taken_back", ask_void, bill)
    ask_void(other)
    check_all(world)
    world.day(world.plus(1))
    ask_void(bill)
    assert not world.failed_items


def test_a_debtor_that_cancels_what_it_issued_itself_takes_it_back(backend: str) -> None:
    world = small_world(backend, "drafts")
    for _ in range(MOST):
        world.call(ANCHOR, "bill", "cancel", bill=_confirmed(world, issue(world, by=ANCHOR)), reason="no")
    refused("too_many_drafts", issue, world, by=ANCHOR)
    world.day(world.plus(1))
    issue(world, by=ANCHOR)


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "parties"])
def test_time_gives_all_places_back(backend: str, room: str) -> None:
    world = small_world(backend, room)
    _, full, make = ROOMS[room]
    make(world), make(world)
    world.day(world.plus(60))
    make(world), make(world)
    refused(full, make, world)


def test_a_confirmed_bill_that_nobody_accepts_gives_its_place_back(backend: str) -> None:
    world = small_world(backend, "drafts")
    for _ in range(MOST):
        _confirmed(world, issue(world))
    refused("too_many_drafts", issue, world)
    world.day(world.plus(60))
    issue(world)


def test_an_agreed_request_that_nobody_pays_gives_its_place_back(backend: str) -> None:
    world = small_world(backend, "requests")
    for _ in range(MOST):
        _agreed(world, _request(world))
    refused("too_many_open_requests", _request, world)
    world.day(world.plus(60))
    _request(world)


def test_who_initiates_is_counted_and_not_who_is_asked(backend: str) -> None:
    """A supplier that floods an anchor takes no place of the anchor's own."""
    world = small_world(backend, "drafts")
    issue(world), issue(world)
    refused("too_many_drafts", issue, world)
    issue(world, by=ANCHOR), issue(world, by=ANCHOR)
    refused("too_many_drafts", issue, world, by=ANCHOR)
    issue(world, by=S2, creditor=S2)


def test_one_other_side_full_leaves_room_for_others(backend: str) -> None:
    world = small_world(backend, "drafts with")
    issue(world), issue(world)
    refused("too_many_drafts", issue, world)
    issue(world, debtor=OTHER_ANCHOR)


def test_the_other_side_of_a_debtor_is_its_creditor(backend: str) -> None:
    world = small_world(backend, "drafts with")
    issue(world, by=ANCHOR), issue(world, by=ANCHOR)
    refused("too_many_drafts", issue, world, by=ANCHOR)
    issue(world, by=ANCHOR, creditor=S2)


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "parties"])
def test_what_is_refused_takes_no_place(backend: str, room: str) -> None:
    world = small_world(backend, room)
    _, full, make = ROOMS[room]
    make(world), make(world)
    for _ in range(3):
        refused(full, make, world)
    world.day(world.plus(60))
    make(world), make(world)


def test_one_transaction_is_counted_by_what_it_makes(backend: str) -> None:
    """Two places: three recipients at once are one too many, and nothing of it happens."""
    world = small_world(backend, "offers")
    token = accepted_bill(world)[1]
    refused("too_many_offers", offer, world, token, (S2, 500), (S2, 400), (S3, 300))
    assert not world.token(token)["locks"]
    assert len(offer(world, token, (S2, 500), (S3, 300))["tokens"]) == 2


def test_a_return_is_an_offer_of_who_returns(backend: str) -> None:
    world = small_world(backend, "offers")
    held = [world.call(S2, "token", "accept", token=_offer(world))["token"] for _ in range(MOST + 1)]
    for token in held[:MOST]:
        world.call(S2, "token", "give_back", token=token)
    refused("too_many_offers", world.call, S2, "token", "give_back", token=held[MOST])
    world.call(S1, "token", "accept", token=held[0])
    world.call(S2, "token", "give_back", token=held[MOST])


def test_twenty_disputes_of_an_invoice(backend: str) -> None:
    """Upheld ones count; the end of one gives its place back."""
    world = World(backend)
    named = {"fingerprint": "1f" * 32, "seller": S1, "document": "5a" * 32}
    for number in range(21):
        party = uscc(60_000 + number)
        private = private_key(60_000 + number)
        statement = {
            "id": party, "name_zh": "新公司", "name_en": "New", "roles": ["supplier"], "identifiers": [],
            "keys": [a_key(private.public.hex(), ALL)], "accounts": [], "sponsor": BANK1, "until": "2027-12-31",
        }  # fmt: skip
        both(world, BANK1, "party.register", applications=[signed_application(statement, private)])
    makes = []
    for number in range(20):
        key = private_key(60_000 + number).public.hex()
        party = uscc(60_000 + number)
        makes.append(world.send(party, ("invoice", "dispute", named), keys=[key])[0]["dispute"])
    last = [private_key(60_020).public.hex()]
    both(world, BANK1, "invoice.uphold", dispute=makes[0])
    refused("too_many_disputes_of_invoice", world.send, uscc(60_020), ("invoice", "dispute", named), keys=last)
    world.send(
        uscc(60_003), ("invoice", "withdraw_dispute", {"dispute": makes[3]}), keys=[private_key(60_003).public.hex()]
    )
    world.send(uscc(60_020), ("invoice", "dispute", named), keys=last)


def test_one_dispute_of_an_invoice_for_each_party(world: World) -> None:
    named = {"fingerprint": "1f" * 32, "seller": S1, "document": "5a" * 32}
    world.call(S3, "invoice", "dispute", **named)
    refused("dispute_exists", world.call, S3, "invoice", "dispute", **named)
    world.call(S3, "invoice", "dispute", **{**named, "seller": S2})


def test_ten_changes_are_announced_at_a_time(world: World) -> None:
    def announce() -> dict[str, Any]:
        keys = [key_of(S1), key_of(S1, 1)]
        return dict(world.send(S1, ("party", "set_policy", {"policy": {"rules": []}}), keys=keys)[0])

    changes = [announce()["change"] for _ in range(10)]
    refused("too_many_changes", announce)
    world.call(S1, "party", "withdraw_change", change=changes[4])
    announce()
    refused("too_many_changes", announce)
    world.day(world.plus(10))
    announce()
