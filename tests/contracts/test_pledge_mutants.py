"""Each rule of pledges, broken once: what is told of them elsewhere must notice."""

from __future__ import annotations

import pytest
from contracts.invariants import check_all
from contracts.mutants import Mutant, assert_it_dies, is_refused
from contracts.pledging import act, offer_pledge, pledge, row_of
from contracts.world import BANK2, BANK3, S1, World, accepted_bill, settle

from contracts import refusals_pledges as refused
from contracts import test_pledges as told


def paid_on_the_day_itself(world: World) -> None:
    """On the last day on which its receipt may be reversed nothing is free yet, whenever it is paid out."""
    bill, _, _, made = told.example(world)
    settle(world, bill, 50_000_000, partial=True)
    world.day("2026-03-03")
    told.paid_out(world, bill)
    assert told.status(world, made) == "covered"


def alone(world: World) -> None:
    _, made = told.due_pledge(world)
    world.call(BANK2, "pledge", "enforce", pledge=made, owed=100)


def by_another_bank(world: World) -> None:
    made = pledge(world, accepted_bill(world, face=1_000)[1], secured=300)
    act(world, BANK3, "release", made, secured=0)


def in_two_parts(world: World) -> None:
    """What two part payments come to is what was secured."""
    bill, token = accepted_bill(world, face=1_000)
    made = pledge(world, token, secured=300)
    for received in (200, 300):
        settle(world, bill, 200, partial=True)
        assert row_of(world, made)["received"] == received


def places(world: World) -> None:
    """Offers in pledge take places as others do, and give them back."""
    _, token = accepted_bill(world, face=1_000)
    made = offer_pledge(world, token, secured=300)
    check_all(world)
    act(world, S1, "withdraw", made)
    check_all(world)


MUTANTS: dict[str, Mutant] = {
    "the pledgee gets all": (
        "token", "share = min(amount, max(short, 0))", "share = amount",
        told.test_the_worked_example_without_its_freezes,
    ),
    "the holder is paid first": (
        "token", "share = min(amount, max(short, 0))", "share = 0", told.test_the_worked_example_without_its_freezes
    ),
    "received does not run along": (
        "token", '        short -= told[pledge]["received"]\n', "        short -= 0\n",
        told.test_the_worked_example_without_its_freezes,
    ),
    "what was received before does not count": (
        "token", 'short = terms["secured"] - terms["received"]', 'short = terms["secured"]', in_two_parts
    ),
    "the settled token goes to the pledgee": (
        "token", 'at + share["amount"], row["id"], row["holder"])', 'at + share["amount"], row["id"], share["party"])',
        told.test_the_worked_example_without_its_freezes,
    ),
    "the rest is free at once": (
        "token", '    rest["locks"] = row["locks"]\n    keep(rest)', '    rest["locks"] = []\n    keep(rest)',
        told.test_the_worked_example_without_its_freezes,
    ),
    "paid before the money is final": (
        "pledge", 'row["final_on"] < ctx.today', 'row["final_on"] <= ctx.today', paid_on_the_day_itself
    ),
    "over before it is paid out": (
        "pledge", "if covered and final:", "if covered:", told.test_the_worked_example_without_its_freezes
    ),
    "what came back counts": (
        "settlement", '        received = -row["amount"]\n', "        received = 0\n",
        told.test_a_returned_payment_opens_the_pledge_again,
    ),
    "a payment is shared out": (
        "settlement", 'short == 0 or short >= row["amount"]', "short >= 0", is_refused(
            refused.instruct_what_the_pledgee_has_in_part
        ),
    ),
    "enforced by one": (
        "pledge", "    require_maker_and_checker()\n", '    require_capability("maker")\n', is_refused(alone)
    ),
    "enforced before it is due": (
        "pledge", 'ctx.today > row["due_on"]', 'ctx.today >= row["due_on"]',
        is_refused(refused.enforce_on_the_day_on_which_it_is_due),
    ),
    "more than is secured": (
        "pledge", 'owed <= row["secured"] - row["received"]', "owed > 0",
        is_refused(refused.enforce_more_than_is_secured),
    ),
    "what was paid meanwhile is taken twice": (
        "pledge", 'row["owed"] = min(row["owed"], row["secured"] - row["received"])', 'row["owed"] = row["owed"]',
        told.test_enforcement_is_refused_lapses_and_counts_what_was_paid_meanwhile,
    ),
    "enforced from the high end": (
        "pledge", "token = pieces[0]\n            left += [pieces[1]]",
        "token = pieces[1]\n            left += [pieces[0]]",
        told.test_enforcement_takes_over_cents_of_what_is_owed_and_frees_the_rest,
    ),
    "no financed tier": (
        "token", '        child["financed_tier"] = row["tier"]\n    if kind',
        '        child["financed_tier"] = 0\n    if kind',
        told.test_enforcement_takes_over_cents_of_what_is_owed_and_frees_the_rest,
    ),
    "released by anybody": (
        "pledge", '    require(row["pledgee"] == ctx.party, "not_the_pledgee")\n    require_capability("maker")\n'
        '    require_pledge_step(row, "pledge.release"',
        '    require_capability("maker")\n    require_pledge_step(row, "pledge.release"', is_refused(by_another_bank),
    ),
    "a release may raise": (
        "pledge", 'require(secured < row["secured"]', "require(secured >= 0", is_refused(refused.secure_more)
    ),
    "a settlement leaves the offer": (
        "pledge", '    if row["status"] == "offered":\n        end_offered(row, "bill_paid"',
        '    if row["status"] == "":\n        end_offered(row, "bill_paid"',
        told.test_a_settlement_ends_an_offer_and_frees_all_its_tokens,
    ),
    "no place for an offer": ("token", "    count_offers(ctx.party, len(tokens))\n", "", places),
    "a bank with a pledge is closed": (
        "pledge", '    count_taken(row["pledgee"], 1)\n    emit("pledged"', '    emit("pledged"',
        told.test_a_bank_with_a_pledge_is_not_closed,
    ),
    "set aside too early": (
        "settlement", "late = ctx.today > add_days(since, MOST_DAYS_RETURNED)", "late = True",
        is_refused(refused.set_aside_on_the_thirtieth_day),
    ),
    "what arrived comes back": (
        "settlement", ' and row["acknowledged"]["height"] == 0', "",
        told.test_what_the_payee_said_arrived_does_not_come_back,
    ),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_dies(mutant: str) -> None:
    assert_it_dies(MUTANTS[mutant], TypeError, IndexError, KeyError)
