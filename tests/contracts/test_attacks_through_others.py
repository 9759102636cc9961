"""Attacks that reach a party through what others may do: fill its sums, its tables, or what waits for its day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from contracts.expected import refused
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    OTHER_ANCHOR,
    S1,
    S2,
    S4,
    World,
    a_key,
    accepted_bill,
    add_key,
    administer,
    administrator_keys,
    announced_recovery,
    as_admins,
    as_two,
    ask,
    bid,
    decide_by_vote,
    disburse,
    issue,
    key_of,
    name_paying_bank,
    pay,
    private_key,
    proof_of,
    settle,
    two_people,
)

LARGEST = 2**53 - 1


# --- sums -------------------------------------------------------------------------------------------------------------
def test_a_payee_cannot_fill_its_sum_so_that_nobody_is_paid(world: World) -> None:
    """attack: a supplier holds ten cents of a bill. A debtor and a bank that work with it settle bills over the largest
    amount and report no payment. Its sum was full then, and the honest bill could be settled for nobody any more."""
    honest, token = accepted_bill(world, face=1_000)
    pay(world, token, S4, 10)
    name_paying_bank(world, OTHER_ANCHOR, BANK2)
    theirs = {"debtor": OTHER_ANCHOR, "creditor": S4, "by": S4}
    large, _ = accepted_bill(world, face=LARGEST - 10, **theirs)
    settle(world, large, LARGEST - 10, by=BANK2)
    small = issue(world, face=10, **theirs)
    world.call(OTHER_ANCHOR, "bill", "confirm", bill=small)
    refused("core_holdings", world.call, S4, "bill", "accept", bill=small)
    assert settle(world, honest, 1_000)["outstanding"] == 0
    [owed] = [row for _, row in world.rows("settlement", "payment", (honest,)) if row["party"] == S4]
    assert (owed["amount"], world.row("core", "holding", [S4, "CNY", "payee_open"])) == (10, [2, LARGEST])


# --- announced, and then the sponsor changes --------------------------------------------------------------------------
def revoke_the_clerk(world: World) -> None:
    two_people(world, BANK1, "revoke_key", key=key_of(BANK1, 1))


def suspend_the_sponsor(world: World) -> None:
    papers = {"reason": "", "authority": "", "number": "", "documents": ["5a" * 32]}
    decide_by_vote(world, "party_status", party=BANK1, status="suspended", **papers)


def halt_the_sponsor(world: World) -> None:
    world.call(BANK1, "party", "halt", reason="stolen keys")


@pytest.mark.parametrize("then", [revoke_the_clerk, suspend_the_sponsor, halt_the_sponsor])
def test_a_recovery_does_not_outlive_who_announced_it(world: World, then: Callable[[World], None]) -> None:
    """attack: with two stolen keys of a bank a thief announces new keys for its customers. The bank revokes the keys,
    or is stopped, and yet the customers were the thief's three days later."""
    found = announced_recovery(world)
    then(world)
    world.day(found["acts_on"])
    assert world.row("party", "party", S2)["keys"] == [key_of(S2), key_of(S2, 1)]
    assert world.row("recovery", "recovery", found["recovery"])["status"] == "lapsed"
    assert world.row("recovery", "place", S2)["open"] == ""


def test_a_recovery_does_not_go_on_with_a_key_that_is_another_party_s_by_then(world: World) -> None:
    """attack: the thief lets a company of his own take the key that the bank revoked, and so it is active again."""
    stolen, key = private_key(8102), add_key(world, BANK1, 8102)
    what = {"party": S2, "new_keys": administrator_keys(S2, 8101), "document": "d" * 64}
    [found] = world.send(BANK1, ("recovery", "recover", what), keys=[key_of(BANK1), key])
    two_people(world, BANK1, "revoke_key", key=key)
    theirs = as_admins(world, S4, "add_key", key=a_key(key), proof=proof_of(S4, a_key(key), stolen))
    assert theirs["acts_on"] == found["acts_on"]
    world.day(found["acts_on"])
    row = world.row("party", "key", key)
    assert (row["party"], row["status"]) == (S4, "active")
    assert world.row("recovery", "recovery", found["recovery"])["status"] == "lapsed"
    assert world.row("party", "party", S2)["keys"] == [key_of(S2), key_of(S2, 1)]


