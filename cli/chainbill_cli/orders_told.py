"""Orders of courts as people read them: as the lines of a preview, and where they are listed and shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from chainbill_contracts.declared_rows import rows

from chainbill.dates import add_days
from chainbill.money import format_rate
from chainbill_cli import described
from chainbill_cli.early import shown_for
from chainbill_cli.foreseen_orders import amount_of, pledgee_of
from chainbill_cli.foreseen_terms import all_rows
from chainbill_cli.locks import lock_said, lock_word
from chainbill_cli.money_said import PLACES, said
from chainbill_cli.preview import Preview
from chainbill_cli.session import Session
from chainbill_cli.texts import bracketed, enumerated, label, text, word_said

Row = Mapping[str, Any]
KINDS = rows()["legal/order"].fields["kind"].words


def of_item(session: Session, preview: Preview, kind: str, item: Row, days: int = 0) -> None:
    """What an item of an order is on, and how much of it. item: as the act names it; days: of a renewal."""
    if "token" in item:
        row = session.object_row(PLACES["token"], str(item["token"]))
        if row:
            described.token(session, preview, row)
            _beside(session, preview, row)
        else:
            preview.line("column.token", str(item["token"]))
        _amount(preview, kind, item, row, str(row.get("currency") or session.named_currency))
        return
    row = session.object_row(PLACES["freeze"], str(item["freeze"]))
    of_freeze(session, preview, str(item["freeze"]), row)
    _amount(preview, kind, item, {}, str(row.get("currency") or session.named_currency))
    if kind == "renew" and row.get("until") and not session.offline:
        preview.line("preview.renewed_until", max(str(row["until"]), add_days(session.today(), days)))


def _beside(session: Session, preview: Preview, token: Row) -> None:
    """What stands on a token that is to be frozen, to whom it is pledged, and what becomes of that by the freeze."""
    locks = shown_for(session, token).get("locks") or ()
    if locks:
        preview.line("column.locks", enumerated(dict.fromkeys(map(lock_said, locks))))
    pledgee = pledgee_of(session, token) if locks else ""
    if pledgee:
        preview.party(session, "column.pledgee", pledgee)
    for key in dict.fromkeys(_becomes(session, lock) for lock in locks):
        preview.line("preview.by_the_freeze", text(key))


def _becomes(session: Session, lock: Row) -> str:
    """The key of what a freeze does to what a lock of a token stands for, as far as that is to be seen."""
    if lock["kind"] == "in_finance":
        status = session.object_row(PLACES["request"], str(lock["ref"])).get("status")
        return {"agreed": "order.suspends_agreed", None: "order.ends_unseen"}.get(status, "order.ends_request")
    if lock["kind"] == "pledged":
        enforcing = session.object_row(PLACES["pledge"], str(lock["ref"])).get("status") == "enforcing"
        return "order.ends_enforcement" if enforcing else "order.keeps_pledge"
    return BY_THE_FREEZE[lock_word(lock)]


BY_THE_FREEZE = {
    "frozen": "order.waits_behind",
    "offered_transfer": "order.ends_transfer", "offered_return": "order.ends_return",
    "offered_sale": "order.ends_sale", "offered_pledge": "order.ends_pledge",
    "offered_prepay": "order.ends_prepay", "agreed_prepay": "order.ends_agreed_prepay",
}  # fmt: skip
"""The word of a lock → what a freeze does to what it stands for, where no other row says more."""


def of_freeze(session: Session, preview: Preview, identifier: str, row: Row, *, whole: bool = True) -> None:
    """A freeze: whose cents of which bill it is on, in which tokens now, and how long. row: {} where it is hidden;
    whole: with the amount that is frozen now, and that of the beginning where it was another one.
    """
    preview.line("column.freeze", identifier)
    if not row:
        return
    preview.party(session, "column.holder", str(row["holder"]))
    if row["pledgee"]:
        preview.party(session, "column.pledgee", str(row["pledgee"]))
    described.of_bill(session, preview, str(row["bill"]))
    frozen = all_rows(session, PLACES["token"], bill=row["bill"], lock="frozen")
    found = [str(one["id"]) for one in frozen if any(lock["ref"] == identifier for lock in one["locks"])]
    if found:
        preview.line("column.token", enumerated(found))
    if whole:
        now, at_first = int(row["frozen"]), int(row["hi"]) - int(row["lo"])
        preview.money("column.frozen_amount", now, str(row["currency"]))
        if now != at_first:
            preview.line("column.frozen_at_first", said(at_first, str(row["currency"])))
    if row["until"]:
        preview.line("column.frozen_until", str(row["until"]))


def _amount(preview: Preview, kind: str, item: Row, token: Row, currency: str) -> None:
    """How much of it: an amount, all, or a share with what it comes to. token: its row, {} where it is hidden."""
    called = f"column.amount_{kind}"
    if "percent" in item:
        preview.line("column.percent", f"{format_rate(int(item['percent']))}%")
        preview.line(label("up", "column"), text("value.yes" if item["up"] else "value.no"))
        if token:
            preview.money(called, amount_of(item, token), currency)
    elif item.get("amount") and currency:
        preview.money(called, int(item["amount"]), currency)
    elif item.get("amount"):
        preview.line(called, said(int(item["amount"]), ""))
    elif kind in ("release", "transfer"):
        preview.line(called, text("order.all"))


def of_order(session: Session, preview: Preview, row: Row) -> None:
    """An order of a court: its paper, who entered it, what it is on, where that goes, until when it is ratified."""
    preview.line("column.kind", word_said("paper_", row["kind"])).party(session, "column.ordered_by", str(row["by"]))
    preview.line("column.authority", str(row["authority"])).line("column.case_number", str(row["number"]))
    preview.line("column.paper_issued_on", str(row["issued_on"]))
    for digest in row["documents"]:
        preview.line("column.document", str(digest))
    for item in row["items"]:
        found = session.object_row(PLACES["freeze"], str(item["freeze"]))
        of_freeze(session, preview, str(item["freeze"]), found, whole=row["kind"] != "freeze")
        _amount(preview, str(row["kind"]), {"amount": item["amount"]}, {}, str(item["currency"]))
    if row["days"]:
        preview.line(days_called(str(row["kind"])), str(row["days"]))
    if row["beneficiary"]:
        preview.party(session, "column.beneficiary", str(row["beneficiary"]))
    if row["acts_on"]:
        preview.line("column.acts_on", str(row["acts_on"]))
    elif row["until"]:
        preview.line("column.ratify_by", str(row["until"]))


def days_called(kind: str) -> str:
    """What the days of an order are called: a freeze runs from when it is in force, a renewal from its entry."""
    return "column.renewal_days" if kind == "renew" else "column.freeze_days"


def amounts(row: Row) -> dict[str, int]:
    """How much an order is on by currency; {} where an item names no amount: all of its freeze."""
    items: Sequence[Row] = row["items"]
    found: dict[str, int] = {}
    for item in items:
        found[str(item["currency"])] = found.get(str(item["currency"]), 0) + int(item["amount"])
    return found if all(item["amount"] for item in items) else {}


def sums(entries: Sequence[Row]) -> dict[str, Counter[str]]:
    """What orders of each kind are on, by currency; of no kind of which one is on all of a freeze, whatever that is."""
    found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for row in entries:
        found[str(row["kind"])].update(amounts(row))
    whole = {str(row["kind"]) for row in entries if row["items"] and not amounts(row)}
    return {f"value.paper_{kind}": one for kind, one in found.items() if kind not in whole}


def listed(session: Session, row: Row) -> dict[str, Any]:
    """An order in a list: with its amount, "all" where it says none; nothing of a renewal, which is on all of its
    freezes, nor of amounts in several currencies. Until when it may be ratified is told of one that waits for that.
    """
    found = amounts(row)
    row = {**row, "until": "" if row["ratified_on"] else row["until"]}
    if len(found) == 1:
        return {**row, "amount": next(iter(found.values())), "currency": next(iter(found))}
    whole = not found and row["items"] and row["kind"] != "renew" and session.out.form != "csv"
    return {**row, "amount": text("order.all") if whole else None, "currency": ""}


def shown(session: Session, row: Row) -> dict[str, Any]:
    """An order by itself: items and refusals in words, and the day on which a transfer acts, or has acted."""
    session.out.learn(str(one["bank"]) for one in row["refusals"])
    told = {
        **row,
        "items": [_item_said(str(row["kind"]), one) for one in row["items"]],
        "refusals": [
            bracketed(session.out.name_of(str(one["bank"])), enumerated([one["refused_on"], one["reason"]]))
            for one in row["refusals"]
        ],
    }
    if row["ratified_on"]:
        told |= {"until": "", "vote_until": row["until"] if row["status"] == "objected" else ""}
    if row["status"] == "carried_out":
        told |= {"acts_on": "", "acted_on": row["acts_on"]}
    if row["kind"] == "renew":
        told |= {"days": 0, "renewal_days": row["days"]}
    return told


def _item_said(kind: str, item: Row) -> str:
    """An item of an order in one line: its freeze, bill, the token that it named, how much, and what was given."""
    parts = [(name, str(item[name])) for name in ("freeze", "bill", "token") if item[name]]
    if item["amount"]:
        parts.append((f"amount_{kind}", said(int(item["amount"]), str(item["currency"]))))
    elif kind != "renew":
        parts.append((f"amount_{kind}", text("order.all")))
    if kind == "transfer":
        parts.append(("given", said(int(item["given"]), str(item["currency"]))))
    return text("root.comma").join(f"{label(name, 'column')} {one}" for name, one in parts)
