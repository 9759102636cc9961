"""`finance`: request, quote, agree, disburse, decline, withdraw, list, show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainbill_cli import described, labels, sealing
from chainbill_cli.agreements import counts_no_more, note_agreement, request_alone, request_told, tell_paid_since
from chainbill_cli.answers import answer_write, without_as_of
from chainbill_cli.commands import finance_quotes
from chainbill_cli.commands.token import usable
from chainbill_cli.comparing import answer_of, compare, describe
from chainbill_cli.currencies import currency_for
from chainbill_cli.described import DOUBTS
from chainbill_cli.failure import usage
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.lookup import QUOTE, REQUEST, TOKEN, object_id, read_bill, read_quote, read_request
from chainbill_cli.money_said import said
from chainbill_cli.output import Column
from chainbill_cli.plain_acts import plain_commands
from chainbill_cli.plain_reads import plain_reads
from chainbill_cli.preview import Preview, asks
from chainbill_cli.quoting import left_to_buy, paid_out
from chainbill_cli.session import Session, current_session
from chainbill_cli.shapes import columns, fields_of
from chainbill_cli.texts import text
from chainbill_cli.values import positive_amount
from chainbill_cli.when import When
from chainbill_cli.writing import BY_NAME, Writing, call, on_record, write, writes

NOT_YET = ("agreed_net", "paid")
"""Amounts of a quote that are 0 until it is agreed to, or paid out."""
QUOTE_ROWS = columns(
    "finance/quote",
    "id bank amount currency rate days interest fee net recourse status valid_until=quote_until "
    "needs_label.scheme:id=needs_label needs_label.grade:id=needs_grade",
    "id rate net currency status bank recourse valid_until interest amount fee days "
    "needs_label.scheme needs_label.grade",
)

finance = noun("finance")
plain_commands(finance)


@finance.command("request", help="finance.request")
@argument("token")
@option("--to", "banks", metavar="BANK", multiple=True, help="finance.opt_to")
@option("--amount", metavar="AMOUNT", default="", help="finance.opt_amount")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@writes
def request(
    session: Session, writing: Writing, token: str, *, banks: tuple[str, ...], amount: str, currency: str
) -> None:
    """The holder asks banks to finance a token or a part of it."""
    if not banks:
        raise usage("finance.no_bank")
    found = usable(session, token, currency)
    if not amount and found["amount"] is None:
        raise usage("error.missing", what="--amount")
    minor = positive_amount(amount, found["currency"]) if amount else int(found["amount"])
    arguments = {"token": found["id"], "banks": [session.party_id(bank) for bank in banks], "amount": minor}
    preview = None
    if asks(session) and found["amount"] is not None:
        preview = Preview("preview.finance_request").line("column.token", found["id"])
        described.of_bill(session, preview, str(found["bill"]))
        preview.money("column.amount", minor, found["currency"])
        for bank in arguments["banks"]:
            preview.party(session, "column.bank", bank)
        preview.money("preview.remains", max(0, found["amount"] - minor), found["currency"])
    outcome = write(session, writing, [call("finance", "request", **arguments)], preview)
    answer_write(session, outcome, "request", "token", "remainder", *DOUBTS, currency=found["currency"])


finance.command("quote", help="finance.quote")(finance_quotes.quote)
finance.command("agree", help="finance.agree")(finance_quotes.agree)


@finance.command("disburse", help="finance.disburse")
@argument("quote")
@option("--reference", required=True, help="option.reference")
@option("--value-date", metavar="DATE", default="today", show_default=True, help="option.value_date")
@option("--registration", default="", help="finance.opt_registration")
@option("--amount", metavar="AMOUNT", default="", help="finance.opt_paid")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@option("--invoice", "files", metavar="FILE", multiple=True, help="finance.opt_compare")
@BY_NAME
@writes
def disburse(
    session: Session,
    writing: Writing,
    quote: str,
    *,
    reference: str,
    value_date: str,
    registration: str,
    amount: str,
    currency: str,
    files: tuple[str, ...],
    by_name: tuple[str, ...],
) -> None:
    """The bank has paid the holder; the token moves to the bank. It may compare the invoices once more."""
    if session.offline and files:
        raise usage("invoice.compare_offline")
    identifier = object_id(session, QUOTE, quote)
    found = {} if session.offline else read_quote(session, identifier)
    asked = read_request(session, str(found["request"])) if found.get("request") else {}
    bill = read_bill(session, str(asked["bill"])) if files else {}
    compared = compare(session, bill, files, by_name) if files else []
    currency = currency_for(session, currency, found) if found or amount or currency else ""
    paid = positive_amount(amount, currency) if amount else 0
    day = session.date(value_date)
    if not paid and counts_no_more(found, asked, day):
        paid = int(found.get("agreed_net") or 0)  # nothing is computed any more: it is written down as it is said
    arguments: dict[str, Any] = {
        "quote": identifier,
        "reference": reference,
        "value_date": day,
        "amount": paid,
        "registration": registration,
    }
    preview = None
    if asks(session) and found:
        preview = _preview_disburse(session, found, asked, arguments, currency)
        if registration:
            preview.line("preview.registration", registration)
        describe(preview, compared, str(bill.get("due_on")))
    outcome = write(session, on_record(writing, by_name), [call("finance", "disburse", **arguments)], preview)
    unmatched = bool(outcome.result.get("unmatched"))
    figures = () if unmatched and not session.settings.machine else ("interest", "net")
    names = ("token", *figures, "paid", "set_aside", "days", "unmatched", "repeated")
    answer_write(session, outcome, *names, currency=currency, compared=answer_of(compared))
    if unmatched:
        session.out.note(text("finance.unmatched_then"))


def _preview_disburse(
    session: Session, quote: dict[str, Any], asked: dict[str, Any], paid: dict[str, Any], currency: str
) -> Preview:
    """Who paid whom for which token. asked: the request, with the payee and the token as it is now; paid: the act."""
    preview = Preview("preview.finance_disburse").party(session, "preview.payee", asked["holder"])
    preview.line("column.token", str(asked.get("token") or ""))
    described.of_bill(session, preview, str(asked.get("bill") or ""))
    over = counts_no_more(quote, asked, str(paid["value_date"]))
    found = quote if over else paid_out(quote, asked, str(paid["value_date"]))
    described.quote(session, preview, found)
    labels.tell_labels(session, preview, str(asked.get("bill") or ""))
    tell_paid_since(preview, quote, asked, str(paid["value_date"]), currency)
    net = int(found.get("net") or 0)
    preview.money("preview.paid_now", paid["amount"] or net, currency)
    if quote.get("status") == "agreed" and not over and paid["amount"] > net:
        preview.line("preview.look", text("finance.above_net", net=said(net, currency)))
    if found.get("value_date") != paid["value_date"]:
        preview.line("preview.paid_on", paid["value_date"])
    return preview.line("column.reference", paid["reference"])


@finance.command("decline", help="finance.decline")
@argument("identifier", metavar="REQUEST|QUOTE")
@writes
def decline(session: Session, writing: Writing, identifier: str) -> None:
    """A bank declines a request, or a holder a quote."""
    _end(session, writing, identifier, "decline")


@finance.command("withdraw", help="finance.withdraw")
@argument("identifier", metavar="REQUEST|QUOTE")
@writes
def withdraw(session: Session, writing: Writing, identifier: str) -> None:
    """The holder takes the request back, or a bank its quote."""
    _end(session, writing, identifier, "withdraw")


@finance.command("cancel", help="finance.cancel")
@argument("quote")
@option("--reason", required=True, metavar="TEXT", help="finance.opt_reason")
@writes
def cancel(session: Session, writing: Writing, quote: str, *, reason: str) -> None:
    """A bank cancels a financing that the holder agreed to; the token is free again."""
    identifier = object_id(session, QUOTE, quote)
    preview = None
    if asks(session) and not session.offline:
        preview = Preview("preview.quote_cancel").line("column.quote", identifier)
        described.quote(session, preview, read_quote(session, identifier))
    outcome = write(session, writing, [call("finance", "cancel", quote=identifier, reason=reason)], preview)
    answer_write(session, outcome, quote=identifier)


def is_quote(typed: str) -> bool:
    """Whether an id, or the beginning of one, is a quote's."""
    return typed.strip().upper().startswith(QUOTE.letter)


