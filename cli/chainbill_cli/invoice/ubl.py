"""UBL 2.1 invoices, as EN 16931-1 uses them (business terms BT-n are named beside the paths)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chainbill.ids import normalise_identifier, valid_lei, valid_uscc
from chainbill_cli.failure import Exit, fail
from chainbill_cli.invoice.elements import MAX_IDENTIFIER, MAX_TEXT, amount_from, date_from, needed, text_at
from chainbill_cli.invoice.model import Identifier, Invoice, Trader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

INVOICE = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
SPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
CREDIT_TYPES = {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"}
"""Codes of UNTDID 1001 that stand for credit notes (EN 16931 code list)."""
LEI_SCHEME = "0199"
SCHEME = re.compile(r"[^a-z0-9_.:-]")


def is_invoice(root: Element) -> bool:
    """Whether the root is a UBL invoice."""
    return root.tag == INVOICE


def read(root: Element, path: str) -> Invoice:
    """The invoice of a UBL tree."""
    kind = _text(root, "cbc:InvoiceTypeCode")  # BT-3
    if kind in CREDIT_TYPES:
        raise fail(Exit.FAILED, "invoice.credit_note", path=path)
    currency = needed(_text(root, "cbc:DocumentCurrencyCode"), "cbc:DocumentCurrencyCode (BT-5)", path)
    payable = root.find("cac:LegalMonetaryTotal/cbc:PayableAmount", SPACES)  # BT-115
    written = _text(root, "cac:LegalMonetaryTotal/cbc:PayableAmount")
    if payable is not None and payable.get("currencyID", currency) != currency:
        raise fail(Exit.FAILED, "invoice.two_currencies", path=path, found=payable.get("currencyID"), expected=currency)
    payable_minor = amount_from(needed(written, "cbc:PayableAmount (BT-115)", path), currency, "BT-115", path)
    total = _text(root, "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount")  # BT-112
    issued_on = date_from(needed(_text(root, "cbc:IssueDate"), "cbc:IssueDate (BT-2)", path), "BT-2", path)
    return Invoice(
        format="ubl",
        number=needed(_text(root, "cbc:ID"), "cbc:ID (BT-1)", path),
        code="",
        issued_on=issued_on,
        due_on=_due_on(root, path),
        seller=_trader(root, "cac:AccountingSupplierParty/cac:Party", "BT-27", path),
        buyer=_trader(root, "cac:AccountingCustomerParty/cac:Party", "BT-44", path),
        currency=currency,
        payable_minor=payable_minor,
        total_minor=amount_from(total, currency, "BT-112", path) if total else payable_minor,
    )


def _text(element: Element | None, path: str) -> str:
    return text_at(element, path, SPACES)


def _due_on(root: Element, path: str) -> str:
    """BT-9, else the due date of the payment means, "" if there is none."""
    written = _text(root, "cbc:DueDate") or _text(root, "cac:PaymentMeans/cbc:PaymentDueDate")
    return date_from(written, "BT-9", path) if written else ""


def _trader(root: Element, place: str, term: str, path: str) -> Trader:
    party = root.find(place, SPACES)
    if party is None:
        raise fail(Exit.FAILED, "invoice.missing", path=path, field=f"{place} ({term})")
    name = (
        _text(party, "cac:PartyLegalEntity/cbc:RegistrationName")  # BT-27, BT-44
        or _text(party, "cac:PartyName/cbc:Name")
        or _text(party, "cac:Contact/cbc:Name")
    )
    identifiers = list(dict.fromkeys(_identifiers(party)))
    return Trader(needed(name, f"{place}: name ({term})", path), tuple(identifiers))


def _identifiers(party: Element) -> Iterator[Identifier]:
    """Legal registration, tax, further and endpoint identifiers, in this order (BT-30, BT-31, BT-29, BT-34)."""
    for place, scheme in (
        ("cac:PartyLegalEntity/cbc:CompanyID", "legal"),
        ("cac:PartyTaxScheme/cbc:CompanyID", "vat"),
        ("cac:PartyIdentification/cbc:ID", "id"),
        ("cbc:EndpointID", "endpoint"),
    ):
        for element in party.findall(place, SPACES):
            found = _identifier((element.text or "").strip(), (element.get("schemeID") or "").strip(), scheme)
            if found is not None:
                yield found


def _identifier(written: str, scheme_id: str, default: str) -> Identifier | None:
    if "@" in written or len(written) > MAX_TEXT:
        return None
    value = normalise_identifier(written)
    if len(value) < 3 or len(value) > MAX_IDENTIFIER:
        return None
    if valid_uscc(value):
        return Identifier("uscc", value)
    if valid_lei(value) and scheme_id in {"", LEI_SCHEME}:
        return Identifier("lei", value)
    scheme = SCHEME.sub("", scheme_id.lower())[:30] or default
    return Identifier(scheme, value)
