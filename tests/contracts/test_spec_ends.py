"""Written from the specification: what keeps a party open, and that nobody takes anything on with one that is gone.

OFFICE 14.3 (no live token or debt, set-aside money, sponsored party, seat, mandate without successor), 14.4; ACTS 15.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from contracts.acts_ready import ACTS, world_of_people
from contracts.expected import both, door, refused, status, told
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    PAPERS,
    S1,
    S2,
    S4,
    World,
    accepted_bill,
    administrator_keys,
    ask,
    bid,
    change,
    decide_by_vote,
    issue,
    key_of,
    member,
    name_paying_bank,
    name_successor,
    offer,
    order,
    pay,
    private_key,
    ratify,
    seat,
    settle,
    signed_application,
    uscc,
)  # fmt: skip
from contracts.world import MEMBERS as USUAL
from contracts.world import a_key as key_listed

from chainbill.errors import Refused
from chainbill.ledger.open_acts import check_standing
from chainbill.ledger.transaction import Call

BANK5 = uscc(205)
"""A bank without a seat."""
WITH_FIFTH = [*USUAL, member(BANK5, "bank", accounts=[])]


def leave(world: World, party: str) -> None:
    """The party itself begins to leave, and the 72 hours of it pass."""
    both(world, party, "standing.leave", party=party)
    world.day(world.plus(10))


def close(world: World, party: str) -> None:
    if world.row("party", "party", party)["sponsor"]:
        both(world, BANK1, "standing.close", party=party)
    else:
        decide_by_vote(world, "party_close", party=party)


def gone(world: World, party: str) -> None:
    leave(world, party)
    close(world, party)
    assert status(world, party) == "closed"


def listed(world: World, party: str) -> dict[str, Any]:
    """What the view says is open of a party, beside whose it is."""
    return {name: value for name, value in world.view("standing", "open_items", party=party).items() if name != "party"}


# --- what keeps a party open ------------------------------------------------------------------------------------------
def _token(world: World) -> str:
    pay(world, accepted_bill(world)[1], S2, 500)
    return S2


def _part_of_a_token(world: World) -> str:
    """What is left of an offer is its holder's, also while it waits."""
    offer(world, accepted_bill(world)[1], (S2, 100_000_000))
    return S1


def _debt(world: World) -> str:
    accepted_bill(world)
    return ANCHOR


def _overdue_debt(world: World) -> str:
    accepted_bill(world, due_on=world.plus(30))
    world.day(world.plus(60))
    return ANCHOR


def _payment(world: World) -> str:
    settle(world, accepted_bill(world)[0], 100_000_000)
    return S1


def _returned(world: World) -> str:
    bill, token = accepted_bill(world)
    settle(world, bill, 100_000_000)
    world.call(BANK1, "settlement", "pay_result", bill=bill, token=token, status="returned", reference="R-9")
    return S1


def _set_aside(world: World) -> str:
    bill, _ = accepted_bill(world)
    ratify(world, order(world, S1, "insolvent"))
    settle(world, bill, 100_000_000)
    decide_by_vote(world, "party_status", party=S1, status="active", reason="over", **PAPERS["active"])
    return S1


def _sponsored(world: World) -> str:
    private = private_key(50_000)
    statement = {
        "id": uscc(50_000), "name_zh": "新公司", "name_en": "New", "roles": ["supplier"], "identifiers": [],
        "keys": [key_listed(private.public.hex())], "accounts": [], "sponsor": BANK5, "until": "2027-12-31",
    }  # fmt: skip
    both(world, BANK5, "party.register", applications=[signed_application(statement, private)])
    return BANK5


def _observer(world: World) -> str:
    decide_by_vote(world, "observer_add", seat(party=BANK5))
    return BANK5


def _mandate(world: World) -> str:
    name_paying_bank(world, ANCHOR, BANK5)
    return BANK5


def _bill_to_pay(world: World) -> str:
    """The mandate has gone to another bank, the bill that was confirmed under it has not."""
    name_paying_bank(world, ANCHOR, BANK5)
    accepted_bill(world)
    name_paying_bank(world, ANCHOR, BANK2)
    return BANK5


def _financed(world: World) -> str:
    token = accepted_bill(world)[1]
    request = ask(world, token, BANK5, amount=1_000)["request"]
    quote = bid(world, request, BANK5)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    money = {"reference": "P-1", "value_date": world.today, "amount": 0, "registration": "ZD-1"}
    world.call(BANK5, "finance", "disburse", quote=quote, **money)
    return BANK5


KEEPS_OPEN = [
    _token, _part_of_a_token, _debt, _overdue_debt, _payment, _returned, _set_aside, _sponsored, _observer, _mandate,
    _bill_to_pay, _financed,
]  # fmt: skip


@pytest.fixture
def five(backend: str) -> World:
    return World(backend, members=WITH_FIFTH)


