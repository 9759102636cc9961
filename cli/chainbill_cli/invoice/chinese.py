"""Chinese fully digital invoices (数电票): the XML that the tax administration hands to seller and buyer.

Paths: EInvoice/EInvoiceData/{SellerInformation, BuyerInformation, BasicInformation}, EInvoice/TaxSupervisionInfo.
They carry no due date and no currency: amounts are in CNY.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainbill.ids import normalise_identifier, valid_uscc
from chainbill.money import format_amount
from chainbill_cli.failure import Exit, fail
from chainbill_cli.invoice.elements import (
    MAX_IDENTIFIER,
    Field,
    amount_from,
    date_from,
    needed,
    part_from,
    text_at,
)
from chainbill_cli.invoice.model import Identifier, Invoice, Trader
from chainbill_cli.texts import enumerated

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

CURRENCY = "CNY"
NUMBER_LENGTH = 20
DATA = "EInvoiceData"
NUMBER = Field("invoice.field_number", "InvoiceNumber")
ISSUED_ON = Field("invoice.field_date", "IssueTime")
REQUESTED_ON = Field("invoice.field_date", "RequestTime")
"""The date of a file that has no other one."""
DATES = (("TaxSupervisionInfo", ISSUED_ON), (f"{DATA}/BasicInformation", REQUESTED_ON))
TOTAL = Field("invoice.field_total", "TotalTax-includedAmount")
PARTS = (Field("invoice.field_net", "TotalAmWithoutTax"), Field("invoice.field_tax", "TotalTaxAm"))
NAMES = {
    "Seller": Field("invoice.field_seller", "SellerName"),
    "Buyer": Field("invoice.field_buyer", "BuyerName"),
}
TAX_IDS = {
    "Seller": Field("invoice.field_seller_id", "SellerIdNum"),
    "Buyer": Field("invoice.field_buyer_id", "BuyerIdNum"),
}


def is_invoice(root: Element) -> bool:
    """Whether the root is a Chinese fully digital invoice."""
    return str(root.tag).rpartition("}")[2] == "EInvoice"


def read(root: Element, path: str) -> Invoice:
    """The invoice of such a tree."""
    if _total(root, path).startswith("-"):
        raise fail(Exit.FAILED, "invoice.red", path=path)
    return _read(root, path, "")


def read_red(root: Element, path: str) -> Invoice:
    """The red-letter note of such a tree: its amounts are written below zero, and are what it takes off."""
    if not _total(root, path).startswith("-"):
        raise fail(Exit.FAILED, "invoice.not_red", path=path)
    return _read(root, path, "-")


def _total(root: Element, path: str) -> str:
    return needed(text_at(root, f"{DATA}/BasicInformation/{TOTAL.code}"), TOTAL, path)


def _read(root: Element, path: str, sign: str) -> Invoice:
    number = needed(text_at(root, "TaxSupervisionInfo/InvoiceNumber"), NUMBER, path)
    if not (number.isascii() and number.isdigit() and len(number) == NUMBER_LENGTH):
        raise fail(Exit.FAILED, "invoice.cn_number", path=path, field=str(NUMBER), value=number)
    issued, requested = (text_at(root, f"{path_of}/{one.code}") for path_of, one in DATES)
    dated = REQUESTED_ON if requested and not issued else ISSUED_ON
    minor = amount_from(_total(root, path).removeprefix(sign), CURRENCY, TOTAL, path)
    _check_sum(root, minor, path, sign)
    return Invoice(
        format="cn",
        number=number,
        code="",
        issued_on=date_from(needed(issued or requested, dated, path), dated, path),
        due_dates=(),
        seller=_trader(root, "Seller", path),
        buyer=_trader(root, "Buyer", path),
        currency=CURRENCY,
        payable_minor=minor,
        total_minor=minor,
    )


def _check_sum(root: Element, total_minor: int, path: str, sign: str) -> None:
    """Refuse an invoice whose net amount and tax do not make its total; one that leaves a part out is taken."""
    parts = [text_at(root, f"{DATA}/BasicInformation/{one.code}").removeprefix(sign) for one in PARTS]
    if not all(parts):
        return
    found = sum(part_from(part, CURRENCY, field, path) for part, field in zip(parts, PARTS, strict=True))
    if found != total_minor:
        raise fail(
            Exit.FAILED, "invoice.cn_sum", path=path, found=format_amount(found, CURRENCY),
            parts=enumerated(PARTS), field=str(TOTAL), total=format_amount(total_minor, CURRENCY),
        )  # fmt: skip


def _trader(root: Element, side: str, path: str) -> Trader:
    place = f"{DATA}/{side}Information"
    name = needed(text_at(root, f"{place}/{NAMES[side].code}"), NAMES[side], path)
    value = normalise_identifier(text_at(root, f"{place}/{TAX_IDS[side].code}"))
    if len(value) > MAX_IDENTIFIER:
        raise fail(Exit.FAILED, "invoice.cn_tax_id", path=path, field=str(TAX_IDS[side]), limit=MAX_IDENTIFIER)
    if not value:
        return Trader(name, ())
    return Trader(name, (Identifier("uscc" if valid_uscc(value) else "tax", value),))
