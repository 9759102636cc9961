"""Orders of courts for tests: entered by BANK1, which pays and sponsors, and ratified by BANK3."""

from __future__ import annotations

from typing import Any

from contracts.world import BANK1, BANK3, BANK4, S1, S3, World, as_two

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
    """Transfer frozen cents, and have that ratified; days pass until it has acted."""
    item = {"freeze": freeze_id, "amount": amount}
    return acted(world, enter(world, "transfer", item, beneficiary=to, **given)["order"])


def acted(world: World, order_id: str, by: str = BANK3) -> dict[str, Any]:
    """Ratify a transfer, and let days pass until it has acted: the tokens and payments that it gave."""
    world.day(ratified(world, order_id, by)["acts_on"])
    return given_by(world, order_id)


def given_by(world: World, order_id: str) -> dict[str, Any]:
    """What a transfer gave: its tokens, and the rows of its payments."""
    forced = [told["token"] for _, topic, told in world.events if topic == "forced" and told["order"] == order_id]
    paid = [row for _, row in world.rows("settlement", "payment") if row["order"] == order_id]
    return {"tokens": forced, "payments": paid}


def refused_by(world: World, order_id: str, *banks: str) -> dict[str, Any]:
    """Refuse an order as two people of each of some banks, BANK4 and BANK3 where none are named."""
    done: dict[str, Any] = {}
    for bank in banks or (BANK4, BANK3):
        done = dict(as_two(world, bank, "legal", "refuse", order=order_id, reason="a forged paper"))
    return done


def order_status(world: World, order_id: str) -> str:
    return str(world.row("legal", "order", order_id)["status"])


def standing(world: World, freeze_id: str) -> str:
    return str(world.row("legal", "freeze", freeze_id)["status"])


def transfer_of(world: World, freeze_id: str, amount: int = 0, to: str = S3, **given: object) -> str:
    """Enter a transfer from a freeze; the order."""
    return str(enter(world, "transfer", {"freeze": freeze_id, "amount": amount}, beneficiary=to, **given)["order"])


def objected(world: World, order_id: str, by: str = S1, reason: str = "forged") -> None:
    world.call(by, "legal", "object_to", order=order_id, reason=reason)


def holders(world: World, bill: str) -> list[tuple[int, int, str, str]]:
    return [(leaf["lo"], leaf["hi"], leaf["status"], leaf["holder"]) for leaf in world.leaves(bill)]


def transferred(world: World) -> list[tuple[int, int]]:
    """How much was given, and of how much, as the ledger told it."""
    return [(one["amount"], one["of"]) for _, topic, one in world.events if topic == "transferred"]
