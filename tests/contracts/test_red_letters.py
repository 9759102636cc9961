"""Red-letter notes (红字发票) and invoices that come to a bill: what is occupied beyond a total, and how it heals."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.expected import refused
from contracts.invariants import check_all
from contracts.mutants import Mutant, assert_it_dies
from contracts.world import ANCHOR, BANK1, BANK2, S1, S2, World, accepted_bill, bid, key_of, pay, settle
from contracts.world import ask as ask_bank

I1, I2, I3, RED, RED_2 = ("1" * 64, "2" * 64, "3" * 64, "a" * 64, "b" * 64)
FACE = 10_000_000
PARTS = [
    {"fingerprint": I1, "amount": 6_000_000, "total": 8_000_000},
    {"fingerprint": I2, "amount": 4_000_000, "total": 4_000_000},
]


@pytest.fixture
def world() -> World:
    return World()


def ask(world: World, bill: str, new_total: int, by: str = S1, *, red: str = RED, of: str = I1, bank: str = "") -> Any:
    return world.call(
        by, "bill", "ask_red_letter", bill=bill, fingerprint=of, new_total=new_total, red=red, bank=bank, reason=""
    )["joint"]


def lowered(world: World, bill: str, new_total: int, by: str = S1, **given: Any) -> Any:
    other = ANCHOR if by == S1 else S1
    return world.call(other, "bill", "answer", joint=ask(world, bill, new_total, by, **given), answer="yes")


def come(world: World, bill: str, parts: list[dict[str, Any]], *replaces: str, by: str = S1) -> Any:
    asked = world.call(by, "bill", "ask_invoices", bill=bill, parts=parts, replaces=list(replaces), reason="")
    return world.call(ANCHOR if by == S1 else S1, "bill", "answer", joint=asked["joint"], answer="yes")


def dilute(world: World, bill: str, token: str, amount: int, *parts: dict[str, Any]) -> Any:
    asked = world.call(
        S1, "bill", "ask_dilution", bill=bill, token=token, amount=amount, credit_note="d" * 64, parts=list(parts),
        reason="",
    )  # fmt: skip
    return world.call(ANCHOR, "bill", "answer", joint=asked["joint"], answer="yes")


def invoice(world: World, fingerprint: str = I1) -> tuple[str, int, int]:
    row = world.row("invoice", "invoice", [fingerprint, S1])
    return row["status"], row["occupied"], row["total"]


@pytest.mark.parametrize("asker", [S1, ANCHOR])
def test_a_total_that_still_carries_what_is_occupied_bars_nothing(world: World, asker: str) -> None:
    bill, token = accepted_bill(world, face=FACE, invoices=PARTS)
    told = lowered(world, bill, 7_500_000, asker)
    assert (told["joint_status"], told["beyond"], told["bill_status"]) == ("done", 0, "active")
    assert invoice(world) == ("part_occupied", 6_000_000, 7_500_000)
    assert world.bill(bill)["invoices"][0]["total"] == 7_500_000
    world.call(S1, "finance", "request", token=token, banks=[BANK1], amount=1_000)
    check_all(world)


def test_the_worked_example_of_a_dilution_that_names_the_note(world: World) -> None:
    """100,000.00 on I1 60,000.00 of 80,000.00: the note lowers I1 to 75,000.00, 5,000.00 come off: 55,000 of 75,000."""
    bill, token = accepted_bill(world, face=FACE, invoices=PARTS)
    lowered(world, bill, 7_500_000)
    told = dilute(world, bill, token, 500_000, {"fingerprint": I1, "amount": 500_000, "red": RED})
    assert told["outstanding"] == 9_500_000
    assert invoice(world) == ("part_occupied", 5_500_000, 7_500_000)
    assert world.bill(bill)["invoices"][0] == {"fingerprint": I1, "amount": 5_500_000, "total": 7_500_000}
    refused("part_exceeds_invoice", dilute, world, bill, told["token"], 1, {"fingerprint": I1, "amount": 1, "red": RED})
    check_all(world)


def test_of_what_is_occupied_beyond_the_total_the_first_creditor_finances_nothing_until_it_heals(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE, invoices=PARTS)
    assert lowered(world, bill, 5_000_000)["beyond"] == 1_000_000
    assert invoice(world) == ("over_occupied", 6_000_000, 5_000_000)
    refused("invoice_over_occupied", world.call, S1, "finance", "request", token=token, banks=[BANK1], amount=1_000)
    told = dilute(world, bill, token, 1_000_000, {"fingerprint": I1, "amount": 1_000_000, "red": RED})
    assert invoice(world) == ("occupied", 5_000_000, 5_000_000)
    world.call(S1, "finance", "request", token=told["token"], banks=[BANK1], amount=1_000)
    check_all(world)


def test_who_got_a_token_of_the_creditor_is_financed_and_its_bank_is_told(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE, invoices=PARTS)
    mine, _ = pay(world, token, S2, 3_000_000)
    lowered(world, bill, 5_000_000)
    told = world.call(S2, "finance", "request", token=mine, banks=[BANK1], amount=1_000)
    assert told["over_occupied"] == [I1]
    check_all(world)


def test_a_void_heals_it_and_its_lower_total_stays(world: World) -> None:
    bill, _ = accepted_bill(world, face=FACE, invoices=PARTS)
    lowered(world, bill, 5_000_000)
    joint = world.call(S1, "bill", "ask_void", bill=bill, reason="")["joint"]
    world.call(ANCHOR, "bill", "answer", joint=joint, answer="yes")
    assert invoice(world) == ("registered", 0, 5_000_000)
    refused("invoice_total_differs", accepted_bill, world, face=FACE, invoices=PARTS)
    accepted_bill(world, face=5_000_000, invoices=[{"fingerprint": I1, "amount": 5_000_000, "total": 5_000_000}])
    check_all(world)


def test_a_full_invoice_that_is_lowered_comes_back_in_part(world: World) -> None:
    """Two bills of 40.00 fill an invoice of 80.00; lowered to 60.00, and one of them made void: 40.00 of 60.00."""
    part = {"fingerprint": I1, "amount": 4_000, "total": 8_000}
    bill, _ = accepted_bill(world, face=4_000, invoices=[part])
    other, _ = accepted_bill(world, face=4_000, invoices=[part])
    assert invoice(world) == ("occupied", 8_000, 8_000)
    assert lowered(world, bill, 6_000)["beyond"] == 2_000
    joint = world.call(S1, "bill", "ask_void", bill=other, reason="")["joint"]
    world.call(ANCHOR, "bill", "answer", joint=joint, answer="yes")
    assert invoice(world) == ("part_occupied", 4_000, 6_000)
    check_all(world)


def test_another_invoice_takes_its_place(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE, invoices=PARTS)
    lowered(world, bill, 1_000_000, of=I2)
    third = {"fingerprint": I3, "amount": 4_000_000, "total": 9_000_000}
    refused("invoice_not_over_occupied", come, world, bill, [third], I1)
    refused("invoices_cover_the_bill", come, world, bill, [third])
    refused("invoices_not_the_rest", come, world, bill, [{**third, "amount": 3_999_999}], I2)
    refused("invoices_not_the_rest", come, world, bill, [{**third, "amount": 4_000_001}], I2)
    come(world, bill, [third], I2)
    assert [one["fingerprint"] for one in world.bill(bill)["invoices"]] == [I1, I3]
    assert invoice(world, I2) == ("registered", 0, 1_000_000)
    assert invoice(world, I3) == ("part_occupied", 4_000_000, 9_000_000)
    world.call(S1, "finance", "request", token=token, banks=[BANK1], amount=1_000)
    check_all(world)


def test_invoices_come_to_a_bill_that_had_none_and_what_comes_off_it_leaves_no_more_than_is_owed(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE)
    first = {"fingerprint": I1, "amount": 6_000_000, "total": 6_000_000}
    come(world, bill, [first], by=ANCHOR)
    refused("invoice_behind_bill_already", come, world, bill, [first])
    refused("invoices_not_the_rest", come, world, bill, [{"fingerprint": I3, "amount": 4_000_001, "total": 9_000_000}])
    rest = dilute(world, bill, token, 4_000_000)["token"]
    assert invoice(world) == ("occupied", 6_000_000, 6_000_000)
    refused("parts_not_the_invoices", dilute, world, bill, rest, 1)
    told = dilute(world, bill, rest, 1_000_000, {"fingerprint": I1, "amount": 1_000_000})
    assert told["outstanding"] == 5_000_000
    assert invoice(world) == ("occupied", 5_000_000, 5_000_000)
    check_all(world)


def test_no_invoice_is_taken_twice_by_coming_to_a_bill(world: World) -> None:
    bill, _ = accepted_bill(world, face=FACE)
    accepted_bill(world, face=6_000_000, invoices=[{"fingerprint": I1, "amount": 6_000_000, "total": 8_000_000}])
    part = {"fingerprint": I1, "amount": 2_000_001, "total": 8_000_000}
    refused("invoice_occupied", come, world, bill, [part])
    come(world, bill, [{**part, "amount": 2_000_000}])
    assert invoice(world) == ("occupied", 8_000_000, 8_000_000)
    row = world.row("invoice", "invoice", [I1, S1])
    assert (len(row["bills"]), row["signed"]) == (2, 2)
    check_all(world)


def test_its_own_bank_attests_in_the_place_of_the_other_side_by_two_people(world: World) -> None:
    bill, _ = accepted_bill(world, face=FACE, invoices=PARTS)
    refused("not_its_own_bank", ask, world, bill, 5_000_000, bank=BANK2)
    bank = world.row("party", "party", [S1])["sponsor"]
    joint = ask(world, bill, 5_000_000, bank=bank)
    refused("not_asked", world.call, ANCHOR, "bill", "answer", joint=joint, answer="yes")
    refused("maker_and_checker_needed", world.call, bank, "bill", "answer", joint=joint, answer="yes")
    [told] = world.send(
        bank, ("bill", "answer", {"joint": joint, "answer": "yes"}), keys=[key_of(bank), key_of(bank, 1)]
    )
    assert told["beyond"] == 1_000_000
    check_all(world)


def test_a_note_lowers_once_and_only_lowers(world: World) -> None:
    bill, _ = accepted_bill(world, face=FACE, invoices=PARTS)
    refused("total_not_lower", ask, world, bill, 8_000_000)
    refused("invoice_not_of_bill", ask, world, bill, 1, of=I3)
    refused("red_letter_is_the_invoice", ask, world, bill, 1, red=I1)
    lowered(world, bill, 7_000_000)
    refused("red_letter_used", ask, world, bill, 6_500_000)
    lowered(world, bill, 0, red=RED_2)
    assert invoice(world) == ("over_occupied", 6_000_000, 0)


def test_money_that_left_up_to_the_day_of_the_note_still_takes_the_token_over(world: World) -> None:
    bill, token = accepted_bill(world, face=FACE, invoices=PARTS)
    request = ask_bank(world, token, BANK1, amount=1_000_000)["request"]
    quote = bid(world, request, BANK1)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    lowered(world, bill, 5_000_000)
    day = world.today
    world.day(world.plus(1))
    said = {"quote": quote, "reference": "F-1", "amount": 0, "registration": ""}
    refused("invoice_over_occupied", world.call, BANK1, "finance", "disburse", value_date=world.today, **said)
    told = world.call(BANK1, "finance", "disburse", value_date=day, **said)
    assert world.token(told["token"])["holder"] == BANK1
    check_all(world)


def test_no_note_stops_a_settlement(world: World) -> None:
    bill, _ = accepted_bill(world, face=FACE, invoices=PARTS)
    lowered(world, bill, 0)
    settle(world, bill, FACE)
    assert world.bill(bill)["status"] == "settled"
    assert invoice(world) == ("over_occupied", 6_000_000, 0)
    check_all(world)


MUTANTS: dict[str, Mutant] = {
    "a note comes off twice": (
        "invoice", '    if red == "":\n        row["total"] -= off\n    else:',
        '    row["total"] -= off\n    if red != "":', test_the_worked_example_of_a_dilution_that_names_the_note,
    ),
    "a note is named for more than it took off": (
        "invoice", '            one["left"] -= amount\n', "            pass\n",
        test_the_worked_example_of_a_dilution_that_names_the_note,
    ),
    "what is over-occupied is financed": (
        "invoice", 'require(not over, "invoice_over_occupied"', 'require(True, "invoice_over_occupied"',
        test_of_what_is_occupied_beyond_the_total_the_first_creditor_finances_nothing_until_it_heals,
    ),
    "a note hurts who got a token": (
        "invoice", 'if holder != bill["creditor"]:', 'if holder == "":',
        test_who_got_a_token_of_the_creditor_is_financed_and_its_bank_is_told,
    ),
    "money of any later day counts": (
        "invoice", '(value_date == "" or since < value_date)', 'value_date == ""',
        test_money_that_left_up_to_the_day_of_the_note_still_takes_the_token_over,
    ),
    "any invoice leaves a bill": (
        "invoice", 'require(over, "invoice_not_over_occupied"', 'require(True, "invoice_not_over_occupied"',
        test_another_invoice_takes_its_place,
    ),
    "more comes to a bill than it is over": (
        "invoice", "require(leaves <= comes <= most,", "require(leaves <= comes,", test_another_invoice_takes_its_place,
    ),
    "one key attests a note": (
        "bill", 'if row["kind"] == "red_letter" and row["content"]["bank"] != ""', "if False",
        test_its_own_bank_attests_in_the_place_of_the_other_side_by_two_people,
    ),
    "an old total is declared again": (
        "invoice", '    lowered.put([fingerprint, bill["creditor"]], {})\n    keep(row)', "    keep(row)",
        test_a_void_heals_it_and_its_lower_total_stays,
    ),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_each_of_these_is_noticed(mutant: str) -> None:
    assert_it_dies(MUTANTS[mutant])
