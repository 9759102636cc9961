"""Refusals that would tell whether there is what an act names: they are told as if there was not.

A guard says who may act (`not_the_debtor`) once it has found what the act names. To whoever does not see that it says
what it would have said of nothing (`bill_unknown`), as a read of it does: then an id that somebody has tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chainbill_contracts import reasons

from chainbill.ledger.transaction import Call
from chainbill_node.rest.own_acts import sees_object
from chainbill_node.rest.view import View

RIGHTS = frozenset(name for name, one in reasons().items() if "right" in one["stage"]) | {"not_a_bank"}
"""Reasons of the guards that ask who acts; that it must be a bank is one of them where a bank is to ratify."""
KINDS: Mapping[str, str] = {
    **{kind: kind for kind in ("bill", "change", "dispute", "entry", "freeze", "joint", "pledge", "product", "quote")},
    **{kind: kind for kind in ("recovery", "request", "token")},
    "tokens": "token",
}
"""Argument, or member of one → the kind of `own_acts.SEES` that it names; what is not there is KIND_unknown."""
OTHERWISE: Mapping[str, tuple[str, str]] = {
    "label.revoke bill": ("bill", "label_unknown"),
    "sale.buy token": ("sale", "sale_unknown"),
    "prepayment.agree_prepayment token": ("prepayment", "prepayment_unknown"),
    "settlement.settle_prepaid token": ("prepayment", "prepayment_unknown"),
    "guarantee.demand bill": ("bill", "guarantee_unknown"),
    **{f"legal.{act} order": ("court_order", "order_unknown") for act in ("object_to", "ratify", "refuse")},
    "entry.lift lifts": ("entry", "entry_unknown"),
    **dict.fromkeys(("standing.ratify order", "standing.object_to order"), ("order", "status_order_unknown")),
}
"""Where that is not so: contract.function and argument → the kind, and the reason."""


def as_if_absent(view: View, reason: str, calls: Sequence[Call]) -> str:
    """Give the reason that a refusal is told with: another one where the act names what the viewer does not see."""
    if reason not in RIGHTS:
        return reason
    for call in calls:
        for argument, name in said_in(call.args):
            usual = (kind, f"{kind}_unknown") if (kind := KINDS.get(argument)) else None
            found = OTHERWISE.get(f"{call.contract}.{call.function} {argument}", usual)
            if found is not None and not sees_object(view, found[0], name):
                return found[1]
    return reason


def said_in(value: Any, argument: str = "") -> Iterator[tuple[str, str]]:
    """Give (argument, text) of all that an act says."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from said_in(inner, str(name))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from said_in(inner, argument)
    elif isinstance(value, str) and value:
        yield argument, value
