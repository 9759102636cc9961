"""What the specification says of keys, recovery, coming and going (its sections 14.2 to 14.4), one test a rule."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.expected import both, door, refused, status
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK4,
    MEMBERS,
    S1,
    S2,
    S3,
    S4,
    World,
    a_key,
    accepted_bill,
    add_key,
    administrator_keys,
    as_admins,
    as_two,
    change,
    decide_by_vote,
    issue,
    key_of,
    member,
    offer,
    order,
    pay,
    private_key,
    proof_of,
    settle,
    uscc,
)  # fmt: skip

HOLIDAYS = [{"year": 2026, "holidays": [f"2026-03-{day:02d}" for day in range(7, 15)], "workdays": []}]
POLICY: dict[str, Any] = {"rules": [{"action": "any", "currency": "CNY", "above": 0}]}
NEW = a_key(private_key(7).public.hex())
PROOF = proof_of(S1, NEW, private_key(7))
ROTATED = {"old": key_of(S1, 1), "new": {**NEW, "capabilities": ["checker", "admin"]}}
SOLE = uscc(150)
"""A supplier whose only admin is one key."""


def sole_world(backend: str) -> World:
    keys = [a_key(key_of(SOLE)), a_key(key_of(SOLE, 1), ["checker"])]
    return World(backend, members=[*MEMBERS, member(SOLE, "supplier", keys=keys)])


def announced(number: int) -> tuple[str, dict[str, Any]]:
    rotated = {**ROTATED, "proof": proof_of(S1, ROTATED["new"], private_key(7))}
    return [
        ("set_policy", {"policy": POLICY}),
        ("add_key", {"key": NEW, "proof": PROOF}),
        ("rotate_key", rotated),
        ("set_encryption_key", {"key": "ab" * 32}),
        ("ask_paying_bank", {"bank": BANK2}),
    ][number]


# --- announced changes ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", range(5))
def test_a_change_needs_two_admins_and_acts_after_72_hours(world: World, number: int) -> None:
    """Monday 2026-03-02: it can be taken back until Thursday and acts on Friday."""
    function, arguments = announced(number)
    party = ANCHOR if function == "ask_paying_bank" else S1
    refused("second_admin_needed", world.call, party, "party", function, **arguments)
    before = world.row("party", "party", party)
    result = as_admins(world, party, function, **arguments)
    assert result["acts_on"] == "2026-03-06"
    world.day("2026-03-05")
    now = world.row("party", "party", party)
    assert {**now, "changes": []} == {**before, "changes": []}
    assert world.row("party", "change", result["change"])["status"] == "announced"
    world.day("2026-03-06")
    assert world.row("party", "change", result["change"])["status"] == "acted"
    assert world.row("party", "party", party) != before


@pytest.mark.parametrize(("today", "acts_on"), [("2026-03-06", "2026-03-17"), ("2026-03-16", "2026-03-20")])
def test_72_hours_of_a_change_over_holidays(backend: str, today: str, acts_on: str) -> None:
    world = World(backend, today, calendar=HOLIDAYS)
    assert as_admins(world, S1, "set_policy", policy=POLICY)["acts_on"] == acts_on


def test_72_hours_of_a_change_from_friday_to_tuesday(backend: str) -> None:
    world = World(backend, "2026-03-06")
    result = as_admins(world, S1, "set_policy", policy=POLICY)
    assert result["acts_on"] == "2026-03-10"
    world.day("2026-03-09")
    world.call(S1, "party", "withdraw_change", change=result["change"])
    world.day("2026-03-10")
    assert world.row("party", "party", S1)["policy"] == {"rules": []}


def test_any_admin_alone_takes_a_change_back(world: World) -> None:
    result = as_admins(world, S1, "add_key", key=NEW, proof=PROOF)
    refused("not_your_change", world.call, S2, "party", "withdraw_change", change=result["change"])
    refused("change_unknown", world.call, S1, "party", "withdraw_change", change="C-nothing")
    world.call(S1, "party", "withdraw_change", change=result["change"])
    refused("change_closed", world.call, S1, "party", "withdraw_change", change=result["change"])
    world.day(world.plus(10))
    assert world.row("party", "key", NEW["key"]) is None


def test_a_change_that_acted_is_not_taken_back(world: World) -> None:
    done = change(world, S1, "set_policy", policy=POLICY)
    refused("change_closed", world.call, S1, "party", "withdraw_change", change=done)


def test_a_party_with_one_admin_changes_alone_and_waits_too(backend: str) -> None:
    world = sole_world(backend)
    result = world.call(SOLE, "party", "set_policy", policy=POLICY)
    assert result["acts_on"] == "2026-03-06"


def test_two_keys_of_one_person_are_not_two_admins(backend: str) -> None:
    """AMENDMENTS 13: two keys of one operator are one person. With a third one, both must be of two people."""
    keys = [
        a_key(key_of(SOLE), operator="01" * 32),
        a_key(key_of(SOLE, 1), ["checker", "admin"], operator="01" * 32),
        a_key(key_of(SOLE, 2), ["admin"], operator="02" * 32),
    ]
    world = World(backend, members=[*MEMBERS, member(SOLE, "supplier", keys=keys)])
    refused("second_admin_needed", as_admins, world, SOLE, "set_policy", policy=POLICY)
    call = ("party", "set_policy", {"policy": POLICY})
    world.send(SOLE, call, keys=[key_of(SOLE), key_of(SOLE, 2)])


@pytest.mark.parametrize(
    ("key", "signed"),
    [
        (NEW, (S2, NEW)),
        (NEW, (S1, {**NEW, "capabilities": ["maker"]})),
        (NEW, (S1, {**NEW, "unit": "branch 2"})),
        (NEW, (S1, {**NEW, "operator": "01" * 32})),
    ],
)
def test_a_new_key_signs_for_itself_and_exactly_this(world: World, key: Any, signed: tuple[str, Any]) -> None:
    proof = proof_of(*signed, private_key(7))
    refused("possession_not_proved", as_admins, world, S1, "add_key", key=key, proof=proof)


def test_a_rotation_keeps_the_capabilities(world: World) -> None:
    arguments = {"old": key_of(S1, 1), "new": NEW, "proof": PROOF}
    refused("rotation_changes_capabilities", as_admins, world, S1, "rotate_key", **arguments)


def test_a_rotation_ends_the_old_key_when_it_acts(world: World) -> None:
    function, arguments = announced(2)
    change(world, S1, function, **arguments)
    assert world.row("party", "key", key_of(S1, 1))["status"] == "revoked"
    assert world.row("party", "key", NEW["key"])["status"] == "active"


# --- halt and revoke --------------------------------------------------------------------------------------------------
def test_one_admin_halts_at_once(world: World) -> None:
    _, token = accepted_bill(world)
    offered = offer(world, token, (S2, 1_000))
    world.call(S1, "party", "halt", reason="a key was stolen")
    for act in ("token.transfer", "bill.issue", "bill.accept", "finance.agree", "party.add_key", "party.set_policy"):
        refused("party_halted", door, world, S1, act)
    for act in ("token.recall", "token.reject", "party.revoke_key", "party.withdraw_change", "recovery.veto"):
        door(world, S1, act)
    world.call(S1, "token", "recall", token=offered["tokens"][0])
    assert status(world, S1) == "active"


def test_a_halted_party_takes_part_in_nothing_new(world: World) -> None:
    _, token = accepted_bill(world)
    world.call(S2, "party", "halt", reason="r")
    refused("party_halted", offer, world, token, (S2, 1_000))
    refused("party_halted", issue, world, by=ANCHOR, creditor=S2)


def test_nothing_stops_settlement_to_a_halted_payee_nor_by_a_halted_bank(world: World) -> None:
    bill, _ = accepted_bill(world)
    world.call(S1, "party", "halt", reason="r")
    world.call(BANK1, "party", "halt", reason="r")
    door(world, BANK1, "settlement.settle")
    settle(world, bill, 100_000_000)
    assert world.bill(bill)["status"] == "settled"


def test_who_lifts_a_halt(world: World) -> None:
    refused("not_halted", as_admins, world, S1, "lift_halt", party=S1)
    world.call(S1, "party", "halt", reason="r")
    refused("second_admin_needed", world.call, S1, "party", "lift_halt", party=S1)
    refused("not_the_sponsor", both, world, BANK2, "party.lift_halt", party=S1)
    refused("maker_and_checker_needed", world.call, BANK1, "party", "lift_halt", party=S1)
    both(world, BANK1, "party.lift_halt", party=S1)
    door(world, S1, "token.transfer")
    refused("second_admin_needed", world.call, S1, "party", "halt", reason="others lifted the first")
    as_admins(world, S1, "halt", reason="r")
    as_admins(world, S1, "lift_halt", party=S1)
    door(world, S1, "token.transfer")


def test_who_was_lifted_halts_no_more_with_another_key_of_the_same_person(world: World) -> None:
    one, other = [add_key(world, S1, number, ["admin"], operator="0a" * 32) for number in (5, 6)]
    halt = ("party", "halt", {"reason": "r"})
    world.send(S1, halt, keys=[one])
    both(world, BANK1, "party.lift_halt", party=S1)
    refused("second_admin_needed", world.send, S1, halt, keys=[other])
    refused("second_admin_needed", world.send, S1, halt, keys=[one, other])
    world.call(S1, "party", "halt", reason="somebody else")


def test_who_revokes_which_key(world: World) -> None:
    maker = add_key(world, S1, 5, ["maker"])
    third = add_key(world, S1, 6, ["admin"])
    refused("key_unknown", world.call, S1, "party", "revoke_key", key=key_of(S2))
    world.call(S1, "party", "revoke_key", key=maker)
    refused("key_already_revoked", world.call, S1, "party", "revoke_key", key=maker)
    refused("second_admin_needed", world.call, S1, "party", "revoke_key", key=third)
    as_admins(world, S1, "revoke_key", key=third)
    world.call(S1, "party", "revoke_key", key=key_of(S1))  # its own
    refused("last_admin_key", _revoke_last, world)
    assert world.row("party", "party", S1)["keys"] == [key_of(S1, 1)]


def _revoke_last(world: World) -> None:
    key = key_of(S1, 1)
    world.send(S1, ("party", "revoke_key", {"key": key}), keys=[key])


# --- recovery ---------------------------------------------------------------------------------------------------------
def recover(world: World, party: str = S1, by: str = BANK1, **fields: Any) -> dict[str, Any]:
    arguments = {"party": party, "new_keys": administrator_keys(party, 701, 702), "document": "5a" * 32, **fields}
    return dict(both(world, by, "recovery.recover", **arguments))


def by_vote(world: World, party: str = S1, *numbers: int) -> None:
    keys = administrator_keys(party, *(numbers or (801,)))
    decide_by_vote(world, "party_recover", party=party, new_keys=keys, document="5a" * 32)


def active_keys(world: World, party: str) -> list[str]:
    return list(world.row("party", "party", party)["keys"])


def test_a_recovery_acts_after_72_hours(world: World) -> None:
    """Monday: vetoed until Thursday, acts on Friday; then old keys, changes and the encryption key are gone."""
    change(world, S1, "set_encryption_key", key="ab" * 32)
    world.day("2026-03-09")
    result = recover(world)
    assert result["acts_on"] == "2026-03-13"
    world.day("2026-03-10")
    waiting = as_admins(world, S1, "add_key", key=NEW, proof=PROOF)["change"]
    account = {"currency": "CNY", "bank": BANK2, "alg": "sha256", "digest_hex": "ee" * 32}
    both(world, S1, "account.announce", **account)
    world.day("2026-03-12")
    assert active_keys(world, S1) == [key_of(S1), key_of(S1, 1)]
    world.day("2026-03-13")
    row = world.row("party", "party", S1)
    assert sorted(row["keys"]) == sorted(private_key(number).public.hex() for number in (701, 702))
    assert (row["encryption_key"], row["changes"]) == ("", [])
    assert world.row("party", "change", waiting)["status"] == "lapsed"
    assert NEW["key"] not in row["keys"]
    assert world.row("party", "key", key_of(S1))["status"] == "revoked"
    assert world.row("account", "account", [S1, "CNY"])["next"] is None
    assert world.row("recovery", "recovery", result["recovery"])["status"] == "acted"


def test_who_recovers_and_how(world: World) -> None:
    refused("not_the_sponsor", recover, world, by=BANK2)
    arguments = {"party": S1, "new_keys": administrator_keys(S1, 701), "document": "5a" * 32}
    refused("maker_and_checker_needed", world.call, BANK1, "recovery", "recover", **arguments)
    refused("possession_not_proved", recover, world, new_keys=administrator_keys(S2, 701))
    refused("document_not_valid", recover, world, document="")
    refused("no_key", recover, world, new_keys=[])
    maker = a_key(private_key(701).public.hex(), ["maker"])
    only_maker = [{"key": maker, "proof": proof_of(S1, maker, private_key(701))}]
    refused("no_admin_key", recover, world, new_keys=only_maker)
    refused("not_the_sponsor", recover, world, party=BANK2)
    recover(world)
    refused("recovery_under_way", recover, world)


def test_any_admin_key_vetoes_and_then_only_a_vote_recovers(world: World) -> None:
    entered = recover(world)["recovery"]
    refused("not_your_recovery", world.call, S2, "recovery", "veto", recovery=entered)
    world.day("2026-03-05")
    door(world, S1, "recovery.veto", recovery=entered)
    world.call(S1, "recovery", "veto", recovery=entered)
    refused("recovery_closed", world.call, S1, "recovery", "veto", recovery=entered)
    world.day("2026-03-06")
    assert active_keys(world, S1) == [key_of(S1), key_of(S1, 1)]
    refused("recovery_vetoed", recover, world)
    by_vote(world)
    [voted] = [row for _, row in world.rows("recovery", "recovery") if row["announced_by"] == ""]
    refused("vote_has_no_veto", world.call, S1, "recovery", "veto", recovery=voted["id"])
    world.day(voted["acts_on"])
    assert active_keys(world, S1) == [private_key(801).public.hex()]


def test_a_veto_holds_also_under_a_halt_and_a_suspension(world: World) -> None:
    entered = recover(world)["recovery"]
    world.call(S1, "party", "halt", reason="r")
    order(world, S1, "suspended")
    door(world, S1, "recovery.veto", recovery=entered)
    world.call(S1, "recovery", "veto", recovery=entered)
    assert world.row("recovery", "recovery", entered)["status"] == "vetoed"


def test_no_other_key_vetoes(world: World) -> None:
    maker = add_key(world, S1, 5, ["maker"])
    entered = recover(world)["recovery"]

    def by_maker() -> None:
        world.send(S1, ("recovery", "veto", {"recovery": entered}), keys=[maker])

    refused("capability_missing", by_maker)


def test_the_sponsor_takes_its_recovery_back_and_no_veto_follows(world: World) -> None:
    entered = recover(world)["recovery"]
    refused("not_your_recovery", world.call, BANK2, "recovery", "withdraw", recovery=entered)
    world.call(BANK1, "recovery", "withdraw", recovery=entered)
    world.day(world.plus(10))
    assert active_keys(world, S1) == [key_of(S1), key_of(S1, 1)]
    recover(world)


def test_a_bank_is_recovered_by_vote_and_waits_72_hours(world: World) -> None:
    by_vote(world, BANK4)
    assert key_of(BANK4) in active_keys(world, BANK4)
    world.day("2026-03-06")
    assert active_keys(world, BANK4) == [private_key(801).public.hex()]


def test_a_thief_takes_nothing_while_a_recovery_waits(world: World) -> None:
    """What a key that is about to end adds does not survive the recovery."""
    recover(world)
    as_admins(world, S1, "add_key", key=NEW, proof=PROOF)
    world.day("2026-03-20")
    assert NEW["key"] not in active_keys(world, S1)
    row = world.row("party", "key", NEW["key"])
    assert row is None or row["status"] == "revoked"


# --- coming and going -------------------------------------------------------------------------------------------------
def leave(world: World, party: str, by: str = "") -> Any:
    """An admin of the party alone, or maker and checker of its sponsor."""
    if by:
        return both(world, by, "standing.leave", party=party)
    return as_two(world, party, "standing", "leave", party=party)


def close(world: World, party: str, by: str = BANK1) -> Any:
    return both(world, by, "standing.close", party=party)


def test_a_party_leaves_and_is_closed_and_its_keys_end(world: World) -> None:
    refused("party_transition", close, world, S3)
    assert leave(world, S3)["party_status"] == "leaving"
    assert world.row("party", "party", S3)["leaving_since"] == world.today
    refused("party_transition", leave, world, S3)
    refused("not_the_sponsor", close, world, S3, by=BANK2)
    refused("leaving_under_way", close, world, S3)
    world.day(world.plus(4))
    assert close(world, S3)["party_status"] == "closed"
    assert world.row("party", "key", key_of(S3))["status"] == "revoked"
    refused("party_not_active", door, world, S3, "token.reject")
    refused("party_not_active", offer, world, accepted_bill(world)[1], (S3, 1))


def test_its_sponsor_lets_a_party_leave_and_no_other_bank(world: World) -> None:
    refused("not_the_sponsor", leave, world, S3, by=BANK2)
    refused("maker_and_checker_needed", world.call, BANK1, "standing", "leave", party=S3)
    leave(world, S3, by=BANK1)
    assert status(world, S3) == "leaving"


def test_a_leaving_party_takes_on_nothing_new_and_ends_what_it_has(world: World) -> None:
    _, token = accepted_bill(world)
    pending = issue(world)
    world.call(ANCHOR, "bill", "confirm", bill=pending)
    leave(world, S1)
    refused("party_not_active", issue, world)
    refused("party_not_active", issue, world, by=ANCHOR)
    _, other = accepted_bill(world, creditor=S2, by=S2)
    refused("party_not_active", offer, world, other, (S1, 1_000))
    taken, _ = pay(world, token, S2, 1_000)
    world.call(S2, "token", "give_back", token=taken)
    assert world.token(world.call(S1, "token", "accept", token=taken)["token"])["holder"] == S1


def test_nobody_closes_a_party_to_whom_something_is_owed(world: World) -> None:
    bill, token = accepted_bill(world)
    leave(world, S1)
    leave(world, ANCHOR)
    world.day(world.plus(4))
    refused("open_items", close, world, S1)
    refused("open_items", close, world, ANCHOR)
    items = world.view("standing", "open_items", party=S1)
    assert [(one["currency"], one["role"], one["count"], one["sum"]) for one in items["holdings"]] == [
        ("CNY", "holder", 1, 100_000_000)
    ]
    settle(world, bill, 100_000_000)
    refused("open_items", close, world, S1)
    for number, state in enumerate(("returned", "instructed", "paid")):
        result = {"bill": bill, "token": token, "status": state, "reference": f"P-{number}"}
        [(_, payment)] = world.rows("settlement", "payment", (bill,))
        world.call(BANK1, "settlement", "pay_result", **{**result, "token": payment["token"]})
        if state != "paid":
            refused("open_items", close, world, S1)
    assert close(world, S1)["party_status"] == "closed"
    assert close(world, ANCHOR)["party_status"] == "closed"


def test_a_bank_is_closed_by_vote_and_not_while_it_has_duties(world: World) -> None:
    leave(world, BANK1)
    with pytest.raises(Exception, match="open_items"):
        decide_by_vote(world, "party_close", party=BANK1)
    items = world.view("standing", "open_items", party=BANK1)
    assert items["sponsored"] > 0
    refused("not_the_sponsor", close, world, BANK1, by=BANK2)
    assert status(world, BANK1) == "leaving"


def test_a_suspended_party_does_not_leave_while_something_is_open(world: World) -> None:
    accepted_bill(world)
    order(world, S1, "suspended")
    refused("open_items", leave, world, S1, by=BANK1)
    order(world, S2, "suspended")
    leave(world, S2, by=BANK1)
    assert status(world, S2) == "leaving"


def test_a_leaving_party_is_suspended_and_leaves_on(world: World) -> None:
    leave(world, S1)
    order(world, S1, "suspended")
    assert status(world, S1) == "suspended"
    world.day("2026-03-17")
    assert status(world, S1) == "leaving"


def test_closed_is_the_end(world: World) -> None:
    leave(world, S4)
    world.day(world.plus(4))
    close(world, S4)
    refused("party_transition", order, world, S4, "suspended")
    refused("party_transition", order, world, S4, "active")
    refused("party_transition", leave, world, S4, by=BANK1)
    refused("party_not_active", recover, world, party=S4)


def test_its_sponsor_attests_a_size(world: World) -> None:
    attest = {"party": S1, "document": "5a" * 32}
    for size in ("small", "large", "public", ""):
        world.call(BANK1, "party", "attest_size", size=size, **attest)
        assert world.row("party", "party", S1)["size"] == size
    refused("size_unknown", world.call, BANK1, "party", "attest_size", size="micro", **attest)
    refused("not_the_sponsor", world.call, BANK2, "party", "attest_size", size="small", **attest)
    refused("document_not_valid", world.call, BANK1, "party", "attest_size", party=S1, size="small", document="")
