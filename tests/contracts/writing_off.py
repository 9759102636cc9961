"""Write-offs for tests: an overdue bill, and what is marked on it."""

from __future__ import annotations

from typing import Any

from contracts.world import S1, World, accepted_bill, as_two

MONDAY, TUESDAY, WEDNESDAY = "2026-03-09", "2026-03-10", "2026-03-11"
PAPER = "5a" * 32
FACE = 100_000_000


def overdue(world: World, **given: Any) -> tuple[str, str]:
    """A bill that was due on Monday, on Tuesday; the bill and its only token."""
    made = accepted_bill(world, due_on=MONDAY, **given)
    world.day(TUESDAY)
    return made


def write_off(world: World, token: str, by: str = S1) -> Any:
    return as_two(world, by, "write_off", "write_off", token=token, document=PAPER)


def undo(world: World, token: str, by: str = S1) -> Any:
    return as_two(world, by, "write_off", "undo_write_off", token=token, reason="paid after all")


def mark(world: World, token: str) -> dict[str, Any]:
    return dict(world.row("write_off", "mark", token))


def stands(world: World, token: str) -> tuple[str, int]:
    """Status of a mark, and what was recovered."""
    row = mark(world, token)
    return row["status"], row["recovered"]