@pytest.mark.parametrize("open_item", KEEPS_OPEN)
def test_what_keeps_a_party_open(five: World, open_item: Callable[[World], str]) -> None:
    party = open_item(five)
    leave(five, party)
    items = listed(five, party)
    assert any(items.values())
    said = refused("open_items", close, five, party)
    assert {name: said[name] for name in items} == items
    assert status(five, party) == "leaving"


@pytest.mark.parametrize("duty", [_mandate, _bill_to_pay])
def test_a_successor_takes_a_bank_s_duties_from_it(five: World, duty: Callable[[World], str]) -> None:
    duty(five)
    name_successor(five, BANK5, BANK3)
    gone(five, BANK5)


def test_who_has_nothing_is_closed(five: World) -> None:
    for party in (S4, BANK5):
        assert not any(listed(five, party).values())
        gone(five, party)


def test_a_party_is_closed_once_it_was_paid_and_its_bank_said_so(five: World) -> None:
    bill, token = accepted_bill(five)
    settle(five, bill, 100_000_000)
    leave(five, S1)
    refused("open_items", close, five, S1)
    five.call(BANK1, "settlement", "pay_result", bill=bill, token=token, status="paid", reference="R-9")
    close(five, S1)


# --- nobody takes anything on with a party that is gone ---------------------------------------------------------------
def test_a_bill_confirmed_by_a_debtor_that_is_gone_is_not_accepted(world: World) -> None:
    """What it promised and nobody accepted yet is no debt; it ends with the debtor."""
    bill = issue(world)
    world.call(ANCHOR, "bill", "confirm", bill=bill)
    gone_within_four_days(world, ANCHOR)
    assert_refused(world, S1, "bill.accept", bill=bill)


def test_a_bill_of_a_creditor_that_is_gone_is_not_confirmed(world: World) -> None:
    bill = issue(world)
    gone_within_four_days(world, S1)
    assert_refused(world, ANCHOR, "bill.confirm", bill=bill)


def test_an_offer_to_a_recipient_that_is_gone_goes_back(world: World) -> None:
    token = offer(world, accepted_bill(world)[1], (S4, 500))["tokens"][0]
    gone_within_four_days(world, S4)
    refused("party_not_active", door, world, S4, "token.accept", token=token)
    assert_refused(world, S4, "token.accept", token=token)
    world.call(S1, "token", "recall", token=token)


def test_a_quote_of_a_bank_that_is_gone_is_not_agreed_to(five: World) -> None:
    request = ask(five, accepted_bill(five)[1], BANK5, amount=1_000)["request"]
    quote = bid(five, request, BANK5)["quote"]
    gone_within_four_days(five, BANK5)
    assert_refused(five, S1, "finance.agree", quote=quote)
    five.call(S1, "finance", "withdraw", request=request)


def test_a_mandate_that_a_party_that_is_gone_asked_for_is_not_accepted(world: World) -> None:
    change(world, ANCHOR, "ask_paying_bank", bank=BANK2)
    gone_within_four_days(world, ANCHOR)
    assert_refused(world, BANK2, "party.accept_mandate", people="MC", debtor=ANCHOR)


def test_a_bank_that_is_gone_is_no_successor_although_it_agreed(five: World) -> None:
    both(five, BANK5, "succession.accept", bank=BANK1)
    gone_within_four_days(five, BANK5)
    assert_refused(five, BANK1, "succession.name", people="MC", bank=BANK5)


def test_a_bank_that_is_gone_is_asked_for_nothing(five: World) -> None:
    gone(five, BANK5)
    token = accepted_bill(five)[1]
    assert_refused(five, S1, "finance.request", token=token, banks=[BANK5], amount=1_000)
    assert_refused(five, ANCHOR, "party.ask_paying_bank", people="MC", bank=BANK5)
    assert_refused(
        five, S1, "account.announce", people="MC", currency="CNY", bank=BANK5, alg="sha256", digest_hex="cd" * 32
    )


def test_nothing_begins_with_a_party_that_is_gone(world: World) -> None:
    gone(world, S4)
    fields: dict[str, Any] = {
        "debtor": ANCHOR, "creditor": S4, "face": 5_000, "currency": "CNY", "due_on": world.plus(120), "invoices": [],
        "contract_no": "C-1", "delivered_on": "", "terms": {}, "reference": "",
    }  # fmt: skip
    assert_refused(world, ANCHOR, "bill.issue", **fields)
    token = accepted_bill(world)[1]
    assert_refused(world, S1, "token.transfer", tokens=[token], recipients=[{"party": S4, "amount": 500}])


