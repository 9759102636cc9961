"""What of a transaction's receipt is told to whom: events, results, details of a refusal, and gas.

The receipt on the ledger is whole, and validators agree on it. Whoever reads for the sender is told of it what it may
read otherwise: an event that names it, that is everybody's, or that tells of an object which shows to it; of a refusal
what the sender said itself, and objects that show to it. Who sees everything is told everything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import Call
from chainbill_node.rest.access import Viewer
from chainbill_node.rest.own_acts import TELLS_OF, sees_event, sees_object
from chainbill_node.rest.routes_changes import sees_changes
from chainbill_node.rest.unseen import as_if_absent, said_in
from chainbill_node.rest.view import View

GAS_STEP = 1_000_000
"""Gas is told in steps of so much: an eighth of what a transaction may use at first, and far more than what others
have quoted, offered or pledged beside an ordinary act takes."""

UNTOLD_RESULTS: Mapping[str, Collection[str]] = {
    "finance.decline": ("token",),  # of the last bank that which is free now
    "token.reject": ("token",),  # whether the rest of it is free
}
"""contract.function → members of its result that follow from what others have; its sender asks for them by reads."""
UNTRIED_RESULTS: Mapping[str, Collection[str]] = {
    "finance.decline": ("status",),  # whether all others have declined
    "settlement.settle": ("payments",),  # to whom tokens are pledged
    "settlement.proceed": ("payments",),
    "settlement.reverse": ("tokens",),  # ids are numbered within an act: how many pieces came to be before these
}
"""Likewise members that reads tell once the act is done, and not before."""
UNTOLD_FIELDS: Mapping[tuple[str, str], Collection[str]] = {("invoice", "claimed_twice"): ("sellers",)}
"""(contract, topic) → fields that no read shows: that there is another seller shows, how many do not."""

OPEN_ITEMS = frozenset({"holdings", "sponsored", "seats", "debtors", "bills", "pledges"})
OBJECTS: Mapping[str, Sequence[str]] = {
    **{kind: (kind,) for kind in ("freeze", "joint", "pledge", "quote", "request", "dispute")},
    "order": ("order", "court_order"),
}
"""Detail of a refusal that names an object → the kinds of `own_acts.SEES` that it may be of."""


def told(view: View, receipt: Receipt, calls: Sequence[Call], *, tried: bool = False) -> Receipt:
    """Give what a viewer is told of the receipt of a transaction of one that it reads for.

    view: the ledger after it; `tried`: before it, of one that was only tried out. Then what became of a request tells
    its holder alone: to a bank it would say that all the others have declined.
    """
    viewer = view.viewer
    if viewer.everything:
        return receipt
    events = [
        [contract, topic, _fields(contract, topic, fields)] for contract, topic, fields in receipt.events
        if _names(viewer, fields) or _sees(view, contract, topic, fields, tried=tried)
    ]  # fmt: skip
    results = [_result(call, result, tried=tried) for call, result in zip(calls, receipt.results, strict=False)]
    gas = -(-receipt.gas // GAS_STEP) * GAS_STEP
    reason = as_if_absent(view, receipt.reason, calls)
    details = _details(view, receipt, calls) if reason == receipt.reason else {}
    return replace(receipt, reason=reason, events=events, results=results, details=details, gas=gas)


def _names(viewer: Viewer, fields: Mapping[str, Any]) -> bool:
    return viewer.is_or_reads_for(*(value for value in fields.values() if isinstance(value, str)))


def _sees(view: View, contract: str, topic: str, fields: Mapping[str, Any], *, tried: bool) -> bool:
    kind = TELLS_OF.get((contract, topic))
    if tried and kind == "request":
        row = view.row("finance", "request", str(fields["request"])) or {}
        return row.get("holder") in view.viewer.reads_for()
    return sees_event(view, contract, topic, fields)


def _fields(contract: str, topic: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    untold = UNTOLD_FIELDS.get((contract, topic), ())
    return {name: value for name, value in fields.items() if name not in untold}


def _result(call: Call, result: Any, *, tried: bool) -> Any:
    name = f"{call.contract}.{call.function}"
    untold = {*UNTOLD_RESULTS.get(name, ()), *(UNTRIED_RESULTS.get(name, ()) if tried else ())}
    return {name: value for name, value in result.items() if name not in untold} if untold else result


def _details(view: View, receipt: Receipt, calls: Sequence[Call]) -> dict[str, Any]:
    said = {text for call in calls for _, text in said_in(call.args)}
    details = receipt.details
    return {name: value for name, value in details.items() if _is_in(value, said) or _shows(view, name, details)}


def _is_in(value: Any, said: Collection[str]) -> bool:
    return isinstance(value, str) and value in said


def _shows(view: View, name: str, details: Mapping[str, Any]) -> bool:
    if name == "locks":
        return sees_object(view, "token", str(details.get("token")))
    if name in OPEN_ITEMS and "holdings" in details:
        return sees_changes(view, str(details["party"]))
    kinds = OBJECTS.get(name, ())
    return not kinds or any(sees_object(view, kind, str(details[name])) for kind in kinds)
