"""Random acts of recourse."""

from __future__ import annotations

from typing import Any

from contracts.world import BANKS
from model.draw import Draw
from model.draw_trade import Sent, again
from model.records import Claim, Token


def _may_ask(draw: Draw) -> list[Token]:
    """Free tokens that somebody but the debtor gave to their holders."""
    return [
        leaf for bill in draw.book.bills.values() if bill.payable for leaf in bill.leaves
        if leaf.free and draw.book.hops[leaf.origin].kind != "issue"
    ]  # fmt: skip


def ask(draw: Draw) -> Sent | None:
    right = _may_ask(draw)
    late = [leaf for leaf in right if leaf.bill.status == "overdue"]
    token = draw.one(late if late and draw.chance(0.6) else right) if right else None
    if token is None or draw.wrong():
        token = draw.leaf(free=True)
    if token is None:
        return None
    ground = draw.one(("overdue", "agreed", "agreed")) if draw.chance(0.9) else draw.one(("insolvent", "late"))
    if token.bill.status == "overdue" and not draw.wrong():
        ground = "overdue"
    if draw.book.sinks(token.bill) and not draw.wrong():
        ground = "insolvent"
    amount = max(1, token.amount + draw.one((0, 1, 7, -1))) if draw.chance(0.9) else draw.amount(token.amount)
    arguments = {"token": token.id, "ground": ground, "amount": amount, "document": draw.digest()}
    return draw.sender(token.holder), 1, arguments


def _claim(draw: Draw, *statuses: str) -> Claim | None:
    claims = list(draw.book.claims.values())
    return draw.some([one for one in claims if one.status in statuses], claims)


def _named(draw: Draw, claim: Claim) -> Token:
    """What is left of it; or the token that it was made on, or another one."""
    return claim.now if draw.chance(0.85) else draw.one((claim.token, claim.token, draw.leaf(free=True) or claim.token))


def accept(draw: Draw) -> Sent | None:
    claim = _claim(draw, "recourse_asked")
    return None if claim is None else (draw.sender(claim.asked), 1, {"token": _named(draw, claim).id})


def refuse(draw: Draw) -> Sent | None:
    claim = _claim(draw, "recourse_asked")
    if claim is None:
        return None
    reason = "a\nb" if draw.chance(0.02) else "no"
    return draw.sender(claim.asked), 1, {"token": _named(draw, claim).id, "reason": reason}


def withdraw(draw: Draw) -> Sent | None:
    claim = _claim(draw, *Claim.OPEN)
    return None if claim is None else (draw.sender(claim.holder), 1, {"token": _named(draw, claim).id})


def bought_back(draw: Draw) -> Sent | None:
    if draw.chance(0.08):
        return again(draw, "recourse.bought_back")
    claim = _claim(draw, "recourse_agreed")
    if claim is None:
        return None
    holder = draw.book.parties[claim.holder]
    bank = claim.holder if claim.holder in BANKS else holder.accounts.get(claim.token.bill.currency, claim.holder)
    today, agreed = draw.book.today, claim.answered_on or claim.asked_on
    arguments: dict[str, Any] = {
        "token": _named(draw, claim).id, "reference": draw.reference(), "amount": max(1, claim.due),
        "value_date": draw.one((today, today, agreed, claim.until, draw.day(-6, 1))),
    }  # fmt: skip
    if draw.wrong():
        arguments["amount"] = draw.one((claim.due - 1, claim.due + 1, draw.amount(1)))
    sender = draw.sender(bank)
    draw.references.append(("recourse.bought_back", sender, arguments))
    return sender, 1, arguments
