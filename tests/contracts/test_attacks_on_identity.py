"""Attacks on identity and money, by whoever holds a key: what each tries, and what is left of it."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.invariants import StatusWatch
from contracts.refusals_party import APPLICANT, NEWCOMER, OTHER, application, recover, register
from contracts.test_party_flow import account, party
from contracts.test_party_recovery import NEW, NEW_KEY, a_recovery, claimed, under_way
from contracts.world import (
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    DIGEST,
    PAPERS,
    S1,
    S2,
    World,
    a_key,
    accepted_bill,
    an_account,
    as_admins,
    as_two,
    change,
    decide_by_vote,
    issue,
    key_of,
    order,
    proof_of,
    ratify,
    seat,
    settle,
    two_people,
)

from chainbill.errors import Refused

OTHER_DIGEST = "cd" * 32


def leave(world: World, who: str, by: str = BANK1) -> None:
    as_two(world, by, "standing", "leave", party=who)


def close(world: World, who: str, by: str = BANK1) -> None:
    as_two(world, by, "standing", "close", party=who)


# --- a false sponsor and a stranger's name ----------------------------------------------------------------------------
def test_a_stranger_s_own_id_taken_as_a_further_identifier_is_freed_by_vote(world: World) -> None:
    """attack: a sponsor gives a newcomer's credit code to its client, so that the newcomer never comes in."""
    two_people(world, BANK1, "add_identifier", party=S2, scheme="uscc", value=NEWCOMER)
    with pytest.raises(Refused, match="identifier_taken"):
        register(world, application(sponsor=BANK2), by=BANK2)
    decide_by_vote(world, "identifier", scheme="uscc", value=NEWCOMER, party=NEWCOMER)
    assert {"scheme": "uscc", "value": NEWCOMER} not in party(world, S2)["identifiers"]
    with pytest.raises(Refused, match="identifier_taken"):
        two_people(world, BANK1, "add_identifier", party=S2, scheme="uscc", value=NEWCOMER)
    register(world, application(sponsor=BANK2), by=BANK2)
    assert party(world, NEWCOMER)["identifiers"] == [{"scheme": "uscc", "value": NEWCOMER}]


def test_a_clerk_of_a_bank_alone_brings_nobody_in(world: World) -> None:
    """attack: one stolen maker key of a bank registers strangers under a company's own credit code."""
    for number in (0, 1):
        with pytest.raises(Refused, match="maker_and_checker_needed"):
            world.send(BANK1, ("party", "register", {"applications": [application()]}), keys=[key_of(BANK1, number)])
    assert world.row("party", "party", NEWCOMER) is None
    register(world, application())


def test_a_false_sponsor_cannot_burn_a_stranger_s_id_by_closing_it(world: World) -> None:
    """attack: it registers others under a company's credit code, lets them leave and closes them: id gone for good."""
    watch = StatusWatch()
    register(world, application())
    leave(world, NEWCOMER)
    world.day(world.plus(9))
    watch.check(world)
    close(world, NEWCOMER)
    watch.check(world)
    counted = world.row("party", "sponsored", BANK1)["count"]
    decide_by_vote(world, "party_claim", claimed())
    world.day(under_way(world, NEWCOMER)["acts_on"])
    watch.check(world)
    row = party(world, NEWCOMER)
    assert (row["status"], row["sponsor"], row["keys"]) == ("active", BANK2, [OTHER.public.hex()])
    assert row["leaving_since"] == ""
    assert world.row("party", "sponsored", BANK1)["count"] == counted
    assert world.row("party", "sponsored", BANK2)["count"] == 1
    order(world, NEWCOMER, "suspended", by=BANK2)
    as_two(world, BANK2, "standing", "set_status", party=NEWCOMER, status="active", reason="", **PAPERS["active"])
    assert party(world, NEWCOMER)["status"] == "active"


