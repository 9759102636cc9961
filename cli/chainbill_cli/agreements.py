"""What people are told of an agreed financing that a court's freeze suspends, or that the debtor has paid of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainbill_cli.money_said import said
from chainbill_cli.preview import Preview
from chainbill_cli.quoting import left_to_buy
from chainbill_cli.session import Session
from chainbill_cli.texts import text

Row = Mapping[str, Any]
FINAL = ("disbursed", "repaid", "ended")
"""Statuses of a request that brought its money."""


def request_told(_session: Session, row: Row) -> dict[str, Any]:
    """A request as people read it in a list: of one that is agreed, whether a freeze suspends it."""
    return {**row, "status": "agreed_suspended" if _suspended(row) else row["status"]}


def payment_told(_session: Session, row: Row) -> dict[str, Any]:
    """A payment as people read it: of one that is set aside, whether it waits for a financing or for a court."""
    waits = "financing" if row.get("request") else "frozen" if row.get("freezes") else ""
    return {**row, "status": f"set_aside_{waits}" if waits and row["status"] == "set_aside" else row["status"]}


def request_alone(session: Session, row: Row) -> dict[str, Any]:
    """A request as people read it by itself: once it is agreed to, its last day is that on which the bank may say that
    it paid. Nothing that was lost is no figure.
    """
    told = {name: value for name, value in request_told(session, row).items() if value or name != "lost"}
    return {**told, "agreement_until": told["until"], "until": ""} if told.get("agreed_quote") else told


def note_agreement(session: Session, asked: Row) -> None:
    """Below a request, or its quote, that is agreed: what counts while it is frozen, and whose money waits."""
    if asked.get("status") != "agreed":
        return
    since, until = str(asked.get("suspended_on") or ""), str(asked.get("until") or "")
    if since:
        name = "finance.stopped" if asked.get("ended_by") else "finance.suspended"
        session.out.note(text(name, since=since, until=until))
    waits = [one for one in asked.get("set_aside") or () if isinstance(one, Mapping)]
    if waits:
        paid = said(sum(int(one["amount"]) for one in waits), str(asked["currency"]))
        session.out.note(text("finance.waits_for_bank", paid=paid))


def counts_no_more(quote: Row, asked: Row, value_date: str) -> bool:
    """Whether money of this day for a quote that was agreed is only written down: nothing moves.

    The agreement has lapsed, a ratified order ended it for money of that day, or the debtor had paid all by then.
    """
    if quote.get("agreed_on") and quote.get("status") == "expired":
        return True
    if quote.get("status") != "agreed" or asked.get("status") != "agreed":
        return False
    if asked.get("set_aside") and sum(left_to_buy(quote, asked, value_date)) == 0:
        return True
    return bool(asked.get("ended_by")) and _suspended(asked) and value_date >= str(asked["suspended_on"])


def tell_paid_since(preview: Preview, quote: Row, asked: Row, value_date: str, currency: str) -> None:
    """Before a bank records its money: whether that counts, what is left to buy, and that a freeze gives way to it."""
    frozen = str(asked["suspended_on"]) if _suspended(asked) else ""
    if counts_no_more(quote, asked, value_date):
        ended = "finance.agreement_over" if asked.get("status") != "agreed" else "finance.paid_whole"
        late = frozen != "" and value_date >= frozen
        preview.line("preview.look", text("finance.ended_by_order" if late else ended, since=frozen))
        return
    if quote.get("status") != "agreed" or asked.get("status") in FINAL:
        return
    if asked.get("set_aside"):
        rest, since = left_to_buy(quote, asked, value_date)
        gone = int(quote["amount"]) - rest
        told = {"paid": said(gone, currency), "rest": said(rest, currency), "since": said(since, currency)}
        name = "finance.partly_paid" if since == 0 else "finance.paid_since" if rest else "finance.all_paid_since"
        preview.line("preview.look", text(name, **told))
    if value_date < frozen:
        preview.line("preview.look", text("finance.before_freeze", since=frozen))


def _suspended(row: Row) -> bool:
    return row.get("status") == "agreed" and bool(row.get("suspended_on"))
