"""Entries of banks for tests: defaults, struck invoices, and what lifts them. BANK1 sponsors all and pays for all."""

from __future__ import annotations

from typing import Any

from contracts.joint_words import I1, on
from contracts.world import ANCHOR, BANK1, BANK2, S1, S3, World, accepted_bill, as_two

LIST, FINDING = "6b" * 32, "7c" * 32
FACE = 1_000_000


def enter_default(world: World, debtor: str = ANCHOR, by: str = BANK1, kind: str = "bond_default") -> Any:
    return as_two(world, by, "entry", "enter_default", debtor=debtor, default=kind, document=LIST)


def ratify(world: World, entered: Any, by: str = BANK2) -> Any:
    return as_two(world, by, "entry", "ratify_entry", entry=entered["entry"])


def refuse(world: World, entered: Any, by: str = BANK2, reason: str = "not on the list") -> Any:
    return as_two(world, by, "entry", "refuse_entry", entry=entered["entry"], reason=reason)


def lift(world: World, entered: Any, by: str = BANK1) -> Any:
    return as_two(world, by, "entry", "lift", lifts=entered["entry"], document=FINDING)


def in_default(world: World, debtor: str = ANCHOR) -> Any:
    """A default that two banks recorded; answers what entering it answered."""
    entered = enter_default(world, debtor)
    ratify(world, entered)
    return entered


def dispute(world: World, fingerprint: str = I1, *, upheld: bool = True) -> str:
    """A dispute of an invoice of S1 by a third party, behind which its sponsor stands."""
    said = world.call(S3, "invoice", "dispute", fingerprint=fingerprint, seller=S1, document=LIST)["dispute"]
    if upheld:
        as_two(world, BANK1, "invoice", "uphold", dispute=said)
    return str(said)


def enter_strike(world: World, said: str, by: str = BANK1) -> Any:
    return as_two(world, by, "entry", "strike", dispute=said, document=FINDING)


def doubtful(world: World, **fields: Any) -> tuple[str, str]:
    """A bill of S1 on one invoice of twice its face; bill and token."""
    return accepted_bill(world, **on((I1, FACE, 2 * FACE)), **fields)


def struck(world: World, fingerprint: str = I1) -> Any:
    """An invoice struck by two banks; answers what entering it answered."""
    entered = enter_strike(world, dispute(world, fingerprint))
    ratify(world, entered)
    return entered


def examine(world: World, request: str, by: str = BANK1) -> Any:
    return world.call(by, "invoice", "examine", request=request, document=FINDING)


def entry(world: World, entered: Any) -> dict[str, Any]:
    return dict(world.row("entry", "entry", entered["entry"]))


def default(world: World, debtor: str = ANCHOR, kind: str = "bond_default") -> Any:
    return world.row("entry", "default", [debtor, kind])


def status_of(world: World, fingerprint: str = I1) -> str:
    return str(world.row("invoice", "invoice", [fingerprint, S1])["status"])
