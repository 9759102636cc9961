"""Attacks by banks that collude, and on parties that are stopped: what each tries, and what is left of it."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.invariants import StatusWatch, check_all
from contracts.refusals_standing import name_administrator
from contracts.test_party_flow import account, party
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    DIGEST,
    OTHER_ANCHOR,
    PAPERS,
    S1,
    S2,
    SEAT,
    World,
    a_key,
    accepted_bill,
    add_key,
    administer,
    administrator_keys,
    as_admins,
    as_two,
    ask,
    bid,
    decide_by_vote,
    issue,
    key_of,
    name_successor,
    offer,
    order,
    private_key,
    proof_of,
    ratify,
    seat,
    settle,
    two_people,
)  # fmt: skip

from chainbill.errors import Refused

MINE = [key_of(S1), key_of(S1, 1)]
OTHERS_ACCOUNT = {"currency": "CNY", "bank": BANK2, "alg": "sha256", "digest_hex": "cd" * 32}
COURT = {"authority": "Court of H", "number": "H-9", "documents": ["5e" * 32]}


def by_vote(world: World, who: str, status: str) -> None:
    decide_by_vote(world, "party_status", party=who, status=status, reason="", **PAPERS[status])


def an_order(world: World, entered: dict[str, Any]) -> dict[str, Any]:
    return dict(world.row("standing", "order", entered["order"]))


def act(world: World, keys: list[str], contract: str, function: str, /, **arguments: Any) -> Any:
    return world.send(S1, (contract, function, arguments), keys=keys)[0]


# --- an administrator whom nobody appointed ---------------------------------------------------------------------------
def forged(world: World) -> dict[str, Any]:
    """Two banks call a party insolvent and name the administrator in one block; the ratified order."""
    ratify(world, order(world, S1, "insolvent"))
    entered = name_administrator(world, keys=administrator_keys(S1, 901, 902))
    ratify(world, entered)
    return entered


def test_two_banks_with_forged_papers_do_not_take_a_party_in_one_block(world: World) -> None:
    """attack: insolvent, ratified, administrator, ratified, account: the next receipt pays the thieves."""
    watch = StatusWatch()
    bill, token = accepted_bill(world, face=100)
    entered = forged(world)
    assert party(world, S1)["keys"] == MINE
    [stolen, _] = [one["key"] for one in an_order(world, entered)["keys"]]
    with pytest.raises((Refused, KeyError)):
        world.send(S1, ("account", "announce", OTHERS_ACCOUNT), keys=[stolen])
    watch.check(world)
    world.send(S1, ("standing", "object_to", {"order": entered["order"], "reason": "forged"}), keys=MINE[:1])
    watch.check(world)
    assert (an_order(world, entered)["status"], world.topics()[-1]) == ("stopped", "standing.status_stopped")
    world.day(world.plus(30))
    assert (party(world, S1)["keys"], account(world, S1)["digest"]) == (MINE, DIGEST)
    with pytest.raises(Refused, match="administrator_objected"):
        name_administrator(world, keys=administrator_keys(S1, 903))
    assert world.failed_items == []
    assert (settle(world, bill, 100)["payments"][0]["status"], bool(token)) == ("set_aside", True)


def test_a_vote_ends_an_administrator_who_waits(world: World) -> None:
    """attack: the same against a party that sleeps; the validators lift what the two banks ordered."""
    entered = forged(world)
    by_vote(world, S1, "active")
    assert an_order(world, entered)["status"] == "lapsed"
    world.day(world.plus(10))
    assert (party(world, S1)["keys"], party(world, S1)["administered_on"]) == (MINE, "")
    assert world.failed_items == []


def test_an_objection_stops_no_administrator_whom_a_vote_named(world: World) -> None:
    """The way that remains for a true insolvency whose debtor objects: a vote, 72 hours, no objection."""
    objected = forged(world)
    world.call(S1, "standing", "object_to", order=objected["order"], reason="never")
    keys = administrator_keys(S1, 905)
    decide_by_vote(world, "party_administrator", party=S1, keys=keys, **COURT)
    [voted] = [row for _, row in world.rows("standing", "order") if row["kind"] == "administrator" and row["by"] == ""]
    world.call(S1, "standing", "object_to", order=voted["id"], reason="never")
    assert party(world, S1)["keys"] == MINE
    world.day(voted["acts_on"])
    assert party(world, S1)["keys"] == [keys[0]["key"]["key"]]


def test_an_objection_before_the_second_bank_stops_an_administrator_too(world: World) -> None:
    ratify(world, order(world, S1, "insolvent"))
    entered = name_administrator(world)
    world.call(S1, "standing", "object_to", order=entered["order"], reason="forged")
    with pytest.raises(Refused, match="status_order_transition"):
        ratify(world, entered)


def test_a_vote_takes_the_place_of_an_administrator_who_waits(world: World) -> None:
    entered = forged(world)
    keys = administrator_keys(S1, 905)
    decide_by_vote(world, "party_administrator", party=S1, keys=keys, **COURT)
    assert an_order(world, entered)["status"] == "lapsed"
    world.day(world.plus(4))
    assert party(world, S1)["keys"] == [keys[0]["key"]["key"]]


def test_an_administrator_whose_key_is_taken_by_then_comes_to_nothing(world: World) -> None:
    """The guards run again on the day; an order that they refuse ends, and another one may be entered."""
    entered = forged(world)
    key = a_key(private_key(901).public.hex())
    as_admins(world, S2, "add_key", key=key, proof=proof_of(S2, key, private_key(901)))
    world.day(world.plus(4))
    assert [reason.split(":")[0] for _, reason in world.failed_items] == ["key_taken"]
    assert (an_order(world, entered)["status"], party(world, S1)["keys"]) == ("lapsed", MINE)
    ratify(world, name_administrator(world, keys=administrator_keys(S1, 903)))


def test_an_administrator_of_an_earlier_insolvency_is_not_ratified_in_the_next(world: World) -> None:
    """attack: an order that waited for its second bank outlives the insolvency that it was about."""
    ratify(world, order(world, S1, "insolvent"))
    entered = name_administrator(world)
    lifting = order(world, S1, "active")
    by_vote(world, S1, "active")
    ratify(world, order(world, S1, "insolvent"))
    for waiting in (entered, lifting):
        assert an_order(world, waiting)["status"] == "lapsed"
        with pytest.raises(Refused, match="status_order_transition"):
            ratify(world, waiting)


# --- after an insolvency ----------------------------------------------------------------------------------------------
def test_what_an_insolvency_took_comes_back_when_it_is_lifted(world: World) -> None:
    """attack: an insolvency was false; it is lifted, and the administrator's keys and account stay in place."""
    watch = StatusWatch()
    bill, _ = accepted_bill(world, face=100)
    rules = {"rules": [{"action": "any", "currency": "CNY", "above": 1}]}
    as_admins(world, S1, "set_policy", policy=rules)
    as_admins(world, S1, "set_encryption_key", key="ee" * 32)
    world.day(world.plus(4))
    before = party(world, S1)
    watch.check(world)
    keys = administer(world, S1)
    watch.check(world)
    act(world, keys, "account", "announce", **OTHERS_ACCOUNT)
    act(world, keys, "account", "announce", **{**OTHERS_ACCOUNT, "currency": "USD"})
    for currency in ("CNY", "USD"):
        given = {"party": S1, "currency": currency, "alg": "sha256", "digest_hex": "cd" * 32}
        world.call(BANK2, "account", "attest", **given)
    watch.check(world)
    ratify(world, order(world, S1, "active"), by=BANK3)
    watch.check(world)
    after = party(world, S1)
    same = ("keys", "policy", "encryption_key", "status", "administered_on")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert {world.row("party", "key", key)["status"] for key in MINE} == {"active"}
    assert {world.row("party", "key", key)["status"] for key in keys} == {"revoked"}
    assert (account(world, S1)["digest"], account(world, S1)["status"]) == (DIGEST, "active")
    assert account(world, S1, "USD")["status"] == "ended"
    [payment] = settle(world, bill, 100)["payments"]
    assert world.row("settlement", "payment", [bill, payment["token"]])["account"] == DIGEST
    assert world.rows("party", "former") == []
    check_all(world)


