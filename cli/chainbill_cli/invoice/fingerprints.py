"""The fingerprint of an invoice that was read from a file."""

from __future__ import annotations

from chainbill.fingerprint import invoice_fingerprint
from chainbill_cli.invoice.model import Invoice


def fingerprint(key: bytes, creditor: str, invoice: Invoice) -> str:
    """64 hex digits. creditor: the id under which the seller is registered, whatever the file calls it."""
    return invoice_fingerprint(key, creditor, invoice.number, invoice.code, invoice.issued_on)
