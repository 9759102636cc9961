"""Random acts of money: financing, settlement, and what becomes of payments."""

from __future__ import annotations

from typing import Any

from contracts.world import BANK1, BANKS
from model.draw import Draw
from model.draw_labels import need
from model.draw_trade import Sent, again
from model.records import Payment, Quote, Request


def request(draw: Draw) -> Sent | None:
    token = draw.leaf(free=True)
    if token is None:
        return None
    banks = draw.rng.sample(BANKS, draw.one((1, 1, 2, 3)))
    if draw.wrong():
        banks = draw.one(([], [BANK1, BANK1], [draw.party(BANKS)]))
    return draw.sender(token.holder), 1, {"token": token.id, "banks": banks, "amount": draw.amount(token.amount)}


def _request(draw: Draw, *statuses: str) -> Request | None:
    requests = list(draw.book.requests.values())
    return draw.some([one for one in requests if one.status in statuses], requests)


def quote(draw: Draw) -> Sent | None:
    asked = _request(draw, "open")
    if asked is None:
        return None
    value_date = draw.one(("", "", draw.day(0, 3), draw.day(-1, 8)))
    arguments: dict[str, Any] = {
        "request": asked.id, "rate": draw.one((0, 38_500, 40_000, 61_803, 1_000_000)), "recourse": draw.chance(0.5),
        "basis": draw.one(("act/360", "act/365f", "30/360")),
        "fee": draw.one((0, 0, 0, draw.rng.randint(0, max(1, asked.amount // 5)))), "value_date": value_date,
        "disburse_by": draw.one(("", "", draw.day(0, 8))), "valid_until": draw.one(("", "", draw.day(0, 5))),
        "interest_payer": draw.one(("holder", "holder", "debtor")), "needs_label": need(draw),
    }  # fmt: skip
    if draw.wrong():
        arguments |= draw.one((
            {"rate": -1}, {"rate": 1_000_001}, {"basis": "act/364"}, {"fee": -1}, {"interest_payer": "bank"},
            {"fee": asked.amount}, {"fee": asked.amount - 1}, {"recourse": 1}, {"disburse_by": draw.day(0, 60)},
        ))  # fmt: skip
    return draw.sender(draw.one(asked.banks or BANKS)), 1, arguments


def _quote(draw: Draw, *statuses: str) -> Quote | None:
    quotes = list(draw.book.quotes.values())
    right = [one for one in quotes if one.status in statuses and (one.request.under_way or one.status == "expired")]
    return draw.some(right, quotes)


def agree(draw: Draw) -> Sent | None:
    row = _quote(draw, "offered")
    return None if row is None else (draw.sender(row.request.holder), 1, {"quote": row.id})


def disburse(draw: Draw) -> Sent | None:
    if draw.chance(0.08):
        return again(draw, "finance.disburse")
    row = _quote(draw, "agreed")
    if draw.chance(0.1):
        late = [one for one in draw.book.quotes.values() if one.status == "expired" and one.agreed_on]
        row = draw.one(late) if late else row
    if row is None:
        return None
    arguments = {
        "quote": row.id, "reference": draw.reference(),
        "value_date": draw.one((draw.book.today, draw.book.today, row.agreed_on or draw.book.today, draw.day(-4, 1))),
        "amount": draw.one((0, 0, 0, row.net, row.net, row.agreed_net, row.net + 1, row.amount)),
        "registration": "ZD-1",
    }  # fmt: skip
    if draw.wrong():
        arguments["amount"] = draw.one((-1, max(0, row.net - 1), 1))
    sender = draw.sender(row.bank)
    draw.references.append(("finance.disburse", sender, arguments))
    return sender, 1, arguments


def decline(draw: Draw) -> Sent | None:
    asked = _request(draw, "open")
    return None if asked is None else (draw.sender(draw.one(asked.banks)), 1, {"request": asked.id})


def decline_quote(draw: Draw) -> Sent | None:
    row = _quote(draw, "offered")
    return None if row is None else (draw.sender(row.request.holder), 1, {"quote": row.id})


def withdraw(draw: Draw) -> Sent | None:
    asked = _request(draw, "open")
    return None if asked is None else (draw.sender(asked.holder), 1, {"request": asked.id})


def withdraw_quote(draw: Draw) -> Sent | None:
    row = _quote(draw, "offered", "agreed")
    return None if row is None else (draw.sender(row.bank), 1, {"quote": row.id})


def cancel(draw: Draw) -> Sent | None:
    row = _quote(draw, "agreed", "agreed", "offered")
    return None if row is None else (draw.sender(row.bank), 1, {"quote": row.id, "reason": "no money"})


# --- settlement ------------------------------------------------------------------------------------------------------
def settle(draw: Draw) -> Sent | None:
    if draw.chance(0.08):
        return again(draw, "settlement.settle")
    bill = draw.bill("due", "overdue", *(("active",) if draw.chance(0.5) else ()))
    if bill is None:
        return None
    whole = draw.chance(0.35)
    amount = bill.outstanding if whole else draw.amount(max(1, bill.outstanding))
    arguments = {
        "bill": bill.id, "amount": amount, "reference": draw.reference(),
        "value_date": draw.one((draw.book.today, draw.book.today, bill.overdue_after, draw.day(-12, 1))),
        "partial": draw.chance(0.9) if amount < bill.outstanding else draw.chance(0.2),
    }  # fmt: skip
    if draw.chance(0.01):
        arguments["partial"] = 1
    sender = draw.sender(bill.paying_bank or BANK1)
    draw.references.append(("settlement.settle", sender, arguments))
    return sender, 1, arguments


def reverse(draw: Draw) -> Sent | None:
    money = list(draw.book.money.values())
    fresh = [one for one in money if one.stands and one.until >= draw.book.today][-4:]
    row = draw.some(fresh, money)
    if row is None:
        return None
    arguments = {"reference": row.reference, "reason": "wrong"}
    if draw.wrong():
        arguments = draw.one((
            {"reference": "none", "reason": ""}, {"reference": "", "reason": ""}, {**arguments, "reason": "a\nb"},
        ))  # fmt: skip
    early = [one for one in draw.book.prepayments.values() if one.reference]
    if early and draw.chance(0.05):
        return draw.one(early).bank, 2, {"reference": draw.one(early).reference, "reason": "wrong"}
    return draw.sender(row.bank), draw.one((2, 2, 2, 2, 2, 1)), arguments


def _payment(draw: Draw) -> Payment | None:
    payments = list(draw.book.payments.values())
    done = draw.chance(0.15)
    return draw.some([one for one in payments if (one.status == "paid") == done], payments)


def pay_result(draw: Draw) -> Sent | None:
    if draw.chance(0.1):
        return again(draw, "settlement.pay_result")
    row = _payment(draw)
    if row is None:
        return None
    arguments = {
        "bill": row.bill.id, "token": row.token.id, "reference": draw.reference(),
        "status": draw.one(("paid", "returned", "returned", "instructed", "set_aside")),
    }  # fmt: skip
    sender = draw.sender(row.bank)
    draw.references.append(("settlement.pay_result", sender, arguments))
    return sender, 1, arguments


def acknowledge(draw: Draw) -> Sent | None:
    row = _payment(draw)
    if row is None:
        return None
    return draw.sender(row.party), draw.one((2, 2, 2, 1)), {"bill": row.bill.id, "token": row.token.id}
