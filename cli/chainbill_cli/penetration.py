"""Showing a trace to people: the tree of a bill and the table by tier."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chainbill.shown import shown
from chainbill_cli.output import Column, Names, amount_text
from chainbill_cli.texts import has_text, text

BY_TIER = (
    Column("tier", "int"), Column("parties", "int", "column.parties_count"), Column("reached", "amount"),
    Column("penetration"),
    Column("held", "amount"), Column("financed", "amount"), Column("amount", "amount"),
    Column("financed_ever", "amount"), Column("share_financed"), Column("mean_rate"),
)  # fmt: skip
LineOf = Callable[[Mapping[str, Any]], str]
INNER = {"split", "moved", "reversed"}
PARTS = ("hidden", "folded")
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
        _grow(root, {"currency": currency, **token}, lambda one: token_line(one, name_of, ids=ids), "", MAX_DEPTH)
    return root


def _grow(branch: Any, token: Mapping[str, Any], line_of: LineOf, holder: str, depth: int) -> None:
    """Add a token: a new branch where the holder changes or the line ends, else straight to its children.

    What the reader may not see, and what lies deeper than was asked for, is a line with its amount. A root that the
    reader may not see has no holder: then only such a line is there.
    """
    children: Sequence[Mapping[str, Any]] = token.get("children") or ()
    below = branch
    if "holder" in token and (token["holder"] != holder or not children):
        below = branch.add(_safe(line_of(token)))
    if depth > 0:
        for child in children:
            if child["status"] in INNER and not any(child.get(name) for name in ("children", *PARTS)):
                continue  # joined again into a token that stands beside it
            _grow(below, child, line_of, str(token.get("holder", "")), depth - 1)
    for name in PARTS:
        if token.get(name):
            below.add(_safe(_part_line(f"trace.{name}", token[name], str(token["currency"]))))


def _part_line(key: str, part: Mapping[str, Any], currency: str) -> str:
    amount = amount_text(int(part["amount"]), currency)
    return text(key, amount=amount, currency=currency, tokens=part.get("tokens", 0))


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


def hidden_minor(totals: Mapping[str, Any]) -> int:
    """Minor units of a trace that its reader may not see."""
    return int((totals.get("hidden") or {}).get("amount") or 0)


def by_tier_rows(trace: Mapping[str, Any], currency: str) -> list[dict[str, Any]]:
    """Rows of the by-tier table, with the currency for the amounts; what does not show is a row of its own."""
    rows = [{**row, "currency": currency} for row in trace.get("by_tier") or ()]
    hidden = hidden_minor(trace.get("totals") or {})
    if hidden:
        rows.append({"tier": text("trace.not_shown"), "amount": hidden, "currency": currency})
    return rows


def group_rows(groups: Sequence[Mapping[str, Any]], currency: str) -> tuple[list[dict[str, Any]], list[Column]]:
    """Rows and columns of leaves grouped by some fields; what does not show is the last row."""
    named = [name for name in groups[0] if name not in {"amount", "tokens", "hidden"}] if groups else []
    rows: list[dict[str, Any]] = []
    for group in groups:
        if "hidden" in group:
            first = {named[0]: text("trace.not_shown")} if named else {"status": text("trace.not_shown")}
            rows.append({**first, **group["hidden"], "currency": currency})
        else:
            rows.append({**group, "currency": currency})
    columns = [Column(name, GROUP_KINDS.get(name, "text")) for name in named or ["status"]]
    return rows, [*columns, Column("amount", "amount"), Column("currency"), Column("tokens", "int")]


GROUP_KINDS = {"bank": "party", "party": "party", "status": "status", "bill": "id", "tier": "int"}


def totals_line(totals: Mapping[str, Any], currency: str) -> str:
    """The totals of a trace in one line; the parts add up to the face."""
    names = ("face", "live", "settled", "diluted", "void")
    line = text("trace.totals", **{name: amount_text(int(totals.get(name) or 0), currency) for name in names})
    hidden = hidden_minor(totals)
    return line + (text("trace.totals_hidden", hidden=amount_text(hidden, currency)) if hidden else "")


def _safe(line: str) -> Any:
    from rich.text import Text

    return Text(shown(line))
