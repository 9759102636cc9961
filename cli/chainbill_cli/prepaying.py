"""`prepay`: offer, which stands under `token`, too, as `prepay`; `bill settle-prepaid`. Loaded by these nouns."""

from __future__ import annotations

from typing import Any

from chainbill_cli import described
from chainbill_cli.answers import answer_write
from chainbill_cli.currencies import currency_for
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.lookup import PREPAYMENT, TOKEN, object_id, read, read_token
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.values import positive_amount
from chainbill_cli.writing import Writing, call, write, writes

prepay = noun("prepay")


@prepay.command("offer", help="prepay.offer")
@argument("named", metavar="TOKEN")
@option("--price", metavar="AMOUNT", required=True, help="prepay.opt_price")
@option("--by", "pay_by", metavar="DATE", required=True, help="prepay.opt_by")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@writes
def offer(session: Session, writing: Writing, named: str, *, price: str, pay_by: str, currency: str) -> None:
    """The holder offers a token to its debtor for early payment at a discount."""
    found = {} if session.offline else read_token(session, named, acting=session.party)
    code = currency_for(session, currency, found)
    arguments: dict[str, Any] = {
        "token": found.get("id") or object_id(session, TOKEN, named),
        "price": positive_amount(price, code),
        "pay_by": session.date(pay_by),
    }
    preview = None
    if asks(session):
        preview = Preview("preview.prepay_offer")
        if found:
            described.token(session, preview, found)
            forgone = max(int(found["amount"]) - arguments["price"], 0)
            offered = {**found, "price": arguments["price"], "forgone": forgone}
            described.early_price(session, preview, offered, str(arguments["pay_by"]))
        else:
            preview.money("column.price", arguments["price"], code)
        preview.line("column.pay_by", str(arguments["pay_by"]))
    outcome = write(session, writing, [call("prepayment", "offer_prepayment", **arguments)], preview)
    answer_write(session, outcome, "token", "until")


@argument("named", metavar="TOKEN")
@option("--reference", metavar="REF", required=True, help="option.reference")
@option("--value-date", metavar="DATE", default="today", show_default=True, help="option.value_date")
@writes
def settle(session: Session, writing: Writing, named: str, *, reference: str, value_date: str) -> None:
    """The debtor's bank reports that a token was paid early at the price agreed on."""
    identifier = object_id(session, PREPAYMENT, named)
    found = {} if session.offline else read(session, PREPAYMENT, identifier)
    arguments: dict[str, Any] = {
        "token": identifier, "reference": reference, "value_date": session.date(value_date),
    }  # fmt: skip
    preview = None
    if asks(session) and found:
        preview = Preview("preview.bill_settle_prepaid")
        described.prepayment(session, preview, found, str(arguments["value_date"]))
        preview.line("column.value_date", str(arguments["value_date"])).line("column.reference", reference)
    outcome = write(session, writing, [call("settlement", "settle_prepaid", **arguments)], preview)
    paid = outcome.result.get("payment") or {}
    shown = {"party": paid["party"], "price": paid["amount"], "payment_status": paid["status"]} if paid else {}
    answer_write(
        session, outcome, "forgone", "outstanding", "repeated", token=identifier,
        currency=str(found.get("currency") or ""), **shown,
    )  # fmt: skip
