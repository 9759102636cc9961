"""The payee of a UBL invoice (BG-10): whoever is to be paid instead of the seller holds the claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainbill.text_rule import upper_case
from chainbill_cli.failure import Exit, fail

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chainbill_cli.invoice.model import Trader


def plain_name(name: str) -> str:
    """How names are compared: upper case, without spaces and punctuation."""
    return "".join(char for char in upper_case(name) if char.isalnum())


def check_payee(payee: Trader | None, seller: Trader, seller_names: Iterable[str], path: str) -> None:
    """Refuse a payee that is not the seller: by an identifier of both or, where none of them differs, by the name."""
    if payee is None or is_seller(payee, seller, seller_names):
        return
    raise fail(Exit.FAILED, "invoice.other_payee", path=path, payee=payee.label(), seller=seller.label())


def is_seller(payee: Trader, seller: Trader, seller_names: Iterable[str]) -> bool:
    """Whether the payee that an invoice names is its seller once more."""
    values = {one.value for one in seller.identifiers}
    if any(one.value in values for one in payee.identifiers):
        return True
    schemes = {one.scheme for one in seller.identifiers}
    if any(one.scheme in schemes for one in payee.identifiers):
        return False
    return plain_name(payee.name) in {plain_name(name) for name in seller_names}