def _end(session: Session, writing: Writing, typed: str, verb: str) -> None:
    kind = QUOTE if is_quote(typed) else REQUEST
    identifier = object_id(session, kind, typed)
    preview = None
    if asks(session) and not session.offline:
        preview = Preview(f"preview.quote_{verb}" if kind is QUOTE else "preview.finance_end")
        if kind is QUOTE:
            described.quote(session, preview.line("column.quote", identifier), read_quote(session, identifier))
        else:
            described.request(session, preview, read_request(session, identifier))
    function = f"{verb}_quote" if kind is QUOTE else verb
    outcome = write(session, writing, [call("finance", function, **{kind.name: identifier})], preview)
    back = "token=token_back" if function == "withdraw_quote" else "token"
    answer_write(session, outcome, back, **{kind.name: identifier})


@finance.command("show", help="finance.show")
@argument("identifier", metavar="REQUEST|QUOTE")
@option("--at", type=When(), metavar="WHEN", default=None, help="option.at")
def show(identifier: str, at: str | None) -> None:
    """Show a request with its quotes, or one quote."""
    session = current_session()
    if is_quote(identifier):
        body = session.client.get(f"{QUOTE.path}/{object_id(session, QUOTE, identifier)}", at=at)
        row = without_as_of(body)
        asked = session.object_row(REQUEST.path, str(row["request"]))
        row = sealing.told(session, row, str(asked.get("holder")))
        if session.out.form == "table":
            row = {name: value for name, value in row.items() if value or name not in NOT_YET}
            if row.get("status") == "agreed" and not row.get("paid") and asked.get("set_aside"):
                row = {**row, "rest_amount": left_to_buy(row, asked, "")[0]}
            row = _quote_told(row)
        session.out.thing(row, (*fields_of("quote"), *(Column(one, "amount") for one in row if one == "rest_amount")))
        sealing.note_closed(session, [row])
        if session.out.form == "table" and not row.get("paid"):
            note_agreement(session, asked)
        return
    body = without_as_of(session.client.get(f"{REQUEST.path}/{object_id(session, REQUEST, identifier)}", at=at))
    quotes = [one for one in body.get("quotes") or () if isinstance(one, dict)]
    body["quotes"] = [sealing.told(session, one, str(body["holder"])) for one in quotes]
    doubts = [Column(name, "id") for name in DOUBTS if body.get(name)]
    shown = request_alone(session, body) if session.out.form == "table" else body
    session.out.thing(shown, (*fields_of("request"), *doubts))
    sealing.note_closed(session, body["quotes"])
    if session.out.form == "table" and body["quotes"]:
        session.out.rows([_quote_told(one) for one in body["quotes"]], QUOTE_ROWS, chosen_among=True)
    if session.out.form == "table":
        note_agreement(session, body)


def _quote_told(row: Mapping[str, Any]) -> dict[str, Any]:
    """A quote as people read it: one whose money was paid out stays agreed on the ledger."""
    return {**row, "status": "disbursed" if row.get("paid") and row["status"] == "agreed" else row["status"]}


def _tell_parts(session: Session, filters: dict[str, Any]) -> None:
    """That a request for a part of a token stands on the token that was cut off it."""
    row = session.object_row(TOKEN.path, filters["token"]) if filters["token"] else {}
    if row.get("status") == "split":
        session.out.note(text("finance.of_parts", token=row["id"], bill=row["bill"]))


plain_reads(finance, ready={"requests": _tell_parts}, told={"requests": request_told})
