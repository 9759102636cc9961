"""A corrected invoice beside its original: one claim, and never two bills.

The ledger knows fingerprints only, so it cannot tell that two of them stand for one claim; who reads the file can.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from chainbill.fingerprint import invoice_fingerprint
from chainbill_cli.failure import Exit, fail
from chainbill_cli.invoice import Invoice, check_parties, fingerprint
from chainbill_cli.session import Session
from chainbill_cli.texts import enumerated

GAVE_BACK = {"rejected", "withdrawn", "cancelled", "expired"}
"""Statuses of bills that ended before acceptance and gave their invoices back."""
YEARS_BACK = 3
"""In how many years before its own the original is looked for, where a corrected invoice names no date of it."""


def check_claim(
    session: Session, creditor: str, debtor: str, invoice: Invoice, path: str, *, by_name: Collection[str]
) -> None:
    """Refuse an invoice that stands for no claim of this creditor against this debtor, wherever its file is read.

    What no creditor has a claim from (factored, proforma, somebody else's payee) `read_invoice` has refused already.
    Offline nobody knows as whom a party is registered.
    """
    if not session.offline:
        check_parties(invoice, session.registered(creditor), session.registered(debtor), by_name)
    check_corrected(session, creditor, invoice, path)


def check_corrected(session: Session, creditor: str, invoice: Invoice, path: str) -> None:
    """Refuse a corrected invoice (types 384, 471) while a bill stands on an invoice that it corrects.

    Every node that the home knows is asked: one alone could leave the bill out. Also refused without a node; one that
    names no original cannot be read in the first place.
    """
    if not invoice.corrected:
        return
    if session.offline:
        raise fail(Exit.USAGE, "invoice.corrected_offline", path=path)
    for mark, number in _originals(session.known.invoice_key, creditor, invoice):
        bills = session.client.all_pages("/v1/bills", invoice=mark, creditor=creditor)
        standing = sorted({str(one["id"]) for one in bills if one["status"] not in GAVE_BACK})
        if standing:
            raise fail(
                Exit.REFUSED, "invoice.original_taken", code="original_taken", path=path, number=number,
                bills=enumerated(standing),
            )  # fmt: skip


def _originals(key: bytes, creditor: str, invoice: Invoice) -> Iterator[tuple[str, str]]:
    """Fingerprint and number of what the invoice corrects; one of its own number and year is the same to the ledger."""
    if not key:
        raise fail(Exit.FAILED, "bill.invoice_key")
    own, year = fingerprint(key, creditor, invoice), int(invoice.issued_on[:4])
    for number, date in invoice.preceding:
        days = [date] if date else [f"{year - back}-01-01" for back in range(YEARS_BACK + 1)]
        for day in days:
            mark = invoice_fingerprint(key, creditor, number, "", day)
            if mark != own:
                yield mark, number
