"""Each rule of products, broken once: what is told of them elsewhere must notice."""

from __future__ import annotations

import pytest
from contracts.expected import refused
from contracts.mutants import Mutant, Scenario, assert_it_dies, is_refused
from contracts.products import PARTS, active, attested, register, report
from contracts.world import ANCHOR, BANK1, OTHER_ANCHOR, S1, S2, World, ask, issue

from contracts import test_products as told


def worked(world: World) -> None:
    faces = [world.bill(one)["face"] for one in report(world, active(world))["bills"]]
    assert faces == told.FACES


def rows_of_the_worked_event(world: World) -> None:
    """The worked event on this world, whatever made it."""
    product = active(world)
    row = world.bill(report(world, product)["bills"][0])
    assert (row["status"], row["paying_bank"], row["due_on"]) == ("pending_accept", BANK1, world.plus(90))
    assert (row["product"], row["delivered_on"], row["confirmed_on"]) == (product, world.today, world.today)
    assert world.row("bill", "to_pay", BANK1) == {"count": 4}


def another(act: str, by: str = S2) -> Scenario:
    """Somebody who has nothing to do with a product tries an act on it."""
    return is_refused(lambda world: world.call(by, "product", act, product=register(world, PARTS[:1])))


def halves(world: World) -> None:
    """0.5 of a cent in all goes up, and of two equal remainders the first one gets it."""
    parts = [{"part": name, "supplier": S1, "share": 250_000} for name in ("left", "right")]
    product = active(world, parts)
    assert [world.bill(one)["face"] for one in report(world, product, value=1_001)["bills"]] == [251, 250]


def uncovered(world: World) -> None:
    told.test_an_uncovered_bill_is_financed_by_nobody_until_its_invoices_come(world, S1)


def alone(world: World) -> None:
    world.call(ANCHOR, "product", "register", **told.described())


def expired(world: World) -> None:
    """A bill that nobody accepts ends by itself, and frees no place that it never took."""
    bills = report(world, active(world))["bills"]
    world.day(world.plus(1))
    issue(world, ANCHOR)
    world.day(world.bill(bills[0])["expires_on"])
    assert {world.bill(one)["status"] for one in bills} == {"expired"}
    assert [row["count"] for _, row in world.rows("bill", "open_drafts")] == [1, 1]


def as_another_anchor(world: World) -> None:
    world.call(OTHER_ANCHOR, "product", "event", **attested(world, active(world)))


