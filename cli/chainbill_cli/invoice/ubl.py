"""UBL 2.1 invoices, as EN 16931-1 uses them (business terms BT-n are named beside the paths)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chainbill.ids import normalise_identifier, valid_lei, valid_uscc
from chainbill_cli.failure import Exit, fail
from chainbill_cli.invoice.elements import (
    MAX_IDENTIFIER,
    MAX_TEXT,
    Field,
    Unclear,
    amount_from,
    date_from,
    needed,
    once,
    text_at,
    text_of,
)
from chainbill_cli.invoice.kinds import CORRECTED, check_kind
from chainbill_cli.invoice.model import Identifier, Invoice, Trader
from chainbill_cli.invoice.payee import check_payee

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

INVOICE = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
SPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
TAX_SCHEMES = {"VAT": "vat", "GST": "gst"}
"""Tax schemes whose CompanyID is a tax id; under others stand remarks ("approved for F-tax") as well as numbers."""
DUE_DATES = (
    "cbc:DueDate", "cac:PaymentMeans/cbc:PaymentDueDate", "cac:PaymentTerms/cbc:PaymentDueDate",
    "cac:PaymentTerms/cbc:InstallmentDueDate",
)  # fmt: skip
NUMBER = Field("invoice.field_number", "cbc:ID, BT-1")
ISSUED_ON = Field("invoice.field_date", "cbc:IssueDate, BT-2")
CURRENCY = Field("invoice.field_currency", "cbc:DocumentCurrencyCode, BT-5")
DUE_ON = Field("invoice.field_due_date", "BT-9")
PRECEDING_DATE = Field("invoice.field_preceding_date", "BT-26")
TOTAL = Field("invoice.field_total", "cbc:TaxInclusiveAmount, BT-112")
PAYABLE = Field("invoice.field_payable", "cbc:PayableAmount, BT-115")
SELLER, BUYER = "cac:AccountingSupplierParty/cac:Party", "cac:AccountingCustomerParty/cac:Party"
TRADERS = {
    SELLER: Field("invoice.field_seller", "cac:AccountingSupplierParty, BT-27"),
    BUYER: Field("invoice.field_buyer", "cac:AccountingCustomerParty, BT-44"),
}
LEI_SCHEME = "0199"
SEPA = "sepa"
"""Scheme of creditor identifiers, which a payee's bank gives out for direct debits."""
SCHEME = re.compile(r"[^a-z0-9_.:-]")


def is_invoice(root: Element) -> bool:
    """Whether the root is a UBL invoice."""
    return root.tag == INVOICE


def read(root: Element, path: str) -> Invoice:
    """The invoice of a UBL tree."""
    preceding = tuple(_preceding(root, path))
    check_kind(_text(root, "cbc:InvoiceTypeCode"), preceding, path)  # BT-3
    currency = needed(_text(root, "cbc:DocumentCurrencyCode"), CURRENCY, path)
    payable = once(root, "cac:LegalMonetaryTotal/cbc:PayableAmount", SPACES)  # BT-115
    written = _text(root, "cac:LegalMonetaryTotal/cbc:PayableAmount")
    if payable is not None and payable.get("currencyID", currency) != currency:
        raise fail(
            Exit.FAILED, "invoice.two_currencies", path=path, field=str(PAYABLE), found=payable.get("currencyID"),
            expected=currency,
        )  # fmt: skip
    payable_minor = amount_from(needed(written, PAYABLE, path), currency, PAYABLE, path)
    total = _text(root, "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount")  # BT-112
    issued_on = date_from(needed(_text(root, "cbc:IssueDate"), ISSUED_ON, path), ISSUED_ON, path)
    seller = _trader(root, SELLER, path)
    check_payee(_payee(root), seller, _names(once(root, SELLER, SPACES)), path)
    return Invoice(
        format="ubl",
        number=needed(_text(root, "cbc:ID"), NUMBER, path),
        code="",
        issued_on=issued_on,
        due_dates=_due_dates(root, path),
        seller=seller,
        buyer=_trader(root, BUYER, path),
        currency=currency,
        payable_minor=payable_minor,
        total_minor=amount_from(total, currency, TOTAL, path) if total else payable_minor,
        corrected=_text(root, "cbc:InvoiceTypeCode") in CORRECTED,
        preceding=preceding,
    )


def _text(element: Element | None, path: str) -> str:
    return text_at(element, path, SPACES)


def _due_dates(root: Element, path: str) -> tuple[str, ...]:
    """BT-9 and the due dates of payment means and terms, each day once."""
    written = (text_of(one) for place in DUE_DATES for one in root.findall(place, SPACES))
    return tuple(sorted({date_from(one, DUE_ON, path) for one in written if one}))


def _preceding(root: Element, path: str) -> Iterator[tuple[str, str]]:
    """Number and date of the invoices before this one (BG-3: BT-25, BT-26)."""
    for one in root.findall("cac:BillingReference/cac:InvoiceDocumentReference", SPACES):
        number, date = _text(one, "cbc:ID"), _text(one, "cbc:IssueDate")
        if number:
            yield number, date_from(date, PRECEDING_DATE, path) if date else ""


def _trader(root: Element, place: str, path: str) -> Trader:
    party = once(root, place, SPACES)
    if party is None:
        raise fail(Exit.FAILED, "invoice.missing", path=path, field=str(TRADERS[place]))
    names = _names(party) or [_text(party, "cac:Contact/cbc:Name")]
    name = needed(names[0], TRADERS[place], path)
    return Trader(name, tuple(dict.fromkeys(_identifiers(party))))


def _names(party: Element | None) -> list[str]:
    """The registered name (BT-27, BT-44) and the trading names (BT-28, BT-45) of a party, those that are there."""
    places = ("cac:PartyLegalEntity/cbc:RegistrationName", "cac:PartyName/cbc:Name")
    found = [] if party is None else [one for place in places for one in party.findall(place, SPACES)]
    return [name for one in found if (name := text_of(one))]


def _payee(root: Element) -> Trader | None:
    """The payee (BG-10) if the invoice names one; a creditor identifier alone (BT-90) names nobody."""
    party = once(root, "cac:PayeeParty", SPACES)
    if party is None:
        return None
    found = tuple(one for one in dict.fromkeys(_identifiers(party)) if one.scheme != SEPA)
    names = _names(party)
    return Trader(names[0] if names else "", found) if names or found else None


def _identifiers(party: Element) -> Iterator[Identifier]:
    """Legal registration, tax, further and endpoint identifiers, in this order (BT-30, BT-31, BT-29, BT-34)."""
    yield from _read_all(party, "cac:PartyLegalEntity/cbc:CompanyID", "legal")
    for tax in party.findall("cac:PartyTaxScheme", SPACES):
        yield from _read_all(tax, "cbc:CompanyID", TAX_SCHEMES.get(_text(tax, "cac:TaxScheme/cbc:ID").upper(), ""))
    yield from _read_all(party, "cac:PartyIdentification/cbc:ID", "id")
    yield from _read_all(party, "cbc:EndpointID", "endpoint")


def _read_all(element: Element, place: str, default: str) -> Iterator[Identifier]:
    """The identifiers at a place. Without a default only what says itself whose it is: a schemeID, a USCC, a LEI."""
    for one in element.findall(place, SPACES):
        if len(one):
            raise Unclear("invoice.parts_inside", place)
        found = _identifier((one.text or "").strip(), (one.get("schemeID") or "").strip(), default)
        if found is not None and found.scheme:
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
