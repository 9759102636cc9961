"""Broken freezes and orders: the tests of the real ones notice each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from contracts.freezing import acted, enter, freeze, frozen, ratified, transfer_of
from contracts.invariants import check_all
from contracts.mutants import Mutant, assert_it_dies, is_refused
from contracts.pledging import pledge
from contracts.world import BANK1, BANK2, BANK4, S1, S2, S3, World, accepted_bill, name_successor, settle

from contracts import refusals_freezes as refused
from contracts import test_attacks_on_freezes as attacks
from contracts import test_court_orders_alone as alone
from contracts import test_court_orders_wait as waits
from contracts import test_freezes as told
from contracts import test_lost_financings as lost
from contracts import test_pledged_pieces as pieces

by_a_seat = attacks.test_a_bank_with_a_seat_freezes_nothing_by_naming_another_as_beneficiary_or_holder


def by_the_same_house(world: World) -> None:
    entered = enter(world, "freeze", {"token": accepted_bill(world, face=1_000)[1], "amount": 300})
    name_successor(world, BANK1, BANK4)
    ratified(world, entered["order"], by=BANK4)


def a_broken_cent(world: World) -> None:
    token = accepted_bill(world, face=1_001)[1]
    for up, amount in ((False, 333), (True, 334)):
        row = world.row("legal", "freeze", enter(world, "freeze", {"token": token, "percent": 333_333, "up": up})[
            "freezes"
        ][0])  # fmt: skip
        assert row["hi"] - row["lo"] == amount
        world.day(world.plus(10))
        world.day(world.plus(8))
        token = next(one["id"] for one in world.leaves(row["bill"]))


def refused_by_one(world: World) -> None:
    entered = enter(world, "freeze", {"token": accepted_bill(world, face=1_000)[1], "amount": 300})
    world.call(BANK2, "legal", "refuse", order=entered["order"], reason="no")


def on_the_last_day(world: World) -> None:
    made = enter(world, "freeze", {"token": accepted_bill(world, face=1_000)[1], "amount": 300})
    world.day(made["until"])
    ratified(world, made["order"])


def of_a_pledge(test: Callable[[World, tuple[str, str, str]], None]) -> Callable[[World], None]:
    """A test over a bill in pledge."""

    def told_of(world: World) -> None:
        bill, token = accepted_bill(world, face=1_000)
        test(world, (bill, token, pledge(world, token, secured=600)))

    return told_of


def a_second_freeze_of_all(world: World) -> None:
    """The first freeze on a piece is in force, and the row of each says so."""
    token = accepted_bill(world, face=1_000)[1]
    frozen(world, token, 1_000)
    freeze(world, token, 1_000)
    check_all(world)


def a_regulator_takes(world: World) -> None:
    token = accepted_bill(world, face=1_000)[1]
    world.seed((("party", "party", S3), {**world.row("party", "party", S3), "roles": ["regulator"]}))
    enter(world, "transfer", {"token": token, "amount": 300}, beneficiary=S3, days=9)


def in_part(world: World) -> None:
    """What is paid on cents that two orders name is a payment of which the second one would take a part."""
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 1_000)
    first, second = transfer_of(world, made, 300), transfer_of(world, made, 200, S2)
    settle(world, bill, 1_000)
    ratified(world, first)
    acted(world, second)
    paid = [row["amount"] for _, row in world.rows("settlement", "payment", (bill,)) if row["party"] != S1]
    assert sum(paid) == 300
    check_all(world)


def back_from_the_court(world: World) -> None:
    """What a court's account sent back is paid to it again, and to nobody else."""
    bill, token = accepted_bill(world, face=1_000)
    made = frozen(world, token, 1_000)
    paid = settle(world, bill, 1_000)["payments"][0]["token"]
    told.transfer(world, made, 0, "", account="7c" * 32)
    for number, status in enumerate(("paid", "returned", "instructed")):
        as_bank = {"bill": bill, "token": paid, "status": status, "reference": f"P-{number}"}
        world.call(world.bill(bill)["paying_bank"], "settlement", "pay_result", **as_bank)
    assert world.row("settlement", "payment", [bill, paid])["account"] == "7c" * 32


