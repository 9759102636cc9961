"""Schemes of labels, and labels of bills, for tests."""

from __future__ import annotations

from typing import Any

from contracts.world import BANK2, BANK3, S1, World, accepted_bill, as_two, ask, bid, decide_by_vote

PAPER = "5a" * 32
GREEN, BLUE = "green", "蓝色"
A_PLUS = {"scheme": GREEN, "grade": "A+"}


def scheme(world: World, *attestors: str, name: str = GREEN) -> None:
    """Decide by vote who attests under a scheme, the third bank if nobody is named."""
    decide_by_vote(world, "label_scheme", scheme=name, attestors=list(attestors or (BANK3,)))


def attest(world: World, bill: str, by: str = BANK3, **given: Any) -> Any:
    """Attest a bill as two people of an attestor: green, A+, for ten days."""
    told = {"scheme": GREEN, "grade": "A+", "document": PAPER, "until": world.plus(10), **given}
    return as_two(world, by, "label", "attest", bill=bill, **told)


def revoke(world: World, bill: str, by: str = BANK3, name: str = GREEN) -> Any:
    return world.call(by, "label", "revoke", bill=bill, scheme=name)


def label(world: World, bill: str, name: str = GREEN) -> dict[str, Any]:
    return dict(world.row("label", "label", [bill, name]))


def needing(world: World, **given: Any) -> tuple[str, str]:
    """A bill on which a bank quoted that asks for a label; the bill's id and the quote's."""
    bill, token = accepted_bill(world)
    asked = ask(world, token, BANK2, amount=1_000)["request"]
    return bill, str(bid(world, asked, BANK2, needs_label=A_PLUS, **given)["quote"])


def agreed(world: World, **given: Any) -> tuple[str, str]:
    """The same with its label, agreed to today."""
    scheme(world)
    bill, quote = needing(world, **given)
    attest(world, bill)
    world.call(S1, "finance", "agree", quote=quote)
    return bill, quote


__all__ = [
    "A_PLUS", "BLUE", "GREEN", "PAPER", "agreed", "attest", "label", "needing", "revoke", "scheme",
]  # fmt: skip