def test_the_second_administrator_leaves_what_was_before_the_first(world: World) -> None:
    administer(world, S1, 901)
    entered = name_administrator(world, keys=administrator_keys(S1, 905))
    world.day(ratify(world, entered)["acts_on"])
    by_vote(world, S1, "active")
    assert party(world, S1)["keys"] == MINE
    assert account(world, S1)["status"] == "active"


def test_nobody_takes_a_key_that_rests(world: World) -> None:
    """attack: under an administrator somebody registers the keys of the party as its own: they never come back."""
    own = add_key(world, S1, 77, ["maker"])
    administer(world, S1)
    key = a_key(own)
    with pytest.raises(Refused, match="key_taken"):
        as_admins(world, S2, "add_key", key=key, proof=proof_of(S2, key, private_key(77)))
    by_vote(world, S1, "active")
    assert own in party(world, S1)["keys"]


def test_a_key_that_the_administrator_gave_away_stays_where_it_is(world: World) -> None:
    """The administrator took over a key of the party and revoked it; somebody else's it is by then."""
    own = add_key(world, S1, 901, ["maker"])
    keys = administer(world, S1, 901, 902)
    assert own == keys[0]
    act(world, keys, "party", "revoke_key", key=own)
    key = a_key(own)
    as_admins(world, S2, "add_key", key=key, proof=proof_of(S2, key, private_key(901)))
    world.day(world.plus(4))
    by_vote(world, S1, "active")
    assert party(world, S1)["keys"] == MINE
    assert world.row("party", "key", own)["party"] == S2


