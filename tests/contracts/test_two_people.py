"""What needs two people, and which two: a maker and a checker, two admins; two of one kind are none of the other."""

from __future__ import annotations

import pytest
from contracts.invariants_keys import check_keys
from contracts.world import (
    BANK1,
    BANK2,
    BANK3,
    PAPERS,
    S1,
    World,
    add_key,
    as_admins,
    decide_by_vote,
    key_of,
    private_key,
    seat,
)  # fmt: skip

from chainbill.errors import Refused


@pytest.mark.parametrize(("kinds", "enough"), [
    ("maker maker", False), ("checker checker", False), ("maker admin", False), ("admin checker", False),
    ("maker checker", True), ("checker maker", True),
])  # fmt: skip
def test_two_people_are_a_maker_and_a_checker(world: World, kinds: str, enough: bool) -> None:
    """An act that asks for nothing else: a sponsor suspends its customer."""
    keys = [add_key(world, BANK1, 41 + number, [kind]) for number, kind in enumerate(kinds.split())]
    act = ("standing", "set_status", {"party": S1, "status": "suspended", "reason": "", **PAPERS["suspended"]})
    if enough:
        assert world.send(BANK1, act, keys=keys)[0]["party_status"] == "suspended"
    else:
        with pytest.raises(Refused, match="maker_and_checker_needed"):
            world.send(BANK1, act, keys=keys)


@pytest.mark.parametrize("kind", ["maker", "checker"])
def test_where_one_admin_decides_alone_no_clerk_does(world: World, kind: str) -> None:
    clerk = add_key(world, S1, 41, [kind])
    world.send(S1, ("party", "revoke_key", {"key": key_of(S1, 1)}), keys=[key_of(S1, 1)])
    act = ("party", "set_policy", {"policy": {"rules": []}})
    with pytest.raises(Refused, match="capability_missing"):
        world.send(S1, act, keys=[clerk])
    world.send(S1, act, keys=[key_of(S1)])


# --- seats ------------------------------------------------------------------------------------------------------------
def test_the_candidates_of_one_party_leave_room_for_those_of_others(world: World) -> None:
    """attack: one bank proposes three candidates, and nobody else may propose one."""
    for number in (21, 22, 23):
        world.call(BANK2, "governance", "propose", kind="validator_add", content=seat(private_key(number), party=BANK2))
    with pytest.raises(Refused, match="too_many_candidates"):
        world.call(BANK2, "governance", "propose", kind="validator_add", content=seat(private_key(24), party=BANK2))
    world.call(BANK3, "governance", "propose", kind="validator_add", content=seat(private_key(24)))
    check_keys(world)


def test_a_seat_of_who_is_closed_by_then_is_not_decided(world: World) -> None:
    observer = seat(party=S1)
    proposal = world.call(BANK1, "governance", "propose", kind="observer_add", content=observer)["proposal"]
    for bank in (BANK1, BANK2):
        world.call(bank, "governance", "vote", proposal=proposal, choice="yes")
    as_admins(world, S1, "halt", reason="")
    decide_by_vote(world, "party_status", party=S1, status="suspended", reason="", **PAPERS["suspended"])
    decide_by_vote(world, "party_close", party=S1)
    with pytest.raises(Refused, match="party_not_active"):
        world.call(BANK3, "governance", "vote", proposal=proposal, choice="yes")


def test_a_validator_is_not_voted_in_twice(world: World) -> None:
    decide_by_vote(world, "observer_add", seat())
    world.recent = (*world.recent, seat()["key"])
    first = world.call(BANK1, "governance", "propose", kind="validator_add", content=seat())["proposal"]
    second = world.call(BANK2, "governance", "propose", kind="validator_add", content=seat())["proposal"]
    for bank in (BANK1, BANK2, BANK3):
        world.call(bank, "governance", "vote", proposal=first, choice="yes")
    for bank in (BANK1, BANK2):
        world.call(bank, "governance", "vote", proposal=second, choice="yes")
    with pytest.raises(Refused, match="validator_unknown"):
        world.call(BANK3, "governance", "vote", proposal=second, choice="yes")


@pytest.mark.parametrize("kind", ["rules", "protocol"])
def test_what_was_decided_about_rules_waits_no_more_among_what_is_proposed(world: World, kind: str) -> None:
    height = world.height + 50
    content = {"active_height": height, "changes": {}, "currencies": {"XTS": 2}, "python": []}
    if kind == "protocol":
        content = {"active_height": height, "version": 2, "digest": "2" * 64}
    decide_by_vote(world, kind, content)
    assert world.rows("governance", "rule_change" if kind == "rules" else "protocol_change") == []
    check_keys(world)
