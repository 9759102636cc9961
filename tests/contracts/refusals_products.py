"""Refusals of products and of events of production."""

from __future__ import annotations

from contracts.products import PARTS, VALUE, active, attested, described, event_bill, register, report
from contracts.refusals import refuses
from contracts.world import ANCHOR, BANK1, OTHER_ANCHOR, S1, S2, World, as_two, ask


@refuses("product_unknown")
def agree_to_nothing(world: World) -> None:
    world.call(S1, "product", "agree", product="P")


@refuses("role_missing")
def register_as_a_supplier(world: World) -> None:
    as_two(world, S1, "product", "register", **described(PARTS[1:]))


@refuses("debtor_is_creditor")
def make_a_part_oneself(world: World) -> None:
    as_two(world, ANCHOR, "product", "register", **described([{**PARTS[0], "supplier": ANCHOR}]))


@refuses("creditor_is_a_bank")
def have_a_bank_make_a_part(world: World) -> None:
    register(world, [{**PARTS[0], "supplier": BANK1}])


@refuses("shares_not_valid")
def share_out_more_than_all(world: World) -> None:
    register(world, [{**PARTS[0], "share": 600_000}, {**PARTS[1], "share": 400_001}])


@refuses("due_days_not_valid")
def let_bills_be_due_at_once(world: World) -> None:
    register(world, due_days=0)


@refuses("too_many_products")
def register_a_twenty_first_product_in_a_day(world: World) -> None:
    for _ in range(21):
        register(world)


@refuses("not_a_supplier_of_it")
def agree_to_the_product_of_others(world: World) -> None:
    world.call(S2, "product", "agree", product=register(world, PARTS[:1]))


@refuses("agreed_already")
def agree_twice(world: World) -> None:
    product = register(world)
    for _ in range(2):
        world.call(S1, "product", "agree", product=product)


@refuses("product_transition")
def agree_to_what_was_retired(world: World) -> None:
    product = register(world)
    world.call(ANCHOR, "product", "retire", product=product)
    world.call(S1, "product", "agree", product=product)


@refuses("not_of_the_product")
def retire_the_product_of_others(world: World) -> None:
    world.call(S2, "product", "retire", product=register(world, PARTS[:1]))


@refuses("not_the_anchor")
def report_for_another_anchor(world: World) -> None:
    world.call(OTHER_ANCHOR, "product", "event", **attested(world, active(world)))


@refuses("product_not_active")
def report_before_all_have_agreed(world: World) -> None:
    report(world, register(world))


@refuses("event_in_future")
def report_what_has_not_happened(world: World) -> None:
    report(world, active(world), happened_on=world.plus(1))


@refuses("event_used_otherwise")
def report_another_value_under_the_same_numbers(world: World) -> None:
    product = active(world)
    report(world, product)
    report(world, product, value=VALUE - 1)


@refuses("attestation_wrong")
def report_what_the_attestor_did_not_sign(world: World) -> None:
    said = attested(world, active(world))
    world.call(ANCHOR, "product", "event", **{**said, "value": VALUE + 1})


@refuses("attestation_wrong")
def report_with_a_number_for_a_signature(world: World) -> None:
    world.call(ANCHOR, "product", "event", **{**attested(world, active(world)), "signature": 1})


@refuses("event_too_large")
def report_more_than_one_event_may_be(world: World) -> None:
    report(world, active(world), value=20_000_001)


@refuses("event_too_large")
def report_more_than_a_day_may_be(world: World) -> None:
    product = active(world)
    report(world, product, value=20_000_000)
    report(world, product, "VIN-2", 10_000_001)


@refuses("share_too_small")
def report_so_little_that_a_part_gets_nothing(world: World) -> None:
    report(world, active(world), value=14)


@refuses("invoices_missing")
def finance_what_no_invoice_covers(world: World) -> None:
    ask(world, event_bill(world)[1], BANK1, amount=1_000)
