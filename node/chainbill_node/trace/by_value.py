"""A bill by value date: who held which cents is as it was recorded at the end of the day, money counts as it is dated.

Receipts come later than the money that they report. By value a day has the financings and payments dated up to it, also
those recorded afterwards: their cents are taken out of the tokens that were live at the end of the day, so that the
pieces still tile the face. A piece that has no token of its own is named by the token it lies in and its range:
``"TOKEN:0-500"``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chainbill_node.trace.lineage import BillFacts, Sight
from chainbill_node.trace.shapes import LEAF_STATUSES, Row

PAYABLE_STATUSES = ("active", "due", "overdue", "settled")
"""The statuses of bills that money may come for or has come for."""

RANGE_MARK = ":"

Dated = tuple[str, int]
"""(value date, minor units) of money."""

Paid = tuple[int, int, int]
"""(lo, hi, height at which it was recorded) of cents that were paid."""


def valued_bill(row: Row, known: Row, day: str, money: Sequence[Dated]) -> Row:
    """Give a bill's row as of the end of a day with the money dated up to it.

    row: as recorded at the end of the day. known: as it is known at a later height, where an overdue may have been
    rescinded. money: all that came for it dated up to the day, as far as it was shared out.
    """
    if row["status"] not in PAYABLE_STATUSES:
        return row
    settled = sum(amount for _, amount in money)
    in_time = sum(amount for date, amount in money if date <= row["overdue_after"])
    left = int(row["face"]) - settled - int(row["diluted"]) - int(row["void"])
    since = str(known.get("overdue_on") or "")
    overdue_on = since if since and since <= day else ""
    if left == 0:
        status = "settled"
    elif overdue_on:
        status = "overdue"
    elif row["status"] == "settled":  # by money that was reversed since
        status = "due" if row["pay_on"] <= day else "active"
    else:
        status = "due" if row["status"] == "overdue" else str(row["status"])
    closed_on = max((date for date, _ in money), default="") if left == 0 else ""
    return {
        **row, "settled": settled, "settled_in_time": in_time, "status": status, "overdue_on": overdue_on,
        "closed_on": closed_on,
    }  # fmt: skip


def unpaid_again(then: BillFacts, known: BillFacts) -> BillFacts:
    """Give the facts of a day with tokens live whose payment was reversed later: that money never came."""
    back = {name for name, row in then.tokens.items() if row["status"] == "settled" and _is_reversed(known, name)}
    if not back:
        return then
    tokens = {name: {**row, "status": "live", "ended": 0} if name in back else row for name, row in then.tokens.items()}
    return BillFacts(then.bill, tokens, then.hops)


def _is_reversed(known: BillFacts, name: str) -> bool:
    return name in known.tokens and known.tokens[name]["status"] == "reversed"


def valued_facts(facts: BillFacts, bill: Row, financed: Iterable[tuple[Row, Row]], paid: Sequence[Paid]) -> BillFacts:
    """Give the facts of a bill with what was recorded after the day and is dated up to it.

    bill: its row by value. financed: (token that a financing made, its hop). paid: cents that a payment settled.
    """
    tokens, hops = dict(facts.tokens), dict(facts.hops)
    for made, hop in financed:
        _finance(tokens, hops, made, hop)
    for leaf in _live(tokens):
        _pay(tokens, leaf, paid)
    return BillFacts(bill, tokens, hops)


def _live(tokens: dict[str, Row]) -> list[Row]:
    return [row for row in tokens.values() if row["status"] == "live"]


def _finance(tokens: dict[str, Row], hops: dict[str, Row], made: Row, hop: Row) -> None:
    for leaf in _live(tokens):
        lo, hi = max(int(made["lo"]), int(leaf["lo"])), min(int(made["hi"]), int(leaf["hi"]))
        if lo >= hi:
            continue
        rests = [(start, end) for start, end in ((int(leaf["lo"]), lo), (hi, int(leaf["hi"]))) if start < end]
        tokens[str(leaf["id"])] = _ended(leaf, "split" if rests else "moved", int(made["born"]))
        for start, end in rests:
            _add(tokens, _piece(leaf, start, end, leaf))
        piece = _piece(made, lo, hi, leaf)
        _add(tokens, {**piece, "status": "live", "offered_to": "", "locks": [], "ended": 0})
        hops[str(piece["id"])] = {**hop, "token": piece["id"], "lo": lo, "hi": hi}


def _pay(tokens: dict[str, Row], leaf: Row, paid: Sequence[Paid]) -> None:
    start, end = int(leaf["lo"]), int(leaf["hi"])
    cuts = sorted((max(lo, start), min(hi, end), height) for lo, hi, height in paid if lo < end and start < hi)
    if not cuts:
        return
    last = max(height for _, _, height in cuts)
    if cuts[0][:2] == (start, end):
        tokens[str(leaf["id"])] = _ended(leaf, "settled", last)
        return
    tokens[str(leaf["id"])] = _ended(leaf, "split", last)
    for lo, hi, height in cuts:
        if start < lo:
            _add(tokens, _piece(leaf, start, lo, leaf))
        _add(tokens, _ended(_piece(leaf, lo, hi, leaf), "settled", height))
        start = hi
    if start < end:
        _add(tokens, _piece(leaf, start, end, leaf))


def _add(tokens: dict[str, Row], row: Row) -> None:
    tokens[str(row["id"])] = row


def _ended(row: Row, status: str, height: int) -> Row:
    return {**row, "status": status, "ended": height, "offered_to": "", "locks": []}


def _piece(of: Row, lo: int, hi: int, parent: Row) -> Row:
    """A range of a token, below the one that it was cut from; the whole of it keeps its name."""
    name = str(of["id"])
    if (lo, hi) != (int(of["lo"]), int(of["hi"])):
        name = f"{token_of(name)}{RANGE_MARK}{lo}-{hi}"
    return {**of, "id": name, "lo": lo, "hi": hi, "parent": parent["id"]}


def token_of(piece: str) -> str:
    """Give the token that a piece lies in."""
    return piece.partition(RANGE_MARK)[0]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader sees of a bill at one height: its facts, and the sight of them."""

    facts: BillFacts
    sight: Sight


def valued_sight(then: Seen, known: Seen, facts: BillFacts) -> Sight:
    """Give what shows of a bill by value: what shows both at the end of the day and where the rest is known.

    There a token shows by itself or through the leaves that its cents lie in by then. A token that only the later
    height has must show there.
    """
    early, late = then.sight, known.sight
    if early.tokens is None or late.tokens is None:
        return early if late.tokens is None else late
    unseen = [
        (int(row["lo"]), int(row["hi"])) for name, row in known.facts.tokens.items()
        if row["status"] in LEAF_STATUSES and not late.sees(name)
    ]  # fmt: skip

    def shows(name: str) -> bool:
        token, row = token_of(name), facts.tokens[name]
        if token in then.facts.tokens and not early.sees(token):
            return False
        return late.sees(token) or not any(lo < row["hi"] and row["lo"] < hi for lo, hi in unseen)

    return Sight(
        frozenset(filter(shows, facts.tokens)), early.parties & late.parties,
        small_means=early.small_means and late.small_means, asked=early.asked & late.asked,
    )  # fmt: skip
