"""`invoice red-letter`, `bill add-invoices`: what changes of the invoices behind an accepted bill.

Loaded by `commands.invoice` and `commands.bill`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from chainbill_cli import described
from chainbill_cli.answers import answer_write
from chainbill_cli.currencies import currency_for
from chainbill_cli.failure import Exit, fail, usage
from chainbill_cli.invoice import check_parties, fingerprint, read_red_letter
from chainbill_cli.invoice.fingerprints import BEGINNING, WHOLE
from chainbill_cli.issuing import registered_shares
from chainbill_cli.kit import argument, option
from chainbill_cli.lookup import BILL, object_id, read_bill
from chainbill_cli.money_said import said
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.texts import enumerated
from chainbill_cli.values import amount_minor
from chainbill_cli.writing import BY_NAME, Writing, call, on_record, write, writes


@argument("bill")
@option("--red", "note", metavar="FILE|FINGERPRINT", required=True, help="invoice.opt_red")
@option("--invoice", "typed", metavar="FINGERPRINT", default="", help="invoice.opt_red_invoice")
@option("--total", metavar="AMOUNT", default="", help="invoice.opt_red_total")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@option("--attested-by", "bank", metavar="BANK", default="", help="invoice.opt_attested_by")
@option("--reason", default="", metavar="TEXT", help="option.reason")
@writes
def red_letter(session: Session, writing: Writing, bill: str, *, note: str, typed: str, **more: str) -> None:
    """Ask the other side to lower an invoice behind a bill by a red-letter note."""
    identifier = object_id(session, BILL, bill)
    row = {} if session.offline else read_bill(session, identifier)
    currency = currency_for(session, more["currency"], row)
    parts = row.get("invoices") or ()
    if row and not parts:
        raise usage("invoice.none_behind_bill", bill=identifier)
    mark = behind(parts, typed) if parts else whole(typed)
    red, off = _note(session, note, row)
    stands = as_it_stands(session, mark, row) if row else {}
    if more["total"]:
        total = amount_minor(more["total"], currency)
    elif off is None or not stands:
        raise usage("invoice.red_total_wanted")
    elif off > int(stands["total"]):
        raise usage("invoice.red_above_total", off=said(off, currency), total=said(int(stands["total"]), currency))
    else:
        total = int(stands["total"]) - off
    bank = session.party_id(more["bank"]) if more["bank"] else ""
    preview = None
    if asks(session) and row:
        preview = Preview("preview.invoice_red_letter").line("column.fingerprint", mark)
        preview.line("preview.red_letter", red)
        preview.money("preview.total_now", int(stands["total"]), currency)
        preview.money("preview.total_then", total, currency)
        if stands["occupied"] > total:
            preview.money("column.beyond", int(stands["occupied"]) - total, currency)
        if bank:
            preview.party(session, "column.attested_by", bank)
        if more["reason"]:
            preview.line("column.reason", more["reason"])
        described.bill(session, preview, row)
    arguments = {"fingerprint": mark, "new_total": total, "red": red, "bank": bank, "reason": more["reason"]}
    outcome = write(session, writing, [call("bill", "ask_red_letter", bill=identifier, **arguments)], preview)
    answer_write(session, outcome, "joint", "until", bill=identifier)


@argument("bill")
@option("--invoice", "files", metavar="FILE[=AMOUNT]", multiple=True, required=True, help="bill.opt_invoice")
@option("--replace", "leaving", metavar="FINGERPRINT", multiple=True, help="bill.opt_replace")
@option("--creditor", metavar="PARTY", default="", help="bill.opt_creditor_offline")
@BY_NAME
@option("--reason", default="", metavar="TEXT", help="option.reason")
@writes
def add_invoices(session: Session, writing: Writing, bill: str, *, files: Sequence[str], **more: Any) -> None:
    """Ask the other side that more invoices stand behind a bill, or others in the place of some."""
    identifier = object_id(session, BILL, bill)
    row = {} if session.offline else read_bill(session, identifier)
    named = session.party_id(more["creditor"]) if more["creditor"] else session.party
    parts = registered_shares(session, row or {"creditor": named}, files, by_name=more["by_name"])
    leaving = [behind(row["invoices"], one) if row else whole(one) for one in more["leaving"]]
    preview = None
    if asks(session) and row:
        currency = str(row["currency"])
        preview = Preview("preview.bill_add_invoices")
        for part in parts:
            preview.invoice(part, currency, "preview.comes")
        for one in leaving:
            preview.line("preview.leaves", one)
        if more["reason"]:
            preview.line("column.reason", str(more["reason"]))
        described.bill(session, preview, row)
    arguments = {"parts": parts, "replaces": leaving, "reason": more["reason"]}
    told = on_record(writing, more["by_name"])
    outcome = write(session, told, [call("bill", "ask_invoices", bill=identifier, **arguments)], preview)
    answer_write(session, outcome, "joint", "until", bill=identifier)


def as_it_stands(session: Session, mark: str, bill: Mapping[str, Any]) -> Mapping[str, Any]:
    """An invoice behind a bill as the ledger has it: what notes on other bills took off its total is off here, too."""
    rows: Sequence[Mapping[str, Any]] = session.client.get(f"/v1/invoices/{mark}")["invoices"]
    found = next((one for one in rows if one["seller"] == bill["creditor"]), None)
    if found is None:
        raise fail(Exit.FAILED, "error.id_none", code="not_found", value=mark)
    return found


def behind(parts: Sequence[Mapping[str, Any]], typed: str) -> str:
    """The fingerprint of an invoice behind a bill that was meant: whole, its beginning, or the only one there is."""
    marks = [str(one["fingerprint"]) for one in parts]
    if not typed and len(marks) == 1:
        return marks[0]
    if not typed:
        raise usage("invoice.which_behind", count=len(marks), ids=enumerated(marks[:5]))
    found = begun(typed, marks)
    if not found:
        raise usage("invoice.not_behind_bill", value=typed, ids=enumerated(marks[:5]))
    return found


def begun(typed: str, marks: Collection[str]) -> str:
    """The only one of some fingerprints that begins as it was typed; "" where none does, or several do."""
    found = BEGINNING.match(typed)
    start = found[1] if found else whole(typed)
    begins = [one for one in marks if one.startswith(start.lower())]
    return begins[0] if len(begins) == 1 else ""


def whole(typed: str) -> str:
    """A fingerprint that is typed in full; a failure for anything else."""
    if not WHOLE.match(typed):
        raise usage("invoice.bad_fingerprint", value=typed)
    return typed.lower()


def _note(session: Session, typed: str, bill: Mapping[str, Any]) -> tuple[str, int | None]:
    """The red-letter note: its fingerprint, and what it takes off in minor units where its file says so."""
    if WHOLE.match(typed) and not Path(typed).exists():
        return typed.lower(), None
    found = read_red_letter(Path(typed))
    key = session.known.invoice_key
    if not key:
        raise fail(Exit.FAILED, "bill.invoice_key")
    if not bill:
        raise usage("invoice.red_offline", path=typed)
    if found.currency != bill["currency"]:
        raise usage("bill.invoice_currency", path=typed, found=found.currency, expected=bill["currency"])
    seller, buyer = (session.registered(str(bill[side])) for side in ("creditor", "debtor"))
    check_parties(found, seller, buyer, ())
    return fingerprint(key, str(bill["creditor"]), found), found.total_minor
