"""Sealed bids: who quotes tells nobody but the holder; whom it agrees with is opened, and the others stay closed."""

from __future__ import annotations

from typing import Any

import pytest
from chainbill_contracts.declared_rows import rows
from contracts.sealing import (
    agree_arguments,
    asked,
    give_key,
    open_quote,
    seal,
    sealed_world,
)
from contracts.world import (
    BANK1,
    BANK2,
    BANK3,
    NETWORK,
    S1,
    World,
    a_key,
    bid,
    change,
    decide_by_vote,
    disburse,
    member,
    private_key,
    signed_application,
    two_people,
    uscc,
)  # fmt: skip

from chainbill.errors import Refused
from chainbill.sealed_bid import TERMS, Bid

OTHER: dict[str, Any] = {
    "rate": 1_000_000, "recourse": True, "basis": "30/360", "fee": 12_345, "value_date": "2026-03-05",
    "interest_payer": "debtor",
}  # fmt: skip
PAID_BY_DEBTOR = {"terms": {"debtor_pays_interest": True}}
OPENED = ("rate", "recourse", "basis", "fee", "value_date", "interest_payer", "days", "actual_days", "interest", "net")


def test_a_holder_opens_two_bids_agrees_to_one_and_the_other_stays_closed(backend: str) -> None:
    world = sealed_world(backend)
    request = asked(world, BANK1, BANK2)
    dear, _ = seal(world, request, BANK1, {"rate": 60_000})
    cheap, _ = seal(world, request, BANK2, {"rate": 38_500})
    rates = {quote: open_quote(world, quote).terms["rate"] for quote in (dear, cheap)}
    assert rates == {dear: 60_000, cheap: 38_500}
    answer = world.call(S1, "finance", "agree_sealed", **agree_arguments(cheap, open_quote(world, cheap)))
    row = world.row("finance", "quote", cheap)
    assert (row["status"], row["rate"], row["interest"]) == ("agreed", 38_500, answer["interest"])
    assert answer["net"] == 10_000_000 - answer["interest"]
    disburse(world, BANK2, cheap)
    lost = world.row("finance", "quote", dear)
    assert lost["status"] == "lost"
    assert not set(OPENED) & set(lost)
    assert "salt" not in lost


def test_a_sealed_quote_is_priced_as_one_in_clear(world: World) -> None:
    give_key(world)
    request = asked(world, BANK1, BANK2)
    clear = bid(world, request, BANK1, rate=36_500, basis="act/365f", fee=1_000)
    quote, sealed = seal(world, request, BANK2, {"rate": 36_500, "basis": "act/365f", "fee": 1_000})
    opened = world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, sealed))
    assert {name: opened[name] for name in ("days", "interest", "net")} == {
        name: clear[name] for name in ("days", "interest", "net")
    }
    one, other = (world.row("finance", "quote", name) for name in (clear["quote"], quote))
    assert {name: one[name] for name in OPENED} == {name: other[name] for name in OPENED}


@pytest.mark.parametrize(
    "change_of", [{name: value} for name, value in OTHER.items()] + [OTHER], ids=lambda one: "+".join(sorted(one))
)
def test_two_bids_of_different_terms_differ_in_bytes_of_equal_length_alone(
    change_of: dict[str, Any], backend: str
) -> None:
    """Rows of all contracts, events, answer and gas are the same but for two fields, and these are as long. What nodes
    make of it is compared in tests/rest/test_rest_sealed_bids.py."""
    plain, random = all_that_is_seen({}, backend)
    changed, random_too = all_that_is_seen(change_of, backend)
    assert plain == changed
    assert all(one != other and len(one) == len(other) for one, other in zip(random, random_too, strict=True))


def all_that_is_seen(terms: dict[str, Any], backend: str) -> tuple[list[Any], list[str]]:
    """What a network comes to with one bid, but for its two fields that look random; and these fields."""
    world = sealed_world(backend)
    request = asked(world, BANK1, BANK2, **PAID_BY_DEBTOR)
    quote, _ = seal(world, request, BANK2, terms)
    row = world.row("finance", "quote", quote)
    random = [row.pop(name) for name in ("commitment", "envelope")]
    tables = {place: world.rows(*place.split("/")) for place in rows()}
    tables["finance/quote"] = [(["the one"], row)]
    return [quote, tables, world.events, world.used], random


