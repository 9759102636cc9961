"""Showing a trace to people: the tree of a bill and the table by tier."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chainbill.shown import shown
from chainbill_cli.cells import cell_len
from chainbill_cli.grid import LEAST_TEXT, clauses, clipped
from chainbill_cli.locks import is_prepay, lock_said, lock_word
from chainbill_cli.marks import mark_said
from chainbill_cli.output import Column, Names, amount_text, ranked
from chainbill_cli.texts import has_text, text

BY_TIER = ranked(
    "tier reached penetration held financed parties share_financed financed_ever mean_rate amount pledged",
    Column("tier", "int"), Column("parties", "int", "column.parties_count"), Column("reached", "amount"),
    Column("penetration", "share"),
    Column("held", "amount"), Column("financed", "amount"), Column("amount", "amount"),
    Column("pledged", "amount"), Column("financed_ever", "amount"), Column("share_financed", "share"),
    Column("mean_rate", "figure"),
)  # fmt: skip
PartsOf = Callable[[Mapping[str, Any]], Sequence[str]]
SEPARATOR = " · "
GUIDES = frozenset("├└│ ")
"""How the lines of branches begin."""
HELD_FOR_OTHERS = frozenset({"pledged", "frozen", "offered_pledge"})
"""Locks that a tree names: by them somebody else may be paid."""
LEAST_NAME = 4
"""Cells of a name that stay in any case."""
INNER = {"split", "moved", "reversed"}
PARTS = ("hidden", "folded")
MAX_DEPTH = 200


@dataclass(slots=True)
class Branch:
    """One line of the tree as its parts, and what grows from it. The first two parts always stand there."""

    parts: Sequence[str]
    below: list[Branch] = field(default_factory=list)

    def add(self, *parts: str) -> Branch:
        """A branch of its own below this one."""
        self.below.append(Branch([shown(part) for part in parts]))
        return self.below[-1]


def tree_lines(
    trace: Mapping[str, Any],
    bill: Mapping[str, Any],
    name_of: Names,
    width: int | None,
    *,
    ids: bool = True,
    marks: Sequence[Mapping[str, Any]] = (),
    told: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
) -> list[str]:
    """The tree of a bill: every leaf with its holder, amount, tier and status (and id), in so many cells.

    marks: the write-offs on it that the reader sees; told: how a token is told to people.
    Steps in which no token changed hands are left out. A line that has no room leaves out its last parts.
    """
    currency = str(bill["currency"])
    line = text(
        "trace.bill_line",
        bill=bill["id"],
        debtor=name_of(str(bill["debtor"])),
        face=amount_text(int(bill["face"]), currency),
        currency=currency,
        pay_on=bill.get("pay_on", ""),
    )

    def parts_of(token: Mapping[str, Any]) -> list[str]:
        return token_parts(told(token), name_of, marks, ids=ids)

    root = Branch(())
    top = trace.get("tree")
    if not top:
        root.add(text("trace.nothing"))
    for token in [top] if isinstance(top, Mapping) else top or ():
        _grow(root, {"currency": currency, **token}, parts_of, "", MAX_DEPTH)
    head = [shown(line)] if width is None else clauses(shown(line), width)
    return [*head, *_drawn(root, "", width)]


def holders_of(trace: Mapping[str, Any]) -> list[str]:
    """The parties that a tree names, for their names to be looked up."""
    top = trace.get("tree")
    waiting: list[Mapping[str, Any]] = [top] if isinstance(top, Mapping) else list(top or ())
    found: dict[str, None] = {}
    while waiting:
        token = waiting.pop()
        found.update({str(token[name]): None for name in ("holder", "offered_to") if token.get(name)})
        waiting.extend(token.get("children") or ())
    return list(found)


def _drawn(branch: Branch, guide: str, width: int | None) -> Iterator[str]:
    for number, one in enumerate(branch.below, start=1):
        last = number == len(branch.below)
        yield guide + ("└── " if last else "├── ") + _said(one.parts, None if width is None else width - len(guide) - 4)
        yield from _drawn(one, guide + ("    " if last else "│   "), width)


def _said(parts: Sequence[str], room: int | None) -> str:
    """The parts in one line; where there is no room the name is cut, then the last parts are left out."""
    if room is None or len(parts) < 2:
        return SEPARATOR.join(parts)
    name, amount, *others = parts
    gap = cell_len(SEPARATOR)
    for count in range(len(others), -1, -1):
        rest = SEPARATOR.join([amount, *others[:count]])
        left = room - cell_len(rest) - gap
        if left >= min(cell_len(name), LEAST_TEXT) or count == 0:
            break
    return f"{clipped(name, max(left, LEAST_NAME))}{SEPARATOR}{rest}"


def _grow(branch: Branch, token: Mapping[str, Any], parts_of: PartsOf, holder: str, depth: int) -> None:
    """Add a token: a new branch where the holder changes or the line ends, else straight to its children.

    What the reader may not see, and what lies deeper than was asked for, is a line with its amount. A root that the
    reader may not see has no holder: then only such a line is there.
    """
    children: Sequence[Mapping[str, Any]] = token.get("children") or ()
    below = branch
    if "holder" in token and (token["holder"] != holder or not children):
        below = branch.add(*parts_of(token))
    if depth > 0:
        for child in children:
            if not _bears(child):
                continue  # joined again into a token that stands beside it
            _grow(below, child, parts_of, str(token.get("holder", "")), depth - 1)
    for name in PARTS:
        if token.get(name):
            below.add(_part_line(f"trace.{name}", token[name], str(token["currency"])))


def _bears(token: Mapping[str, Any]) -> bool:
    """Whether any cents rest in a token or below it; the web page has the same rule."""
    here = token["status"] not in INNER or any(token.get(name) for name in PARTS)
    return here or any(map(_bears, token.get("children") or ()))


def _part_line(key: str, part: Mapping[str, Any], currency: str) -> str:
    amount = amount_text(int(part["amount"]), currency)
    return text(key, amount=amount, currency=currency, tokens=part.get("tokens", 0))


def token_parts(
    token: Mapping[str, Any], name_of: Names, marks: Sequence[Mapping[str, Any]] = (), *, ids: bool = True
) -> list[str]:
    """One token in words: holder, amount, and what may be left out."""
    currency = str(token["currency"])
    parts = [name_of(str(token["holder"])), f"{amount_text(int(token['amount']), currency)} {currency}"]
    if token.get("financed_tier"):
        how = "trace.taken_over" if token.get("financing") == "" else "trace.financed"
        parts.append(text(how, tier=token["financed_tier"]))
    else:
        parts.append(text("trace.tier", tier=token.get("tier", "?")))
    if token["status"] not in INNER:
        key = f"value.{token['status']}"
        parts.append(text(key) if has_text(key) else str(token["status"]))
    parts += filter(None, [mark_said(token, marks)])
    locks = [(lock_word(one), one) for one in token.get("locks") or ()]
    parts += [lock_said(one) for word, one in locks if word in HELD_FOR_OTHERS or is_prepay(token)]
    if token.get("offered_to") and not is_prepay(token):
        key = next((f"trace.{word}" for word, _ in locks if has_text(f"trace.{word}")), "trace.offered")
        parts.append(text(key, party=name_of(str(token["offered_to"]))))
    if ids:
        parts.append(str(token["id"]))
    return parts


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


def tier_columns(trace: Mapping[str, Any], *left_out: str) -> list[Column]:
    """The columns of the table by tier; where a part does not show, the amount stays on any screen."""
    first = "amount" if hidden_minor(trace.get("totals") or {}) else ""
    return [replace(one, rank=0) if one.path == first else one for one in BY_TIER if one.path not in left_out]


def is_partial(trace: Mapping[str, Any]) -> bool:
    """Whether a trace is of what its reader sees, so that what was reached and ever financed may be more."""
    return "hidden" in (trace.get("totals") or {}) and bool(trace.get("by_tier"))


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