def test_an_administrator_renews_his_keys(world: World) -> None:
    """attack: whoever has stolen a key of an administrator keeps it: he could neither rotate nor add one."""
    keys = administer(world, S1)
    new = a_key(private_key(950).public.hex())
    proof = proof_of(S1, new, private_key(950))
    world.day(act(world, keys, "party", "rotate_key", old=keys[0], new=new, proof=proof)["acts_on"])
    assert sorted(party(world, S1)["keys"]) == sorted([keys[1], new["key"]])
    more = a_key(private_key(951).public.hex(), ["maker"])
    proof = proof_of(S1, more, private_key(951))
    world.day(act(world, [keys[1], new["key"]], "party", "add_key", key=more, proof=proof)["acts_on"])
    assert more["key"] in party(world, S1)["keys"]
    assert world.failed_items == []


# --- what only a vote lifts, and who is a second bank -----------------------------------------------------------------
def test_a_bank_does_not_lift_alone_the_suspension_that_a_vote_kept(world: World) -> None:
    """attack: the bank that ordered a suspension lifts it again although the validators kept it."""
    order(world, S1, "suspended")
    by_vote(world, S1, "suspended")
    with pytest.raises(Refused, match="voted_status"):
        order(world, S1, "active")
    world.day(world.plus(30))
    assert party(world, S1)["status"] == "suspended"


def test_a_vote_keeps_what_two_banks_had_ratified(world: World) -> None:
    ratify(world, order(world, S1, "suspended"))
    by_vote(world, S1, "suspended")
    with pytest.raises(Refused, match="voted_status"):
        order(world, S1, "active")


def test_two_banks_do_not_lift_the_insolvency_that_a_vote_kept(world: World) -> None:
    """attack: the same with two banks, also where the vote came after they had begun to lift it."""
    ratify(world, order(world, S1, "insolvent"))
    lifting = order(world, S1, "active")
    by_vote(world, S1, "insolvent")
    with pytest.raises(Refused, match="voted_status"):
        ratify(world, lifting)
    with pytest.raises(Refused, match="voted_status"):
        order(world, S1, "active")
    by_vote(world, S1, "active")


