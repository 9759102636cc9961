"""`bill dilute`, `bill paying-bank`, `bill answer`, `bill joint`: what parties ask each other about a bill.

Loaded by `commands.bill`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chainbill_cli import described
from chainbill_cli.answers import answer_write
from chainbill_cli.commands.bill_invoices import as_it_stands, begun, behind, whole
from chainbill_cli.currencies import currency_for
from chainbill_cli.documents import document_digest
from chainbill_cli.failure import usage
from chainbill_cli.invoice.fingerprints import BEGINNING
from chainbill_cli.kit import Noun, argument, option
from chainbill_cli.lookup import BILL, JOINT, TOKEN, object_id, read, read_bill
from chainbill_cli.money_said import said
from chainbill_cli.preview import Preview, asks
from chainbill_cli.session import Session
from chainbill_cli.texts import bracketed, text
from chainbill_cli.values import positive_amount
from chainbill_cli.word_choice import WordChoice
from chainbill_cli.writing import Writing, call, write, writes

joint = Noun("joint", help="bill.joint", context_settings={"help_option_names": ["-h", "--help"]})


@argument("bill")
@option("--token", metavar="TOKEN", required=True, help="bill.opt_dilute_token")
@option("--amount", metavar="AMOUNT", required=True, help="option.amount")
@option("--currency", metavar="CODE", default="", help="option.currency_check")
@option("--credit-note", "paper", metavar="FILE", required=True, help="bill.opt_credit_note")
@option("--invoice", "invoices", metavar="FINGERPRINT=AMOUNT", multiple=True, help="bill.opt_dilute_invoice")
@option("--red", "notes", metavar="FINGERPRINT", multiple=True, help="bill.opt_dilute_red")
@option("--reason", default="", metavar="TEXT", help="option.reason")
@writes
def dilute(session: Session, writing: Writing, bill: str, *, paper: str, **typed: Any) -> None:
    """Ask the other side to take something off a bill."""
    identifier = object_id(session, BILL, bill)
    row = {} if session.offline else read_bill(session, identifier)
    currency = currency_for(session, typed["currency"], row)
    amount = positive_amount(typed["amount"], currency)
    token, reason = object_id(session, TOKEN, typed["token"]), str(typed["reason"])
    parts = _parts(row.get("invoices") or (), amount, currency, typed["invoices"])
    parts = _by_notes(session, row, parts, typed["notes"])
    digest = document_digest(paper)
    preview = None
    if asks(session) and row:
        preview = Preview("preview.bill_dilute").line("column.token", token)
        preview.money("column.amount", amount, currency)
        preview.line("column.credit_note", bracketed(paper, digest))
        for part in parts:
            preview.line("preview.invoice", f"{part['fingerprint']} {said(part['amount'], currency)}")
            if "red" in part:
                preview.line("preview.red_letter", part["red"])
        if reason:
            preview.line("column.reason", reason)
        described.bill(session, preview, row)
    arguments = {"token": token, "amount": amount, "credit_note": digest, "parts": parts, "reason": reason}
    outcome = write(session, writing, [call("bill", "ask_dilution", bill=identifier, **arguments)], preview)
    answer_write(session, outcome, "joint", "until", bill=identifier)


def _parts(
    invoices: Sequence[Mapping[str, Any]], amount: int, currency: str, typed: Sequence[str]
) -> list[dict[str, Any]]:
    """What comes off which invoice: as typed, or all of it off the only one. invoices: those of the bill."""
    if not typed and len(invoices) > 1:
        raise usage("bill.parts_wanted", count=len(invoices))
    if not typed:
        return [{"fingerprint": one["fingerprint"], "amount": amount} for one in invoices]
    parts = []
    for one in typed:
        typed_mark, equals, much = one.rpartition("=")
        if not equals or not typed_mark:
            raise usage("bill.part_wanted", value=one)
        mark = behind(invoices, typed_mark) if BEGINNING.match(typed_mark) and invoices else whole(typed_mark)
        parts.append({"fingerprint": mark, "amount": positive_amount(much, currency)})
    return parts


def _by_notes(
    session: Session, bill: Mapping[str, Any], parts: list[dict[str, Any]], typed: Sequence[str]
) -> list[dict[str, Any]]:
    """The parts, each with the red-letter note that lowered its invoice: the ledger says which of those typed it is."""
    known = {one["fingerprint"]: _notes_of(session, bill, one["fingerprint"]) for one in parts if typed}
    for note in typed:
        listed = {one for notes in known.values() for one in notes}
        mark = begun(note, listed) if listed else whole(note)
        found = [one for one in parts if len(parts) == 1 or mark in known[one["fingerprint"]]]
        if len(found) != 1:
            raise usage("bill.red_unknown", value=note)
        found[0]["red"] = mark
    return parts


def _notes_of(session: Session, bill: Mapping[str, Any], mark: str) -> set[str]:
    """The red-letter notes that have lowered an invoice behind a bill."""
    if session.offline:
        return set()
    return {str(note["red"]) for note in as_it_stands(session, mark, bill).get("reds") or ()}


@argument("bill")
@option("--to", "bank", metavar="BANK", required=True, help="bill.opt_paying_bank_to")
@option("--reason", default="", metavar="TEXT", help="option.reason")
@writes
def paying_bank(session: Session, writing: Writing, bill: str, *, bank: str, reason: str) -> None:
    """Ask the paying bank of a bill and another one that the other one pays it."""
    identifier, whom = object_id(session, BILL, bill), session.party_id(bank)
    row = {} if session.offline else read_bill(session, identifier)
    preview = None
    if asks(session) and row:
        preview = Preview("preview.bill_paying_bank").party(session, "column.bank_then", whom)
        preview.money("preview.still_owed", int(row["outstanding"]), str(row["currency"]))
        if reason:
            preview.line("column.reason", reason)
        described.bill(session, preview, row)
    calls = [call("bill", "ask_paying_bank", bill=identifier, bank=whom, reason=reason)]
    outcome = write(session, writing, calls, preview)
    answer_write(session, outcome, "joint", "until", bill=identifier)


@argument("joint")
@argument("answer", type=WordChoice(["yes", "no"], "value.answer_"))
@writes
def answer(session: Session, writing: Writing, joint: str, answer: str) -> None:
    """Answer what was asked about a bill."""
    identifier = object_id(session, JOINT, joint)
    preview = None
    if asks(session) and not session.offline:
        preview = Preview("preview.bill_answer").line("column.answer", text(f"value.answer_{answer}"))
        found = read(session, JOINT, identifier)
        described.joint(session, preview, found, read_bill(session, found["bill"]))
    outcome = write(session, writing, [call("bill", "answer", joint=identifier, answer=answer)], preview)
    told = (
        "joint",
        "joint_status",
        "waits_for",
        "bill",
        "bill_status",
        "paying_bank",
        "beyond",
        "token",
        "outstanding",
    )
    answer_write(session, outcome, *told)