@pytest.mark.parametrize("wait", ["change", "recovery", "order"])
def test_what_waited_ends_with_the_party(world: World, wait: str) -> None:
    both(world, S4, "standing.leave", party=S4)
    world.day(world.plus(8))
    if wait == "change":
        made = both(world, S4, "party.set_policy", policy={"rules": []})
        row: tuple[str, str, str] = ("party", "change", made["change"])
    elif wait == "recovery":
        new_keys = administrator_keys(S4, 8301)
        made = both(world, BANK1, "recovery.recover", party=S4, new_keys=new_keys, document="5a" * 32)
        row = ("recovery", "recovery", made["recovery"])
    else:
        row = ("standing", "order", order(world, S4, "suspended")["order"])
    decide_by_vote(world, "party_close", party=S4)
    world.day(world.plus(30))
    assert world.row(*row)["status"] in ("lapsed", "lifted", "withdrawn")
    assert status(world, S4) == "closed"
    found = world.row("party", "key", private_key(8301).public.hex())
    assert not found or found["status"] != "active"


@pytest.mark.parametrize("act", ACTS)
def test_a_closed_party_sends_nothing_at_all(backend: str, act: str) -> None:
    """Neither what is always open: its door is shut."""
    world = world_of_people(backend)
    row = {**world.row("party", "party", S4), "status": "closed"}
    contract, function = act.split(".")
    refused("party_not_active", check_standing, S4, row, [Call(contract, function, {})])


def test_a_closed_party_s_keys_sign_for_nobody_and_are_free(world: World) -> None:
    gone(world, S4)
    for number in (0, 1):
        assert world.row("party", "key", key_of(S4, number))["status"] == "revoked"
    assert world.row("party", "party", S4)["keys"] == []


def test_a_closed_party_is_closed_once(world: World) -> None:
    gone(world, S4)
    refused("party_transition", close, world, S4)
    refused("party_transition", both, world, BANK1, "standing.leave", party=S4)
    refused("party_transition", order, world, S4, "suspended")
    refused("party_transition", order, world, S4, "insolvent")
    refused("party_transition", decide_by_vote, world, "party_close", party=S4)
    refused(
        "party_transition",
        decide_by_vote,
        world,
        "party_status",
        party=S4,
        status="active",
        reason="r",
        **PAPERS["active"],
    )


def test_closing_is_told(world: World) -> None:
    leave(world, S4)
    close(world, S4)
    assert told(world, "standing.party_leaving")[-1]["party"] == S4
    assert told(world, "standing.party_closed")[-1]["party"] == S4


# --- the table of 14.4, all of it -------------------------------------------------------------------------------------
def _active(world: World) -> None:
    pass


def _suspended(world: World) -> None:
    ratify(world, order(world, S4, "suspended"))


def _insolvent(world: World) -> None:
    ratify(world, order(world, S4, "insolvent"))


def _leaving(world: World) -> None:
    both(world, S4, "standing.leave", party=S4)


def _closed(world: World) -> None:
    gone(world, S4)


def _vote(world: World, to: str) -> None:
    decide_by_vote(world, "party_status", party=S4, status=to, reason="vote", **PAPERS[to])


STATUSES = {
    "active": _active, "suspended": _suspended, "insolvent": _insolvent, "leaving": _leaving, "closed": _closed,
}  # fmt: skip
BY_VOTE = {
    "active": {"suspended", "insolvent"},
    "suspended": {"active", "insolvent", "suspended"},
    "insolvent": {"active", "insolvent"},
    "leaving": {"active", "suspended", "insolvent"},
    "closed": set(),
}
"""Which statuses a vote can decide, from which; to keep what stands is one of them (AMENDMENTS 1: a vote keeps it)."""


@pytest.mark.parametrize("to", ["active", "suspended", "insolvent"])
@pytest.mark.parametrize("before", STATUSES)
def test_a_vote_on_a_status(world: World, before: str, to: str) -> None:
    STATUSES[before](world)
    if to not in BY_VOTE[before]:
        refused("party_transition", _vote, world, to)
        assert status(world, S4) == before
        return
    _vote(world, to)
    assert status(world, S4) == to


def test_no_other_word_is_a_status(world: World) -> None:
    for word in ("leaving", "closed", "pending", "", "ACTIVE"):
        refused(
            "status_unknown",
            both,
            world,
            BANK1,
            "standing.set_status",
            party=S4,
            status=word,
            reason="r",
            **PAPERS["active"],
        )


# --- helpers ----------------------------------------------------------------------------------------------------------
def gone_within_four_days(world: World, party: str) -> None:
    """It leaves and is closed on the first day on which that is possible, while what others hold open still stands."""
    both(world, party, "standing.leave", party=party)
    world.day(world.plus(4))
    close(world, party)
    assert status(world, party) == "closed"


def assert_refused(world: World, party: str, act: str, people: str = "M", **arguments: Any) -> None:
    keys = [key_of(party)] if people == "M" else [key_of(party), key_of(party, 1)]
    contract, function = act.split(".")
    with pytest.raises(Refused) as caught:
        world.send(party, (contract, function, arguments), keys=keys)
    assert caught.value.reason not in ("capability_missing", "maker_and_checker_needed", "fields_not_valid"), (
        caught.value
    )
