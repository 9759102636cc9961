"""Who is stopped, or leaves, begins nothing for itself or for others: each such act, tried by one that may, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from contracts.refusals_standing import name_administrator
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    MEMBERS,
    PAPERS,
    S1,
    World,
    a_key,
    administrator_keys,
    as_admins,
    as_two,
    change,
    decide_by_vote,
    key_of,
    member,
    order,
    private_key,
    proof_of,
    ratify,
    uscc,
)  # fmt: skip

from chainbill.errors import Refused

AUDITOR = uscc(70)
NAMED = {"alg": "sha256", "digest_hex": "cd" * 32}
ACCOUNT = {"currency": "USD", "bank": BANK3, **NAMED}
Act = Callable[[World], object]


def an_account_waits(world: World) -> None:
    world.call(S1, "account", "announce", **ACCOUNT)


def a_bank_is_asked(world: World) -> None:
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)


def an_insolvency_stands(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"), by=BANK4)


def it_left(world: World) -> None:
    as_two(world, BANK1, "standing", "leave", party=S1)
    world.day(world.plus(5))


def ratify_what_waits(world: World) -> None:
    [waits] = [row["id"] for _, row in world.rows("standing", "order") if row["status"] == "entered"]
    ratify(world, {"order": waits})


def add_a_key(world: World) -> None:
    key = a_key(private_key(41).public.hex())
    as_admins(world, S1, "add_key", key=key, proof=proof_of(S1, key, private_key(41)))


def recover(world: World) -> None:
    asked = {"party": S1, "new_keys": administrator_keys(S1, 901, 902), "document": "5f" * 32}
    as_two(world, BANK1, "recovery", "recover", **asked)


def two(who: str, contract: str, function: str, /, **arguments: Any) -> Act:
    return lambda world: as_two(world, who, contract, function, **arguments)


STOPPED = ("suspended", "insolvent")
NOT_ACTIVE = (*STOPPED, "leaving")
ACTS: dict[str, tuple[str, tuple[str, ...], Act, Act]] = {
    "announce an account": (S1, STOPPED, lambda world: None, an_account_waits),
    "attest an account": (
        BANK3, NOT_ACTIVE, an_account_waits,
        lambda world: world.call(BANK3, "account", "attest", party=S1, currency="USD", **NAMED),
    ),
    "agree to succeed": (BANK3, NOT_ACTIVE, lambda world: None, two(BANK3, "succession", "accept", bank=BANK4)),
    "suspend": (BANK1, STOPPED, lambda world: None, lambda world: order(world, S1, "suspended")),
    "name an administrator": (BANK1, STOPPED, an_insolvency_stands, name_administrator),
    "ratify": (BANK2, NOT_ACTIVE, lambda world: order(world, S1, "suspended"), ratify_what_waits),
    "let a customer leave": (BANK1, STOPPED, lambda world: None, two(BANK1, "standing", "leave", party=S1)),
    "close": (BANK1, STOPPED, it_left, two(BANK1, "standing", "close", party=S1)),
    "recover": (BANK1, NOT_ACTIVE, lambda world: None, recover),
    "lift a customer's halt": (
        BANK1, NOT_ACTIVE, lambda world: world.call(S1, "party", "halt", reason=""),
        two(BANK1, "party", "lift_halt", party=S1),
    ),
    "rename a customer": (
        BANK1, STOPPED, lambda world: None,
        lambda world: as_two(world, BANK1, "party", "rename", party=S1, name_zh="新", name_en=""),
    ),
    "ask a paying bank": (
        ANCHOR, NOT_ACTIVE, lambda world: None, two(ANCHOR, "party", "ask_paying_bank", bank=BANK3),
    ),
    "accept a mandate": (
        BANK2, NOT_ACTIVE, a_bank_is_asked, two(BANK2, "party", "accept_mandate", debtor=ANCHOR),
    ),
    "leave": (S1, STOPPED, lambda world: None, two(S1, "standing", "leave", party=S1)),
    "give up an identifier": (
        S1, STOPPED, two(BANK1, "party", "add_identifier", party=S1, scheme="local", value="X100"),
        two(S1, "party", "give_up_identifier", scheme="local", value="X100"),
    ),
    "add a key": (S1, STOPPED, lambda world: None, add_a_key),
    "rotate a key": (
        S1, STOPPED, lambda world: None,
        lambda world: as_admins(world, S1, "rotate_key", old=key_of(S1), **administrator_new(S1)),
    ),
    "name an encryption key": (S1, STOPPED, lambda world: None, two(S1, "party", "set_encryption_key", key="ee" * 32)),
    "set a policy": (S1, STOPPED, lambda world: None, two(S1, "party", "set_policy", policy={"rules": []})),
    "grant an audit": (
        S1, STOPPED, lambda world: None,
        two(S1, "audit", "grant", auditor=AUDITOR, scope="all", first_day="2026-03-02", last_day=""),
    ),
}  # fmt: skip
"""Who acts, in which statuses it may not, what goes before, and the act."""


def administrator_new(party: str) -> dict[str, Any]:
    [listed] = administrator_keys(party, 903)
    return {"new": listed["key"], "proof": listed["proof"]}


def a_world(backend: str) -> World:
    return World(backend, members=[*MEMBERS, member(AUDITOR, "auditor", sponsor="")])


@pytest.mark.parametrize("name", ACTS)
def test_who_is_in_business_does_it(backend: str, name: str) -> None:
    world = a_world(backend)
    _, _, before, act = ACTS[name]
    before(world)
    act(world)


@pytest.mark.parametrize(("name", "status"), [(name, status) for name in ACTS for status in ACTS[name][1]])
def test_who_is_stopped_does_not(backend: str, name: str, status: str) -> None:
    world = a_world(backend)
    who, _, before, act = ACTS[name]
    before(world)
    if status == "leaving":
        as_two(world, who, "standing", "leave", party=who)
    else:
        decide_by_vote(world, "party_status", party=who, status=status, reason="", **PAPERS[status])
    with pytest.raises(Refused) as refused:
        act(world)
    assert refused.value.reason == "party_not_active"
