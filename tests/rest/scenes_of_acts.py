"""Further scenes of acts: others send them than in `acts_ready`, or others have come further."""

from __future__ import annotations

from typing import Any

from contracts.acts_ready import ADMIN, CHECKER, MAKER, OTHER_ADMIN, sent
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    OTHER_ANCHOR,
    S1,
    S2,
    World,
    accepted_bill,
    ask,
    bid,
    offer,
    pay,
    settle,
)
from rest.two_worlds import Act


def _dilution(world: World, by: str) -> dict[str, Any]:
    bill, token = accepted_bill(world, face=5_000)
    return {"bill": bill, "token": token, "amount": 500, "credit_note": "5e" * 32, "parts": [], "reason": ""}


def ask_dilution(world: World) -> Act:
    return Act(ANCHOR, "bill.ask_dilution", _dilution(world, ANCHOR))


def answer_dilution(world: World) -> Act:
    asked = sent(world, S1, "bill.ask_dilution", [MAKER], **_dilution(world, S1))
    return Act(ANCHOR, "bill.answer", {"joint": asked["joint"], "answer": "yes"})


def ask_void(world: World) -> Act:
    return Act(ANCHOR, "bill.ask_void", {"bill": accepted_bill(world, face=5_000)[0], "reason": "no"})


def another_bank_pays(world: World) -> None:
    """The debtor's bills to come are paid by a bank that sponsors nobody."""
    told = sent(world, ANCHOR, "party.ask_paying_bank", [ADMIN, OTHER_ADMIN], bank=BANK2)
    world.day(told["acts_on"])
    sent(world, BANK2, "party.accept_mandate", [MAKER, CHECKER], debtor=ANCHOR)


def settle_by_another(world: World) -> Act:
    another_bank_pays(world)
    bill, token = accepted_bill(world, face=5_000)
    pay(world, token, S2, 2_000)
    money = {"amount": 5_000, "reference": "R-1", "value_date": world.today, "partial": False}
    return Act(BANK2, "settlement.settle", {"bill": bill, **money})


def settle_late(world: World) -> Act:
    act = settle_by_another(world)
    world.day(world.bill(str(act.arguments["bill"]))["pay_on"])
    world.day(world.plus(3))
    return act._replace(arguments={**act.arguments, "value_date": world.today})


def settle_in_part(world: World) -> Act:
    act = settle_by_another(world)
    return act._replace(arguments={**act.arguments, "amount": 3_333, "partial": True})


def proceed_by_another(world: World) -> Act:
    another_bank_pays(world)
    bill, rest = accepted_bill(world)
    for _ in range(4):
        rest = offer(world, rest, *[(S2, 10)] * 100)["remainder"]
    assert not settle(world, bill, 1_000_000, by=BANK2, partial=True)["complete"]
    return Act(BANK2, "settlement.proceed", {"bill": bill})


def reverse_by_another(world: World) -> Act:
    act = settle_in_part(world)
    sent(world, BANK2, "settlement.settle", [MAKER, CHECKER], **act.arguments)
    return Act(BANK2, "settlement.reverse", {"reference": "R-1", "reason": "wrong"})


def quote_beside_rivals(world: World) -> Act:
    request = ask(world, accepted_bill(world)[1], BANK2, BANK3, amount=1_000)["request"]
    bid(world, request, BANK3)
    told = {
        "request": request, "rate": 38_500, "recourse": False, "basis": "act/360", "fee": 0, "value_date": "",
        "disburse_by": "", "valid_until": "", "interest_payer": "holder", "needs_label": {},
    }  # fmt: skip
    return Act(BANK2, "finance.quote", told)


def decline_last(world: World) -> Act:
    """A rival may have declined already: then this bank is the last one."""
    request = ask(world, accepted_bill(world)[1], BANK2, BANK3, amount=1_000)["request"]
    bid(world, request, BANK2)
    return Act(BANK2, "finance.decline", {"request": request})


def issue_over_a_claimed_invoice(world: World) -> Act:
    part = [{"fingerprint": "1" * 64, "amount": 1_000, "total": 2_000}]
    accepted_bill(world, by=S2, debtor=OTHER_ANCHOR, creditor=S2, face=1_000, invoices=part)
    return Act(S1, "bill.issue", {
        "debtor": ANCHOR, "creditor": S1, "face": 1_000, "currency": "CNY", "due_on": world.plus(120),
        "invoices": part, "contract_no": "C-1", "delivered_on": "", "terms": {}, "reference": "",
    })  # fmt: skip


def answer_another_paying_bank(world: World) -> Act:
    bill = accepted_bill(world, face=5_000)[0]
    asked = sent(world, ANCHOR, "bill.ask_paying_bank", [MAKER], bill=bill, bank=BANK2, reason="")
    sent(world, BANK1, "bill.answer", [MAKER, CHECKER], joint=asked["joint"], answer="yes")
    return Act(BANK2, "bill.answer", {"joint": asked["joint"], "answer": "yes"})


SCENES = {
    "ask_dilution by the debtor": ask_dilution,
    "answer to a dilution by the debtor": answer_dilution,
    "ask_void by the debtor": ask_void,
    "settle by a bank that sponsors nobody": settle_by_another,
    "settle in part by such a bank": settle_in_part,
    "settle late by such a bank": settle_late,
    "proceed by such a bank": proceed_by_another,
    "reverse by such a bank": reverse_by_another,
    "quote beside rivals": quote_beside_rivals,
    "decline after a quote": decline_last,
    "issue over a claimed invoice": issue_over_a_claimed_invoice,
    "answer of another paying bank": answer_another_paying_bank,
}
