"""Refusals of entries of banks: defaults, struck invoices, and examinations."""

from __future__ import annotations

from contracts.entering import (
    FACE,
    FINDING,
    dispute,
    doubtful,
    enter_default,
    enter_strike,
    entry,
    examine,
    in_default,
    lift,
    ratify,
    struck,
)
from contracts.joint_words import I1, on
from contracts.refusals import refuses
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    OTHER_ANCHOR,
    S1,
    S2,
    S3,
    S4,
    World,
    as_two,
    ask,
    bid,
    issue,
    pay,
)


@refuses("default_unknown")
def enter_another_kind_of_default(world: World) -> None:
    enter_default(world, kind="late")


@refuses("not_the_entering_bank")
def enter_a_default_of_a_party_of_other_banks(world: World) -> None:
    enter_default(world, by=BANK3)


@refuses("not_the_entering_bank")
def ratify_one_s_own_entry(world: World) -> None:
    ratify(world, enter_default(world), BANK1)


@refuses("entry_unknown")
def ratify_what_was_never_entered(world: World) -> None:
    ratify(world, {"entry": "N0"})


@refuses("entry_stands")
def enter_a_default_that_stands(world: World) -> None:
    in_default(world)
    enter_default(world)


@refuses("entry_stands")
def strike_an_invoice_twice(world: World) -> None:
    doubtful(world)
    enter_strike(world, entry(world, struck(world))["dispute"])


@refuses("entry_open")
def enter_twice_what_waits(world: World) -> None:
    enter_default(world)
    enter_default(world)


@refuses("entry_transition")
def lift_what_nobody_ratified(world: World) -> None:
    lift(world, enter_default(world))


@refuses("entry_transition")
def ratify_twice(world: World) -> None:
    ratify(world, in_default(world), BANK3)


@refuses("entry_over")
def ratify_after_the_72_hours(world: World) -> None:
    """As if the day change had not come yet: dates decide."""
    entered = enter_default(world)
    world.time_ms += 6 * 86_400_000
    ratify(world, entered)


@refuses("entry_on_another_party")
def object_for_another(world: World) -> None:
    world.call(S1, "entry", "object_to_entry", entry=in_default(world)["entry"], reason="no")


@refuses("too_many_entries", parameters={"open_orders": 10})
def enter_more_than_may_wait(world: World) -> None:
    for debtor in (ANCHOR, OTHER_ANCHOR, S1, S2, S3, S4):
        for kind in ("bond_default", "persistent"):
            enter_default(world, debtor, kind=kind)


@refuses("invoice_unknown")
def strike_an_invoice_that_is_on_no_bill(world: World) -> None:
    enter_strike(world, dispute(world))


@refuses("dispute_not_upheld")
def strike_what_nobody_s_sponsor_stands_behind(world: World) -> None:
    doubtful(world)
    enter_strike(world, dispute(world, upheld=False))


@refuses("invoice_struck")
def ask_for_money_on_a_struck_invoice(world: World) -> None:
    _, token = doubtful(world)
    struck(world)
    ask(world, token, BANK2, amount=FACE)


@refuses("invoice_struck")
def confirm_a_bill_on_a_struck_invoice(world: World) -> None:
    doubtful(world)
    waits = issue(world, **on((I1, FACE, 2 * FACE)))
    struck(world)
    world.call(ANCHOR, "bill", "confirm", bill=waits)


@refuses("nothing_to_examine")
def examine_what_is_in_no_doubt(world: World) -> None:
    examine(world, ask(world, doubtful(world)[1], BANK2, amount=FACE)["request"], BANK2)


@refuses("examination_missing")
def quote_without_having_looked(world: World) -> None:
    mine, _ = pay(world, doubtful(world)[1], S2, FACE // 2)
    struck(world)
    bid(world, ask(world, mine, BANK2, amount=FACE // 2)["request"], BANK2)


@refuses("reason_needed")
def refuse_an_entry_without_saying_why(world: World) -> None:
    as_two(world, BANK2, "entry", "refuse_entry", entry=enter_default(world)["entry"], reason="")


@refuses("document_not_valid")
def enter_a_default_without_a_list(world: World) -> None:
    as_two(world, BANK1, "entry", "enter_default", debtor=ANCHOR, default="persistent", document="")


@refuses("dispute_unknown")
def strike_by_no_dispute(world: World) -> None:
    as_two(world, BANK1, "entry", "strike", dispute="D0", document=FINDING)


@refuses("request_unknown")
def examine_for_no_request(world: World) -> None:
    examine(world, "R0")


@refuses("bank_not_asked")
def examine_without_being_asked(world: World) -> None:
    examine(world, ask(world, doubtful(world)[1], BANK2, amount=FACE)["request"], BANK3)
