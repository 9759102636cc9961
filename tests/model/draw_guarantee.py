"""Random acts of guarantors."""

from __future__ import annotations

from typing import Any

from model.days import plus
from model.draw import Draw
from model.draw_trade import Sent, again
from model.network import GUARANTORS
from model.records import Guarantee


def give(draw: Draw) -> Sent | None:
    bill = draw.bill("pending_accept", "active")
    if bill is None:
        return None
    until = plus(bill.pay_on, draw.rng.randint(1, 60)) if draw.chance(0.9) else draw.day(-1, 40)
    arguments = {"bill": bill.id, "until": until, "resolution": draw.digest()}
    return draw.sender(draw.one(GUARANTORS)), draw.one((2, 2, 2, 2, 1)), arguments


def _guarantee(draw: Draw) -> Guarantee | None:
    rows = list(draw.book.guarantees.values())
    late = [one for one in rows if one.bill.status == "overdue"]
    return draw.one(late) if late and draw.chance(0.8) else draw.some([one for one in rows if one.bill.payable], rows)


def demand(draw: Draw) -> Sent | None:
    row = _guarantee(draw)
    if row is None:
        return None
    live = [leaf for leaf in row.bill.leaves if leaf.status == "live"]
    token = draw.one(live) if live and not draw.wrong() else draw.leaf(free=True)
    if token is None:
        return None
    guarantor = draw.one(GUARANTORS) if draw.wrong() else row.guarantor
    return draw.sender(token.holder), 1, {"bill": row.bill.id, "guarantor": guarantor, "token": token.id}


def pay(draw: Draw) -> Sent | None:
    if draw.chance(0.08):
        return again(draw, "settlement.pay_guarantee")
    row = _guarantee(draw)
    if row is None:
        return None
    live = [leaf for leaf in row.bill.leaves if leaf.status == "live" and leaf.holder != row.guarantor]
    if not live or draw.wrong():
        live += [one for one in (draw.leaf(free=True),) if one]
    names = [one.id for one in draw.rng.sample(live, min(len(live), draw.one((1, 1, 2, 3))))]
    if draw.chance(0.02):
        names = draw.one(([], names * 2, names * 101))
    today, behind = draw.book.today, plus(row.bill.pay_on, 1)
    arguments: dict[str, Any] = {
        "bill": row.bill.id, "guarantor": draw.one(GUARANTORS) if draw.wrong() else row.guarantor, "tokens": names,
        "reference": draw.reference(), "value_date": draw.one((today, today, behind, draw.day(-6, 1))),
    }  # fmt: skip
    sender = draw.sender(draw.book.parties[row.guarantor].accounts.get(row.bill.currency, row.bank))
    draw.references.append(("settlement.pay_guarantee", sender, arguments))
    return sender, 1, arguments
