"""`invoice`: what a file says, what the ledger holds of an invoice, and disputes of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chainbill_cli import described
from chainbill_cli.answers import answer_write, without_as_of
from chainbill_cli.commands import bill_invoices
from chainbill_cli.documents import document_digest
from chainbill_cli.failure import Failure
from chainbill_cli.fingerprints_typed import fingerprint_of
from chainbill_cli.invoice import fingerprint, read_invoice, read_red_letter
from chainbill_cli.invoice.fingerprints import BEGINNING, WHOLE
from chainbill_cli.invoice.model import Invoice, Trader
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.lookup import REQUEST, object_id, read_request
from chainbill_cli.money_said import said
from chainbill_cli.output import Column
from chainbill_cli.plain_acts import plain_commands
from chainbill_cli.plain_reads import plain_reads
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session, current_session
from chainbill_cli.shapes import columns_of
from chainbill_cli.texts import bracketed, enumerated, text
from chainbill_cli.when import When
from chainbill_cli.writing import Writing, call, write, writes

FIELDS = (
    Column("format", "format"), Column("number", "id"), Column("code", "id"),
    Column("issued_on", "date", "column.invoice_date"),
    Column("due_on", "date"), Column("seller"), Column("buyer"), Column("amount", "amount"), Column("total", "amount"),
    Column("currency"), Column("fingerprint", "id"),
)  # fmt: skip

MORE = (
    Column("bills", "list", "column.event_bills"), Column("hidden.bills", "some", "column.bills_hidden"),
    Column("reds", "list"), Column("over_since", "date"), Column("struck_by", "id"), Column("struck_on", "date"),
)  # fmt: skip
"""More of an invoice on the ledger than a list shows."""
RED_FIELDS = (
    Column("format", "format"), Column("number", "id"), Column("issued_on", "date", "column.invoice_date"),
    Column("seller"), Column("buyer"), Column("off", "amount", "preview.lowered_by"), Column("currency"),
    Column("red", "id"),
)  # fmt: skip

invoice = noun("invoice")


@invoice.command("show", help="invoice.show")
@argument("file", metavar="FILE|FINGERPRINT")
@option("--creditor", metavar="PARTY", default="", help="invoice.opt_creditor")
@option("--at", type=When(), metavar="WHEN", default=None, help="option.at")
def show(file: str, creditor: str, at: str | None) -> None:
    """Show what an invoice file says, or what the ledger holds under a fingerprint."""
    session = current_session()
    if WHOLE.match(file) or (BEGINNING.match(file) and not Path(file).exists()):
        file = fingerprint_of(session, file)
        body = without_as_of(session.client.get(f"/v1/invoices/{file.lower()}", at=at))
        if session.out.form in {"json", "jsonl"}:
            session.out.json(body)
        elif session.out.form == "csv":
            session.out.rows(body["invoices"], columns_of("invoices"))
        else:
            for one in body["invoices"]:
                session.out.thing(_told(one), (*columns_of("invoices"), *MORE))
        return
    _show_file(session, file, creditor)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """An invoice as people read it: each red-letter note with what it left, and since when."""

    def told(one: Mapping[str, Any]) -> str:
        amounts = {name: said(int(one[name]), str(row["currency"])) for name in ("new_total", "left")}
        return text("invoice.red_said", red=one["red"], day=one["on"], **amounts)

    return {**row, "reds": [told(one) for one in row.get("reds") or ()]}


def _dispute_told(_: Session, row: Mapping[str, Any]) -> dict[str, Any]:
    """A dispute as people read it: one that was upheld does not end by itself."""
    return {**row, "until": "" if row["status"] == "upheld" else row["until"]}


def _show_file(session: Session, file: str, creditor: str) -> None:
    """What a file says, and its fingerprint for a creditor where the consortium's key is known."""
    key = session.known.invoice_key
    try:
        found = read_invoice(Path(file))
    except Failure as failure:
        if failure.problem["code"] != "red":
            raise
        _show_red(session, read_red_letter(Path(file)), creditor)
        return
    data = {
        "format": found.format,
        "number": found.number,
        "code": found.code,
        "issued_on": found.issued_on,
        "due_on": ", ".join(found.due_dates) or None,
        "seller": _trader(found.seller),
        "buyer": _trader(found.buyer),
        "currency": found.currency,
        "amount": found.payable_minor,
        "total": found.total_minor,
        "fingerprint": fingerprint(key, session.party_id(creditor), found) if key and creditor else None,
    }
    if not session.settings.machine:
        data.update(seller=found.seller.label(), buyer=found.buyer.label(), due_on=enumerated(found.due_dates))
    session.out.thing(data, FIELDS)


def _show_red(session: Session, note: Invoice, creditor: str) -> None:
    """What a red-letter note takes off, and by which fingerprint acts name it."""
    key = session.known.invoice_key
    shown = {
        "format": note.format, "number": note.number, "issued_on": note.issued_on, "currency": note.currency,
        "seller": _trader(note.seller), "buyer": _trader(note.buyer), "off": note.total_minor,
        "red": fingerprint(key, session.party_id(creditor), note) if key and creditor else None,
    }  # fmt: skip
    if not session.settings.machine:
        shown.update(seller=note.seller.label(), buyer=note.buyer.label())
    session.out.thing(shown, RED_FIELDS)
    session.out.note(text("invoice.red_for"))


def _trader(trader: Trader) -> dict[str, object]:
    ids = [{"scheme": one.scheme, "value": one.value} for one in trader.identifiers]
    return {"name": trader.name, "identifiers": ids}


@invoice.command("dispute", help="invoice.dispute")
@argument("fingerprint", metavar="FINGERPRINT")
@option("--seller", metavar="PARTY", required=True, help="invoice.opt_seller")
@option("--document", metavar="FILE", required=True, help="invoice.opt_document")
@writes
def dispute(session: Session, writing: Writing, fingerprint: str, seller: str, document: str) -> None:
    """Any party says that an invoice is not what it is said to be."""
    sold = session.party_id(seller)
    arguments = {
        "fingerprint": fingerprint_of(session, fingerprint),
        "seller": sold,
        "document": document_digest(document),
    }
    preview = None
    if asks(session) and not session.offline:
        preview = Preview("preview.invoice_dispute").line("column.fingerprint", arguments["fingerprint"])
        preview.party(session, "column.seller", sold)
        preview.line("column.document", bracketed(document, arguments["document"]))
    outcome = write(session, writing, [call("invoice", "dispute", **arguments)], preview)
    answer_write(session, outcome, "dispute", "until")


@invoice.command("examine", help="invoice.examine")
@argument("request", metavar="REQUEST")
@option("--document", metavar="FILE", required=True, help="invoice.opt_finding")
@writes
def examine(session: Session, writing: Writing, request: str, document: str) -> None:
    """A bank that was asked records what it found behind a bill whose invoices are struck or over-occupied."""
    row = {} if session.offline else read_request(session, request)
    arguments = {
        "request": row.get("id") or object_id(session, REQUEST, request),
        "document": document_digest(document),
    }
    preview = None
    if asks(session):
        preview = Preview("preview.invoice_examine")
        if row:
            described.request(session, preview, row)
        preview.line("column.finding", bracketed(document, arguments["document"]))
    outcome = write(session, writing, [call("invoice", "examine", **arguments)], preview)
    answer_write(session, outcome, "bill", "fingerprints")


invoice.command("red-letter", help="invoice.red_letter")(bill_invoices.red_letter)
plain_commands(invoice)
plain_reads(invoice, told={"disputes": _dispute_told})
