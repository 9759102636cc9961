"""Bounds at their last step: what is just within is done, and one more is refused."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.expected import refused
from contracts.refusals_governance import SOURCE, candidate, deploy, entry, propose, vote
from contracts.refusals_party import CURRENCIES, announce, application, register
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    S1,
    S2,
    World,
    accepted_bill,
    an_account,
    as_admins,
    issue,
    offer,
    private_key,
    seat,
    uscc,
)

LARGEST = 2**53 - 1
FINGERPRINTS = ("1" * 64, "2" * 64)


# --- accounts, seats and rows -----------------------------------------------------------------------------------------
def test_a_party_has_twenty_accounts_and_may_change_each(world: World) -> None:
    """S1 has two from the beginning."""
    for currency in CURRENCIES[:18]:
        announce(world, currency)
    assert len(world.rows("account", "account", (S1,))) == 20
    refused("too_many_accounts", announce, world, CURRENCIES[18])
    announce(world, CURRENCIES[0], digest="ee" * 32)  # in the place of one that is not attested yet


def test_twenty_accounts_come_with_an_application(world: World) -> None:
    accounts = [an_account(currency) for currency in CURRENCIES[:20]]
    register(world, application(accounts=accounts))
    propose(world, "party", **application(id=uscc(901), sponsor="", accounts=accounts))


def more_seats(world: World, count: int, status: str) -> None:
    """Seats of three banks, whose nodes are all up."""
    rows = []
    for number in range(count):
        key = f"{number + 1000:064x}"
        bank = (BANK1, BANK2, BANK3)[number % 3]
        row = {
            "alg": "ed25519", "name": "more", "party": bank, "address": "", "status": status, "proposer": "",
            "proposal": "",
        }  # fmt: skip
        rows.append((("governance", "validator", key), row))
        world.recent += (key,)
    world.seed(*rows)


def test_a_hundred_seats_act_and_no_more(world: World) -> None:
    """99 act; two candidates are proposed while there is room for one."""
    more_seats(world, 95, "active")
    first, second = (candidate(world, private_key(number)) for number in (15, 16))
    assert vote(world, first, BANK1, BANK2, BANK3)["status"] == "accepted"
    refused("too_many_validators", vote, world, second, BANK1, BANK2, BANK3)
    refused("too_many_validators", candidate, world, private_key(17))


def test_five_hundred_rows_of_seats_are_kept_and_no_more(world: World) -> None:
    more_seats(world, 495, "observer")
    kept = propose(world, "observer_add", **seat(private_key(15)))
    assert vote(world, kept, BANK1, BANK2, BANK3)["status"] == "accepted"
    assert len(world.rows("governance", "validator")) == 500
    one_more = propose(world, "observer_add", **seat(private_key(16)))
    refused("too_many_validators", vote, world, one_more, BANK1, BANK2, BANK3)


def test_a_candidate_is_not_voted_away(world: World) -> None:
    """It goes with the proposal that it belongs to."""
    candidate(world)
    refused("validator_unknown", propose, world, "validator_remove", key=seat()["key"])


def test_a_seat_that_lost_its_row_is_not_removed_with_the_deciding_vote(world: World) -> None:
    """Two votes on one observer: the later one meets none, and a candidate of the same key stays."""
    added = propose(world, "observer_add", **seat())
    vote(world, added, BANK1, BANK2, BANK3)
    first, second = (propose(world, "validator_remove", key=seat()["key"]) for _ in range(2))
    vote(world, first, BANK1, BANK2, BANK3)
    candidate(world)
    refused("validator_unknown", vote, world, second, BANK1, BANK2, BANK3)
    assert world.row("governance", "validator", seat()["key"])["status"] == "candidate"


# --- names and sources ------------------------------------------------------------------------------------------------
def test_a_node_has_a_name_of_64_characters(world: World) -> None:
    candidate(world, name="n" * 64)
    refused("text_too_long", candidate, world, private_key(16), name="n" * 65)


def test_idle_blocks_of_a_minute_are_never_gaps(world: World) -> None:
    """Ten minutes are the least: with one, each idle block came after a gap, and no bill fell due."""
    propose(world, "parameter", name="gap_limit_ms", value=600_000)
    refused("parameter_out_of_range", propose, world, "parameter", name="gap_limit_ms", value=599_999)


def test_a_set_brings_no_source_of_more_than_64_kib(world: World) -> None:
    line = "#" + "x" * 100 + "\n"
    full = SOURCE + line * ((65_536 - len(SOURCE)) // len(line))
    full += "#" + "x" * (65_536 - len(full) - 2) + "\n"
    assert len(full) == 65_536
    deploy(world, entry(source=full))
    problem = refused("source_refused", deploy, world, entry(source=full[:-1] + "x\n"))
    assert problem["problem"] == "source_too_large"


# --- amounts ----------------------------------------------------------------------------------------------------------
def test_the_largest_amount_is_one_that_every_reader_keeps(world: World) -> None:
    invoices = [{"fingerprint": FINGERPRINTS[0], "amount": LARGEST, "total": LARGEST}]
    assert world.bill(issue(world, face=LARGEST, invoices=invoices))["face"] == LARGEST
    refused("amount_too_large", issue, world, face=LARGEST + 1)
    as_admins(world, S1, "set_policy", policy={"rules": [{"action": "any", "currency": "CNY", "above": LARGEST}]})
    above = {"rules": [{"action": "any", "currency": "CNY", "above": LARGEST + 1}]}
    refused("policy_not_valid", as_admins, world, S1, "set_policy", policy=above)


NO_AMOUNTS = [
    ("amount_not_positive", {"amount": 0}),
    ("amount_not_positive", {"amount": -1}),
    ("amount_not_positive", {"amount": True}),
    ("amount_not_positive", {"amount": "5"}),
    ("amount_too_large", {"amount": LARGEST + 1}),
    ("amount_not_positive", {"total": 0}),
    ("amount_not_positive", {"total": -1}),
    ("amount_not_positive", {"total": "5"}),
    ("amount_too_large", {"total": LARGEST + 1}),
]


@pytest.mark.parametrize(("reason", "fields"), NO_AMOUNTS, ids=str)
def test_amount_and_total_of_an_invoice_are_amounts(world: World, reason: str, fields: dict[str, Any]) -> None:
    """Beside another one that brings the sum to the face: the sum alone would not notice."""
    face = 1_000
    one: dict[str, Any] = {"fingerprint": FINGERPRINTS[0], "amount": 400, "total": 1_000, **fields}
    rest = face - one["amount"] if type(one["amount"]) is int else 600
    other = {"fingerprint": FINGERPRINTS[1], "amount": rest if rest > 0 else 600, "total": 2_000}
    refused(reason, issue, world, face=face, invoices=[one, other])


def test_a_transfer_names_somebody(world: World) -> None:
    _, token = accepted_bill(world)
    refused("too_many_recipients", offer, world, token)


def test_a_transfer_goes_to_200_and_no_more(world: World) -> None:
    _, token = accepted_bill(world)
    assert len(offer(world, token, *[(S2, 1)] * 200)["tokens"]) == 200


# --- on its day -------------------------------------------------------------------------------------------------------
BROKEN_RULES = [
    {"action": "any", "currency": "XQQ", "above": 1},
    {"action": "token.transfr", "currency": "CNY", "above": 1},
    {"action": "any", "currency": "CNY", "above": -1},
]


@pytest.mark.parametrize("rule", BROKEN_RULES, ids=str)
def test_a_policy_is_examined_again_on_its_day(world: World, rule: dict[str, Any]) -> None:
    """What rules of before allowed when it was announced may be none any more: a currency that was withdrawn."""
    good = {"rules": [{"action": "any", "currency": "CNY", "above": 1}]}
    found = as_admins(world, ANCHOR, "set_policy", policy=good)
    row = world.row("party", "change", found["change"])
    world.seed((("party", "change", found["change"]), {**row, "content": {"policy": {"rules": [rule]}}}))
    world.day(found["acts_on"])
    assert world.row("party", "party", ANCHOR)["policy"] == {"rules": []}
    assert world.row("party", "change", found["change"])["status"] == "lapsed"
