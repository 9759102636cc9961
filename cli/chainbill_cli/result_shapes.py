"""What the ledger gave for each call of a transaction, as commands read it: each member that there is, of its kind."""

from __future__ import annotations

from functools import cache
from typing import Any

from chainbill_node.rest.schema_parts import BOOLEAN, MAYBE_INTEGER, MAYBE_TEXT, TEXT, Schema, array, row

from chainbill_cli.answer_shapes import Misfit, Place, misfit

NUMBERS = frozenset({"amount", "int"})
"""Kinds of members that are whole numbers; the others are texts, or lists of ids."""


@cache
def _result() -> Schema:
    from chainbill_cli.answers import ANSWER_KINDS

    kinds = {name: MAYBE_INTEGER if kind in NUMBERS else MAYBE_TEXT for name, kind in ANSWER_KINDS.items()}
    ids = {name: array(TEXT) for name in ("tokens", "remainders", "waits_for", "bills", "moved", "freed", "freezes")}
    lists = {name: {"type": "array"} for name, kind in ANSWER_KINDS.items() if kind == "list" and name not in ids}
    paid = row({}, party=MAYBE_TEXT, token=MAYBE_TEXT, amount=MAYBE_INTEGER, status=MAYBE_TEXT)
    return row({}, **{**kinds, **lists, **ids}, payments=array(paid), complete=BOOLEAN, repeated=BOOLEAN)


def unfit_results(body: dict[str, Any]) -> Misfit | None:
    """What does not fit in `result` or `results` of an answer about a transaction; a result need be no object."""
    found: list[tuple[Place, Any]] = [(("result",), body.get("result"))]
    found += [(("results", number), one) for number, one in enumerate(body.get("results") or ())]
    for place, one in found:
        wrong = misfit(_result(), one) if isinstance(one, dict) else None
        if wrong is not None:
            return Misfit((*place, *wrong.place), wrong.why)
    return None
