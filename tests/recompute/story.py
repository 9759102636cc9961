"""The history of a bill as a reader is told it (rest.md: /v1/bills/{id}/history)."""

from __future__ import annotations

from recompute.book import Book, Payment, Receipt
from recompute.days import between
from recompute.figures import Row, hop_row
from recompute.pieces import Bill
from recompute.sight import Reader, Sight, sees_receipt

MOVED, CAME, ENDED, REPORTED = range(4)
"""What comes first at one height: tokens move, money comes, it settles leaves, banks report of their payments."""
Placed = tuple[int, int, int, Row]
"""(height, one of the four, lowest cent, step)."""


def steps(book: Book, reader: Reader, seen: Sight) -> list[Row]:
    """All steps in their order. Those of the calendar have no height: they stand before what is dated that day."""
    bill = seen.bill
    placed = [*_moves(seen), *_to_other_banks(bill), *_money(book, reader, bill), *_endings(book, seen)]
    found = [step for *_, step in sorted(placed, key=lambda one: one[:3])]
    for step in _calendar(book, bill):
        earlier = [one for one in found if one["date"] < step["date"]]
        found.insert(len(earlier), step)
    return [*_beginnings(bill), *found]


def _beginnings(bill: Bill) -> list[Row]:
    made = {
        "kind": "created", "height": bill.issued.height, "date": bill.issued.date, "from": bill.initiator, "to": "",
        "transaction": bill.issued.transaction, "amount": bill.face,
    }  # fmt: skip
    found = [made]
    if bill.confirmed is not None:
        at = {"height": bill.confirmed.height, "transaction": bill.confirmed.transaction}
        found.append({**_of_debtor(bill, "confirm", bill.confirmed_on, bill.face), **at})
    who = {"expired": "", "withdrawn": bill.initiator, "cancelled": bill.debtor, "rejected": bill.debtor}
    if bill.status in who:
        by = bill.creditor if bill.status == "rejected" and bill.confirmed is not None else who[bill.status]
        ended = {"from": by, "height": bill.closed_at}
        found.append({**_of_debtor(bill, bill.status, bill.closed_on, bill.face), **ended})
    return found


def _of_debtor(bill: Bill, kind: str, day: str, amount: int) -> Row:
    return {"kind": kind, "height": None, "date": day, "from": bill.debtor, "to": "", "amount": amount}


def _calendar(book: Book, bill: Bill) -> list[Row]:
    """The day of payment, if something was unpaid on it and it has come, and that from which the bill is overdue."""
    found: list[Row] = []
    left = _unpaid(book, bill, bill.pay_on)
    if left and bill.status in ("due", "overdue", "settled"):
        found.append(_of_debtor(bill, "due", bill.pay_on, left))
    if bill.overdue_on:
        found.append(_of_debtor(bill, "overdue", bill.overdue_on, _unpaid(book, bill, bill.overdue_on)))
    return found


def _unpaid(book: Book, bill: Bill, day: str) -> int:
    """What no money of an earlier value date has paid."""
    money = [one for one in book.receipts.values() if (one.kind, one.bill) == ("settlement", bill.id)]
    return bill.face - sum(one.amount for one in money if one.value_date < day)


def _moves(seen: Sight) -> list[Placed]:
    return [(hop.at.height, MOVED, hop.lo, hop_row(hop, seen)) for hop in seen.hops]


def _to_other_banks(bill: Bill) -> list[Placed]:
    return [
        (at.height, MOVED, 0, {
            "kind": "paying_bank", "height": at.height, "date": at.date, "transaction": at.transaction, "from": before,
            "to": after,
        })
        for at, before, after in bill.moved
    ]  # fmt: skip


def _money(book: Book, reader: Reader, bill: Bill) -> list[Placed]:
    shown = [one for one in book.receipts.values() if one.bill == bill.id and sees_receipt(book, reader, one)]
    return [
        (one.at.height, CAME if one.kind == "settlement" else REPORTED, 0, _reported(bill, one))
        for one in shown if one.kind in ("settlement", "payment")
    ]  # fmt: skip


def _reported(bill: Bill, one: Receipt) -> Row:
    came = one.kind == "settlement"
    return {
        "kind": "received" if came else f"payment_{one.status}", "height": one.at.height, "date": one.at.date,
        "transaction": one.at.transaction, "token": one.token, "amount": one.amount, "bank": one.bank,
        "reference": one.reference, "value_date": one.value_date,
        "days_late": max(0, between(bill.pay_on, one.value_date)) if came else 0,
    }  # fmt: skip


def _endings(book: Book, seen: Sight) -> list[Placed]:
    """Leaves that were paid, each with its bank's payment, and what their payees said of it."""
    paid = [one for one in book.payments.values() if one.bill is seen.bill and seen.sees(one.piece)]
    found = [(one.piece.ended, ENDED, one.piece.lo, _ending(book, one)) for one in paid]
    return [
        *found,
        *((one.acknowledged.height, REPORTED, one.piece.lo, _arrived(one)) for one in paid if one.acknowledged),
    ]


def _arrived(one: Payment) -> Row:
    assert one.acknowledged is not None
    return {
        "kind": "payment_acknowledged", "height": one.acknowledged.height, "date": one.changed_on, "token": one.token,
        "transaction": one.acknowledged.transaction, "from": one.piece.holder, "to": "", "amount": one.piece.amount,
    }  # fmt: skip


def _ending(book: Book, one: Payment) -> Row:
    piece = one.piece
    return {
        "kind": "settled", "height": piece.ended, "date": book.days[piece.ended], "token": one.token,
        "to": piece.holder, "lo": piece.lo, "hi": piece.hi, "amount": piece.amount, "tier": piece.tier,
        "value_date": one.receipt.value_date,
        "payment": {
            "party": piece.holder, "amount": piece.amount, "status": one.status, "bank": one.bank,
            "reference": one.receipt.reference,
        },
    }  # fmt: skip
