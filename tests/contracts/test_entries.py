"""Entries of banks (银行登记): a debtor in default, an invoice that is struck, and what lifts them."""

from __future__ import annotations

import pytest
from contracts.entering import (
    FACE,
    default,
    dispute,
    doubtful,
    enter_default,
    enter_strike,
    entry,
    examine,
    in_default,
    lift,
    ratify,
    refuse,
    status_of,
    struck,
)
from contracts.expected import refused
from contracts.invariants import check_all
from contracts.joint_words import I1, I2, on
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    S1,
    S2,
    World,
    accepted_bill,
    as_two,
    ask,
    bid,
    disburse,
    issue,
    name_paying_bank,
    name_successor,
    pay,
    settle,
)


@pytest.fixture
def world() -> World:
    return World()


def test_a_default_says_nothing_until_a_second_bank_ratifies_it_and_ends_after_twelve_months(world: World) -> None:
    world.day("2026-03-06")  # a Friday
    entered = enter_default(world)
    assert (entered["until"], default(world)) == ("2026-03-09", None)
    world.day("2026-03-09")
    assert ratify(world, entered)["until"] == "2027-03-09"
    row = default(world)
    assert (row["status"], row["from"], row["until"], row["by"]) == ("in_force", "2026-03-09", "2027-03-09", BANK1)
    issue(world)  # what a default stops is for the rules of who issues
    world.day("2027-03-09")
    assert default(world)["status"] == "in_force"
    world.day("2027-03-10")
    assert (default(world)["status"], entry(world, entered)["status"]) == ("expired", "expired")
    assert default(world)["ended_on"] == "2027-03-10"
    again = in_default(world)
    assert (default(world)["entry"], default(world)["status"]) == (again["entry"], "in_force")
    check_all(world)


def test_what_nobody_ratifies_within_72_hours_lapses(world: World) -> None:
    world.day("2026-03-06")
    entered = enter_default(world)
    world.day("2026-03-10")
    assert entry(world, entered)["status"] == "lapsed"
    refused("entry_transition", ratify, world, entered)
    assert default(world) is None
    ratify(world, enter_default(world))
    check_all(world)


def test_days_on_which_the_network_stood_still_count_for_nobody(world: World) -> None:
    entered = enter_default(world)
    world.gap_ms = 3 * 86_400_000
    world.day(world.plus(5))
    assert entry(world, entered)["status"] == "entered"
    ratify(world, entered)
    check_all(world)


def test_what_lapses_gives_its_place_back(world: World) -> None:
    for _ in range(3):
        entered = enter_default(world)
        assert world.row("entry", "open_entries", BANK1)["count"] == 1
        world.day(world.plus(6))
        assert entry(world, entered)["status"] == "lapsed"
    assert world.row("entry", "open_entries", BANK1) is None


def test_two_houses_refuse_and_one_does_not(world: World) -> None:
    entered = enter_default(world)
    assert refuse(world, entered)["entry_status"] == "entered"
    refused("refusal_made", refuse, world, entered)
    assert refuse(world, entered, BANK3)["entry_status"] == "refused"
    assert [one["bank"] for one in entry(world, entered)["refusals"]] == [BANK2, BANK3]
    refused("entry_transition", ratify, world, entered, BANK4)
    other = enter_default(world)
    refuse(world, other)
    ratify(world, other, BANK3)
    check_all(world)


def test_who_may_enter_a_default_and_who_may_ratify_it(world: World) -> None:
    refused("not_the_entering_bank", enter_default, world, by=BANK3)
    name_paying_bank(world, ANCHOR, BANK2)
    entered = enter_default(world, by=BANK2)
    refused("not_the_entering_bank", ratify, world, entered, BANK2)
    ratify(world, entered, BANK1)
    check_all(world)


def test_a_bank_that_stands_in_the_place_of_who_entered_it_is_no_second_one(world: World) -> None:
    entered = enter_default(world)
    name_successor(world, BANK1, BANK4)
    refused("not_the_entering_bank", ratify, world, entered, BANK4)
    ratify(world, entered, BANK3)
    by_the_successor = enter_default(world, S1, BANK4)
    refused("not_the_entering_bank", ratify, world, by_the_successor, BANK1)


def test_of_a_bank_any_other_one_with_a_seat_says_it(world: World) -> None:
    entered = enter_default(world, BANK3, BANK4)
    refused("not_the_entering_bank", ratify, world, entered, BANK3)
    ratify(world, entered, BANK2)
    refused("not_the_entering_bank", lift, world, entered, BANK3)
    ratify(world, lift(world, entered, BANK1), BANK2)
    assert default(world, BANK3)["status"] == "lifted"


def test_a_debtor_objects_and_everybody_reads_why(world: World) -> None:
    entered = enter_default(world)
    say = {"entry": entered["entry"], "reason": "the bond was paid on Monday"}
    refused("entry_on_another_party", world.call, S1, "entry", "object_to_entry", **say)
    ratify(world, entered)
    world.call(ANCHOR, "entry", "object_to_entry", **say)
    assert default(world)["objection"] == say["reason"]
    assert default(world)["status"] == "in_force"
    refused("objection_made", world.call, ANCHOR, "entry", "object_to_entry", **say)
    world.day("2027-04-01")
    assert default(world)["status"] == "expired"
    check_all(world)


