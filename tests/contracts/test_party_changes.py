"""What admins decide about keys and policy: two people, announced, after 72 hours; and what one admin does at once."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.invariants import StatusWatch
from contracts.test_party_flow import party
from contracts.world import ANCHOR, BANK1, S1, World, a_key, add_key, as_admins, change, key_of, proof_of

from chainbill.crypto.keys import PrivateKey
from chainbill.errors import Refused
from chainbill.state.keys import row_key

RULES = {"rules": [{"action": "any", "currency": "CNY", "above": 0}]}
HOLIDAYS = {"year": 2027, "holidays": [f"2027-02-{day:02d}" for day in range(6, 14)], "workdays": ["2027-02-14"]}


def a_change(world: World, change: str) -> dict[str, Any]:
    return world.row("party", "change", change)


def events(world: World, topic: str) -> list[dict[str, Any]]:
    return [body for contract, name, body in world.events if (contract, name) == ("party", topic)]


@pytest.mark.parametrize(
    ("today", "acts_on"),
    [
        ("2027-03-02", "2027-03-06"),  # Tuesday: all of Friday is left
        ("2027-03-05", "2027-03-09"),  # Friday: to Monday
        ("2027-03-06", "2027-03-10"),  # Saturday: to Tuesday
        ("2027-02-05", "2027-02-15"),  # before eight days of holidays: to the first business day, a Sunday that is one
    ],
)
def test_72_hours_are_three_days_and_not_over_before_a_business_day_is(backend: str, today: str, acts_on: str) -> None:
    """security 8: nothing was announced, nothing waited."""
    world = World(backend, today=today, calendar=[HOLIDAYS])
    announced = as_admins(world, S1, "set_policy", policy=RULES)
    assert announced["acts_on"] == acts_on
    world.day(world.plus(1))
    while world.today < acts_on:
        assert party(world, S1)["policy"] == {"rules": []}
        assert a_change(world, announced["change"])["status"] == "announced"
        world.day(world.plus(1))
    assert party(world, S1)["policy"] == RULES
    assert a_change(world, announced["change"])["status"] == "acted"
    assert party(world, S1)["changes"] == []


def test_a_change_is_announced_and_says_who_decided_it(world: World) -> None:
    announced = as_admins(world, S1, "set_policy", policy=RULES)
    row = a_change(world, announced["change"])
    assert (row["party"], row["kind"], row["content"]) == (S1, "set_policy", {"policy": RULES})
    assert row["by"] == sorted([key_of(S1), key_of(S1, 1)])
    assert (row["announced_on"], row["acts_on"]) == (world.today, announced["acts_on"])
    assert party(world, S1)["changes"] == [row["id"]]
    told = {"party": S1, "change": row["id"], "kind": "set_policy"}
    assert events(world, "change_announced") == [{**told, "acts_on": row["acts_on"]}]
    world.day(row["acts_on"])
    assert events(world, "change_acted") == [told]


def test_one_admin_takes_a_change_back(world: World) -> None:
    watch = StatusWatch()
    announced = as_admins(world, S1, "set_policy", policy=RULES)
    watch.check(world)
    world.send(S1, ("party", "withdraw_change", {"change": announced["change"]}), keys=[key_of(S1, 1)])
    watch.check(world)
    assert events(world, "change_ended")[0]["status"] == "withdrawn"
    assert party(world, S1)["changes"] == []
    assert not world.rows("party", "agenda")
    world.day(world.plus(9))
    assert party(world, S1)["policy"] == {"rules": []}
    assert watch.seen == {("change", "announced", "withdrawn")}


def test_a_party_with_one_admin_decides_alone_and_waits_all_the_same(world: World) -> None:
    as_admins(world, S1, "revoke_key", key=key_of(S1, 1))
    announced = world.call(S1, "party", "set_policy", policy=RULES)
    assert party(world, S1)["policy"] == {"rules": []}
    world.day(announced["acts_on"])
    assert party(world, S1)["policy"] == RULES


def test_two_admin_keys_of_one_person_are_one_admin(world: World) -> None:
    first, second = (add_key(world, S1, number, operator="ab" * 32) for number in (31, 32))
    for key in (key_of(S1), key_of(S1, 1)):
        world.send(S1, ("party", "revoke_key", {"key": key}), keys=[key, first])
    world.send(S1, ("party", "set_policy", {"policy": RULES}), keys=[second])


def test_an_admin_cannot_get_rid_of_the_need_for_a_second(world: World) -> None:
    """One of two: no key comes or goes by it alone but its own, and what it began as one of one waits 72 hours."""
    private = PrivateKey.from_seed(b"t" * 32)
    key = a_key(private.public.hex())
    acts: list[tuple[str, dict[str, Any]]] = [
        ("add_key", {"key": key, "proof": proof_of(S1, key, private)}),
        ("rotate_key", {"old": key_of(S1, 1), "new": key, "proof": proof_of(S1, key, private)}),
        ("revoke_key", {"key": key_of(S1, 1)}),
        ("set_policy", {"policy": {"rules": []}}),
        ("set_encryption_key", {"key": "ab" * 32}),
    ]
    for function, arguments in acts:
        for signers in ([key_of(S1)], [key_of(S1), add_key(world, S1, world.height, ["maker", "checker"])]):
            with pytest.raises(Refused, match="second_admin_needed"):
                world.send(S1, ("party", function, arguments), keys=signers)
    assert party(world, S1)["changes"] == []


def test_a_key_goes_by_itself_at_once_when_its_holder_says_so(world: World) -> None:
    """The holder of a stolen admin key ends it alone; the thief who does so gains nothing."""
    world.send(S1, ("party", "revoke_key", {"key": key_of(S1, 1)}), keys=[key_of(S1, 1)])
    assert world.row("party", "key", key_of(S1, 1))["status"] == "revoked"


def test_a_maker_goes_at_the_word_of_one_admin(world: World) -> None:
    maker = add_key(world, S1, 31, ["maker"])
    world.send(S1, ("party", "revoke_key", {"key": maker}), keys=[key_of(S1, 1)])
    assert world.row("party", "key", maker)["status"] == "revoked"


def test_a_change_that_no_longer_fits_ends_and_stops_nothing(world: World) -> None:
    """The guards run again on its day; other changes of that day act."""
    watch = StatusWatch()
    private = PrivateKey.from_seed(b"n" * 32)
    key = a_key(private.public.hex(), ["maker"])
    third = add_key(world, S1, 41, ["maker"])
    rotation = as_admins(world, S1, "rotate_key", old=third, new=key, proof=proof_of(S1, key, private))
    other = as_admins(world, ANCHOR, "set_policy", policy=RULES)
    as_admins(world, S1, "revoke_key", key=third)
    watch.check(world)
    world.day(rotation["acts_on"])
    watch.check(world)
    assert a_change(world, rotation["change"])["status"] == "lapsed"
    assert events(world, "change_ended")[-1]["status"] == "lapsed"
    assert party(world, S1)["keys"] == [key_of(S1), key_of(S1, 1)]
    assert party(world, S1)["changes"] == []
    assert a_change(world, other["change"])["status"] == "acted"
    assert [reason.split(":")[0] for _, reason in world.failed_items] == ["key_already_revoked"]


def test_a_change_of_a_party_that_is_suspended_by_then_lapses(world: World) -> None:
    announced = as_admins(world, S1, "set_policy", policy=RULES)
    world.overlay.put(row_key("party", "party", S1), {**party(world, S1), "status": "suspended"})
    world.checked = False
    world.day(announced["acts_on"])
    assert a_change(world, announced["change"])["status"] == "lapsed"


def test_a_key_that_was_revoked_is_free_for_who_can_sign_with_it(world: World) -> None:
    """security 7: a key stayed taken after it was revoked, which blocked an emergency rotation."""
    watch = StatusWatch()
    key = add_key(world, S1, 31, ["maker"])
    world.call(S1, "party", "revoke_key", key=key)
    watch.check(world)
    assert add_key(world, ANCHOR, 31, ["maker"]) == key
    watch.check(world)
    assert (world.row("party", "key", key)["party"], world.row("party", "key", key)["status"]) == (ANCHOR, "active")
    assert ("key", "revoked", "active") in watch.seen
    assert key not in party(world, S1)["keys"]


def test_an_encryption_key_is_named_and_taken_away(world: World) -> None:
    assert party(world, BANK1)["encryption_key"] == ""
    change(world, BANK1, "set_encryption_key", key="ab" * 32)
    assert party(world, BANK1)["encryption_key"] == "ab" * 32
    change(world, BANK1, "set_encryption_key", key="")
    assert party(world, BANK1)["encryption_key"] == ""
