"""Invoices (发票): how much of each invoice stands behind bills. No cent of an invoice is financed twice.

An invoice is known by its keyed fingerprint; number, date and content stay with seller and buyer. Its occupied amount
is taken when the buyer confirms a bill, given back by every exit of that bill, and never exceeds the invoice's total.
"""

from chainbill.vm.prelude import *

invoices = own_table("invoice")  # fingerprint -> invoice row

MOST_BILLS = 200  # that share one invoice at a time


@internal("bill")
def register(fingerprint, seller, buyer, currency, total):
    """Register an invoice that its seller or buyer names in a bill.

    As long as nothing of it is occupied, a later registration replaces an earlier one: a stranger who learns a
    fingerprint cannot keep it from its seller and buyer.
    """
    row = invoices.get(fingerprint)
    if row is not None and row["occupied"] > 0:
        require_same_invoice(row, seller, buyer, currency, total)
        return
    invoices.put(
        fingerprint,
        {
            "fingerprint": fingerprint,
            "seller": seller,
            "buyer": buyer,
            "currency": currency,
            "total": total,
            "occupied": 0,
            "bills": [],
            "status": "registered",
        },
    )


@internal("bill")
def occupy(fingerprint, bill, seller, buyer, currency, total, amount):
    """Take part of an invoice for a bill that the buyer confirms (占用)."""
    register(fingerprint, seller, buyer, currency, total)
    row = invoices.get(fingerprint)
    require(
        row["occupied"] + amount <= total,
        "invoice_occupied",
        {"fingerprint": fingerprint, "total": total, "occupied": row["occupied"], "amount": amount},
    )
    require(len(row["bills"]) < MOST_BILLS, "invoice_has_too_many_bills", {"fingerprint": fingerprint})
    row["occupied"] += amount
    row["bills"] += [bill]
    row["status"] = status_of(row)
    invoices.put(fingerprint, row)
    emit("occupied", {"fingerprint": fingerprint, "bill": bill, "amount": amount, "occupied": row["occupied"]})


@internal("bill")
def release(fingerprint, bill, amount):
    """Give back what a bill took, when it ends before acceptance."""
    row = invoices.get(fingerprint)
    row["occupied"] -= amount
    row["bills"] = without(row["bills"], bill)
    row["status"] = status_of(row)
    invoices.put(fingerprint, row)
    emit("released", {"fingerprint": fingerprint, "bill": bill, "amount": amount, "occupied": row["occupied"]})


def require_same_invoice(row, seller, buyer, currency, total):
    fingerprint = row["fingerprint"]
    require(row["seller"] == seller and row["buyer"] == buyer, "invoice_of_others", {"fingerprint": fingerprint})
    require(row["currency"] == currency, "invoice_currency_differs", {"fingerprint": fingerprint})
    require(row["total"] == total, "invoice_total_differs", {"fingerprint": fingerprint, "total": row["total"]})


def status_of(row):
    if row["occupied"] == 0:
        return "registered"
    if row["occupied"] < row["total"]:
        return "part_occupied"
    return "occupied"


def without(bills, bill):
    rest = []
    for one in bills:
        if one != bill:
            rest += [one]
    return rest
