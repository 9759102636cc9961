"""Faults planted in the guards against colluding banks, stolen keys and false orders: a scenario notices each."""

from __future__ import annotations

import pytest
from contracts.mutants import Mutant, Scenario, assert_it_dies, is_refused
from contracts.world import World

from contracts import (
    test_attacks_on_standing,
    test_party_edges,
    test_standing_edges,
    test_two_people,
    test_votes_on_what_cannot_be,
)

attacks, edges, keys, people, votes = (
    test_attacks_on_standing, test_standing_edges, test_party_edges, test_two_people, test_votes_on_what_cannot_be,
)  # fmt: skip


def too_late(name: str) -> Scenario:
    """The scenario that the deciding vote on this is refused."""

    def scenario(world: World) -> None:
        _, kind, content, before, between = votes.TOO_LATE[name]
        before(world)
        proposed = world.call(votes.BANK1, "governance", "propose", kind=kind, content=content)
        for bank in (votes.BANK1, votes.BANK2):
            world.call(bank, "governance", "vote", choice="yes", **proposed)
        between(world)
        is_refused(lambda world: world.call(votes.BANK3, "governance", "vote", choice="yes", **proposed))(world)

    return scenario


def _an_administrator_waits(world: World) -> None:
    """Monday 2026-03-02: to Thursday, so he acts on Friday."""
    assert attacks.an_order(world, attacks.forged(world))["acts_on"] == "2026-03-06"


