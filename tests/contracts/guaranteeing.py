"""Guarantees for tests: guarantors beside the usual parties, with accounts at BANK3, and what they guarantee."""

from __future__ import annotations

from typing import Any

from contracts.world import BANK3, BANKS, MEMBERS, World, accepted_bill, an_account, as_two, issue, member, uscc

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = "2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12"
UNTIL = "2026-09-09"
PAPER = "5a" * 32
FACE = 100_000_000
GUARANTOR, SECOND = uscc(71), uscc(72)


def members() -> list[dict[str, Any]]:
    """The usual parties and two guarantors."""
    return [
        *MEMBERS, member(GUARANTOR, "guarantor", accounts=[an_account("CNY", BANK3)]),
        member(SECOND, "guarantor", accounts=[an_account("CNY", BANK3)]),
    ]  # fmt: skip


def guarantee(world: World, bill: str, by: str = GUARANTOR, until: str = UNTIL) -> Any:
    return as_two(world, by, "guarantee", "give_guarantee", bill=bill, until=until, resolution=PAPER)


def guaranteed(world: World, **given: Any) -> tuple[str, str]:
    """A bill that is due on Monday and guaranteed; the bill and its token."""
    made = accepted_bill(world, due_on=MONDAY, **given)
    guarantee(world, made[0])
    return made


def demand(world: World, bill: str, token: str, by: str = "", guarantor: str = GUARANTOR) -> Any:
    holder = by or world.token(token)["holder"]
    return world.call(holder, "guarantee", "demand", bill=bill, guarantor=guarantor, token=token)


def pay(world: World, bill: str, *tokens: str, by: str = BANK3, **given: Any) -> dict[str, Any]:
    """What the guarantor's bank records of its payment."""
    arguments: dict[str, Any] = {
        "bill": bill, "guarantor": GUARANTOR, "tokens": list(tokens), "reference": f"G-{world.height}",
        "value_date": world.today, **given,
    }  # fmt: skip
    return dict(world.call(by, "settlement", "pay_guarantee", **arguments))


def row_of(world: World, bill: str, guarantor: str = GUARANTOR) -> dict[str, Any]:
    return dict(world.row("guarantee", "guarantee", [guarantor, bill]))


__all__ = [
    "BANKS", "FACE", "GUARANTOR", "MONDAY", "PAPER", "SECOND", "THURSDAY", "TUESDAY", "UNTIL", "WEDNESDAY",
    "demand", "guarantee", "guaranteed", "issue", "members", "pay", "row_of",
]  # fmt: skip
