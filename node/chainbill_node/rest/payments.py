"""What banks report: receipts of money, and what became of each payee's payment; who sees them, and how they show.

A receipt is known by (bank, reference): of money that came from a debtor (settlement; for a token that it pays early at
a discount: prepaid) or a guarantor (guarantee), of what became of a payment (payment), of a financing (finance), of
money for an agreement that had ended (unmatched), of an onward sale (sale), or of a buyback (buyback).
"""

from __future__ import annotations

from collections.abc import Iterator

from chainbill.dates import days_between
from chainbill_node.rest.lists import every, from_index
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row, Shape, bill_shape

BETWEEN = "/"
"""Stands between the parts of a name: bank/reference, bill/token."""

OF_THE_DEBTOR = ("settlement", "prepaid")
"""Receipts of a debtor's money, which settles tokens."""

RECEIPT_TABLES = ("settlement", "finance", "sale", "recourse")


def receipt_of(view: View, bank: str, reference: str) -> Row | None:
    """Give a bank's receipt, None where there is none under this reference."""
    return next((row for one in RECEIPT_TABLES if (row := view.row(one, "receipt", (bank, reference)))), None)


def receipts_of_bill(view: View, bill_id: str) -> Iterator[tuple[str, Row]]:
    """Give (name, row) of every receipt for a bill, those of each table in the order in which they were recorded."""
    for index in ("receipt.bill", "finance_receipt.bill", "sale_receipt.bill", "recourse_receipt.bill"):
        for name in every(from_index(view.reader, index, (bill_id,))):
            row = receipt_of(view, *name.split(BETWEEN, 1))
            if row is not None:
                yield name, row


def money_of_bill(view: View, bill_id: str) -> Iterator[tuple[str, Row]]:
    """Give (name, row) of the receipts of a debtor's money that stand, in the order in which they were recorded."""
    found = receipts_of_bill(view, bill_id)
    return ((name, row) for name, row in found if row["kind"] in OF_THE_DEBTOR and stands(row))


def settled_by(row: Row) -> int:
    """Give what a receipt of a debtor's money settled, in minor units: for 98 of 100 that were paid early, 100."""
    return int(row["amount"]) + int((row.get("result") or {}).get("forgone", 0))


def sees_receipt(view: View, name: str, row: Row) -> bool:
    """Say whether a receipt shows: to its bank and whoever stands in its place, and to the other side of the money.

    That is the debtor, who pays its bill now, and who was paid from it; the payee; the holder that was financed; the
    bank that sold; who asked for recourse, and who paid for it.
    """
    if view.viewer.everything:
        return True
    bank, reference = name.split(BETWEEN, 1)
    bill_id = str(row["bill"])
    concerned = {bank, view.successor_of(bank), *_other_side(view, bill_id, row)}
    if not view.viewer.reads_for(bill_id).isdisjoint(concerned - {""}):
        return True
    return row["kind"] in (*OF_THE_DEBTOR, "guarantee") and (bank, reference) in view.paid_by()


def _claimed(view: View, token: str) -> tuple[str, ...]:
    """Give both sides of the claim that a token was bought back on."""
    key = str((view.row("token", "token", token) or {"claim": "none"})["claim"])
    claim = view.row("recourse", "claim", key) or {"holder": "", "asked": ""}
    return str(claim["holder"]), str(claim["asked"])


def _other_side(view: View, bill_id: str, row: Row) -> tuple[str, ...]:
    if row["kind"] in OF_THE_DEBTOR:
        bill = view.row("bill", "bill", bill_id) or {"debtor": ""}
        return str(bill["debtor"]), view.paying_bank(bill)
    if row["kind"] == "guarantee":
        hop = view.row("token", "hop", str(row["result"]["tokens"][0])) or {"to": ""}
        return (str(hop["to"]),)
    if row["kind"] == "payment":
        payment = view.row("settlement", "payment", (bill_id, str(row["result"]["token"])))
        return (str((payment or {"party": ""})["party"]),)
    if row["kind"] == "sale":
        return (str((view.row("sale", "sale", str(row["sold"])) or {"seller": ""})["seller"]),)
    if row["kind"] == "buyback":
        return _claimed(view, str(row["claimed"]))
    quote = view.row("finance", "quote", str(row["quote"])) or {"request": ""}
    request = view.row("finance", "request", str(quote["request"])) or {"holder": ""}
    return (str(request["holder"]),)


