"""`recourse`: ask and pay, which stand under `token`, too, as `recourse` and `buyback`. Loaded by both nouns."""

from __future__ import annotations

from typing import Any

from chainbill_contracts.declared_rows import rows

from chainbill_cli import described
from chainbill_cli.answers import answer_write
from chainbill_cli.currencies import currency_for
from chainbill_cli.documents import document_digest
from chainbill_cli.foreseen_claims import giver
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.lookup import CLAIM, TOKEN, object_id, read, read_token
from chainbill_cli.money_said import said
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.texts import bracketed, text, word_said
from chainbill_cli.values import positive_amount
from chainbill_cli.word_choice import WordChoice
from chainbill_cli.writing import Writing, call, write, writes

GROUNDS = rows()["recourse/claim"].fields["ground"].words

recourse = noun("recourse")


@recourse.command("ask", help="recourse.ask")
@argument("named", metavar="TOKEN")
@option("--ground", type=WordChoice(GROUNDS, "value.ground_"), required=True, help="recourse.opt_ground")
@option("--amount", metavar="AMOUNT", required=True, help="recourse.opt_amount")
@option("--document", metavar="FILE", required=True, help="recourse.opt_document")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@writes
def ask(
    session: Session, writing: Writing, named: str, *, ground: str, amount: str, document: str, currency: str
) -> None:
    """The holder asks whoever gave it the token to take it back and pay."""
    found = {} if session.offline else read_token(session, named, acting=session.party)
    code = currency_for(session, currency, found)
    arguments: dict[str, Any] = {
        "token": found.get("id") or object_id(session, TOKEN, named),
        "ground": ground,
        "amount": positive_amount(amount, code),
        "document": document_digest(document),
    }
    preview = None
    if asks(session):
        preview = Preview("preview.recourse_ask")
        if found:
            described.token(session, preview, found)
            asked = str(giver(session, found).get("from") or "")
            if asked:
                preview.party(session, "column.claimed_from", asked)
        preview.line("column.ground", word_said("ground_", ground))
        preview.money("column.claimed_amount", arguments["amount"], code)
        if found and arguments["amount"] > int(found["amount"]):
            preview.money("column.interest_asked", arguments["amount"] - int(found["amount"]), code)
        preview.line("column.document", bracketed(document, arguments["document"]))
    outcome = write(session, writing, [call("recourse", "ask_recourse", **arguments)], preview)
    answer_write(
        session, outcome, "token", "asked=claimed_from", "amount=claimed_amount", "until=claim_until", currency=code
    )


@recourse.command("paid", help="recourse.paid")
@argument("named", metavar="TOKEN")
@option("--reference", metavar="REF", required=True, help="option.reference")
@option("--amount", metavar="AMOUNT", default="", help="recourse.opt_paid")
@option("--value-date", metavar="DATE", default="today", show_default=True, help="option.value_date")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@writes
def paid(
    session: Session, writing: Writing, named: str, *, reference: str, amount: str, value_date: str, currency: str
) -> None:
    """The bank of the holder records that the party which was asked has paid; the token goes back to it."""
    claim = {} if session.offline else read(session, CLAIM, named)
    code = currency_for(session, currency, claim)
    arguments: dict[str, Any] = {
        "token": claim.get("now") or object_id(session, TOKEN, named),
        "reference": reference,
        "value_date": session.date(value_date),
        "amount": positive_amount(amount, code) if amount or not claim else described.asked_now(claim),
    }
    preview = None
    if asks(session) and claim:
        preview = Preview("preview.recourse_paid")
        described.claim(session, preview, claim)
        preview.money("column.paid", arguments["amount"], code)
        if arguments["amount"] > described.asked_now(claim):
            now = said(described.asked_now(claim), code)
            preview.line("preview.look", text("recourse.above_asked", asked=now))
        preview.line("column.value_date", str(arguments["value_date"])).line("column.reference", reference)
    outcome = write(session, writing, [call("recourse", "bought_back", **arguments)], preview)
    answer_write(session, outcome, "token", "repeated", currency=code)