IN_FORCE = 'if kind in standing and standing[kind] == order["id"]:'
FORMER = 'if entry[0] not in row["keys"] and keys.get(entry[0])["party"] == party:'
BACK = 'if keys.get(public)["party"] == party:'
MUTANTS: dict[str, Mutant] = {
    # --- an administrator whom nobody appointed
    "an administrator acts with the second bank": (
        "standing", 'order["acts_on"] = add_days(invoke("calendar", "end_of_72_hours", ctx.today), 1)',
        'order["acts_on"] = add_days(ctx.today, 1)', _an_administrator_waits,
    ),
    "an objection stops nobody": (
        "standing", '        end_order(require_party(ctx.party), standing, entered, "stopped")\n', "        pass\n",
        attacks.test_two_banks_with_forged_papers_do_not_take_a_party_in_one_block,
    ),
    "an objection stops the administrator of a vote": (
        "standing", ' and entered["by"] != ""', "",
        attacks.test_an_objection_stops_no_administrator_whom_a_vote_named,
    ),
    "an objection to the next administrator ends the one in force": (
        "standing", IN_FORCE, "if kind in standing:",
        edges.test_an_objection_to_the_next_administrator_leaves_the_one_in_force,
    ),
    "after a vote two banks name none any more": (
        "standing", '    standing["objected"] = False\n', "",
        edges.test_after_the_administrator_of_a_vote_two_banks_may_name_the_next,
    ),
    # --- what an insolvency took
    "accounts do not come back": (
        "account", "        accounts.put(place, account)\n        told =", "        told =",
        attacks.test_what_an_insolvency_took_comes_back_when_it_is_lifted,
    ),
    "the policy does not come back": (
        "party", 'row["encryption_key"], row["policy"] = former["encryption_key"], former["policy"]',
        'row["encryption_key"] = former["encryption_key"]',
        edges.test_the_policy_of_before_is_back_after_the_insolvency,
    ),
    "a key that was given away comes back": (
        "party", BACK, "if True:", attacks.test_a_key_that_the_administrator_gave_away_stays_where_it_is,
    ),
    "a key of another party rests": (
        "party", FORMER, 'if entry[0] not in row["keys"]:',
        keys.test_the_next_administrator_leaves_a_key_that_the_first_gave_away,
    ),
    # --- two banks and votes
    "the successor of a bank is a second bank": (
        "standing", 'successor_of(entered["by"]) == successor_of(ctx.party)', 'entered["by"] == ctx.party',
        attacks.test_the_successor_of_a_bank_is_no_second_bank,
    ),
    "quotes of a predecessor bar nobody": (
        "standing", "for bank in replaced_by(ctx.party) + [ctx.party]:", "for bank in [ctx.party]:",
        attacks.test_quotes_of_the_bank_in_whose_place_one_stands_bar_it,
    ),
    "two banks lift what a vote kept": (
        "standing", 'require(not voted, "voted_status"', 'require(True, "voted_status"',
        attacks.test_two_banks_do_not_lift_the_insolvency_that_a_vote_kept,
    ),
    "what a vote kept bars every order": (
        "standing", '    if entered["kind"] == "active":\n', "    if True:\n",
        edges.test_two_banks_ratify_an_insolvency_beside_a_suspension_that_a_vote_kept,
    ),
    "a ratified order lets one bank order anew": (
        "standing", "        if one != kind:\n            kept", "        if False:\n            kept",
        edges.test_the_ratified_suspension_does_not_renew_what_one_bank_may_order_alone,
    ),
    "an order that two banks kept is used up": (
        "standing", 'if order["status"] == "entered" and order["at_once"]', 'if order["at_once"]',
        lambda world: edges.test_an_order_that_two_banks_kept_uses_up_nothing(world, "suspended"),
    ),
    "the second bank's day is that of the insolvency": (
        "standing", "    elif in_force:\n", "    elif False:\n",
        edges.test_what_two_banks_keep_counts_from_the_day_on_which_it_was_ordered,
    ),
    "a suspension takes the insolvency with it": (
        "standing", 'if kind == "insolvent":\n            end_insolvency', "if True:\n            end_insolvency",
        edges.test_a_suspension_that_ends_beneath_an_insolvency_leaves_the_insolvency,
    ),
    "a vote suspends who is insolvent by then": (
        "standing", 'require_step(row, "vote party_status", status)\n        ratify_order', "ratify_order",
        too_late("to suspend who is insolvent by then"),
    ),
    "a rival's candidate keeps a bank in": (
        "standing", ' or entry[1]["proposer"] == party', " or True",
        edges.test_a_candidate_of_somebody_else_keeps_no_bank_open,
    ),
    "a bank in business is succeeded by vote": (
        "succession", 'require(status != "active", "bank_in_business"', 'require(True, "bank_in_business"',
        attacks.test_a_vote_takes_no_business_from_a_bank_that_is_in_business,
    ),
    "a claim takes an insolvent party": (
        "recovery", 'require_not_administered(party)\n        invoke("party", "become"', 'invoke("party", "become"',
        votes.test_a_claim_on_who_is_insolvent_on_its_day_comes_to_nothing,
    ),
    "an end takes the candidate of another proposal": (
        "governance", ' and row["proposal"] == proposal["id"]', "",
        attacks.test_a_failed_vote_takes_no_candidate_of_another_one,
    ),
    # --- stolen keys
    "what a revoked key announced acts": (
        "party", '            end_change(announced, "lapsed")\n', "            pass\n",
        attacks.test_what_a_key_announced_ends_with_the_key,
    ),
    "an account that a revoked key announced acts": (
        "party", '    invoke("account", "end_announced", ctx.party, key)\n', "",
        lambda world: attacks.test_an_account_that_a_key_announced_ends_with_the_key(world, "CNY"),
    ),
    "a revoked key ends what others announced": (
        "account", ' and (key == "" or key in waiting["by"])', "",
        keys.test_accounts_that_another_key_announced_stay_when_a_key_is_revoked,
    ),
    "a thief halts again with a clerk": (
        "party", '        if "admin" in signer["capabilities"]:\n            if not is_one_person',
        "        if True:\n            if not is_one_person",
        keys.test_two_others_lift_the_halt_of_a_thief_who_then_does_not_halt_alone,
    ),
    "a thief whose halt two others lifted halts again": (
        "party", ' and row["halted_by"] in keys_that_signed()', "",
        keys.test_two_others_lift_the_halt_of_a_thief_who_then_does_not_halt_alone,
    ),
    "what a halted party offered is taken": (
        "general", '    require_not_halted(row)\n    require(row["stopped_at"]', '    require(row["stopped_at"]',
        attacks.test_what_a_stolen_key_offered_is_not_taken_while_the_party_is_halted,
    ),
    "two checkers are a maker and a checker": (
        "general", '        if "maker" in maker["capabilities"]:\n', "        if True:\n",
        lambda world: people.test_two_people_are_a_maker_and_a_checker(world, "checker checker", False),
    ),
    "two makers are a maker and a checker": (
        "general", '"checker" in checker["capabilities"] and not', "not",
        lambda world: people.test_two_people_are_a_maker_and_a_checker(world, "maker maker", False),
    ),
    "a closed debtor keeps its bank": (
        "party", "    end_under_former_keys(row)\n    end_mandates(row)\n", "    end_under_former_keys(row)\n",
        keys.test_a_closed_debtor_has_no_bank_any_more,
    ),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_dies(mutant: str) -> None:
    assert_it_dies(MUTANTS[mutant], TypeError)