def test_the_successor_of_a_bank_is_no_second_bank(world: World) -> None:
    """attack: the bank that stands in another's place ratifies what that one ordered."""
    name_successor(world, BANK1, BANK2)
    entered = order(world, S1, "insolvent")
    with pytest.raises(Refused, match="entered_by_own_house"):
        ratify(world, entered, by=BANK2)
    ratify(world, entered, by=BANK3)


def test_quotes_of_the_bank_in_whose_place_one_stands_bar_it(world: World) -> None:
    """attack: its predecessor's quote is about to lose; the successor ratifies the order that ends the rivals' ones."""
    _, token = accepted_bill(world)
    request = ask(world, token, BANK4, amount=10)["request"]
    bid(world, request, BANK4)
    name_successor(world, BANK4, BANK3)
    entered = order(world, S1, "suspended")
    with pytest.raises(Refused, match="quote_to_the_party"):
        ratify(world, entered, by=BANK3)
    ratify(world, entered, by=BANK2)


# --- places that nobody could leave -------------------------------------------------------------------------------
@pytest.mark.parametrize("status", ["suspended", "insolvent"])
def test_a_stopped_bank_is_closed_by_vote_once_nothing_of_it_is_open(world: World, status: str) -> None:
    """attack: a bank that was suspended could neither leave nor be closed, for it has no sponsor."""
    watch = StatusWatch()
    watch.check(world)
    by_vote(world, BANK4, status)
    watch.check(world)
    content = {"kind": "party_close", "content": {"party": BANK4}}
    with pytest.raises(Refused, match="open_items"):
        world.call(BANK1, "governance", "propose", **content)
    decide_by_vote(world, "validator_remove", key=f"{14:064x}")
    decide_by_vote(world, "party_close", party=BANK4)
    watch.check(world)
    row = party(world, BANK4)
    assert (row["status"], row["keys"], row["insolvent_since"]) == ("closed", [], "")
    check_all(world)


def test_an_administered_bank_that_is_closed_leaves_nothing_of_before(world: World) -> None:
    by_vote(world, BANK4, "insolvent")
    decide_by_vote(world, "party_administrator", party=BANK4, keys=administrator_keys(BANK4, 905), **COURT)
    world.day(world.plus(4))
    decide_by_vote(world, "validator_remove", key=f"{14:064x}")
    decide_by_vote(world, "party_close", party=BANK4)
    assert world.rows("party", "former") == []
    assert {world.row("party", "key", key_of(BANK4, one))["status"] for one in (0, 1)} == {"revoked"}


def test_a_payee_that_was_paid_leaves_although_its_bank_never_says_so(world: World) -> None:
    """attack: a paying bank that never reports `paid` keeps a party open for ever."""
    bill, token = accepted_bill(world, face=100)
    settle(world, bill, 100)
    as_two(world, S1, "standing", "leave", party=S1)
    world.day(world.plus(4))
    with pytest.raises(Refused, match="open_items"):
        as_two(world, BANK1, "standing", "close", party=S1)
    with pytest.raises(Refused, match="maker_and_checker_needed"):
        world.call(S1, "settlement", "acknowledge", bill=bill, token=token)
    as_two(world, S1, "settlement", "acknowledge", bill=bill, token=token)
    assert world.row("settlement", "payment", [bill, token])["status"] == "paid"
    as_two(world, BANK1, "standing", "close", party=S1)
    check_all(world)


def test_a_vote_takes_no_business_from_a_bank_that_is_in_business(world: World) -> None:
    """attack: the others vote a successor of an active bank: its debtors and its money under way are gone."""
    as_two(world, BANK3, "succession", "accept", bank=BANK4)
    by_vote(world, BANK4, "suspended")
    content = {"bank": BANK4, "successor": BANK3}
    proposal = world.call(BANK1, "governance", "propose", kind="successor", content=content)["proposal"]
    by_vote(world, BANK4, "active")
    for bank in (BANK1, BANK2):
        world.call(bank, "governance", "vote", proposal=proposal, choice="yes")
    with pytest.raises(Refused, match="bank_in_business"):
        world.call(BANK3, "governance", "vote", proposal=proposal, choice="yes")
    world.call(BANK1, "governance", "withdraw", proposal=proposal)


