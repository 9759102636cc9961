"""Random early payments at a discount."""

from __future__ import annotations

from model.draw import Draw
from model.draw_trade import Sent, again
from model.records import Prepayment


def offer(draw: Draw) -> Sent | None:
    token = draw.leaf(free=True)
    if token is None:
        return None
    pay_by = draw.one((draw.day(0, 6), draw.day(-1, 40), token.bill.last_offer_on, token.bill.pay_on))
    return draw.sender(token.holder), 1, {"token": token.id, "price": draw.amount(token.amount), "pay_by": pay_by}


def _some(draw: Draw, status: str) -> Prepayment | None:
    known = list(draw.book.prepayments.values())
    return draw.some([one for one in known if one.status == status and one.stands], known)


def agree(draw: Draw) -> Sent | None:
    one = _some(draw, "offered")
    if one is None:
        return None
    token = draw.leaf(free=True) if draw.wrong() else None
    return draw.sender(one.debtor), 1, {"token": (token or one.token).id}


def settle(draw: Draw) -> Sent | None:
    if draw.chance(0.08):
        return again(draw, "settlement.settle_prepaid")
    one = _some(draw, "agreed")
    if one is None:
        return None
    today = draw.book.today
    arguments = {
        "token": one.token.id, "reference": draw.reference(),
        "value_date": draw.one((today, today, today, one.agreed_on or today, one.pay_by, draw.day(-4, 1))),
    }  # fmt: skip
    sender = draw.sender(one.token.bill.paying_bank)
    draw.references.append(("settlement.settle_prepaid", sender, arguments))
    return sender, 1, arguments
