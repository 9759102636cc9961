"""A receipt shows to both sides of the money, whatever kind it is, and to nobody else on its bill."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from chainbill_contracts.declared_reads import reads
from rest.bill_book import ANCHOR, BANKS, SUPPLIERS, BillBook

S1, S2, S3, S4, S5, S6 = SUPPLIERS
KINDS = [kind for kind in reads()["receipts"].filters["kind"].words if kind != "all"]
READERS = (ANCHOR, S1, S2, S3, S4, S5, *BANKS, "BANK4")
OTHER_SIDE = {
    "payment": {S3},  # the payee
    "guarantee": {S2, S3},  # the guarantor, who has the token now, and who was paid
    "finance": {S2},
    "unmatched": {S2},
    "sale": {"BANK1"},  # who sold
    "buyback": {S3, S1},  # who asked, and who took it back
}
"""By kind, who sees it beside its bank; what stands in no row is money of the debtor."""
OF_THE_DEBTOR = {ANCHOR, "BANK3", S3}
"""The debtor, the bank that pays for it, and who was paid."""
TABLES = {"finance": "finance", "unmatched": "finance", "sale": "sale", "buyback": "recourse"}


@pytest.mark.parametrize("kind", KINDS)
def test_both_sides_of_the_money_see_a_receipt_and_nobody_else(
    kind: str, read_as: Callable[[str, str], httpx.Response], example: tuple[BillBook, str]
) -> None:
    """The bill is the same, and so is all else that is on it: only what kind of receipt BANK4 recorded."""
    book, bill = example
    token = next(iter(book.live(bill)))
    moved = book.get("token", "hop", token) or {}
    book.put("token", "hop", token, {**moved, "bill": bill, "token": token, "kind": "guarantee", "from": S1, "to": S2})
    book.change_token(token, claim=token)
    book.put("recourse", "claim", token, {"token": token, "bill": bill, "holder": S3, "asked": S1, "currency": "CNY"})
    book.put("sale", "sale", token, {"token": token, "bill": bill, "seller": "BANK1", "buyer": "BANK4"})
    book.put("finance", "request", "R1", {"id": "R1", "bill": bill, "token": token, "holder": S2, "banks": ["BANK4"]})
    book.put("finance", "quote", "Q1", {"id": "Q1", "bill": bill, "request": "R1", "bank": "BANK4"})
    book.put("settlement", "payment", (bill, token), {
        "bill": bill, "token": token, "party": S3, "account": "", "currency": "CNY", "status": "instructed",
        "bank": "BANK4", "amount": 10, "reference": "R-1", "last_reference": "", "changed_on": "",
    })  # fmt: skip
    book.put(TABLES.get(kind, "settlement"), "receipt", ("BANK4", "R-1"), {
        "bill": bill, "amount": 10, "value_date": "2026-02-04", "height": book.height, "transaction": "ab" * 32,
        "digest": "", "kind": kind, "result": {"token": token, "tokens": [token], "payments": []},
        "quote": "Q1", "sold": token, "claimed": token, "status": "standing",
    })  # fmt: skip
    path = f"/v1/receipts?kind={kind}"
    seen = {who for who in READERS if read_as(who, path).json()["count"]}
    assert seen == {"BANK4"} | OTHER_SIDE.get(kind, OF_THE_DEBTOR)
    assert read_as("REGULATOR", path).json()["data"][0]["id"] == "BANK4/R-1"