def test_what_was_objected_to_before_it_was_ratified_says_so_beside_the_default(world: World) -> None:
    entered = enter_default(world)
    world.call(ANCHOR, "entry", "object_to_entry", entry=entered["entry"], reason="paid")
    ratify(world, entered)
    assert (default(world)["objection"], default(world)["objected_on"]) == ("paid", world.today)


def test_a_default_is_lifted_by_two_banks(world: World) -> None:
    entered = in_default(world)
    refused("entry_stands", enter_default, world)
    lifted = lift(world, entered)
    refused("entry_open", lift, world, entered)
    assert default(world)["status"] == "in_force"
    ratify(world, lifted)
    assert (default(world)["status"], entry(world, entered)["status"]) == ("lifted", "lifted")
    refused("entry_transition", lift, world, entered)
    refused("entry_transition", lift, world, lifted)
    world.day("2027-06-01")
    assert (default(world)["status"], entry(world, entered)["status"]) == ("lifted", "lifted")
    in_default(world)
    check_all(world)


def test_what_has_ended_meanwhile_is_lifted_no_more(world: World) -> None:
    entered = in_default(world)
    world.day(world.plus(364))
    lifted = lift(world, entered)
    world.day(world.plus(2))
    assert default(world)["status"] == "expired"
    refused("entry_transition", ratify, world, lifted)


def test_one_debtor_may_be_in_default_in_both_ways(world: World) -> None:
    in_default(world)
    ratify(world, enter_default(world, kind="persistent"))
    assert default(world, kind="persistent")["status"] == default(world)["status"] == "in_force"
    check_all(world)


def test_a_struck_invoice_bars_new_financing_for_its_seller_and_confirming(world: World) -> None:
    _, token = doubtful(world)
    open_request = ask(world, token, BANK2, amount=FACE)
    late = bid(world, open_request["request"], BANK2)["quote"]
    waits = issue(world, **on((I1, FACE, 2 * FACE)))
    entered = enter_strike(world, dispute(world))
    assert status_of(world) == "part_occupied"
    ratify(world, entered)
    assert status_of(world) == "struck"
    refused("invoice_struck", world.call, S1, "finance", "agree", quote=late)
    world.call(S1, "finance", "withdraw", request=open_request["request"])
    refused("invoice_struck", ask, world, token, BANK2, amount=FACE)
    refused("invoice_struck", world.call, ANCHOR, "bill", "confirm", bill=waits)
    check_all(world)


def test_money_that_left_up_to_the_day_on_which_it_was_struck_counts(world: World) -> None:
    _, token = doubtful(world)
    quote = bid(world, ask(world, token, BANK2, amount=FACE)["request"], BANK2)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    struck(world)
    today = world.today
    world.day(world.plus(1))
    refused("invoice_struck", disburse, world, BANK2, quote)
    disburse(world, BANK2, quote, value_date=today)
    check_all(world)


