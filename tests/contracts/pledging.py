"""Pledges for tests: offered, accepted, and what they are on."""

from __future__ import annotations

from typing import Any

from contracts.world import BANK1, BANK2, S1, World, as_two


def offer_pledge(world: World, *tokens: str, by: str = S1, **given: Any) -> str:
    """Offer tokens in pledge, by default to BANK2 for 250,000.00; the pledge."""
    arguments: dict[str, Any] = {
        "tokens": list(tokens), "pledgee": BANK2, "secured": 25_000_000, "due_on": world.plus(30), "contract_no": "L-1",
        **given,
    }  # fmt: skip
    return str(world.call(by, "pledge", "offer", **arguments)["pledge"])


def pledge(world: World, *tokens: str, by: str = S1, **given: Any) -> str:
    """Offer tokens in pledge, and have the pledgee accept; the pledge."""
    made = offer_pledge(world, *tokens, by=by, **given)
    world.call(world.row("pledge", "pledge", made)["pledgee"], "pledge", "accept", pledge=made, registration="ZD-2")
    return made


def row_of(world: World, made: str) -> dict[str, Any]:
    return dict(world.row("pledge", "pledge", made))


def act(world: World, party: str, function: str, made: str, **given: Any) -> Any:
    """An act on a pledge by one key of a party."""
    return world.call(party, "pledge", function, pledge=made, **given)


def enforce(world: World, made: str, owed: int, by: str = BANK2) -> Any:
    """Ask for enforcement as two people of the pledgee."""
    return as_two(world, by, "pledge", "enforce", pledge=made, owed=owed)


def told(world: World, bill: str, token: str, status: str, reference: str, by: str = BANK1) -> Any:
    """Report what became of a payment."""
    return world.call(by, "settlement", "pay_result", bill=bill, token=token, status=status, reference=reference)


def paid_out(world: World, bill: str, reference: str = "OUT") -> None:
    """Report every payment of a bill that is instructed as paid."""
    for number, ([of, token], row) in enumerate(world.rows("settlement", "payment")):
        if of == bill and row["status"] == "instructed":
            told(world, bill, token, "paid", f"{reference}-{number}")
