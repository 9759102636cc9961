"""The keyed fingerprint of an invoice. Written from invoices.md, "Fingerprint"."""

from __future__ import annotations

import hmac
from hashlib import sha256

from second.amounts import date_of
from second.codec import encode
from second.identifiers import is_lei, is_uscc
from second.invoice_number import plain_invoice_number
from second.refused import must


def content(creditor: str, number: str, code: str, issued_on: str) -> bytes:
    """canon([2, creditor, number, code, year])."""
    must(is_uscc(creditor) or is_lei(creditor), "identifier_malformed", creditor)
    plain = plain_invoice_number(number)
    must(plain, "invoice_number_malformed", "neither letter nor digit")
    return encode([2, creditor, plain, plain_invoice_number(code), date_of(issued_on).year])


def fingerprint(key: bytes, creditor: str, number: str, code: str, issued_on: str) -> str:
    """64 hexadecimal digits."""
    must(len(key) == 32, "key_malformed")
    return hmac.new(key, content(creditor, number, code, issued_on), sha256).hexdigest()