def test_a_sponsor_gives_nothing_to_a_customer_that_is_closed(world: World) -> None:
    """attack: it keeps identifiers of strangers under a closed customer, which lets go of none any more."""
    leave(world, S2)
    world.day("2026-03-09")
    close(world, S2)
    with pytest.raises(Refused, match="party_not_active"):
        as_two(world, BANK1, "party", "add_identifier", party=S2, scheme="gln", value="1234567890123")
    with pytest.raises(Refused, match="party_not_active"):
        as_two(world, BANK1, "party", "rename", party=S2, name_zh="甲", name_en="A")
    with pytest.raises(Refused, match="party_not_active"):
        world.call(BANK1, "party", "attest_size", party=S2, size="small", document="5a" * 32)


def test_a_sponsor_does_not_close_at_once_whom_it_lets_leave(world: World) -> None:
    """attack: leave and close in one transaction end a party that nobody of it has heard of."""
    calls = [("standing", name, {"party": S1}) for name in ("leave", "close")]
    with pytest.raises(Refused, match="leaving_under_way"):
        world.send(BANK1, *calls, keys=[key_of(BANK1), key_of(BANK1, 1)])
    leave(world, S1)
    for _ in range(3):
        with pytest.raises(Refused, match="leaving_under_way"):
            close(world, S1)
        world.day(world.plus(1))
    world.day(world.plus(1))
    close(world, S1)


def test_a_party_that_its_sponsor_lets_leave_stays(world: World) -> None:
    """attack: a sponsor stops a party's business for good without a second bank, by letting it leave."""
    leave(world, S1)
    with pytest.raises(Refused, match="party_not_active"):
        issue(world)
    world.send(S1, ("standing", "stay", {}), keys=[key_of(S1, 1)])
    assert (party(world, S1)["status"], party(world, S1)["leaving_since"]) == ("active", "")
    issue(world)
    with pytest.raises(Refused, match="party_stays"):
        leave(world, S1)
    as_two(world, S1, "standing", "leave", party=S1)
    order(world, S1, "active")
    leave(world, S1)


def test_a_sponsor_cannot_lift_by_leaving_what_needed_two_banks(world: World) -> None:
    """attack: a sponsor lets an insolvent or suspended party leave and take it back, and so lifts the order alone."""
    ratify(world, order(world, S1, "insolvent"))
    leave(world, S1)
    with pytest.raises(Refused, match="left_while_stopped"):
        order(world, S1, "active")
    with pytest.raises(Refused, match="left_while_stopped"):
        world.call(S1, "standing", "stay")
    decide_by_vote(world, "party_status", party=S1, status="active", reason="", **PAPERS["active"])
    assert party(world, S1)["status"] == "active"


def test_a_false_sponsor_cannot_stop_a_claim_by_calling_the_party_insolvent(world: World) -> None:
    """attack: an insolvency that no second bank ratified made what the validators had decided lapse."""
    register(world, application())
    decide_by_vote(world, "party_claim", claimed())
    claim = under_way(world, NEWCOMER)
    world.day(world.plus(2))
    order(world, NEWCOMER, "insolvent")
    world.day(claim["acts_on"])
    assert a_recovery(world, claim["id"])["status"] == "acted"
    assert party(world, NEWCOMER)["sponsor"] == BANK2


def test_a_sponsor_cannot_stop_a_recovery_by_vote_by_calling_the_party_insolvent(world: World) -> None:
    """attack: the same against keys that a vote recovers."""
    decide_by_vote(world, "party_recover", party=S1, new_keys=[NEW], document=DIGEST)
    voted = under_way(world, S1)
    world.day(world.plus(2))
    order(world, S1, "insolvent")
    world.day(voted["acts_on"])
    assert party(world, S1)["keys"] == [NEW_KEY]


