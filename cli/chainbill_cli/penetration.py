"""Showing a trace to people: the tree of a bill and the table by tier."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chainbill_cli.output import Column, Names, amount_text
from chainbill_cli.texts import has_text, text

BY_TIER = (
    Column("tier", "int"), Column("parties", "int"), Column("reached", "amount"), Column("penetration"),
    Column("held", "amount"), Column("financed", "amount"), Column("amount", "amount"),
    Column("financed_ever", "amount"), Column("share_financed"), Column("mean_rate"),
)  # fmt: skip
LineOf = Callable[[Mapping[str, Any]], str]
INNER = {"split", "moved"}
MAX_DEPTH = 200


def tree_of(trace: Mapping[str, Any], bill: Mapping[str, Any], name_of: Names, *, ids: bool = True) -> Any:
    """The rich tree of a bill: every leaf with its holder, amount, tier and status (and id).

    Steps in which no token changed hands are left out.
    """
    from rich.tree import Tree

    currency = str(bill["currency"])
    line = text(
        "trace.bill_line",
        bill=bill["id"],
        debtor=name_of(str(bill["debtor"])),
        face=amount_text(int(bill["face"]), currency),
        currency=currency,
        pay_on=bill.get("pay_on", ""),
    )
    root = Tree(_safe(line))
    top = trace.get("tree")
    if not top:
        root.add(_safe(text("trace.nothing")))
    for token in [top] if isinstance(top, Mapping) else top or ():
        _grow(root, token, lambda one: token_line(one, name_of, ids=ids), "", MAX_DEPTH)
    return root


def _grow(branch: Any, token: Mapping[str, Any], line_of: LineOf, holder: str, depth: int) -> None:
    """Add a token: a new branch where the holder changes or the line ends, else straight to its children."""
    children: Sequence[Mapping[str, Any]] = token.get("children") or ()
    below = branch
    if token["holder"] != holder or not children:
        below = branch.add(_safe(line_of(token)))
    if depth > 0:
        for child in children:
            if child["status"] in INNER and not child.get("children"):
                continue  # joined again into a token that stands beside it
            _grow(below, child, line_of, str(token["holder"]), depth - 1)


def token_line(token: Mapping[str, Any], name_of: Names, *, ids: bool = True) -> str:
    """One token in words."""
    currency = str(token["currency"])
    parts = [f"{name_of(str(token['holder']))}  {amount_text(int(token['amount']), currency)} {currency}"]
    if token.get("financed_tier"):
        parts.append(text("trace.financed", tier=token["financed_tier"]))
    else:
        parts.append(text("trace.tier", tier=token.get("tier", "?")))
    if token["status"] not in INNER:
        key = f"value.{token['status']}"
        parts.append(text(key) if has_text(key) else str(token["status"]))
    if token.get("offered_to"):
        parts.append(text("trace.offered", party=name_of(str(token["offered_to"]))))
    if ids:
        parts.append(str(token["id"]))
    return " · ".join(parts)


def by_tier_rows(trace: Mapping[str, Any], currency: str) -> list[dict[str, Any]]:
    """Rows of the by-tier table, with the currency for the amounts."""
    return [{**row, "currency": currency} for row in trace.get("by_tier") or ()]


def totals_line(totals: Mapping[str, Any], currency: str) -> str:
    """The totals of a trace in one line."""
    names = ("face", "live", "settled", "diluted", "void")
    return text("trace.totals", **{name: amount_text(int(totals.get(name) or 0), currency) for name in names})


def _safe(line: str) -> Any:
    from rich.text import Text

    return Text("".join(character if character.isprintable() else "\ufffd" for character in line))
