"""Reversals for tests."""

from __future__ import annotations

from typing import Any

from contracts.world import BANK1, World, as_two


def reverse(world: World, reference: str, *, by: str = BANK1, reason: str = "wrong debtor") -> dict[str, Any]:
    """Reverse a receipt as two people of the bank that recorded it."""
    return dict(as_two(world, by, "settlement", "reverse", reference=reference, reason=reason))


def leaves(world: World, bill: str) -> list[tuple[int, int, str, str, str]]:
    """The leaves of a bill: (lo, hi, status, holder, kind of its lock or "")."""
    return [
        (leaf["lo"], leaf["hi"], leaf["status"], leaf["holder"], leaf["locks"][0]["kind"] if leaf["locks"] else "")
        for leaf in world.leaves(bill)
    ]


def statuses(world: World, bill: str) -> list[str]:
    """The statuses of a bill's payments, by token."""
    return [row["status"] for _, row in world.rows("settlement", "payment", (bill,))]