def test_a_claim_that_could_never_act_is_refused_before_the_vote(world: World) -> None:
    """attack: a claim whose name, account or identifier does not stand passes the vote and lapses on its day."""
    register(world, application())
    for wrong in (
        {"name_zh": "", "name_en": ""}, {"name_zh": 7}, {"accounts": [an_account("CNY", S2)]},
        {"accounts": [an_account("CNY", BANK2)] * 2},
        {"identifiers": [{"scheme": "vat", "value": "1"}]},
        {"identifiers": [{"scheme": "vat", "value": f"CN{number}00"} for number in range(20)]},
    ):  # fmt: skip
        with pytest.raises(Refused):
            world.call(BANK1, "governance", "propose", kind="party_claim", content=claimed(**wrong))


# --- money ------------------------------------------------------------------------------------------------------------
def announce_account(world: World, who: str, currency: str, bank: str) -> dict[str, Any]:
    arguments = {"currency": currency, "bank": bank, "alg": "sha256", "digest_hex": OTHER_DIGEST}
    return dict(as_two(world, who, "account", "announce", **arguments))


def attest(world: World, who: str, currency: str, bank: str) -> None:
    arguments = {"party": who, "currency": currency, "alg": "sha256", "digest_hex": OTHER_DIGEST}
    world.call(bank, "account", "attest", **arguments)


@pytest.mark.parametrize("veto", [False, True])
def test_a_voted_recovery_keeps_the_account_whatever_was_vetoed_before(world: World, veto: bool) -> None:
    """attack: who stole the keys vetoes the sponsor's recovery and names an account, which acts after two business
    days; the recovery that is voted takes three days."""
    if veto:
        world.call(S1, "recovery", "veto", recovery=recover(world, NEW)["recovery"])
    decide_by_vote(world, "party_recover", party=S1, new_keys=[NEW], document=DIGEST)
    announced = announce_account(world, S1, "CNY", BANK3)
    attest(world, S1, "CNY", BANK3)
    acts_on = under_way(world, S1)["acts_on"]
    assert announced["from"] < acts_on
    world.day(announced["from"])
    assert (account(world, S1)["digest"], account(world, S1)["next"]) == (DIGEST, None)
    world.day(acts_on)
    assert party(world, S1)["keys"] == [NEW_KEY]
    assert account(world, S1)["digest"] == DIGEST


def test_a_halt_ends_a_change_of_account_that_two_clerks_announced(world: World) -> None:
    """attack: two stolen clerk keys and a careless bank move the account; the halt came in time and stopped nothing."""
    bill, _ = accepted_bill(world, face=100)
    announced = announce_account(world, S1, "CNY", BANK3)
    attest(world, S1, "CNY", BANK3)
    world.send(S1, ("party", "halt", {"reason": "keys stolen"}), keys=[key_of(S1, 1)])
    world.day(announced["from"])
    assert account(world, S1)["digest"] == DIGEST
    settle(world, bill, 100)
    [(_, payment)] = world.rows("settlement", "payment")
    assert payment["account"] == DIGEST


def test_a_first_account_that_waits_ends_with_a_halt_and_with_the_keys(world: World) -> None:
    """attack: a clerk opens a first account in another currency, whose bank attests it once the clerk is stopped."""
    for stop in ("halt", "recovery"):
        arguments = {"currency": "USD", "bank": BANK3, "alg": "sha256", "digest_hex": OTHER_DIGEST}
        world.call(S1, "account", "announce", **arguments)
        if stop == "halt":
            world.call(S1, "party", "halt", reason="")
            as_admins(world, S1, "lift_halt", party=S1)
        else:
            world.day(recover(world, NEW)["acts_on"])
        with pytest.raises(Refused, match="nothing_to_attest"):
            attest(world, S1, "USD", BANK3)


@pytest.mark.parametrize("stop", ["recovery", "suspended", "halt"])
def test_no_first_account_begins_to_act_while_the_party_is_stopped_or_is_to_get_new_keys(
    world: World, stop: str
) -> None:
    """attack: whoever stole the keys opens an account in another currency while the recovery waits; it stayed."""
    if stop == "recovery":
        acts_on = recover(world, NEW)["acts_on"]
    announce_account(world, S1, "USD", BANK3)
    if stop == "suspended":
        order(world, S1, "suspended")
    elif stop == "halt":
        world.send(S1, ("party", "halt", {"reason": ""}), keys=[key_of(S1, 1)])
    with pytest.raises(Refused, match="nothing_to_attest" if stop == "halt" else "account_cannot_begin"):
        attest(world, S1, "USD", BANK3)
    if stop == "recovery":
        world.day(acts_on)
        assert account(world, S1, "USD")["status"] == "ended"


