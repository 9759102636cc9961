"""Invoices: reading UBL 2.1 / EN 16931 and Chinese fully digital invoices (数电票), their parties, their fingerprint.

Pure but for the one function that reads a file. An invoice is someone else's file: no entities, no document type, no
network, bounded in size, depth and number of elements. What is not certain is refused, with the reason.
"""

from __future__ import annotations

from chainbill_cli.invoice.fingerprints import fingerprint
from chainbill_cli.invoice.model import Identifier, Invoice, Trader
from chainbill_cli.invoice.parties import check_parties, matching_identifier
from chainbill_cli.invoice.reading import parse_invoice, read_invoice, read_red_letter

__all__ = [
    "Identifier", "Invoice", "Trader", "check_parties", "fingerprint", "matching_identifier", "parse_invoice",
    "read_invoice", "read_red_letter",
]  # fmt: skip