def test_an_upheld_dispute_has_an_end(world: World) -> None:
    """attack: a party and its sponsor dispute a true invoice, for ever."""
    told = {"fingerprint": "1" * 64, "document": "d" * 64}
    watch = StatusWatch()
    for number, seller in enumerate((S1, S2, ANCHOR)):
        raised = world.call(OTHER_ANCHOR, "invoice", "dispute", seller=seller, **told)["dispute"]
        as_two(world, BANK1, "invoice", "uphold", dispute=raised)
        watch.check(world)
        if number == 0:
            world.call(OTHER_ANCHOR, "invoice", "withdraw_dispute", dispute=raised)
        elif number == 1:
            with pytest.raises(Refused, match="maker_and_checker_needed"):
                world.call(BANK1, "invoice", "withdraw_dispute", dispute=raised)
            as_two(world, BANK1, "invoice", "withdraw_dispute", dispute=raised)
        else:
            decide_by_vote(world, "dispute", dispute=raised)
        watch.check(world)
        assert world.row("invoice", "dispute", raised)["status"] == "ended"
        assert world.view("invoice", "alerts", seller=seller, fingerprints=["1" * 64])["disputes"] == []
        check_all(world)


def test_a_failed_vote_takes_no_candidate_of_another_one(world: World) -> None:
    """attack: a proposal on an observer's seat outlives the observer, and its end removes another's candidate."""
    decide_by_vote(world, "observer_add", seat())
    first = world.call(BANK2, "governance", "propose", kind="validator_add", content=seat())["proposal"]
    decide_by_vote(world, "validator_remove", key=SEAT)
    second = world.call(BANK1, "governance", "propose", kind="validator_add", content=seat())["proposal"]
    world.call(BANK2, "governance", "withdraw", proposal=first)
    row = world.row("governance", "validator", SEAT)
    assert (row["status"], row["proposal"]) == ("candidate", second)
    world.call(BANK1, "governance", "withdraw", proposal=second)
    assert world.row("governance", "validator", SEAT) is None


# --- one admin, one clerk ---------------------------------------------------------------------------------------------
def test_an_admin_whose_halt_was_lifted_does_not_halt_again_alone(world: World) -> None:
    """attack: one stolen admin key of two stops the party again and again, whoever lifts it."""
    thief, other = [key_of(S1)], [key_of(S1, 1)]
    act(world, thief, "party", "halt", reason="")
    as_two(world, BANK1, "party", "lift_halt", party=S1)
    with pytest.raises(Refused, match="second_admin_needed"):
        act(world, thief, "party", "halt", reason="")
    act(world, other, "party", "halt", reason="the first key is stolen")
    as_two(world, BANK1, "party", "lift_halt", party=S1)
    as_admins(world, S1, "halt", reason="both")


def test_a_stolen_key_says_nothing_of_its_former_party_from_another_one(world: World) -> None:
    """attack: the stolen key is revoked, and the thief's own company takes it in as a key of the other admin's person:
    that admin could then halt the party no more."""
    stolen = add_key(world, S1, 41, ["admin"], operator="0a" * 32)
    admin = add_key(world, S1, 42, ["admin"], operator="0b" * 32)
    act(world, [stolen], "party", "halt", reason="")
    as_admins(world, S1, "lift_halt", party=S1)
    as_admins(world, S1, "revoke_key", key=stolen)
    add_key(world, S2, 41, ["maker"], operator="0b" * 32)
    act(world, [admin], "party", "halt", reason="another key is stolen")


