"""What a history may try: money of debtors, and what became of each payment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recompute.histories import History

PAYABLE = ("active", "due", "overdue", "overdue")


def settle(past: History) -> None:
    bill = past.pick(past.rows("bill", "bill"), status=past.random.choice(PAYABLE))
    if bill is None:
        return
    today = past.chain.today
    value_date = past.random.choice((today, max(bill["accepted_on"], bill["pay_on"]), bill["accepted_on"]))
    past.act(
        past.payer(bill["paying_bank"]), "settlement.settle", bill=bill["id"],
        amount=past.share(bill["face"] - bill["settled"]), reference=past.reference(),
        value_date=min(value_date, today), partial=True,
    )  # fmt: skip


def proceed(past: History) -> None:
    bills = [row for row in past.rows("bill", "bill") if past.row("settlement", "step", row["id"])]
    bill = past.pick(bills)
    if bill is not None:
        bank = (past.row("settlement", "step", bill["id"]) or {})["bank"]
        past.act(past.random.choice((bank, past.payer(bill["paying_bank"]))), "settlement.proceed", bill=bill["id"])


def pay_result(past: History) -> None:
    payment = past.pick([row for row in past.rows("settlement", "payment") if row["status"] != "paid"])
    if payment is None:
        return
    if past.random.random() < 0.15:
        past.act(payment["party"], "settlement.acknowledge", bill=payment["bill"], token=payment["token"])
        return
    status = past.random.choice(("paid", "returned")) if payment["status"] == "instructed" else "instructed"
    past.act(
        past.random.choice((payment["bank"], past.payer(payment["bank"]))), "settlement.pay_result",
        bill=payment["bill"], token=payment["token"], status=status, reference=past.reference(),
    )  # fmt: skip


PLAYS = [settle, settle, proceed, proceed, pay_result, pay_result]
