"""Random acts with labels, and what quotes ask for."""

from __future__ import annotations

from typing import Any

from contracts.world import BANK4, S4
from model import days
from model.draw import Draw
from model.draw_trade import Sent
from model.network import ADVISER

SCHEMES = ("green", "蓝色")
GRADES = ("A", "A", "A", "A+")
ATTESTORS = (ADVISER, BANK4, S4)


def attest(draw: Draw) -> Sent | None:
    """Most often what a quote waits for."""
    bill, scheme = draw.bill("active"), draw.one(SCHEMES)
    waiting = [row for row in draw.book.quotes.values() if row.need and row.status in ("offered", "agreed")]
    grade = draw.one(GRADES)
    if waiting and draw.chance(0.7):
        row = draw.one(waiting)
        bill, scheme = row.request.token.bill, row.need["scheme"]
        grade = row.need["grade"] if draw.chance(0.8) else grade
    if bill is None:
        return None
    arguments = {
        "bill": bill.id, "scheme": scheme, "grade": grade, "document": draw.digest(), "until": draw.day(0, 20),
    }  # fmt: skip
    if draw.wrong():
        arguments |= draw.one((
            {"grade": ""}, {"grade": "a:b"}, {"scheme": "red"}, {"until": days.plus(draw.book.today, -1)},
            {"until": days.plus(draw.book.today, 1_097)}, {"until": days.plus(draw.book.today, 1_096)},
        ))  # fmt: skip
    attestors = draw.book.schemes.get(scheme, ATTESTORS)
    return draw.sender(draw.one(attestors)), draw.one((2, 2, 2, 2, 2, 1)), arguments


def revoke(draw: Draw) -> Sent | None:
    labels = list(draw.book.labels.items())
    found = draw.some([one for one in labels if one[1].status == "active"], labels)
    if found is None:
        return None
    (bill, scheme), label = found
    scheme = "red" if draw.chance(0.02) else scheme
    by = draw.one((label.by, label.by, *draw.book.schemes.get(scheme, ())))
    return draw.sender(by), 1, {"bill": bill.id, "scheme": scheme}


def need(draw: Draw) -> Any:
    """What a quote asks for: most often nothing."""
    if draw.chance(0.02):
        return draw.one(({"scheme": "red", "grade": "A"}, {"scheme": "green"}, {"scheme": "a:b", "grade": "A"}, []))
    return {"scheme": draw.one(SCHEMES), "grade": draw.one(GRADES)} if draw.chance(0.3) else {}