def test_an_admin_who_lifts_its_own_halt_may_halt_again(world: World) -> None:
    for _ in range(2):
        act(world, [key_of(S1)], "party", "halt", reason="")
        as_admins(world, S1, "lift_halt", party=S1)


def test_a_sponsor_does_not_fill_the_names_of_its_customer(world: World) -> None:
    """attack: fifty names, and no later sponsor attests the true one; security 16: the row stays bounded."""
    given = [name["zh"] for name in party(world, S1)["names"]]
    for number in range(55):
        two_people(world, BANK1, "rename", party=S1, name_zh=f"新{number}", name_en="")
        given.append(f"新{number}")
        assert [name["zh"] for name in party(world, S1)["names"]] == given[-50:], "the oldest one goes, and no other"


def test_a_party_lets_go_of_identifiers_that_are_not_its_own(world: World) -> None:
    """attack: a sponsor fills the twenty identifiers of its customer with those of others."""
    for number in range(19):
        two_people(world, BANK1, "add_identifier", party=S1, scheme="local", value=f"X{number}00")
    with pytest.raises(Refused, match="too_many_identifiers"):
        two_people(world, BANK1, "add_identifier", party=S1, scheme="vat", value="DE811907980")
    as_admins(world, S1, "give_up_identifier", scheme="local", value="x-1800")
    two_people(world, BANK1, "add_identifier", party=S1, scheme="vat", value="DE811907980")
    two_people(world, BANK1, "add_identifier", party=S2, scheme="local", value="X1800")
    assert len(party(world, S1)["identifiers"]) == 20


# --- what was offered before ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["suspended", "insolvent"])
def test_a_stop_that_no_second_bank_kept_kills_no_offer(world: World, kind: str) -> None:
    """attack: a sponsor suspends its customer and lifts that at once: all its offers and requests are dead."""
    _, token = accepted_bill(world)
    offered = offer(world, token, (S2, 10))
    quote = bid(world, ask(world, offered["remainder"], BANK2, amount=10)["request"], BANK2)["quote"]
    order(world, S1, kind)
    with pytest.raises(Refused, match="maker_was_stopped"):
        world.call(S2, "token", "accept", token=offered["tokens"][0])
    order(world, S1, "active")
    world.call(S2, "token", "accept", token=offered["tokens"][0])
    world.call(S1, "finance", "agree", quote=quote)


def test_an_insolvency_that_lapses_revives_nothing_that_a_suspension_had_ended(world: World) -> None:
    _, token = accepted_bill(world)
    offered = offer(world, token, (S2, 10))["tokens"][0]
    ratify(world, order(world, S1, "suspended"))
    order(world, S1, "insolvent")
    by_vote(world, S1, "active")
    with pytest.raises(Refused, match="maker_was_stopped"):
        world.call(S2, "token", "accept", token=offered)


@pytest.mark.parametrize("status", ["suspended", "insolvent"])
def test_nobody_agrees_to_a_quote_of_a_bank_that_was_stopped(world: World, status: str) -> None:
    """attack: a holder binds a bank that may not act any more; also once it may again."""
    _, token = accepted_bill(world)
    quote = bid(world, ask(world, token, BANK4, amount=10)["request"], BANK4)["quote"]
    by_vote(world, BANK4, status)
    with pytest.raises(Refused, match="party_not_active"):
        world.call(S1, "finance", "agree", quote=quote)
    by_vote(world, BANK4, "active")
    with pytest.raises(Refused, match="maker_was_stopped"):
        world.call(S1, "finance", "agree", quote=quote)


def test_nobody_agrees_to_a_quote_of_a_bank_that_halted_itself(world: World) -> None:
    _, token = accepted_bill(world)
    quote = bid(world, ask(world, token, BANK4, amount=10)["request"], BANK4)["quote"]
    world.call(BANK4, "party", "halt", reason="keys stolen")
    with pytest.raises(Refused, match="party_halted"):
        world.call(S1, "finance", "agree", quote=quote)
    as_admins(world, BANK4, "lift_halt", party=BANK4)
    world.call(S1, "finance", "agree", quote=quote)


