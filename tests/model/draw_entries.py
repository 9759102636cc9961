"""Random acts with entries of banks: invoices struck, lifted, refused, and looked into."""

from __future__ import annotations

from typing import Any

from contracts.world import BANK1, BANK2, BANK3, BANK4
from model.draw import Draw
from model.draw_trade import Sent

SECONDS = (BANK2, BANK2, BANK3, BANK4, BANK1)


def strike(draw: Draw) -> Sent | None:
    disputes = list(draw.book.disputes.values())
    one = draw.some([row for row in disputes if row.status == "upheld"], disputes)
    if one is None:
        return None
    document = "" if draw.chance(0.02) else draw.digest()
    return draw.sender(BANK1), draw.one((2, 2, 2, 1)), {"dispute": one.id, "document": document}


def _entry(draw: Draw, status: str) -> Any:
    entries = list(draw.book.entries.values())
    return draw.some([row for row in entries if row.status == status], entries)


def lift(draw: Draw) -> Sent | None:
    one = _entry(draw, "ratified")
    if one is None:
        return None
    return draw.sender(BANK1), draw.one((2, 2, 2, 1)), {"lifts": one.id, "document": draw.digest()}


def ratify(draw: Draw) -> Sent | None:
    one = _entry(draw, "entered")
    return None if one is None else (draw.sender(draw.one(SECONDS)), draw.one((2, 2, 2, 1)), {"entry": one.id})


def refuse(draw: Draw) -> Sent | None:
    one = _entry(draw, "entered")
    if one is None:
        return None
    said = {"entry": one.id, "reason": draw.one(("no", "no", "no", ""))}
    return draw.sender(draw.one(SECONDS)), draw.one((2, 2, 2, 1)), said


def examine(draw: Draw) -> Sent | None:
    rows = list(draw.book.requests.values())
    doubtful = [
        row for row in rows
        if any(draw.book.invoices[part.fingerprint, row.token.bill.creditor].struck for part in row.token.bill.parts)
    ]  # fmt: skip
    one = draw.some(doubtful, rows)
    return (
        None if one is None else (draw.sender(draw.one(one.banks)), 1, {"request": one.id, "document": draw.digest()})
    )
