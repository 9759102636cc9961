"""Statuses beside one another, their last days, and what is told of them: what one rule leaves of another one."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.invariants import check_all
from contracts.invariants_keys import check_keys
from contracts.refusals_standing import name_administrator
from contracts.test_attacks_on_standing import COURT, by_vote
from contracts.test_party_flow import party
from contracts.world import (
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    MEMBERS,
    S1,
    S2,
    World,
    accepted_bill,
    administer,
    administrator_keys,
    as_two,
    ask,
    bid,
    change,
    decide_by_vote,
    member,
    order,
    ratify,
    seat,
    uscc,
)  # fmt: skip

from chainbill.errors import Refused


def standing(world: World, who: str = S1) -> dict[str, Any]:
    return dict(world.row("standing", "standing", who))


# --- one status beside another ----------------------------------------------------------------------------------------
def test_two_banks_ratify_an_insolvency_beside_a_suspension_that_a_vote_kept(world: World) -> None:
    """What a vote kept bars who would lift it, and nobody else; the insolvency waits, since an earlier one lapsed."""
    order(world, S1, "insolvent")
    order(world, S1, "active")
    by_vote(world, S1, "suspended")
    entered = order(world, S1, "insolvent")
    assert entered["party_status"] == "suspended"
    ratify(world, entered)
    assert party(world, S1)["status"] == "insolvent"


def test_a_suspension_that_ends_beneath_an_insolvency_leaves_the_insolvency(world: World) -> None:
    order(world, S1, "suspended")
    ratify(world, order(world, S1, "insolvent"))
    since = party(world, S1)["insolvent_since"]
    named = name_administrator(world)
    world.day(ratify(world, named)["acts_on"])
    world.day(world.plus(20))
    row = party(world, S1)
    assert (row["status"], row["insolvent_since"], standing(world)["suspended"]) == ("insolvent", since, "")
    assert (row["administered_on"] != "", row["insolvency_document"]) == (True, "5b" * 32)
    check_all(world)
    check_keys(world)


def test_what_two_banks_keep_counts_from_the_day_on_which_it_was_ordered(world: World) -> None:
    order_of_monday = order(world, S1, "insolvent")
    world.day(world.plus(2))
    ratify(world, order_of_monday)
    assert party(world, S1)["insolvent_since"] == "2026-03-02"


def test_the_ratified_suspension_does_not_renew_what_one_bank_may_order_alone(world: World) -> None:
    """attack: an insolvency lapsed; a ratified suspension beside it, and the next insolvency acts at once again."""
    order(world, S1, "insolvent")
    world.day(world.plus(5))
    ratify(world, order(world, S1, "suspended"))
    assert order(world, S1, "insolvent")["party_status"] == "suspended"


@pytest.mark.parametrize("kind", ["suspended", "insolvent"])
def test_an_order_that_two_banks_kept_uses_up_nothing(world: World, kind: str) -> None:
    ratify(world, order(world, S1, kind))
    lifting = order(world, S1, "active")
    if kind == "insolvent":
        ratify(world, lifting)
    assert order(world, S1, kind)["party_status"] == kind


def test_what_an_administrator_offered_stands_after_the_insolvency(world: World) -> None:
    """To lift a stop is no stop: nothing that was offered since ends with it."""
    _, token = accepted_bill(world)
    keys = administer(world, S1)
    named = {"tokens": [token], "recipients": [{"party": S2, "amount": 10}]}
    offered = world.send(S1, ("token", "transfer", named), keys=keys[:1])[0]["tokens"][0]
    ratify(world, order(world, S1, "active"))
    world.call(S2, "token", "accept", token=offered)


def test_the_policy_of_before_is_back_after_the_insolvency(world: World) -> None:
    mine = {"rules": [{"action": "any", "currency": "CNY", "above": 7}]}
    change(world, S1, "set_policy", policy=mine)
    keys = administer(world, S1)
    his = {"policy": {"rules": []}}
    announced = world.send(S1, ("party", "set_policy", his), keys=keys)[0]
    world.day(announced["acts_on"])
    assert party(world, S1)["policy"] == his["policy"]
    ratify(world, order(world, S1, "active"))
    assert party(world, S1)["policy"] == mine


# --- administrators ---------------------------------------------------------------------------------------------------
def test_an_objection_to_the_next_administrator_leaves_the_one_in_force(world: World) -> None:
    keys = administer(world, S1)
    before = standing(world)["administrator"]
    second = name_administrator(world, keys=administrator_keys(S1, 905))
    ratify(world, second)
    world.send(S1, ("standing", "object_to", {"order": second["order"], "reason": "mine"}), keys=keys[:1])
    assert (standing(world)["administrator"], party(world, S1)["keys"]) == (before, keys)
    check_keys(world)
    ratify(world, order(world, S1, "active"))
    check_keys(world)
    row = world.row("standing", "order", before)
    assert (row["status"], standing(world)["administrator"]) == ("lifted", "")
    lifted = [fields["order"] for _, topic, fields in world.events if topic == "status_lifted"]
    assert before in lifted


def test_after_the_administrator_of_a_vote_two_banks_may_name_the_next(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"))
    world.call(S1, "standing", "object_to", order=name_administrator(world)["order"], reason="forged")
    with pytest.raises(Refused, match="administrator_objected"):
        name_administrator(world)
    decide_by_vote(world, "party_administrator", party=S1, keys=administrator_keys(S1, 905), **COURT)
    world.day(world.plus(5))
    ratify(world, name_administrator(world, keys=administrator_keys(S1, 906)))


def test_what_waits_about_an_insolvency_is_told_to_end_with_it(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"))
    waiting = [name_administrator(world)["order"], order(world, S1, "active")["order"]]
    world.events.clear()
    by_vote(world, S1, "active")
    lapsed = [fields["order"] for _, topic, fields in world.events if topic == "status_lapsed"]
    assert sorted(lapsed) == sorted(waiting)
    changed = [fields for _, topic, fields in world.events if topic == "status_changed"]
    assert [(fields["from"], fields["to"]) for fields in changed] == [("insolvent", "active")]
    check_keys(world)


def test_a_bank_with_an_interest_names_no_administrator(world: World) -> None:
    """attack: the sponsor has a quote under way; the administrator whom it names is the one that agrees to it."""
    bid(world, ask(world, accepted_bill(world)[1], BANK1, amount=10)["request"], BANK1)
    by_vote(world, S1, "insolvent")
    with pytest.raises(Refused, match="quote_to_the_party"):
        name_administrator(world)


# --- last days --------------------------------------------------------------------------------------------------------
def test_a_second_bank_ratifies_on_the_last_day(world: World) -> None:
    entered = order(world, S1, "insolvent")
    world.day(entered["until"])
    ratify(world, entered)
    world.day(world.plus(30))
    assert party(world, S1)["status"] == "insolvent"


def test_nobody_is_closed_on_the_last_of_the_days_on_which_it_may_stay(world: World) -> None:
    as_two(world, BANK1, "standing", "leave", party=S1)
    world.day("2026-03-05")
    with pytest.raises(Refused, match="leaving_under_way"):
        as_two(world, BANK1, "standing", "close", party=S1)
    world.day("2026-03-06")
    as_two(world, BANK1, "standing", "close", party=S1)


def test_consent_to_succeed_holds_on_its_last_day_and_not_after(world: World) -> None:
    until = as_two(world, BANK3, "succession", "accept", bank=BANK4)["until"]
    world.day(until)
    as_two(world, BANK4, "succession", "name", bank=BANK3)
    assert world.row("succession", "successor", BANK4)["successor"] == BANK3


# --- what keeps a party open ------------------------------------------------------------------------------------------
ALONE = uscc(205)
OPEN = ["sponsored", "observer", "candidate", "debtor", "bill"]


def is_open(world: World, kind: str) -> None:
    """One thing that keeps the bank open, and nothing else of it."""
    if kind == "sponsored":
        world.seed((("party", "sponsored", ALONE), {"count": 1}))
    elif kind == "observer":
        decide_by_vote(world, "observer_add", seat(party=ALONE))
    elif kind == "candidate":
        row = {"alg": "ed25519", "name": "x", "party": ALONE, "address": "", "status": "candidate"}
        world.seed((("governance", "validator", "ab" * 32), {**row, "proposer": ALONE, "proposal": "G"}))
    else:
        table = ("party", "pays_for") if kind == "debtor" else ("bill", "to_pay")
        world.seed(((*table, ALONE), {"count": 1}))


@pytest.mark.parametrize("kind", OPEN)
def test_each_thing_alone_keeps_a_bank_open(backend: str, kind: str) -> None:
    world = World(backend, members=[*MEMBERS, member(ALONE, "bank", accounts=[])])
    by_vote(world, ALONE, "suspended")
    is_open(world, kind)
    with pytest.raises(Refused, match="open_items"):
        world.call(BANK1, "governance", "propose", kind="party_close", content={"party": ALONE})


def test_a_candidate_of_somebody_else_keeps_no_bank_open(world: World) -> None:
    """attack: a rival proposes a seat for a bank, which is then kept in by it."""
    by_vote(world, BANK4, "suspended")
    decide_by_vote(world, "validator_remove", key=f"{14:064x}")
    world.call(BANK2, "governance", "propose", kind="validator_add", content=seat(party=BANK4))
    assert world.view("standing", "open_items", party=BANK4)["seats"] == 0
    decide_by_vote(world, "party_close", party=BANK4)
    assert (party(world, BANK4)["status"], party(world, BANK4)["leaving_since"]) == ("closed", world.today)


def test_a_bank_that_was_succeeded_agrees_to_succeed_nobody(world: World) -> None:
    as_two(world, BANK3, "succession", "accept", bank=BANK4)
    as_two(world, BANK4, "succession", "name", bank=BANK3)
    with pytest.raises(Refused, match="bank_succeeded"):
        as_two(world, BANK4, "succession", "accept", bank=BANK2)
