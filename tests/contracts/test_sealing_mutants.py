"""Each rule of sealed quotes, broken once: what is told of them elsewhere must notice."""

from __future__ import annotations

import pytest
from contracts.mutants import Mutant, Scenario, assert_it_dies, is_refused
from contracts.sealing import SEALED, agree_arguments, asked, give_key, seal
from contracts.world import BANK1, BANK2, S1, World, bid, decide_by_vote

from contracts import refusals_sealing as refused
from contracts import test_sealed_bids as told


def sealed_by_vote(provoke: Scenario) -> Scenario:
    """The refusal of a network whose banks have voted for sealed bids."""

    def voted(world: World) -> None:
        decide_by_vote(world, "parameter", name="bids", value=SEALED["bids"])
        provoke(world)

    return is_refused(voted)


def quoted_in_clear(world: World) -> None:
    give_key(world)
    bid(world, asked(world, BANK1), BANK1)


def agreed_to_by_the_bank(world: World) -> None:
    give_key(world)
    quote, sealed = seal(world, asked(world, BANK1), BANK1)
    world.call(BANK1, "finance", "agree_sealed", **agree_arguments(quote, sealed))


def agreed_on_the_day_after(world: World) -> None:
    give_key(world)
    quote, sealed = seal(world, asked(world, BANK1), BANK1, disburse_by=world.today)
    world.day(world.plus(1))
    world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, sealed))


def sealed_by_a_bank_that_was_not_asked(world: World) -> None:
    give_key(world)
    seal(world, asked(world, BANK1), BANK2)


MUTANTS: dict[str, Mutant] = {
    "a quote in clear where bids are sealed": (
        "finance", '    require(not bids_are_sealed(), "bids_sealed")\n', "", sealed_by_vote(quoted_in_clear)
    ),
    "a request without a key where bids are sealed": (
        "finance", "    if bids_are_sealed():\n        require_encryption_key(ctx.party)\n", "",
        sealed_by_vote(refused.ask_without_a_key_where_bids_are_sealed),
    ),
    "sealed by whoever likes": (
        "finance", 'require(ctx.party in row["banks"], "bank_not_asked")\n    bank =',
        'require(row["banks"] != [], "bank_not_asked")\n    bank =', is_refused(sealed_by_a_bank_that_was_not_asked),
    ),
    "any envelope": (
        "finance", "is_hex_of(commitment, 32) and is_hex_of(envelope, SEALED_BYTES)", "is_hex_of(commitment, 32)",
        is_refused(refused.seal_an_envelope_that_is_longer),
    ),
    "any terms": (
        "finance", 'offer["commitment"] == commitment_to(offer, terms, salt)', 'offer["commitment"] != ""',
        is_refused(refused.agree_to_a_lower_rate_than_was_sealed),
    ),
    "the bid of another bank": (
        "finance", '"bank": offer["bank"], "terms": terms', '"bank": "919900001", "terms": terms',
        told.test_a_sealed_quote_is_priced_as_one_in_clear,
    ),
    "the bid for another request": (
        "finance", 'said = {"request": offer["request"], "bank"', 'said = {"request": "R", "bank"',
        told.test_a_sealed_quote_is_priced_as_one_in_clear,
    ),
    "a sealed quote unopened": (
        "finance", '    require("commitment" not in offer, "terms_not_as_sealed")\n', "",
        is_refused(refused.agree_to_a_sealed_quote_unopened),
    ),
    "a value date after the last day to pay": (
        "finance", '    require(terms["value_date"] <= offer["disburse_by"], "value_date_not_in_order")\n', "",
        is_refused(refused.open_terms_of_a_day_after_the_last_to_pay),
    ),
    "a debtor who did not agree": (
        "finance", "    require_payer(offer, bill)\n", "",
        is_refused(refused.open_terms_that_charge_a_debtor_who_did_not_agree),
    ),
    "nothing paid out": (
        "finance", '    price(offer, offer["value_date"])\n    require_net(offer)\n    offer["status"] = "agreed"',
        '    price(offer, offer["value_date"])\n    offer["status"] = "agreed"',
        is_refused(refused.open_terms_that_leave_nothing),
    ),
    "the bank agrees": (
        "finance", '    require(row["holder"] == ctx.party, "not_the_holder")\n    sender = require_able(ctx.party)\n'
        '    require_capability("maker")\n    require_request_step(row, act',
        '    sender = require_able(ctx.party)\n    require_capability("maker")\n    require_request_step(row, act',
        is_refused(agreed_to_by_the_bank),
    ),
    "after its last day": (
        "finance", '    require(ctx.today <= last_day, "quote_expired", {"valid_until": last_day})\n', "",
        is_refused(agreed_on_the_day_after),
    ),
    "the key of today": (
        "finance", 'offer["sealed_to"] = require_encryption_key(row["holder"])',
        'require_encryption_key(row["holder"])\n    offer["sealed_to"] = ""',
        told.test_a_key_that_changes_meanwhile_leaves_bids_to_the_old_one,
    ),
    "terms in the event": (
        "finance", 'emit("sealed", {"quote": offer["id"], "request": request, "bank": ctx.party})',
        'emit("sealed", {"quote": offer["id"], "request": request, "bank": ctx.party, "net": 1})',
        told.test_a_quote_says_nothing_of_its_terms_before_it_is_agreed_to,
    ),
    "the salt is not kept": (
        "finance", '    offer["salt"] = salt\n', "",
        told.test_whoever_reads_an_agreed_quote_checks_what_the_bank_had_sealed,
    ),
    "a policy for quotes is got round": (
        "finance", 'require_policy(bank, "finance.quote", row["currency"]',
        'require_policy(bank, "finance.seal", row["currency"]',
        told.test_a_policy_on_quotes_and_agreements_holds_for_sealed_ones,
    ),
    "a policy for agreements is got round": (
        "finance", 'require_policy(sender, "finance.agree", row["currency"]',
        'require_policy(sender, "finance.agree_sealed", row["currency"]',
        told.test_a_policy_on_quotes_and_agreements_holds_for_sealed_ones,
    ),
    "an applicant's key is lost": (
        "party", '"encryption_key": key_to_seal_to(statement),', '"encryption_key": "",',
        told.test_an_applicant_brings_its_encryption_key_along,
    ),
}  # fmt: skip


@pytest.mark.parametrize("broken", MUTANTS)
def test_a_broken_rule_is_seen(broken: str) -> None:
    assert_it_dies(MUTANTS[broken], KeyError, TypeError)