def test_whoever_took_a_token_on_is_financed_by_a_bank_that_looked_into_it(world: World) -> None:
    bill, token = doubtful(world)
    mine, _ = pay(world, token, S2, FACE // 2)
    struck(world)
    asked = ask(world, mine, BANK2, BANK3, amount=FACE // 2)
    assert asked["struck"] == [I1]
    refused("examination_missing", bid, world, asked["request"], BANK2)
    examine(world, asked["request"], BANK3)
    refused("examination_missing", bid, world, asked["request"], BANK2)
    refused("bank_not_asked", examine, world, asked["request"], BANK4)
    assert examine(world, asked["request"], BANK2) == {"bill": bill, "fingerprints": [I1]}
    quote = bid(world, asked["request"], BANK2)
    assert quote["struck"] == [I1]
    world.call(S2, "finance", "agree", quote=quote["quote"])
    disburse(world, BANK2, quote["quote"])
    check_all(world)


def test_what_is_struck_once_the_bank_has_quoted_is_looked_into_before_it_pays(world: World) -> None:
    _, token = doubtful(world)
    mine, _ = pay(world, token, S2, FACE // 2)
    request = ask(world, mine, BANK2, amount=FACE // 2)["request"]
    quote = bid(world, request, BANK2)["quote"]
    struck(world)
    world.call(S2, "finance", "agree", quote=quote)
    world.day(world.plus(1))
    refused("examination_missing", disburse, world, BANK2, quote)
    examine(world, request, BANK2)
    disburse(world, BANK2, quote)
    check_all(world)


def test_another_entry_wants_another_look(world: World) -> None:
    _, token = doubtful(world)
    mine, _ = pay(world, token, S2, FACE // 2)
    entered = struck(world)
    request = ask(world, mine, BANK2, amount=FACE // 2)["request"]
    examine(world, request, BANK2)
    bid(world, request, BANK2)
    ratify(world, lift(world, entered))
    refused("nothing_to_examine", examine, world, request, BANK2)
    ratify(world, enter_strike(world, entry(world, entered)["dispute"]))
    refused("examination_missing", bid, world, request, BANK2)


def test_other_invoices_take_the_place_of_a_struck_one_which_stays_struck(world: World) -> None:
    bill, token = doubtful(world)
    struck(world)
    parts = [{"fingerprint": I2, "amount": FACE, "total": FACE}]
    asked = world.call(S1, "bill", "ask_invoices", bill=bill, parts=parts, replaces=[I1], reason="")
    world.call(ANCHOR, "bill", "answer", joint=asked["joint"], answer="yes")
    assert (status_of(world), world.row("invoice", "invoice", [I1, S1])["occupied"]) == ("struck", 0)
    ask(world, token, BANK2, amount=FACE)
    refused("invoice_struck", accepted_bill, world, **on((I1, FACE, 2 * FACE)))
    check_all(world)


def test_once_lifted_it_stands_with_what_is_occupied_of_it(world: World) -> None:
    _, token = doubtful(world)
    entered = struck(world)
    refused("entry_stands", enter_strike, world, entry(world, entered)["dispute"])
    ratify(world, lift(world, entered))
    assert status_of(world) == "part_occupied"
    ask(world, token, BANK2, amount=FACE)
    refused("entry_transition", lift, world, entered)
    check_all(world)


def test_a_void_while_it_is_struck_gives_back_what_was_occupied(world: World) -> None:
    bill, _ = doubtful(world)
    entered = struck(world)
    joint = world.call(S1, "bill", "ask_void", bill=bill, reason="")["joint"]
    world.call(ANCHOR, "bill", "answer", joint=joint, answer="yes")
    assert status_of(world) == "struck"
    ratify(world, lift(world, entered))
    assert status_of(world) == "registered"
    check_all(world)


def test_from_wherever_an_invoice_stands_it_is_struck_and_put_back(world: World) -> None:
    names = {"registered": "a1" * 32, "part_occupied": "a2" * 32, "occupied": "a3" * 32}
    for before, fingerprint in names.items():
        total = FACE if before == "occupied" else 2 * FACE
        bill, _ = accepted_bill(world, **on((fingerprint, FACE, total)))
        if before == "registered":
            joint = world.call(S1, "bill", "ask_void", bill=bill, reason="")["joint"]
            world.call(ANCHOR, "bill", "answer", joint=joint, answer="yes")
        assert status_of(world, fingerprint) == before
        entered = struck(world, fingerprint)
        assert status_of(world, fingerprint) == "struck"
        ratify(world, lift(world, entered))
        assert status_of(world, fingerprint) == before
    check_all(world)


def test_what_was_over_occupied_is_so_again_since_the_same_day(world: World) -> None:
    bill, _ = accepted_bill(world, **on((I1, FACE, FACE)))
    asked = world.call(
        S1, "bill", "ask_red_letter", bill=bill, fingerprint=I1, new_total=FACE - 1, red="a" * 64, bank="", reason=""
    )
    world.call(ANCHOR, "bill", "answer", joint=asked["joint"], answer="yes")
    since = world.today
    world.day(world.plus(3))
    entered = struck(world)
    ratify(world, lift(world, entered))
    row = world.row("invoice", "invoice", [I1, S1])
    assert (row["status"], row["over_since"]) == ("over_occupied", since)
    check_all(world)


def test_only_an_upheld_dispute_strikes_and_it_still_stands_when_a_second_bank_ratifies(world: World) -> None:
    doubtful(world)
    said = dispute(world, upheld=False)
    refused("dispute_not_upheld", enter_strike, world, said)
    as_two(world, BANK1, "invoice", "uphold", dispute=said)
    entered = enter_strike(world, said)
    as_two(world, BANK1, "invoice", "withdraw_dispute", dispute=said)
    refused("dispute_not_upheld", ratify, world, entered)
    assert status_of(world) == "part_occupied"


def test_the_sponsor_of_the_seller_strikes_and_no_other_bank(world: World) -> None:
    doubtful(world)
    said = dispute(world)
    refused("not_the_entering_bank", enter_strike, world, said, BANK3)
    entered = enter_strike(world, said)
    refused("entry_open", enter_strike, world, said)
    refused("not_the_entering_bank", ratify, world, entered, BANK1)
    ratify(world, entered, BANK4)


def test_a_struck_invoice_stops_no_payment(world: World) -> None:
    bill, _ = doubtful(world)
    struck(world)
    settle(world, bill, FACE)
    assert world.bill(bill)["status"] == "settled"
    check_all(world)


def test_two_people_enter_ratify_and_refuse(world: World) -> None:
    entered = enter_default(world)
    for function, said in (("ratify_entry", {}), ("refuse_entry", {"reason": "no"})):
        refused("maker_and_checker_needed", world.call, BANK2, "entry", function, entry=entered["entry"], **said)