def test_a_recovery_acts_while_its_sponsor_is_what_it_was(world: World) -> None:
    found = announced_recovery(world)
    world.day(found["acts_on"])
    assert world.row("party", "party", S2)["keys"] == [private_key(8101).public.hex()]


def test_consent_to_succeed_a_bank_ends_with_the_keys_that_gave_it(world: World) -> None:
    """attack: with two stolen keys a thief accepts for a bank to pay all that another is to pay. The bank revokes the
    keys, and could still be named for thirty days."""
    as_two(world, BANK2, "succession", "accept", bank=BANK1)
    two_people(world, BANK2, "revoke_key", key=key_of(BANK2, 1))
    refused("not_taken_over", as_two, world, BANK1, "succession", "name", bank=BANK2)


# --- money that waits for an account ----------------------------------------------------------------------------------
def test_one_clerk_does_not_name_the_account_that_waiting_money_goes_to(world: World) -> None:
    """attack: the money of an insolvent party waits for its administrator's account. One clerk of his and one of a bank
    named theirs, which acted at once since it was the first: all that waited was paid there."""
    bill, _ = accepted_bill(world, face=1_000)
    clerk, _ = administer(world, S1)
    settle(world, bill, 1_000)
    account = {"currency": "CNY", "bank": BANK2, "alg": "sha256", "digest_hex": "ef" * 32}
    announce = ("account", "announce", account)
    refused("maker_and_checker_needed", world.send, S1, announce, keys=[clerk])
    world.send(S1, ("account", "announce", {**account, "currency": "USD"}), keys=[clerk])
    world.send(S1, announce, keys=administered_keys(world))
    assert world.row("account", "account", [S1, "CNY"])["status"] == "announced"


def administered_keys(world: World) -> list[str]:
    return list(world.row("party", "party", S1)["keys"])


# --- a sponsor's clerk ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("act", ["rename", "add_identifier"])
def test_one_clerk_of_a_sponsor_does_not_say_who_a_party_is(world: World, act: str) -> None:
    """attack: one clerk of a sponsor gives its customer the name, or the identifier, of another company."""
    what = {"name_zh": "", "name_en": "Company 2"} if act == "rename" else {"scheme": "vat", "value": "DE811907980"}
    refused("maker_and_checker_needed", world.call, BANK1, "party", act, party=S4, **what)
    two_people(world, BANK1, act, party=S4, **what)


# --- what nobody asked for --------------------------------------------------------------------------------------------
NO_FIELD = "x" * 10_000
POLICY = {"rules": [{"action": "any", "currency": "CNY", "above": 5}]}


@pytest.mark.parametrize("policy", [{**POLICY, "note": NO_FIELD}, {"rules": [{**POLICY["rules"][0], "except": [S2]}]}])
def test_a_policy_says_nothing_that_nobody_reads(world: World, policy: dict[str, Any]) -> None:
    """attack: a rule with a field more looks like another rule to whoever signs it; and fills the party's row."""
    refused("fields_not_valid", as_admins, world, S1, "set_policy", policy=policy)


@pytest.mark.parametrize("fields", [{"note": NO_FIELD}, {"capabilities": ["maker"] * 500}])
def test_a_key_is_what_was_signed_for_it_and_no_more(world: World, fields: dict[str, Any]) -> None:
    """attack: what a key says besides was kept with the change, or the recovery, that announced it."""
    key = a_key(private_key(8201).public.hex(), fields.get("capabilities", ["maker"]))
    proof = proof_of(S1, key, private_key(8201))
    code = "fields_not_valid" if "note" in fields else "capability_unknown"
    refused(code, as_admins, world, S1, "add_key", key={**key, **fields}, proof=proof)


