"""The keyed fingerprint of an invoice: what the ledger knows it by.

HMAC-SHA256 with the consortium's key over the canonical encoding of [seller's tax id, number, code], in hex. Without
the key nobody can try out numbers; the same invoice has the same fingerprint whoever brings it.
"""

from __future__ import annotations

import hashlib
import hmac

from chainbill.codec import encode
from chainbill.ids import normalise_identifier
from chainbill_cli.failure import Exit, fail
from chainbill_cli.invoice.model import Invoice


def fingerprint(key: bytes, invoice: Invoice) -> str:
    """64 hex digits. The seller needs an identifier: an invoice of nobody in particular cannot be told from others."""
    if not invoice.seller.tax_id:
        raise fail(Exit.FAILED, "invoice.seller_without_id", name=invoice.seller.name)
    parts = (invoice.seller.tax_id, invoice.number, invoice.code)
    return hmac.new(key, encode([normalise_identifier(part) for part in parts]), hashlib.sha256).hexdigest()
