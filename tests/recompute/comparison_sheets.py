"""The CSV that commands print (`-o csv`), held against the books cell by cell.

Words that stand beside a status or a kind are texts, no figures: they are left to the tests of texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from recompute import figures, flows, story, valued
from recompute.chain import ANCHORS, BANKS, SUPPLIERS
from recompute.comparison import Reading
from recompute.comparison_lists import payment_row, receipt_row
from recompute.comparison_value import ByValue
from recompute.figures import Row, bill_row, token_row
from recompute.histories import History
from recompute.pieces import Piece
from recompute.sheets import major, text_cell
from recompute.sight import Sight, sees_payment, sees_receipt, sees_request

Cells = dict[str, str]
ALL = ("--limit", "1000")
AMOUNTS = frozenset(("amount", "face", "outstanding", "settled", "reached", "financed_ever", "interest", "fees"))
PARTIES = frozenset((
    "debtor", "creditor", "holder", "offered_to", "from", "to", "party", "bank", "other", "paying_bank"
))  # fmt: skip


def cells(history: History, row: Row, currency: str) -> Cells:
    """A row as it is written: amounts in major units, beside a party its name."""
    found: Cells = {}
    for name, value in row.items():
        if value is None:
            found[name] = ""
        elif name in AMOUNTS:
            found[name] = major(value, currency)
        else:
            plain = isinstance(value, int) or name.endswith(
                ("_on", "date", "until", "rate", "cost", "penetration", "financed")
            )
            found[name] = str(value) if plain else text_cell(value)
        if name in PARTIES:
            found[f"{name}_name"] = history.name_of(value or "")
    return found


def printed(of: Reading, words: Iterable[str], wanted: list[Cells], *, ordered: bool = False) -> None:
    """The rows that a command prints are those of the books, in their order where it is told."""
    heading, rows = of.printed(*words)
    where = " ".join(words)
    names = list(wanted[0]) if wanted else []
    of.same("csv", f"headings of {where}", [name for name in names if name not in heading], [])
    shown = [{name: row.get(name, "") for name in names} for row in rows]
    if not ordered:
        shown, wanted = (sorted(one, key=lambda row: list(row.values())) for one in (shown, wanted))
    of.same("csv", where, shown, wanted)


def sheets(of: Reading, history: History) -> None:
    """Of the many tables each reading asks for some."""
    for part in (bills, receipts, payments, requests, traces_of_anchors, traces_of_parties):
        if of.asks():
            part(of, history)
    for one in chosen(of):
        steps(of, history, one)
        shown_bill(of, history, one)
        trace_of_bill(of, history, one)
        tokens(of, history, one)


def sheets_by_value(of: ByValue, history: History) -> None:
    for part in (bills, receipts, payments, traces_of_anchors, traces_of_parties):
        if of.asks():
            part(of, history)
    for one in chosen(of):
        shown_bill(of, history, one)
        trace_of_bill(of, history, one)


def chosen(of: Reading) -> list[Sight]:
    shown = list(of.shown.values())
    return of.chance.sample(shown, min(1, len(shown)))


def bills(of: Reading, history: History) -> None:
    wanted = []
    for one in of.shown.values():
        row = {"id": one.bill.id, "due_on": one.bill.due_on, **bill_row(of.book, one.bill)}
        names = ("id", "debtor", "creditor", "face", "outstanding", "currency", "due_on", "status")
        wanted.append(cells(history, {name: row[name] for name in names}, one.bill.currency))
    printed(of, ("bill", "list", *ALL), wanted, ordered=of.reader.everything)


def shown_bill(of: Reading, history: History, one: Sight) -> None:
    bill = one.bill
    row = bill_row(of.book, bill)
    names = (
        "debtor", "creditor", "paying_bank", "face", "currency", "issued_on", "pay_on", "status", "overdue_on",
        "days_late", "outstanding", "settled",
    )  # fmt: skip
    made = {"created.height": bill.issued.height, "created.transaction": bill.issued.transaction}
    wanted = {"id": bill.id, **{name: row[name] for name in names}, "due_on": bill.due_on, **made}
    printed(of, ("bill", "show", bill.id), [cells(history, wanted, bill.currency)])


def steps(of: Reading, history: History, one: Sight) -> None:
    wanted = []
    for step in story.steps(of.book, of.reader, one):
        paid = step.get("payment") or {}
        names = ("height", "date", "kind", "from", "to", "amount", "tier", "token", "value_date", "transaction")
        row = {name: step.get(name) for name in names} | {"currency": one.bill.currency}
        row |= {"payment.status": paid.get("status"), "reference": step.get("reference") or paid.get("reference")}
        wanted.append(cells(history, row, one.bill.currency))
    printed(of, ("bill", "history", one.bill.id, *ALL), wanted, ordered=True)


def receipts(of: Reading, history: History) -> None:
    book = of.known.book if isinstance(of, ByValue) else of.book
    shown = (
        valued.receipts(book, of.reader, of.book.today)
        if isinstance(of, ByValue)
        else [one for one in book.receipts.values() if sees_receipt(book, of.reader, one)]
    )
    wanted = []
    for one in shown:
        row = receipt_row(of.known if isinstance(of, ByValue) else of, one)
        names = ("bank", "kind", "bill", "amount", "currency", "value_date", "status", "recorded_on", "days_late",
                 "reversible_until")  # fmt: skip
        told: Row = {name: row[name] for name in names} | {"reference": one.reference}
        if one.kind != "settlement":
            told["days_late"] = None
        wanted.append(cells(history, told, row["currency"]))
    printed(of, ("bill", "receipts", "--kind", "all", *ALL), wanted)


def payments(of: Reading, history: History) -> None:
    if isinstance(of, ByValue):
        shown = valued.payments(of.then, of.known.book, of.reader, of.known.shown, of.book.today)
    else:
        shown = [one for one in of.book.payments.values() if sees_payment(of.book, of.reader, one, of.shown)]
    names = ("party", "amount", "currency", "status", "bank", "reference", "value_date")
    wanted = [
        cells(
            history,
            {name: payment_row(one)[name] for name in names} | {"token": one.token, "bill": one.bill.id},
            one.bill.currency,
        )
        for one in shown
    ]
    printed(of, ("bill", "payments", *ALL), wanted)


def requests(of: Reading, history: History) -> None:
    shown = [one for one in of.book.requests.values() if sees_request(of.reader, one)]
    wanted = [
        cells(
            history,
            {
                "id": one.id, "holder": one.holder, "amount": one.amount, "currency": one.bill.currency,
                "status": one.status, "until": of.reader.end_of(one, of.book),
            },
            one.bill.currency,
        )
        for one in shown
    ]  # fmt: skip
    printed(of, ("finance", "list", *ALL), wanted)


def tokens(of: Reading, history: History, one: Sight) -> None:
    """The leaves of a bill."""
    names = ("holder", "amount", "tier", "status", "offered_to")
    wanted = [leaf(history, one, piece, names) for piece in one.leaves]
    printed(of, ("token", "list", "--bill", one.bill.id, "--status", "live,settled", *ALL), wanted)


def leaf(history: History, seen: Sight, piece: Piece, names: Iterable[str]) -> Cells:
    row = token_row(piece, seen)
    told = {"bill": seen.bill.id, "currency": seen.bill.currency, **{name: row[name] for name in names}}
    return cells(history, told, seen.bill.currency)


def trace_of_bill(of: Reading, history: History, one: Sight) -> None:
    """Leaves, and a row of what is hidden, so that the amounts add up to the face."""
    names = ("lo", "hi", "amount", "holder", "offered_to", "tier", "financed_tier", "status", "born", "ended")
    wanted = [leaf(history, one, piece, names) for piece in one.leaves]
    amount, number = one.hidden
    if number:
        told: Row = {"bill": one.bill.id, "currency": one.bill.currency, "amount": amount, "status": "hidden"}
        row = cells(history, dict.fromkeys(names) | told, one.bill.currency)
        wanted.append({name: row[name] for name in wanted[0]} if wanted else row)
    printed(of, ("trace", "bill", one.bill.id), wanted, ordered=True)


def traces_of_anchors(of: Reading, history: History) -> None:
    """The tables by tier, one currency after the other, each with what is hidden of it."""
    for anchor in map(history.party, ANCHORS):
        wanted: list[Cells] = []
        for currency in sorted({one.bill.currency for one in of.own(anchor)}):
            seen = [one for one in of.own(anchor) if one.bill.currency == currency]
            rows = figures.by_tier(of.book, seen, penetration=True, auditor=of.auditor)
            hidden = figures.totals(seen).get("hidden", {"amount": 0})["amount"]
            names = ("tier", "parties", "reached", "penetration", "amount", "financed_ever", "mean_rate", "mean_cost")
            told: list[dict[str, Any]] = [{name: row[name] for name in names} for row in rows]
            told += [{**dict.fromkeys(names), "tier": "hidden", "amount": hidden}] if hidden else []
            wanted += [cells(history, {"currency": currency, **row}, currency) for row in told]
        printed(of, ("trace", "anchor", anchor), wanted, ordered=True)


def traces_of_parties(of: Reading, history: History) -> None:
    """What came to a party and what it gave."""
    party = history.party(of.chance.choice((*ANCHORS, *SUPPLIERS, *BANKS)))
    wanted = []
    for currency in sorted({one.bill.currency for one in of.shown.values()}):
        seen = [one for one in of.shown.values() if one.bill.currency == currency]
        for side in ("received", "given"):
            for (kind, other, debtor, tier), row in flows.moves(seen, party, side, auditor=of.auditor).items():
                named = {"direction": side, "kind": kind, "other": other, "debtor": debtor, "tier": int(tier)}
                sums = {
                    name: row.get(name) for name in ("amount", "count", "interest", "fees", "mean_rate", "mean_cost")
                }
                wanted.append(cells(history, {"currency": currency, **named, **sums}, currency))
    printed(of, ("trace", "party", party), wanted)