def test_what_a_stolen_key_offered_is_not_taken_while_the_party_is_halted(world: World) -> None:
    """attack: a stolen key offers tokens, or confirms a bill, to an accomplice, who accepts after the halt."""
    confirmed = issue(world, debtor=ANCHOR, creditor=S2, by=S2)
    world.call(ANCHOR, "bill", "confirm", bill=confirmed)
    _, token = accepted_bill(world)
    offered = offer(world, token, (S2, 1_000))["tokens"][0]
    asked = ask(world, accepted_bill(world)[1], BANK2, amount=10)["request"]
    for who in (S1, ANCHOR):
        world.send(who, ("party", "halt", {"reason": "keys stolen"}), keys=[key_of(who, 1)])
    for refused in (
        lambda: world.call(S2, "token", "accept", token=offered),
        lambda: world.call(S2, "bill", "accept", bill=confirmed),
        lambda: bid(world, asked, BANK2),
    ):
        with pytest.raises(Refused, match="party_halted"):
            refused()
    world.call(S1, "token", "recall", token=offered)
    for who in (S1, ANCHOR):
        as_admins(world, who, "lift_halt", party=who)
    world.call(S2, "bill", "accept", bill=confirmed)


# --- keys that were revoked -------------------------------------------------------------------------------------------
def test_what_a_key_announced_ends_with_the_key(world: World) -> None:
    """attack: a stolen admin key announces a key of the thief; it is revoked, and the thief's key acts all the same."""
    third = add_key(world, S1, 41)
    thief = a_key(private_key(42).public.hex())
    arguments = {"key": thief, "proof": proof_of(S1, thief, private_key(42))}
    stolen = world.send(S1, ("party", "add_key", arguments), keys=[third, key_of(S1, 1)])[0]
    mine = as_admins(world, S1, "set_encryption_key", key="ee" * 32)
    as_admins(world, S1, "revoke_key", key=third)
    assert world.row("party", "change", stolen["change"])["status"] == "lapsed"
    assert party(world, S1)["changes"] == [mine["change"]]
    world.day(stolen["acts_on"])
    assert party(world, S1)["keys"] == MINE
    assert party(world, S1)["encryption_key"] == "ee" * 32
    assert world.failed_items == []


@pytest.mark.parametrize("currency", ["CNY", "USD"])
def test_an_account_that_a_key_announced_ends_with_the_key(world: World, currency: str) -> None:
    """attack: two stolen clerk keys move the account; they are revoked, and two business days later it acts."""
    clerks = [add_key(world, S1, 43, ["maker"]), add_key(world, S1, 44, ["checker"])]
    moved = {**OTHERS_ACCOUNT, "currency": currency}
    acts_on = world.send(S1, ("account", "announce", moved), keys=clerks)[0]["from"]
    if currency == "CNY":
        attested = {"party": S1, "currency": currency, "alg": "sha256", "digest_hex": "cd" * 32}
        world.call(BANK2, "account", "attest", **attested)
    world.call(S1, "party", "revoke_key", key=clerks[1])
    world.day(acts_on)
    assert account(world, S1)["digest"] == DIGEST
    if currency == "USD":
        assert account(world, S1, "USD")["status"] == "ended"


def test_a_rotation_ends_nothing_else_that_both_admins_announced(world: World) -> None:
    """Two admins renew both their keys in one week: who decided it is there on the day, under a new key."""
    rotations = []
    for number, old in ((45, MINE[0]), (46, MINE[1])):
        capabilities = world.row("party", "key", old)["capabilities"]
        new = a_key(private_key(number).public.hex(), capabilities)
        proof = proof_of(S1, new, private_key(number))
        rotations.append(as_admins(world, S1, "rotate_key", old=old, new=new, proof=proof))
    world.day(rotations[0]["acts_on"])
    assert [world.row("party", "change", one["change"])["status"] for one in rotations] == ["acted", "acted"]
