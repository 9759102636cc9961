"""Words for tests of joint acts, void and dilution: who asks, who answers, and what stands then."""

from __future__ import annotations

from typing import Any

from contracts.world import ANCHOR, S1, World

I1, I2 = "1a" * 32, "2b" * 32
NOTE = "5e" * 32
FACE = 100_000_000


def on(*parts: tuple[str, int, int]) -> dict[str, Any]:
    """A bill that stands on these invoices: fingerprint, amount, total."""
    invoices = [{"fingerprint": name, "amount": amount, "total": total} for name, amount, total in parts]
    return {"face": sum(amount for _, amount, _ in parts), "invoices": invoices}


def off(*parts: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"fingerprint": name, "amount": amount} for name, amount in parts]


def invoice(world: World, fingerprint: str) -> tuple[int, int, str]:
    row = world.row("invoice", "invoice", [fingerprint, S1])
    return row["occupied"], row["total"], row["status"]


def ask_void(world: World, bill: str, by: str = ANCHOR) -> str:
    return str(world.call(by, "bill", "ask_void", bill=bill, reason="no delivery")["joint"])


def ask_dilution(world: World, bill: str, token: str, amount: int, by: str = ANCHOR, **fields: Any) -> str:
    arguments = {"credit_note": NOTE, "parts": [], "reason": "returned goods", **fields}
    asked = world.call(by, "bill", "ask_dilution", bill=bill, token=token, amount=amount, **arguments)
    return str(asked["joint"])


def answer(world: World, joint: str, says: str = "yes", by: str = S1) -> Any:
    return world.call(by, "bill", "answer", joint=joint, answer=says)


def void(world: World, bill: str) -> Any:
    return answer(world, ask_void(world, bill))


def dilute(world: World, bill: str, token: str, amount: int, **fields: Any) -> Any:
    return answer(world, ask_dilution(world, bill, token, amount, **fields))


def state(world: World, joint: str) -> str:
    return str(world.row("bill", "joint", joint)["status"])


def tiled(world: World, bill: str) -> list[tuple[int, int, str]]:
    return [(row["lo"], row["hi"], row["status"]) for row in world.leaves(bill)]
