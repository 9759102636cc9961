"""The fingerprint of an invoice that was read from a file, and how one may be typed."""

from __future__ import annotations

import re

from chainbill.fingerprint import invoice_fingerprint
from chainbill_cli.invoice.model import Invoice

WHOLE = re.compile(r"^[0-9a-fA-F]{64}$")
BEGINNING = re.compile(r"^([0-9a-fA-F]{8,63})…?$")
"""How a fingerprint may be typed that a table shows by its beginning."""


def fingerprint(key: bytes, creditor: str, invoice: Invoice) -> str:
    """64 hex digits. creditor: the id under which the seller is registered, whatever the file calls it."""
    return invoice_fingerprint(key, creditor, invoice.number, invoice.code, invoice.issued_on)