MUTANTS: dict[str, Mutant] = {
    "total rounded down": ("product", "(2 * value * whole + WHOLE) // (2 * WHOLE)", "value * whole // WHOLE", halves),
    "smallest remainder first": ("general", "[product % whole * RANKS", "[-(product % whole) * RANKS", worked),
    "ties by the last": ("general", "RANKS - len(parts)", "len(parts)", halves),
    "no cent more": ("general", "parts[number] += 1", "parts[number] += 0", worked),
    "a part of nothing": (
        "product", "amounts[position] > 0", "amounts[position] >= 0",
        lambda world: refused("share_too_small", report, world, active(world), value=14),
    ),
    "an event too large": (
        "product", 'value <= row["most_value"], "event_too_large"', 'value > 0, "event_too_large"',
        told.test_the_limits_of_one_event_and_of_a_day,
    ),
    "a day too large": (
        "product", 'of_today <= row["most_a_day"]', "of_today > 0", told.test_the_limits_of_one_event_and_of_a_day
    ),
    "a day that never ends": (
        "product", 'before is not None and before["date"] == ctx.today:\n        of_today',
        "before is not None:\n        of_today", told.test_the_limits_of_one_event_and_of_a_day,
    ),
    "a day that counts the last event": (
        "product", 'of_today += before["value"]', "of_today += 0", told.test_the_limits_of_one_event_and_of_a_day
    ),
    "no signature": (
        "product", 'require(signed_by(row["alg"], row["attestor"], "event", said, signature), "attestation_wrong")',
        'require(signed_by(row["alg"], row["attestor"], "event", said, signature) or True, "attestation_wrong")',
        told.test_what_was_signed_for_one_product_or_by_another_key_is_no_attestation,
    ),
    "order left unsigned": (
        "product", '"order": order, "serial": serial, "value": value, "happened_on"',
        '"order": "O-1", "serial": serial, "value": value, "happened_on"',
        lambda world: told.test_the_attestor_signs_all_that_is_said(world, "order", "O-2"),
    ),
    "a replay that issues": (
        "product", "    if known is not None:", "    if known is not None and known is None:",
        told.test_a_replay_issues_nothing,
    ),
    "other content is a repetition": (
        "product", 'require(known["digest"] == content,', 'require(known["digest"] != "",',
        told.test_a_replay_issues_nothing,
    ),
    "the value is not looked at again": (
        "product", "digest([product, value, happened_on])", "digest([product, happened_on])",
        told.test_a_replay_issues_nothing,
    ),
    "another anchor's product": (
        "product", 'require(row["anchor"] == ctx.party, "not_the_anchor")',
        'require(row["anchor"] != "", "not_the_anchor")', is_refused(as_another_anchor),
    ),
    "not active": (
        "product", 'row["status"] in PRODUCT_PRODUCING', 'row["status"] != ""',
        told.test_nothing_is_issued_before_all_have_agreed_nor_once_one_of_them_retired_it,
    ),
    "tomorrow's event": (
        "product", "happened_on <= ctx.today,", 'happened_on != "",',
        told.test_the_day_of_an_event_decides_when_its_bills_are_due,
    ),
    "due today": (
        "product", "due_on > ctx.today", "due_on >= ctx.today",
        told.test_the_day_of_an_event_decides_when_its_bills_are_due,
    ),
    "a supplier that is stopped": (
        "product", '    row = require_active(supplier)\n', '    row = require_party(supplier)\n',
        told.test_a_supplier_that_is_suspended_may_leave_and_stops_the_events,
    ),
    "no policy": (
        "product", 'require_policy(anchor, "product.event", row["currency"], sum_of(parts))',
        'require_policy(anchor, "product.event", row["currency"], 0)',
        told.test_a_policy_of_the_anchor_asks_for_two_people_by_the_sum_of_the_bills,
    ),
    "a policy by the value": (
        "product", 'row["currency"], sum_of(parts))', 'row["currency"], value)',
        told.test_a_policy_of_the_anchor_asks_for_two_people_by_the_sum_of_the_bills,
    ),
    "one alone registers": ("product", "    require_maker_and_checker()\n", '    require_capability("maker")\n',
                            is_refused(alone)),
    "a stranger agrees": (
        "product", 'suppliers_of(row["parts"]), "not_a_supplier_of_it")',
        'suppliers_of(row["parts"]) or True, "not_a_supplier_of_it")',
        another("agree"),
    ),
    "a stranger retires": (
        "product", 'suppliers_of(row["parts"]), "not_of_the_product")',
        'suppliers_of(row["parts"]) or True, "not_of_the_product")', another("retire"),
    ),
    "active by the first": (
        "product", 'len(row["agreed"]) == len(suppliers_of(row["parts"]))', 'len(row["agreed"]) > 0',
        told.test_nothing_is_issued_before_all_have_agreed_nor_once_one_of_them_retired_it,
    ),
    "a supplier for each part": (
        "product", '        if part["supplier"] not in suppliers:\n', '        if part["supplier"] != "":\n',
        told.test_a_supplier_of_several_parts_agrees_once_and_gets_a_bill_for_each,
    ),
    "more than all": ("product", 'require(whole <= WHOLE, "shares_not_valid"', 'require(whole > 0, "shares_not_valid"',
                      told.test_what_it_is_made_of_fits),
    "too many parts": (
        "product", "1 <= len(parts) <= MOST_PARTS", "1 <= len(parts)", told.test_what_it_is_made_of_fits
    ),
    "too many products": ("product", "count <= MOST_A_DAY", "count > 0", told.test_an_anchor_registers_so_many_a_day),
    "too many products for good": (
        "product", 'before is not None and before["date"] == ctx.today:\n        count',
        "before is not None:\n        count", told.test_an_anchor_registers_so_many_a_day,
    ),
    "not confirmed": (
        "bill", 'row["status"] = "pending_accept"\n        row', 'row["status"] = "pending_confirm"\n        row',
        rows_of_the_worked_event,
    ),
    "not counted as to be paid": (
        "bill", "        count_to_pay(row, 1)\n        keep", "        count_to_pay(row, 0)\n        keep",
        rows_of_the_worked_event,
    ),
    "no product named": ("bill", 'row["product"] = made["product"]', 'row["product"] = ""', rows_of_the_worked_event),
    "a place for no draft": ("general", 'return "product" in row and row["product"] != ""', "return False", expired),
    "uncovered is covered": ("invoice", '== bill["face"] - bill["diluted"]', ">= 0", uncovered),
    "covered in part": ("invoice", '== bill["face"] - bill["diluted"]', "> 0", uncovered),
    "dilution is not looked at": (
        "invoice", '== bill["face"] - bill["diluted"]', '== bill["face"]',
        told.test_a_dilution_lowers_what_invoices_have_to_cover,
    ),
    "any bill is uncovered": (
        "invoice", "return not is_produced(bill) or", "return",
        lambda world: ask(world, told.accepted_bill(world)[1], BANK1, amount=1_000),
    ),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_dies(mutant: str) -> None:
    assert_it_dies(MUTANTS[mutant], TypeError, IndexError)
