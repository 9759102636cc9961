"""Before debtor or bank sign: do the invoices in their files stand behind the bill, and is every one of them there?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chainbill_cli.correcting import check_claim
from chainbill_cli.failure import Exit, fail, usage
from chainbill_cli.invoice import Invoice, fingerprint, read_invoice
from chainbill_cli.output import amount_text
from chainbill_cli.preview import Preview
from chainbill_cli.session import Session
from chainbill_cli.texts import enumerated, text


@dataclass(frozen=True, slots=True)
class Compared:
    """An invoice file that stands behind a bill, and the fingerprint by which it does."""

    path: str
    invoice: Invoice
    fingerprint: str


def compare(
    session: Session, bill: Mapping[str, Any], files: Sequence[str], by_name: Collection[str] = ()
) -> list[Compared]:
    """Hold files against the invoices that a bill (its row) rests on; [] when there are none and none is demanded.

    Refused, exit 3: a file that is none of the bill's invoices, has other parties, another currency or another total;
    an invoice of the bill without a file; no file where the setting `compare` is on and the bill names invoices.
    """
    expected = {str(one["fingerprint"]): one for one in bill.get("invoices") or ()}
    if not files:
        if session.settings.compare and expected:
            raise fail(Exit.REFUSED, "invoice.compare_demanded", code="invoices_not_compared", count=len(expected))
        return []
    if not expected:
        raise fail(Exit.REFUSED, "invoice.compare_none", code="bill_without_invoices", bill=str(bill["id"]))
    found = [_one(session, bill, expected, path, by_name) for path in files]
    missing = [one for one in expected if one not in {done.fingerprint for done in found}]
    if missing:
        raise fail(
            Exit.REFUSED, "invoice.compare_missing", code="invoices_not_compared", count=len(missing),
            fingerprints=enumerated(missing),
        )  # fmt: skip
    for one in found:
        session.out.note(text("invoice.compared", **_told(one)))
    return found


def _one(
    session: Session, bill: Mapping[str, Any], expected: Mapping[str, Any], path: str, by_name: Collection[str]
) -> Compared:
    key = session.known.invoice_key
    if not key:
        raise fail(Exit.FAILED, "bill.invoice_key")
    invoice = read_invoice(Path(path))
    creditor, debtor = str(bill["creditor"]), str(bill["debtor"])
    check_claim(session, creditor, debtor, invoice, path, by_name=by_name)
    mark = fingerprint(key, creditor, invoice)
    if mark not in expected:
        raise fail(
            Exit.REFUSED, "invoice.compare_other", code="invoice_not_of_the_bill", path=path, number=invoice.number,
            date=invoice.issued_on, found=mark, expected=enumerated(expected),
        )  # fmt: skip
    total, currency = int(expected[mark]["total"]), str(bill["currency"])
    if (total, currency) != (invoice.payable_minor, invoice.currency):
        raise fail(
            Exit.REFUSED, "invoice.compare_total", code="invoice_total_differs", path=path,
            found=f"{amount_text(invoice.payable_minor, invoice.currency)} {invoice.currency}",
            expected=f"{amount_text(total, currency)} {currency}",
        )  # fmt: skip
    return Compared(path, invoice, mark)


def _told(one: Compared) -> dict[str, str]:
    return {"path": one.path, "number": one.invoice.number, "date": one.invoice.issued_on}


def describe(preview: Preview, found: Sequence[Compared], due_on: str) -> None:
    """What was compared, and a due date that no invoice names."""
    for one in found:
        preview.line("preview.compared", text("preview.compared_file", **_told(one)))
    days = sorted({day for one in found for day in one.invoice.due_dates})
    if days and due_on not in days:
        preview.line("preview.look", text("preview.other_due", dates=enumerated(days)))


def answer_of(found: Sequence[Compared]) -> list[dict[str, str]] | None:
    """What was compared as part of an answer, None if nothing was."""
    return [{**_told(one), "fingerprint": one.fingerprint} for one in found] or None


def only_with_node(session: Session, files: Sequence[str]) -> None:
    """Refuse to compare without a node: the bill and the registered ids are read from one."""
    if session.offline and (files or session.settings.compare):
        raise usage("invoice.compare_offline")
