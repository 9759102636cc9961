"""What red-letter notes, and invoices that come to a bill, are refused for."""

from __future__ import annotations

from typing import Any

from contracts.refusals import refuses
from contracts.world import ANCHOR, BANK1, BANK2, S1, World, accepted_bill, ask

I1, I2, RED = "1" * 64, "2" * 64, "a" * 64
PART = {"fingerprint": I1, "amount": 1_000, "total": 2_000}
OTHER = {"fingerprint": I2, "amount": 1_000, "total": 1_000}


def bill_over(world: World, *parts: dict[str, Any]) -> tuple[str, str]:
    return accepted_bill(world, face=sum(one["amount"] for one in parts), invoices=list(parts))


def red(world: World, bill: str, **changed: Any) -> str:
    told = {"bill": bill, "fingerprint": I1, "new_total": 500, "red": RED, "bank": "", "reason": ""}
    return str(world.call(S1, "bill", "ask_red_letter", **told | changed)["joint"])


def lowered(world: World, **changed: Any) -> tuple[str, str]:
    bill, token = bill_over(world, PART)
    world.call(ANCHOR, "bill", "answer", joint=red(world, bill, **changed), answer="yes")
    return bill, token


def come(world: World, bill: str, *parts: dict[str, Any], replaces: tuple[str, ...] = ()) -> None:
    world.call(S1, "bill", "ask_invoices", bill=bill, parts=list(parts), replaces=list(replaces), reason="")


@refuses("red_letter_is_the_invoice")
def lower_an_invoice_by_itself(world: World) -> None:
    red(world, bill_over(world, PART)[0], red=I1)


@refuses("total_not_valid")
def lower_to_less_than_nothing(world: World) -> None:
    red(world, bill_over(world, PART)[0], new_total=-1)


@refuses("not_its_own_bank")
def let_another_bank_attest(world: World) -> None:
    red(world, bill_over(world, PART)[0], bank=BANK2)


@refuses("invoice_not_of_bill")
def lower_what_the_bill_does_not_stand_on(world: World) -> None:
    red(world, bill_over(world, PART)[0], fingerprint=I2)


@refuses("red_letter_used")
def lower_twice_by_one_note(world: World) -> None:
    red(world, lowered(world)[0], new_total=400)


@refuses("total_not_lower")
def lower_to_the_same_total(world: World) -> None:
    red(world, bill_over(world, PART)[0], new_total=2_000)


@refuses("too_many_red_letters")
def lower_by_the_twenty_first_note(world: World) -> None:
    bill, _ = bill_over(world, PART)
    for number in range(21):
        joint = red(world, bill, new_total=1_900 - number, red=f"{number + 16:064x}")
        world.call(ANCHOR, "bill", "answer", joint=joint, answer="yes")


@refuses("red_letter_unknown")
def take_off_what_no_note_lowered(world: World) -> None:
    bill, token = bill_over(world, PART)
    told = {"token": token, "amount": 10, "credit_note": "5e" * 32, "reason": ""}
    world.call(S1, "bill", "ask_dilution", bill=bill, parts=[{"fingerprint": I1, "amount": 10, "red": RED}], **told)


@refuses("invoice_over_occupied")
def finance_what_is_occupied_beyond_its_total(world: World) -> None:
    ask(world, lowered(world)[1], BANK1, amount=100)


@refuses("no_invoices_named")
def let_nothing_come(world: World) -> None:
    come(world, accepted_bill(world)[0])


@refuses("invoice_not_over_occupied")
def take_out_an_invoice_that_carries_what_it_says(world: World) -> None:
    come(world, bill_over(world, PART)[0], OTHER, replaces=(I1,))


@refuses("invoice_behind_bill_already")
def let_the_same_invoice_come(world: World) -> None:
    come(world, bill_over(world, PART)[0], PART)


@refuses("bill_has_too_many_invoices")
def let_the_hundred_and_first_come(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_000)
    parts = [{"fingerprint": f"{number + 1:064x}", "amount": 1, "total": 1} for number in range(101)]
    joint = world.call(S1, "bill", "ask_invoices", bill=bill, parts=parts[:100], replaces=[], reason="")["joint"]
    world.call(ANCHOR, "bill", "answer", joint=joint, answer="yes")
    come(world, bill, parts[100])


@refuses("invoices_cover_the_bill")
def let_one_come_to_a_bill_that_has_all(world: World) -> None:
    come(world, bill_over(world, PART)[0], OTHER)


@refuses("invoices_not_the_rest")
def let_more_come_than_the_bill_is_over(world: World) -> None:
    bill, _ = accepted_bill(world, face=1_500, invoices=[])
    come(world, bill, PART, OTHER)
