"""Where a run begins: the same parties, days and parameters for the ledger and for the model."""

from __future__ import annotations

from random import Random
from typing import Any

from contracts.world import (
    ANCHOR,
    BANK2,
    BANKS,
    MEMBERS,
    OTHER_ANCHOR,
    S1,
    S2,
    S3,
    S4,
    World,
    an_account,
    member,
    uscc,
)  # fmt: skip
from model.days import Calendar
from model.records import Book, Party

BEGIN = "2026-03-02"
YEAR = {
    "year": 2026,
    "holidays": ["2026-03-06", "2026-03-20", "2026-04-06", "2026-05-01", "2026-05-04", "2026-05-05"],
    "workdays": ["2026-03-14", "2026-05-09"],
}
USUAL = {
    "offer_business_days": 5, "pending_days": 10, "grace_business_days": 0, "min_split": 1, "open_drafts": 10_000,
    "open_drafts_with": 1_000, "open_offers": 10_000, "open_requests": 1_000, "open_disputes": 20,
}  # fmt: skip
NARROW = {"open_drafts": 12, "open_drafts_with": 10, "open_offers": 100, "open_requests": 10, "open_disputes": 2}
CURRENCIES = ("CNY", "EUR")
UNPAID, ADVISER = uscc(3), uscc(301)
"""An anchor without a paying bank, and a party that holds nothing."""
FIRMS = (ANCHOR, OTHER_ANCHOR, S1, S2, S3, S4)
PARTIES = (*FIRMS, *BANKS, UNPAID, ADVISER)
OWN = {
    BANK2: member(BANK2, "bank", "anchor", accounts=[an_account("CNY", BANK2)]),  # a bank that owes, too
    UNPAID: member(UNPAID, "anchor", paying_bank=""),
    ADVISER: member(ADVISER, "guarantor"),
    S4: member(S4, "supplier", "guarantor", currencies=CURRENCIES),
}
GUARANTORS = (ADVISER, S4)
ALL = [OWN.get(one["id"], one) for one in MEMBERS] + [OWN[UNPAID], OWN[ADVISER]]


def begin(rng: Random) -> tuple[World, Book]:
    """A ledger and a book that know the same."""
    parameters = dict(USUAL)
    if rng.random() < 0.5:
        parameters |= NARROW
    parameters["grace_business_days"] = rng.choice((0, 0, 2))
    parameters["offer_business_days"] = rng.choice((5, 5, 2))
    parameters["min_split"] = rng.choice((1, 1, 10))
    given = {name: value for name, value in parameters.items() if value != USUAL[name]}
    world = World(today=BEGIN, parameters=given, calendar=[YEAR], members=ALL)
    calendar = Calendar(YEAR["holidays"], YEAR["workdays"])  # type: ignore[arg-type]
    parties = {one["id"]: party(one) for one in ALL}
    return world, Book(BEGIN, calendar, parties, parameters, CURRENCIES, seats=BANKS)


def party(one: dict[str, Any]) -> Party:
    accounts = {account["currency"]: account["bank"] for account in one["accounts"]}
    return Party(one["id"], tuple(one["roles"]), accounts, one["sponsor"], one["paying_bank"])
