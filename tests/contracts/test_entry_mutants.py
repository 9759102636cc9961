"""Each rule of entries of banks, broken once: what is told of them elsewhere must notice."""

from __future__ import annotations

import pytest
from contracts.entering import enter_default, in_default, lift, ratify
from contracts.mutants import Mutant, assert_it_dies, is_refused
from contracts.world import BANK1, BANK4, PAPERS, World, decide_by_vote

from contracts import refusals_entries as refused
from contracts import test_entries as told


def entered_by_a_stopped_bank(world: World) -> None:
    """Its order waits, and meanwhile the bank that made it is stopped."""
    entered = enter_default(world)
    decide_by_vote(world, "party_status", party=BANK1, status="suspended", reason="", **PAPERS["suspended"])
    ratify(world, entered)


def lifted_by_a_stranger(world: World) -> None:
    lift(world, in_default(world), BANK4)


TWO = told.test_two_people_enter_ratify_and_refuse
YEAR = told.test_a_default_says_nothing_until_a_second_bank_ratifies_it_and_ends_after_twelve_months
LIFTED = told.test_a_default_is_lifted_by_two_banks
WHO = told.test_who_may_enter_a_default_and_who_may_ratify_it
STRUCK = told.test_a_struck_invoice_bars_new_financing_for_its_seller_and_confirming
TOOK_ON = told.test_whoever_took_a_token_on_is_financed_by_a_bank_that_looked_into_it
REPLACED = told.test_other_invoices_take_the_place_of_a_struck_one_which_stays_struck
MUTANTS: dict[str, Mutant] = {
    "any kind of default": (
        "entry", 'kind_of(default) == "text" and default in DEFAULTS', 'kind_of(default) == "text"',
        is_refused(refused.enter_another_kind_of_default),
    ),
    "a default twice": (
        "entry", 'require(not stands, "entry_stands"', 'require(True, "entry_stands"',
        is_refused(refused.enter_a_default_that_stands),
    ),
    "an invoice twice": (
        "entry", 'require(not struck, "entry_stands"', 'require(True, "entry_stands"',
        is_refused(refused.strike_an_invoice_twice),
    ),
    "several wait": (
        "entry", 'require(known is None, "entry_open"', 'require(True, "entry_open"',
        is_refused(refused.enter_twice_what_waits),
    ),
    "any bank enters": (
        "entry", 'require(ctx.party in able, "not_the_entering_bank"', 'require(True, "not_the_entering_bank"', WHO,
    ),
    "the sponsor alone enters a default": (
        "entry", '        banks += [paying_bank_of(row)]\n', "        pass\n", WHO,
    ),
    "a bank enters its own": (
        "entry", 'require(successor_of(ctx.party) not in barred, "not_the_entering_bank", facts)', "facts = facts",
        told.test_of_a_bank_any_other_one_with_a_seat_says_it,
    ),
    "nobody enters a bank's": (
        "entry", "        able = banks_with_a_seat()\n", "        pass\n",
        told.test_of_a_bank_any_other_one_with_a_seat_says_it,
    ),
    "one bank does it all": (
        "entry", 'houses_of(entered["concerned"] + [entered["by"]])', 'houses_of(entered["concerned"])', WHO,
    ),
    "a side ratifies": (
        "entry", 'houses_of(entered["concerned"] + [entered["by"]])', 'houses_of([entered["by"]])',
        told.test_of_a_bank_any_other_one_with_a_seat_says_it,
    ),
    "a house ratifies its own": (
        "entry", 'require(successor_of(ctx.party) not in barred, "not_the_entering_bank", {',
        'require(ctx.party not in barred, "not_the_entering_bank", {',
        told.test_a_bank_that_stands_in_the_place_of_who_entered_it_is_no_second_one,
    ),
    "one person ratifies": (
        "entry", '    require_maker_and_checker()\n    require_entry_step(entered, "entry.ratify_entry"',
        '    require_entry_step(entered, "entry.ratify_entry"', TWO,
    ),
    "one person refuses": (
        "entry", '    require_maker_and_checker()\n    require_entry_step(entered, "entry.refuse_entry"',
        '    require_entry_step(entered, "entry.refuse_entry"', TWO,
    ),
    "ratified too late": (
        "entry", 'require(ctx.today <= until, "entry_over"', 'require(True, "entry_over"',
        is_refused(refused.ratify_after_the_72_hours),
    ),
    "of a stopped bank": (
        "entry", '    require_not_stopped_since(entered["by"], entered["created"]["height"])\n', "",
        is_refused(entered_by_a_stopped_bank),
    ),
    "a day less": ("entry", "add_days(entered[\"until\"], 1), entered[\"allowed_ms\"]", 'entered["until"], 0', YEAR),
    "a year and a month": ("entry", "MONTHS_IN_FORCE = 12", "MONTHS_IN_FORCE = 13", YEAR),
    "a standstill counts": (
        "entry", 'if later["acts_on"] > ctx.today:', 'if later["acts_on"] > "9999-12-31":',
        told.test_days_on_which_the_network_stood_still_count_for_nobody,
    ),
    "a lapsed entry waits on": (
        "entry", '    count_open(entered["by"], -1)\n    entered["status"] = "lapsed"\n',
        '    entered["status"] = "lapsed"\n',
        told.test_what_lapses_gives_its_place_back,
    ),
    "a disputed one is struck": (
        "entry", 'require(dispute["status"] in DISPUTE_UPHELD,', 'require(dispute["status"] != "",',
        told.test_only_an_upheld_dispute_strikes_and_it_still_stands_when_a_second_bank_ratifies,
    ),
    "what was withdrawn is struck": (
        "entry", '        require_upheld(disputes.get(entered["dispute"]))\n', "        pass\n",
        told.test_only_an_upheld_dispute_strikes_and_it_still_stands_when_a_second_bank_ratifies,
    ),
    "what is over is lifted": (
        "entry", '        require_can_be_lifted(entries.get(entered["lifts"]))\n', "        pass\n",
        told.test_what_has_ended_meanwhile_is_lifted_no_more,
    ),
    "a stranger lifts": (
        "entry", 'require_acting_bank(banks_of(require_party(lifted["party"]), lifted["kind"]), lifted["concerned"])',
        "require_bank(ctx.party)", is_refused(lifted_by_a_stranger),
    ),
    "a lifted default ends twice": (
        "entry", '        agenda.delete([add_days(entered["until"], 1), entered["id"]])\n        row =',
        "        row =", LIFTED,
    ),
    "anybody objects": (
        "entry", 'require(ctx.party == entered["party"],', 'require(ctx.party != "",',
        is_refused(refused.object_for_another),
    ),
    "nobody reads the objection": (
        "entry", 'if entered["kind"] == "default" and entered["status"] in ENTRY_RATIFIED:', "if False:",
        told.test_a_debtor_objects_and_everybody_reads_why,
    ),
    "a struck invoice is financed": (
        "invoice", 'require(not struck, "invoice_struck"', 'require(True, "invoice_struck"', STRUCK,
    ),
    "a struck invoice is confirmed": (
        "invoice", 'require(row["status"] != "struck", "invoice_struck"', 'require(True, "invoice_struck"', STRUCK,
    ),
    "it hurts who took a token on": (
        "invoice", 'if holder != bill["creditor"]:', 'if holder == "":', TOOK_ON,
    ),
    "a bank need not look": (
        "invoice", 'require(row is not None and mark in row["marks"],', "require(True,", TOOK_ON,
    ),
    "one look is enough for ever": (
        "invoice", 'require(row is not None and mark in row["marks"],', "require(row is not None,",
        told.test_another_entry_wants_another_look,
    ),
    "another bank's look is enough": (
        "invoice", 'examinations.get([bank, bill["id"]])', 'examinations.get(["", bill["id"]])', TOOK_ON,
    ),
    "it begins anew": (
        "invoice", '    if row["status"] == "struck":\n        return False\n', "", REPLACED,
    ),
    "it cannot be replaced": (
        "invoice", '["status"] in ("over_occupied", "struck")', '["status"] == "over_occupied"', REPLACED,
    ),
    "it is over-occupied from today on": (
        "invoice", '    elif over_since_of(row) == "":\n', "    else:\n",
        told.test_what_was_over_occupied_is_so_again_since_the_same_day,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_broken_rule_is_noticed(name: str) -> None:
    assert_it_dies(MUTANTS[name], KeyError, TypeError)