def receipt_shape(view: View, name: str, row: Row) -> Shape:
    """Show a receipt; ``days_late`` counts from the day of payment to the value date of a debtor's money."""
    bank, reference = name.split(BETWEEN, 1)
    bill = view.row("bill", "bill", str(row["bill"])) or {}
    result: Row = row.get("result") or {}
    late = row["kind"] == "settlement"
    return {
        "id": name, "bank": bank, "reference": reference, "kind": row["kind"], "bill": row["bill"],
        "token": (result.get("payment") or result).get("token", ""), "quote": row.get("quote", ""),
        "amount": row["amount"], "currency": bill.get("currency"), "value_date": row["value_date"],
        "recorded_on": view.date_of_height(int(row["height"])), "height": row["height"],
        "transaction": row["transaction"], "status": _status(row),
        "days_late": late_days(str(bill.get("pay_on", "")), str(row["value_date"])) if late else 0,
        **reversal_shape(row),
    }  # fmt: skip


def _status(row: Row) -> str:
    """Give what was reported of a payment; of a debtor's money whether its receipt stands."""
    if row["kind"] == "payment":
        return str(row["result"].get("status", ""))
    return str(row.get("status", "standing")) if row["kind"] == "settlement" else ""


def reversal_shape(row: Row) -> Shape:
    """Show of a receipt until when it may be reversed, and when and why it was; "" of what is no money of a debtor."""
    return {name: row.get(name, "") for name in ("reversible_until", "reversed_on", "reason")}


def stands(row: Row) -> bool:
    """Say whether a receipt counts: it was not reversed."""
    return row.get("status") != "reversed"


def late_days(pay_on: str, paid_on: str) -> int:
    """Give the days from the day of payment to another, 0 where that is not later. One day after it: 1."""
    return max(0, days_between(pay_on, paid_on)) if pay_on else 0


def sees_payment(view: View, row: Row) -> bool:
    """Say whether a payment shows: to payee, bank and who stands in its place, and to those who see the token paid.

    At which price a token was paid early is no business of theirs, but the debtor's.
    """
    if view.viewer.everything:
        return True
    concerned = {str(row["party"]), str(row["bank"]), view.successor_of(str(row["bank"]))}
    if not view.viewer.reads_for(str(row["bill"])).isdisjoint(concerned):
        return True
    if row.get("kind") == "prepaid":
        bill = view.row("bill", "bill", str(row["bill"])) or {"debtor": ""}
        return str(bill["debtor"]) in view.viewer.reads_for(str(row["bill"]))
    token = view.row("token", "token", str(row["token"]))
    return token is not None and view.sees_token(token)


def payment_shape(view: View, row: Row) -> Shape:
    """Show a payment, with the value date of the debtor's money and the day on which that was recorded."""
    receipt: Row = view.row("settlement", "receipt", (str(row["bank"]), str(row["reference"]))) or {}
    return {
        "id": f"{row['bill']}{BETWEEN}{row['token']}",
        **{
            name: row[name] for name in (
                "bill", "token", "party", "bank", "amount", "currency", "status", "reference", "last_reference",
                "changed_on",
            )
        },
        "kind": row.get("kind", "holder"),
        "pledge": row.get("pledge", ""),
        "request": row.get("request", "") if view.viewer.is_or_reads_for(str(row["party"]), str(row["bank"])) else "",
        "freezes": row.get("freezes", []),
        "order": row.get("order", ""),
        "waits_since": row.get("waits_since", ""),
        "value_date": receipt.get("value_date"),
        "recorded_on": view.date_of_height(int(receipt["height"])) if receipt else None,
    }  # fmt: skip


def shown_bill(view: View, row: Row) -> Shape:
    """Show a bill with ``days_late``: 0 unless it is or was overdue; then up to the height's day, or to the last money.

    Overdue is judged by value date, so that money in time, whenever it was recorded, makes it 0 (DOMAIN 5).
    """
    return bill_shape(row) | {"days_late": _days_late(view, row)}


def _days_late(view: View, row: Row) -> int:
    if not row.get("overdue_on"):
        return 0
    if row["status"] != "settled":
        return late_days(str(row["pay_on"]), view.day)
    paid = [str(one["value_date"]) for _, one in money_of_bill(view, str(row["id"]))]
    return late_days(str(row["pay_on"]), max(paid, default=""))
