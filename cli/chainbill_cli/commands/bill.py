"""`bill`: issue, confirm, accept, end, list, show; what concerns payments is in `bill_settle`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainbill_contracts.declared_rows import rows

from chainbill_cli import described, labels, prepaying
from chainbill_cli.agreements import payment_told
from chainbill_cli.answers import answer_write, by_value, tell_basis, without_as_of
from chainbill_cli.cautions import confirm_far_due, of_bill, tell
from chainbill_cli.commands import bill_guarantees, bill_invoices, bill_joint, bill_settle
from chainbill_cli.comparing import answer_of, compare, describe, only_with_node
from chainbill_cli.issuing import Issue, bill_arguments, preview_issue
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.lookup import BILL, object_id, read_bill
from chainbill_cli.output import Column
from chainbill_cli.plain_acts import plain_commands
from chainbill_cli.plain_reads import plain_reads
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session, bank_in_place_of, current_session
from chainbill_cli.shapes import fields_of
from chainbill_cli.when import When
from chainbill_cli.writing import BY_NAME, Writing, call, on_record, write, writes

PENDING = next(one.words for one in rows()["bill/bill"].together if one.name == "pending")
bill = noun("bill")
bill.command("settle", help="bill.settle")(bill_settle.settle)
bill.command("settle-prepaid", help="prepay.settle")(prepaying.settle)
bill.command("reverse", help="bill.reverse")(bill_settle.reverse)
bill.command("payment", help="bill.payment")(bill_settle.payment)
bill.command("received", help="bill.received")(bill_settle.received)
bill.command("guarantee", help="guarantee.give")(bill_guarantees.guarantee)
bill.command("demand", help="guarantee.demand")(bill_guarantees.demand)
bill.command("pay-guarantee", help="guarantee.pay")(bill_guarantees.pay)


@bill.command("issue", help="bill.issue")
@option("--debtor", required=True, metavar="PARTY", help="bill.opt_debtor")
@option("--creditor", metavar="PARTY", default="", help="bill.opt_creditor")
@option("--amount", metavar="AMOUNT", default="", help="option.amount")
@option("--currency", metavar="CODE", default="", help="option.currency")
@option("--due", metavar="DATE", default="", help="bill.opt_due")
@option("--invoice", "invoices", metavar="FILE[=AMOUNT]", multiple=True, help="bill.opt_invoice")
@option("--contract", "contract_no", metavar="NUMBER", default="", help="bill.opt_contract")
@option("--delivered", metavar="DATE", default="", help="bill.opt_delivered")
@option("--term", "terms", metavar="NAME=VALUE", multiple=True, help="bill.opt_term")
@option("--reference", metavar="REF", default="", help="bill.opt_reference")
@BY_NAME
@option("--far-due", "far_due", is_flag=True, help="bill.opt_far_due")
@writes
def issue(session: Session, writing: Writing, **typed: Any) -> None:
    """Issue a bill."""
    far_due = typed.pop("far_due")
    arguments = bill_arguments(session, Issue(**typed))
    confirm_far_due(session, arguments["due_on"], meant=far_due)
    preview = preview_issue(session, arguments) if asks(session) else None
    warnings = tell(session, preview, of_bill(session, arguments))
    outcome = write(session, on_record(writing, typed["by_name"]), [call("bill", "issue", **arguments)], preview)
    answer_write(session, outcome, "bill", "repeated", currency=arguments["currency"], warnings=warnings)


@bill.command("confirm", help="bill.confirm")
@argument("bill")
@option("--invoice", "files", metavar="FILE", multiple=True, help="bill.opt_compare")
@BY_NAME
@option("--far-due", "far_due", is_flag=True, help="bill.opt_far_due")
@writes
def confirm(
    session: Session,
    writing: Writing,
    bill: str,
    *,
    files: tuple[str, ...],
    by_name: tuple[str, ...],
    far_due: bool,
) -> None:
    """The debtor confirms the debt, and may compare the invoices behind it first."""
    identifier = object_id(session, BILL, bill)
    only_with_node(session, files)
    wanted = bool(files) or session.settings.compare or asks(session)
    row = read_bill(session, identifier) if wanted and not session.offline else bill_to_sign(session, identifier)
    found = compare(session, row, files, by_name)
    preview = None
    if asks(session) and row:
        preview = Preview("preview.bill_confirm")
        described.bill(session, preview, row)
        describe(preview, found, str(row["due_on"]))
    warnings = None
    if row:
        confirm_far_due(session, str(row["due_on"]), meant=far_due)
        warnings = tell(session, preview, of_bill(session, row))
    outcome = write(session, on_record(writing, by_name), [call("bill", "confirm", bill=identifier)], preview)
    answer_write(session, outcome, "token", bill=identifier, compared=answer_of(found), warnings=warnings)


def bill_to_sign(session: Session, identifier: str) -> dict[str, Any]:
    """The bill of an id, {} where it cannot be read: whether it is there, and whose, is the ledger's to say."""
    return session.object_row(BILL.path, identifier)


bill.add_command(bill_joint.joint)
plain_commands(bill)
bill.command("dilute", help="bill.dilute")(bill_joint.dilute)
bill.command("paying-bank", help="bill.paying_bank")(bill_joint.paying_bank)
bill.command("add-invoices", help="bill.add_invoices")(bill_invoices.add_invoices)
bill.command("answer", help="bill.answer")(bill_joint.answer)


def _own_reference(session: Session, filters: dict[str, Any]) -> None:
    """A reference is that of who acts where no initiator is named, also where reads are not signed."""
    if filters["reference"] is not None and filters["initiator"] is None and session.settings.profile:
        filters["initiator"] = session.party


@bill.command("show", help="bill.show")
@argument("bill")
@option("--at", type=When(), metavar="WHEN", default=None, help="option.at")
@by_value
def show(bill: str, **when: str | None) -> None:
    """Show a bill."""
    session = current_session()
    body = without_as_of(session.client.get(f"/v1/bills/{object_id(session, BILL, bill)}", **when))
    people = session.out.form == "table"
    told = {**body, "terms": described.terms_said(body.get("terms") or {}, str(body.get("currency")))}
    if body.get("status") not in PENDING:
        told["expires_on"] = ""  # it waits for nobody any more
    fields = fields_of("bill")
    bank = str(body.get("paying_bank") or "")
    if people and bank:
        told["pays_now"] = bank_in_place_of(session, bank)
        if told["pays_now"] != bank:
            place = next(number for number, one in enumerate(fields, start=1) if one.path == "paying_bank")
            fields = (*fields[:place], Column("pays_now", "party"), *fields[place:])
    session.out.thing(body if session.settings.machine else told, fields)
    if people:
        bill_settle.show_payments(session, body, when)
        labels.show_labels(session, str(body["id"]), when.get("at"))
    tell_basis(session, body)


def _step(session: Session, row: Mapping[str, Any]) -> dict[str, Any]:
    """A step of a bill's history; of a settled token with the reference of the money that paid it."""
    del session
    payment = row.get("payment") or {}
    return {**row, "reference": row.get("reference") or payment.get("reference")}


plain_reads(bill, ready={"bills": _own_reference}, told={"bill_history": _step, "payments": payment_told})

__all__ = ["bill"]
