"""Orders of courts for tests: entered by BANK1, which pays and sponsors, and ratified by BANK3."""

from __future__ import annotations

from typing import Any

from contracts.world import BANK1, BANK3, World, as_two

PAPER: dict[str, Any] = {"authority": "Court of H", "documents": ["6a" * 32, "6b" * 32]}


def enter(world: World, kind: str, *items: dict[str, Any], by: str = BANK1, **given: Any) -> dict[str, Any]:
    """Enter an order of a kind; what the act answers."""
    arguments: dict[str, Any] = {
        "kind": kind, "number": f"H-{world.height}", "issued_on": world.today, "items": list(items),
        "days": 90 if kind in ("freeze", "renew") else 0, "beneficiary": "", "account": "", **PAPER, **given,
    }  # fmt: skip
    return dict(as_two(world, by, "legal", "order", **arguments))


def freeze(world: World, token: str, amount: int, **given: Any) -> str:
    """Freeze the high cents of a token; the freeze."""
    return str(enter(world, "freeze", {"token": token, "amount": amount}, **given)["freezes"][0])


def order_of(world: World, freeze_id: str) -> str:
    return str(world.row("legal", "freeze", freeze_id)["order"])


def ratified(world: World, order_id: str, by: str = BANK3) -> dict[str, Any]:
    """Ratify an order as two people of the second bank."""
    return dict(as_two(world, by, "legal", "ratify", order=order_id))


def frozen(world: World, token: str, amount: int, **given: Any) -> str:
    """Freeze the high cents of a token, and have that ratified; the freeze."""
    made = freeze(world, token, amount, **given)
    ratified(world, order_of(world, made))
    return made


def release(world: World, freeze_id: str, amount: int = 0, **given: Any) -> dict[str, Any]:
    """Release a freeze, and have that ratified."""
    return ratified(world, enter(world, "release", {"freeze": freeze_id, "amount": amount}, **given)["order"])


def transfer(world: World, freeze_id: str, amount: int, to: str, **given: Any) -> dict[str, Any]:
    """Transfer frozen cents, and have that ratified."""
    item = {"freeze": freeze_id, "amount": amount}
    return ratified(world, enter(world, "transfer", item, beneficiary=to, **given)["order"])


def standing(world: World, freeze_id: str) -> str:
    return str(world.row("legal", "freeze", freeze_id)["status"])
