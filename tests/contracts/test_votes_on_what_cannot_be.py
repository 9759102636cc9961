"""A vote on something impossible is refused when proposed; what became impossible since, with the deciding vote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from contracts.invariants_keys import check_keys
from contracts.refusals_party import NEWCOMER, OTHER, application, register
from contracts.test_attacks_on_standing import COURT
from contracts.test_party_flow import party
from contracts.test_party_recovery import claimed, under_way
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
    add_key,
    administrator_keys,
    an_account,
    as_two,
    decide_by_vote,
    member,
    order,
    ratify,
    seat,
    signed_application,
    uscc,
)  # fmt: skip

from chainbill.errors import Refused

ALONE = uscc(205)
Act = Callable[[World], object]


def by_vote(world: World, who: str, status: str) -> None:
    decide_by_vote(world, "party_status", party=who, status=status, reason="", **PAPERS[status])


def insolvent(world: World, who: str = S1) -> None:
    ratify(world, order(world, who, "insolvent"))


def status(who: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"party": who, "status": kind, "reason": "", **PAPERS["active"], **fields}


def an_administrator(**fields: Any) -> dict[str, Any]:
    return {"party": S1, "keys": administrator_keys(S1, 905), **COURT, **fields}


UNPROVED = [{**administrator_keys(S1, 905)[0], "proof": administrator_keys(S1, 906)[0]["proof"]}]
RECOVERY = {"party": S1, "new_keys": administrator_keys(S1, 905), "document": ""}
IDENTIFIER = {"scheme": "local", "value": "X100", "party": "nobody"}
SUCCESSOR = {"bank": BANK4, "successor": BANK3}


def newcomer_is_insolvent(world: World) -> None:
    register(world, application())
    insolvent(world, NEWCOMER)


IMPOSSIBLE: dict[str, tuple[str, str, dict[str, Any], Act]] = {
    "a status that there is none of": ("status_unknown", "party_status", status(S1, "closed"), lambda world: None),
    "a status without papers": (
        "documents_needed", "party_status", status(S1, "suspended", documents=[]), lambda world: None,
    ),
    "an insolvency without a court": (
        "court_not_named", "party_status",
        status(S1, "insolvent", documents=PAPERS["insolvent"]["documents"]), lambda world: None,
    ),
    "to lift what does not stand": ("party_transition", "party_status", status(S1, "active"), lambda world: None),
    "an administrator without a court": (
        "court_not_named", "party_administrator", an_administrator(authority=""), insolvent,
    ),
    "an administrator without his key's signature": (
        "possession_not_proved", "party_administrator", an_administrator(keys=UNPROVED), insolvent,
    ),
    "a recovery without a paper": ("document_not_valid", "party_recover", RECOVERY, lambda world: None),
    "a claim on an insolvent party": ("party_not_active", "party_claim", claimed(), newcomer_is_insolvent),
    "a claim that its keys did not sign": (
        "possession_not_proved", "party_claim", {**claimed(), "signatures": application()["signatures"]},
        lambda world: register(world, application()),
    ),
    "an identifier for an id that can be none": ("identity_not_valid", "identifier", IDENTIFIER, lambda world: None),
    "rules of a height that is over": (
        "height_not_in_future", "rules", {"changes": {}, "currencies": {}, "python": [], "active_height": 1},
        lambda world: None,
    ),
    "a protocol of a height that is over": (
        "height_not_in_future", "protocol", {"version": 2, "digest": "1" * 64, "active_height": 1},
        lambda world: None,
    ),
    "an observer that is one already": (
        "validator_exists", "observer_add", seat(), lambda world: decide_by_vote(world, "observer_add", seat()),
    ),
    "an observer of nobody": ("party_unknown", "observer_add", seat(party="nobody"), lambda world: None),
    "a node at an address of two lines": (
        "text_not_one_line", "observer_add", seat(address="a\nb"), lambda world: None,
    ),
    "a node whose name is too long": ("text_too_long", "observer_add", seat(name="n" * 65), lambda world: None),
    "a node without a name": ("text_too_long", "observer_add", seat(name=""), lambda world: None),
    "a successor who has not agreed": (
        "not_taken_over", "successor", SUCCESSOR, lambda world: by_vote(world, BANK4, "suspended"),
    ),
}  # fmt: skip
"""Why it is refused, kind and content, and what goes before."""


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_is_not_proposed(backend: str, name: str) -> None:
    world = World(backend)
    reason, kind, content, before = IMPOSSIBLE[name]
    before(world)
    with pytest.raises(Refused) as refused:
        world.call(BANK1, "governance", "propose", kind=kind, content=content)
    assert refused.value.reason == reason


def suspended(who: str) -> Act:
    return lambda world: by_vote(world, who, "suspended")


def registered(world: World) -> None:
    register(world, application())


def an_old_consent(world: World) -> None:
    by_vote(world, BANK4, "suspended")
    as_two(world, BANK3, "succession", "accept", bank=BANK4)
    world.day(world.plus(2))


TOO_LATE: dict[str, tuple[str, str, dict[str, Any], Act, Act]] = {
    "to lift what was lifted": (
        "party_transition", "party_status", status(S1, "active"),
        lambda world: order(world, S1, "suspended"), lambda world: order(world, S1, "active"),
    ),
    "to suspend who is insolvent by then": (
        "party_transition", "party_status", status(S1, "suspended"), lambda world: None, insolvent,
    ),
    "an administrator of an insolvency that ended": (
        "insolvency_not_ratified", "party_administrator", an_administrator(),
        insolvent, lambda world: by_vote(world, S1, "active"),
    ),
    "to close who is in business again": (
        "party_transition", "party_close", {"party": ALONE},
        suspended(ALONE), lambda world: by_vote(world, ALONE, "active"),
    ),
    "a claim on who is insolvent by then": (
        "party_not_active", "party_claim", claimed(),
        registered, lambda world: insolvent(world, NEWCOMER),
    ),
    "a claim whose time is over": (
        "application_expired", "party_claim", claimed(until="2026-03-03"),
        registered, lambda world: world.day("2026-03-04"),
    ),
    "new keys of who is insolvent by then": (
        "party_not_active", "party_recover", {**RECOVERY, "document": "5f" * 32}, lambda world: None, insolvent,
    ),
    "rules of a height that has come": (
        "height_not_in_future", "rules", {"changes": {}, "currencies": {"XTS": 2}, "python": [], "active_height": 4},
        lambda world: None, lambda world: None,
    ),
    "a protocol of a height that has come": (
        "height_not_in_future", "protocol", {"version": 2, "digest": "2" * 64, "active_height": 4},
        lambda world: None, lambda world: None,
    ),
    "a successor whose consent is over": (
        "not_taken_over", "successor", SUCCESSOR,
        an_old_consent, lambda world: world.day(world.plus(29)),
    ),
}  # fmt: skip
"""Why it is refused, kind and content, what goes before the proposal, and what comes before the deciding vote."""


@pytest.mark.parametrize("name", TOO_LATE)
def test_what_became_impossible_is_refused_with_the_deciding_vote(backend: str, name: str) -> None:
    """The vote that would decide counts for nothing, and the proposer takes back what nobody can decide any more."""
    world = World(backend, members=[*MEMBERS, member(ALONE, "bank", accounts=[])])
    reason, kind, content, before, between = TOO_LATE[name]
    before(world)
    proposal = world.call(BANK1, "governance", "propose", kind=kind, content=content)["proposal"]
    for bank in (BANK1, BANK2):
        world.call(bank, "governance", "vote", proposal=proposal, choice="yes")
    between(world)
    with pytest.raises(Refused) as refused:
        world.call(BANK3, "governance", "vote", proposal=proposal, choice="yes")
    assert refused.value.reason == reason
    row = world.row("governance", "proposal", proposal)
    assert (row["status"], sorted(row["votes"])) == ("open", sorted([BANK1, BANK2]))
    with pytest.raises(Refused, match="not_the_proposer"):
        world.call(BANK2, "governance", "withdraw", proposal=proposal)
    world.call(BANK1, "governance", "withdraw", proposal=proposal)
    check_keys(world)


# --- claims that waited -----------------------------------------------------------------------------------------------
def test_a_claim_on_who_is_insolvent_on_its_day_comes_to_nothing(world: World) -> None:
    register(world, application())
    decide_by_vote(world, "party_claim", claimed())
    claim = under_way(world, NEWCOMER)
    insolvent(world, NEWCOMER)
    world.day(claim["acts_on"])
    assert world.row("recovery", "recovery", claim["id"])["status"] == "lapsed"
    assert party(world, NEWCOMER)["sponsor"] == BANK1
    check_keys(world)


def test_a_claim_ends_the_recovery_that_the_false_sponsor_announced(world: World) -> None:
    register(world, application())
    asked = {"party": NEWCOMER, "new_keys": administrator_keys(NEWCOMER, 901), "document": "5f" * 32}
    recovery = as_two(world, BANK1, "recovery", "recover", **asked)["recovery"]
    decide_by_vote(world, "party_claim", claimed())
    assert world.row("recovery", "recovery", recovery)["status"] == "withdrawn"
    check_keys(world)


def test_a_claimed_debtor_has_roles_and_banks_of_its_own(world: World) -> None:
    """The bank that agreed to pay agreed for somebody else."""
    statement = {
        "id": ANCHOR, "name_zh": "真公司", "name_en": "True", "roles": ["supplier"], "identifiers": [],
        "keys": [a_key(OTHER.public.hex())], "accounts": [an_account("CNY", BANK2)], "sponsor": BANK2,
        "until": "2026-12-31",
    }  # fmt: skip
    decide_by_vote(world, "party_claim", signed_application(statement, OTHER))
    world.day(under_way(world, ANCHOR)["acts_on"])
    row = party(world, ANCHOR)
    assert (row["roles"], row["paying_bank"]) == (["supplier"], "")
    assert world.row("party", "mandate", [ANCHOR, BANK1])["status"] == "ended"
    check_keys(world)


def test_a_claim_whose_sponsor_is_closed_by_then_comes_to_nothing(backend: str) -> None:
    world = World(backend, members=[*MEMBERS, member(ALONE, "bank", accounts=[])])
    register(world, application())
    decide_by_vote(world, "party_claim", claimed(sponsor=ALONE, accounts=[]))
    claim = under_way(world, NEWCOMER)
    by_vote(world, ALONE, "suspended")
    decide_by_vote(world, "party_close", party=ALONE)
    world.day(claim["acts_on"])
    assert world.row("recovery", "recovery", claim["id"])["status"] == "lapsed"
    assert party(world, NEWCOMER)["sponsor"] == BANK1


def test_a_claim_names_a_bank_in_business_as_its_sponsor(world: World) -> None:
    register(world, application())
    as_two(world, BANK2, "standing", "leave", party=BANK2)
    with pytest.raises(Refused, match="party_not_active"):
        world.call(BANK1, "governance", "propose", kind="party_claim", content=claimed())


def test_a_recovery_says_which_keys_of_the_sponsor_announced_it(world: World) -> None:
    third = add_key(world, BANK1, 41)
    asked = {"party": S1, "new_keys": administrator_keys(S1, 901), "document": "5f" * 32}
    keys = [third, party(world, BANK1)["keys"][1]]
    recovery = world.send(BANK1, ("recovery", "recover", asked), keys=keys)[0]["recovery"]
    assert world.row("recovery", "recovery", recovery)["by"] == keys


def test_who_has_no_seat_does_not_vote(world: World) -> None:
    content = {"name": "min_split", "value": 2}
    proposal = world.call(BANK1, "governance", "propose", kind="parameter", content=content)["proposal"]
    with pytest.raises(Refused, match="not_a_validators_party"):
        world.call(S1, "governance", "vote", proposal=proposal, choice="no")
