"""What an invoice says, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass

from chainbill_cli.texts import bracketed, enumerated


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier of a trader, normalised; scheme is lower case ("uscc", "lei", "vat", "legal", or an ICD code)."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class Trader:
    """Seller or buyer: name and identifiers, the most telling first."""

    name: str
    identifiers: tuple[Identifier, ...]

    def label(self) -> str:
        """Name with identifiers, for messages."""
        ids = enumerated(f"{one.scheme}:{one.value}" for one in self.identifiers)
        return bracketed(self.name, ids) if ids else self.name


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice. Amounts in minor units, dates ISO.

    format: "ubl" or "cn". number: the invoice number; code: the Chinese invoice code, "" if there is none.
    due_dates: every day that it names for payment, ascending; none, one, or several for instalments.
    payable_minor: what the buyer is to pay; total_minor: the total with tax.
    corrected: it stands for invoices before it, `preceding`: number and date of each, "" where it names no date.
    """

    format: str
    number: str
    code: str
    issued_on: str
    due_dates: tuple[str, ...]
    seller: Trader
    buyer: Trader
    currency: str
    payable_minor: int
    total_minor: int
    corrected: bool = False
    preceding: tuple[tuple[str, str], ...] = ()