def test_a_new_key_of_a_recovery_comes_with_its_proof_alone(world: World) -> None:
    [entry] = administrator_keys(S2, 8101)
    arguments = {"party": S2, "new_keys": [{**entry, "note": NO_FIELD}], "document": "d" * 64}
    refused("fields_not_valid", as_two, world, BANK1, "recovery", "recover", **arguments)


# --- rows that stay behind --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("end", ["withdraw", "reject", "expire", "settle"])
def test_a_bill_that_has_ended_waits_for_no_calendar(world: World, end: str) -> None:
    """attack: a party issues and withdraws bills of a year to come. Each stayed in the list of those whose day of
    payment is computed again when that year is decided, 2,000 a day, and true bills stood behind them."""
    bill = issue(world, due_on="2027-12-31")
    assert len(world.rows("bill", "provisional")) >= 1
    if end == "withdraw":
        world.call(S1, "bill", "withdraw", bill=bill, reason="")
    elif end == "reject":
        world.call(ANCHOR, "bill", "reject", bill=bill, reason="")
    elif end == "expire":
        world.day(world.bill(bill)["expires_on"])
    else:
        world.call(ANCHOR, "bill", "confirm", bill=bill)
        world.call(S1, "bill", "accept", bill=bill)
        settle(world, bill, 100_000_000)
    assert world.rows("bill", "provisional") == []


# --- stored sources ---------------------------------------------------------------------------------------------------
def store(world: World, bank: str, text: str) -> str:
    return str(world.call(bank, "governance", "store_source", source=text)["hash"])


def test_a_seat_does_not_push_out_what_another_stored(world: World) -> None:
    """attack: a seat stores the source that another is about to store, then 64 more: the other's set named nothing."""
    wanted = store(world, BANK1, "a wanted source")
    store(world, BANK2, "a wanted source")
    for number in range(64):
        store(world, BANK1, f"source {number}")
    assert world.row("governance", "source", wanted) is not None
    for number in range(64):
        store(world, BANK2, f"source {number}")
    assert world.row("governance", "source", wanted) is None
    for number in range(64):
        store(world, BANK1, f"other {number}")
    assert len(world.rows("governance", "source")) == 64 + 64


def test_a_seat_does_not_take_what_another_stored_by_naming_it(world: World) -> None:
    """attack: a seat names another's stored source in a set and withdraws it, and the source went with the set."""
    text = '"""A source."""\nfrom chainbill.vm.prelude import *\n'
    hashed = store(world, BANK1, text)
    content = {"contracts": [{"name": "new", "hash": hashed}], "active_height": world.height + 50}
    proposal = world.call(BANK2, "governance", "propose", kind="contracts", content=content)["proposal"]
    world.call(BANK2, "governance", "withdraw", proposal=proposal)
    assert world.row("governance", "source", hashed) is not None


# --- what is left of an agreed financing ------------------------------------------------------------------------------
def test_a_fee_above_the_rest_does_not_keep_a_bank_from_what_is_left(world: World) -> None:
    """attack: after a bank's money has left, the debtor pays all of the bill but less than the fee. No net was left to
    compute, the receipt was refused, and the rest stayed the supplier's as well."""
    bill, token = accepted_bill(world, face=100_000)
    request = ask(world, token, BANK2, amount=100_000)["request"]
    quoted = bid(world, request, BANK2, fee=500)["quote"]
    agreed = world.call(S1, "finance", "agree", quote=quoted)
    settle(world, bill, 99_900, partial=True)
    paid = disburse(world, BANK2, quoted, amount=agreed["net"])
    assert world.token(paid["token"])["holder"] == BANK2
    assert (paid["net"], paid["paid"]) == (0, agreed["net"])