# --- two banks --------------------------------------------------------------------------------------------------------
def test_two_banks_that_lift_an_insolvency_lift_nothing_that_a_vote_decided(world: World) -> None:
    """attack: sponsor and a second bank lift an insolvency, and with it the suspension that the validators voted."""
    decide_by_vote(world, "party_status", party=S1, status="suspended", reason="fraud", **PAPERS["suspended"])
    ratify(world, order(world, S1, "insolvent"))
    ratify(world, order(world, S1, "active"))
    assert party(world, S1)["status"] == "suspended"


def test_an_order_on_a_party_that_was_closed_meanwhile_ends_quietly(world: World) -> None:
    """attack: an order that waits for its second bank outlives its party, and its day fails."""
    order(world, S1, "suspended")
    decide_by_vote(world, "party_status", party=S1, status="active", reason="", **PAPERS["active"])
    leave(world, S1)
    world.day(world.plus(7))
    entered = order(world, S1, "suspended")
    assert entered["party_status"] == "leaving"
    close(world, S1)
    with pytest.raises(Refused):
        ratify(world, entered)
    world.day(world.plus(20))
    assert world.failed_items == []
    assert party(world, S1)["status"] == "closed"


# --- one seat ---------------------------------------------------------------------------------------------------------
def test_a_seat_cannot_keep_a_bank_from_being_closed_by_naming_it(world: World) -> None:
    """attack: a candidate for a seat of the leaving bank, proposed again and again, is open business of that bank."""
    as_two(world, BANK4, "standing", "leave", party=BANK4)
    decide_by_vote(world, "validator_remove", key=f"{14:064x}")
    content = seat(name="x", party=BANK4, address="")
    proposal = world.call(BANK1, "governance", "propose", kind="validator_add", content=content)["proposal"]
    decide_by_vote(world, "party_close", party=BANK4)
    assert party(world, BANK4)["status"] == "closed"
    for bank in (BANK1, BANK2):
        world.call(bank, "governance", "vote", proposal=proposal, choice="yes")
    with pytest.raises(Refused, match="party_not_active"):
        world.call(BANK3, "governance", "vote", proposal=proposal, choice="yes")


# --- what held: signed statements handed in again -----------------------------------------------------------------
def test_an_old_proof_of_possession_serves_one_party_only(world: World) -> None:
    """attack: the published proof of a revoked key is handed in by another party, which does not hold the key."""
    key = a_key(APPLICANT.public.hex())
    proof = proof_of(S1, key, APPLICANT)
    change(world, S1, "add_key", key=key, proof=proof)
    as_admins(world, S1, "revoke_key", key=key["key"])
    with pytest.raises(Refused, match="possession_not_proved"):
        as_admins(world, S2, "add_key", key=key, proof=proof)
    with pytest.raises(Refused, match="possession_not_proved"):
        recover(world, {"key": key, "proof": proof}, party=S2)
    with pytest.raises(Refused, match="possession_not_proved"):
        as_admins(world, S1, "add_key", key={**key, "operator": "ab" * 32}, proof=proof)


def test_an_application_is_no_proof_of_a_key_and_is_used_once(world: World) -> None:
    """attack: an application that is on the ledger is handed in again, or its signature as that of a key."""
    signed = application()
    register(world, signed)
    with pytest.raises(Refused, match="party_exists"):
        register(world, signed)
    proof = signed["signatures"][0]["signature"]
    with pytest.raises(Refused, match="possession_not_proved"):
        recover(world, {"key": signed["statement"]["keys"][0], "proof": proof}, party=NEWCOMER)
