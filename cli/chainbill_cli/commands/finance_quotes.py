"""`finance quote` and `finance agree`: in clear, or sealed by the bank and opened by the holder where bids are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from chainbill.sealed_bid import BASES
from chainbill_cli import described, foreseen_terms, labels, sealing
from chainbill_cli.answers import answer_write
from chainbill_cli.comparing import answer_of, compare, describe, only_with_node
from chainbill_cli.currencies import currency_for
from chainbill_cli.described import DOUBTS
from chainbill_cli.failure import usage
from chainbill_cli.foreseen import foreseen, refuse_foreseen
from chainbill_cli.kit import argument, option
from chainbill_cli.lookup import BILL, QUOTE, REQUEST, object_id, read_bill, read_quote, read_request
from chainbill_cli.preview import Preview, asks
from chainbill_cli.quoting import priced
from chainbill_cli.second_look import look_again
from chainbill_cli.session import Session
from chainbill_cli.signing import PUBLIC_KEY
from chainbill_cli.texts import text
from chainbill_cli.values import amount_minor, rate_value
from chainbill_cli.word_choice import WordChoice
from chainbill_cli.writing import BY_NAME, Writing, call, on_record, write, writes

if TYPE_CHECKING:
    from chainbill.ledger.transaction import Call
    from chainbill.sealed_bid import Bid

Quoting = tuple["Call", "Bid | None", Mapping[str, Any]]
"""The act by which a quote is given; of a sealed one what is sealed, and what it comes to: days, interest and net."""


@argument("request")
@option("--rate", metavar="PERCENT", required=True, help="finance.opt_rate")
@option("--recourse/--no-recourse", default=None, help="finance.opt_recourse")
@option("--value-date", metavar="DATE", default="today", show_default=True, help="option.value_date")
@option("--fee", metavar="AMOUNT", default="0", help="finance.opt_fee")
@option(
    "--basis",
    type=click.Choice(BASES, case_sensitive=False),
    default="act/360",
    show_default=True,
    help="finance.opt_basis",
)
@option("--valid-until", metavar="DATE", default="", help="finance.opt_valid")
@option("--disburse-by", metavar="DATE", default="", help="finance.opt_disburse")
@option(
    "--interest-payer",
    type=WordChoice(["holder", "debtor"], "value.payer_"),
    default="holder",
    show_default=True,
    help="finance.opt_payer",
)
@option("--needs-label", metavar="SCHEME:GRADE", default="", help="finance.opt_needs_label")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@option("--invoice", "files", metavar="FILE", multiple=True, help="finance.opt_compare")
@option("--seal-to", metavar="KEY", default="", help="finance.opt_seal_to")
@option("--clear", "in_clear", is_flag=True, help="finance.opt_clear")
@BY_NAME
@writes
def quote(
    session: Session,
    writing: Writing,
    request: str,
    *,
    recourse: bool | None,
    files: tuple[str, ...],
    by_name: tuple[str, ...],
    in_clear: bool,
    **typed: str,
) -> None:
    """A bank gives a quote, sealed where bids are; it may compare the invoices behind the bill first."""
    if recourse is None:
        raise usage("finance.recourse_needed")
    if session.offline and in_clear == bool(typed["seal_to"]):
        raise usage("finance.seal_or_clear")
    if not session.offline and (in_clear or typed["seal_to"]):
        raise usage("finance.seal_offline")
    identifier = object_id(session, REQUEST, request)
    only_with_node(session, files)
    found = {} if session.offline else read_request(session, identifier)
    bill = read_bill(session, str(found["bill"])) if files or session.settings.compare else {}
    compared = compare(session, bill, files, by_name)
    no_fee = not found and not typed["fee"].strip("0.,")
    currency = "" if no_fee and not typed["currency"] else currency_for(session, typed["currency"], found)
    arguments: dict[str, Any] = {
        "request": identifier,
        "rate": rate_value(typed["rate"]),
        "recourse": recourse,
        "basis": typed["basis"].lower(),
        "fee": amount_minor(typed["fee"], currency) if currency else 0,
        "value_date": "" if typed["value_date"] == "today" else session.date(typed["value_date"]),
        "disburse_by": session.date(typed["disburse_by"]) if typed["disburse_by"] else "",
        "valid_until": session.date(typed["valid_until"]) if typed["valid_until"] else "",
        "interest_payer": typed["interest_payer"],
        "needs_label": labels.need_of(typed["needs_label"]),
    }
    act, bid, figures = _act(session, arguments, found, typed["seal_to"])
    if not session.offline and not asks(session):
        look_again(session)  # what is told in clear, or sealed to whom one node alone names, is told for good
    before = _own_before(session, found)
    preview = None
    if asks(session) and found:
        preview = _preview_quote(session, arguments, found)
        if bid is not None:
            preview.line("preview.sealed", text("finance.sealed_for_holder"))
        if before:
            preview.line("preview.in_place_of", before)
        describe(preview, compared, str(bill.get("due_on")))
    kept = None if bid is None else partial(sealing.keep, session, bid)
    outcome = write(session, on_record(writing, by_name), [act], preview, before=kept)
    if figures and outcome.results:
        outcome = replace(outcome, results=[{**outcome.result, **figures}])
    names = ("quote", "interest", "net", "days", *DOUBTS)
    answer_write(session, outcome, *names, currency=currency, compared=answer_of(compared))
    if before and outcome.status == "committed":
        session.out.note(text("finance.in_place_of", quote=before))


def _act(session: Session, offer: Mapping[str, Any], request: Mapping[str, Any], key: str) -> Quoting:
    """How the quote is given here. offer: arguments of `finance.quote`. key: hex, to which one seals without a node.

    The ledger cannot look at sealed terms before they are agreed to, so that what it would say is said here.
    """
    if not key and (session.offline or not sealing.bids_are_sealed(session)):
        return call("finance", "quote", **offer), None, {}
    figures: dict[str, Any] = {}
    if request:
        seen = {**offer, "disburse_by": offer["disburse_by"] or str(request["until"])}
        refused = foreseen_terms.of_checks(foreseen_terms.CHECKS, session, "finance.quote", seen)
        if refused is not None:
            raise foreseen(*refused)
        pay_on = session.object_row(BILL.path, str(request.get("bill") or "")).get("pay_on")
        comes_to = priced(offer, request, str(pay_on), session.today()) if pay_on else {}
        figures = {name: comes_to[name] for name in sealing.FIGURES if name in comes_to}
    if key and not PUBLIC_KEY.match(key):
        raise usage("finance.seal_to_what", value=key)
    bid = sealing.bid_of(session, offer, offer["value_date"] or session.today())
    public = bytes.fromhex(key) if key else sealing.key_of_holder(session, request)
    return call("finance", "seal", **sealing.seal_arguments(bid, offer, public)), bid, figures


@argument("quote")
@writes
def agree(session: Session, writing: Writing, quote: str) -> None:
    """The holder agrees to a quote; a sealed one is opened, and everybody may read it from then on."""
    identifier = object_id(session, QUOTE, quote)
    found = session.object_row(QUOTE.path, identifier)
    act = call("finance", "agree", quote=identifier)
    if sealing.is_closed(found):
        if writing.dry_run:
            raise usage("finance.no_trial")
        refuse_foreseen(session, [call("finance", "agree_sealed", quote=identifier)])  # before any key is looked for
        bid = sealing.opened(session, found)
        found = sealing.with_terms(session, found, bid)
        act = call("finance", "agree_sealed", quote=identifier, terms=dict(bid.terms), salt=bid.salt)
        refuse_foreseen(session, [act])  # what is refused has been told all the same
    preview = None
    if asks(session) and not session.offline:
        found = found or read_quote(session, identifier)
        preview = Preview("preview.finance_agree")
        described.quote(session, preview, found)
        described.request(session, preview, read_request(session, str(found["request"])))
        labels.tell_labels(session, preview, str(found.get("bill") or ""))
        if act.function == "agree_sealed":
            preview.line("preview.sealed", text("finance.opened_for_all"))
    outcome = write(session, writing, [act], preview)
    answer_write(session, outcome, *DOUBTS, quote=identifier)


def _preview_quote(session: Session, arguments: dict[str, Any], request: dict[str, Any]) -> Preview:
    """The request, and the quote with every figure that it comes to."""
    preview = Preview("preview.finance_quote")
    described.request(session, preview, request)
    pay_on = session.object_row(BILL.path, str(request.get("bill") or "")).get("pay_on")
    if pay_on:
        quoted = priced(arguments, request, str(pay_on), session.today())
        described.price(preview, quoted, str(request["currency"]))
    else:
        described.price_asked(preview, arguments, str(request["currency"]))
    labels.tell_labels(session, preview, str(request.get("bill") or ""))
    return preview


def _own_before(session: Session, request: Mapping[str, Any]) -> str:
    """The quote of the acting bank in whose place another one would stand, "" where there is none."""
    rows = [one for one in request.get("quotes") or () if isinstance(one, Mapping)]
    own = [str(one["id"]) for one in rows if one["bank"] == session.party and one["status"] == "offered"]
    return own[0] if own else ""
