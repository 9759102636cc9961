"""Random acts on pledges."""

from __future__ import annotations

from typing import Any

from contracts.world import BANKS
from model.draw import Draw
from model.draw_trade import Sent
from model.records import Pledge


def offer(draw: Draw) -> Sent | None:
    token = draw.leaf(free=True)
    if token is None:
        return None
    tokens = [token]
    if draw.chance(0.5):
        live = [leaf for bill in draw.book.bills.values() for leaf in bill.leaves if leaf.free]
        same = [leaf for leaf in live if leaf.holder == token.holder and leaf is not token]
        tokens += draw.rng.sample(same, min(len(same), draw.rng.randint(1, 4)))
    names = [one.id for one in tokens]
    if draw.chance(0.02):
        names = draw.one(([], names * 2, names * 21))
    arguments: dict[str, Any] = {
        "tokens": names, "pledgee": draw.party(BANKS),
        "secured": draw.amount(max(1, sum(one.amount for one in tokens) * draw.one((1, 1, 1, 2)))),
        "due_on": draw.day(1, 12) if draw.chance(0.95) else draw.day(-2, 1), "contract_no": "L-1",
    }  # fmt: skip
    if draw.chance(0.01):
        arguments["contract_no"] = ""
    return draw.sender(token.holder), 1, arguments


def _pledge(draw: Draw, *statuses: str) -> Pledge | None:
    rows = list(draw.book.pledges.values())
    return draw.some([one for one in rows if one.status in statuses], rows)


def accept(draw: Draw) -> Sent | None:
    row = _pledge(draw, "offered")
    registration = "" if draw.chance(0.01) else "ZD-2"
    return None if row is None else (draw.sender(row.pledgee), 1, {"pledge": row.id, "registration": registration})


def reject(draw: Draw) -> Sent | None:
    row = _pledge(draw, "offered")
    return None if row is None else (draw.sender(row.pledgee), 1, {"pledge": row.id, "reason": "no"})


def withdraw(draw: Draw) -> Sent | None:
    row = _pledge(draw, "offered")
    return None if row is None else (draw.sender(row.holder), 1, {"pledge": row.id})


def release(draw: Draw) -> Sent | None:
    row = _pledge(draw, "active", "enforcing", "covered")
    if row is None:
        return None
    secured = draw.one((0, draw.amount(max(1, row.secured - 1)), row.received, max(0, row.secured - 1)))
    return draw.sender(row.pledgee), 1, {"pledge": row.id, "secured": secured}


def enforce(draw: Draw) -> Sent | None:
    late = [one for one in draw.book.pledges.values() if one.status == "active" and one.due_on < draw.book.today]
    row = draw.one(late) if late and draw.chance(0.8) else _pledge(draw, "active")
    if row is None:
        return None
    owed = draw.amount(max(1, row.secured - row.received))
    return draw.sender(row.pledgee), draw.one((2, 2, 2, 2, 1)), {"pledge": row.id, "owed": owed}


def agree_enforcement(draw: Draw) -> Sent | None:
    row = _pledge(draw, "enforcing")
    return None if row is None else (draw.sender(row.holder), 1, {"pledge": row.id})


def refuse_enforcement(draw: Draw) -> Sent | None:
    return agree_enforcement(draw)