MUTANTS: dict[str, Mutant] = {
    "frozen money goes out": (
        "general", '        share["freezes"] = freezes\n', "        pass\n",
        told.test_frozen_money_is_set_aside_and_instructed_when_it_is_released,
    ),
    "a freeze does not free its money": (
        "settlement", '    instruct(row)\n\n\n@internal("legal")\ndef give_by_order',
        '    payments.put([bill, token], row)\n\n\n@internal("legal")\ndef give_by_order',
        told.test_frozen_money_is_set_aside_and_instructed_when_it_is_released,
    ),
    "a bank reports what is frozen": (
        "settlement", "    turn_if_over(row)\n    require_not_awaited(row)\n    require_not_frozen(row)\n",
        "    turn_if_over(row)\n    require_not_awaited(row)\n", is_refused(refused.instruct_what_is_frozen),
    ),
    "the low end is frozen": (
        "legal", '"lo": token["hi"] - amount,', '"lo": token["lo"],', told.test_the_worked_example_of_a_share_in_percent
    ),
    "always rounded up": ("general", "(WHOLE - 1 if up else 0)", "(WHOLE - 1)", a_broken_cent),
    "never rounded up": ("general", "(WHOLE - 1 if up else 0)", "0", a_broken_cent),
    "the offer stays": (
        "token", "        lift_offer_place(row)\n        emit", "        emit",
        told.test_an_offer_of_the_whole_token_ends_on_both,
    ),
    "the place of an offer is lost": (
        "token", '        row["offered_to"] = ""\n        count_offers(row["holder"], -1)\n    unlock',
        '        row["offered_to"] = ""\n    unlock', told.test_an_offer_of_the_whole_token_ends_on_both,
    ),
    "an agreed request stays": (
        "finance", '        row["ended_by"] = "freeze"\n', "        pass\n",
        told.test_a_request_ends_and_of_an_agreed_one_its_quotes_too_once_it_is_over,
    ),
    "an enforcement stays": (
        "pledge", '    elif row["status"] == "enforcing":\n        end_enforcement(row, "freeze")\n', "",
        told.test_an_offer_in_pledge_ends_and_an_accepted_pledge_stays,
    ),
    "enforced though frozen": (
        "pledge", 'require(len(locks) == 1, "token_locked"', 'require(len(locks) >= 1, "token_locked"',
        told.test_an_offer_in_pledge_ends_and_an_accepted_pledge_stays,
    ),
    "both are in force": (
        "legal", "    waits = len(freezes_on(token)) > 0\n", "    waits = False\n", a_second_freeze_of_all
    ),
    "the next one does not come into force": (
        "legal", 'if first and lock["since"] == "":', "if False:",
        told.test_an_order_that_nobody_ratifies_lapses_as_if_it_had_never_been,
    ),
    "nor on money": (
        "legal", 'turns = len(kept) == 0 and entry["since"] == ""', "turns = False",
        told.test_the_worked_example_of_a_pledge_and_two_freezes,
    ),
    "it ends on its last day": (
        "legal", 'piece["until"] < ctx.today and not renewed', 'piece["until"] <= ctx.today and not renewed',
        told.test_a_renewal_that_is_refused_on_the_last_day_leaves_that_day,
    ),
    "an order lapses with a day left": (
        "legal", 'require(ctx.today <= until, "order_over"', 'require(ctx.today < until, "order_over"', on_the_last_day
    ),
    "no time is over": (
        "legal", 'require(ctx.today <= until, "order_over"', 'require(until != "", "order_over"',
        is_refused(refused.ratify_late),
    ),
    "one bank is enough": (
        "legal", "require(successor_of(first) != house,", 'require(first != "",',
        is_refused(refused.ratified_by_who_entered_it),
    ),
    "the successor of who entered it": (
        "legal", "successor_of(first) != house", "first != ctx.party", is_refused(by_the_same_house)
    ),
    "the beneficiary ratifies": (
        "legal", "houses_of([beneficiary, place", "houses_of([place", is_refused(refused.ratified_by_the_beneficiary)
    ),
    "bars go by id": (
        "general", "            found += [successor_of(party)]", "            found += [party]",
        attacks.test_the_house_of_a_holder_frees_nothing_of_its_own,
    ),
    "the beneficiary takes the others out of the way": (
        "legal", ' and place["freeze"] != ""', "", partial(by_a_seat, also=False)
    ),
    "an order outlives its bank": (
        "legal", '    require_not_stopped_since(entered["by"], entered["created"]["height"])\n', "",
        attacks.test_an_order_of_a_bank_that_was_stopped_since_is_not_ratified,
    ),
    "any bank assists": (
        "legal", 'require(ctx.party in left, "not_the_acting_bank", facts)', "pass",
        is_refused(refused.entered_by_a_bank_that_neither_pays_nor_sponsors),
    ),
    "refused by one": (
        "legal", '    require_maker_and_checker()\n    require_legal_step(entered, "legal.refuse"',
        '    require_legal_step(entered, "legal.refuse"', is_refused(refused_by_one),
    ),
    "the low end is transferred": (
        "legal", "pieces[len(pieces) - 1 - number] if from_above else", "pieces[number] if from_above else",
        told.test_the_worked_example_of_a_pledge_and_two_freezes,
    ),
    "the low end of the piece is transferred": (
        "legal", 'cut_off(token, piece["amount"] - amount)[1]', 'cut_off(token, amount)[0]',
        waits.test_two_orders_on_the_same_cents_take_one_after_the_other,
    ),
    "what is transferred is not set apart": (
        "legal", '        if left < piece["amount"]:\n            cut_off', '        if left < 0:\n            cut_off',
        partial(waits.test_the_amount_follows_its_cents_into_money, paid=1_000),
    ),
    "a transfer acts at once": (
        "legal", 'add_days(invoke("calendar", "end_of_72_hours", ctx.today), 1)\n        entered["allowed',
        'add_days(ctx.today, 1)\n        entered["allowed',
        partial(waits.test_what_two_banks_give_is_given_72_hours_later, money=False),
    ),
    "an objection stops nothing": (
        "legal", '    entered["status"] = "objected"\n', "",
        partial(waits.test_a_holder_and_a_pledgee_stop_a_transfer_and_what_is_frozen_stays_so_for_a_vote, by=S1),
    ),
    "no pledgee objects": (
        "legal", 'sides = [row["holder"], row["pledgee"]]', 'sides = [row["holder"]]',
        partial(waits.test_a_holder_and_a_pledgee_stop_a_transfer_and_what_is_frozen_stays_so_for_a_vote, by=BANK2),
    ),
    "anybody objects": (
        "legal", '    require(own != "", "not_a_side_of_the_order")\n', "",
        is_refused(refused.a_stranger_objects),
    ),
    "objected to again and again": (
        "legal", 'require(entered["objected_on"] == "", "objection_made"', 'require(True, "objection_made"',
        is_refused(refused.object_to_what_was_voted),
    ),
    "what was objected to is not frozen any more": (
        "legal", '    entered["acts_on"] = ""\n    entered["until"]',
        '    entered["acts_on"] = ""\n    let_go(entered)\n    entered["until"]',
        partial(waits.test_a_holder_and_a_pledgee_stop_a_transfer_and_what_is_frozen_stays_so_for_a_vote, by=S1),
    ),
    "a standstill is part of the wait": (
        "legal", '        entered["allowed_ms"] = invoke("calendar", "stood_ms")\n        for',
        '        entered["allowed_ms"] = 1000000000000\n        for',
        waits.test_no_standstill_is_part_of_the_wait,
    ),
    "a transfer that fails waits for ever": (
        "legal", 'return ["act", "order"] if', 'return ["act"] if',
        waits.test_a_transfer_that_cannot_be_carried_out_is_stopped,
    ),
    "a transfer does not hold its freeze": (
        "legal", 'entered["kind"] == "transfer" or add_days', 'add_days',
        partial(waits.test_a_freeze_does_not_run_out_before_what_is_transferred_from_it, days=1),
    ),
    "nor does one that is ratified": (
        "legal", 'if entered["id"] not in row["held_by"] and', "if False and",
        waits.test_what_another_order_of_its_bank_lost_a_transfer_has_again_once_it_is_ratified,
    ),
    "nor that which it made": (
        "legal", '[entered["id"]] if entered["kind"] == "transfer" else []', "[]",
        waits.test_a_token_that_an_order_freezes_and_transfers_stays_frozen_until_then,
    ),
    "what is left stays frozen": (
        "legal", '    orders.put(entered["id"], entered)\n    let_go(entered)\n    for',
        '    orders.put(entered["id"], entered)\n    for',
        waits.test_what_is_not_transferred_ends_with_its_freeze,
    ),
    "a part of a payment is given": (
        "legal", 'fits = left >= piece["amount"] and able', 'fits = left > 0 and able', in_part
    ),
    "live cents go to whoever is stopped": (
        "legal", 'left > 0 and able == "active"', "left > 0",
        waits.test_live_cents_stay_where_the_beneficiary_may_take_on_nothing_new,
    ),
    "what one run does not give is not given": (
        "legal", 'later or (given > 0 and len(pieces) > MOST_LIFTED)', 'False',
        waits.test_an_order_of_very_many_pieces_is_carried_out_in_several_days,
    ),
    "given while it is taken back": (
        "legal", 'given == room or (step is not None and "reversal" in step)', 'given == room',
        waits.test_money_that_a_reversal_takes_back_in_steps_is_given_once_that_is_over,
    ),
    "one order after the other keeps a freeze": (
        "legal", '            gone += waiting_of(row, entered["by"])\n', "            pass\n",
        waits.test_one_bank_alone_keeps_no_freeze_beyond_its_date_by_one_order_after_the_other,
    ),
    "an order that lapses takes those of others with it": (
        "legal", ' and successor_of(entered["by"]) == successor_of(bank)', "",
        alone.test_a_renewal_stays_where_that_of_another_house_lapses,
    ),
    "the last renewal wins": (
        "legal", 'max(runs_until(row), until)\n    row["until"] = max(row["until"], until)',
        'until\n    row["until"] = until',
        partial(alone.test_the_longest_renewal_wins_whichever_is_ratified_first, short_first=False),
    ),
    "one house refuses": (
        "general", "HOUSES_THAT_REFUSE = 2", "HOUSES_THAT_REFUSE = 1",
        alone.test_one_bank_frees_nothing_by_refusing_and_another_may_ratify,
    ),
    "one house refuses twice": (
        "general", 'require(successor_of(one["bank"]) != successor_of(ctx.party), "refusal_made"',
        'require(True, "refusal_made"',
        is_refused(refused.refuse_twice),
    ),
    "refused without a word": (
        "legal", 'require(reason != "", "reason_needed")', "pass", is_refused(refused.refuse_without_a_reason)
    ),
    "what came back is free of its freeze": (
        "settlement", "    freezes = freezes_again(row, holder)\n", "    freezes = []\n",
        alone.test_what_comes_back_to_a_pledgee_that_has_its_money_stays_frozen_for_the_holder,
    ),
    "frozen here and where its freeze has moved": (
        "settlement", 'gone = move["moved"] if "moved" in move else 0', "gone = 0",
        alone.test_what_comes_back_is_free_once_its_freeze_has_moved_to_other_cents,
    ),
    "given to its own holder": (
        "legal", 'require(not own, "beneficiary_is_the_holder"', 'require(True, "beneficiary_is_the_holder"',
        is_refused(refused.a_transfer_to_the_holder),
    ),
    "given to a regulator": (
        "legal", '        require_may_hold(row)\n', "        pass\n", is_refused(a_regulator_takes)
    ),
    "a token to an account": (
        "legal", '            require(money, "beneficiary_unregistered", {"id": ""})\n', "            pass\n",
        is_refused(refused.a_token_to_an_account),
    ),
    "live cents to an account": (
        "legal", '(piece["money"] or not only_money) and', "", alone.test_to_an_account_outside_goes_money_alone
    ),
    "the pledge ends": (
        "legal", 'if lock["kind"] == "pledged":', 'if lock["kind"] == "":',
        told.test_a_pledge_stays_on_what_a_court_gives,
    ),
    "the high end is released": (
        "legal", 'cut_off(tokens_read.get(piece["token"]), part)[0]',
        'cut_off(tokens_read.get(piece["token"]), part)[1]',
        told.test_a_release_in_part_frees_the_low_cents_and_joins_them,
    ),
    "a renewal does nothing until it is ratified": (
        "legal", ">= ctx.today or is_held(row)", ">= ctx.today",
        told.test_a_renewal_acts_at_once_and_ends_with_its_order
    ),
    "a renewal stays that nobody ratified": (
        "legal", "        gone = [entered[\"id\"]]\n", "        gone = []\n",
        told.test_a_renewal_acts_at_once_and_ends_with_its_order,
    ),
    "the same paper twice": (
        "legal", 'require(status not in LEGAL_ORDER_STANDING, "order_used"', 'require(True, "order_used"',
        is_refused(refused.the_same_paper_twice),
    ),
    "one bank freezes day after day": (
        "legal", 'require(until < ctx.today, "freeze_too_soon"', 'require(True, "freeze_too_soon"',
        is_refused(refused.a_freeze_again_that_nobody_ratified),
    ),
    "one bank freezes twice": (
        "legal", 'require(not waits, "order_open"', 'require(True, "order_open"',
        is_refused(refused.a_second_freeze_of_one_bank),
    ),
    "cents to the debtor": (
        "legal", 'require(debtor != beneficiary, "recipient_is_the_debtor")', "pass",
        is_refused(refused.a_transfer_to_the_debtor),
    ),
    "anybody acknowledges what a court took": (
        "settlement", 'require(not account_by_order(row), "not_the_payee")', "pass",
        is_refused(refused.acknowledge_what_a_court_took),
    ),
    "a court's money is owed to the holder": (
        "settlement", '        row["party"] = row["bank"]\n', "", told.test_money_goes_to_a_courts_account,
    ),
    "a court's money goes to the holder": (
        "settlement", '    if status == "instructed" and by_order:\n', '    if status == "":\n', back_from_the_court
    ),
    "freezes do not move": (
        "pledge", "        move_freezes(row)\n", "", told.test_the_freezes_move_to_what_the_pledge_frees
    ),
    "they move to the low end": (
        "pledge", 'places += [[-one["lo"], token]]', 'places += [[one["lo"], token]]',
        told.test_the_freezes_move_to_the_highest_of_several_tokens,
    ),
    "to the low end of a token": (
        "pledge", "                name = pieces[1]\n", "                name = pieces[0]\n",
        told.test_the_freezes_move_to_what_the_pledge_frees,
    ),
    "what a court gave away is owed still": (
        "legal", '            invoke("finance", "bank_lost", token["financing"], amount)\n', "            pass\n",
        lost.test_what_is_left_of_it_is_repaid_and_the_whole_is_ended,
    ),
    "what was enforced is owed still": (
        "pledge", '                invoke("finance", "bank_lost", one["financing"], part)\n', "                pass\n",
        lost.test_an_enforcement_ends_the_financing_of_the_bank_that_had_pledged_it,
    ),
    "it is financed still by whoever lost it": (
        "token", '    if kind in ("force", "enforce", "guarantee"):\n        child["financing"] = ""\n', "",
        lost.test_a_financing_whose_cents_a_court_gave_away_is_ended_and_not_repaid,
    ),
    "what was lost counts as repaid": (
        "finance", '"repaid" if lost(request) == 0 else "ended"', '"repaid"',
        lost.test_a_financing_whose_cents_a_court_gave_away_is_ended_and_not_repaid,
    ),
    "pieces of a pledge stay cut": (
        "legal", "    if not first:\n        return\n    joined", "    if len(locks) > 0:\n        return\n    joined",
        of_a_pledge(pieces.test_they_are_one_token_again_when_the_freeze_is_released),
    ),
    "the pledge does not hear of it": (
        "legal", '        invoke("pledge", "tokens_joined", locks[0]["ref"], joined)\n', "        pass\n",
        of_a_pledge(pieces.test_they_are_one_token_again_when_the_freeze_is_released),
    ),
    "the pledge names it once for each piece": (
        "pledge", "        if now not in found:\n            found += [now]\n    row",
        "        found += [now]\n    row",
        of_a_pledge(pieces.test_they_are_one_token_again_when_the_freeze_is_released),
    ),
    "what two courts cut stays cut": (
        "token", '["cut_for"] in ("payment", "legal")', '["cut_for"] == "payment"',
        partial(pieces.test_free_cents_that_two_courts_had_cut_are_one_token_again, first=0),
    ),
    "ended ones move": (
        "pledge", 'if one["status"] in FREEZE_STANDING and not one["over"]:', "if True:",
        told.test_a_freeze_that_waited_for_cents_paid_to_the_pledgee_comes_into_force_on_others,
    ),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_dies(mutant: str) -> None:
    assert_it_dies(MUTANTS[mutant], TypeError, IndexError, KeyError)
