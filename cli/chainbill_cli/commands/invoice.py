"""`invoice`: what a file says."""

from __future__ import annotations

from pathlib import Path

from chainbill_cli.invoice import fingerprint, read_invoice
from chainbill_cli.invoice.model import Trader
from chainbill_cli.kit import argument, noun, option
from chainbill_cli.output import Column
from chainbill_cli.session import current_session

FIELDS = (
    Column("format"), Column("number", "id"), Column("code", "id"), Column("issued_on", "date"),
    Column("due_on", "date"), Column("seller"), Column("buyer"), Column("amount", "amount"), Column("total", "amount"),
    Column("currency"), Column("fingerprint", "id"),
)  # fmt: skip

invoice = noun("invoice")


@invoice.command("show", help="invoice.show")
@argument("file")
@option("--creditor", metavar="PARTY", default="", help="invoice.opt_creditor")
def show(file: str, creditor: str) -> None:
    """Show what an invoice file says, and its fingerprint for a creditor where the consortium's key is known."""
    session = current_session()
    found = read_invoice(Path(file))
    key = session.known.invoice_key
    data = {
        "format": found.format,
        "number": found.number,
        "code": found.code,
        "issued_on": found.issued_on,
        "due_on": found.due_on or None,
        "seller": _trader(found.seller),
        "buyer": _trader(found.buyer),
        "currency": found.currency,
        "amount": found.payable_minor,
        "total": found.total_minor,
        "fingerprint": fingerprint(key, session.party_id(creditor), found) if key and creditor else None,
    }
    if not session.settings.machine:
        data.update(seller=found.seller.label(), buyer=found.buyer.label())
    session.out.thing(data, FIELDS)


def _trader(trader: Trader) -> dict[str, object]:
    ids = [{"scheme": one.scheme, "value": one.value} for one in trader.identifiers]
    return {"name": trader.name, "identifiers": ids}
