"""Faults planted in how an agreed financing is kept while its bank's money is under way: each is seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from contracts.mutants import Mutant, assert_it_dies
from contracts.world import World

from contracts import test_paid_while_money_is_under_way as paid
from contracts import test_suspended_financings as told

Scenario = Callable[[World], None]


def part_reversed(world: World) -> None:
    paid.test_a_reversed_receipt_brings_the_agreement_back(world, 30_000)


def whole_reversed(world: World) -> None:
    paid.test_a_reversed_receipt_brings_the_agreement_back(world, told.FACE)


def frozen_and_reversed(world: World) -> None:
    paid.test_a_reversal_while_it_is_frozen_makes_the_token_whole_again(world, told.FACE)


def same_day(world: World) -> None:
    paid.test_money_of_the_day_on_which_the_debtor_paid_comes_too_late(world, told.TUESDAY)


def reversed_claim(world: World) -> None:
    paid.test_a_receipt_is_not_reversed_once_a_bank_has_some_of_it(world, 0)


MUTANTS: dict[str, Mutant] = {
    "a freeze ends an agreement at once": (
        "finance", '    if row["status"] in REQUEST_ASKING:\n        end_request(row, "withdrawn", "freeze"',
        '    if True:\n        end_request(row, "withdrawn", "freeze"',
        told.test_an_order_that_lapses_gives_the_lost_days_back,
    ),
    "no day is given back": (
        "finance", 'lost = days_between(row["suspended_on"], ctx.today)', "lost = 0",
        told.test_an_order_that_lapses_gives_the_lost_days_back,
    ),
    "a standstill is given back twice": (
        "finance", 'row["allowed_ms"] = max(row["allowed_ms"], invoke("calendar", "stood_ms"))', "pass",
        told.test_a_standstill_within_a_suspension_counts_once,
    ),
    "the first freeze that is over resumes": (
        "finance", 'if len(kept) > 0 or row["ended_by"] != "":', "if False:",
        told.test_the_first_lapses_and_the_second_goes_on,
    ),
    "a ratified order ends nothing": (
        "finance", '        row["ended_by"] = "freeze"\n', "        pass\n",
        told.test_an_order_that_is_ratified_ends_the_agreement_after_its_last_day,
    ),
    "money of the day of the freeze counts": (
        "finance", "left = not is_suspended(row) or value_date < frozen_since(row)", "left = True",
        told.test_the_first_lapses_and_the_second_goes_on,
    ),
    "money of the day of a ratified freeze counts": (
        "finance", 'return row["ended_by"] != "" and value_date >= frozen_since(row)', "return False",
        told.test_money_of_the_day_of_a_ratified_freeze_is_flagged_and_the_court_decides,
    ),
    "money of the day on which the debtor paid counts": (
        "general", 'if money["on"] > value_date:', 'if money["on"] >= value_date:', same_day,
    ),
    "a freeze stays on all of the token": (
        "legal", "    narrow(row)\n    return freezes.get(freeze)", "    return freezes.get(freeze)",
        told.test_an_order_that_is_ratified_ends_the_agreement_after_its_last_day,
    ),
    "an agreed token is cut at once": (
        "legal", '    if suspended_by(row) != "":\n        return\n    for piece', "    for piece",
        told.test_a_freeze_of_one_cent_suspends_an_agreement_and_ends_nothing,
    ),
    "a transfer gives what may be a bank's": (
        "legal", '    if suspended_by(row) != "":\n        return {"pieces": 0, "later": True}\n', "",
        told.test_a_ratified_transfer_waits_until_the_agreement_is_over,
    ),
    "its bank is the second bank": (
        "legal", 'places += [{"holder": agreed["bank"], "pledgee": ""}]', "pass",
        told.test_the_bank_of_the_agreement_is_no_second_bank,
    ),
    "a freeze is on all that was paid": (
        "general", 'begins += [freeze["lo"] if apart else row["lo"]]', 'begins += [row["lo"]]',
        paid.test_a_ratified_freeze_keeps_its_cents_of_the_money,
    ),
    "the holder has the money at once": (
        "finance", '    waits = row["status"] == "agreed"\n', "    waits = False\n",
        paid.test_money_of_an_earlier_day_takes_the_debtors_money,
    ),
    "the bank has the debtor's money, whenever it paid": (
        "settlement", ' and agreed["value_date"] < row["changed_on"]:', ":",
        paid.test_each_payment_counts_by_its_own_day,
    ),
    "the holder has the money in the end": (
        "settlement", '        row["party"] = agreed["bank"]\n', "",
        paid.test_money_of_an_earlier_day_takes_the_debtors_money,
    ),
    "the end of a freeze lets waiting money go": (
        "settlement", 'if len(freezes) > 0 or awaited_by(row) != "":', "if len(freezes) > 0:",
        paid.test_a_refused_freeze_leaves_the_money_to_the_agreement,
    ),
    "a bank is paid under a freeze": (
        "settlement", '        file_under(row, [])\n        row["party"] = agreed', '        row["party"] = agreed',
        paid.test_money_of_before_takes_all_that_was_paid_free_of_the_freeze,
    ),
    "a payment is not looked at again": (
        "settlement", '    if awaited_by(row) != "":\n        wait_for_financing(row)\n',
        '    if awaited_by(row) != "":\n        pass\n',
        paid.test_without_a_receipt_it_is_the_holders_after_the_last_day,
    ),
    "what a bank has is reversed": (
        "settlement", " or claimed.has([ctx.party, reference])", "", reversed_claim,
    ),
    "a reversed receipt frees what is agreed": (
        "settlement", "        return locks_of_agreement(row)\n", "        pass\n", whole_reversed,
    ),
    "a reversal forgets the rest's locks": (
        "settlement", '        return rest["locks"]\n', "        return []\n", part_reversed,
    ),
    "a reversal forgets the freezes": (
        "settlement", 'if freeze["status"] in FREEZE_STANDING:\n            locks +=',
        "if False:\n            locks +=",
        frozen_and_reversed,
    ),
    "a financing is not told of a reversal": (
        "settlement", 'invoke("finance", "token_back", lock["ref"], token, size, step["bank"], step["reference"])',
        "pass",
        whole_reversed,
    ),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_dies(mutant: str) -> None:
    assert_it_dies(MUTANTS[mutant], TypeError, KeyError, IndexError)
