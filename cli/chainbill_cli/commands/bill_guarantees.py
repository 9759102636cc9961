"""`bill`: guarantee, demand, pay-guarantee. Loaded by `commands.bill`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainbill_cli import described
from chainbill_cli.answers import answer_write
from chainbill_cli.documents import document_digest
from chainbill_cli.failure import Failure, usage
from chainbill_cli.kit import argument, option
from chainbill_cli.lookup import BILL, TOKEN, object_id, read_token
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.shapes import columns
from chainbill_cli.texts import bracketed, text
from chainbill_cli.writing import Writing, call, write, writes

PAYMENT_ROWS = columns("settlement/payment", "party token amount currency status", "party amount currency status token")


@argument("bill")
@option("--until", metavar="DATE", required=True, help="guarantee.opt_until")
@option("--resolution", metavar="FILE", required=True, help="guarantee.opt_resolution")
@writes
def guarantee(session: Session, writing: Writing, bill: str, *, until: str, resolution: str) -> None:
    """A guarantor answers for a whole bill."""
    arguments: dict[str, Any] = {
        "bill": object_id(session, BILL, bill),
        "until": session.date(until),
        "resolution": document_digest(resolution),
    }
    preview = None
    if asks(session):
        preview = Preview("preview.bill_guarantee")
        if not session.offline:
            described.named_objects(session, preview, {"bill": arguments["bill"]})
        preview.line("preview.guarantee_words", text("guarantee.words"))
        preview.line("column.demand_until", arguments["until"])
        preview.line("column.resolution", bracketed(resolution, arguments["resolution"]))
    outcome = write(session, writing, [call("guarantee", "give_guarantee", **arguments)], preview)
    answer_write(session, outcome, "bill", "guarantor", "until=demand_until")


@argument("bill")
@option("--guarantor", metavar="PARTY", required=True, help="guarantee.opt_guarantor")
@option("--token", "tokens", metavar="TOKEN", multiple=True, help="guarantee.opt_demanded")
@writes
def demand(session: Session, writing: Writing, bill: str, *, guarantor: str, tokens: tuple[str, ...]) -> None:
    """A holder demands of a guarantor that it pays: for the tokens named, or for all that it has of the bill."""
    named = {"bill": object_id(session, BILL, bill), "guarantor": session.party_id(guarantor)}
    found = _named(session, tokens) or _own_tokens(session, named["bill"])
    if not found:
        raise usage("guarantee.no_tokens")
    preview = None
    if asks(session):
        preview = Preview("preview.bill_demand").line("column.bill", named["bill"])
        preview.party(session, "column.guarantor", named["guarantor"])
        _tell_tokens(session, preview, found)
    calls = [call("guarantee", "demand", **named, token=str(one["id"])) for one in found]
    outcome = write(session, writing, calls, preview)
    answer_write(session, outcome, "bill", "guarantor", "demanded_on")


@argument("bill")
@option("--guarantor", metavar="PARTY", required=True, help="guarantee.opt_guarantor")
@option("--token", "tokens", metavar="TOKEN", multiple=True, required=True, help="guarantee.opt_paid")
@option("--reference", required=True, help="option.reference")
@option("--value-date", metavar="DATE", default="today", show_default=True, help="option.value_date")
@writes
def pay(
    session: Session, writing: Writing, bill: str, *, guarantor: str, tokens: tuple[str, ...], reference: str,
    value_date: str,
) -> None:  # fmt: skip
    """The bank of a guarantor's account records what it paid."""
    found = _named(session, tokens)
    arguments: dict[str, Any] = {
        "bill": object_id(session, BILL, bill), "guarantor": session.party_id(guarantor),
        "tokens": [str(one["id"]) for one in found], "reference": reference, "value_date": session.date(value_date),
    }  # fmt: skip
    preview = None
    if asks(session):
        preview = Preview("preview.bill_pay_guarantee").line("column.bill", arguments["bill"])
        preview.party(session, "column.guarantor", arguments["guarantor"])
        _tell_tokens(session, preview, found)
        preview.line("column.value_date", arguments["value_date"]).line("column.reference", reference)
        preview.line("preview.mark_well", text("guarantee.not_reversed"))
    outcome = write(session, writing, [call("settlement", "pay_guarantee", **arguments)], preview)
    payments = list(outcome.result.get("payments") or ())
    currency = next((str(one["currency"]) for one in found if one.get("currency")), "")
    if session.out.form == "table" and payments and currency:
        answer_write(session, outcome, "repeated", bill=arguments["bill"], currency=currency)
        session.out.rows([{**payment, "currency": currency} for payment in payments], PAYMENT_ROWS)
        return
    paid = {"payments": payments} if "payments" in outcome.result else {}
    answer_write(session, outcome, "tokens", "repeated", bill=arguments["bill"], currency=currency, **paid)


def _named(session: Session, typed: tuple[str, ...]) -> list[Mapping[str, Any]]:
    """The tokens that were named; only their ids where they cannot be seen from here."""
    return [_seen(session, object_id(session, TOKEN, one)) for one in typed]


def _seen(session: Session, identifier: str) -> Mapping[str, Any]:
    if session.offline:
        return {"id": identifier}
    try:
        return read_token(session, identifier)
    except Failure:
        return {"id": identifier}


def _own_tokens(session: Session, bill: str) -> list[Mapping[str, Any]]:
    if session.offline:
        return []
    return list(session.client.pages(TOKEN.path, bill=bill, holder=session.party, status="live"))


def _tell_tokens(session: Session, preview: Preview, found: list[Mapping[str, Any]]) -> None:
    """Each token with its holder and amount, and what they come to."""
    for one in found:
        preview.line("column.token", str(one["id"]))
        if "amount" not in one:
            if not session.offline:
                preview.line("preview.look", text("preview.not_seen", id=one["id"]))
            continue
        preview.party(session, "column.holder", str(one["holder"]))
        preview.money("column.amount", int(one["amount"]), str(one["currency"]))
    known = [one for one in found if "amount" in one]
    if len(known) == len(found) and len(found) > 1 and len({str(one["currency"]) for one in known}) == 1:
        preview.money("column.sum", sum(int(one["amount"]) for one in known), str(known[0]["currency"]))
