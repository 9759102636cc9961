"""Random acts between banks, and on claims that are overdue."""

from __future__ import annotations

from typing import Any

from contracts.world import BANKS
from model.draw import Draw
from model.draw_trade import Sent, again
from model.records import Sale, Token


def of_banks(draw: Draw) -> list[Token]:
    """Live tokens that banks hold."""
    return [
        leaf for bill in draw.book.bills.values() if bill.payable for leaf in bill.leaves
        if leaf.status == "live" and leaf.holder in BANKS
    ]  # fmt: skip


def sell(draw: Draw) -> Sent | None:
    own = [leaf for leaf in of_banks(draw) if leaf.free]
    token = draw.one(own) if own else draw.leaf(free=True) if draw.wrong() else None
    if token is None:
        return None
    tokens = [token]
    if draw.chance(0.2):
        same = [leaf for leaf in own if leaf.holder == token.holder and leaf is not token]
        tokens += draw.rng.sample(same, min(len(same), draw.rng.randint(1, 2)))
    names = [one.id for one in tokens]
    if draw.chance(0.02):
        names = draw.one(([], names * 2, names * 101))
    recourse: Any = 1 if draw.chance(0.01) else draw.chance(0.5)
    buyer = draw.party([bank for bank in BANKS if bank != token.holder])
    return draw.sender(token.holder), 1, {
        "tokens": names, "buyer": buyer, "recourse": recourse, "price": draw.digest(),
    }  # fmt: skip


def buy(draw: Draw) -> Sent | None:
    if draw.chance(0.08):
        return again(draw, "sale.buy")
    sales = list(draw.book.sales.values())
    row: Sale | None = draw.some([one for one in sales if one.token.lock is one.lock], sales)
    if row is None:
        return None
    arguments = {
        "token": row.token.id, "reference": draw.reference(), "amount": draw.one((0, 0, row.token.amount)),
        "value_date": draw.one((draw.book.today, draw.book.today, row.offered_on, draw.day(-6, 1))),
        "registration": "ZD-3",
    }  # fmt: skip
    if draw.wrong():
        arguments |= draw.one(
            ({"amount": -1}, {"amount": draw.amount(1)}, {"token": (draw.leaf(free=True) or row.token).id})
        )
    sender = draw.sender(row.buyer)
    draw.references.append(("sale.buy", sender, arguments))
    return sender, 1, arguments


def _overdue(draw: Draw) -> Token | None:
    late = [
        leaf for bill in draw.book.bills.values() if bill.status == "overdue" for leaf in bill.leaves
        if leaf.status == "live"
    ]  # fmt: skip
    return draw.one(late) if late and not draw.wrong() else draw.leaf(free=draw.chance(0.5))


def write_off(draw: Draw) -> Sent | None:
    token = _overdue(draw)
    if token is None:
        return None
    return draw.sender(token.holder), draw.one((2, 2, 2, 2, 1)), {"token": token.id, "document": draw.digest()}


def undo_write_off(draw: Draw) -> Sent | None:
    marks = [one for one in draw.book.marks.values() if one.status == "written_off"]
    token = draw.one(marks).token if marks and draw.chance(0.4) else None
    marked = [
        leaf for mark in marks for leaf in mark.token.bill.leaves if leaf.status == "live" and mark.on(leaf)
    ]  # fmt: skip
    token = token or (draw.one(marked) if marked and not draw.wrong() else _overdue(draw))
    if token is None:
        return None
    reason = "a\nb" if draw.chance(0.01) else "paid after all"
    return draw.sender(token.holder), draw.one((2, 2, 2, 2, 1)), {"token": token.id, "reason": reason}