def test_a_quote_says_nothing_of_its_terms_before_it_is_agreed_to(world: World) -> None:
    give_key(world)
    quote, _ = seal(world, asked(world, BANK1), BANK1)
    row = world.row("finance", "quote", quote)
    assert not set(OPENED) & set(row)
    assert [fields for _, topic, fields in world.events if topic == "sealed"] == [
        {"quote": quote, "request": row["request"], "bank": BANK1}
    ]
    for later in ("withdraw", "decline"):
        again = asked(world, BANK1)
        quote, _ = seal(world, again, BANK1)
        if later == "withdraw":
            world.call(BANK1, "finance", "withdraw_quote", quote=quote)
        else:
            world.call(S1, "finance", "decline_quote", quote=quote)
        assert not set(OPENED) & set(world.row("finance", "quote", quote))


def test_whoever_reads_an_agreed_quote_checks_what_the_bank_had_sealed(world: World) -> None:
    give_key(world)
    quote, sealed = seal(world, asked(world, BANK1), BANK1)
    world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, sealed))
    row = world.row("finance", "quote", quote)
    said = Bid(NETWORK, row["request"], row["bank"], {name: row[name] for name in TERMS}, row["salt"])
    assert said.commitment == row["commitment"]


def test_a_bank_seals_again_and_its_earlier_bid_gives_way(world: World) -> None:
    give_key(world)
    request = asked(world, BANK1)
    first, _ = seal(world, request, BANK1)
    second, sealed = seal(world, request, BANK1, {"rate": 30_000})
    assert world.row("finance", "quote", first)["status"] == "withdrawn"
    world.call(S1, "finance", "agree_sealed", **agree_arguments(second, sealed))
    assert world.row("finance", "quote", second)["rate"] == 30_000


def test_bids_made_before_a_vote_are_agreed_to_after_it(world: World) -> None:
    give_key(world)
    request = asked(world, BANK1, BANK2)
    clear = bid(world, request, BANK1)["quote"]
    sealed_quote, sealed = seal(world, request, BANK2)
    decide_by_vote(world, "parameter", name="bids", value="sealed")
    with pytest.raises(Refused) as refused:
        bid(world, asked(world, BANK3), BANK3)
    assert refused.value.reason == "bids_sealed"
    world.call(S1, "finance", "agree", quote=clear)
    world.call(BANK1, "finance", "cancel", quote=clear, reason="")
    other = asked(world, BANK1, BANK2)
    sealed_quote, sealed = seal(world, other, BANK2)
    decide_by_vote(world, "parameter", name="bids", value="clear")
    world.call(S1, "finance", "agree_sealed", **agree_arguments(sealed_quote, sealed))
    bid(world, asked(world, BANK3), BANK3)


def test_a_key_that_changes_meanwhile_leaves_bids_to_the_old_one(world: World) -> None:
    """What was sealed says to which key, so that a holder which keeps its old key still opens it."""
    give_key(world)
    quote, sealed = seal(world, asked(world, BANK1), BANK1)
    row = world.row("finance", "quote", quote)
    assert row["sealed_to"] == world.row("party", "party", S1)["encryption_key"]
    change(world, S1, "set_encryption_key", key="5e" * 32)
    assert open_quote(world, quote).terms == sealed.terms


def test_a_value_date_that_has_come_is_that_of_the_agreement(world: World) -> None:
    give_key(world)
    quote, sealed = seal(world, asked(world, BANK1), BANK1)
    world.day(world.plus(1))
    world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, sealed))
    assert world.row("finance", "quote", quote)["value_date"] == world.today


def test_a_policy_on_quotes_and_agreements_holds_for_sealed_ones(world: World) -> None:
    """Who limits `finance.quote` or `finance.agree` is not got round by sealing."""
    give_key(world)
    for party, action in ((BANK1, "finance.quote"), (S1, "finance.agree")):
        rules = [{"action": action, "currency": "CNY", "above": 0}]
        change(world, party, "set_policy", policy={"rules": rules})
    request = asked(world, BANK1)
    with pytest.raises(Refused) as refused:
        seal(world, request, BANK1)
    assert refused.value.reason == "maker_and_checker_needed"
    quote, sealed = seal(world, asked(world, BANK2), BANK2)
    with pytest.raises(Refused) as refused:
        world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, sealed))
    assert refused.value.reason == "maker_and_checker_needed"


def test_an_applicant_brings_its_encryption_key_along(world: World) -> None:
    statement = {**member(uscc(500), "supplier"), "sponsor": BANK1, "until": world.today, "encryption_key": "1f" * 32}
    for name in ("paying_bank", "policy"):
        del statement[name]
    statement["keys"] = [a_key(private_key(500).public.hex())]
    application = signed_application(statement, private_key(500))
    two_people(world, BANK1, "register", applications=[application])
    assert world.row("party", "party", uscc(500))["encryption_key"] == "1f" * 32
